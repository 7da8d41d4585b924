//! VPCs, their attachments and their peerings.

use crate::finding::Code;
use crate::schema::check::did_you_mean;
use crate::schema::fabric::claims::Claim;
use crate::schema::fabric::look::Look;
use crate::schema::object::Object;
use crate::schema::profiles::{self, Feature};
use crate::schema::read::{At, Place};
use crate::schema::spec::{
    ConnectionSpec, ConnectionType, EndRole, Spec, SwitchSpec, VpcAttachmentSpec, VpcPeeringSpec, VpcSpec,
};

pub(super) fn vpc(look: &mut Look<'_>, spec: &VpcSpec) {
    let addresses = match &spec.ipv4_namespace {
        Some(name) => look.refer("IPv4Namespace", name),
        None => look.refer_by_default("IPv4Namespace"),
    };
    let vlans = match &spec.vlan_namespace {
        Some(name) => look.refer("VLANNamespace", name),
        None => look.refer_by_default("VLANNamespace"),
    };
    for entry in spec.subnets.iter() {
        let subnet = &entry.value;
        if let (Some(net), Some(Spec::Ipv4Namespace(namespace))) =
            (&subnet.subnet, addresses.map(|found| &found.spec))
            && !namespace.subnets.iter().any(|outer| outer.value.contains(&net.value))
        {
            let message = format!(
                "The subnet {} ({}) is outside of the IPv4Namespace {}.",
                entry.key,
                net.value,
                spec.ipv4_namespace()
            );
            let inside: Vec<String> =
                namespace.subnets.iter().take(4).map(|net| net.value.to_string()).collect();
            let hint = format!("Choose addresses inside of {}.", inside.join(", "));
            look.problem(Code::SubnetOutside, net.place, message, hint);
        }
        if let (Some(vlan), Some(Spec::VlanNamespace(namespace))) =
            (&subnet.vlan, vlans.map(|found| &found.spec))
            && !subnet.is_host_bgp()
            && !namespace
                .ranges
                .iter()
                .filter_map(|range| range.value.bounds())
                .any(|(from, to)| (from..=to).contains(&vlan.value.0))
        {
            let message =
                format!("VLAN {} is outside of the VLANNamespace {}.", vlan.value.0, spec.vlan_namespace());
            let bounds = namespace.ranges.iter().filter_map(|range| range.value.bounds()).take(4);
            let inside: Vec<String> = bounds.map(|(from, to)| format!("{from} to {to}")).collect();
            let hint = match inside.is_empty() {
                true => "The namespace has no VLAN at all.".to_owned(),
                false => format!("Choose one of {}.", inside.join(", ")),
            };
            look.problem(Code::VlanOutside, vlan.place, message, hint);
        }
        if let Some(relay) = subnet.dhcp.as_ref().and_then(|dhcp| dhcp.value.relay_vpc.as_ref()) {
            look.refer("VPC", relay);
        }
        if let Some(net) = &subnet.subnet {
            let mut others = look.overlapping(spec.ipv4_namespace(), net.value);
            if let Some(other) = others.next() {
                // Another subnet of the same VPC says nothing that this one does not.
                let more = others.any(|another| another.id != other.id);
                let and = if more { ", and with others" } else { "" };
                let message = format!(
                    "The subnet {} ({}) overlaps with {}{and}.",
                    entry.key,
                    net.value,
                    whose(other, net)
                );
                look.problem(
                    Code::SubnetOverlap,
                    net.place,
                    message,
                    "Choose other addresses for one of them.",
                );
            }
        }
    }
}

/// The other's subnet that overlaps, in words.
fn whose(other: &Object, net: &At<ipnet::IpNet>) -> String {
    let Spec::Vpc(spec) = &other.spec else { return other.id.to_string() };
    let theirs = spec.subnets.iter().find_map(|entry| {
        let subnet = entry.value.subnet.as_ref()?;
        crate::schema::check::overlap(&subnet.value, &net.value).then_some((&entry.key, subnet.value))
    });
    match theirs {
        Some((name, subnet)) => format!("the subnet {name} ({subnet}) of {}", other.id),
        None => other.id.to_string(),
    }
}

pub(super) fn attachment(look: &mut Look<'_>, spec: &VpcAttachmentSpec) {
    let connection = spec.connection.as_ref().and_then(|at| Some((at, look.refer("Connection", at)?)));
    let (Some(subnet), Some((vpc_name, subnet_name))) = (&spec.subnet, spec.target()) else { return };
    let vpc = match look.refer_to("VPC", vpc_name, subnet.place).map(|vpc| &vpc.spec) {
        Some(Spec::Vpc(vpc)) => Some(&**vpc),
        _ => None,
    };
    if let Some(vpc) = vpc {
        has_subnet(look, vpc, vpc_name, subnet_name, subnet.place);
    }
    let Some((connection_at, Object { spec: Spec::Connection(connection), .. })) = connection else { return };
    let Some(kind) = connection.kind() else { return };
    if !matches!(kind, ConnectionType::Unbundled | ConnectionType::Bundled | ConnectionType::Eslag) {
        let message =
            format!("{} is a {kind} connection; a VPC is attached to a server's.", connection_at.value);
        look.problem(
            Code::AttachmentTarget,
            connection_at.place,
            message,
            "Use an unbundled, bundled or eslag one.",
        );
        return;
    }
    let Some(vpc) = vpc else { return };
    if kind == ConnectionType::Eslag && !vpc.mode().is_empty() {
        let message = format!("{vpc_name} is of mode {}, which an eslag connection can't carry.", vpc.mode());
        look.problem(Code::ModeUnsupported, subnet.place, message, "Use an unbundled or bundled connection.");
    }
    let host_bgp = vpc.subnets.get(subnet_name).is_some_and(|subnet| subnet.is_host_bgp());
    if host_bgp && kind != ConnectionType::Unbundled {
        let message = format!("{vpc_name}/{subnet_name} is hostBGP, and {} is {kind}.", connection_at.value);
        look.problem(Code::HostBgpTarget, connection_at.place, message, "Use an unbundled connection.");
    }
    switches(look, connection, connection_at, vpc, vpc_name, host_bgp);
}

