//! What tells the items of a list apart, where the list is one of things and not of places.
//!
//! The fields are those of `schema/spec`, which has them from the fabric's CRDs. Those say nothing of
//! list keys, so each row gives what the fabric refuses to see twice in such a list: a port has one cable, a
//! range one start. One field is enough, and better than two: when both sides change what is at the other end
//! of a cable, that is one conflict, and not two cables from one port.

use std::collections::HashSet;

use crate::manifest::Node;
use crate::manifest::compare::key_text;
use crate::manifest::field_path::Step;
use crate::manifest::node::Value;

/// What names an item of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemKey {
    /// The value of a field, which is a single one.
    Field(&'static str),
    /// The item itself, a single value: the list is a set.
    Itself,
    /// Its keys, in any order: the two ends of a peering.
    Keys,
}

use ItemKey::{Field, Itself, Keys};

/// Lists by the kind of their object, an empty one for any, and their path, in which `*` is any one step.
///
/// Lists that are not here are one field, since their order says something, or nothing tells their items
/// apart: `dnsServers` and `timeServers` are tried in order, as are the rules of a gateway's `acl`; a VPC's
/// `permit` and a side's `expose` have items of which an edited one can't be told from another one.
const LISTS: [(&str, &str, ItemKey); 28] = [
    ("", "metadata.finalizers", Itself),
    ("", "metadata.ownerReferences", Field("uid")),
    ("Connection", "spec.bundled.links", Field("server.port")),
    ("Connection", "spec.eslag.links", Field("server.port")),
    ("Connection", "spec.mclag.links", Field("server.port")),
    ("Connection", "spec.mclagDomain.peerLinks", Field("switch1.port")),
    ("Connection", "spec.mclagDomain.sessionLinks", Field("switch1.port")),
    ("Connection", "spec.vpcLoopback.links", Field("switch1.port")),
    ("Connection", "spec.fabric.links", Field("spine.port")),
    ("Connection", "spec.mesh.links", Field("leaf1.port")),
    ("Connection", "spec.gateway.links", Field("switch.port")),
    ("Connection", "spec.staticExternal.link.switch.subnets", Itself),
    ("Switch", "spec.groups", Itself),
    ("Switch", "spec.vlanNamespaces", Itself),
    ("VLANNamespace", "spec.ranges", Field("from")),
    ("IPv4Namespace", "spec.subnets", Itself),
    ("VPC", "spec.staticRoutes", Field("prefix")),
    ("VPC", "spec.staticRoutes.*.nextHops", Itself),
    ("VPC", "spec.subnets.*.dhcp.options.advertisedRoutes", Field("destination")),
    ("VPCPeering", "spec.permit", Keys),
    ("VPCPeering", "spec.permit.*.*.subnets", Itself),
    ("External", "spec.static.prefixes", Itself),
    ("ExternalAttachment", "spec.inboundACL.statements", Field("seq")),
    ("ExternalPeering", "spec.permit.vpc.subnets", Itself),
    ("ExternalPeering", "spec.permit.external.prefixes", Field("prefix")),
    ("Gateway", "spec.interfaces.*.ips", Itself),
    ("Gateway", "spec.neighbors", Field("ip")),
    ("Gateway", "spec.groups", Field("name")),
];

/// What names the items of the list at this path, in objects of this kind of the fabric's.
pub(super) fn item_key(kind: &str, path: &[Step]) -> Option<ItemKey> {
    let is_at = |pattern: &str| {
        let mut names = pattern.split('.');
        let fits = |step: &Step| match names.next() {
            Some("*") => true,
            Some(name) => *step == Step::Key(name.to_owned()),
            None => false,
        };
        path.iter().all(fits) && names.next().is_none()
    };
    let row = LISTS.iter().find(|(of, pattern, _)| (of.is_empty() || *of == kind) && is_at(pattern));
    row.map(|(_, _, key)| *key)
}

/// The kind of an object whose lists are known; an empty one for all others.
pub(super) fn kind_of(object: &Node) -> &str {
    let text = |key: &str| object.get(key).and_then(Node::as_str).unwrap_or_default();
    let group = text("apiVersion").split('/').next().unwrap_or_default();
    if group.ends_with(".githedgehog.com") { text("kind") } else { "" }
}

/// The names of a list's items, each once; none where one has no name or two have the same.
pub(super) fn named(items: &[Node], key: ItemKey) -> Option<Vec<Step>> {
    let names: Vec<Step> = items.iter().map(|item| name(item, key)).collect::<Option<_>>()?;
    let mut seen = HashSet::new();
    names.iter().all(|name| seen.insert(name.name())).then_some(names)
}

fn name(item: &Node, key: ItemKey) -> Option<Step> {
    match key {
        Field(by) => {
            let field = by.split('.').try_fold(item, |node, key| node.get(key))?;
            single(field).map(|is| Step::Item { by, is })
        }
        Itself => single(item).map(|is| Step::Item { by: "", is }),
        Keys => {
            let Value::Mapping { entries, .. } = &item.value else { return None };
            let mut keys: Vec<String> = entries.iter().map(|(key, _)| key_text(key)).collect();
            keys.sort_unstable();
            let is_plain = keys.iter().all(|key| !key.is_empty() && !key.contains('+'));
            (is_plain && !keys.is_empty()).then(|| Step::Item { by: "", is: keys.join("+") })
        }
    }
}

fn single(node: &Node) -> Option<String> {
    (node.scalar().is_some() && !node.is_null()).then(|| key_text(node))
}
