//! Gateways and the peerings that go through them.

use std::collections::HashSet;
use std::net::IpAddr;

use crate::finding::Code;
use crate::schema::check::switch::host_address;
use crate::schema::check::vpc::did_you_mean;
use crate::schema::check::{one_of, required};
use crate::schema::read::{At, Entry, Place, Problem};
use crate::schema::spec::{Expose, GatewayAcl, GatewayPeeringSpec, GatewaySpec, Interface, Nat, PeeringSide};

const MOST_WORKERS: u32 = 64;
const INTERFACE_NAME: &str = "Write 2 to 10 letters and digits, as in enp2s1.";
const ONE_HOST: &str = "Use the IPv4 address of one host.";
/// The longest name of a rule.
const LONGEST_RULE: usize = 64;

pub(super) fn check(spec: &GatewaySpec, at: Place, out: &mut Vec<Problem>) {
    if spec.neighbors.is_empty() {
        let message = "The gateway has no BGP neighbor, so it reaches nothing.";
        out.push(
            Problem::new(Code::GatewayNeighbors, at, message)
                .hint("Give it at least one below spec.neighbors."),
        );
    }
    for (index, neighbor) in spec.neighbors.iter().enumerate() {
        let path = format!("spec.neighbors[{index}]");
        required(neighbor.value.ip.as_ref(), neighbor.place, &format!("{path}.ip"), out);
        let asn = neighbor.value.asn.as_ref().filter(|asn| asn.value > 0);
        required(asn, neighbor.place, &format!("{path}.asn"), out);
    }
    for (field, ip) in [("protocolIP", &spec.protocol_ip), ("vtepIP", &spec.vtep_ip)] {
        host_address(field, ip.as_ref(), out);
    }
    for membership in &spec.groups {
        required(membership.value.name.as_ref(), membership.place, "The group's name", out);
    }
    let mut wrong = |place: Place, message: String, hint: &str| {
        out.push(Problem::new(Code::GatewaySettings, place, message).hint(hint));
    };
    for ip in spec.neighbors.iter().filter_map(|neighbor| neighbor.value.ip.as_ref()) {
        if !is_neighbor(ip.value) {
            wrong(ip.place, format!("{} is no address of a BGP neighbor.", ip.value), ONE_HOST);
        }
    }
    if let Some(vtep) = spec.vtep_ip.as_ref().filter(|vtep| {
        vtep.value.addr().is_ipv4() && (!is_neighbor(vtep.value.addr()) || vtep.value.addr().is_loopback())
    }) {
        wrong(vtep.place, format!("{} is no address of a VTEP.", vtep.value), ONE_HOST);
    }
    if let Some(workers) = spec.workers.as_ref().filter(|at| at.value > MOST_WORKERS) {
        wrong(
            workers.place,
            format!("The gateway has {} workers; it may have 64.", workers.value),
            "Use fewer.",
        );
    }
    if let Some(mac) = &spec.vtep_mac {
        if mac.value.0 == [0; 6] {
            wrong(mac.place, "The VTEP's MAC is all zeros.".to_owned(), "Give it an address of its own.");
        } else if mac.value.0[0] & 1 == 1 {
            wrong(mac.place, "The VTEP's MAC is one of a group.".to_owned(), "Make its first byte even.");
        }
    }
    for entry in spec.interfaces.iter() {
        interface(entry, &mut wrong);
    }
    let mut seen = HashSet::new();
    for group in spec.groups.iter().filter_map(|group| group.value.name.as_ref()) {
        if !seen.insert(group.value.as_str()) {
            wrong(
                group.place,
                format!("The gateway is in the group {} twice.", group.value),
                "Name it once.",
            );
        }
    }
}

/// An interface has addresses, a name that Linux takes, and is known by one other name at most.
fn interface(entry: &Entry<Interface>, wrong: &mut dyn FnMut(Place, String, &str)) {
    let (name, interface) = (&entry.key, &entry.value);
    if !is_interface_name(name) {
        wrong(entry.place, format!("{name} is no name of an interface."), INTERFACE_NAME);
    }
    if interface.ips.is_empty() {
        wrong(entry.place, format!("The interface {name} has no address."), "Give it one below ips.");
    }
    for ip in interface.ips.iter().filter(|ip| ip.value.addr().is_ipv6()) {
        wrong(ip.place, format!("{} of the interface {name} is not of IPv4.", ip.value), "Use IPv4.");
    }
    if let Some(pci) = interface.pci.as_ref().filter(|pci| !is_pci_address(&pci.value)) {
        wrong(pci.place, format!("{:?} is no PCI address.", pci.value), "Write it as in 0000:02:00.0.");
    }
    if let Some(kernel) = &interface.kernel {
        if interface.pci.is_some() {
            let message = format!("The interface {name} has a PCI address and a kernel name.");
            wrong(kernel.place, message, "Keep one.");
        }
        if !is_interface_name(&kernel.value) {
            wrong(kernel.place, format!("{:?} is no name of an interface.", kernel.value), INTERFACE_NAME);
        } else if kernel.value == *name {
            let message = format!("The interface {name} is named as the kernel names it.");
            wrong(kernel.place, message, "Give it another name.");
        }
    }
}

