//! Switches, connections and VLAN namespaces.

use super::*;

#[test]
fn switches() {
    check(vec![
        ("no role", vec![Set("Switch leaf-1", "role: server-leaf", "role:")], &["Switch leaf-1 403"]),
        (
            "a role that is none",
            vec![Set("Switch leaf-1", "role: server-leaf", "role: leaf")],
            &["Switch leaf-1 404"],
        ),
        (
            "a role in upper case",
            vec![Set("Switch leaf-1", "role: server-leaf", "role: Server-Leaf")],
            &["Switch leaf-1 404"],
        ),
        (
            "an obsolete role",
            vec![Set("Switch leaf-3", "role: border-leaf", "role: virtual-edge")],
            &["Switch leaf-3 408"],
        ),
        ("another leaf's role", vec![Set("Switch leaf-3", "role: border-leaf", "role: mixed-leaf")], &[]),
        (
            "two leaves of one ASN",
            vec![Set("Switch leaf-1", "asn: 65101", "asn: 65103")],
            &["Switch leaf-1 522", "Switch leaf-3 522"],
        ),
        (
            "ASNs of nothing",
            vec![Set("Switch leaf-1", "asn: 65101", "asn: 0"), Set("Switch leaf-3", "asn: 65103", "asn: 0")],
            &[],
        ),
        (
            "an ASN too large",
            vec![Set("Switch leaf-1", "asn: 65101", "asn: 4294967296")],
            &["Switch leaf-1 404"],
        ),
        (
            "an mclag pair of one ASN",
            vec![
                Set("Switch leaf-1", "type: eslag", "type: mclag"),
                Set("Switch leaf-2", "type: eslag", "type: mclag"),
                Set("Switch leaf-2", "asn: 65102", "asn: 65101"),
                Set("Switch leaf-2", "172.30.12.22/32", "172.30.12.21/32"),
                Cut("Connection esl"),
                Cut("VPCAttachment data-esl"),
                Cut("VPCAttachment routed-lane"),
            ],
            &["Switch leaf-1 408", "Switch leaf-2 408"],
        ),
        (
            "a spine of its own ASN",
            vec![Set("Switch spine-1", "asn: 65100", "asn: 65000")],
            &["Switch spine-1 523", "Switch spine-2 523"],
        ),
        (
            "an odd spine of three",
            vec![add(
                "Switch spine-3",
                "role: spine\nprofile: celestica-ds3000\nasn: 65000\nboot: {serial: S-13}",
            )],
            &["Switch spine-3 523"],
        ),
        ("a spine without an ASN", vec![Set("Switch spine-1", "  asn: 65100\n", "")], &[]),
        ("a spine and a leaf of one ASN", vec![Set("Switch leaf-1", "asn: 65101", "asn: 65100")], &[]),
        (
            "two of one management address",
            vec![Set("Switch leaf-1", "172.30.0.21/21", "172.30.0.22/24")],
            &["Switch leaf-1 521", "Switch leaf-2 521"],
        ),
        (
            "two of one protocol address",
            vec![Set("Switch leaf-1", "172.30.8.21/32", "172.30.8.22/32")],
            &["Switch leaf-1 521", "Switch leaf-2 521"],
        ),
        (
            "two of one VTEP",
            vec![Set("Switch leaf-1", "172.30.12.21/32", "172.30.12.22/32")],
            &["Switch leaf-1 521", "Switch leaf-2 521"],
        ),
        (
            "a switch and a gateway of one VTEP",
            vec![Set("Switch leaf-1", "172.30.12.21/32", "172.30.12.101/32")],
            &["Gateway gw-1 521", "Switch leaf-1 521"],
        ),
        (
            "a protocol address of more",
            vec![Set("Switch leaf-1", "172.30.8.21/32", "172.30.8.21/24")],
            &["Switch leaf-1 409"],
        ),
        (
            "a VTEP of IPv6",
            vec![Set("Switch leaf-1", "172.30.12.21/32", "fd00::1/128")],
            &["Switch leaf-1 409"],
        ),
        (
            "a spine with a VTEP",
            vec![Set("Switch spine-1", "boot:", "vtepIP: 172.30.12.11/32\n  boot:")],
            &["Switch spine-1 416"],
        ),
        ("a leaf without a VTEP", vec![Set("Switch leaf-1", "  vtepIP: 172.30.12.21/32\n", "")], &[]),
        ("no boot", vec![Set("Switch leaf-1", "  boot: {serial: L-1}\n", "")], &["Switch leaf-1 414"]),
        (
            "an empty boot",
            vec![Set("Switch leaf-1", "{serial: L-1}", "{serial: ''}")],
            &["Switch leaf-1 414"],
        ),
        (
            "a group without its type",
            vec![Set("Switch leaf-2", "{group: pair, type: eslag}", "{group: pair}")],
            &["Switch leaf-2 415"],
        ),
        (
            "a type without its group",
            vec![Set("Switch leaf-3", "roce:", "redundancy: {type: eslag}\n  roce:")],
            &["Switch leaf-3 415"],
        ),
        (
            "a type that is none",
            vec![Set("Switch leaf-2", "type: eslag", "type: lacp")],
            &["Connection esl 524", "Switch leaf-2 404"],
        ),
        ("no redundancy", vec![Set("Switch leaf-3", "roce:", "redundancy: {}\n  roce:")], &[]),
        (
            "a group that is not there",
            vec![Set("Switch leaf-2", "groups: [pair]", "groups: [pair, trio]")],
            &["Switch leaf-2 501"],
        ),
        (
            "a redundancy group that is not there",
            vec![
                Set("Switch leaf-1", "group: pair", "group: trio"),
                Set("Switch leaf-2", "group: pair", "group: trio"),
            ],
            &["Switch leaf-1 501", "Switch leaf-2 501"],
        ),
        (
            "a VLANNamespace that is not there",
            vec![Set("Switch leaf-3", "[default, lab]", "[default, lab, nope]")],
            &["Switch leaf-3 501"],
        ),
        (
            "VLANNamespaces that share",
            vec![Set("Switch leaf-3", "[default, lab]", "[default, lab, solo]")],
            &["Switch leaf-3 529"],
        ),
        (
            "a VLANNamespace twice",
            vec![Set("Switch leaf-3", "[default, lab]", "[default, default, lab]")],
            &["Switch leaf-3 529"],
        ),
        (
            "a profile that is unknown",
            vec![Set("Switch leaf-3", "celestica-ds3000", "celestica-ds9000")],
            &["Switch leaf-3 528"],
        ),
        (
            "no profile",
            vec![Set("Switch leaf-3", "  profile: celestica-ds3000\n", "")],
            &["Switch leaf-3 403"],
        ),
        (
            "flaps below none",
            vec![Set("Switch leaf-2", "flapThreshold: 5", "flapThreshold: 0")],
            &["Switch leaf-2 404"],
        ),
        (
            "flaps above all",
            vec![Set("Switch leaf-2", "flapThreshold: 5", "flapThreshold: 51")],
            &["Switch leaf-2 404"],
        ),
        ("never recovered", vec![Set("Switch leaf-2", "flapThreshold: 5", "recoveryInterval: 0")], &[]),
    ]);
}

