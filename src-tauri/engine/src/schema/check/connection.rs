//! Connections: one type, the right devices, each port once.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::finding::Code;
use crate::schema::check::namespace::not_reserved;
use crate::schema::check::{base_port, first_overlap, required};
use crate::schema::read::{At, Place, Problem};
use crate::schema::spec::{ConnectionSpec, ConnectionType, EndRole, Link, StaticExternalSwitch};

const TYPES: &str = "unbundled, bundled, eslag, fabric, mesh, gateway, external";

pub(super) fn check(spec: &ConnectionSpec, at: Place, out: &mut Vec<Problem>) {
    let types = spec.types();
    match types.as_slice() {
        [] => {
            let message = "The connection has no type.";
            out.push(
                Problem::new(Code::ConnectionType, at, message).hint(format!("Give it one of {TYPES}.")),
            );
            return;
        }
        [_] => {}
        [(first, _), (second, place), ..] => {
            let message = format!("The connection is {first} and {second}; it can be one thing only.");
            out.push(
                Problem::new(Code::ConnectionType, *place, message)
                    .hint("Make a connection of its own for each."),
            );
        }
    }
    for (kind, place) in &types {
        if let Some(instead) = obsolete(*kind) {
            let message = format!("The fabric does not serve {kind} connections any more.");
            out.push(Problem::new(Code::Obsolete, *place, message).hint(instead));
        }
    }
    let links = spec.links();
    for link in &links {
        ports(link, out);
        addresses(link, out);
    }
    if let [(kind, place)] = types.as_slice() {
        shape(spec, *kind, *place, &links, out);
    }
    each_port_once(&links, out);
    each_address_once(&links, out);
    if let Some(switch) =
        spec.static_external.as_ref().and_then(|at| at.value.link.as_ref()?.value.switch.as_ref())
    {
        static_external(switch, out);
    }
}

fn obsolete(kind: ConnectionType) -> Option<&'static str> {
    match kind {
        ConnectionType::Mclag | ConnectionType::MclagDomain => {
            Some("Use eslag, with an eslag redundancy group.")
        }
        ConnectionType::VpcLoopback => Some("Take it out: switches need no loopback any more."),
        ConnectionType::StaticExternal => Some("Use an External that is static, on an external connection."),
        _ => None,
    }
}

/// A port's name as the fabric's API has it: `M1`, or `E<asic>/<port>` with a lane after another slash.
pub(crate) fn port_name(name: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(rest) = name.strip_prefix('M') {
        return number(rest);
    }
    let Some(rest) = name.strip_prefix('E') else { return false };
    let parts: Vec<&str> = rest.split('/').collect();
    matches!(parts.len(), 2 | 3) && parts.iter().all(|part| number(part))
}

fn ports(link: &Link<'_>, out: &mut Vec<Problem>) {
    for end in &link.ends {
        let Some(port) = end.port else {
            let message = "An end of this link has no port.";
            out.push(Problem::new(Code::FieldMissing, link.place, message).hint("Write port: device/port."));
            continue;
        };
        let Some((device, name)) = port.value.parts() else {
            let message = format!("{:?} is no port of a device.", port.value.as_str());
            out.push(
                Problem::new(Code::PortName, port.place, message)
                    .hint("Write device/port, as in leaf-01/E1/4."),
            );
            continue;
        };
        if end.role == EndRole::Switch && !port_name(name) {
            let message = format!("{name} is not how the fabric names a port of the switch {device}.");
            let hint = if name.starts_with("Ethernet") {
                "That is the name that the switch's own system has for it. Write it as in E1/4."
            } else {
                "Write it as in E1/4, or E1/4/1 for a lane of it."
            };
            out.push(Problem::new(Code::PortName, port.place, message).hint(hint));
        }
    }
}

/// Both ends of a link between switches are one pair of addresses.
fn addresses(link: &Link<'_>, out: &mut Vec<Problem>) {
    let ips: Vec<&At<IpNet>> = link.ends.iter().filter_map(|end| end.ip).collect();
    let wrong_length = ips.iter().find(|ip| ip.value.prefix_len() != 31);
    if let Some(ip) = wrong_length {
        let message = format!("{} is a /{}; an end of a link has a /31.", ip.value, ip.value.prefix_len());
        out.push(
            Problem::new(Code::LinkAddresses, ip.place, message)
                .hint("Give both ends the /31 that they share."),
        );
        return;
    }
    if let [one, two] = ips.as_slice() {
        let message = if one.value.trunc() != two.value.trunc() {
            format!("{} and {} are not of one /31.", one.value, two.value)
        } else if one.value == two.value {
            format!("Both ends have {}.", one.value)
        } else {
            return;
        };
        out.push(
            Problem::new(Code::LinkAddresses, two.place, message)
                .hint("Give the ends the two addresses of one /31."),
        );
    }
}

