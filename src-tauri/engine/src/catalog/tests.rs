//! What is found in small fabrics.

use std::collections::HashMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::columns::columns;
use super::docs::DOCS;
use super::{
    Catalog, Entry, FieldType, Marks, Reference, ResourcePage, ResourceQuery, detailed, new_object, schema_of,
};
use crate::fgd::{Layout, ManagedIndex, only_object};
use crate::finding::Weight;
use crate::id::RepoPath;
use crate::schema::{KINDS, Shape, Spec, classify};

/// A small fabric: a file each, `Kind name` and the lines of its spec.
const LAB: &str = "\
Switch spine-1
  {role: spine, profile: celestica-ds3000, description: Rack Ä, boot: {serial: S1}, asn: 65100}
Switch leaf-2
  {role: server-leaf, profile: dell-s5248f-on, asn: 65102, groups: [row-1], redundancy: {group: pair, type: eslag}}
Switch leaf-10
  {role: border-leaf, profile: dell-s5248f-on, asn: 65110, vlanNamespaces: [lab], ip: 172.30.0.9/21}
SwitchGroup row-1
  {}
Server box-1
  {description: blue box}
Connection box-1--eslag
  {eslag: {links: [{server: {port: box-1/nic1}, switch: {port: leaf-2/E1/1}}, {server: {port: box-1/nic2}, switch: {port: leaf-10/E1/1}}]}}
Connection spine-1--leaf-2
  {fabric: {links: [{spine: {port: spine-1/E1/1, ip: 172.30.128.0/31}, leaf: {port: leaf-2/E1/49, ip: 172.30.128.1/31}}]}}
Connection leaf-2--isp
  {external: {link: {switch: {port: leaf-2/E1/5}}}}
Connection gone--fabric
  {fabric: {links: [{spine: {port: spine-9/E1/1}, leaf: {port: leaf-2/E1/50}}]}}
VLANNamespace default
  {ranges: [{from: 1000, to: 1999}, {from: 2500}]}
VLANNamespace lab
  {ranges: [{from: 2000, to: 2100}]}
IPv4Namespace default
  {subnets: [10.0.0.0/16, 10.2.0.0/16]}
VPC web
  {subnets: {front: {subnet: 10.0.1.0/24, vlan: 1001}, back: {subnet: 10.0.2.0/24, vlan: 1002, dhcp: {relay: 10.0.9.9/32, relayVPC: data}}}}
VPC data
  {ipv4Namespace: default, vlanNamespace: lab, mode: l3vni, subnets: {main: {subnet: 10.0.3.0/24, vlan: 2001}}}
VPCAttachment web-box-1
  {subnet: web/front, connection: box-1--eslag, nativeVLAN: true}
VPCPeering web-data
  {permit: [{web: {subnets: [front]}, data: {}}]}
External isp
  {ipv4Namespace: default, inboundCommunity: 65102:5000, outboundCommunity: 5000:65102}
External depot
  {static: {prefixes: [198.51.100.0/24]}}
ExternalAttachment isp-leaf-2
  {external: isp, connection: leaf-2--isp, switch: {vlan: 100, ip: 192.0.2.1/30}, neighbor: {asn: 64999, ip: 192.0.2.2}}
ExternalPeering web-isp
  {permit: {vpc: {name: web, subnets: [front]}, external: {name: isp, prefixes: [{prefix: 0.0.0.0/0}]}}}
Gateway gw-1
  {asn: 65534, protocolIP: 172.30.8.9/32, groups: [{name: fast}], neighbors: [{ip: 172.30.128.8, asn: 65102}]}
GatewayGroup fast
  {}
GatewayPeering web-isp
  {gatewayGroup: fast, peering: {web: {expose: [{ips: [{vpcSubnet: front}]}]}, ext.isp: {expose: [{default: true}]}}}
";

fn text_of(kind: &str, metadata: &str, spec: &str) -> String {
    let info = KINDS.iter().find(|info| info.kind == kind);
    let version =
        info.map_or("lab.githedgehog.com/v1".to_owned(), |info| format!("{}/{}", info.group, info.version));
    format!("apiVersion: {version}\nkind: {kind}\nmetadata: {metadata}\nspec: {spec}\n")
}

