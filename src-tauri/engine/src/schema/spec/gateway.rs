//! Gateways, and peerings that go through them.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::schema::read::{Anything, At, List, Mac, Map, Opt, Text, fields};

fields! {
    /// A gateway.
    GatewaySpec {
        asn: Opt<u32> = "asn",
        protocol_ip: Opt<IpNet> = "protocolIP",
        vtep_ip: Opt<IpNet> = "vtepIP",
        vtep_mac: Opt<Mac> = "vtepMAC",
        vtep_mtu: Opt<u32> = "vtepMTU",
        interfaces: Map<Interface> = "interfaces",
        neighbors: List<Neighbor> = "neighbors",
        groups: List<Membership> = "groups",
        workers: Opt<u32> = "workers",
        flow_table_capacity: Opt<u32> = "flowTableCapacity",
        logs: Opt<Anything> = "logs",
        profiling: Opt<Anything> = "profiling",
    }

    Interface {
        ips: List<IpNet> = "ips",
        kernel: Text = "kernel",
        pci: Text = "pci",
        mtu: Opt<u32> = "mtu",
    }

    /// A BGP neighbor.
    Neighbor {
        asn: Opt<u32> = "asn",
        ip: Opt<IpAddr> = "ip",
        source: Text = "source",
    }

    /// A group that the gateway is in.
    Membership {
        name: Text = "name",
        priority: Opt<u32> = "priority",
    }

    /// A peering through a gateway.
    GatewayPeeringSpec {
        gateway_group: Text = "gatewayGroup",
        /// Both sides: a VPC's name, or `ext.` and an External's.
        peering: Map<PeeringSide> = "peering",
        acl: Opt<GatewayAcl> = "acl",
    }

    PeeringSide {
        expose: List<Expose> = "expose",
    }

    /// Addresses that the other side may reach.
    Expose {
        ips: List<ExposedIp> = "ips",
        as_: List<ExposedAs> = "as",
        default: Opt<bool> = "default",
        nat: Opt<Nat> = "nat",
    }

    ExposedIp {
        cidr: Opt<IpNet> = "cidr",
        not: Opt<IpNet> = "not",
        vpc_subnet: Text = "vpcSubnet",
    }

    ExposedAs {
        cidr: Opt<IpNet> = "cidr",
        not: Opt<IpNet> = "not",
    }

    Nat {
        fixed: Opt<Anything> = "static",
        masquerade: Opt<Anything> = "masquerade",
        port_forward: Opt<PortForward> = "portForward",
    }

    PortForward {
        idle_timeout: Text = "idleTimeout",
        ports: List<ForwardedPort> = "ports",
    }

    ForwardedPort {
        proto: Text = "proto",
        /// A port or a range of them, as text.
        port: Text = "port",
        as_: Text = "as",
    }

    GatewayAcl {
        default: Text = "default",
        rules: List<GatewayRule> = "rules",
    }

    GatewayRule {
        name: Text = "name",
        action: Text = "action",
        from: Text = "from",
        to: Text = "to",
        scope: Text = "scope",
        log: Opt<bool> = "log",
        matches: Opt<RuleMatch> = "match",
    }

    RuleMatch {
        src: List<RuleEnd> = "src",
        dst: List<RuleEnd> = "dst",
        proto: Text = "proto",
    }

    RuleEnd {
        cidr: Opt<IpNet> = "cidr",
        vpc_subnet: Text = "vpcSubnet",
        ports: List<String> = "ports",
    }
}

impl PeeringSide {
    /// Whether the side hides behind addresses that remember who spoke first.
    pub(crate) fn is_stateful(&self) -> bool {
        self.nats().any(|nat| nat.masquerade.is_some() || nat.port_forward.is_some())
    }

    /// Whether the side maps its addresses one to one.
    pub(crate) fn is_static(&self) -> bool {
        self.nats().any(|nat| nat.fixed.is_some())
    }

    fn nats(&self) -> impl Iterator<Item = &Nat> {
        self.expose.iter().filter_map(|expose| expose.value.nat.as_ref()).map(|nat| &nat.value)
    }

    /// The prefixes that the other side sees, each with its place.
    pub(crate) fn seen_prefixes(&self) -> Vec<&At<IpNet>> {
        let mut prefixes = Vec::new();
        for expose in self.expose.iter().map(|at| &at.value) {
            if expose.default.as_ref().is_some_and(|at| at.value) {
                continue;
            }
            if expose.as_.is_empty() {
                prefixes.extend(expose.ips.iter().filter_map(|ip| ip.value.cidr.as_ref()));
            } else {
                prefixes.extend(expose.as_.iter().filter_map(|as_| as_.value.cidr.as_ref()));
            }
        }
        prefixes
    }
}