#[test]
fn models() {
    check(vec![
        (
            "no RoCE",
            vec![Set("Switch leaf-3", "profile: celestica-ds3000", "profile: cumulus-vx")],
            &["Switch leaf-3 417"],
        ),
        (
            "RoCE of a model that has none",
            vec![
                Set("Switch spine-1", "profile: celestica-ds3000", "profile: celestica-ds2000\n  roce: true"),
                Set("Connection fab-1", "spine-1/E1/1,", "spine-1/E1/49,"),
            ],
            &["Switch spine-1 527"],
        ),
        (
            "ECMP of a model that has none",
            vec![Set("Switch leaf-3", "roce: true", "ecmp: {roceQPN: true}")],
            &["Switch leaf-3 527"],
        ),
        ("flags that are off", vec![Set("Switch leaf-3", "roce: true", "ecmp: {roceQPN: false}")], &[]),
        (
            "eslag of a model that has none",
            vec![Set(
                "Switch leaf-3",
                "profile: celestica-ds3000",
                "profile: celestica-ds5000\n  redundancy: {group: pair, type: eslag}",
            )],
            &[
                "Switch leaf-3 527",
                "VPCAttachment back-bun 527",
                "VPCAttachment front-uni 527",
                "VPCAttachment tools-bun 527",
            ],
        ),
        (
            "a breakout of no port",
            vec![Set("Switch leaf-1", "E1/55: 4x25G", "E1/55: 4x25G, E1/57: 4x25G")],
            &["Switch leaf-1 417"],
        ),
        (
            "a breakout of a lane",
            vec![Set("Switch leaf-1", "E1/55: 4x25G", "E1/55: 4x25G, E1/54/1: 4x25G")],
            &["Switch leaf-1 417"],
        ),
        (
            "a breakout of a port that has none",
            vec![Set("Switch leaf-1", "E1/55: 4x25G", "E1/55: 4x25G, E1/1: 4x25G")],
            &["Switch leaf-1 417"],
        ),
        (
            "a breakout that is none",
            vec![Set("Switch leaf-1", "E1/55: 4x25G", "E1/55: 4x26G")],
            &["Connection lane 526", "Switch leaf-1 417"],
        ),
        (
            "a speed of a group's port",
            vec![Set("Switch leaf-1", "portGroupSpeeds: {\"1\": 10G}", "portSpeeds: {E1/1: 10G}")],
            &["Switch leaf-1 417"],
        ),
        (
            "a speed that a group lacks",
            vec![Set("Switch leaf-1", "\"1\": 10G", "\"1\": 40G")],
            &["Switch leaf-1 417"],
        ),
        ("an older spelling of a speed", vec![Set("Switch leaf-1", "\"1\": 10G", "\"1\": SPEED_10G")], &[]),
        (
            "a group that is not there",
            vec![Set("Switch leaf-1", "\"1\": 10G", "\"13\": 10G")],
            &["Switch leaf-1 417"],
        ),
        ("a group's number without quotes", vec![Set("Switch leaf-1", "\"1\": 10G", "1: 10G")], &[]),
        (
            "auto-negotiation of a whole port",
            vec![Set("Switch leaf-3", "E1/1/1: true", "E1/1: true")],
            &["Switch leaf-3 417"],
        ),
        (
            "auto-negotiation of no lane",
            vec![Set("Switch leaf-3", "E1/1/1: true", "E1/1/2: true")],
            &["Switch leaf-3 417"],
        ),
        (
            "auto-negotiation of a group's port",
            vec![Set("Switch leaf-1", "portFECs:", "portAutoNegs: {E1/1: true}\n  portFECs:")],
            &["Switch leaf-1 417"],
        ),
        (
            "FEC that is none",
            vec![Set("Switch leaf-1", "E1/49: auto", "E1/49: none")],
            &["Switch leaf-1 404"],
        ),
        (
            "FEC of a port that is broken out",
            vec![Set("Switch leaf-1", "E1/55/1: rs", "E1/55: rs")],
            &["Switch leaf-1 417"],
        ),
        ("FEC of no lane", vec![Set("Switch leaf-1", "E1/55/1: rs", "E1/55/5: rs")], &["Switch leaf-1 417"]),
        (
            "FEC of the management port",
            vec![Set("Switch leaf-1", "E1/55/1: rs", "M1: rs")],
            &["Switch leaf-1 417"],
        ),
        ("FEC of a group's port", vec![Set("Switch leaf-1", "E1/55/1: rs", "E1/3: rs")], &[]),
    ]);
}