/// 2 to 10 characters, as the fabric takes them.
fn is_interface_name(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    match name.as_bytes() {
        [first, middle @ .., last] => {
            first.is_ascii_alphabetic()
                && last.is_ascii_alphanumeric()
                && middle.len() <= 8
                && middle.iter().all(|b| inner(*b))
        }
        _ => false,
    }
}

/// `domain:bus:device.function`, as in `0000:02:00.0`.
fn is_pci_address(text: &str) -> bool {
    let hex = |text: &str, most: u32| u32::from_str_radix(text, 16).is_ok_and(|number| number <= most);
    let Some((rest, function)) = text.split_once('.') else { return false };
    let parts: Vec<&str> = rest.split(':').collect();
    let [domain, bus, device] = parts.as_slice() else { return false };
    text.len() == 12 && hex(domain, 0xffff) && hex(bus, 0xff) && hex(device, 0x1f) && hex(function, 7)
}

/// An address of IPv4 that one host can have.
fn is_neighbor(ip: IpAddr) -> bool {
    ip.is_ipv4() && !ip.is_multicast() && !ip.is_unspecified()
}

pub(super) fn peering(spec: &GatewayPeeringSpec, at: Place, out: &mut Vec<Problem>) {
    let sides: Vec<&Entry<PeeringSide>> = spec.peering.iter().collect();
    if sides.len() != 2 {
        let names: Vec<&str> = sides.iter().map(|side| side.key.as_str()).collect();
        let message = match names.as_slice() {
            [] => "The peering names no VPC; it is of two.".to_owned(),
            names => format!("The peering names {}; it is of two.", names.join(", ")),
        };
        let place = sides.first().map_or(at, |side| side.place);
        out.push(Problem::new(Code::PeeringSides, place, message).hint("Make a peering for each pair."));
    }
    for side in &sides {
        for expose in &side.value.expose {
            exposes(&side.key, expose, out);
        }
    }
    if let [one, two] = sides.as_slice() {
        let (a, b) = (&one.value, &two.value);
        let message = if a.is_stateful() && b.is_stateful() {
            "Both sides hide their addresses (masquerade or portForward); only one can."
        } else if a.is_static() && b.is_stateful() || b.is_static() && a.is_stateful() {
            "One side maps its addresses (static) and the other hides them; that can't be combined."
        } else {
            ""
        };
        if !message.is_empty() {
            out.push(Problem::new(Code::GatewayNat, two.place, message).hint("Take nat out of one side."));
        }
    }
    if let Some(acl) = &spec.acl {
        let names: Vec<&str> = sides.iter().map(|side| side.key.as_str()).collect();
        self::acl(&acl.value, &names, out);
    }
}

fn exposes(side: &str, expose: &At<Expose>, out: &mut Vec<Problem>) {
    let (at, expose) = (expose.place, &expose.value);
    let mut wrong = |place: Place, message: String, hint: &str| {
        out.push(Problem::new(Code::GatewayExpose, place, message).hint(hint));
    };
    let default = expose.default.as_ref().is_some_and(|at| at.value);
    if default && !(expose.ips.is_empty() && expose.as_.is_empty() && expose.nat.is_none()) {
        wrong(at, format!("The default expose of {side} has more in it."), "default: true stands alone.");
    }
    if !default && expose.ips.is_empty() {
        wrong(at, format!("An expose of {side} has no ips."), "Give ips, or default: true.");
    }
    for ip in &expose.ips {
        let given = [ip.value.cidr.is_some(), ip.value.not.is_some(), ip.value.vpc_subnet.is_some()];
        if given.iter().filter(|given| **given).count() != 1 {
            wrong(
                ip.place,
                format!("An entry of ips of {side} is one of cidr, not, vpcSubnet."),
                "Give exactly one.",
            );
        }
        if let Some(subnet) = ip.value.vpc_subnet.as_ref().filter(|_| side.starts_with("ext.")) {
            wrong(subnet.place, format!("{side} is an External, which has no VPC subnets."), "Use cidr.");
        }
    }
    for as_ in &expose.as_ {
        if as_.value.cidr.is_some() == as_.value.not.is_some() {
            wrong(as_.place, format!("An entry of as of {side} is one of cidr, not."), "Give exactly one.");
        }
    }
    if expose.as_.is_empty() != expose.nat.is_none() {
        wrong(at, format!("An expose of {side} has only one of as and nat."), "Give both, or neither.");
    }
    if let Some(nat) = &expose.nat {
        self::nat(side, nat, out);
    }
}

