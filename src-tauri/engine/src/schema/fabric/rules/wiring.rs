//! Switches and connections.

use crate::finding::Code;
use crate::schema::fabric::look::Look;
use crate::schema::profiles::{self, PortProblem};
use crate::schema::read::{At, Place, Port};
use crate::schema::spec::{ConnectionSpec, ConnectionType, EndRole, Spec, SwitchSpec};

pub(super) fn switch(look: &mut Look<'_>, spec: &SwitchSpec) {
    for group in &spec.groups {
        look.refer("SwitchGroup", group);
    }
    if let Some(group) = spec.redundancy.as_ref().and_then(|redundancy| redundancy.value.group.as_ref())
        && !spec.groups.iter().any(|named| named.value == group.value)
    {
        look.refer("SwitchGroup", group);
    }
    vlan_namespaces(look, spec);
    if let Some(profile) = &spec.profile
        && profiles::profile(&profile.value).is_none()
        && look.get("SwitchProfile", &profile.value).is_none()
    {
        let message = format!("{} is no switch profile that this version knows.", profile.value);
        let names: Vec<&str> = profiles::names().collect();
        let near = crate::schema::nearest::nearest(&profile.value, names.into_iter());
        let hint = match near {
            Some(near) => format!("Did you mean {near}? A newer fabric may have it."),
            None => "A newer fabric may have it; its ports could not be checked.".to_owned(),
        };
        look.problem(Code::UnknownProfile, profile.place, message, hint);
    }
    if let Some(asn) = spec.asn.as_ref().filter(|asn| asn.value > 0 && spec.is_spine()) {
        spine_asn(look, asn);
    }
}

/// All spines have one ASN. The odd ones out are those who have it less often than another is had.
fn spine_asn(look: &mut Look<'_>, asn: &At<u32>) {
    let counts = look.spine_asns();
    let ours = counts.get(&asn.value).copied().unwrap_or(0);
    let others = counts.iter().filter(|(other, count)| **other != asn.value && **count >= ours);
    if let Some((usual, _)) = others.max_by_key(|(_, count)| **count) {
        let message =
            format!("The spine's ASN is {}; other spines have {usual}, and all have one.", asn.value);
        look.problem(Code::SpineAsn, asn.place, message, "Give all spines the same ASN.");
    }
}

/// The VLAN namespaces that a switch carries are there, and share no VLAN.
fn vlan_namespaces(look: &mut Look<'_>, spec: &SwitchSpec) {
    if spec.vlan_namespaces.is_empty() {
        look.refer_by_default("VLANNamespace");
        return;
    }
    let mut ranges: Vec<(u16, u16, &str, Place)> = Vec::new();
    for (index, name) in spec.vlan_namespaces.iter().enumerate() {
        if spec.vlan_namespaces[..index].iter().any(|earlier| earlier.value == name.value) {
            let message = format!("The VLAN namespace {} is named twice.", name.value);
            look.problem(Code::SwitchNamespaces, name.place, message, "Name it once.");
            continue;
        }
        let Some(namespace) = look.refer("VLANNamespace", name) else { continue };
        let Spec::VlanNamespace(namespace) = &namespace.spec else { continue };
        for (from, to) in namespace.ranges.iter().filter_map(|range| range.value.bounds()) {
            let clash = ranges
                .iter()
                .find(|(first, last, other, _)| *other != name.value && from <= *last && *first <= to);
            if let Some((first, last, other, _)) = clash {
                let message = format!(
                    "The VLAN namespaces {other} and {} share VLANs ({first} to {last} and {from} to {to}).",
                    name.value
                );
                look.problem(
                    Code::SwitchNamespaces,
                    name.place,
                    message,
                    "A switch carries namespaces that are disjoint.",
                );
                return;
            }
            ranges.push((from, to, &name.value, name.place));
        }
    }
}