/// How many devices and links a type has.
fn shape(
    spec: &ConnectionSpec,
    kind: ConnectionType,
    place: Place,
    links: &[Link<'_>],
    out: &mut Vec<Problem>,
) {
    use ConnectionType as T;
    let least = match kind {
        T::Eslag | T::Mclag => 2,
        _ => 1,
    };
    if links.len() < least {
        let message = match links.len() {
            0 => format!("The {kind} connection has no link."),
            _ => format!("The {kind} connection has one link; it needs {least}."),
        };
        out.push(Problem::new(Code::ConnectionShape, place, message).hint("Add the missing links."));
        return;
    }
    let switches = spec.devices(EndRole::Switch);
    let wanted = match kind {
        T::Unbundled | T::Bundled | T::Gateway | T::VpcLoopback | T::External | T::StaticExternal => 1..=1,
        T::Fabric | T::Mesh | T::MclagDomain | T::Mclag => 2..=2,
        T::Eslag => 2..=4,
    };
    // An end without a port or with a bad one is told already.
    let complete = links.iter().flat_map(|link| &link.ends).all(|end| end.device().is_some());
    if complete && !wanted.contains(&switches.len()) {
        let number = match (wanted.start(), wanted.end()) {
            (1, 1) => "one switch".to_owned(),
            (2, 2) => "two switches".to_owned(),
            (least, most) => format!("{least} to {most} switches"),
        };
        let message =
            format!("The {kind} connection is between {number}, and names {}.", switches.join(", "));
        out.push(
            Problem::new(Code::ConnectionShape, place, message)
                .hint("Make a connection for each set of devices."),
        );
    }
    for (role, name) in [(EndRole::Server, "server"), (EndRole::Gateway, "gateway")] {
        let devices = spec.devices(role);
        if devices.len() > 1 {
            let message =
                format!("The {kind} connection is of one {name}, and names {}.", devices.join(", "));
            out.push(
                Problem::new(Code::ConnectionShape, place, message)
                    .hint(format!("Make a connection for each {name}.")),
            );
        }
    }
}

fn each_port_once(links: &[Link<'_>], out: &mut Vec<Problem>) {
    let mut seen: Vec<(EndRole, &str)> = Vec::new();
    for end in links.iter().flat_map(|link| &link.ends) {
        let Some(port) = end.port else { continue };
        let text = port.value.as_str();
        let whole = if end.role == EndRole::Switch { first_lane_as_whole(text) } else { text };
        if seen.contains(&(end.role, whole)) {
            let message = format!("The connection uses {text} twice.");
            out.push(
                Problem::new(Code::PortTwice, port.place, message).hint("Each link has ports of its own."),
            );
        } else {
            seen.push((end.role, whole));
        }
    }
}

/// Both ends of one link with one address are told with that link.
fn each_address_once(links: &[Link<'_>], out: &mut Vec<Problem>) {
    let addresses = |link: &Link<'_>| -> Vec<(IpAddr, Place)> {
        link.ends.iter().filter_map(|end| end.ip).map(|ip| (ip.value.addr(), ip.place)).collect()
    };
    let mut seen: Vec<IpAddr> = Vec::new();
    for link in links {
        let ours = addresses(link);
        for (ip, place) in ours.iter().filter(|(ip, _)| seen.contains(ip)) {
            let message = format!("The connection uses the address {ip} twice.");
            out.push(
                Problem::new(Code::AddressTwice, *place, message)
                    .hint("Each end of a link has an address of its own."),
            );
        }
        seen.extend(ours.into_iter().map(|(ip, _)| ip));
    }
}

/// A switch's port without its lane 1: `leaf-01/E1/4/1` is `leaf-01/E1/4`, where that is broken out.
pub(crate) fn first_lane_as_whole(port: &str) -> &str {
    let is_lane = port.split_once('/').is_some_and(|(_, name)| port_name(name) && base_port(name) != name);
    port.strip_suffix("/1").filter(|_| is_lane).unwrap_or(port)
}

fn static_external(switch: &At<StaticExternalSwitch>, out: &mut Vec<Problem>) {
    let (at, switch) = (switch.place, &switch.value);
    let ip = required(switch.ip.as_ref(), at, "The static external's ip", out);
    let next_hop = required(switch.next_hop.as_ref(), at, "The static external's nextHop", out);
    if let (Some(ip), Some(hop)) = (ip, next_hop)
        && !ip.value.contains(&hop.value)
    {
        let message = format!("The next hop {} is outside of {}.", hop.value, ip.value.trunc());
        out.push(Problem::new(Code::FieldValue, hop.place, message).hint("Choose an address inside."));
    }
    let mut wrong = |place: Place, message: String, hint: &str| {
        out.push(Problem::new(Code::StaticPrefixes, place, message).hint(hint));
    };
    let subnets: Vec<&At<IpNet>> = switch.subnets.iter().collect();
    if let Some(all) = subnets.iter().find(|subnet| subnet.value.prefix_len() == 0) {
        if subnets.len() > 1 {
            let message = format!("{} is everything, and other subnets stand beside it.", all.value);
            wrong(all.place, message, "Keep it alone, or take it out.");
        }
        return;
    }
    for subnet in &subnets {
        if subnet.value != subnet.value.trunc() {
            let message = format!("{} has bits beyond its length.", subnet.value);
            wrong(subnet.place, message, &format!("Write {}.", subnet.value.trunc()));
        }
    }
    if let Some((earlier, later)) = first_overlap(&subnets) {
        let message = format!("{} overlaps with {}.", subnets[later].value, subnets[earlier].value);
        wrong(subnets[later].place, message, "Keep one of them.");
    }
    for subnet in subnets {
        not_reserved(subnet, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_named_as_the_fabric_names_them() {
        for name in ["M1", "E1/4", "E1/48", "E2/53/4"] {
            assert!(port_name(name), "{name}");
        }
        for name in ["", "M", "E1", "E1/", "E/4", "e1/4", "Ethernet0", "E1/4/1/1", "E1/x", "eth0"] {
            assert!(!port_name(name), "{name}");
        }
    }
}