fn nat(side: &str, nat: &At<Nat>, out: &mut Vec<Problem>) {
    let mut wrong = |place: Place, message: String, hint: &str| {
        out.push(Problem::new(Code::GatewayNat, place, message).hint(hint));
    };
    let (at, nat) = (nat.place, &nat.value);
    let given = [nat.fixed.is_some(), nat.masquerade.is_some(), nat.port_forward.is_some()];
    if given.iter().filter(|given| **given).count() != 1 {
        wrong(
            at,
            format!("The nat of {side} is one of static, masquerade, portForward."),
            "Give exactly one.",
        );
    }
    let Some(forward) = &nat.port_forward else { return };
    if forward.value.ports.is_empty() {
        wrong(forward.place, format!("The portForward of {side} has no ports."), "Give at least one.");
    }
    for port in &forward.value.ports {
        for (field, text) in [("port", &port.value.port), ("as", &port.value.as_)] {
            if !text.as_ref().is_some_and(|text| is_port_range(&text.value)) {
                let written = text.as_ref().map_or("", |text| text.value.as_str());
                let place = text.as_ref().map_or(port.place, |text| text.place);
                wrong(
                    place,
                    format!("{field} is {written:?}, which is no port."),
                    "Write 1 to 65535, or a range such as 8000-8010.",
                );
            }
        }
        let proto = port.value.proto.as_ref();
        if let Some(proto) = proto.filter(|proto| !["tcp", "udp"].contains(&proto.value.as_str())) {
            wrong(proto.place, format!("proto is {:?}.", proto.value), "Use tcp or udp, or leave it out.");
        }
    }
}

/// A port, or two with a dash between them, in order.
fn is_port_range(text: &str) -> bool {
    let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
    if text.trim() != text {
        return false;
    }
    match text.split_once('-') {
        Some((start, end)) => port(start).zip(port(end)).is_some_and(|(start, end)| start <= end),
        None => port(text).is_some(),
    }
}

fn acl(acl: &GatewayAcl, sides: &[&str], out: &mut Vec<Problem>) {
    one_of(acl.default.as_ref(), "spec.acl.default", &["deny", "deny-unless-exposed"], out);
    for (index, rule) in acl.rules.iter().enumerate() {
        let (at, rule) = (rule.place, &rule.value);
        let path = format!("spec.acl.rules[{index}]");
        required(rule.action.as_ref(), at, &format!("{path}.action"), out);
        one_of(rule.action.as_ref(), &format!("{path}.action"), &["allow", "deny"], out);
        one_of(rule.scope.as_ref(), &format!("{path}.scope"), &["flow", "packet"], out);
        let mut wrong = |place: Place, message: String, hint: String| {
            out.push(Problem::new(Code::GatewayAcl, place, message).hint(hint));
        };
        if let Some(name) = rule.name.as_ref().filter(|name| !is_rule_name(&name.value)) {
            let hint = format!("Write lower case letters, digits and dashes, at most {LONGEST_RULE}.");
            wrong(name.place, format!("{:?} is no name of a rule.", name.value), hint);
        }
        if rule.from.is_none() && rule.to.is_none() {
            wrong(at, format!("{path} says neither from nor to."), "Give one of them.".to_owned());
        }
        for (field, side) in [("from", &rule.from), ("to", &rule.to)] {
            if let Some(side) = side.as_ref().filter(|side| !sides.contains(&side.value.as_str())) {
                let message = format!("{path}.{field} is {}, which is no side of the peering.", side.value);
                wrong(side.place, message, did_you_mean(&side.value, sides.iter().copied()));
            }
        }
        let Some(matches) = rule.matches.as_ref().map(|at| &at.value) else { continue };
        if let Some(proto) = matches.proto.as_ref().filter(|proto| {
            !["tcp", "udp"].contains(&proto.value.as_str()) && proto.value.parse::<u8>().is_err()
        }) {
            wrong(
                proto.place,
                format!("{path}.match.proto is {:?}.", proto.value),
                "Use tcp, udp or a number.".to_owned(),
            );
        }
        for end in matches.src.iter().chain(&matches.dst) {
            if let (Some(_), Some(subnet)) = (&end.value.cidr, &end.value.vpc_subnet) {
                wrong(
                    subnet.place,
                    format!("{path} has a match with cidr and vpcSubnet."),
                    "Keep one.".to_owned(),
                );
            }
            for port in end.value.ports.iter().filter(|port| !is_port_range(&port.value)) {
                let hint = "Write 1 to 65535, or a range such as 8000-8010.".to_owned();
                wrong(port.place, format!("{:?} is no port.", port.value), hint);
            }
        }
    }
}

/// As objects are named: words of lower case letters, digits and dashes, with dots between them.
fn is_rule_name(name: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && !word.starts_with('-')
            && !word.ends_with('-')
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    name.len() <= LONGEST_RULE && name.split('.').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_one_or_a_range() {
        for text in ["1", "65535", "80-90", "80-80"] {
            assert!(is_port_range(text), "{text}");
        }
        for text in ["", "0", "65536", "90-80", "80-", "-80", "80,90", " 80", "x"] {
            assert!(!is_port_range(text), "{text}");
        }
    }
}
