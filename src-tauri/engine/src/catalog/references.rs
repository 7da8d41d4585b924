//! Which fields name other objects.

use super::walk::{Step, Visit};
use crate::manifest::{Node, Value};
use crate::schema::ResourceId;

/// What of a field is the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// All of it.
    Whole,
    /// What stands before the slash: the device of a port, the VPC of a subnet.
    BeforeSlash,
    /// The key of the field: a VPC, or an External after `ext.`.
    Key,
    /// All of it: a VPC, or an External after `ext.`.
    Side,
}

/// The fields of a kind that name objects, each by the end of its path, with the kind that it names.
struct Rule {
    kind: &'static str,
    ends: &'static str,
    to: &'static str,
    names: Names,
}

const fn rule(kind: &'static str, ends: &'static str, to: &'static str, names: Names) -> Rule {
    Rule { kind, ends, to, names }
}

use Names::{BeforeSlash, Key, Side, Whole};

static RULES: [Rule; 31] = [
    rule("Switch", "spec.groups[]", "SwitchGroup", Whole),
    rule("Switch", "spec.redundancy.group", "SwitchGroup", Whole),
    rule("Switch", "spec.vlanNamespaces[]", "VLANNamespace", Whole),
    rule("Switch", "spec.profile", "SwitchProfile", Whole),
    rule("Connection", "server.port", "Server", BeforeSlash),
    rule("Connection", "switch.port", "Switch", BeforeSlash),
    rule("Connection", "switch1.port", "Switch", BeforeSlash),
    rule("Connection", "switch2.port", "Switch", BeforeSlash),
    rule("Connection", "spine.port", "Switch", BeforeSlash),
    rule("Connection", "leaf.port", "Switch", BeforeSlash),
    rule("Connection", "leaf1.port", "Switch", BeforeSlash),
    rule("Connection", "leaf2.port", "Switch", BeforeSlash),
    rule("Connection", "gateway.port", "Gateway", BeforeSlash),
    rule("Connection", "spec.staticExternal.withinVPC", "VPC", Whole),
    rule("VPC", "spec.ipv4Namespace", "IPv4Namespace", Whole),
    rule("VPC", "spec.vlanNamespace", "VLANNamespace", Whole),
    rule("VPC", "dhcp.relayVPC", "VPC", Whole),
    rule("VPCAttachment", "spec.subnet", "VPC", BeforeSlash),
    rule("VPCAttachment", "spec.connection", "Connection", Whole),
    rule("VPCPeering", "spec.permit[].*", "VPC", Key),
    rule("VPCPeering", "spec.remote", "SwitchGroup", Whole),
    rule("External", "spec.ipv4Namespace", "IPv4Namespace", Whole),
    rule("ExternalAttachment", "spec.external", "External", Whole),
    rule("ExternalAttachment", "spec.connection", "Connection", Whole),
    rule("ExternalPeering", "spec.permit.vpc.name", "VPC", Whole),
    rule("ExternalPeering", "spec.permit.external.name", "External", Whole),
    rule("Gateway", "spec.groups[].name", "GatewayGroup", Whole),
    rule("GatewayPeering", "spec.gatewayGroup", "GatewayGroup", Whole),
    rule("GatewayPeering", "spec.peering.*", "VPC", Key),
    rule("GatewayPeering", "spec.acl.rules[].from", "VPC", Side),
    rule("GatewayPeering", "spec.acl.rules[].to", "VPC", Side),
];

/// The fields of a spec that stand for `default` where they are absent, with the kind that they name.
const ABSENT: [(&str, &str, &str); 6] = [
    ("Switch", "vlanNamespaces", "VLANNamespace"),
    ("VPC", "ipv4Namespace", "IPv4Namespace"),
    ("VPC", "vlanNamespace", "VLANNamespace"),
    ("External", "ipv4Namespace", "IPv4Namespace"),
    ("Gateway", "groups", "GatewayGroup"),
    ("GatewayPeering", "gatewayGroup", "GatewayGroup"),
];

/// What an object names, and by which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Naming {
    pub(super) to: ResourceId,
    pub(super) path: String,
    /// Whether it is no mistake if there is no such object here: it comes with the fabric itself.
    pub(super) optional: bool,
}

/// The kind that the field of this pattern names, for completion.
pub(super) fn named_kind(kind: &str, pattern: &str) -> Option<&'static str> {
    rule_of(kind, pattern).map(|rule| rule.to)
}

fn rule_of(kind: &str, pattern: &str) -> Option<&'static Rule> {
    let fits = |rule: &&Rule| {
        let before = pattern.strip_suffix(rule.ends);
        rule.kind == kind && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    RULES.iter().find(fits)
}

/// The object that a field names, if it names one.
pub(super) fn named_by(kind: &str, namespace: &str, visit: &Visit<'_>) -> Option<Naming> {
    let rule = rule_of(kind, visit.pattern)?;
    let text = match (rule.names, visit.step) {
        (Key, Step::OwnKey(key)) => key,
        (Key, _) => return None,
        _ => visit.text()?,
    };
    let (to, name) = match rule.names {
        Whole => (rule.to, text),
        BeforeSlash => (rule.to, text.split_once('/').map_or(text, |(before, _)| before)),
        Key | Side => match text.strip_prefix("ext.") {
            Some(external) => ("External", external),
            None => (rule.to, text),
        },
    };
    // A port without a device is a mistake of its own.
    let is_lone_port = rule.ends.ends_with(".port") && !text.contains('/');
    let naming = |name: &str| Naming {
        to: ResourceId { kind: to.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() },
        path: visit.path.to_owned(),
        optional: to == "SwitchProfile",
    };
    (!name.is_empty() && !is_lone_port).then(|| naming(name))
}

/// What an object names by not naming another.
pub(super) fn named_by_absence(kind: &str, namespace: &str, object: &Node) -> Vec<Naming> {
    let spec = object.get("spec");
    let is_absent = |field: &str| spec.and_then(|spec| spec.get(field)).is_none_or(is_empty);
    let absent = ABSENT.iter().filter(|(of, field, _)| *of == kind && is_absent(field));
    absent
        .map(|(_, field, to)| Naming {
            to: ResourceId {
                kind: (*to).to_owned(),
                namespace: namespace.to_owned(),
                name: "default".to_owned(),
            },
            path: format!("spec.{field}"),
            optional: true,
        })
        .collect()
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Sequence { items, .. } => items.is_empty(),
        _ => node.is_null() || node.as_str() == Some(""),
    }
}

/// How an object is named in one word: `Switch/leaf-01`, with the namespace where it is not `default`.
pub(crate) fn id_of(id: &ResourceId) -> String {
    if id.namespace == "default" {
        format!("{}/{}", id.kind, id.name)
    } else {
        format!("{}/{}/{}", id.kind, id.namespace, id.name)
    }
}
