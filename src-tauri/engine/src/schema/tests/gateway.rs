//! Gateways and the peerings that go through them.

use super::*;

#[test]
fn gateways() {
    const GW: &str = "Gateway gw-1";
    let wrong: &[&str] = &["Gateway gw-1 451"];
    check(vec![
        ("no neighbor", vec![Set(GW, "[{ip: 172.30.128.8, asn: 65103}]", "[]")], &["Gateway gw-1 450"]),
        (
            "no neighbors at all",
            vec![Set(GW, "  neighbors: [{ip: 172.30.128.8, asn: 65103}]\n", "")],
            &["Gateway gw-1 450"],
        ),
        ("a neighbor of no ASN", vec![Set(GW, ", asn: 65103", "")], &["Gateway gw-1 403"]),
        ("a neighbor of no address", vec![Set(GW, "ip: 172.30.128.8, ", "")], &["Gateway gw-1 403"]),
        ("a neighbor of IPv6", vec![Set(GW, "ip: 172.30.128.8", "ip: 'fd00::1'")], wrong),
        ("many as a neighbor", vec![Set(GW, "ip: 172.30.128.8", "ip: 224.0.0.5")], wrong),
        (
            "a protocol address of more",
            vec![Set(GW, "172.30.8.101/32", "172.30.8.101/24")],
            &["Gateway gw-1 409"],
        ),
        ("a VTEP of more", vec![Set(GW, "172.30.12.101/32", "172.30.12.101/31")], &["Gateway gw-1 409"]),
        ("a VTEP of itself", vec![Set(GW, "172.30.12.101/32", "127.0.0.1/32")], wrong),
        ("a VTEP's MAC of zeros", vec![Set(GW, "0c:20:12:fe:01:00", "00:00:00:00:00:00")], wrong),
        ("a VTEP's MAC of many", vec![Set(GW, "0c:20:12:fe:01:00", "01:00:5e:00:00:01")], wrong),
        (
            "two of one MAC",
            vec![Set(GW, "0c:20:12:fe:01:00", "0C:20:12:FE:02:00")],
            &["Gateway gw-1 521", "Gateway gw-2 521"],
        ),
        (
            "two of one VTEP",
            vec![Set(GW, "172.30.12.101/32", "172.30.12.102/32")],
            &["Gateway gw-1 521", "Gateway gw-2 521"],
        ),
        (
            "a switch's protocol address",
            vec![Set(GW, "172.30.8.101/32", "172.30.8.21/32")],
            &["Gateway gw-1 521", "Switch leaf-1 521"],
        ),
        ("65 workers", vec![Set(GW, "groups:", "workers: 65\n  groups:")], wrong),
        ("64 workers", vec![Set(GW, "groups:", "workers: 64\n  groups:")], &[]),
        ("an interface of a long name", vec![Set(GW, "{enp1:", "{enp1s0f0npx:")], wrong),
        ("an interface of one letter", vec![Set(GW, "{enp1:", "{e:")], wrong),
        ("an interface that begins with a digit", vec![Set(GW, "{enp1:", "{1enp:")], wrong),
        ("an interface of no address", vec![Set(GW, "ips: [172.30.128.9/31], ", "")], wrong),
        ("an interface of IPv6", vec![Set(GW, "172.30.128.9/31", "'fd00::9/64'")], wrong),
        (
            "two names of an interface",
            vec![Set(GW, "pci: \"0000:01:00.0\"", "pci: \"0000:01:00.0\", kernel: eth1")],
            wrong,
        ),
        ("a PCI address too short", vec![Set(GW, "0000:01:00.0", "01:00.0")], wrong),
        ("a PCI address beyond", vec![Set(GW, "0000:01:00.0", "0000:01:20.0")], wrong),
        (
            "a kernel's name of its own",
            vec![Set("Gateway gw-2", "kernel: eth1", "kernel: enp1")],
            &["Gateway gw-2 451"],
        ),
        (
            "a group twice",
            vec![Set(GW, "[{name: edge, priority: 1}]", "[{name: edge}, {name: edge}]")],
            wrong,
        ),
        (
            "a group of no name",
            vec![Set(GW, "{name: edge, priority: 1}", "{priority: 1}")],
            &["Gateway gw-1 403"],
        ),
        ("a group that is not there", vec![Set(GW, "name: edge", "name: edgy")], &["Gateway gw-1 501"]),
        ("no group is the default", vec![Set(GW, "  groups: [{name: edge, priority: 1}]\n", "")], &[]),
    ]);
}

