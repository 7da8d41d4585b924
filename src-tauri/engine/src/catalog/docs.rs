//! What each field of a spec is for, in a sentence; by the type that has it, and the field's key.

use crate::schema::profile_names;

/// The sentence of a field.
pub(super) fn doc(of: &str, key: &str) -> &'static str {
    let found = DOCS.iter().find(|(type_name, _)| *type_name == of);
    let found = found.and_then(|(_, fields)| fields.iter().find(|(name, _)| *name == key));
    found.map_or("", |(_, doc)| doc)
}

/// The values that a field, or each of its items, takes; none where there are many.
pub(super) fn values(of: &str, key: &str) -> Vec<String> {
    let few: &[&str] = match (of, key) {
        ("SwitchSpec", "profile") => return profile_names().map(str::to_owned).collect(),
        ("SwitchSpec", "role") => &["spine", "server-leaf", "border-leaf", "mixed-leaf"],
        ("SwitchSpec", "portFECs") => &["rs", "fc", "auto", "disabled"],
        ("Redundancy", "type") => &["eslag", "mclag"],
        ("VpcSpec", "mode") => &["l3vni", "l3flat"],
        ("AclStatement", "action") => &["permit", "deny", "discard", "transit"],
        ("AclStatement", "protocol") => &["ip", "tcp", "udp", "icmp"],
        ("GatewayAcl", "default") => &["deny", "deny-unless-exposed"],
        ("GatewayRule", "action") => &["allow", "deny"],
        ("GatewayRule", "scope") => &["flow", "packet"],
        ("ForwardedPort" | "RuleMatch", "proto") => &["tcp", "udp"],
        _ => &[],
    };
    few.iter().map(|value| (*value).to_owned()).collect()
}

/// Whether what has the type is wrong without the field.
pub(super) fn is_required(of: &str, key: &str) -> bool {
    let keys: &[&str] = match of {
        "SwitchSpec" => &["role", "profile"],
        "Redundancy" => &["group", "type"],
        "VlanNamespaceSpec" => &["ranges"],
        "Range" => &["from"],
        "VpcSpec" | "Ipv4NamespaceSpec" => &["subnets"],
        "VpcSubnet" => &["subnet"],
        "VpcAttachmentSpec" => &["subnet", "connection"],
        "VpcPeeringSpec" | "ExternalPeeringSpec" => &["permit"],
        "ExternalPermit" => &["vpc", "external"],
        "ExternalPermitVpc" | "ExternalPermitExternal" | "Membership" => &["name"],
        "ExternalPrefix" => &["prefix"],
        "ExternalAttachmentSpec" => &["external", "connection"],
        "AttachmentNeighbor" | "Neighbor" => &["asn", "ip"],
        "AttachmentSwitch" | "Lease" => &["ip"],
        "AttachmentStatic" => &["remoteIP"],
        "StaticExternalPrefixes" => &["prefixes"],
        "AclStatement" => &["seq", "action", "protocol", "srcPrefix", "dstPrefix"],
        "StaticRoute" => &["prefix", "nextHops"],
        "AdvertisedRoute" => &["destination", "gateway"],
        "UnbundledConnection" | "ExternalConnection" | "StaticExternalConnection" => &["link"],
        "ServerConnection" | "FabricConnection" | "MeshConnection" | "GatewayConnection"
        | "LoopbackConnection" => &["links"],
        "MclagDomain" => &["peerLinks", "sessionLinks"],
        "ServerLink" => &["server", "switch"],
        "SwitchLink" => &["switch1", "switch2"],
        "FabricLink" => &["spine", "leaf"],
        "MeshLink" => &["leaf1", "leaf2"],
        "GatewayLink" => &["switch", "gateway"],
        "ExternalLink" | "StaticExternalLink" => &["switch"],
        "PortEnd" | "AddressedEnd" => &["port"],
        "StaticExternalSwitch" => &["port", "ip", "nextHop"],
        "GatewaySpec" => &["neighbors"],
        "GatewayPeeringSpec" => &["peering"],
        "PortForward" => &["ports"],
        "ForwardedPort" => &["port", "as"],
        "GatewayRule" => &["action", "from", "to"],
        _ => &[],
    };
    keys.contains(&key)
}

