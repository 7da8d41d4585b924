//! Switches, and the VLANs that they carry.

use ipnet::IpNet;

use crate::schema::read::{List, Mac, Map, Opt, Text, fields};

fields! {
    /// A switch.
    SwitchSpec {
        role: Text = "role",
        description: Text = "description",
        profile: Text = "profile",
        groups: List<String> = "groups",
        redundancy: Opt<Redundancy> = "redundancy",
        vlan_namespaces: List<String> = "vlanNamespaces",
        asn: Opt<u32> = "asn",
        /// Its management address.
        ip: Opt<IpNet> = "ip",
        vtep_ip: Opt<IpNet> = "vtepIP",
        protocol_ip: Opt<IpNet> = "protocolIP",
        port_group_speeds: Map<String> = "portGroupSpeeds",
        port_speeds: Map<String> = "portSpeeds",
        port_breakouts: Map<String> = "portBreakouts",
        port_auto_negs: Map<bool> = "portAutoNegs",
        port_fecs: Map<String> = "portFECs",
        boot: Opt<Boot> = "boot",
        enable_all_ports: Opt<bool> = "enableAllPorts",
        roce: Opt<bool> = "roce",
        ecmp: Opt<Ecmp> = "ecmp",
        link_flap: Opt<LinkFlap> = "linkFlapErrDisable",
    }

    /// The group of switches that stand in for each other.
    Redundancy {
        group: Text = "group",
        kind: Text = "type",
    }

    /// How a switch is known before it has an address.
    Boot {
        serial: Text = "serial",
        mac: Opt<Mac> = "mac",
    }

    /// How a switch spreads its load.
    Ecmp {
        roce_qpn: Opt<bool> = "roceQPN",
    }

    /// When a port that flaps is shut.
    LinkFlap {
        flap_threshold: Opt<u32> = "flapThreshold",
        sampling_interval: Opt<u32> = "samplingInterval",
        recovery_interval: Opt<u32> = "recoveryInterval",
    }

    /// VLANs that subnets may use.
    VlanNamespaceSpec {
        ranges: List<Range> = "ranges",
    }

    /// A range of VLANs, both ends in it; without an end it is one VLAN.
    Range {
        from: Opt<u16> = "from",
        to: Opt<u16> = "to",
    }
}

impl Range {
    /// First and last VLAN, where both are ones and in order.
    pub(crate) fn bounds(&self) -> Option<(u16, u16)> {
        let from = self.from.as_ref()?.value;
        let to = self.to.as_ref().map(|to| to.value).filter(|to| *to > 0).unwrap_or(from);
        (1 <= from && from <= to && to <= 4094).then_some((from, to))
    }
}

impl SwitchSpec {
    /// The redundancy group's name.
    pub(crate) fn redundancy_group(&self) -> Option<&str> {
        self.redundancy.as_ref()?.value.group.as_ref().map(|at| at.value.as_str())
    }

    /// The redundancy group's type.
    pub(crate) fn redundancy_type(&self) -> Option<&str> {
        self.redundancy.as_ref()?.value.kind.as_ref().map(|at| at.value.as_str())
    }

    pub(crate) fn role(&self) -> Option<&str> {
        self.role.as_ref().map(|at| at.value.as_str())
    }

    /// Whether servers and externals can be attached to it.
    pub(crate) fn is_leaf(&self) -> bool {
        self.role().is_some_and(|role| role.ends_with("-leaf"))
    }

    pub(crate) fn is_spine(&self) -> bool {
        self.role() == Some("spine")
    }

    /// The VLAN namespaces that it carries: `default` where it names none.
    pub(crate) fn carried_namespaces(&self) -> Vec<&str> {
        if self.vlan_namespaces.is_empty() {
            vec!["default"]
        } else {
            self.vlan_namespaces.iter().map(|at| at.value.as_str()).collect()
        }
    }
}
