//! VPCs, the addresses that they take, and what is attached to them.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::schema::read::{At, List, Map, Opt, Text, Vlan, fields};

fields! {
    /// A VPC.
    VpcSpec {
        subnets: Map<VpcSubnet> = "subnets",
        ipv4_namespace: Text = "ipv4Namespace",
        vlan_namespace: Text = "vlanNamespace",
        default_isolated: Opt<bool> = "defaultIsolated",
        default_restricted: Opt<bool> = "defaultRestricted",
        /// How switches carry it: absent for L2 VNI, `l3vni`, `l3flat`.
        mode: Text = "mode",
        /// Groups of subnets that may reach each other.
        permit: List<Vec<At<String>>> = "permit",
        static_routes: List<StaticRoute> = "staticRoutes",
    }

    /// A subnet of a VPC.
    VpcSubnet {
        subnet: Opt<IpNet> = "subnet",
        gateway: Opt<IpAddr> = "gateway",
        vlan: Opt<Vlan> = "vlan",
        host_bgp: Opt<bool> = "hostBGP",
        isolated: Opt<bool> = "isolated",
        restricted: Opt<bool> = "restricted",
        dhcp: Opt<Dhcp> = "dhcp",
    }

    /// How a subnet's hosts get their addresses.
    Dhcp {
        enable: Opt<bool> = "enable",
        range: Opt<DhcpRange> = "range",
        /// The server to relay to.
        relay: Opt<IpNet> = "relay",
        relay_vpc: Text = "relayVPC",
        options: Opt<DhcpOptions> = "options",
        /// Fixed addresses, by MAC address.
        leases: Map<Lease> = "static",
    }

    DhcpRange {
        start: Opt<IpAddr> = "start",
        end: Opt<IpAddr> = "end",
    }

    DhcpOptions {
        pxe_url: Text = "pxeURL",
        dns_servers: List<IpAddr> = "dnsServers",
        time_servers: List<IpAddr> = "timeServers",
        interface_mtu: Opt<u16> = "interfaceMTU",
        lease_time: Opt<u32> = "leaseTimeSeconds",
        disable_default_route: Opt<bool> = "disableDefaultRoute",
        advertised_routes: List<AdvertisedRoute> = "advertisedRoutes",
    }

    AdvertisedRoute {
        destination: Opt<IpNet> = "destination",
        gateway: Opt<IpAddr> = "gateway",
    }

    /// A fixed address.
    Lease {
        ip: Opt<IpAddr> = "ip",
    }

    StaticRoute {
        prefix: Opt<IpNet> = "prefix",
        next_hops: List<IpAddr> = "nextHops",
    }

    /// Addresses that VPCs may use.
    Ipv4NamespaceSpec {
        subnets: List<IpNet> = "subnets",
    }

    /// A subnet of a VPC on a connection.
    VpcAttachmentSpec {
        /// `vpc/subnet`; the subnet is `default` where it is left out.
        subnet: Text = "subnet",
        connection: Text = "connection",
        native_vlan: Opt<bool> = "nativeVLAN",
    }
}

impl VpcSpec {
    pub(crate) fn ipv4_namespace(&self) -> &str {
        self.ipv4_namespace.as_ref().map_or("default", |at| &at.value)
    }

    pub(crate) fn vlan_namespace(&self) -> &str {
        self.vlan_namespace.as_ref().map_or("default", |at| &at.value)
    }

    /// How switches carry it; empty for L2 VNI.
    pub(crate) fn mode(&self) -> &str {
        self.mode.as_ref().map_or("", |at| &at.value)
    }
}

impl VpcSubnet {
    pub(crate) fn is_host_bgp(&self) -> bool {
        self.host_bgp.as_ref().is_some_and(|at| at.value)
    }
}

impl VpcAttachmentSpec {
    /// The VPC and the subnet, where a VPC is named.
    pub(crate) fn target(&self) -> Option<(&str, &str)> {
        let text = &self.subnet.as_ref()?.value;
        let (vpc, subnet) = text.split_once('/').unwrap_or((text, "default"));
        (!vpc.is_empty()).then_some((vpc, subnet))
    }
}
