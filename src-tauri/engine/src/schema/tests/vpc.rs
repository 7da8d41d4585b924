//! VPCs, their namespaces, attachments and peerings.

use super::*;

#[test]
fn subnets() {
    check(vec![
        ("no subnets", vec![add("VPC x", "")], &["VPC x 430"]),
        ("subnets of null", vec![add("VPC x", "subnets:")], &["VPC x 430"]),
        ("a subnet of null", vec![add("VPC x", "subnets: {a: }")], &["VPC x 403"]),
        ("an empty prefix", vec![add("VPC x", "subnets: {a: {subnet: '', vlan: 1500}}")], &["VPC x 403"]),
        ("21 subnets", vec![Edit::Add("VPC x", many(21))], &["VPC x 430"]),
        ("20 subnets", vec![Edit::Add("VPC x", many(20))], &[]),
        ("a /30", vec![add("VPC x", "subnets: {a: {subnet: 10.30.0.0/30, vlan: 1500}}")], &[]),
        ("a /31", vec![add("VPC x", "subnets: {a: {subnet: 10.30.0.0/31, vlan: 1500}}")], &["VPC x 431"]),
        ("a /32", vec![add("VPC x", "subnets: {a: {subnet: 10.30.0.1/32, vlan: 1500}}")], &["VPC x 431"]),
        (
            "IPv6",
            vec![add("VPC x", "subnets: {a: {subnet: 'fd00::/64', vlan: 1500}}")],
            &["VPC x 431", "VPC x 512"],
        ),
        (
            "overlapping inside",
            vec![Set("VPC web", "10.20.2.0/24", "10.20.1.0/25")],
            &["VPC web 432", "VPC web 510"],
        ),
        (
            "overlapping across",
            vec![Set("VPC data", "10.20.9.0/24", "10.20.1.128/25")],
            &["VPC data 510", "VPC web 510"],
        ),
        (
            "one around another",
            vec![Set("VPC data", "10.20.9.0/24", "10.20.0.0/21")],
            &["VPC data 510", "VPC web 510"],
        ),
        ("the same in another namespace", vec![Set("VPC quiet", "10.20.2.0/24", "10.20.8.0/24")], &[]),
        (
            "overlapping in another namespace",
            vec![Set("VPC quiet", "10.20.2.0/24", "10.20.1.0/24")],
            &["VPC quiet 510", "VPC tools 510"],
        ),
        ("outside", vec![Set("VPC data", "10.20.9.0/24", "10.40.9.0/24")], &["VPC data 512"]),
        ("half outside", vec![Set("VPC data", "10.20.9.0/24", "10.30.0.0/15")], &["VPC data 512"]),
        (
            "outside of a namespace that another has",
            vec![Set("VPC tools", "10.20.1.0/24", "10.30.1.0/24")],
            &["VPC tools 512", "GatewayPeering web-tools 550"],
        ),
        (
            "of the fabric",
            vec![Set("VPC data", "10.20.9.0/24", "172.30.9.0/24")],
            &["VPC data 422", "VPC data 512"],
        ),
        (
            "a namespace that is not there",
            vec![Set("VPC quiet", "ipv4Namespace: lab", "ipv4Namespace: lib")],
            &["VPC quiet 501"],
        ),
        (
            "no such namespace of VLANs",
            vec![Set("VPC quiet", "vlanNamespace: solo", "vlanNamespace: sole")],
            &["VPC quiet 501"],
        ),
        ("no gateway is the first address", vec![Set("VPC web", "      gateway: 10.20.2.254\n", "")], &[]),
        (
            "a gateway outside",
            vec![Set("VPC web", "gateway: 10.20.2.254", "gateway: 10.20.3.254")],
            &["VPC web 432"],
        ),
        (
            "a gateway of IPv6",
            vec![Set("VPC web", "gateway: 10.20.2.254", "gateway: 'fd00::1'")],
            &["VPC web 432"],
        ),
        (
            "a gateway with its length",
            vec![Set("VPC web", "gateway: 10.20.2.254", "gateway: 10.20.2.254/24")],
            &["VPC web 404"],
        ),
        (
            "hostBGP's gateway is nobody's",
            vec![Set("VPC data", "hostBGP: true", "hostBGP: true, gateway: 10.99.0.1")],
            &[],
        ),
        ("a mode that is none", vec![Set("VPC quiet", "mode: l3vni", "mode: l2vni")], &["VPC quiet 404"]),
        (
            "a mode that is not served",
            vec![Set("VPC quiet", "mode: l3vni", "mode: l3flat")],
            &["VPC quiet 534"],
        ),
        ("an empty mode", vec![Set("VPC quiet", "mode: l3vni", "mode: ''")], &[]),
    ]);
}