fn files(lab: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = lab.lines().collect();
    let object = |pair: &[&str]| {
        let (kind, name) = pair[0].split_once(' ').expect("a kind and a name");
        let path = format!("managed/{}s/{name}.yaml", kind.to_lowercase());
        (path, text_of(kind, &format!("{{name: {name}}}"), pair[1].trim()))
    };
    lines.chunks(2).map(object).collect()
}

fn catalog_of(files: &[(String, String)]) -> Catalog {
    let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let index = ManagedIndex::of(&texts);
    let layout = Layout::new(RepoPath::root());
    let mut entries = Vec::new();
    for (path, managed) in index.objects(&layout) {
        let text = &files.iter().find(|(file, _)| file == path.as_str()).expect("its text").1;
        let shape = Spec::shape(&managed.object.id.kind);
        entries
            .push(Arc::new(Entry::read(&managed.object, text.as_bytes(), shape.as_ref()).expect("an entry")));
    }
    let mut marks: HashMap<RepoPath, Marks> = HashMap::new();
    for finding in index.findings() {
        marks.entry(finding.file.clone().expect("a file")).or_default().findings.push(finding);
    }
    let edited = RepoPath::parse("managed/servers/box-1.yaml").expect("path");
    marks.entry(edited).or_default().is_edited = true;
    Catalog::new(entries, marks)
}

fn lab() -> Catalog {
    catalog_of(&files(LAB))
}

fn page(catalog: &Catalog, text: &str) -> ResourcePage {
    catalog.page(&ResourceQuery { text: text.to_owned(), limit: 500, ..ResourceQuery::default() })
}

fn found(catalog: &Catalog, text: &str) -> Vec<String> {
    page(catalog, text).rows.into_iter().map(|row| row.id).collect()
}

#[test]
fn searches_find_what_they_say() {
    let lab = lab();
    for (text, expected) in [
        ("kind:switch", &["Switch/leaf-2", "Switch/leaf-10", "Switch/spine-1"][..]),
        ("kind:switches role:leaf", &["Switch/leaf-2", "Switch/leaf-10"]),
        ("kind:Switch,SwitchGroup -spine", &["Switch/leaf-2", "Switch/leaf-10", "SwitchGroup/row-1"]),
        ("SPINE celestica", &["Switch/spine-1"]),
        ("celestica spine", &["Switch/spine-1"]),
        ("rack ä", &["Switch/spine-1"]),
        ("\"RACK Ä\"", &["Switch/spine-1"]),
        ("\"ä rack\"", &[]),
        ("blue", &["Server/box-1"]),
        ("asn:65102", &["Switch/leaf-2", "Gateway/gw-1"]),
        ("spec.asn:65102", &["Switch/leaf-2"]),
        ("asn:6510", &[]),
        ("role:spine", &["Switch/spine-1"]),
        ("kind:Switch -role:spine -asn:65110", &["Switch/leaf-2"]),
        ("role:\"leaf\"", &[]),
        ("name:data", &["VPC/data", "VPCPeering/web-data"]),
        ("name:\"data\"", &["VPC/data"]),
        ("has:edit", &["Server/box-1"]),
        ("ns:default kind:server", &["Server/box-1"]),
        ("ns:lab", &[]),
        ("vlan:1001", &["VPC/web"]),
        ("spec.subnets.front.vlan:1001", &["VPC/web"]),
        ("vlan: kind:VPC", &["VPC/data", "VPC/web"]),
        ("ref:Switch/leaf-10", &["Connection/box-1--eslag"]),
        ("ref:switch/default/LEAF-10", &["Connection/box-1--eslag"]),
        ("ref:leaf-10", &["Connection/box-1--eslag"]),
        ("ref:VPC/data", &["VPC/web", "VPCPeering/web-data"]),
        (
            "ref:External/isp -kind:gatewaypeering",
            &["ExternalAttachment/isp-leaf-2", "ExternalPeering/web-isp"],
        ),
        ("ref:Switch/spine-9", &["Connection/gone--fabric"]),
        ("ref:SwitchProfile/dell-s5248f-on", &[]),
        ("has:error kind:Connection name:gone", &["Connection/gone--fabric"]),
        ("leaf.port:\"leaf-2/E1/49\"", &["Connection/spine-1--leaf-2"]),
        ("port:leaf-2/e1/49", &["Connection/spine-1--leaf-2"]),
        ("nothing-like-it", &[]),
        ("githedgehog.com", &[]),
    ] {
        assert_eq!(found(&lab, text), expected, "{text}");
        assert_eq!(page(&lab, text).unread, None, "{text}");
    }
    assert_eq!(found(&lab, "").len(), LAB.lines().count() / 2);
    assert_eq!(
        found(&lab, "has:warning name:leaf-2 kind:switch"),
        ["Switch/leaf-2"],
        "it has no boot serial"
    );
    assert_eq!(found(&lab, "has:warning kind:server"), Vec::<String>::new());
}