type Fields = &'static [(&'static str, &'static str)];

/// The types that specs are read into, each with its fields.
pub(super) static DOCS: [(&str, Fields); 71] = [
    ("Empty", &[]),
    (
        "ServerSpec",
        &[("description", "What people call the server."), ("profile", "The model of the server.")],
    ),
    (
        "SwitchSpec",
        &[
            (
                "role",
                "What the switch is in the fabric: a spine, or a leaf for servers, for externals, or for both.",
            ),
            ("description", "What people call the switch."),
            ("profile", "The model of the switch, which decides its ports and what it can do."),
            ("groups", "The switch groups that it is in."),
            ("redundancy", "The group of switches that stand in for each other."),
            (
                "vlanNamespaces",
                "The VLAN namespaces that it carries; default where none is named. They may share no VLAN.",
            ),
            ("asn", "Its AS number. Spines share one, each leaf has its own."),
            ("ip", "Its management address, with the prefix length."),
            ("vtepIP", "The address of its tunnel end, with /32. A spine has none."),
            ("protocolIP", "The address of its BGP sessions, with /32."),
            ("portGroupSpeeds", "The speed of a group of ports, such as 10G or 25G."),
            ("portSpeeds", "The speed of a port, such as 25G."),
            ("portBreakouts", "How a port is split, such as 4x25G."),
            ("portAutoNegs", "Whether a port negotiates its speed."),
            ("portFECs", "The error correction of a port."),
            ("boot", "By what the switch is recognised before it has an address."),
            ("enableAllPorts", "Whether ports that are in no connection are up too."),
            ("roce", "Whether it is set up for RDMA over Ethernet."),
            ("ecmp", "How it spreads load over equal paths."),
            ("linkFlapErrDisable", "When a port that goes up and down is shut."),
        ],
    ),
    (
        "Redundancy",
        &[
            ("group", "The group's name: switches with the same one stand in for each other."),
            ("type", "How they do it. The fabric serves eslag; mclag was removed."),
        ],
    ),
    (
        "Boot",
        &[("serial", "The serial number of the switch."), ("mac", "The MAC address of its management port.")],
    ),
    ("Ecmp", &[("roceQPN", "Whether RDMA traffic is spread by its queue pairs.")]),
    (
        "LinkFlap",
        &[
            ("flapThreshold", "After how many changes the port is shut."),
            ("samplingInterval", "Within how many seconds they are counted."),
            ("recoveryInterval", "After how many seconds the port comes back; 0 for never."),
        ],
    ),
    ("VlanNamespaceSpec", &[("ranges", "The VLANs that subnets of VPCs may take.")]),
    (
        "Range",
        &[
            ("from", "The first VLAN, from 1."),
            ("to", "The last VLAN, up to 4094; the first one alone where this is absent."),
        ],
    ),
    (
        "VpcSpec",
        &[
            ("subnets", "The subnets by name, 1 to 20."),
            ("ipv4Namespace", "Where its addresses are from; default where it is absent."),
            ("vlanNamespace", "Where its VLANs are from; default where it is absent."),
            ("defaultIsolated", "Whether its subnets reach each other only where permit says so."),
            ("defaultRestricted", "Whether hosts of one subnet reach each other only where it says so."),
            ("mode", "How switches carry it; absent for an L2 VNI."),
            ("permit", "Groups of subnets that may reach each other, though they are isolated."),
            ("staticRoutes", "Routes to what is behind hosts of the VPC."),
        ],
    ),
    (
        "VpcSubnet",
        &[
            ("subnet", "Its addresses, inside the IPv4 namespace and apart from all other subnets in it."),
            ("gateway", "The fabric's address in it; the first one where this is absent."),
            ("vlan", "Its VLAN, one of the VLAN namespace that no other subnet has."),
            ("hostBGP", "Whether its hosts announce their addresses by BGP. It takes no VLAN then."),
            ("isolated", "Whether other subnets of the VPC reach it only where permit says so."),
            ("restricted", "Whether its own hosts don't reach each other."),
            ("dhcp", "How its hosts get their addresses."),
        ],
    ),
    (
        "Dhcp",
        &[
            ("enable", "Whether the fabric gives addresses out."),
            ("range", "The addresses that are given out."),
            ("relay", "The DHCP server that requests are passed on to, with /32; not beside enable."),
            ("relayVPC", "The VPC in which that server is."),
            ("options", "What hosts are told beside their address."),
            ("static", "Fixed addresses, by MAC address."),
        ],
    ),
    ("DhcpRange", &[("start", "The first address."), ("end", "The last address.")]),
    (
        "DhcpOptions",
        &[
            ("pxeURL", "Where hosts boot from over the network."),
            ("dnsServers", "The name servers."),
            ("timeServers", "The time servers."),
            ("interfaceMTU", "The largest packet that hosts send."),
            ("leaseTimeSeconds", "For how many seconds a host may keep its address."),
            ("disableDefaultRoute", "Whether hosts are told no default route."),
            ("advertisedRoutes", "Routes that hosts are told."),
        ],
    ),
    (
        "AdvertisedRoute",
        &[("destination", "Where the route leads."), ("gateway", "By which address it goes.")],
    ),
    ("Lease", &[("ip", "The address that this host always gets, inside the subnet.")]),
    (
        "StaticRoute",
        &[
            ("prefix", "Where the route leads, without host bits."),
            ("nextHops", "The hosts that it goes by, at least one."),
        ],
    ),
    (
        "Ipv4NamespaceSpec",
        &[("subnets", "The prefixes that VPCs take their subnets from. They may not overlap.")],
    ),
    (
        "VpcAttachmentSpec",
        &[
            ("subnet", "What is attached, as vpc/subnet; the subnet default where only the VPC is named."),
            ("connection", "The connection of the servers: unbundled, bundled or eslag."),
            ("nativeVLAN", "Whether the servers get the subnet without a VLAN tag."),
        ],
    ),
    (
        "VpcPeeringSpec",
        &[
            ("permit", "What may reach what. Each entry names exactly two VPCs."),
            ("remote", "It is not served any more: leave it out."),
        ],
    ),
    ("PermitSide", &[("subnets", "The VPC's subnets that take part; all of them where this is absent.")]),
    (
        "ConnectionSpec",
        &[
            ("unbundled", "One server by one link."),
            ("bundled", "One server by several links to one switch that act as one."),
            ("eslag", "One server by links to two to four switches of one redundancy group."),
            ("mclag", "It is not served any more: use eslag."),
            ("mclagDomain", "It is not served any more: use eslag with a redundancy group."),
            ("fabric", "A spine and a leaf."),
            ("mesh", "Two leaves, in a fabric without spines."),
            ("gateway", "A switch and a gateway."),
            ("vpcLoopback", "A cable from a switch to itself. It is obsolete."),
            ("external", "A switch and the way out of the fabric; an ExternalAttachment says to where."),
            ("staticExternal", "A switch and a host outside, by a static route. It is obsolete."),
        ],
    ),
    ("UnbundledConnection", &[("link", "The link."), ("mtu", "The largest packet on it.")]),
    (
        "ServerConnection",
        &[
            ("links", "The links of the server."),
            ("mtu", "The largest packet on them."),
            (
                "fallback",
                "Whether a link works alone until the server bundles it, as for booting over the network.",
            ),
        ],
    ),
    ("ServerLink", &[("server", "The server's end."), ("switch", "The switch's end.")]),
    ("PortEnd", &[("port", "The device and its port, as in leaf-01/E1/4.")]),
    (
        "AddressedEnd",
        &[
            ("port", "The device and its port, as in leaf-01/E1/4."),
            ("ip", "Its address on the link: both ends are a /31 pair of one net."),
        ],
    ),
    (
        "MclagDomain",
        &[
            ("peerLinks", "The links that carry traffic between the two."),
            ("sessionLinks", "The links by which they watch each other."),
        ],
    ),
    ("SwitchLink", &[("switch1", "The one end."), ("switch2", "The other end.")]),
    ("FabricConnection", &[("links", "The links between the two.")]),
    ("FabricLink", &[("spine", "The spine's end."), ("leaf", "The leaf's end.")]),
    ("MeshConnection", &[("links", "The links between the two.")]),
    ("MeshLink", &[("leaf1", "The one leaf's end."), ("leaf2", "The other leaf's end.")]),
    ("GatewayConnection", &[("links", "The links between the two.")]),
    ("GatewayLink", &[("switch", "The switch's end."), ("gateway", "The gateway's end.")]),
    ("LoopbackConnection", &[("links", "The cables, both ends on one switch.")]),
    ("ExternalConnection", &[("link", "The link to the outside.")]),
    ("ExternalLink", &[("switch", "The switch's end; the other one is outside.")]),
    (
        "StaticExternalConnection",
        &[
            ("withinVPC", "The VPC that it belongs to; the whole fabric where it is absent."),
            ("link", "The link to the outside."),
        ],
    ),
    ("StaticExternalLink", &[("switch", "The switch's end, and where it leads.")]),
    (
        "StaticExternalSwitch",
        &[
            ("port", "The switch and its port, as in leaf-01/E1/4."),
            ("ip", "The switch's address on the link, with the prefix length."),
            ("nextHop", "The address outside that traffic goes by."),
            ("subnets", "What is reached by it."),
            ("vlan", "The VLAN on the link; none where it is absent."),
        ],
    ),
    (
        "ExternalSpec",
        &[
            ("ipv4Namespace", "The VPCs that may use it are in this namespace; default where it is absent."),
            ("inboundCommunity", "By which BGP community its routes are taken, as in 65102:5000."),
            ("outboundCommunity", "Which BGP community our routes are told with."),
            ("static", "What it leads to where there is no BGP."),
        ],
    ),
    ("StaticExternalPrefixes", &[("prefixes", "The prefixes that are reached by it. They may not overlap.")]),
    (
        "ExternalAttachmentSpec",
        &[
            ("external", "The External that is attached."),
            ("connection", "The connection that it is on, of type external."),
            ("switch", "Our side of the BGP session."),
            ("neighbor", "Their side of the BGP session."),
            ("static", "The attachment without BGP, where its External is static."),
            ("inboundACL", "What is let in."),
        ],
    ),
    (
        "AttachmentSwitch",
        &[
            ("vlan", "The VLAN on the connection, which no other attachment has; none where it is absent."),
            ("ip", "The switch's address, with the prefix length."),
        ],
    ),
    ("AttachmentNeighbor", &[("asn", "The neighbor's AS number."), ("ip", "The neighbor's address.")]),
    (
        "AttachmentStatic",
        &[
            ("remoteIP", "The address outside that traffic goes by."),
            ("ip", "The switch's address, with the prefix length."),
            ("vlan", "The VLAN on the connection; none where it is absent."),
            ("proxy", "Whether the switch answers for the addresses of the fabric."),
        ],
    ),
    ("Acl", &[("statements", "The statements, tried in the order of their numbers.")]),
    (
        "AclStatement",
        &[
            ("seq", "Its number, 10 and above, which no other statement has."),
            ("action", "What is done with a packet that fits."),
            ("protocol", "The protocol that it is for."),
            ("srcPrefix", "Where the packet is from: a prefix, or any."),
            ("dstPrefix", "Where the packet goes to: a prefix, or any."),
            ("portRangeBegin", "The first port, for tcp and udp."),
            ("portRangeEnd", "The last port, for tcp and udp."),
            ("tcpFilters", "Which TCP flags are looked for."),
            ("icmpType", "The type of message, for icmp."),
            ("icmpCode", "The code of message, for icmp."),
        ],
    ),
    (
        "TcpFilters",
        &[
            ("established", "The packet is of a connection that is open."),
            ("fin", "FIN is set."),
            ("notFin", "FIN is not set."),
            ("syn", "SYN is set."),
            ("notSyn", "SYN is not set."),
            ("rst", "RST is set."),
            ("notRst", "RST is not set."),
            ("psh", "PSH is set."),
            ("notPsh", "PSH is not set."),
            ("ack", "ACK is set."),
            ("notAck", "ACK is not set."),
            ("urg", "URG is set."),
            ("notUrg", "URG is not set."),
        ],
    ),
    ("ExternalPeeringSpec", &[("permit", "What of the VPC and of the External may reach each other.")]),
    ("ExternalPermit", &[("vpc", "The VPC's side."), ("external", "The External's side.")]),
    ("ExternalPermitVpc", &[("name", "The VPC."), ("subnets", "Its subnets that take part, by name.")]),
    (
        "ExternalPermitExternal",
        &[
            ("name", "The External, in the VPC's IPv4 namespace."),
            ("prefixes", "What of the outside may be reached."),
        ],
    ),
    ("ExternalPrefix", &[("prefix", "The prefix; 0.0.0.0/0 is everything.")]),
    (
        "GatewaySpec",
        &[
            ("asn", "Its AS number."),
            ("protocolIP", "The address of its BGP sessions, with /32."),
            ("vtepIP", "The address of its tunnel end, with /32."),
            ("vtepMAC", "The MAC address of its tunnel end."),
            ("vtepMTU", "The largest packet in its tunnels."),
            ("interfaces", "Its interfaces, by name."),
            ("neighbors", "The switches that it speaks BGP with, at least one."),
            ("groups", "The gateway groups that it is in; default where none is named."),
            ("workers", "How many threads forward packets."),
            ("flowTableCapacity", "How many flows it remembers."),
            ("logs", "How much it writes down."),
            ("profiling", "What it measures of itself."),
        ],
    ),
    (
        "Interface",
        &[
            ("ips", "Its addresses, with the prefix length."),
            ("kernel", "The network device that it is, by name."),
            ("pci", "The network device that it is, by its place on the PCI bus."),
            ("mtu", "The largest packet on it."),
        ],
    ),
    (
        "Neighbor",
        &[
            ("asn", "The neighbor's AS number."),
            ("ip", "The neighbor's address."),
            ("source", "The interface that the session is from."),
        ],
    ),
    (
        "Membership",
        &[("name", "The gateway group."), ("priority", "Who of the group serves: the highest one does.")],
    ),
    (
        "GatewayPeeringSpec",
        &[
            ("gatewayGroup", "The gateways that do it; default where it is absent."),
            ("peering", "Both sides by name: a VPC's, or ext. and an External's."),
            ("acl", "What is let through."),
        ],
    ),
    ("PeeringSide", &[("expose", "What the other side may reach.")]),
    (
        "Expose",
        &[
            ("ips", "The addresses, as they are on this side."),
            ("as", "The addresses that the other side sees instead; together with nat."),
            ("default", "Whether everything is exposed: the default route."),
            ("nat", "How addresses are translated; together with as."),
        ],
    ),
    (
        "ExposedIp",
        &[
            ("cidr", "A prefix that is exposed."),
            ("not", "A prefix that is left out."),
            ("vpcSubnet", "A subnet of the VPC that is exposed, by name."),
        ],
    ),
    ("ExposedAs", &[("cidr", "A prefix that is seen."), ("not", "A prefix that is left out.")]),
    (
        "Nat",
        &[
            ("static", "Each address becomes one other."),
            ("masquerade", "All hide behind a few; only this side can begin."),
            ("portForward", "Single ports lead to this side."),
        ],
    ),
    (
        "PortForward",
        &[
            ("idleTimeout", "After how long without traffic a flow is forgotten, as in 2m."),
            ("ports", "The ports, at least one."),
        ],
    ),
    (
        "ForwardedPort",
        &[
            ("proto", "The protocol; both where it is absent."),
            ("port", "The port of this side, or a range such as 8000-8010."),
            ("as", "The port that the other side sees, or a range."),
        ],
    ),
    (
        "GatewayAcl",
        &[("default", "What is done with what no rule fits."), ("rules", "The rules, tried in their order.")],
    ),
    (
        "GatewayRule",
        &[
            ("name", "What people call the rule."),
            ("action", "What is done with what fits."),
            ("from", "The side that it is from: a VPC, or ext. and an External."),
            ("to", "The side that it goes to."),
            ("scope", "Whether it counts for a flow and its answers, or for each packet."),
            ("log", "Whether what fits is written down."),
            ("match", "What it is for; everything where it is absent."),
        ],
    ),
    (
        "RuleMatch",
        &[
            ("src", "Where it is from."),
            ("dst", "Where it goes to."),
            ("proto", "The protocol: tcp, udp or its number."),
        ],
    ),
    (
        "RuleEnd",
        &[
            ("cidr", "A prefix."),
            ("vpcSubnet", "A subnet of the side's VPC, by name."),
            ("ports", "Ports, or ranges such as 8000-8010."),
        ],
    ),
];
