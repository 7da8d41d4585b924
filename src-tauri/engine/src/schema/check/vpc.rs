//! VPCs and their attachments.

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::finding::Code;
use crate::schema::check::namespace::{RESERVED_VLANS, not_reserved};
use crate::schema::check::{first_overlap, missing, one_of, required};
use crate::schema::nearest::nearest;
use crate::schema::read::{At, Entry, Mac, Place, Problem};
use crate::schema::spec::{Dhcp, DhcpOptions, VpcAttachmentSpec, VpcSpec, VpcSubnet};

const MOST_SUBNETS: usize = 20;
/// A subnet needs room for a gateway and a host.
const LONGEST_PREFIX: u8 = 30;
const MTUS: std::ops::RangeInclusive<u16> = 96..=9036;

pub(super) fn check(spec: &VpcSpec, at: Place, out: &mut Vec<Problem>) {
    if spec.subnets.is_empty() {
        let message = "The VPC has no subnet.";
        out.push(
            Problem::new(Code::SubnetCount, at, message).hint("Give it at least one, below spec.subnets."),
        );
    } else if spec.subnets.len() > MOST_SUBNETS {
        let message = format!("The VPC has {} subnets; it may have {MOST_SUBNETS}.", spec.subnets.len());
        out.push(Problem::new(Code::SubnetCount, at, message).hint("Split it into several VPCs."));
    }
    if let Some(mode) = &spec.mode {
        one_of(Some(mode), "spec.mode", &["l3vni", "l3flat"], out);
        if mode.value == "l3flat" {
            let message = "The fabric does not serve the mode l3flat yet.";
            out.push(
                Problem::new(Code::ModeUnsupported, mode.place, message)
                    .hint("Use l3vni, or leave mode out."),
            );
        }
    }
    let mut vlans: HashMap<u16, &str> = HashMap::new();
    for entry in spec.subnets.iter() {
        subnet(entry, out);
        if let Some(vlan) = entry.value.vlan.as_ref().filter(|_| !entry.value.is_host_bgp())
            && let Some(other) = vlans.insert(vlan.value.0, &entry.key)
        {
            let message = format!("VLAN {} is the subnet {other}'s already.", vlan.value.0);
            out.push(
                Problem::new(Code::VlanTwice, vlan.place, message)
                    .hint("Give each subnet a VLAN of its own."),
            );
        }
    }
    let prefixes: Vec<(&str, &At<IpNet>)> = spec
        .subnets
        .iter()
        .filter_map(|entry| entry.value.subnet.as_ref().map(|subnet| (entry.key.as_str(), subnet)))
        .collect();
    let only: Vec<&At<IpNet>> = prefixes.iter().map(|(_, subnet)| *subnet).collect();
    if let Some((earlier, later)) = first_overlap(&only) {
        let ((one, net), (two, other)) = (prefixes[earlier], prefixes[later]);
        let message = format!("The subnet {two} ({}) overlaps with {one} ({}).", other.value, net.value);
        out.push(
            Problem::new(Code::SubnetOverlap, other.place, message).hint("Choose other addresses for one."),
        );
    }
    permits(spec, out);
    for (index, route) in spec.static_routes.iter().enumerate() {
        let path = format!("spec.staticRoutes[{index}]");
        if let Some(prefix) =
            required(route.value.prefix.as_ref(), route.place, &format!("{path}.prefix"), out)
            && prefix.value != prefix.value.trunc()
        {
            let message = format!("{path}.prefix {} has bits beyond its length.", prefix.value);
            out.push(
                Problem::new(Code::StaticRoute, prefix.place, message)
                    .hint(format!("Write {}.", prefix.value.trunc())),
            );
        }
        if route.value.next_hops.is_empty() {
            out.push(missing(route.place, &format!("{path}.nextHops")).hint("Give at least one next hop."));
        }
    }
}