#[test]
fn ports() {
    check(vec![
        (
            "a port in two connections",
            vec![Set("Connection uni", "leaf-3/E1/1}", "leaf-3/E1/2}")],
            &["Connection bun 520", "Connection uni 520"],
        ),
        (
            "a port, and lane 1 of it",
            vec![Set("Connection uni", "leaf-3/E1/1}", "leaf-3/E1/2/1}")],
            &["Connection bun 520", "Connection uni 520"],
        ),
        ("lane 1 of another port", vec![Set("Connection uni", "leaf-3/E1/1}", "leaf-3/E1/1/1}")], &[]),
        (
            "a port and lane 1 of it in one",
            vec![Set("Connection bun", "leaf-3/E1/3", "leaf-3/E1/2/1")],
            &["Connection bun 520"],
        ),
        (
            "a port twice in one",
            vec![Set("Connection bun", "leaf-3/E1/3", "leaf-3/E1/2")],
            &["Connection bun 520"],
        ),
        (
            "a server's port twice in one",
            vec![Set("Connection bun", "nic2", "nic1")],
            &["Connection bun 520"],
        ),
        (
            "a server's port in two",
            vec![Set("Connection uni", "box-1/nic1", "box-2/nic1")],
            &["Connection bun 520", "Connection uni 520"],
        ),
        (
            "a gateway's port in two",
            vec![Set("Connection gwc-2", "gw-2/enp1", "gw-1/enp1")],
            &["Connection gwc-1 520", "Connection gwc-2 520"],
        ),
        ("one name at two devices", vec![Set("Connection uni", "box-1/nic1", "box-1/nic2")], &[]),
        (
            "a port of mclag is free",
            vec![add(
                "Connection old",
                "mclag:\n  links:\n  - {server: {port: box-1/nic1}, switch: {port: leaf-1/E1/1}}\n  - {server: {port: box-1/nic2}, switch: {port: leaf-2/E1/1}}",
            )],
            &["Connection old 408"],
        ),
        (
            "as the switch names it",
            vec![Set("Connection uni", "leaf-3/E1/1}", "leaf-3/Ethernet0}")],
            &["Connection uni 412"],
        ),
        (
            "in lower case",
            vec![Set("Connection uni", "leaf-3/E1/1}", "leaf-3/e1/1}")],
            &["Connection uni 412"],
        ),
        (
            "without its device",
            vec![Set("Connection uni", "port: leaf-3/E1/1}", "port: leaf-3}")],
            &["Connection uni 412"],
        ),
        ("of no device", vec![Set("Connection uni", "leaf-3/E1/1}", "/E1/1}")], &["Connection uni 412"]),
        (
            "a server without its port",
            vec![Set("Connection uni", "box-1/nic1", "box-1")],
            &["Connection uni 412"],
        ),
        (
            "an end of nothing",
            vec![Set("Connection uni", "{port: leaf-3/E1/1}", "{}")],
            &["Connection uni 403"],
        ),
        (
            "a port of null",
            vec![Set("Connection uni", "{port: leaf-3/E1/1}", "{port: }")],
            &["Connection uni 403"],
        ),
        (
            "an empty port",
            vec![Set("Connection uni", "{port: leaf-3/E1/1}", "{port: ''}")],
            &["Connection uni 403"],
        ),
        (
            "a port that the model lacks",
            vec![Set("Connection uni", "leaf-3/E1/1}", "leaf-3/E1/34}")],
            &["Connection uni 526"],
        ),
        (
            "a port with a zero before it",
            vec![Set("Connection uni", "leaf-3/E1/1}", "leaf-3/E1/01}")],
            &["Connection uni 526"],
        ),
        (
            "a lane that is not broken out",
            vec![Set("Connection uni", "leaf-3/E1/1}", "leaf-3/E1/1/2}")],
            &["Connection uni 526"],
        ),
        (
            "a fifth lane",
            vec![Set("Connection lane", "leaf-1/E1/55/2", "leaf-1/E1/55/5")],
            &["Connection lane 526"],
        ),
        (
            "a lane of lane 0",
            vec![Set("Connection lane", "leaf-1/E1/55/2", "leaf-1/E1/55/0")],
            &["Connection lane 526"],
        ),
        ("the management port", vec![Set("Connection uni", "leaf-3/E1/1}", "leaf-3/M1}")], &[]),
        (
            "a switch that is not there",
            vec![Set("Connection uni", "leaf-3/E1/1}", "leaf-9/E1/1}")],
            &["Connection uni 501"],
        ),
        (
            "a server that is not there",
            vec![Set("Connection uni", "box-1/nic1", "box-9/nic1")],
            &["Connection uni 501"],
        ),
        (
            "a switch for a server",
            vec![Set("Connection uni", "box-1/nic1", "leaf-1/E1/9")],
            &["Connection uni 501"],
        ),
        (
            "neither is there",
            vec![
                Set("Connection uni", "box-1/nic1", "box-9/nic1"),
                Set("Connection uni", "leaf-3/E1/1}", "leaf-9/E1/1}"),
            ],
            &["Connection uni 501"],
        ),
        (
            "a gateway that is not there",
            vec![Set("Connection gwc-1", "gw-1/enp1", "gw-9/enp1")],
            &["Connection gwc-1 501"],
        ),
        ("a spine that goes", vec![Cut("Switch spine-2")], &["Connection fab-2 501", "Connection fab-3 501"]),
    ]);
}

