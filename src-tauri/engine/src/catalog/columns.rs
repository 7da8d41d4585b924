//! What matters most of an object of each kind, for a table.

use crate::manifest::{Node, Value};
use crate::schema::{ConnectionSpec, EndRole, Object, Spec};

/// A column of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) key: &'static str,
    pub(super) label: &'static str,
    /// What stands before the value in a summary; none where it is not in the summary.
    said: Option<&'static str>,
}

const fn said(key: &'static str, label: &'static str, before: &'static str) -> Column {
    Column { key, label, said: Some(before) }
}

const fn only(key: &'static str, label: &'static str) -> Column {
    Column { key, label, said: None }
}

/// The columns of a kind; none of one that the table lacks.
pub(super) fn columns(kind: &str) -> &'static [Column] {
    match kind {
        "Switch" => {
            const {
                &[
                    said("role", "Role", ""),
                    said("profile", "Profile", ""),
                    said("asn", "ASN", "AS "),
                    said("redundancy", "Redundancy group", "group "),
                    only("ip", "Management IP"),
                    only("vtepIP", "VTEP IP"),
                ]
            }
        }
        "Server" => const { &[said("description", "Description", ""), said("profile", "Profile", "")] },
        "Connection" => {
            const {
                &[
                    said("type", "Type", ""),
                    said("from", "From", ""),
                    said("to", "To", "to "),
                    only("links", "Links"),
                ]
            }
        }
        "VLANNamespace" => const { &[said("ranges", "VLANs", "")] },
        "IPv4Namespace" => const { &[said("subnets", "Subnets", "")] },
        "VPC" => {
            const {
                &[
                    said("subnets", "Subnets", ""),
                    said("vlans", "VLANs", "VLAN "),
                    said("mode", "Mode", ""),
                    only("ipv4Namespace", "IPv4 namespace"),
                    only("vlanNamespace", "VLAN namespace"),
                ]
            }
        }
        "VPCAttachment" => {
            const {
                &[
                    said("subnet", "Subnet", ""),
                    said("connection", "Connection", "on "),
                    only("nativeVLAN", "Native VLAN"),
                ]
            }
        }
        "VPCPeering" => const { &[said("vpcs", "VPCs", "")] },
        "External" => {
            const {
                &[
                    said("ipv4Namespace", "IPv4 namespace", ""),
                    said("inboundCommunity", "Inbound", "in "),
                    said("outboundCommunity", "Outbound", "out "),
                    only("prefixes", "Static prefixes"),
                ]
            }
        }
        "ExternalAttachment" => {
            const {
                &[
                    said("external", "External", ""),
                    said("connection", "Connection", "on "),
                    said("vlan", "VLAN", "VLAN "),
                    only("neighbor", "Neighbor"),
                    only("neighborASN", "Neighbor ASN"),
                ]
            }
        }
        "ExternalPeering" => {
            const {
                &[
                    said("vpc", "VPC", ""),
                    said("external", "External", "with "),
                    only("subnets", "Subnets"),
                    only("prefixes", "Prefixes"),
                ]
            }
        }
        "Gateway" => {
            const {
                &[
                    said("asn", "ASN", "AS "),
                    said("protocolIP", "Protocol IP", ""),
                    said("groups", "Groups", "in "),
                    only("vtepIP", "VTEP IP"),
                    only("neighbors", "Neighbors"),
                ]
            }
        }
        "GatewayPeering" => {
            const { &[said("sides", "Between", ""), said("gatewayGroup", "Gateway group", "through ")] }
        }
        _ => &[],
    }
}

/// The values of the columns of an object, in their order. What is not there is empty.
pub(super) fn cells(object: &Object, node: &Node) -> Vec<String> {
    let kind = object.id.kind.as_str();
    columns(kind).iter().map(|column| cell(&object.spec, node, kind, column.key)).collect()
}

/// One line about an object, out of its cells.
pub(super) fn summary(kind: &str, cells: &[String]) -> String {
    let parts = columns(kind).iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
    let parts = parts.filter_map(|(column, cell)| column.said.map(|before| format!("{before}{cell}")));
    parts.collect::<Vec<_>>().join(" · ")
}