#[test]
fn sides() {
    const TO: &str = "GatewayPeering data-depot";
    let dangling: &[&str] = &["GatewayPeering data-depot 501"];
    check(vec![
        ("no side", vec![add("GatewayPeering x", "")], &["GatewayPeering x 440"]),
        ("one side", vec![add("GatewayPeering x", "peering: {quiet: {}}")], &["GatewayPeering x 440"]),
        (
            "three sides",
            vec![add("GatewayPeering x", "peering: {quiet: {}, data: {}, tools: {}}")],
            &["GatewayPeering x 440"],
        ),
        ("sides that expose nothing", vec![add("GatewayPeering x", "peering: {quiet: {}, data: }")], &[]),
        ("a VPC that is not there", vec![Set(TO, "    data:", "    dato:")], dangling),
        ("an external that is not there", vec![Set(TO, "ext.depot:", "ext.deput:")], dangling),
        ("an external without its prefix", vec![Set(TO, "ext.depot:", "depot:")], dangling),
        ("a group that is not there", vec![Set(TO, "gatewayGroup: edge", "gatewayGroup: edgy")], dangling),
        ("a subnet that is not there", vec![Set(TO, "vpcSubnet: default", "vpcSubnet: front")], dangling),
        ("no group is the default", vec![Set(TO, "  gatewayGroup: edge\n", "")], &[]),
    ]);
}

#[test]
fn exposes() {
    const TO: &str = "GatewayPeering data-depot";
    const IP: &str = "{vpcSubnet: default}";
    let wrong: &[&str] = &["GatewayPeering data-depot 452"];
    check(vec![
        ("no addresses", vec![Set(TO, "[{ips: [{vpcSubnet: default}]}]", "[{}]")], wrong),
        ("two in one", vec![Set(TO, IP, "{vpcSubnet: default, cidr: 10.20.8.0/24}")], wrong),
        ("none in one", vec![Set(TO, IP, "{}")], wrong),
        ("all but some", vec![Set(TO, IP, "{vpcSubnet: default}, {not: 10.20.8.7/32}")], &[]),
        ("a subnet of an external", vec![Set(TO, "cidr: 198.51.100.0/24", "vpcSubnet: default")], wrong),
        ("the default", vec![Set(TO, "[{ips: [{cidr: 198.51.100.0/24}]}]", "[{default: true}]")], &[]),
        (
            "the default and more",
            vec![Set(
                TO,
                "[{ips: [{cidr: 198.51.100.0/24}]}]",
                "[{default: true, ips: [{cidr: 198.51.100.0/24}]}]",
            )],
            wrong,
        ),
        (
            "as without nat",
            vec![Set(TO, "[{vpcSubnet: default}]", "[{vpcSubnet: default}], as: [{cidr: 100.64.9.0/24}]")],
            wrong,
        ),
        (
            "nat without as",
            vec![Set(TO, "[{vpcSubnet: default}]", "[{vpcSubnet: default}], nat: {static: {}}")],
            wrong,
        ),
        (
            "as of nothing",
            vec![Set(TO, "[{vpcSubnet: default}]", "[{vpcSubnet: default}], as: [{}], nat: {static: {}}")],
            wrong,
        ),
        (
            "addresses of another",
            vec![Set(TO, IP, "{cidr: 10.20.1.0/24}")],
            &["GatewayPeering data-depot 550"],
        ),
        (
            "more addresses than a subnet",
            vec![Set(TO, IP, "{cidr: 10.20.8.0/23}")],
            &["GatewayPeering data-depot 550"],
        ),
        ("some of a subnet", vec![Set(TO, IP, "{cidr: 10.20.8.64/26}")], &[]),
        (
            "an address that is none",
            vec![Set(TO, IP, "{cidr: 10.20.8.0}")],
            &["GatewayPeering data-depot 404", "GatewayPeering data-depot 452"],
        ),
        (
            "what another shows",
            vec![add(
                "GatewayPeering x",
                "peering:\n  quiet: {expose: [{ips: [{cidr: 10.20.2.0/24}], as: [{cidr: 198.51.100.0/25}], nat: {static: {}}}]}\n  data: {}",
            )],
            &["GatewayPeering data-depot 551", "GatewayPeering x 551"],
        ),
        (
            "what another shows to another",
            vec![add(
                "GatewayPeering x",
                "peering:\n  quiet: {expose: [{ips: [{cidr: 10.20.2.0/24}], as: [{cidr: 198.51.100.0/25}], nat: {static: {}}}]}\n  tools: {}",
            )],
            &[],
        ),
    ]);
}