#[test]
fn connections() {
    check(vec![
        ("no type", vec![add("Connection odd", "")], &["Connection odd 410"]),
        ("a type of null", vec![add("Connection odd", "unbundled:")], &["Connection odd 410"]),
        ("a type of nothing", vec![add("Connection odd", "unbundled: {}")], &["Connection odd 411"]),
        (
            "a type that is none",
            vec![add("Connection odd", "bonded: {}")],
            &["Connection odd 402", "Connection odd 410"],
        ),
        (
            "two types",
            vec![Set(
                "Connection uni",
                "unbundled:",
                "external: {link: {switch: {port: leaf-3/E1/12}}}\n  unbundled:",
            )],
            &["Connection uni 410"],
        ),
        (
            "bundled without links",
            vec![add("Connection odd", "bundled: {links: []}")],
            &["Connection odd 411"],
        ),
        (
            "bundled of one link",
            vec![Set(
                "Connection bun",
                "    - {server: {port: box-2/nic2}, switch: {port: leaf-3/E1/3}}\n",
                "",
            )],
            &[],
        ),
        (
            "bundled over two switches",
            vec![Set("Connection bun", "leaf-3/E1/3", "leaf-1/E1/3")],
            &["Connection bun 411", "VPCAttachment tools-bun 533"],
        ),
        (
            "bundled of two servers",
            vec![Set("Connection bun", "box-2/nic2", "box-1/nic2")],
            &["Connection bun 411"],
        ),
        (
            "an eslag of one link",
            vec![Set(
                "Connection esl",
                "    - {server: {port: box-3/nic2}, switch: {port: leaf-2/E1/1}}\n",
                "",
            )],
            &["Connection esl 411"],
        ),
        (
            "an eslag of one switch",
            vec![Set("Connection esl", "leaf-2/E1/1", "leaf-1/E1/2")],
            &["Connection esl 411"],
        ),
        (
            "an eslag of five switches",
            vec![
                add(
                    "Switch leaf-4",
                    "role: server-leaf\nprofile: vs\nboot: {serial: x}\nredundancy: {group: pair, type: eslag}",
                ),
                add(
                    "Switch leaf-5",
                    "role: server-leaf\nprofile: vs\nboot: {serial: x}\nredundancy: {group: pair, type: eslag}",
                ),
                add(
                    "Switch leaf-6",
                    "role: server-leaf\nprofile: vs\nboot: {serial: x}\nredundancy: {group: pair, type: eslag}",
                ),
                Set(
                    "Connection esl",
                    "switch: {port: leaf-2/E1/1}}\n",
                    "switch: {port: leaf-2/E1/1}}\n    - {server: {port: box-3/nic3}, switch: {port: leaf-4/E1/1}}\n    - {server: {port: box-3/nic4}, switch: {port: leaf-5/E1/1}}\n    - {server: {port: box-3/nic5}, switch: {port: leaf-6/E1/1}}\n",
                ),
            ],
            &["Connection esl 411"],
        ),
        (
            "an eslag of four links to two",
            vec![Set(
                "Connection esl",
                "switch: {port: leaf-2/E1/1}}\n",
                "switch: {port: leaf-2/E1/1}}\n    - {server: {port: box-3/nic3}, switch: {port: leaf-1/E1/2}}\n    - {server: {port: box-3/nic4}, switch: {port: leaf-2/E1/2}}\n",
            )],
            &[],
        ),
        (
            "an eslag of no group",
            vec![
                Set("Switch leaf-1", "  redundancy: {group: pair, type: eslag}\n", ""),
                Set("Switch leaf-2", "  redundancy: {group: pair, type: eslag}\n", ""),
            ],
            &["Connection esl 524"],
        ),
        (
            "an eslag with one in no group",
            vec![Set("Switch leaf-1", "  redundancy: {group: pair, type: eslag}\n", "")],
            &["Connection esl 525"],
        ),
        (
            "an eslag of two groups",
            vec![add("SwitchGroup trio", ""), Set("Switch leaf-1", "group: pair", "group: trio")],
            &["Connection esl 524"],
        ),
        (
            "an eslag of an mclag group",
            vec![
                Set("Switch leaf-1", "type: eslag", "type: mclag"),
                Set("Switch leaf-2", "type: eslag", "type: mclag"),
            ],
            &[
                "Connection esl 524",
                "Switch leaf-1 408",
                "Switch leaf-2 408",
                "VPCAttachment routed-lane 535",
            ],
        ),
        (
            "fabric from a switch to itself",
            vec![Set("Connection fab-3", "leaf-3/E1/31", "spine-2/E1/4")],
            &["Connection fab-3 411"],
        ),
        (
            "fabric of three switches",
            vec![Set("Connection fab-1", "leaf-1/E1/50", "leaf-2/E1/50")],
            &["Connection fab-1 411"],
        ),
        (
            "a mesh of a switch with itself",
            vec![Set("Connection mesh-1", "leaf-3/E1/30", "leaf-1/E1/52")],
            &["Connection mesh-1 411"],
        ),
        (
            "a gateway at two switches",
            vec![Set(
                "Connection gwc-2",
                "gateway: {port: gw-2/enp1}}\n",
                "gateway: {port: gw-2/enp1}}\n    - {switch: {port: leaf-1/E1/40}, gateway: {port: gw-2/enp2}}\n",
            )],
            &["Connection gwc-2 411"],
        ),
        (
            "an external of no link",
            vec![Set("Connection out-bgp", "{link: {switch: {port: leaf-3/E1/10}}}", "{}")],
            &["Connection out-bgp 411"],
        ),
        (
            "an obsolete loopback",
            vec![add(
                "Connection loop",
                "vpcLoopback: {links: [{switch1: {port: leaf-3/E1/20}, switch2: {port: leaf-3/E1/21}}]}",
            )],
            &["Connection loop 408"],
        ),
        (
            "a loopback of two switches",
            vec![add(
                "Connection loop",
                "vpcLoopback: {links: [{switch1: {port: leaf-3/E1/20}, switch2: {port: leaf-1/E1/21}}]}",
            )],
            &["Connection loop 408", "Connection loop 411"],
        ),
        (
            "a port to itself",
            vec![add(
                "Connection loop",
                "vpcLoopback: {links: [{switch1: {port: leaf-3/E1/20}, switch2: {port: leaf-3/E1/20}}]}",
            )],
            &["Connection loop 408", "Connection loop 520"],
        ),
        (
            "an obsolete domain",
            vec![add(
                "Connection dom",
                "mclagDomain:\n  peerLinks: [{switch1: {port: leaf-1/E1/30}, switch2: {port: leaf-2/E1/30}}]\n  sessionLinks: [{switch1: {port: leaf-1/E1/31}, switch2: {port: leaf-2/E1/31}}]",
            )],
            &["Connection dom 408"],
        ),
    ]);
}