#[test]
fn what_is_no_filter_is_told_and_searched_for_as_it_is() {
    let lab = lab();
    for (text, unread, count) in [
        ("colour:blue", Some("There is no field colour; colour:blue was searched for as it is."), 0),
        ("65102:5000", None, 1),
        ("mtu:9000", None, 0),
        (
            "has:colour kind:Server",
            Some("An object has:error, has:warning or has:edit; colour is not known."),
            1,
        ),
    ] {
        let page = page(&lab, text);
        assert_eq!((page.unread.as_deref(), page.total), (unread, count), "{text}");
    }
}

#[test]
fn labels_and_annotations_are_found() {
    let with = |name: &str, metadata: &str| {
        let metadata = format!("{{name: {name}, {metadata}}}");
        (format!("managed/servers/{name}.yaml"), text_of("Server", &metadata, "{}"))
    };
    let catalog = catalog_of(&[
        with("a", "labels: {rack: A1, topology.io/zone: east}"),
        with("b", "labels: {rack: A10}, annotations: {note: ask Ömer}"),
        with(
            "c",
            "annotations: {hnp.githedgehog.com/managed-by: fgd-sync, hnp.githedgehog.com/original-file: drop.yaml}",
        ),
        with("d", "namespace: lab"),
    ]);
    for (text, expected) in [
        ("label:rack", &["Server/a", "Server/b"][..]),
        ("label:rack=a1", &["Server/a"]),
        ("label:topology.io/zone=east", &["Server/a"]),
        ("-label:rack kind:server", &["Server/c", "Server/lab/d"]),
        ("ömer", &["Server/b"]),
        ("fgd-sync", &[]),
        ("drop.yaml", &["Server/c"]),
        ("ns:lab", &["Server/lab/d"]),
        ("-ns:default", &["Server/lab/d"]),
    ] {
        assert_eq!(found(&catalog, text), expected, "{text}");
    }
    let rows = page(&catalog, "").rows;
    assert_eq!(rows.iter().map(|row| row.labels).collect::<Vec<_>>(), [2, 1, 0, 0]);
}