fn permits(spec: &VpcSpec, out: &mut Vec<Problem>) {
    for (index, permit) in spec.permit.iter().enumerate() {
        if permit.value.len() < 2 {
            let message = format!("spec.permit[{index}] names fewer than two subnets.");
            out.push(
                Problem::new(Code::Permit, permit.place, message)
                    .hint("Name those that may reach each other."),
            );
        }
        for (place, name) in permit.value.iter().enumerate() {
            if spec.subnets.get(&name.value).is_none() {
                let message =
                    format!("spec.permit[{index}] names {}, which is no subnet of the VPC.", name.value);
                out.push(
                    Problem::new(Code::Permit, name.place, message)
                        .hint(did_you_mean(&name.value, spec.subnets.iter().map(|entry| entry.key.as_str()))),
                );
            } else if permit.value[..place].iter().any(|earlier| earlier.value == name.value) {
                let message = format!("spec.permit[{index}] names {} twice.", name.value);
                out.push(Problem::new(Code::Permit, name.place, message).hint("Name it once."));
            }
        }
    }
}

/// "Did you mean …?", or what there is.
pub(crate) fn did_you_mean<'a>(written: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(written, known.clone()) {
        return format!("Did you mean {near}?");
    }
    let mut names: Vec<&str> = known.take(6).collect();
    names.sort_unstable();
    match names.as_slice() {
        [] => "There is none.".to_owned(),
        names if names.len() > 5 => format!("There are {}, …", names[..5].join(", ")),
        [one] => format!("There is {one}."),
        names => format!("There are {}.", names.join(", ")),
    }
}

fn subnet(entry: &Entry<VpcSubnet>, out: &mut Vec<Problem>) {
    let (name, subnet) = (entry.key.as_str(), &entry.value);
    let Some(net) =
        required(subnet.subnet.as_ref(), entry.place, &format!("spec.subnets.{name}.subnet"), out)
    else {
        return;
    };
    if net.value.prefix_len() > LONGEST_PREFIX {
        let message = format!(
            "The subnet {name} is a /{}; it may be at most a /{LONGEST_PREFIX}.",
            net.value.prefix_len()
        );
        out.push(Problem::new(Code::SubnetPrefix, net.place, message).hint("Give it more addresses."));
    }
    not_reserved(net, out);
    if subnet.is_host_bgp() {
        if let Some(dhcp) =
            subnet.dhcp.as_ref().filter(|dhcp| dhcp.value.enable.as_ref().is_some_and(|on| on.value))
        {
            let message = format!("The subnet {name} is hostBGP, and has DHCP.");
            out.push(
                Problem::new(Code::Dhcp, dhcp.place, message)
                    .hint("Take dhcp out: its hosts bring their addresses."),
            );
        }
    } else {
        match &subnet.vlan {
            None => {
                let message = format!("The subnet {name} has no VLAN.");
                out.push(
                    Problem::new(Code::SubnetVlan, entry.place, message)
                        .hint("Give it a vlan of its VLANNamespace. Only a hostBGP subnet needs none."),
                );
            }
            Some(vlan) => {
                if RESERVED_VLANS.iter().any(|(first, last)| (*first..=*last).contains(&vlan.value.0)) {
                    let message = format!("VLAN {} is one that the fabric uses itself.", vlan.value.0);
                    out.push(
                        Problem::new(Code::Reserved, vlan.place, message)
                            .hint("Choose one of its VLANNamespace."),
                    );
                }
            }
        }
        if let Some(gateway) = &subnet.gateway
            && !net.value.contains(&gateway.value)
        {
            let message =
                format!("The gateway {} is outside of the subnet {name} ({}).", gateway.value, net.value);
            out.push(
                Problem::new(Code::SubnetGateway, gateway.place, message).hint("Choose an address inside."),
            );
        }
    }
    if let Some(dhcp) = &subnet.dhcp {
        self::dhcp(name, subnet, net.value, dhcp, out);
    }
}

/// The gateway that a subnet has: the one written, or its first address, which the fabric fills in.
fn gateway_of(subnet: &VpcSubnet, net: IpNet) -> Option<IpAddr> {
    if subnet.is_host_bgp() {
        return None;
    }
    subnet.gateway.as_ref().map(|gateway| gateway.value).or_else(|| net.hosts().next())
}

