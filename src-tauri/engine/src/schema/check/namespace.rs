//! The addresses and VLANs that a fabric hands out, and those that it keeps for itself.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};

use crate::finding::Code;
use crate::schema::check::{first_overlap, missing, overlap};
use crate::schema::read::{At, Place, Problem};
use crate::schema::spec::{Ipv4NamespaceSpec, VlanNamespaceSpec};

const fn net(a: u8, b: u8, c: u8, d: u8, length: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length))
}

/// What a fabric uses for itself unless its own settings say otherwise: management, protocol, VTEP, links.
pub(crate) const RESERVED_SUBNETS: [IpNet; 7] = [
    net(172, 30, 0, 0, 21),
    net(172, 30, 8, 0, 22),
    net(172, 30, 12, 0, 22),
    net(172, 30, 16, 0, 22),
    net(172, 30, 96, 0, 19),
    net(172, 30, 128, 0, 17),
    net(172, 30, 95, 0, 31),
];

/// VLANs that a fabric uses for itself, first and last.
pub(crate) const RESERVED_VLANS: [(u16, u16); 2] = [(3000, 3899), (3900, 3999)];

/// The most subnets that the switches' access lists have room for.
const MOST_SUBNETS: usize = 10;
/// The most ranges of VLANs that the API takes.
const MOST_RANGES: usize = 20;

pub(super) fn vlans(spec: &VlanNamespaceSpec, at: Place, out: &mut Vec<Problem>) {
    if spec.ranges.is_empty() {
        out.push(missing(at, "spec.ranges").hint("Give at least one range, from and to."));
    }
    if let Some(range) = spec.ranges.get(MOST_RANGES) {
        let message = format!("The namespace has {} ranges; it may have {MOST_RANGES}.", spec.ranges.len());
        out.push(Problem::new(Code::VlanRange, range.place, message).hint("Use larger ranges."));
    }
    let mut taken: Vec<(u16, u16)> = Vec::new();
    for (index, range) in spec.ranges.iter().enumerate() {
        let Some((from, to)) = range.value.bounds() else {
            let number = |field: &Option<At<u16>>| field.as_ref().map_or(0, |at| at.value);
            let (from, to) = (number(&range.value.from), number(&range.value.to));
            let (message, hint) = if from > to && (1..=4094).contains(&from) && to > 0 {
                (format!("spec.ranges[{index}] goes from {from} down to {to}."), "Swap from and to.")
            } else {
                (
                    format!("spec.ranges[{index}] is {from} to {to}; VLANs are 1 to 4094."),
                    "Correct from and to.",
                )
            };
            let place = range.value.from.as_ref().map_or(range.place, |from| from.place);
            out.push(Problem::new(Code::VlanRange, place, message).hint(hint));
            continue;
        };
        if let Some((first, last)) = taken.iter().find(|(first, last)| from <= *last && *first <= to) {
            let message =
                format!("spec.ranges[{index}] ({from} to {to}) overlaps with the range {first} to {last}.");
            out.push(Problem::new(Code::VlanRange, range.place, message).hint("Make one range of both."));
        }
        taken.push((from, to));
        if let Some((first, last)) = RESERVED_VLANS.iter().find(|(first, last)| from <= *last && *first <= to)
        {
            let message = format!(
                "spec.ranges[{index}] ({from} to {to}) takes VLANs of {first} to {last}, which the fabric uses itself."
            );
            out.push(
                Problem::new(Code::Reserved, range.place, message).hint("Leave those out of the range."),
            );
        }
    }
}

pub(super) fn subnets(spec: &Ipv4NamespaceSpec, at: Place, out: &mut Vec<Problem>) {
    if spec.subnets.is_empty() {
        out.push(missing(at, "spec.subnets").hint("Give at least one prefix."));
    }
    if let Some(subnet) = spec.subnets.get(MOST_SUBNETS) {
        let message =
            format!("The namespace has {} subnets; it may have {MOST_SUBNETS}.", spec.subnets.len());
        out.push(Problem::new(Code::NamespaceSubnets, subnet.place, message).hint("Use larger prefixes."));
    }
    let subnets: Vec<&At<IpNet>> = spec.subnets.iter().collect();
    if let Some((earlier, later)) = first_overlap(&subnets) {
        let message = format!("{} overlaps with {}.", subnets[later].value, subnets[earlier].value);
        out.push(
            Problem::new(Code::NamespaceSubnets, subnets[later].place, message).hint("Keep one of them."),
        );
    }
    for subnet in &spec.subnets {
        not_reserved(subnet, out);
    }
}

/// A prefix that a fabric uses for itself.
pub(super) fn not_reserved(subnet: &At<IpNet>, out: &mut Vec<Problem>) {
    if let Some(reserved) = RESERVED_SUBNETS.iter().find(|reserved| overlap(reserved, &subnet.value)) {
        let message = format!("{} overlaps with {reserved}, which the fabric uses itself.", subnet.value);
        out.push(Problem::new(Code::Reserved, subnet.place, message).hint("Choose other addresses."));
    }
}
