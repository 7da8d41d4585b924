//! Externals, their attachments and peerings.

use std::collections::HashSet;

use ipnet::IpNet;

use crate::finding::Code;
use crate::schema::check::{first_overlap, missing, one_of, required};
use crate::schema::read::{At, Opt, Place, Problem};
use crate::schema::spec::{
    AclStatement, AttachmentNeighbor, ExternalAttachmentSpec, ExternalPeeringSpec, ExternalSpec, TcpFilters,
};

/// Sequence numbers below it are the fabric's own.
const FIRST_SEQUENCE: u16 = 10;

pub(super) fn check(spec: &ExternalSpec, out: &mut Vec<Problem>) {
    let communities =
        [("inboundCommunity", &spec.inbound_community), ("outboundCommunity", &spec.outbound_community)];
    for (field, community) in communities {
        let Some(community) = community else { continue };
        if spec.fixed.is_some() {
            let message = format!("The External is static, and has {field}.");
            out.push(
                Problem::new(Code::Community, community.place, message)
                    .hint(format!("Take {field} or static out.")),
            );
        } else if !is_community(&community.value) {
            let message = format!("spec.{field} is {:?}, which is no community.", community.value);
            out.push(
                Problem::new(Code::Community, community.place, message)
                    .hint("Write two numbers up to 65535, as in 50000:50001."),
            );
        }
    }
    let Some(fixed) = &spec.fixed else { return };
    if fixed.value.prefixes.is_empty() {
        out.push(missing(fixed.place, "spec.static.prefixes").hint("Give at least one prefix."));
    }
    let prefixes: Vec<&At<IpNet>> = fixed.value.prefixes.iter().collect();
    if let Some((earlier, later)) = first_overlap(&prefixes) {
        let message = format!("{} overlaps with {}.", prefixes[later].value, prefixes[earlier].value);
        out.push(
            Problem::new(Code::StaticPrefixes, prefixes[later].place, message).hint("Keep one of them."),
        );
    }
}

/// `asn:value`, both at most 65535, without leading zeros.
fn is_community(text: &str) -> bool {
    let half = |text: &str| text.parse::<u16>().is_ok_and(|number| number.to_string() == text);
    text.split_once(':').is_some_and(|(asn, value)| half(asn) && half(value))
}

pub(super) fn attachment(spec: &ExternalAttachmentSpec, at: Place, out: &mut Vec<Problem>) {
    required(spec.external.as_ref(), at, "spec.external", out);
    required(spec.connection.as_ref(), at, "spec.connection", out);
    let mut wrong = |place: Place, message: &str, hint: &str| {
        out.push(Problem::new(Code::ExternalAttachment, place, message).hint(hint));
    };
    let (switch, neighbor) = (spec.switch.as_ref(), spec.neighbor.as_ref());
    if let Some(fixed) = &spec.fixed {
        if let Some(switch) = switch.filter(|at| at.value.ip.is_some() || at.value.vlan.is_some()) {
            wrong(
                switch.place,
                "A static attachment has no settings of the switch.",
                "Move them to spec.static.",
            );
        }
        let says_something = |at: &&At<AttachmentNeighbor>| {
            at.value.ip.is_some() || at.value.asn.as_ref().is_some_and(|asn| asn.value > 0)
        };
        if let Some(neighbor) = neighbor.filter(says_something) {
            wrong(neighbor.place, "A static attachment has no BGP neighbor.", "Take the neighbor out.");
        }
        let (place, fixed) = (fixed.place, &fixed.value);
        let proxy = fixed.proxy.as_ref().is_some_and(|at| at.value);
        match (&fixed.ip, proxy) {
            (None, false) => wrong(
                place,
                "A static attachment has an ip or is a proxy.",
                "Give static.ip, or static.proxy: true.",
            ),
            (Some(ip), true) => {
                wrong(ip.place, "A static attachment has an ip or is a proxy, not both.", "Keep one.")
            }
            _ => {}
        }
        required(fixed.remote_ip.as_ref(), place, "spec.static.remoteIP", out);
    } else {
        let switch_at = switch.map_or(at, |at| at.place);
        let neighbor_at = neighbor.map_or(at, |at| at.place);
        required(switch.and_then(|at| at.value.ip.as_ref()), switch_at, "spec.switch.ip", out);
        let asn = neighbor.and_then(|at| at.value.asn.as_ref()).filter(|asn| asn.value > 0);
        required(asn, neighbor_at, "spec.neighbor.asn", out);
        required(neighbor.and_then(|at| at.value.ip.as_ref()), neighbor_at, "spec.neighbor.ip", out);
    }
    if let Some(acl) = &spec.inbound_acl {
        let mut numbers = HashSet::new();
        for statement in &acl.value.statements {
            acl_statement(statement, &mut numbers, out);
        }
    }
}