/// The spec of a VPC of so many subnets.
fn many(count: u32) -> String {
    let subnet = |n: u32| format!("    s{n}: {{subnet: 10.30.{n}.0/24, vlan: {}}}\n", 1500 + n);
    format!("  subnets:\n{}", (0..count).map(subnet).collect::<String>())
}

#[test]
fn vlans() {
    check(vec![
        ("none", vec![Set("VPC web", "      vlan: 1002\n", "")], &["VPC web 433"]),
        ("twice inside", vec![Set("VPC web", "vlan: 1002", "vlan: 1001")], &["VPC web 511"]),
        ("twice across", vec![Set("VPC data", "vlan: 1010", "vlan: 1001")], &["VPC data 511", "VPC web 511"]),
        (
            "thrice",
            vec![
                Set("VPC data", "vlan: 1010", "vlan: 1001"),
                add("VPC x", "subnets: {a: {subnet: 10.30.1.0/24, vlan: 1001}}"),
            ],
            &["VPC data 511", "VPC web 511", "VPC x 511"],
        ),
        ("the same in another namespace", vec![Set("VPC quiet", "vlan: 1001", "vlan: 1010")], &[]),
        ("outside", vec![Set("VPC web", "vlan: 1002", "vlan: 2002")], &["VPC web 513"]),
        ("of the fabric", vec![Set("VPC web", "vlan: 1002", "vlan: 3500")], &["VPC web 422", "VPC web 513"]),
        ("not needed for hostBGP", vec![Set("VPC data", "hostBGP: true", "hostBGP: true, vlan: 0")], &[]),
        (
            "taken by hostBGP all the same",
            vec![Set("VPC data", "hostBGP: true", "hostBGP: true, vlan: 1001")],
            &["VPC data 511", "VPC web 511"],
        ),
        (
            "a hostBGP that is off",
            vec![Set("VPC data", "hostBGP: true", "hostBGP: false")],
            &["VPC data 433"],
        ),
    ]);
}

