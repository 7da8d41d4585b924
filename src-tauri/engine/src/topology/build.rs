//! What stands where, and what is cabled to what.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Display;

use crate::catalog::id_of;
use crate::schema::{ConnectionSpec, ConnectionType, End, EndRole, Object, Spec, SwitchSpec};
use crate::topology::reach;
use crate::topology::view::{LinkKind, NodeKind, TopologyLink, TopologyNode, TopologyView};

/// The drawing of these objects. What links name and no object stands for is there too, as missing. Every end
/// of every link of a connection of one type that names a port is in it once.
pub(crate) fn build<'a>(objects: impl Iterator<Item = &'a Object>) -> TopologyView {
    let mut objects: Vec<&Object> = objects.filter(|object| object.current).collect();
    objects.sort_by(|a, b| a.id.cmp(&b.id));
    let mut drawing = Drawing::default();
    for object in &objects {
        drawing.place(object);
    }
    let attached: HashSet<&str> = objects.iter().filter_map(|object| attached_to(object)).collect();
    let mut cables = HashMap::new();
    for object in &objects {
        if let Spec::Connection(spec) = &object.spec {
            let name = object.id.name.as_str();
            drawing.cable(object, spec, attached.contains(name));
            cables.insert(name, &**spec);
        }
    }
    for object in &objects {
        drawing.attach(object, &cables);
    }
    let vpcs = reach::reach(&objects, &drawing.links);
    TopologyView {
        nodes: drawing.nodes.into_values().collect(),
        links: drawing.links,
        vpcs,
        pending: Vec::new(),
    }
}

#[derive(Default)]
struct Drawing {
    nodes: BTreeMap<String, TopologyNode>,
    links: Vec<TopologyLink>,
}

impl Drawing {
    /// A node for an object that is one.
    fn place(&mut self, object: &Object) {
        let mut node = TopologyNode {
            id: id_of(&object.id),
            name: object.id.name.clone(),
            kind: NodeKind::Switch,
            role: None,
            group: None,
            group_type: None,
            detail: Vec::new(),
            file: Some(object.file.clone()),
            missing: false,
            change: None,
        };
        match &object.spec {
            Spec::Switch(spec) => describe_switch(&mut node, spec),
            Spec::Server => node.kind = NodeKind::Server,
            Spec::Gateway(spec) => {
                node.kind = NodeKind::Gateway;
                let mut tell = teller(&mut node.detail);
                tell("ASN", spec.asn.as_ref().map(|at| &at.value as &dyn Display));
                tell("Protocol IP", spec.protocol_ip.as_ref().map(|at| &at.value as &dyn Display));
                tell("VTEP IP", spec.vtep_ip.as_ref().map(|at| &at.value as &dyn Display));
            }
            Spec::External(spec) => {
                node.kind = NodeKind::External;
                let mut tell = teller(&mut node.detail);
                tell("Namespace", Some(&spec.ipv4_namespace()));
                tell(
                    "Inbound community",
                    spec.inbound_community.as_ref().map(|at| &at.value as &dyn Display),
                );
                let outbound = spec.outbound_community.as_ref();
                tell("Outbound community", outbound.map(|at| &at.value as &dyn Display));
            }
            _ => return,
        }
        self.nodes.insert(node.id.clone(), node);
    }

    /// The node of a device that something names; where there is none, a missing one.
    fn named(&mut self, kind: NodeKind, object_kind: &str, name: &str) -> String {
        let id = format!("{object_kind}/{name}");
        self.nodes.entry(id.clone()).or_insert_with(|| TopologyNode {
            id: id.clone(),
            name: name.to_owned(),
            kind,
            role: None,
            group: None,
            group_type: None,
            detail: Vec::new(),
            file: None,
            missing: true,
            change: None,
        });
        id
    }

    fn end(&mut self, end: &End<'_>) -> Option<(String, String)> {
        let (device, port) = end.port?.value.parts()?;
        let (kind, object_kind) = match end.role {
            EndRole::Switch => (NodeKind::Switch, "Switch"),
            EndRole::Server => (NodeKind::Server, "Server"),
            EndRole::Gateway => (NodeKind::Gateway, "Gateway"),
        };
        Some((self.named(kind, object_kind, device), port.to_owned()))
    }