/// The first address that the fabric gives to a host by itself.
fn third_address(net: IpNet) -> Option<IpAddr> {
    match net.network() {
        IpAddr::V4(ip) => ip.to_bits().checked_add(2).map(|bits| IpAddr::V4(bits.into())),
        IpAddr::V6(ip) => ip.to_bits().checked_add(2).map(|bits| IpAddr::V6(bits.into())),
    }
}

fn dhcp(name: &str, subnet: &VpcSubnet, net: IpNet, dhcp: &At<Dhcp>, out: &mut Vec<Problem>) {
    let (place, dhcp) = (dhcp.place, &dhcp.value);
    let enabled = dhcp.enable.as_ref().is_some_and(|on| on.value);
    match (&dhcp.relay, &dhcp.relay_vpc) {
        (Some(relay), _) if enabled => {
            let message = format!("The subnet {name} has a DHCP server and a relay.");
            out.push(Problem::new(Code::Dhcp, relay.place, message).hint("Keep one: enable or relay."));
        }
        (None, Some(vpc)) => {
            let message = format!("The subnet {name} names a VPC for a relay that it does not have.");
            out.push(
                Problem::new(Code::Dhcp, vpc.place, message).hint("Give the relay, or take relayVPC out."),
            );
        }
        _ => {}
    }
    if !enabled {
        let mut useless = |place: Option<Place>, what: &str| {
            if let Some(place) = place {
                let message = format!("The subnet {name} has {what}, and DHCP is off.");
                out.push(
                    Problem::new(Code::Dhcp, place, message)
                        .hint(format!("Set enable: true, or take {what} out.")),
                );
            }
        };
        let range =
            dhcp.range.as_ref().filter(|range| range.value.start.is_some() || range.value.end.is_some());
        useless(range.map(|range| range.place), "a range");
        useless(dhcp.leases.iter().next().map(|lease| lease.place), "fixed addresses");
        useless(
            dhcp.options.as_ref().filter(|options| says_something(&options.value)).map(|at| at.place),
            "options",
        );
        return;
    }
    let gateway = gateway_of(subnet, net);
    let end = |out: &mut Vec<Problem>, which: &str, ip: Option<&At<IpAddr>>| {
        let Some(ip) = ip else { return };
        let wrong = if !net.contains(&ip.value) {
            format!("is outside of the subnet {name} ({net})")
        } else if ip.value == net.network() {
            format!("is the network address of the subnet {name}")
        } else if Some(ip.value) == gateway {
            format!("is the gateway of the subnet {name}")
        } else {
            return;
        };
        let message = format!("The DHCP range's {which} {} {wrong}.", ip.value);
        out.push(
            Problem::new(Code::DhcpRange, ip.place, message).hint("Choose an address that hosts may have."),
        );
    };
    let (start, last) = match &dhcp.range {
        Some(range) => (range.value.start.as_ref(), range.value.end.as_ref()),
        None => (None, None),
    };
    end(out, "start", start);
    end(out, "end", last);
    // What is not written the fabric fills in: from the third address of the subnet to its last.
    let filled = |value: Option<IpAddr>| value.map(|value| At { value, place });
    let third = filled(third_address(net)).filter(|_| net.prefix_len() <= LONGEST_PREFIX);
    let broadcast = filled(Some(net.broadcast())).filter(|_| net.prefix_len() <= LONGEST_PREFIX);
    for (which, written, filled) in [("start", start, &third), ("end", last, &broadcast)] {
        let taken = filled.as_ref().filter(|at| written.is_none() && Some(at.value) == gateway);
        if let Some(at) = taken {
            let message =
                format!("The DHCP range has no {which}; it would be {}, which is the gateway.", at.value);
            out.push(
                Problem::new(Code::DhcpRange, place, message)
                    .hint("Give the range a start and an end beside the gateway."),
            );
        }
    }
    let is_inside = |at: &&At<IpAddr>| net.contains(&at.value);
    if let (Some(from), Some(to)) =
        (start.or(third.as_ref()).filter(is_inside), last.or(broadcast.as_ref()).filter(is_inside))
        && from.value >= to.value
    {
        let message = format!("The DHCP range starts at {} and ends at {}.", from.value, to.value);
        let place = start.or(last).map_or(place, |at| at.place);
        out.push(Problem::new(Code::DhcpRange, place, message).hint("The start comes before the end."));
    }
    leases(name, net, gateway, dhcp, out);
    if let Some(options) = &dhcp.options {
        let options = &options.value;
        if let Some(mtu) =
            options.interface_mtu.as_ref().filter(|mtu| mtu.value > 0 && !MTUS.contains(&mtu.value))
        {
            let message = format!("The DHCP option interfaceMTU is {}; it may be 96 to 9036.", mtu.value);
            out.push(Problem::new(Code::FieldValue, mtu.place, message).hint("Choose one in that range."));
        }
        for route in &options.advertised_routes {
            let at = route.place;
            required(route.value.destination.as_ref(), at, "The advertised route's destination", out);
            let gateway = required(route.value.gateway.as_ref(), at, "The advertised route's gateway", out);
            if let Some(gateway) = gateway.filter(|gateway| !net.contains(&gateway.value)) {
                let message =
                    format!("The route's gateway {} is outside of the subnet {name} ({net}).", gateway.value);
                out.push(Problem::new(Code::Dhcp, gateway.place, message).hint("Choose an address inside."));
            }
        }
    }
}