fn acl_statement(statement: &At<AclStatement>, numbers: &mut HashSet<u16>, out: &mut Vec<Problem>) {
    let (at, statement) = (statement.place, &statement.value);
    let number = statement.seq.as_ref().map_or(0, |seq| seq.value);
    one_of(statement.action.as_ref(), "action", &["permit", "deny", "discard", "transit"], out);
    one_of(statement.protocol.as_ref(), "protocol", &["ip", "tcp", "udp", "icmp"], out);
    for (field, text) in [("action", &statement.action), ("protocol", &statement.protocol)] {
        required(text.as_ref(), at, field, out);
    }
    let mut wrong = |place: Place, message: String, hint: &str| {
        out.push(Problem::new(Code::InboundAcl, place, message).hint(hint));
    };
    if number < FIRST_SEQUENCE {
        wrong(at, format!("The sequence number {number} is the fabric's own."), "Use 10 and above.");
    } else if !numbers.insert(number) {
        wrong(at, format!("The sequence number {number} is taken."), "Give each statement its own.");
    }
    for (field, prefix) in [("srcPrefix", &statement.src_prefix), ("dstPrefix", &statement.dst_prefix)] {
        match prefix {
            None => wrong(at, format!("{field} is missing."), "Give a prefix, or any."),
            Some(prefix) if prefix.value != "any" && prefix.value.parse::<IpNet>().is_err() => {
                wrong(
                    prefix.place,
                    format!("{field} is {:?}, which is no prefix.", prefix.value),
                    "Write a prefix, or any.",
                );
            }
            Some(_) => {}
        }
    }
    let protocol = statement.protocol.as_ref().map_or("", |at| at.value.as_str());
    if let Some(filters) = &statement.tcp_filters {
        if protocol != "tcp" {
            wrong(
                filters.place,
                "tcpFilters are for the protocol tcp.".to_owned(),
                "Set protocol: tcp, or take them out.",
            );
        }
        if contradicts(&filters.value) {
            wrong(
                filters.place,
                "The TCP filters contradict each other.".to_owned(),
                "Ask for a flag or for its absence.",
            );
        }
    }
    let icmp = statement.icmp_type.as_ref().or(statement.icmp_code.as_ref());
    if let Some(icmp) = icmp.filter(|_| protocol != "icmp") {
        wrong(
            icmp.place,
            "icmpType and icmpCode are for the protocol icmp.".to_owned(),
            "Set protocol: icmp, or take them out.",
        );
    }
    let port = |field: &Opt<u16>| field.as_ref().map_or(0, |at| at.value);
    let (begin, end) = (port(&statement.port_range_begin), port(&statement.port_range_end));
    if begin > 0 || end > 0 {
        if !matches!(protocol, "tcp" | "udp") {
            wrong(
                at,
                "A range of ports is for the protocols tcp and udp.".to_owned(),
                "Take it out, or change the protocol.",
            );
        } else if begin == 0 || begin > end {
            wrong(
                at,
                format!("The range of ports is {begin} to {end}."),
                "Give portRangeBegin and portRangeEnd, in order.",
            );
        }
    }
}

fn contradicts(filters: &TcpFilters) -> bool {
    let on = |flag: &Opt<bool>| flag.as_ref().is_some_and(|at| at.value);
    let pairs = [
        (on(&filters.fin), on(&filters.not_fin)),
        (on(&filters.syn), on(&filters.not_syn)),
        (on(&filters.rst), on(&filters.not_rst)),
        (on(&filters.psh), on(&filters.not_psh)),
        (on(&filters.ack), on(&filters.not_ack)),
        (on(&filters.urg), on(&filters.not_urg)),
    ];
    let any = pairs.iter().any(|(flag, absence)| *flag || *absence);
    pairs.contains(&(true, true)) || (on(&filters.established) && any)
}

pub(super) fn peering(spec: &ExternalPeeringSpec, at: Place, out: &mut Vec<Problem>) {
    let Some(permit) = required(spec.permit.as_ref(), at, "spec.permit", out) else { return };
    let (place, permit) = (permit.place, &permit.value);
    let vpc = permit.vpc.as_ref().and_then(|vpc| vpc.value.name.as_ref());
    required(vpc, permit.vpc.as_ref().map_or(place, |at| at.place), "spec.permit.vpc.name", out);
    let external = permit.external.as_ref().and_then(|external| external.value.name.as_ref());
    required(
        external,
        permit.external.as_ref().map_or(place, |at| at.place),
        "spec.permit.external.name",
        out,
    );
    for (index, prefix) in permit.external.iter().flat_map(|at| &at.value.prefixes).enumerate() {
        let path = format!("spec.permit.external.prefixes[{index}].prefix");
        required(prefix.value.prefix.as_ref(), prefix.place, &path, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn communities_are_two_numbers() {
        for text in ["0:0", "65535:65535", "50000:50001"] {
            assert!(is_community(text), "{text}");
        }
        for text in ["", ":", "1", "1:", "65536:1", "1:65536", "01:1", "1:2:3", "a:b", "-1:1", "+1:1"] {
            assert!(!is_community(text), "{text}");
        }
    }
}