#[test]
fn each_kind_has_its_columns() {
    let lab = lab();
    for (text, cells, summary) in [
        (
            "kind:Switch name:leaf-2",
            &["server-leaf", "dell-s5248f-on", "65102", "pair", "", ""][..],
            "server-leaf · dell-s5248f-on · AS 65102 · group pair",
        ),
        ("kind:SwitchGroup", &[], ""),
        ("kind:Server", &["blue box", ""], "blue box"),
        ("name:eslag", &["eslag", "box-1", "leaf-2, leaf-10", "2"], "eslag · box-1 · to leaf-2, leaf-10"),
        ("name:\"spine-1--leaf-2\"", &["fabric", "spine-1", "leaf-2", "1"], "fabric · spine-1 · to leaf-2"),
        ("name:\"leaf-2--isp\"", &["external", "leaf-2", "", "1"], "external · leaf-2"),
        ("kind:VLANNamespace name:default", &["1000-1999, 2500"], "1000-1999, 2500"),
        ("kind:IPv4Namespace", &["10.0.0.0/16, 10.2.0.0/16"], "10.0.0.0/16, 10.2.0.0/16"),
        (
            "kind:VPC name:web",
            &["front 10.0.1.0/24, back 10.0.2.0/24", "1001, 1002", "", "", ""],
            "front 10.0.1.0/24, back 10.0.2.0/24 · VLAN 1001, 1002",
        ),
        ("kind:VPCAttachment", &["web/front", "box-1--eslag", "true"], "web/front · on box-1--eslag"),
        ("kind:VPCPeering", &["data and web"], "data and web"),
        (
            "kind:External isp",
            &["default", "65102:5000", "5000:65102", ""],
            "default · in 65102:5000 · out 5000:65102",
        ),
        ("kind:External depot", &["", "", "", "198.51.100.0/24"], ""),
        (
            "kind:ExternalAttachment",
            &["isp", "leaf-2--isp", "100", "192.0.2.2", "64999"],
            "isp · on leaf-2--isp · VLAN 100",
        ),
        ("kind:ExternalPeering", &["web", "isp", "front", "0.0.0.0/0"], "web · with isp"),
        (
            "kind:Gateway",
            &["65534", "172.30.8.9/32", "fast", "", "172.30.128.8"],
            "AS 65534 · 172.30.8.9/32 · in fast",
        ),
        ("kind:GatewayGroup", &[], ""),
        ("kind:GatewayPeering", &["web and ext.isp", "fast"], "web and ext.isp · through fast"),
    ] {
        let page = page(&lab, text);
        assert_eq!(page.total, 1, "{text}");
        assert_eq!(page.rows[0].cells, cells, "{text}");
        assert_eq!(page.rows[0].summary, summary, "{text}");
        assert_eq!(page.columns.len(), cells.len(), "{text}");
    }
    let mixed = page(&lab, "leaf-2");
    assert!(mixed.columns.is_empty() && mixed.rows.iter().all(|row| row.cells.is_empty()));
    let empty = page(&lab, "kind:Switch nothing-like-it");
    assert_eq!(empty.columns.len(), columns("Switch").len(), "an empty table keeps its head");
}

#[test]
fn kinds_are_counted_without_the_filter_by_kind() {
    let lab = lab();
    let counted = |text: &str| {
        let kinds = page(&lab, text).kinds;
        kinds.into_iter().map(|kind| format!("{} {}", kind.kind, kind.count)).collect::<Vec<_>>()
    };
    assert_eq!(counted("kind:VPC web"), counted("web"));
    assert_eq!(
        counted("web"),
        ["VPC 1", "VPCAttachment 1", "VPCPeering 1", "ExternalPeering 1", "GatewayPeering 1"]
    );
    assert_eq!(counted("kind:VPC -kind:VPCPeering name:web").first().map(String::as_str), Some("VPC 1"));
}

