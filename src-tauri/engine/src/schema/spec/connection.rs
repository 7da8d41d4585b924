//! Cables: what is connected to what, port by port.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::schema::read::{At, List, Opt, Place, Port, Text, Vlan, fields};

fields! {
    /// A connection: exactly one of its types.
    ConnectionSpec {
        unbundled: Opt<UnbundledConnection> = "unbundled",
        bundled: Opt<ServerConnection> = "bundled",
        eslag: Opt<ServerConnection> = "eslag",
        mclag: Opt<ServerConnection> = "mclag",
        mclag_domain: Opt<MclagDomain> = "mclagDomain",
        fabric: Opt<FabricConnection> = "fabric",
        mesh: Opt<MeshConnection> = "mesh",
        gateway: Opt<GatewayConnection> = "gateway",
        vpc_loopback: Opt<LoopbackConnection> = "vpcLoopback",
        external: Opt<ExternalConnection> = "external",
        static_external: Opt<StaticExternalConnection> = "staticExternal",
    }

    /// A server's one link.
    UnbundledConnection {
        link: Opt<ServerLink> = "link",
        mtu: Opt<u16> = "mtu",
    }

    /// A server's links that act as one.
    ServerConnection {
        links: List<ServerLink> = "links",
        mtu: Opt<u16> = "mtu",
        fallback: Opt<bool> = "fallback",
    }

    ServerLink {
        server: Opt<PortEnd> = "server",
        switch: Opt<PortEnd> = "switch",
    }

    PortEnd {
        port: Opt<Port> = "port",
    }

    /// An end that has an address.
    AddressedEnd {
        port: Opt<Port> = "port",
        ip: Opt<IpNet> = "ip",
    }

    MclagDomain {
        peer_links: List<SwitchLink> = "peerLinks",
        session_links: List<SwitchLink> = "sessionLinks",
    }

    SwitchLink {
        switch1: Opt<PortEnd> = "switch1",
        switch2: Opt<PortEnd> = "switch2",
    }

    FabricConnection {
        links: List<FabricLink> = "links",
    }

    FabricLink {
        spine: Opt<AddressedEnd> = "spine",
        leaf: Opt<AddressedEnd> = "leaf",
    }

    MeshConnection {
        links: List<MeshLink> = "links",
    }

    MeshLink {
        leaf1: Opt<AddressedEnd> = "leaf1",
        leaf2: Opt<AddressedEnd> = "leaf2",
    }

    GatewayConnection {
        links: List<GatewayLink> = "links",
    }

    GatewayLink {
        switch: Opt<AddressedEnd> = "switch",
        gateway: Opt<AddressedEnd> = "gateway",
    }

    LoopbackConnection {
        links: List<SwitchLink> = "links",
    }

    ExternalConnection {
        link: Opt<ExternalLink> = "link",
    }

    ExternalLink {
        switch: Opt<PortEnd> = "switch",
    }

    StaticExternalConnection {
        within_vpc: Text = "withinVPC",
        link: Opt<StaticExternalLink> = "link",
    }

    StaticExternalLink {
        switch: Opt<StaticExternalSwitch> = "switch",
    }

    StaticExternalSwitch {
        port: Opt<Port> = "port",
        ip: Opt<IpNet> = "ip",
        next_hop: Opt<IpAddr> = "nextHop",
        subnets: List<IpNet> = "subnets",
        vlan: Opt<Vlan> = "vlan",
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ConnectionType {
    Unbundled,
    Bundled,
    Eslag,
    Mclag,
    MclagDomain,
    Fabric,
    Mesh,
    Gateway,
    VpcLoopback,
    External,
    StaticExternal,
}

impl fmt::Display for ConnectionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unbundled => "unbundled",
            Self::Bundled => "bundled",
            Self::Eslag => "eslag",
            Self::Mclag => "mclag",
            Self::MclagDomain => "mclagDomain",
            Self::Fabric => "fabric",
            Self::Mesh => "mesh",
            Self::Gateway => "gateway",
            Self::VpcLoopback => "vpcLoopback",
            Self::External => "external",
            Self::StaticExternal => "staticExternal",
        })
    }
}

/// What kind of device is at an end of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum EndRole {
    Switch,
    Server,
    Gateway,
}

/// An end of a link.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End<'a> {
    pub(crate) role: EndRole,
    pub(crate) port: Option<&'a At<Port>>,
    pub(crate) ip: Option<&'a At<IpNet>>,
}

impl<'a> End<'a> {
    fn of(role: EndRole, end: Option<&'a At<PortEnd>>) -> Self {
        Self { role, port: end.and_then(|end| end.value.port.as_ref()), ip: None }
    }

    fn addressed(role: EndRole, end: Option<&'a At<AddressedEnd>>) -> Self {
        let value = end.map(|end| &end.value);
        Self {
            role,
            port: value.and_then(|end| end.port.as_ref()),
            ip: value.and_then(|end| end.ip.as_ref()),
        }
    }