#[test]
fn dhcp() {
    let with = |dhcp: &str| {
        vec![Edit::Add(
            "VPC x",
            format!("  subnets:\n    a: {{subnet: 10.30.1.0/24, vlan: 1500, dhcp: {{{dhcp}}}}}\n"),
        )]
    };
    let small = |dhcp: &str| {
        vec![Edit::Add("VPC x", format!("  subnets:\n    a: {{subnet: 10.30.1.0/30, vlan: 1500, {dhcp}}}\n"))]
    };
    check(vec![
        ("off", with("enable: false"), &[]),
        ("an empty one", with(""), &[]),
        ("on, and all by itself", with("enable: true"), &[]),
        ("a start outside", with("enable: true, range: {start: 10.30.2.5}"), &["VPC x 435"]),
        ("an end outside", with("enable: true, range: {end: 10.30.2.5}"), &["VPC x 435"]),
        ("the end first", with("enable: true, range: {start: 10.30.1.20, end: 10.30.1.10}"), &["VPC x 435"]),
        ("one address", with("enable: true, range: {start: 10.30.1.20, end: 10.30.1.20}"), &["VPC x 435"]),
        ("the network's address", with("enable: true, range: {start: 10.30.1.0}"), &["VPC x 435"]),
        ("the gateway's", with("enable: true, range: {start: 10.30.1.1}"), &["VPC x 435"]),
        ("the last one", with("enable: true, range: {start: 10.30.1.20, end: 10.30.1.255}"), &[]),
        ("from the last one", with("enable: true, range: {start: 10.30.1.255}"), &["VPC x 435"]),
        ("to the third", with("enable: true, range: {end: 10.30.1.2}"), &["VPC x 435"]),
        (
            "a gateway where it begins by itself",
            small("gateway: 10.30.1.2, dhcp: {enable: true}"),
            &["VPC x 435"],
        ),
        (
            "a gateway where it ends by itself",
            small("gateway: 10.30.1.3, dhcp: {enable: true}"),
            &["VPC x 435"],
        ),
        ("a /30", small("dhcp: {enable: true}"), &[]),
        ("a range, and off", with("range: {start: 10.30.1.5}"), &["VPC x 434"]),
        ("an empty range, and off", with("range: {}"), &[]),
        ("options, and off", with("options: {leaseTimeSeconds: 60}"), &["VPC x 434"]),
        ("empty options, and off", with("options: {dnsServers: []}"), &[]),
        (
            "fixed addresses, and off",
            with("static: {\"0c:20:12:00:00:01\": {ip: 10.30.1.9}}"),
            &["VPC x 434"],
        ),
        ("server and relay", with("enable: true, relay: 10.20.8.5/32"), &["VPC x 434"]),
        ("a relay without its length", with("relay: 10.20.8.5"), &["VPC x 404"]),
        ("a VPC of no relay", with("relayVPC: data"), &["VPC x 434"]),
        ("a relay in a VPC that is not there", with("relay: 10.20.8.5/32, relayVPC: nodata"), &["VPC x 501"]),
        ("a relay in itself", with("relay: 10.20.8.5/32, relayVPC: x"), &[]),
        (
            "with hostBGP",
            vec![Set("VPC data", "hostBGP: true", "hostBGP: true, dhcp: {enable: true}")],
            &["VPC data 434"],
        ),
        ("an MTU too small", with("enable: true, options: {interfaceMTU: 95}"), &["VPC x 404"]),
        ("an MTU too large", with("enable: true, options: {interfaceMTU: 9037}"), &["VPC x 404"]),
        ("an MTU of nothing", with("enable: true, options: {interfaceMTU: 0}"), &[]),
        ("a name for an address", with("enable: true, options: {dnsServers: [dns.example]}"), &["VPC x 404"]),
        (
            "a route beyond",
            with(
                "enable: true, options: {advertisedRoutes: [{destination: 10.0.0.0/8, gateway: 10.30.2.1}]}",
            ),
            &["VPC x 434"],
        ),
        (
            "a route to nowhere",
            with("enable: true, options: {advertisedRoutes: [{gateway: 10.30.1.2}]}"),
            &["VPC x 403"],
        ),
        (
            "fixed, the last one",
            with("enable: true, static: {\"0c:20:12:00:00:01\": {ip: 10.30.1.255}}"),
            &["VPC x 436"],
        ),
        (
            "fixed, the network's",
            with("enable: true, static: {\"0c:20:12:00:00:01\": {ip: 10.30.1.0}}"),
            &["VPC x 436"],
        ),
        (
            "fixed, the gateway's",
            with("enable: true, static: {\"0c:20:12:00:00:01\": {ip: 10.30.1.1}}"),
            &["VPC x 436"],
        ),
        (
            "fixed outside",
            with("enable: true, static: {\"0c:20:12:00:00:01\": {ip: 10.30.2.9}}"),
            &["VPC x 436"],
        ),
        (
            "fixed twice",
            with(
                "enable: true, static: {\"0c:20:12:00:00:01\": {ip: 10.30.1.9}, \"0c:20:12:00:00:02\": {ip: 10.30.1.9}}",
            ),
            &["VPC x 436"],
        ),
        ("fixed, of no address", with("enable: true, static: {\"0c:20:12:00:00:01\": {}}"), &["VPC x 403"]),
        ("fixed, of no MAC", with("enable: true, static: {box-1: {ip: 10.30.1.9}}"), &["VPC x 436"]),
        ("fixed, in upper case", with("enable: true, static: {\"0C-20-12-00-00-AA\": {ip: 10.30.1.9}}"), &[]),
    ]);
}