#[test]
fn rows_come_in_the_order_that_is_asked_for() {
    let lab = lab();
    let sorted = |key: Option<&str>, descending, offset, limit| {
        let page = lab.page(&ResourceQuery {
            text: "kind:Switch".to_owned(),
            sort: key.map(str::to_owned),
            descending,
            offset,
            limit,
        });
        assert_eq!((page.total, page.all as usize), (3, LAB.lines().count() / 2));
        page.rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(sorted(None, false, 0, 9), ["leaf-2", "leaf-10", "spine-1"]);
    assert_eq!(sorted(None, true, 0, 9), ["spine-1", "leaf-10", "leaf-2"]);
    assert_eq!(sorted(Some("role"), false, 0, 9), ["leaf-10", "leaf-2", "spine-1"]);
    assert_eq!(sorted(Some("asn"), true, 0, 9), ["leaf-10", "leaf-2", "spine-1"]);
    assert_eq!(sorted(Some("redundancy"), false, 0, 1), ["leaf-2"], "what has a value comes first");
    assert_eq!(sorted(Some("no such column"), false, 1, 1), ["leaf-10"]);
    assert_eq!(sorted(Some("name"), false, 2, 9), ["spine-1"]);
    assert_eq!(sorted(None, false, 9, 9), Vec::<String>::new());
    assert_eq!(sorted(None, false, 0, 0), Vec::<String>::new());
}

/// What an object names: `id by path`, with `!` where it is not there.
fn named(catalog: &Catalog, lab: &str, id: &str) -> Vec<String> {
    let file = catalog.file_of(id).expect(id);
    let all = files(lab);
    let text = &all.iter().find(|(path, _)| path == file.as_str()).expect("its text").1;
    shown(&detailed(text, catalog).refers_to)
}

fn shown(references: &[Reference]) -> Vec<String> {
    let line = |to: &Reference| format!("{}{} {}", if to.file.is_some() { "" } else { "!" }, to.id, to.path);
    references.iter().map(line).collect()
}

#[test]
fn references_lead_in_both_directions() {
    let lab = lab();
    for (id, expected) in [
        ("Switch/spine-1", &["VLANNamespace/default spec.vlanNamespaces"][..]),
        (
            "Switch/leaf-2",
            &[
                "SwitchGroup/row-1 spec.groups[0]",
                "!SwitchGroup/pair spec.redundancy.group",
                "VLANNamespace/default spec.vlanNamespaces",
            ],
        ),
        ("Switch/leaf-10", &["VLANNamespace/lab spec.vlanNamespaces[0]"]),
        (
            "Connection/box-1--eslag",
            &[
                "Server/box-1 spec.eslag.links[0].server.port",
                "Switch/leaf-2 spec.eslag.links[0].switch.port",
                "Server/box-1 spec.eslag.links[1].server.port",
                "Switch/leaf-10 spec.eslag.links[1].switch.port",
            ],
        ),
        (
            "Connection/gone--fabric",
            &[
                "!Switch/spine-9 spec.fabric.links[0].spine.port",
                "Switch/leaf-2 spec.fabric.links[0].leaf.port",
            ],
        ),
        (
            "VPC/web",
            &[
                "VPC/data spec.subnets.back.dhcp.relayVPC",
                "IPv4Namespace/default spec.ipv4Namespace",
                "VLANNamespace/default spec.vlanNamespace",
            ],
        ),
        ("VPCAttachment/web-box-1", &["VPC/web spec.subnet", "Connection/box-1--eslag spec.connection"]),
        ("VPCPeering/web-data", &["VPC/web spec.permit[0].web", "VPC/data spec.permit[0].data"]),
        ("External/depot", &["IPv4Namespace/default spec.ipv4Namespace"]),
        (
            "ExternalAttachment/isp-leaf-2",
            &["External/isp spec.external", "Connection/leaf-2--isp spec.connection"],
        ),
        (
            "ExternalPeering/web-isp",
            &["VPC/web spec.permit.vpc.name", "External/isp spec.permit.external.name"],
        ),
        ("Gateway/gw-1", &["GatewayGroup/fast spec.groups[0].name"]),
        (
            "GatewayPeering/web-isp",
            &[
                "GatewayGroup/fast spec.gatewayGroup",
                "VPC/web spec.peering.web",
                "External/isp spec.peering.ext.isp",
            ],
        ),
        ("Server/box-1", &[]),
        ("VLANNamespace/lab", &[]),
    ] {
        assert_eq!(named(&lab, LAB, id), expected, "{id}");
        for reference in expected.iter().filter(|reference| !reference.starts_with('!')) {
            let (to, path) = reference.split_once(' ').expect("a path");
            let back = shown(&lab.referrers(to));
            assert!(back.contains(&format!("{id} {path}")), "{to} is named by {id}: {back:?}");
        }
    }
    assert_eq!(
        shown(&lab.referrers("Switch/spine-9")),
        ["Connection/gone--fabric spec.fabric.links[0].spine.port"],
        "who names what is not there can be asked for too"
    );
}

#[test]
fn an_object_is_shown_field_by_field_with_lines_and_links() {
    let text = "\
apiVersion: wiring.githedgehog.com/v1beta1
kind: Switch
metadata:
  name: leaf-1
spec:
  role: server-leaf # a comment
  vlanNamespaces:
  - default
  - lab
  portSpeeds: {E1/1: 25G}
  boot: &boot
    serial: \"007\"
  ecmp: *boot
  asn:
";
    let fields = detailed(text, &lab()).fields;
    let lines: Vec<String> = fields
        .iter()
        .map(|field| {
            format!(
                "{}{} {}{} {}",
                "  ".repeat(field.depth as usize),
                field.label,
                field.line.map_or("-".to_owned(), |line| line.to_string()),
                field.value.as_deref().map_or(String::new(), |value| format!(" = {value}")),
                field.to.as_deref().map_or(String::new(), |to| format!("→ {to} ({})", field.path)),
            )
        })
        .map(|line| line.trim_end().to_owned())
        .collect();
    assert_eq!(
        lines,
        [
            "apiVersion 1 = wiring.githedgehog.com/v1beta1",
            "kind 2 = Switch",
            "metadata 3",
            "  name 4 = leaf-1",
            "spec 5",
            "  role 6 = server-leaf",
            "  vlanNamespaces 7",
            "    1 8 = default → VLANNamespace/default (spec.vlanNamespaces[0])",
            "    2 9 = lab → VLANNamespace/lab (spec.vlanNamespaces[1])",
            "  portSpeeds 10",
            "    E1/1 10 = 25G",
            "  boot 11",
            "    serial 12 = 007",
            "  ecmp 13",
            "    serial - = 007",
            "  asn 14 =",
        ]
    );
    assert_eq!(detailed("a: [", &lab()).fields, []);
    assert_eq!(detailed("a: 1\n", &lab()).fields, [], "it is no object");
}

#[test]
fn an_entry_is_kept_while_its_file_is_the_same() {
    let lab = lab();
    let path = RepoPath::parse("managed/servers/box-1.yaml").expect("path");
    let text = &files(LAB).into_iter().find(|(file, _)| file == path.as_str()).expect("its text").1;
    let entry = lab.entry(&path).expect("an entry");
    assert_eq!(entry.hash, crate::change::ContentHash::of(text.as_bytes()));
}

#[test]
fn every_field_of_every_kind_is_explained() {
    fn types<'s>(shape: &'s Shape, found: &mut Vec<(&'s str, &'s str)>) {
        match shape {
            Shape::List(below) | Shape::Map(below) => types(below, found),
            Shape::Object { name, fields } => {
                for (key, shape) in fields {
                    found.push((name, key));
                    types(shape, found);
                }
            }
            _ => {}
        }
    }
    let shapes: Vec<Shape> = KINDS.iter().map(|info| Spec::shape(info.kind).expect(info.kind)).collect();
    let mut used = Vec::new();
    shapes.iter().for_each(|shape| types(shape, &mut used));
    used.sort_unstable();
    used.dedup();
    let mut explained: Vec<(&str, &str)> =
        DOCS.iter().flat_map(|(of, fields)| fields.iter().map(move |(key, _)| (*of, *key))).collect();
    explained.sort_unstable();
    assert_eq!(explained, used, "each field is explained once, and nothing else is");
    for (of, fields) in &DOCS {
        for (key, doc) in fields.iter() {
            assert!(doc.ends_with('.') && doc.len() > 7, "{of}.{key}: {doc:?}");
        }
    }
}

