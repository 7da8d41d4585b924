use std::collections::{BTreeMap, HashSet};

use super::view::{LinkKind, NodeKind, TopologyChange, TopologyView};
use super::{build, compare};
use crate::fgd;
use crate::id::RepoPath;
use crate::schema::Object;

const WIRING: &str = "wiring.githedgehog.com/v1beta1";
const VPC: &str = "vpc.githedgehog.com/v1beta1";
const GATEWAY: &str = "gateway.githedgehog.com/v1alpha1";

fn object(version: &str, kind: &str, name: &str, spec: &str) -> (RepoPath, std::sync::Arc<Object>) {
    let path = RepoPath::parse(&format!("managed/{kind}-{name}.yaml")).expect("a path");
    let text = format!("apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\nspec: {spec}\n");
    let read = fgd::only_object(&path, text.as_bytes(), None).unwrap_or_else(|finding| panic!("{finding:?}"));
    (path, read.object)
}

fn lab() -> Vec<(RepoPath, std::sync::Arc<Object>)> {
    vec![
        object(WIRING, "Switch", "spine-1", "{role: spine, asn: 65100}"),
        object(WIRING, "Switch", "leaf-1", "{role: server-leaf, redundancy: {group: pair, type: eslag}}"),
        object(WIRING, "Switch", "leaf-2", "{role: border-leaf, redundancy: {group: pair, type: eslag}}"),
        object(WIRING, "Server", "server-1", "{}"),
        object(GATEWAY, "Gateway", "gw-1", "{asn: 65534}"),
        object(VPC, "External", "isp", "{ipv4Namespace: default}"),
        object(
            WIRING,
            "Connection",
            "fabric-1",
            "{fabric: {links: [{spine: {port: spine-1/E1/1}, leaf: {port: leaf-1/E1/9}}, \
             {spine: {port: spine-1/E1/2}, leaf: {port: leaf-2/E1/9}}]}}",
        ),
        object(
            WIRING,
            "Connection",
            "server-1",
            "{eslag: {links: [{server: {port: server-1/eth0}, switch: {port: leaf-1/E1/1}}, \
             {server: {port: server-1/eth1}, switch: {port: leaf-2/E1/1}}]}}",
        ),
        object(
            WIRING,
            "Connection",
            "gw",
            "{gateway: {links: [{switch: {port: spine-1/E1/30}, gateway: {port: gw-1/enp1}}]}}",
        ),
        object(WIRING, "Connection", "out", "{external: {link: {switch: {port: leaf-2/E1/20}}}}"),
        object(WIRING, "Connection", "spare", "{external: {link: {switch: {port: leaf-9/E1/20}}}}"),
        object(VPC, "ExternalAttachment", "isp", "{external: isp, connection: out}"),
        object(VPC, "VPC", "red", "{subnets: {default: {subnet: 10.0.1.0/24, vlan: 1001}}}"),
        object(VPC, "VPC", "blue", "{subnets: {}}"),
        object(VPC, "VPCAttachment", "red-1", "{subnet: red/default, connection: server-1}"),
        object(VPC, "VPCPeering", "red--blue", "{permit: [{red: {}, blue: {}}]}"),
        object(
            VPC,
            "ExternalPeering",
            "red--isp",
            "{permit: {vpc: {name: red, subnets: [default]}, external: {name: isp}}}",
        ),
    ]
}

fn drawn(objects: &[(RepoPath, std::sync::Arc<Object>)]) -> TopologyView {
    build(objects.iter().map(|(_, object)| &**object))
}

#[test]
fn every_device_stands_where_it_belongs() {
    let view = drawn(&lab());
    let kinds: BTreeMap<&str, NodeKind> =
        view.nodes.iter().map(|node| (node.id.as_str(), node.kind)).collect();
    let expected = [
        ("Connection/spare", NodeKind::External),
        ("External/isp", NodeKind::External),
        ("Gateway/gw-1", NodeKind::Gateway),
        ("Server/server-1", NodeKind::Server),
        ("Switch/leaf-1", NodeKind::Leaf),
        ("Switch/leaf-2", NodeKind::Leaf),
        ("Switch/leaf-9", NodeKind::Switch),
        ("Switch/spine-1", NodeKind::Spine),
    ];
    assert_eq!(kinds, BTreeMap::from(expected));
    let missing: Vec<&str> =
        view.nodes.iter().filter(|node| node.missing).map(|node| node.id.as_str()).collect();
    assert_eq!(missing, ["Switch/leaf-9"], "nothing but what no object stands for");
    let leaf = view.nodes.iter().find(|node| node.id == "Switch/leaf-1").expect("there");
    assert_eq!((leaf.group.as_deref(), leaf.group_type.as_deref()), (Some("pair"), Some("eslag")));
    let spine = view.nodes.iter().find(|node| node.id == "Switch/spine-1").expect("there");
    assert!(spine.detail.contains(&("ASN".to_owned(), "65100".to_owned())), "{:?}", spine.detail);
}