    pub(crate) fn device(&self) -> Option<&'a str> {
        self.port.and_then(|port| port.value.device())
    }
}

/// A link of a connection: its ends, and where it stands. A link to the outside has one end.
#[derive(Debug, Clone)]
pub(crate) struct Link<'a> {
    pub(crate) place: Place,
    pub(crate) ends: Vec<End<'a>>,
}

impl ConnectionSpec {
    /// The types that it has, each with its place; a good connection has one.
    pub(crate) fn types(&self) -> Vec<(ConnectionType, Place)> {
        use ConnectionType as T;
        let place = |kind, place: Option<Place>| place.map(|place| (kind, place));
        [
            place(T::Unbundled, self.unbundled.as_ref().map(|at| at.place)),
            place(T::Bundled, self.bundled.as_ref().map(|at| at.place)),
            place(T::Eslag, self.eslag.as_ref().map(|at| at.place)),
            place(T::Mclag, self.mclag.as_ref().map(|at| at.place)),
            place(T::MclagDomain, self.mclag_domain.as_ref().map(|at| at.place)),
            place(T::Fabric, self.fabric.as_ref().map(|at| at.place)),
            place(T::Mesh, self.mesh.as_ref().map(|at| at.place)),
            place(T::Gateway, self.gateway.as_ref().map(|at| at.place)),
            place(T::VpcLoopback, self.vpc_loopback.as_ref().map(|at| at.place)),
            place(T::External, self.external.as_ref().map(|at| at.place)),
            place(T::StaticExternal, self.static_external.as_ref().map(|at| at.place)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Its type, where it has exactly one.
    pub(crate) fn kind(&self) -> Option<ConnectionType> {
        match self.types().as_slice() {
            [(kind, _)] => Some(*kind),
            _ => None,
        }
    }

    /// Its links, whatever its type, in the order of the text.
    pub(crate) fn links(&self) -> Vec<Link<'_>> {
        use EndRole::{Gateway, Server, Switch};
        let mut links = Vec::new();
        let one = self.unbundled.iter().filter_map(|at| at.value.link.as_ref());
        let many = [&self.bundled, &self.eslag, &self.mclag].into_iter().flatten();
        for link in one.chain(many.flat_map(|at| &at.value.links)) {
            let (server, switch) = (link.value.server.as_ref(), link.value.switch.as_ref());
            links.push(Link {
                place: link.place,
                ends: vec![End::of(Server, server), End::of(Switch, switch)],
            });
        }
        let domain = self.mclag_domain.as_ref().map(|at| &at.value);
        let domain =
            domain.into_iter().flat_map(|domain| domain.peer_links.iter().chain(&domain.session_links));
        let loopback = self.vpc_loopback.iter().flat_map(|at| &at.value.links);
        for link in domain.chain(loopback) {
            let (one, two) = (link.value.switch1.as_ref(), link.value.switch2.as_ref());
            links.push(Link { place: link.place, ends: vec![End::of(Switch, one), End::of(Switch, two)] });
        }
        for link in self.fabric.iter().flat_map(|at| &at.value.links) {
            let ends = vec![
                End::addressed(Switch, link.value.spine.as_ref()),
                End::addressed(Switch, link.value.leaf.as_ref()),
            ];
            links.push(Link { place: link.place, ends });
        }
        for link in self.mesh.iter().flat_map(|at| &at.value.links) {
            let ends = vec![
                End::addressed(Switch, link.value.leaf1.as_ref()),
                End::addressed(Switch, link.value.leaf2.as_ref()),
            ];
            links.push(Link { place: link.place, ends });
        }
        for link in self.gateway.iter().flat_map(|at| &at.value.links) {
            let ends = vec![
                End::addressed(Switch, link.value.switch.as_ref()),
                End::addressed(Gateway, link.value.gateway.as_ref()),
            ];
            links.push(Link { place: link.place, ends });
        }
        if let Some(link) = self.external.as_ref().and_then(|at| at.value.link.as_ref()) {
            links.push(Link { place: link.place, ends: vec![End::of(Switch, link.value.switch.as_ref())] });
        }
        if let Some(link) = self.static_external.as_ref().and_then(|at| at.value.link.as_ref()) {
            let port = link.value.switch.as_ref().and_then(|switch| switch.value.port.as_ref());
            links.push(Link { place: link.place, ends: vec![End { role: Switch, port, ip: None }] });
        }
        links
    }

    /// The devices of a role that it names, each once, in the order of the text.
    pub(crate) fn devices(&self, role: EndRole) -> Vec<&str> {
        let mut devices = Vec::new();
        for device in self.links().iter().flat_map(|link| &link.ends).filter(|end| end.role == role) {
            if let Some(device) = device.device()
                && !devices.contains(&device)
            {
                devices.push(device);
            }
        }
        devices
    }

    /// The VPC that a static external is in.
    pub(crate) fn within_vpc(&self) -> Option<&At<String>> {
        self.static_external.as_ref()?.value.within_vpc.as_ref()
    }
}