#[test]
fn the_schema_says_types_values_and_what_is_named() {
    let fields = schema_of("Switch");
    let field = |path: &str| {
        let found = fields.iter().find(|field| field.path == path);
        found.unwrap_or_else(|| panic!("{path}")).clone()
    };
    assert_eq!(field("kind").values, ["Switch"]);
    assert_eq!(field("apiVersion").values, ["wiring.githedgehog.com/v1beta1"]);
    assert!(field("metadata.name").required && field("spec").required && field("spec.role").required);
    assert_eq!(field("spec.role").values.len(), 4);
    assert!(field("spec.profile").values.contains(&"dell-s5248f-on".to_owned()));
    assert_eq!((field("spec.asn").is, field("spec.asn").required), (FieldType::Integer, false));
    assert_eq!(field("spec.groups").is, FieldType::List);
    assert_eq!(field("spec.groups[]").refers.as_deref(), Some("SwitchGroup"));
    assert_eq!(field("spec.portFECs").is, FieldType::Map);
    assert_eq!(field("spec.portFECs.*").values, ["rs", "fc", "auto", "disabled"]);
    assert_eq!(field("spec.roce").values, ["true", "false"]);
    let connection = schema_of("Connection");
    let port = connection.iter().find(|field| field.path == "spec.fabric.links[].leaf.port").expect("a port");
    assert_eq!((port.refers.as_deref(), port.is), (Some("Switch"), FieldType::String));
    assert!(!schema_of("Server").iter().any(|field| field.path == "spec" && field.required));
    assert_eq!(schema_of("Rack").iter().filter(|field| field.path.starts_with("spec")).count(), 0);
}