fn cell(spec: &Spec, node: &Node, kind: &str, key: &str) -> String {
    let Some(written) = node.get("spec") else { return String::new() };
    let text = |path: &[&str]| value_at(written, path);
    match (kind, key) {
        ("Switch", "redundancy") => text(&["redundancy", "group"]),
        ("Connection", _) => match spec {
            Spec::Connection(spec) => connection(spec, key),
            _ => String::new(),
        },
        ("VLANNamespace", "ranges") => joined(items(written.get("ranges")), |range| {
            let (from, to) = (value_at(range, &["from"]), value_at(range, &["to"]));
            if to.is_empty() || to == from { from } else { format!("{from}-{to}") }
        }),
        ("IPv4Namespace", "subnets") => joined(items(written.get("subnets")), |item| value_at(item, &[])),
        ("VPC", "subnets") => joined(entries(written.get("subnets")), |(key, subnet)| {
            format!("{} {}", value_at(key, &[]), value_at(subnet, &["subnet"])).trim_end().to_owned()
        }),
        ("VPC", "vlans") => {
            joined(entries(written.get("subnets")), |(_, subnet)| value_at(subnet, &["vlan"]))
        }
        ("VPCPeering", "vpcs") => match spec {
            Spec::VpcPeering(peering) => peering.vpcs().join(" and "),
            _ => String::new(),
        },
        ("External", "prefixes") => {
            let prefixes = written.get("static").and_then(|fixed| fixed.get("prefixes"));
            joined(items(prefixes), |prefix| value_at(prefix, &[]))
        }
        ("ExternalAttachment", "vlan") => match spec {
            Spec::ExternalAttachment(attachment) if attachment.vlan() > 0 => attachment.vlan().to_string(),
            _ => String::new(),
        },
        ("ExternalAttachment", "neighbor") => {
            let bgp = text(&["neighbor", "ip"]);
            if bgp.is_empty() { text(&["static", "remoteIP"]) } else { bgp }
        }
        ("ExternalAttachment", "neighborASN") => text(&["neighbor", "asn"]),
        ("ExternalPeering", "vpc") => text(&["permit", "vpc", "name"]),
        ("ExternalPeering", "external") => text(&["permit", "external", "name"]),
        ("ExternalPeering", "subnets") => {
            let subnets = written.get("permit").and_then(|permit| permit.get("vpc")?.get("subnets"));
            joined(items(subnets), |subnet| value_at(subnet, &[]))
        }
        ("ExternalPeering", "prefixes") => {
            let prefixes = written.get("permit").and_then(|permit| permit.get("external")?.get("prefixes"));
            joined(items(prefixes), |prefix| value_at(prefix, &["prefix"]))
        }
        ("Gateway", "groups") => joined(items(written.get("groups")), |group| value_at(group, &["name"])),
        ("Gateway", "neighbors") => {
            joined(items(written.get("neighbors")), |neighbor| value_at(neighbor, &["ip"]))
        }
        ("GatewayPeering", "sides") => {
            let sides: Vec<String> =
                entries(written.get("peering")).iter().map(|(key, _)| value_at(key, &[])).collect();
            sides.join(" and ")
        }
        (_, key) => text(&[key]),
    }
}

/// Who is at which end: servers before switches, spines before leaves, as the kind of connection has it.
fn connection(spec: &ConnectionSpec, key: &str) -> String {
    let links = spec.links();
    match key {
        "type" => spec.kind().map_or_else(String::new, |kind| kind.to_string()),
        "links" => links.len().to_string(),
        _ => {
            let end = usize::from(key == "to");
            let mut devices: Vec<&str> = Vec::new();
            for device in links.iter().filter_map(|link| link.ends.get(end)?.device()) {
                if !devices.contains(&device) {
                    devices.push(device);
                }
            }
            // The way out of the fabric leads from a switch to what is attached to it.
            if end == 1 && devices.is_empty() && !links.is_empty() && spec.devices(EndRole::Switch).len() == 1
            {
                return spec.within_vpc().map_or_else(String::new, |vpc| vpc.value.clone());
            }
            devices.join(", ")
        }
    }
}

/// The text of a scalar, however it is written; empty where there is none.
fn value_at(node: &Node, path: &[&str]) -> String {
    let mut node = node;
    for key in path {
        match node.get(key) {
            Some(below) => node = below,
            None => return String::new(),
        }
    }
    match node.scalar() {
        // A cell is one line.
        Some(scalar) if !node.is_null() => scalar.text.trim().replace('\n', " "),
        _ => String::new(),
    }
}

fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::Sequence { items, .. }) => items,
        _ => &[],
    }
}

fn entries(node: Option<&Node>) -> &[(Node, Node)] {
    node.map_or(&[], Node::entries)
}

/// How many values of a list a cell names.
const NAMED: usize = 4;

fn joined<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    let mut named: Vec<String> = items.iter().take(NAMED).map(text).filter(|text| !text.is_empty()).collect();
    if items.len() > NAMED {
        named.push(format!("{} more", items.len() - NAMED));
    }
    named.join(", ")
}