    /// The links of a connection.
    fn cable(&mut self, object: &Object, spec: &ConnectionSpec, is_attached: bool) {
        let Some(kind) = spec.kind() else { return };
        let peers = spec.mclag_domain.as_ref().map_or(0, |domain| domain.value.peer_links.len());
        let id = id_of(&object.id);
        for (place, link) in spec.links().iter().enumerate() {
            let kind = match kind {
                ConnectionType::Fabric => LinkKind::Fabric,
                ConnectionType::Mesh => LinkKind::Mesh,
                ConnectionType::MclagDomain if place < peers => LinkKind::MclagPeer,
                ConnectionType::MclagDomain => LinkKind::MclagSession,
                ConnectionType::Mclag => LinkKind::Mclag,
                ConnectionType::Eslag => LinkKind::Eslag,
                ConnectionType::Bundled => LinkKind::Bundled,
                ConnectionType::Unbundled => LinkKind::Unbundled,
                ConnectionType::VpcLoopback => LinkKind::VpcLoopback,
                ConnectionType::Gateway => LinkKind::Gateway,
                ConnectionType::External => LinkKind::External,
                ConnectionType::StaticExternal => LinkKind::StaticExternal,
            };
            let outside = matches!(kind, LinkKind::External | LinkKind::StaticExternal);
            let (one, other) = match link.ends.as_slice() {
                // Who is attached there is drawn in its place.
                [_] if is_attached => continue,
                [only] if outside => (self.end(only), Some((self.outside(object, spec), String::new()))),
                [one, other] => (self.end(one), self.end(other)),
                _ => continue,
            };
            let (Some(one), Some(other)) = (one, other) else { continue };
            self.join(format!("{id}#{place}"), &id, object, kind, one, other);
        }
    }

    /// What is at the far end of a connection to the outside that no external is attached to.
    fn outside(&mut self, object: &Object, spec: &ConnectionSpec) -> String {
        let id = self.named(NodeKind::External, "Connection", &object.id.name);
        if let Some(node) = self.nodes.get_mut(&id) {
            node.missing = false;
            node.file = Some(object.file.clone());
            node.detail.clear();
            teller(&mut node.detail)("Within VPC", spec.within_vpc().map(|at| &at.value as &dyn Display));
        }
        id
    }

    /// The link of an external that is attached to a connection.
    fn attach(&mut self, object: &Object, cables: &HashMap<&str, &ConnectionSpec>) {
        let Spec::ExternalAttachment(spec) = &object.spec else { return };
        let (Some(external), Some(connection)) = (&spec.external, attached_to(object)) else { return };
        let Some(cable) = cables.get(connection) else { return };
        let ends: Vec<(String, String)> =
            cable.links().iter().flat_map(|link| &link.ends).filter_map(|end| self.end(end)).collect();
        let id = id_of(&object.id);
        for (place, end) in ends.into_iter().enumerate() {
            let outside = self.named(NodeKind::External, "External", &external.value);
            let outside = (outside, String::new());
            self.join(format!("{id}#{place}"), &id, object, LinkKind::ExternalAttachment, end, outside);
        }
    }

    fn join(
        &mut self,
        id: String,
        of: &str,
        object: &Object,
        kind: LinkKind,
        one: (String, String),
        other: (String, String),
    ) {
        let rank = |id: &str| self.nodes.get(id).map(|node| node.kind);
        let (upper, lower) = if rank(&one.0) <= rank(&other.0) { (one, other) } else { (other, one) };
        let port = |port: String| (!port.is_empty()).then_some(port);
        self.links.push(TopologyLink {
            id,
            object: of.to_owned(),
            file: Some(object.file.clone()),
            kind,
            a: upper.0,
            a_port: port(upper.1),
            b: lower.0,
            b_port: port(lower.1),
            change: None,
        });
    }
}

/// The connection that an external is attached to.
fn attached_to(object: &Object) -> Option<&str> {
    match &object.spec {
        Spec::ExternalAttachment(spec) => spec.connection.as_ref().map(|at| at.value.as_str()),
        _ => None,
    }
}

fn describe_switch(node: &mut TopologyNode, spec: &SwitchSpec) {
    node.role = spec.role.as_ref().map(|at| at.value.clone());
    node.kind = match node.role.as_deref() {
        Some("spine") => NodeKind::Spine,
        Some(role) if role.ends_with("leaf") => NodeKind::Leaf,
        _ => NodeKind::Switch,
    };
    if let Some(redundancy) = &spec.redundancy {
        node.group = redundancy.value.group.as_ref().map(|at| at.value.clone());
        node.group_type = redundancy.value.kind.as_ref().map(|at| at.value.clone());
    }
    let groups = spec.groups.iter().map(|at| at.value.as_str()).collect::<Vec<_>>().join(", ");
    let mut tell = teller(&mut node.detail);
    tell("Profile", spec.profile.as_ref().map(|at| &at.value as &dyn Display));
    tell("ASN", spec.asn.as_ref().map(|at| &at.value as &dyn Display));
    tell("Protocol IP", spec.protocol_ip.as_ref().map(|at| &at.value as &dyn Display));
    tell("VTEP IP", spec.vtep_ip.as_ref().map(|at| &at.value as &dyn Display));
    tell("Management IP", spec.ip.as_ref().map(|at| &at.value as &dyn Display));
    tell("Groups", (!groups.is_empty()).then_some(&groups as &dyn Display));
    tell("Description", spec.description.as_ref().map(|at| &at.value as &dyn Display));
}

/// Writes down what is known, and leaves out what is not.
fn teller(detail: &mut Vec<(String, String)>) -> impl FnMut(&str, Option<&dyn Display>) + '_ {
    |label, value| detail.extend(value.map(|value| (label.to_owned(), value.to_string())))
}