fn says_something(options: &DhcpOptions) -> bool {
    options.pxe_url.is_some()
        || !options.dns_servers.is_empty()
        || !options.time_servers.is_empty()
        || options.interface_mtu.as_ref().is_some_and(|mtu| mtu.value > 0)
        || options.lease_time.as_ref().is_some_and(|time| time.value > 0)
        || options.disable_default_route.as_ref().is_some_and(|on| on.value)
        || !options.advertised_routes.is_empty()
}

fn leases(name: &str, net: IpNet, gateway: Option<IpAddr>, dhcp: &Dhcp, out: &mut Vec<Problem>) {
    let mut taken: HashMap<IpAddr, &str> = HashMap::new();
    for lease in dhcp.leases.iter() {
        let mac = lease.key.as_str();
        if Mac::parse(mac).is_none() {
            let message = format!("{mac} is no MAC address.");
            out.push(
                Problem::new(Code::StaticLease, lease.place, message)
                    .hint("Write it as in 0c:20:12:ff:00:00."),
            );
        }
        let Some(ip) = required(lease.value.ip.as_ref(), lease.place, &format!("The address of {mac}"), out)
        else {
            continue;
        };
        let wrong = if !net.contains(&ip.value) {
            format!("is outside of the subnet {name} ({net})")
        } else if ip.value == net.network() {
            "is the subnet's network address".to_owned()
        } else if ip.value == net.broadcast() {
            "is the subnet's broadcast address".to_owned()
        } else if Some(ip.value) == gateway {
            "is the subnet's gateway".to_owned()
        } else if let Some(other) = taken.insert(ip.value, mac) {
            format!("is {other}'s already")
        } else {
            continue;
        };
        let message = format!("The fixed address {} of {mac} {wrong}.", ip.value);
        out.push(Problem::new(Code::StaticLease, ip.place, message).hint("Choose another address."));
    }
}

pub(super) fn attachment(spec: &VpcAttachmentSpec, at: Place, out: &mut Vec<Problem>) {
    required(spec.connection.as_ref(), at, "spec.connection", out);
    let subnet = required(spec.subnet.as_ref(), at, "spec.subnet", out);
    if let Some(subnet) = subnet.filter(|_| spec.target().is_none()) {
        let message = format!("spec.subnet {:?} names no VPC.", subnet.value);
        out.push(Problem::new(Code::FieldValue, subnet.place, message).hint("Write vpc/subnet."));
    }
}
