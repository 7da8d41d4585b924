//! Names, namespaces, types and fields; what is not there at all.

use super::*;

#[test]
fn names_and_namespaces() {
    check(vec![
        (
            "another namespace",
            vec![Set("Server box-1", "name: box-1", "name: box-1\n  namespace: lab")],
            &["Server box-1 405", "Connection uni 501"],
        ),
        ("default, written out", vec![Set("VPC web", "name: web", "name: web\n  namespace: default")], &[]),
        ("a namespace that is null", vec![Set("VPC web", "name: web", "name: web\n  namespace:")], &[]),
        (
            "a VPC of 12",
            vec![add("VPC twelve-chars", "subnets: {default: {subnet: 10.30.1.0/24, vlan: 1500}}")],
            &["VPC twelve-chars 406"],
        ),
        (
            "a VPC of 11",
            vec![add("VPC eleven-char", "subnets: {default: {subnet: 10.30.1.0/24, vlan: 1500}}")],
            &[],
        ),
        (
            "an External of 12",
            vec![add("External twelve-chars", "outboundCommunity: 1:1")],
            &["External twelve-chars 406"],
        ),
        (
            "an IPv4Namespace of 12",
            vec![add("IPv4Namespace twelve-chars", "subnets: [10.40.0.0/16]")],
            &["IPv4Namespace twelve-chars 406"],
        ),
        ("a VLANNamespace of 12", vec![add("VLANNamespace twelve-chars", "ranges: [{from: 2500}]")], &[]),
        (
            "a VPC as an External",
            vec![add("VPC ext.web", "subnets: {default: {subnet: 10.30.1.0/24, vlan: 1500}}")],
            &["VPC ext.web 407"],
        ),
        ("an External that begins so", vec![add("External ext.web", "outboundCommunity: 1:1")], &[]),
        (
            "a label of a number",
            vec![Set("VPC web", "name: web", "name: web\n  labels: {rack: 12}")],
            &["VPC web 401"],
        ),
        ("a label of a text", vec![Set("VPC web", "name: web", "name: web\n  labels: {rack: '12'}")], &[]),
        (
            "annotations in a list",
            vec![Set("VPC web", "name: web", "name: web\n  annotations: [a]")],
            &["VPC web 401"],
        ),
        (
            "a link that is a /31",
            vec![Set(
                "VPCAttachment routed-lane",
                "name: routed-lane",
                "name: routed-lane\n  annotations: {fabric.githedgehog.com/p2p-link: 10.99.0.0/31}",
            )],
            &[],
        ),
        (
            "a link that is a /30",
            vec![Set(
                "VPCAttachment routed-lane",
                "name: routed-lane",
                "name: routed-lane\n  annotations: {fabric.githedgehog.com/p2p-link: 10.99.0.0/30}",
            )],
            &["VPCAttachment routed-lane 413"],
        ),
    ]);
}