#[test]
fn permits_and_routes() {
    check(vec![
        ("of one", vec![Set("VPC web", "[[front, back]]", "[[front]]")], &["VPC web 437"]),
        ("of none", vec![Set("VPC web", "[[front, back]]", "[[]]")], &["VPC web 437"]),
        (
            "of what is not there",
            vec![Set("VPC web", "[[front, back]]", "[[front, side]]")],
            &["VPC web 437"],
        ),
        ("of one, twice", vec![Set("VPC web", "[[front, back]]", "[[front, front]]")], &["VPC web 437"]),
        ("no list in the list", vec![Set("VPC web", "[[front, back]]", "[front, back]")], &["VPC web 401"]),
        (
            "the same pair twice",
            vec![Set("VPC web", "[[front, back]]", "[[front, back], [back, front]]")],
            &[],
        ),
        ("a route with more bits", vec![Set("VPC web", "10.99.0.0/24", "10.99.0.5/24")], &["VPC web 438"]),
        (
            "a route over nothing",
            vec![Set("VPC web", "nextHops: [10.20.1.5]", "nextHops: []")],
            &["VPC web 403"],
        ),
        ("a route to nothing", vec![Set("VPC web", "prefix: 10.99.0.0/24, ", "")], &["VPC web 403"]),
    ]);
}

#[test]
fn ipv4_namespaces() {
    let ten: String = (0..10).map(|n| format!("10.4{n}.0.0/16, ")).collect();
    check(vec![
        ("no subnets", vec![add("IPv4Namespace x", "subnets: []")], &["IPv4Namespace x 403"]),
        ("ten", vec![add("IPv4Namespace x", &format!("subnets: [{ten}]"))], &[]),
        (
            "eleven",
            vec![add("IPv4Namespace x", &format!("subnets: [{ten}10.50.0.0/16]"))],
            &["IPv4Namespace x 421"],
        ),
        (
            "the same twice",
            vec![add("IPv4Namespace x", "subnets: [10.40.0.0/16, 10.40.0.0/16]")],
            &["IPv4Namespace x 421"],
        ),
        (
            "one in another",
            vec![add("IPv4Namespace x", "subnets: [10.40.0.0/16, 10.40.7.0/24]")],
            &["IPv4Namespace x 421"],
        ),
        (
            "of the fabric",
            vec![add("IPv4Namespace x", "subnets: [172.30.16.0/22]")],
            &["IPv4Namespace x 422"],
        ),
        (
            "around the fabric",
            vec![add("IPv4Namespace x", "subnets: [172.16.0.0/12]")],
            &["IPv4Namespace x 422"],
        ),
        ("beside the fabric", vec![add("IPv4Namespace x", "subnets: [172.30.64.0/20]")], &[]),
        (
            "one address",
            vec![add("IPv4Namespace x", "subnets: [10.40.0.1]")],
            &["IPv4Namespace x 403", "IPv4Namespace x 404"],
        ),
    ]);
}