#[test]
fn addresses_of_links() {
    check(vec![
        (
            "a /30",
            vec![Set("Connection fab-2", "172.30.128.4/31", "172.30.128.4/30")],
            &["Connection fab-2 413"],
        ),
        (
            "of two nets",
            vec![Set("Connection fab-2", "172.30.128.5/31", "172.30.128.15/31")],
            &["Connection fab-2 413"],
        ),
        (
            "both the same",
            vec![Set("Connection fab-2", "172.30.128.5/31", "172.30.128.4/31")],
            &["Connection fab-2 413"],
        ),
        (
            "the other way round",
            vec![
                Set("Connection fab-2", "172.30.128.4/31", "172.30.128.50/31"),
                Set("Connection fab-2", "172.30.128.5/31", "172.30.128.51/31"),
            ],
            &[],
        ),
        (
            "of another connection",
            vec![
                Set("Connection fab-2", "172.30.128.4/31", "172.30.128.6/31"),
                Set("Connection fab-2", "172.30.128.5/31", "172.30.128.7/31"),
            ],
            &["Connection fab-2 521", "Connection mesh-1 521"],
        ),
        (
            "of another link of the same",
            vec![
                Set("Connection fab-1", "172.30.128.2/31", "172.30.128.0/31"),
                Set("Connection fab-1", "172.30.128.3/31", "172.30.128.1/31"),
            ],
            &["Connection fab-1 521"],
        ),
        ("one end alone", vec![Set("Connection fab-2", ", ip: 172.30.128.5/31", "")], &[]),
        (
            "of a gateway",
            vec![Set("Connection gwc-1", "172.30.128.9/31", "172.30.128.11/31")],
            &["Connection gwc-1 413"],
        ),
        (
            "of a mesh",
            vec![Set("Connection mesh-1", "172.30.128.7/31", "172.30.128.7/32")],
            &["Connection mesh-1 413"],
        ),
    ]);
}