/// What the switches of the connection can carry.
fn switches(
    look: &mut Look<'_>,
    connection: &ConnectionSpec,
    at: &At<String>,
    vpc: &VpcSpec,
    vpc_name: &str,
    host_bgp: bool,
) {
    for name in connection.devices(EndRole::Switch) {
        // That the switch is there is the connection's matter.
        let Some(Spec::Switch(switch)) = look.get("Switch", name).map(|switch| &switch.spec) else {
            continue;
        };
        let switch: &SwitchSpec = switch;
        if !switch.carried_namespaces().contains(&vpc.vlan_namespace()) {
            let message =
                format!("{name} does not carry the VLANNamespace {} of {vpc_name}.", vpc.vlan_namespace());
            let hint = format!("Add it to spec.vlanNamespaces of {name}.");
            look.problem(Code::VlanNamespaceLacking, at.place, message, hint);
        }
        if host_bgp && switch.redundancy_type() == Some("mclag") {
            let message = format!("{name} is one of an MCLAG pair, which can't carry a hostBGP subnet.");
            look.problem(Code::HostBgpTarget, at.place, message, "Use another switch.");
        }
        let Some(profile) = switch.profile.as_ref().and_then(|profile| profiles::profile(&profile.value))
        else {
            continue;
        };
        let able = match vpc.mode() {
            "" => profile.has(Feature::L2Vni) && profile.has(Feature::L3Vni),
            _ => profile.has(Feature::L3Vni),
        };
        if !able {
            let mode = if vpc.mode().is_empty() { "L2 VNI" } else { vpc.mode() };
            let message = format!("{name} is a {}, which can't carry a VPC of mode {mode}.", profile.name());
            look.problem(Code::ProfileFeature, at.place, message, "Use another mode, or another switch.");
        }
    }
}

fn has_subnet(look: &mut Look<'_>, vpc: &VpcSpec, vpc_name: &str, subnet: &str, place: Place) {
    if vpc.subnets.get(subnet).is_none() {
        let hint = did_you_mean(subnet, vpc.subnets.iter().map(|entry| entry.key.as_str()));
        look.problem(
            Code::DanglingReference,
            place,
            format!("The VPC {vpc_name} has no subnet {subnet}."),
            hint,
        );
    }
}

pub(super) fn peering(look: &mut Look<'_>, spec: &VpcPeeringSpec) {
    let mut sides: Vec<(&str, &VpcSpec, Place)> = Vec::new();
    for side in spec.permit.iter().flat_map(|permit| permit.value.iter()) {
        let known = sides.iter().find(|(name, ..)| *name == side.key).map(|(_, vpc, _)| *vpc);
        let vpc = match known {
            Some(vpc) => Some(vpc),
            None => match look.refer_to("VPC", &side.key, side.place).map(|vpc| &vpc.spec) {
                Some(Spec::Vpc(vpc)) => {
                    sides.push((&side.key, vpc, side.place));
                    Some(&**vpc)
                }
                _ => None,
            },
        };
        for subnet in &side.value.subnets {
            if let Some(vpc) = vpc {
                has_subnet(look, vpc, &side.key, &subnet.value, subnet.place);
            }
        }
    }
    if let [(one, a, _), (two, b, place)] = sides.as_slice() {
        for (what, ours, theirs) in [
            ("IPv4Namespace", a.ipv4_namespace(), b.ipv4_namespace()),
            ("VLANNamespace", a.vlan_namespace(), b.vlan_namespace()),
        ] {
            if ours != theirs {
                let message = format!("{one} is in the {what} {ours}, and {two} in {theirs}.");
                look.problem(
                    Code::PeeringNamespaces,
                    *place,
                    message,
                    "VPCs that peer are in the same namespaces.",
                );
            }
        }
    }
    twice(look, &spec.vpcs());
}

/// A pair that is peered by the fabric and through a gateway.
pub(super) fn twice(look: &mut Look<'_>, sides: &[&str]) {
    let mut sides = sides.to_vec();
    sides.sort_unstable();
    let [one, two] = sides.as_slice() else { return };
    let claim = Claim::Pair((*one).into(), (*two).into());
    let kind = look.object.id.kind.as_str();
    let others: Vec<String> = look
        .sharing(&claim)
        .filter(|other| other.id.kind != kind)
        .map(|other| other.id.to_string())
        .collect();
    if let Some(other) = others.first() {
        let message = format!("{one} and {two} are peered by {other} too.");
        look.problem(
            Code::PeeredTwice,
            look.object.at,
            message,
            "Peer a pair by the fabric or by a gateway, not both.",
        );
    }
}
