//! Externals, their attachments and their peerings.

use super::*;

#[test]
fn externals() {
    check(vec![
        ("nothing in it", vec![add("External x", "")], &[]),
        ("a community too large", vec![Set("External isp", "65100:100", "65536:100")], &["External isp 442"]),
        ("a community of one", vec![Set("External isp", "65100:100", "65100")], &["External isp 401"]),
        ("a community of words", vec![Set("External isp", "65100:101", "no-export")], &["External isp 442"]),
        (
            "a community with a zero before it",
            vec![Set("External isp", "65100:101", "065100:101")],
            &["External isp 442"],
        ),
        ("an empty community", vec![Set("External isp", "65100:101", "''")], &[]),
        (
            "a community where there is no BGP",
            vec![Set("External depot", "static:", "inboundCommunity: 1:1\n  static:")],
            &["External depot 442"],
        ),
        (
            "static without prefixes",
            vec![Set("External depot", "[198.51.100.0/24]", "[]")],
            &["External depot 403"],
        ),
        ("static and empty", vec![add("External x", "static: {}")], &["External x 403"]),
        (
            "static prefixes that overlap",
            vec![Set("External depot", "[198.51.100.0/24]", "[198.51.100.0/24, 198.51.0.0/16]")],
            &["External depot 443"],
        ),
        (
            "a static prefix that is none",
            vec![Set("External depot", "[198.51.100.0/24]", "[198.51.100.0/24, 198.51.101.0]")],
            &["External depot 404"],
        ),
        (
            "a namespace that is not there",
            vec![Set("External isp", "inboundCommunity:", "ipv4Namespace: lob\n  inboundCommunity:")],
            &["External isp 501", "ExternalPeering web-isp 540"],
        ),
    ]);
}

#[test]
fn attachments() {
    const BGP: &str = "ExternalAttachment isp-l3";
    const FIXED: &str = "ExternalAttachment depot-l3";
    check(vec![
        ("nothing in it", vec![add("ExternalAttachment x", "")], &["ExternalAttachment x 403"]),
        ("no external", vec![Set(BGP, "external: isp", "external:")], &["ExternalAttachment isp-l3 403"]),
        (
            "an external that is not there",
            vec![Set(BGP, "external: isp", "external: ips")],
            &["ExternalAttachment isp-l3 501"],
        ),
        (
            "a connection that is not there",
            vec![Set(BGP, "out-bgp", "out-bpg")],
            &["ExternalAttachment isp-l3 501"],
        ),
        ("a connection to a server", vec![Set(BGP, "out-bgp", "uni")], &["ExternalAttachment isp-l3 530"]),
        (
            "BGP to what is static",
            vec![Set(BGP, "external: isp", "external: depot")],
            &["ExternalAttachment isp-l3 542"],
        ),
        (
            "static to what has BGP",
            vec![Set(FIXED, "external: depot", "external: isp")],
            &["ExternalAttachment depot-l3 542"],
        ),
        (
            "no neighbor",
            vec![Set(BGP, "  neighbor: {asn: 64999, ip: 192.0.2.2}\n", "")],
            &["ExternalAttachment isp-l3 403"],
        ),
        ("a neighbor of ASN 0", vec![Set(BGP, "asn: 64999", "asn: 0")], &["ExternalAttachment isp-l3 403"]),
        (
            "a neighbor with a length",
            vec![Set(BGP, "ip: 192.0.2.2}", "ip: 192.0.2.2/30}")],
            &["ExternalAttachment isp-l3 403", "ExternalAttachment isp-l3 404"],
        ),
        (
            "no address",
            vec![Set(BGP, "{vlan: 100, ip: 192.0.2.1/30}", "{vlan: 100}")],
            &["ExternalAttachment isp-l3 403"],
        ),
        ("no VLAN", vec![Set(BGP, "{vlan: 100, ip: 192.0.2.1/30}", "{ip: 192.0.2.1/30}")], &[]),
        (
            "static, with a neighbor",
            vec![Set(FIXED, "static:", "neighbor: {asn: 1}\n  static:")],
            &["ExternalAttachment depot-l3 444"],
        ),
        (
            "static, with a switch",
            vec![Set(FIXED, "static:", "switch: {vlan: 7}\n  static:")],
            &["ExternalAttachment depot-l3 444"],
        ),
        (
            "static, with an empty switch",
            vec![Set(FIXED, "static:", "switch: {}\n  neighbor: {}\n  static:")],
            &[],
        ),
        (
            "static, without its address",
            vec![Set(FIXED, "ip: 203.0.113.1/30, ", "")],
            &["ExternalAttachment depot-l3 444"],
        ),
        ("a proxy", vec![Set(FIXED, "ip: 203.0.113.1/30, ", "proxy: true, ")], &[]),
        (
            "a proxy with an address",
            vec![Set(FIXED, "ip: 203.0.113.1/30, ", "ip: 203.0.113.1/30, proxy: true, ")],
            &["ExternalAttachment depot-l3 444"],
        ),
        (
            "no remote address",
            vec![Set(FIXED, "remoteIP: 203.0.113.2, ", "")],
            &["ExternalAttachment depot-l3 403"],
        ),
        (
            "static of nothing",
            vec![Set(FIXED, "{remoteIP: 203.0.113.2, ip: 203.0.113.1/30, vlan: 200}", "{}")],
            &["ExternalAttachment depot-l3 403", "ExternalAttachment depot-l3 444"],
        ),
        (
            "the same VLAN",
            vec![
                Set(FIXED, "connection: out-fix", "connection: out-bgp"),
                Set(FIXED, "vlan: 200", "vlan: 100"),
            ],
            &["ExternalAttachment depot-l3 543", "ExternalAttachment isp-l3 543"],
        ),
        ("another VLAN", vec![Set(FIXED, "connection: out-fix", "connection: out-bgp")], &[]),
        (
            "no VLAN, twice",
            vec![
                Set(FIXED, "connection: out-fix", "connection: out-bgp"),
                Set(FIXED, ", vlan: 200", ""),
                Set(BGP, "vlan: 100, ", ""),
            ],
            &["ExternalAttachment depot-l3 543", "ExternalAttachment isp-l3 543"],
        ),
        ("the same VLAN on another connection", vec![Set(FIXED, "vlan: 200", "vlan: 100")], &[]),
        ("a VLAN of 4095", vec![Set(FIXED, "vlan: 200", "vlan: 4095")], &["ExternalAttachment depot-l3 404"]),
    ]);
}