#[test]
fn static_external_connections() {
    let with = |switch: &str| {
        add(
            "Connection se",
            &format!(
                "staticExternal:\n  withinVPC: web\n  link: {{switch: {{port: leaf-3/E1/20, {switch}}}}}"
            ),
        )
    };
    check(vec![
        (
            "it is obsolete",
            vec![with("ip: 10.77.0.1/24, nextHop: 10.77.0.2, subnets: [10.78.0.0/24]")],
            &["Connection se 408"],
        ),
        ("no next hop", vec![with("ip: 10.77.0.1/24")], &["Connection se 403", "Connection se 408"]),
        ("no address", vec![with("nextHop: 10.77.0.2")], &["Connection se 403", "Connection se 408"]),
        (
            "a next hop outside",
            vec![with("ip: 10.77.0.1/24, nextHop: 10.79.0.2")],
            &["Connection se 404", "Connection se 408"],
        ),
        (
            "everything, alone",
            vec![with("ip: 10.77.0.1/24, nextHop: 10.77.0.2, subnets: [0.0.0.0/0]")],
            &["Connection se 408"],
        ),
        (
            "everything and more",
            vec![with("ip: 10.77.0.1/24, nextHop: 10.77.0.2, subnets: [0.0.0.0/0, 10.78.0.0/24]")],
            &["Connection se 408", "Connection se 443"],
        ),
        (
            "subnets that overlap",
            vec![with("ip: 10.77.0.1/24, nextHop: 10.77.0.2, subnets: [10.78.0.0/16, 10.78.1.0/24]")],
            &["Connection se 408", "Connection se 443"],
        ),
        (
            "bits beyond the length",
            vec![with("ip: 10.77.0.1/24, nextHop: 10.77.0.2, subnets: [10.78.0.1/24]")],
            &["Connection se 408", "Connection se 443"],
        ),
        (
            "a subnet of the fabric",
            vec![with("ip: 10.77.0.1/24, nextHop: 10.77.0.2, subnets: [172.30.0.0/24]")],
            &["Connection se 408", "Connection se 422"],
        ),
        (
            "within no VPC",
            vec![add(
                "Connection se",
                "staticExternal:\n  withinVPC: wab\n  link: {switch: {port: leaf-3/E1/20, ip: 10.77.0.1/24, nextHop: 10.77.0.2}}",
            )],
            &["Connection se 408", "Connection se 501"],
        ),
    ]);
}

