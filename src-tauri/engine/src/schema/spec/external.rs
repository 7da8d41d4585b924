//! What is outside of the fabric, and how it is reached.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::schema::read::{List, Opt, Text, Vlan, fields};

fields! {
    /// A network outside of the fabric.
    ExternalSpec {
        ipv4_namespace: Text = "ipv4Namespace",
        inbound_community: Text = "inboundCommunity",
        outbound_community: Text = "outboundCommunity",
        fixed: Opt<StaticExternalPrefixes> = "static",
    }

    /// An external without BGP.
    StaticExternalPrefixes {
        prefixes: List<IpNet> = "prefixes",
    }

    /// An external on a connection.
    ExternalAttachmentSpec {
        external: Text = "external",
        connection: Text = "connection",
        switch: Opt<AttachmentSwitch> = "switch",
        neighbor: Opt<AttachmentNeighbor> = "neighbor",
        fixed: Opt<AttachmentStatic> = "static",
        inbound_acl: Opt<Acl> = "inboundACL",
    }

    /// Our side of a BGP session.
    AttachmentSwitch {
        vlan: Opt<Vlan> = "vlan",
        ip: Opt<IpNet> = "ip",
    }

    /// Their side of a BGP session.
    AttachmentNeighbor {
        asn: Opt<u32> = "asn",
        ip: Opt<IpAddr> = "ip",
    }

    /// An attachment without BGP.
    AttachmentStatic {
        remote_ip: Opt<IpAddr> = "remoteIP",
        ip: Opt<IpNet> = "ip",
        vlan: Opt<Vlan> = "vlan",
        proxy: Opt<bool> = "proxy",
    }

    Acl {
        statements: List<AclStatement> = "statements",
    }

    AclStatement {
        seq: Opt<u16> = "seq",
        action: Text = "action",
        protocol: Text = "protocol",
        /// A prefix, or `any`.
        src_prefix: Text = "srcPrefix",
        dst_prefix: Text = "dstPrefix",
        port_range_begin: Opt<u16> = "portRangeBegin",
        port_range_end: Opt<u16> = "portRangeEnd",
        tcp_filters: Opt<TcpFilters> = "tcpFilters",
        icmp_type: Opt<u8> = "icmpType",
        icmp_code: Opt<u8> = "icmpCode",
    }

    TcpFilters {
        established: Opt<bool> = "established",
        fin: Opt<bool> = "fin",
        not_fin: Opt<bool> = "notFin",
        syn: Opt<bool> = "syn",
        not_syn: Opt<bool> = "notSyn",
        rst: Opt<bool> = "rst",
        not_rst: Opt<bool> = "notRst",
        psh: Opt<bool> = "psh",
        not_psh: Opt<bool> = "notPsh",
        ack: Opt<bool> = "ack",
        not_ack: Opt<bool> = "notAck",
        urg: Opt<bool> = "urg",
        not_urg: Opt<bool> = "notUrg",
    }

    /// What of a VPC and of an external may reach each other.
    ExternalPeeringSpec {
        permit: Opt<ExternalPermit> = "permit",
    }

    ExternalPermit {
        vpc: Opt<ExternalPermitVpc> = "vpc",
        external: Opt<ExternalPermitExternal> = "external",
    }

    ExternalPermitVpc {
        name: Text = "name",
        subnets: List<String> = "subnets",
    }

    ExternalPermitExternal {
        name: Text = "name",
        prefixes: List<ExternalPrefix> = "prefixes",
    }

    ExternalPrefix {
        prefix: Opt<IpNet> = "prefix",
    }
}

impl ExternalSpec {
    pub(crate) fn ipv4_namespace(&self) -> &str {
        self.ipv4_namespace.as_ref().map_or("default", |at| &at.value)
    }
}

impl ExternalAttachmentSpec {
    /// The VLAN on the connection; 0 where it takes none.
    pub(crate) fn vlan(&self) -> u16 {
        let vlan = match &self.fixed {
            Some(fixed) => fixed.value.vlan.as_ref(),
            None => self.switch.as_ref().and_then(|switch| switch.value.vlan.as_ref()),
        };
        vlan.map_or(0, |at| at.value.0)
    }
}