#[test]
fn access_lists() {
    const BGP: &str = "ExternalAttachment isp-l3";
    const PORTS: &str = "portRangeBegin: 80, portRangeEnd: 90";
    let wrong: &[&str] = &["ExternalAttachment isp-l3 445"];
    check(vec![
        ("the fabric's own number", vec![Set(BGP, "seq: 10", "seq: 9")], wrong),
        ("no number", vec![Set(BGP, "seq: 10, ", "")], wrong),
        (
            "a number twice",
            vec![Set(
                BGP,
                "statements:",
                "statements:\n    - {seq: 10, action: deny, protocol: ip, srcPrefix: any, dstPrefix: any}",
            )],
            wrong,
        ),
        (
            "an action that is none",
            vec![Set(BGP, "action: permit", "action: allow")],
            &["ExternalAttachment isp-l3 404"],
        ),
        ("no action", vec![Set(BGP, "action: permit, ", "")], &["ExternalAttachment isp-l3 403"]),
        (
            "a protocol that is none",
            vec![Set(BGP, "protocol: tcp", "protocol: sctp")],
            &["ExternalAttachment isp-l3 404", "ExternalAttachment isp-l3 445"],
        ),
        ("no prefix", vec![Set(BGP, "srcPrefix: any, ", "")], wrong),
        ("a prefix that is none", vec![Set(BGP, "srcPrefix: any", "srcPrefix: all")], wrong),
        ("ports of ip", vec![Set(BGP, "protocol: tcp", "protocol: ip")], wrong),
        ("ports down", vec![Set(BGP, PORTS, "portRangeBegin: 90, portRangeEnd: 80")], wrong),
        ("ports to nowhere", vec![Set(BGP, PORTS, "portRangeBegin: 90")], wrong),
        ("a type of tcp", vec![Set(BGP, PORTS, "icmpType: 8")], wrong),
        ("a type too large", vec![Set(BGP, PORTS, "icmpType: 256")], &["ExternalAttachment isp-l3 404"]),
        ("flags of udp", vec![Set(BGP, "protocol: tcp", "protocol: udp, tcpFilters: {syn: true}")], wrong),
        ("a flag and its absence", vec![Set(BGP, PORTS, "tcpFilters: {syn: true, notSyn: true}")], wrong),
        (
            "established and a flag",
            vec![Set(BGP, PORTS, "tcpFilters: {established: true, ack: true}")],
            wrong,
        ),
        ("established", vec![Set(BGP, PORTS, "tcpFilters: {established: true}")], &[]),
    ]);
}

#[test]
fn peerings() {
    const PEERING: &str = "ExternalPeering web-isp";
    let missing: &[&str] = &["ExternalPeering web-isp 403"];
    let dangling: &[&str] = &["ExternalPeering web-isp 501"];
    check(vec![
        ("nothing in it", vec![add("ExternalPeering x", "")], &["ExternalPeering x 403"]),
        ("an empty permit", vec![add("ExternalPeering x", "permit: {}")], &["ExternalPeering x 403"]),
        ("no VPC", vec![Set(PEERING, "name: web,", "")], missing),
        ("no external", vec![Set(PEERING, "name: isp, ", "")], missing),
        ("a prefix of nothing", vec![Set(PEERING, "{prefix: 0.0.0.0/0}", "{prefix: }")], missing),
        ("a VPC that is not there", vec![Set(PEERING, "name: web,", "name: wob,")], dangling),
        ("an external that is not there", vec![Set(PEERING, "name: isp,", "name: ips,")], dangling),
        ("a subnet that is not there", vec![Set(PEERING, "[front]", "[front, side]")], dangling),
        ("no subnets", vec![Set(PEERING, ", subnets: [front]", "")], &[]),
        (
            "another namespace",
            vec![Set("External isp", "inboundCommunity:", "ipv4Namespace: lab\n  inboundCommunity:")],
            &["ExternalPeering web-isp 540"],
        ),
        ("with a static external", vec![Set(PEERING, "name: isp,", "name: depot,")], &[]),
    ]);
}