#[test]
fn every_path_of_the_schema_is_told_once() {
    for info in &KINDS {
        let mut paths: Vec<String> = schema_of(info.kind).into_iter().map(|field| field.path).collect();
        let count = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), count, "{}", info.kind);
    }
}

#[test]
fn a_new_object_begins_with_what_it_needs() {
    for info in &KINDS {
        let text = new_object(info.kind, "new-1");
        let path = RepoPath::parse("managed/new.yaml").expect("path");
        let read = only_object(&path, text.as_bytes(), None).expect(info.kind);
        assert_eq!((read.id().kind.as_str(), read.id().name.as_str()), (info.kind, "new-1"));
        assert!(classify(&read.group, &read.version, info.kind).is_some());
        let unknown = read.object.problems.iter().find(|problem| problem.code.weight() == Weight::Refused);
        assert_eq!(unknown, None, "{text}");
        let strange = read.object.problems.iter().find(|problem| problem.message.contains("no field"));
        assert_eq!(strange, None, "{text}");
        for field in schema_of(info.kind).iter().filter(|field| field.required) {
            // What is in a part that is there must be there too.
            let (above, key) = field.path.rsplit_once('.').unwrap_or(("", &field.path));
            let is_plain = !field.path.contains(['[', '*']) && field.path.matches('.').count() < 2;
            assert!(
                !is_plain || text.contains(&format!("{key}:")),
                "{} below {above:?} in {text}",
                field.path
            );
        }
    }
    assert_eq!(
        new_object("Rack", "a: b"),
        "apiVersion:\nkind: Rack\nmetadata:\n  name: \"a: b\"\n  namespace: default\nspec: {}\n"
    );
    assert!(new_object("Server", "yes").contains("name: \"yes\""));
    assert!(new_object("Server", "7").contains("name: \"7\""));
}

fn a_word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9ü-]{1,3}",
        "-?(kind|name|has|ref|role|asn|vlan|label|ns|port|nothing):(switch|web|error|edit|leaf|1001|)",
        "-?\"[a-z -]{0,6}\"",
        Just("leaf".to_owned()),
        Just("-spine".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn another_word_never_finds_more(a in prop::collection::vec(a_word(), 0..3), b in prop::collection::vec(a_word(), 0..3)) {
        let lab = lab();
        let (few, all) = (found(&lab, &[a.clone(), b].concat().join(" ")), found(&lab, &a.join(" ")));
        prop_assert!(few.iter().all(|id| all.contains(id)), "{:?} is not in {:?}", few, all);
    }

    #[test]
    fn no_search_is_too_odd(text in "\\PC{0,30}", sort in prop::option::of("[a-z]{0,8}"), offset in any::<u32>(), limit in any::<u32>(), descending in any::<bool>()) {
        let lab = lab();
        let page = lab.page(&ResourceQuery { text, sort, descending, offset, limit });
        prop_assert!(page.rows.len() <= page.total as usize && page.total <= page.all);
    }

    #[test]
    fn a_word_is_found_exactly_where_it_is(word in "[a-z0-9./-]{1,4}") {
        let lab = lab();
        let expected: Vec<String> = files(LAB)
            .iter()
            .filter_map(|(path, _)| {
                let entry = lab.entry(&RepoPath::parse(path).expect("path")).expect("entry");
                entry.words.lines().any(|line| line.contains(&word)).then(|| super::id_of(&entry.id))
            })
            .collect();
        // A dash before it would exclude.
        let mut found = found(&lab, &format!("\"{word}\""));
        let mut expected = expected;
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }
}