#[test]
fn types_and_fields() {
    check(vec![
        ("a VLAN of 0", vec![Set("VPC web", "vlan: 1001", "vlan: 0")], &["VPC web 433"]),
        ("a VLAN of null", vec![Set("VPC web", "vlan: 1001", "vlan:")], &["VPC web 433"]),
        (
            "a VLAN as text",
            vec![Set("VPC web", "vlan: 1001", "vlan: \"1001\"")],
            &["VPC web 401", "VPC web 433"],
        ),
        ("a VLAN of 4095", vec![Set("VPC web", "vlan: 1001", "vlan: 4095")], &["VPC web 404", "VPC web 433"]),
        (
            "a VLAN below none",
            vec![Set("VPC web", "vlan: 1001", "vlan: -1")],
            &["VPC web 404", "VPC web 433"],
        ),
        ("a VLAN with a dot", vec![Set("VPC web", "vlan: 1001", "vlan: 1001.0")], &[]),
        ("half a VLAN", vec![Set("VPC web", "vlan: 1001", "vlan: 1001.5")], &["VPC web 401", "VPC web 433"]),
        (
            "a field in the wrong case",
            vec![Set("VPC web", "vlan: 1001", "VLAN: 1001")],
            &["VPC web 402", "VPC web 433"],
        ),
        (
            "a field that is unknown",
            vec![Set("VPC web", "vlan: 1001", "vlan: 1001\n      color: red")],
            &["VPC web 402"],
        ),
        (
            "a list for a mapping",
            vec![Set("Switch leaf-1", "boot: {serial: L-1}", "boot: [L-1]")],
            &["Switch leaf-1 401", "Switch leaf-1 414"],
        ),
        (
            "a text for a list",
            vec![Set("Switch leaf-2", "groups: [pair]", "groups: pair")],
            &["Switch leaf-2 401"],
        ),
        (
            "a text for a flag",
            vec![Set("Switch leaf-3", "roce: true", "roce: 'yes'")],
            &["Switch leaf-3 401"],
        ),
        (
            "a number for a text",
            vec![Set("Switch leaf-1", "serial: L-1", "serial: 12")],
            &["Switch leaf-1 401", "Switch leaf-1 414"],
        ),
        ("a MAC in upper case", vec![Set("Switch leaf-2", "0c:20:12:00:00:22", "0C:20:12:00:00:FF")], &[]),
        ("a MAC with dashes", vec![Set("Switch leaf-2", "0c:20:12:00:00:22", "0c-20-12-00-00-22")], &[]),
        ("a MAC with dots", vec![Set("Switch leaf-2", "0c:20:12:00:00:22", "0c20.1200.0022")], &[]),
        (
            "a MAC too short",
            vec![Set("Switch leaf-2", "0c:20:12:00:00:22", "0c:20:12:00:00")],
            &["Switch leaf-2 404", "Switch leaf-2 414"],
        ),
        (
            "a MAC of other letters",
            vec![Set("Switch leaf-2", "0c:20:12:00:00:22", "0g:20:12:00:00:22")],
            &["Switch leaf-2 404", "Switch leaf-2 414"],
        ),
        (
            "an address with a zero before it",
            vec![Set("VPC web", "gateway: 10.20.2.254", "gateway: 10.20.02.254")],
            &["VPC web 404"],
        ),
        (
            "a length with a zero before it",
            vec![Set("VPC data", "10.20.9.0/24", "10.20.9.0/024")],
            &["VPC data 403", "VPC data 404"],
        ),
        (
            "an address without its length",
            vec![Set("VPC data", "10.20.9.0/24", "10.20.9.0")],
            &["VPC data 403", "VPC data 404"],
        ),
        ("bits beyond the length", vec![Set("VPC data", "10.20.9.0/24", "10.20.9.7/24")], &[]),
        ("a spec that is a list", vec![Set("Server box-1", "spec: {}", "spec: []")], &["Server box-1 401"]),
        ("no spec", vec![Set("Server box-1", "spec: {}", "")], &[]),
        ("a spec of null", vec![Set("SwitchGroup pair", "spec: {}", "spec:")], &[]),
        (
            "a field of a spec that has none",
            vec![Set("SwitchGroup pair", "spec: {}", "spec: {members: 2}")],
            &["SwitchGroup pair 402"],
        ),
    ]);
}

#[test]
fn what_is_kept_elsewhere_is_told_once_a_kind() {
    check(vec![
        ("no switch", vec![CutAll("Switch")], &["Connection bun 502"]),
        ("no server", vec![CutAll("Server")], &["Connection bun 502"]),
        ("no switch group", vec![CutAll("SwitchGroup")], &["Switch leaf-1 502"]),
        ("no connection", vec![CutAll("Connection")], &["VPCAttachment back-bun 502"]),
        ("no external", vec![CutAll("External")], &["ExternalAttachment depot-l3 502"]),
        ("no gateway", vec![CutAll("Gateway")], &["Connection gwc-1 502"]),
        ("no gateway group", vec![CutAll("GatewayGroup")], &["Gateway gw-1 502", "Gateway gw-2 503"]),
        ("no default of addresses", vec![Cut("IPv4Namespace default")], &["VPC data 503"]),
        ("no default of VLANs", vec![Cut("VLANNamespace default")], &["Switch leaf-1 503"]),
        (
            "no default, named",
            vec![
                Cut("IPv4Namespace default"),
                Set("VPC web", "permit:", "ipv4Namespace: default\n  permit:"),
            ],
            &["VPC data 503"],
        ),
        ("no default group", vec![Cut("GatewayGroup default")], &["Gateway gw-2 503"]),
        (
            "no default group, named",
            vec![Cut("GatewayGroup default"), Set("Gateway gw-1", "name: edge", "name: default")],
            &["Gateway gw-1 503"],
        ),
        (
            "a default switch group is nobody's",
            vec![Set("Switch leaf-2", "groups: [pair]", "groups: [default]")],
            &["Switch leaf-2 501"],
        ),
    ]);
}