#[test]
fn nat() {
    const BOTH: &str = "GatewayPeering web-tools";
    const WEB: &str = "as: [{cidr: 100.64.1.0/24}], nat: {static: {}}";
    const TOOLS: &str = "as: [{cidr: 100.64.2.0/24}], nat: {static: {}}";
    const HIDES: &str = "as: [{cidr: 100.64.1.0/24}], nat: {masquerade: {}}";
    const HIDES_TOO: &str = "as: [{cidr: 100.64.2.0/24}], nat: {masquerade: {idleTimeout: 5m}}";
    const FORWARDS: &str = "as: [{cidr: 100.64.1.0/24}], nat: {portForward: {ports: [{proto: tcp, port: \"443\", as: \"8443\"}]}}";
    let wrong: &[&str] = &["GatewayPeering web-tools 453"];
    let alone = (
        BOTH,
        "ips: [{cidr: 10.20.1.0/24}], as: [{cidr: 100.64.2.0/24}], nat: {static: {}}",
        "ips: [{cidr: 10.20.1.0/24}]",
    );
    check(vec![
        ("both hide", vec![Set(BOTH, WEB, HIDES), Set(BOTH, TOOLS, HIDES_TOO)], wrong),
        ("one hides and one maps", vec![Set(BOTH, WEB, HIDES)], wrong),
        ("one forwards and one hides", vec![Set(BOTH, WEB, FORWARDS), Set(BOTH, TOOLS, HIDES_TOO)], wrong),
        ("one hides", vec![Set(alone.0, alone.1, alone.2), Set(BOTH, WEB, HIDES)], &[]),
        ("one forwards", vec![Set(alone.0, alone.1, alone.2), Set(BOTH, WEB, FORWARDS)], &[]),
        (
            "two in one",
            vec![Set(
                BOTH,
                "100.64.1.0/24}], nat: {static: {}}",
                "100.64.1.0/24}], nat: {static: {}, masquerade: {}}",
            )],
            wrong,
        ),
        (
            "none in one",
            vec![Set(BOTH, "100.64.1.0/24}], nat: {static: {}}", "100.64.1.0/24}], nat: {}")],
            wrong,
        ),
        (
            "no ports",
            vec![
                Set(alone.0, alone.1, alone.2),
                Set(BOTH, WEB, "as: [{cidr: 100.64.1.0/24}], nat: {portForward: {}}"),
            ],
            wrong,
        ),
        (
            "a port of 0",
            vec![
                Set(alone.0, alone.1, alone.2),
                Set(
                    BOTH,
                    WEB,
                    "as: [{cidr: 100.64.1.0/24}], nat: {portForward: {ports: [{port: \"0\", as: \"80\"}]}}",
                ),
            ],
            wrong,
        ),
        (
            "ports down",
            vec![
                Set(alone.0, alone.1, alone.2),
                Set(
                    BOTH,
                    WEB,
                    "as: [{cidr: 100.64.1.0/24}], nat: {portForward: {ports: [{port: 90-80, as: 80-90}]}}",
                ),
            ],
            wrong,
        ),
        (
            "a protocol that is none",
            vec![
                Set(alone.0, alone.1, alone.2),
                Set(
                    BOTH,
                    WEB,
                    "as: [{cidr: 100.64.1.0/24}], nat: {portForward: {ports: [{proto: icmp, port: \"80\", as: \"80\"}]}}",
                ),
            ],
            wrong,
        ),
    ]);
}

#[test]
fn rules() {
    const BOTH: &str = "GatewayPeering web-tools";
    let wrong: &[&str] = &["GatewayPeering web-tools 454"];
    check(vec![
        (
            "a default that is none",
            vec![Set(BOTH, "default: deny", "default: allow")],
            &["GatewayPeering web-tools 404"],
        ),
        ("no action", vec![Set(BOTH, "action: allow, ", "")], &["GatewayPeering web-tools 403"]),
        (
            "an action that is none",
            vec![Set(BOTH, "action: allow", "action: drop")],
            &["GatewayPeering web-tools 404"],
        ),
        ("neither from nor to", vec![Set(BOTH, "from: tools, ", "")], wrong),
        ("from no side", vec![Set(BOTH, "from: tools", "from: quiet")], wrong),
        (
            "from the other side",
            vec![Set(BOTH, "from: tools", "to: tools")],
            &["GatewayPeering web-tools 501"],
        ),
        ("both ways", vec![Set(BOTH, "from: tools", "from: tools, to: web")], &[]),
        ("a protocol by its number", vec![Set(BOTH, "proto: tcp", "proto: \"47\"")], &[]),
        ("a protocol that is none", vec![Set(BOTH, "proto: tcp", "proto: gre")], wrong),
        ("a port that is none", vec![Set(BOTH, "\"443\"", "https")], wrong),
        ("a list of ports in one", vec![Set(BOTH, "\"443\"", "\"443,444\"")], wrong),
        ("a port as a number", vec![Set(BOTH, "\"443\"", "443")], &["GatewayPeering web-tools 401"]),
        (
            "cidr and a subnet",
            vec![Set(BOTH, "vpcSubnet: front", "vpcSubnet: front, cidr: 10.20.1.0/24")],
            wrong,
        ),
        (
            "a subnet that is not there",
            vec![Set(BOTH, "vpcSubnet: front", "vpcSubnet: font")],
            &["GatewayPeering web-tools 501"],
        ),
        ("a name with spaces", vec![Set(BOTH, "name: web-in", "name: web in")], wrong),
        ("a name in upper case", vec![Set(BOTH, "name: web-in", "name: Web-in")], wrong),
        (
            "a subnet of an external",
            vec![Set(
                "GatewayPeering data-depot",
                "peering:",
                "acl: {rules: [{action: deny, to: ext.depot, match: {dst: [{vpcSubnet: default}]}}]}\n  peering:",
            )],
            &["GatewayPeering data-depot 454"],
        ),
    ]);
}