#[test]
fn every_cable_is_drawn_once_from_above_to_below() {
    let view = drawn(&lab());
    let cables: Vec<String> = view
        .links
        .iter()
        .map(|link| {
            let port = |port: &Option<String>| port.clone().unwrap_or_default();
            format!("{:?} {} {} {} {}", link.kind, link.a, port(&link.a_port), link.b, port(&link.b_port))
        })
        .collect();
    for expected in [
        "Fabric Switch/spine-1 E1/1 Switch/leaf-1 E1/9",
        "Fabric Switch/spine-1 E1/2 Switch/leaf-2 E1/9",
        "Eslag Switch/leaf-1 E1/1 Server/server-1 eth0",
        "Eslag Switch/leaf-2 E1/1 Server/server-1 eth1",
        "Gateway Gateway/gw-1 enp1 Switch/spine-1 E1/30",
        "External Switch/leaf-9 E1/20 Connection/spare ",
        "ExternalAttachment Switch/leaf-2 E1/20 External/isp ",
    ] {
        assert_eq!(cables.iter().filter(|cable| *cable == expected).count(), 1, "{expected} in {cables:#?}");
    }
    assert_eq!(cables.len(), 7);
    let ids: HashSet<&str> = view.links.iter().map(|link| link.id.as_str()).collect();
    assert_eq!(ids.len(), view.links.len(), "each has a name of its own");
    assert_eq!(drawn(&lab().into_iter().rev().collect::<Vec<_>>()), view, "in any order the same");
}

#[test]
fn a_vpc_reaches_what_it_is_attached_to_and_peered_with() {
    let view = drawn(&lab());
    let red = view.vpcs.iter().find(|vpc| vpc.name == "red").expect("there");
    assert_eq!(red.servers, ["Server/server-1"]);
    assert_eq!(red.switches, ["Switch/leaf-1", "Switch/leaf-2"]);
    assert_eq!(red.links, ["Connection/server-1#0", "Connection/server-1#1"]);
    assert_eq!(
        (red.externals.as_slice(), red.peers.as_slice()),
        (&["External/isp".to_owned()][..], &["VPC/blue".to_owned()][..])
    );
    assert_eq!(red.subnets[0].vlan.as_deref(), Some("1001"));
}

#[test]
fn what_comes_and_goes_is_marked() {
    let (before, mut then) = (lab(), lab());
    then.retain(|(_, object)| object.id.name != "gw" && object.id.name != "gw-1");
    then.push(object(WIRING, "Server", "server-2", "{}"));
    let leaf = object(WIRING, "Switch", "leaf-1", "{role: server-leaf, description: moved}");
    let files = HashSet::from([leaf.0.clone()]);
    then.retain(|(path, _)| *path != leaf.0);
    then.push(leaf);
    let view = compare(&drawn(&before), drawn(&then), &files);
    let changes: BTreeMap<&str, TopologyChange> =
        view.nodes.iter().filter_map(|node| Some((node.id.as_str(), node.change?))).collect();
    let expected = [
        ("Gateway/gw-1", TopologyChange::Removed),
        ("Server/server-2", TopologyChange::Added),
        ("Switch/leaf-1", TopologyChange::Changed),
    ];
    assert_eq!(changes, BTreeMap::from(expected));
    let gone: Vec<LinkKind> =
        view.links.iter().filter(|link| link.change.is_some()).map(|link| link.kind).collect();
    assert_eq!(gone, [LinkKind::Gateway]);
    let same = compare(&drawn(&before), drawn(&before), &HashSet::new());
    assert_eq!(same.nodes, drawn(&before).nodes, "nothing becomes of what stays");
}