#[test]
fn attachments() {
    check(vec![
        (
            "no subnet",
            vec![Set("VPCAttachment front-uni", "subnet: web/front", "subnet:")],
            &["VPCAttachment front-uni 403"],
        ),
        (
            "no connection",
            vec![Set("VPCAttachment front-uni", "connection: uni", "connection: ''")],
            &["VPCAttachment front-uni 403"],
        ),
        ("nothing at all", vec![add("VPCAttachment x", "")], &["VPCAttachment x 403"]),
        (
            "no subnet, and no such connection",
            vec![add("VPCAttachment x", "connection: nil")],
            &["VPCAttachment x 403", "VPCAttachment x 501"],
        ),
        (
            "a subnet of no VPC",
            vec![Set("VPCAttachment front-uni", "web/front", "/front")],
            &["VPCAttachment front-uni 404"],
        ),
        (
            "a VPC that is not there",
            vec![Set("VPCAttachment front-uni", "web/front", "wob/front")],
            &["VPCAttachment front-uni 501"],
        ),
        (
            "a subnet that is not there",
            vec![Set("VPCAttachment front-uni", "web/front", "web/fronts")],
            &["VPCAttachment front-uni 501"],
        ),
        (
            "no default",
            vec![Set("VPCAttachment front-uni", "web/front", "web")],
            &["VPCAttachment front-uni 501"],
        ),
        (
            "an empty subnet",
            vec![Set("VPCAttachment data-esl", "subnet: data", "subnet: data/")],
            &["VPCAttachment data-esl 501"],
        ),
        (
            "a connection that is not there",
            vec![Set("VPCAttachment front-uni", "connection: uni", "connection: una")],
            &["VPCAttachment front-uni 501"],
        ),
        (
            "a VPC that goes",
            vec![Cut("VPC tools")],
            &["GatewayPeering web-tools 501", "VPCAttachment tools-bun 501"],
        ),
        (
            "a connection that goes",
            vec![Cut("Connection bun")],
            &["VPCAttachment back-bun 501", "VPCAttachment tools-bun 501"],
        ),
        (
            "to fabric",
            vec![Set("VPCAttachment front-uni", "connection: uni", "connection: fab-1")],
            &["VPCAttachment front-uni 530"],
        ),
        (
            "to mesh",
            vec![Set("VPCAttachment front-uni", "connection: uni", "connection: mesh-1")],
            &["VPCAttachment front-uni 530"],
        ),
        (
            "to an external",
            vec![Set("VPCAttachment front-uni", "connection: uni", "connection: out-bgp")],
            &["VPCAttachment front-uni 530"],
        ),
        (
            "to a gateway",
            vec![Set("VPCAttachment front-uni", "connection: uni", "connection: gwc-1")],
            &["VPCAttachment front-uni 530"],
        ),
        (
            "twice",
            vec![add("VPCAttachment x", "subnet: web/front\nconnection: uni")],
            &["VPCAttachment front-uni 531", "VPCAttachment x 531"],
        ),
        (
            "twice, once by default",
            vec![add("VPCAttachment x", "subnet: data/default\nconnection: esl")],
            &["VPCAttachment data-esl 531", "VPCAttachment x 531"],
        ),
        ("two subnets of one VPC", vec![add("VPCAttachment x", "subnet: web/back\nconnection: uni")], &[]),
        (
            "two that are native",
            vec![Set("VPCAttachment tools-bun", "connection: bun", "connection: bun\n  nativeVLAN: true")],
            &["VPCAttachment back-bun 532", "VPCAttachment tools-bun 532"],
        ),
        (
            "native on two connections",
            vec![Set("VPCAttachment front-uni", "connection: uni", "connection: uni\n  nativeVLAN: true")],
            &[],
        ),
        (
            "a namespace that the switch lacks",
            vec![Set("Switch leaf-3", "[default, lab]", "[default]")],
            &["VPCAttachment tools-bun 533"],
        ),
        (
            "both switches of an eslag lack it",
            vec![add("VPCAttachment x", "subnet: tools\nconnection: esl")],
            &["VPCAttachment x 533"],
        ),
        (
            "a mode on eslag",
            vec![Set("VPC data", "subnets:", "mode: l3vni\n  subnets:")],
            &["VPCAttachment data-esl 534"],
        ),
        ("a mode on bundled", vec![Set("VPC web", "permit:", "mode: l3vni\n  permit:")], &[]),
        (
            "hostBGP on bundled",
            vec![Set("VPCAttachment routed-lane", "connection: lane", "connection: bun")],
            &["VPCAttachment routed-lane 535"],
        ),
        (
            "hostBGP on eslag",
            vec![Set("VPCAttachment routed-lane", "connection: lane", "connection: esl")],
            &["VPCAttachment routed-lane 535"],
        ),
        (
            "a model without L2",
            vec![
                Set("Switch leaf-3", "profile: celestica-ds3000", "profile: celestica-ds5000"),
                Set("VPC web", "permit:", "mode: l3vni\n  permit:"),
            ],
            &["VPCAttachment tools-bun 527"],
        ),
        (
            "a model without either",
            vec![
                Set("Switch leaf-3", "profile: celestica-ds3000", "profile: celestica-ds4101"),
                Set("Switch leaf-3", "  portAutoNegs: {E1/1/1: true}\n", ""),
            ],
            &["VPCAttachment back-bun 527", "VPCAttachment front-uni 527", "VPCAttachment tools-bun 527"],
        ),
    ]);
}