#[test]
fn vlan_namespaces() {
    check(vec![
        ("no range", vec![add("VLANNamespace x", "ranges: []")], &["VLANNamespace x 403"]),
        ("from 0", vec![add("VLANNamespace x", "ranges: [{from: 0, to: 10}]")], &["VLANNamespace x 420"]),
        (
            "to 4095",
            vec![add("VLANNamespace x", "ranges: [{from: 4000, to: 4095}]")],
            &["VLANNamespace x 420"],
        ),
        ("to 4094", vec![add("VLANNamespace x", "ranges: [{from: 4000, to: 4094}]")], &[]),
        ("down", vec![add("VLANNamespace x", "ranges: [{from: 20, to: 10}]")], &["VLANNamespace x 420"]),
        ("one VLAN", vec![add("VLANNamespace x", "ranges: [{from: 20}]")], &[]),
        ("no from", vec![add("VLANNamespace x", "ranges: [{to: 20}]")], &["VLANNamespace x 420"]),
        (
            "two ranges that overlap",
            vec![add("VLANNamespace x", "ranges: [{from: 10, to: 20}, {from: 20, to: 30}]")],
            &["VLANNamespace x 420"],
        ),
        (
            "two that meet",
            vec![add("VLANNamespace x", "ranges: [{from: 10, to: 20}, {from: 21, to: 30}]")],
            &[],
        ),
        (
            "of the fabric",
            vec![add("VLANNamespace x", "ranges: [{from: 2900, to: 3000}]")],
            &["VLANNamespace x 422"],
        ),
        (
            "the last of the fabric",
            vec![add("VLANNamespace x", "ranges: [{from: 3999, to: 4050}]")],
            &["VLANNamespace x 422"],
        ),
        (
            "as text",
            vec![add("VLANNamespace x", "ranges: [{from: '10', to: 20}]")],
            &["VLANNamespace x 401", "VLANNamespace x 420"],
        ),
    ]);
}