pub(super) fn connection(look: &mut Look<'_>, spec: &ConnectionSpec) {
    let mut known: Vec<(&str, Option<&SwitchSpec>)> = Vec::new();
    for end in spec.links().iter().flat_map(|link| &link.ends) {
        let Some(port) = end.port else { continue };
        let Some((device, name)) = port.value.parts() else { continue };
        match end.role {
            EndRole::Switch => {
                let switch = match known.iter().find(|(known, _)| *known == device) {
                    Some((_, switch)) => *switch,
                    None => {
                        let switch =
                            match look.refer_to("Switch", device, port.place).map(|switch| &switch.spec) {
                                Some(Spec::Switch(switch)) => Some(&**switch),
                                _ => None,
                            };
                        known.push((device, switch));
                        switch
                    }
                };
                if let Some(switch) = switch {
                    port_of_the_model(look, switch, port, name);
                }
            }
            EndRole::Server | EndRole::Gateway => {
                let kind = if end.role == EndRole::Server { "Server" } else { "Gateway" };
                if !known.iter().any(|(known, _)| *known == device) {
                    known.push((device, None));
                    look.refer_to(kind, device, port.place);
                }
            }
        }
    }
    if let Some(vpc) = spec.within_vpc() {
        look.refer("VPC", vpc);
    }
    if let [(ConnectionType::Eslag, place)] = spec.types().as_slice() {
        let members: Vec<(&str, &SwitchSpec)> =
            known.into_iter().filter_map(|(name, switch)| Some((name, switch?))).collect();
        eslag(look, &members, *place);
    }
}

/// A switch's port is one that its model has.
fn port_of_the_model(look: &mut Look<'_>, switch: &SwitchSpec, port: &At<Port>, name: &str) {
    let Some(profile) = switch.profile.as_ref().and_then(|profile| profiles::profile(&profile.value)) else {
        return;
    };
    // One that is not named as ports are is told by the connection's own checks.
    if !crate::schema::check::port_name(name) {
        return;
    }
    let breakout_of = |port: &str| switch.port_breakouts.get(port).map(String::as_str);
    let Err(problem) = profile.check_port(name, &breakout_of) else { return };
    let device = port.value.device().unwrap_or_default();
    let (message, hint) = match problem {
        PortProblem::Unknown => (
            format!("{device} is a {} and has no port {name}.", profile.name()),
            "Check the port's number.".to_owned(),
        ),
        PortProblem::NoSuchBreakout { mode, lanes } => (
            format!("The port {name} of {device} is not there: it is broken out as {mode}."),
            if lanes == 0 {
                format!("A {} has no breakout {mode}.", profile.name())
            } else {
                format!("There are {lanes} lanes. Set spec.portBreakouts of the switch for more.")
            },
        ),
    };
    look.problem(Code::PortNotInProfile, port.place, message, hint);
}

/// The switches of an ESLAG are of one redundancy group, of the type eslag.
fn eslag(look: &mut Look<'_>, members: &[(&str, &SwitchSpec)], place: Place) {
    let Some(((first_name, _), first)) =
        members.iter().find_map(|member| member.1.redundancy_group().map(|group| (*member, group)))
    else {
        if let Some((name, _)) = members.first() {
            let message =
                format!("{name} is in no redundancy group, and neither is any other switch of this eslag.");
            look.problem(
                Code::EslagGroup,
                place,
                message,
                "Put its switches in one redundancy group of type eslag.",
            );
        }
        return;
    };
    for (name, switch) in members {
        match switch.redundancy_group() {
            None => {
                let message =
                    format!("{name} is in no redundancy group; the others of this eslag are in {first}.");
                look.problem(Code::EslagMember, place, message, format!("Put {name} in {first} too."));
            }
            Some(group) if group != first => {
                let message =
                    format!("{first_name} is in the redundancy group {first}, and {name} in {group}.");
                look.problem(Code::EslagGroup, place, message, "The switches of an eslag are in one group.");
            }
            Some(group) => {
                if let Some(kind) = switch.redundancy_type().filter(|kind| *kind != "eslag") {
                    let message = format!("{name} is in {group}, whose type is {kind} and not eslag.");
                    look.problem(Code::EslagGroup, place, message, "Use switches of a group of type eslag.");
                }
            }
        }
    }
}