#[test]
fn peerings() {
    const PEERING: &str = "VPCPeering web-data";
    const PERMIT: &str = "{web: {subnets: [front]}, data: {}}";
    check(vec![
        (
            "no permit",
            vec![Set(PEERING, "  permit:\n  - {web: {subnets: [front]}, data: {}}\n", "  permit: []\n")],
            &["VPCPeering web-data 403"],
        ),
        ("of one", vec![Set(PEERING, PERMIT, "{web: {}}")], &["VPCPeering web-data 440"]),
        ("of none", vec![Set(PEERING, PERMIT, "{}")], &["VPCPeering web-data 440"]),
        (
            "of three",
            vec![Set(PEERING, PERMIT, "{web: {}, data: {}, tools: {}}")],
            &["VPCPeering web-data 440"],
        ),
        (
            "of three in two permits",
            vec![Set(PEERING, PERMIT, "{web: {}, data: {}}\n  - {web: {}, quiet: {}}")],
            &["VPCPeering web-data 440"],
        ),
        (
            "of two in two permits",
            vec![Set(
                PEERING,
                PERMIT,
                "{web: {subnets: [front]}, data: {}}\n  - {web: {subnets: [back]}, data: {}}",
            )],
            &[],
        ),
        ("of null", vec![Set(PEERING, PERMIT, "{web: , data: }")], &[]),
        ("a VPC that is not there", vec![Set(PEERING, "data: {}", "date: {}")], &["VPCPeering web-data 501"]),
        ("neither is there", vec![Set(PEERING, PERMIT, "{wab: {}, date: {}}")], &["VPCPeering web-data 501"]),
        ("a subnet that is not there", vec![Set(PEERING, "[front]", "[font]")], &["VPCPeering web-data 501"]),
        ("the other's subnet", vec![Set(PEERING, "[front]", "[routed]")], &["VPCPeering web-data 501"]),
        ("remote", vec![Set(PEERING, "permit:", "remote: border\n  permit:")], &["VPCPeering web-data 441"]),
        ("an empty remote", vec![Set(PEERING, "permit:", "remote: ''\n  permit:")], &[]),
        (
            "other namespaces",
            vec![Set(PEERING, "data: {}", "tools: {}")],
            &["GatewayPeering web-tools 541", "VPCPeering web-data 540", "VPCPeering web-data 541"],
        ),
        (
            "another VLANNamespace alone",
            vec![add("VPCPeering x", "permit: [{tools: {}, quiet: {}}]")],
            &["VPCPeering x 540"],
        ),
        ("the same pair twice", vec![add("VPCPeering x", "permit: [{data: {}, web: {}}]")], &[]),
        (
            "by a gateway too",
            vec![add(
                "GatewayPeering x",
                "peering:\n  web: {expose: [{ips: [{vpcSubnet: back}]}]}\n  data: {expose: [{ips: [{vpcSubnet: routed}]}]}",
            )],
            &["GatewayPeering x 541", "VPCPeering web-data 541"],
        ),
    ]);
}
