//! Switches: role, redundancy, addresses, and what their model can do.

use ipnet::IpNet;

use crate::finding::Code;
use crate::schema::check::vpc::did_you_mean;
use crate::schema::check::{missing, one_of};
use crate::schema::profiles::{self, Feature, MANAGEMENT, PortCountProblem, PortProblem, Profile};
use crate::schema::read::{At, Map, Place, Problem};
use crate::schema::spec::SwitchSpec;

const ROLES: [&str; 5] = ["spine", "server-leaf", "border-leaf", "mixed-leaf", "virtual-edge"];

pub(super) fn check(spec: &SwitchSpec, at: Place, out: &mut Vec<Problem>) {
    match &spec.role {
        None => out.push(missing(at, "spec.role").hint(format!("Give it one of {}.", ROLES[..4].join(", ")))),
        Some(role) if role.value == "virtual-edge" => {
            let message = "The role virtual-edge is obsolete.";
            out.push(Problem::new(Code::Obsolete, role.place, message).hint("Use a gateway instead."));
        }
        role => one_of(role.as_ref(), "spec.role", &ROLES[..4], out),
    }
    redundancy(spec, out);
    for (field, ip) in [("protocolIP", &spec.protocol_ip), ("vtepIP", &spec.vtep_ip)] {
        host_address(field, ip.as_ref(), out);
    }
    if let Some(vtep) = spec.vtep_ip.as_ref().filter(|_| spec.is_spine()) {
        let message = "A spine has no VTEP, and this one has vtepIP.";
        out.push(Problem::new(Code::SpineVtep, vtep.place, message).hint("Take vtepIP out."));
    }
    let known_by =
        spec.boot.as_ref().is_some_and(|boot| boot.value.serial.is_some() || boot.value.mac.is_some());
    if !known_by {
        let message = "The switch has neither a boot serial nor a boot MAC, so it can't be recognised.";
        let place = spec.boot.as_ref().map_or(at, |boot| boot.place);
        out.push(Problem::new(Code::NoBoot, place, message).hint("Give it boot.serial or boot.mac."));
    }
    fecs(spec, out);
    link_flap(spec, out);
    let Some(name) = &spec.profile else {
        out.push(missing(at, "spec.profile").hint("Name the switch's model."));
        return;
    };
    if let Some(profile) = profiles::profile(&name.value) {
        model(spec, profile, out);
    }
}

fn redundancy(spec: &SwitchSpec, out: &mut Vec<Problem>) {
    let Some(redundancy) = &spec.redundancy else { return };
    let place = redundancy.place;
    let (group, kind) = (&redundancy.value.group, &redundancy.value.kind);
    one_of(kind.as_ref(), "spec.redundancy.type", &["eslag", "mclag"], out);
    if let Some(kind) = kind.as_ref().filter(|kind| kind.value == "mclag") {
        let message = "The fabric does not serve mclag any more.";
        out.push(Problem::new(Code::Obsolete, kind.place, message).hint("Use eslag."));
    }
    let message = match (group, kind) {
        (Some(group), None) => format!("The redundancy group {} has no type.", group.value),
        (None, Some(kind)) => format!("The redundancy type {} has no group.", kind.value),
        _ => return,
    };
    out.push(
        Problem::new(Code::SwitchRedundancy, place, message).hint("Give both group and type, or neither."),
    );
}

/// An address of one device, with the prefix length that says so.
pub(super) fn host_address(field: &str, ip: Option<&At<IpNet>>, out: &mut Vec<Problem>) {
    let Some(ip) = ip else { return };
    let message = format!("spec.{field} is {}; it must be a /32 of IPv4.", ip.value);
    let hint = match ip.value {
        IpNet::V4(net) if net.prefix_len() == 32 => return,
        IpNet::V4(net) => format!("Write {}/32.", net.addr()),
        IpNet::V6(_) => "Give it an address of IPv4.".to_owned(),
    };
    out.push(Problem::new(Code::HostAddress, ip.place, message).hint(hint));
}

fn fecs(spec: &SwitchSpec, out: &mut Vec<Problem>) {
    for entry in spec.port_fecs.iter() {
        let at = At { value: entry.value.clone(), place: entry.place };
        one_of(Some(&at), &format!("spec.portFECs.{}", entry.key), &["rs", "fc", "auto", "disabled"], out);
    }
}

/// The bounds are those of the API.
fn link_flap(spec: &SwitchSpec, out: &mut Vec<Problem>) {
    let Some(flap) = spec.link_flap.as_ref().map(|at| &at.value) else { return };
    for (field, number, least, most) in [
        ("flapThreshold", &flap.flap_threshold, 1, 50),
        ("samplingInterval", &flap.sampling_interval, 1, 65535),
        ("recoveryInterval", &flap.recovery_interval, 0, 65534),
    ] {
        if let Some(number) = number.as_ref().filter(|number| !(least..=most).contains(&number.value)) {
            let message = format!("spec.linkFlapErrDisable.{field} is {}.", number.value);
            out.push(
                Problem::new(Code::FieldValue, number.place, message)
                    .hint(format!("Choose a number from {least} to {most}.")),
            );
        }
    }
}

/// What the switch's model has to say.
fn model(spec: &SwitchSpec, profile: &Profile, out: &mut Vec<Problem>) {
    let breakout_of = |port: &str| spec.port_breakouts.get(port).map(String::as_str);
    let name = profile.name();
    let setting = |place: Place, message: String| Problem::new(Code::PortSetting, place, message);
    // A mode that the port does not have is told below.
    let lane_is_there = |port: &str| {
        let problem = profile.check_port(port, &breakout_of).err();
        !matches!(problem, Some(PortProblem::Unknown | PortProblem::NoSuchBreakout { lanes: 1.., .. }))
    };
    for entry in spec.port_breakouts.iter() {
        let (port, mode) = (&entry.key, &entry.value);
        match profile.breakouts(port) {
            _ if !profile.has_port(port) => out.push(no_port(entry.place, port, name)),
            None => out.push(
                setting(entry.place, format!("The port {port} of a {name} can't be broken out."))
                    .hint("Take it out of portBreakouts."),
            ),
            Some(modes) if modes.iter().all(|known| known.mode != mode) => out.push(
                setting(entry.place, format!("The port {port} of a {name} has no breakout {mode}."))
                    .hint(did_you_mean(mode, modes.iter().map(|known| known.mode))),
            ),
            Some(_) => {}
        }
    }
    speeds(
        &spec.port_speeds,
        "port",
        name,
        &|port| profile.speeds(port),
        &|port| profile.has_port(port),
        out,
    );
    speeds(
        &spec.port_group_speeds,
        "port group",
        name,
        &|group| profile.group_speeds(group),
        &|group| profile.group_speeds(group).is_some(),
        out,
    );
    for entry in spec.port_auto_negs.iter() {
        let base = base_port(&entry.key);
        if !profile.has_port(base) {
            out.push(no_port(entry.place, &entry.key, name));
        } else if !profile.auto_neg_allowed(&entry.key) || !lane_is_there(&entry.key) {
            let message = format!("Auto-negotiation of the port {} of a {name} can't be set.", entry.key);
            out.push(setting(entry.place, message).hint("Take it out of portAutoNegs."));
        }
    }
    for entry in spec.port_fecs.iter() {
        let (port, base) = (&entry.key, base_port(&entry.key));
        let second = format!("{base}/2");
        if base == MANAGEMENT || !profile.has_port(base) {
            out.push(no_port(entry.place, port, name));
        } else if base == port && profile.breakouts(base).is_some() && lane_is_there(&second) {
            let message = format!("The port {port} is broken out; FEC is set for each lane.");
            out.push(setting(entry.place, message).hint(format!("Write {base}/1, {second} and so on.")));
        } else if !lane_is_there(port) {
            let message = format!("The port {port} is not there, as the switch is broken out.");
            out.push(setting(entry.place, message).hint("Take it out of portFECs."));
        }
    }
    let mut feature = |feature: Feature, at: Option<Place>, what: &str| {
        if let Some(place) = at.filter(|_| !profile.has(feature)) {
            let message = format!("A {name} can't do {what}.");
            out.push(
                Problem::new(Code::ProfileFeature, place, message).hint("Take it out, or use another model."),
            );
        }
    };
    let on = |flag: &Option<At<bool>>| flag.as_ref().filter(|at| at.value).map(|at| at.place);
    feature(Feature::Roce, on(&spec.roce), "RoCE");
    feature(
        Feature::EcmpRoceQpn,
        spec.ecmp.as_ref().and_then(|ecmp| on(&ecmp.value.roce_qpn)),
        "ECMP by RoCE QPN",
    );
    let eslag = spec.redundancy.as_ref().filter(|_| spec.redundancy_type() == Some("eslag"));
    feature(Feature::Eslag, eslag.map(|at| at.place), "eslag");
    if let Some(problem) = profile.port_count_problem(&breakout_of) {
        let place = spec.port_breakouts.iter().next().map(|entry| entry.place);
        let place = place.or(spec.profile.as_ref().map(|at| at.place)).unwrap_or_default();
        let message = match problem {
            PortCountProblem::Switch { ports, max } => {
                format!("The switch would have {ports} ports; a {name} has room for {max}.")
            }
            PortCountProblem::Pipeline { pipeline, members, ports, max } => {
                let members: Vec<String> = members.iter().map(|port| format!("E1/{port}")).collect();
                let members = members.join(", ");
                format!("Pipeline {pipeline} ({members}) would have {ports} ports; it has room for {max}.")
            }
        };
        out.push(setting(place, message).hint("Break fewer ports out."));
    }
}

fn no_port(place: Place, port: &str, profile: &str) -> Problem {
    Problem::new(Code::PortSetting, place, format!("A {profile} has no port {port}."))
        .hint("Write it as in E1/4.")
}

/// The port that a lane is of: `E1/4` of `E1/4/2`.
pub(super) fn base_port(port: &str) -> &str {
    let mut slashes = port.match_indices('/').map(|(at, _)| at);
    match (slashes.next(), slashes.next()) {
        (Some(_), Some(second)) => &port[..second],
        _ => port,
    }
}

fn speeds(
    settings: &Map<String>,
    what: &str,
    profile: &str,
    known: &dyn Fn(&str) -> Option<&'static [&'static str]>,
    exists: &dyn Fn(&str) -> bool,
    out: &mut Vec<Problem>,
) {
    for entry in settings.iter() {
        // An older spelling that the fabric still takes.
        let speed = entry.value.strip_prefix("SPEED_").unwrap_or(&entry.value);
        let message = match known(&entry.key) {
            _ if !exists(&entry.key) => format!("A {profile} has no {what} {}.", entry.key),
            None => format!("The speed of the {what} {} of a {profile} can't be set.", entry.key),
            Some(speeds) if !speeds.contains(&speed) => {
                format!(
                    "The {what} {} of a {profile} has no speed {speed}; it has {}.",
                    entry.key,
                    speeds.join(", ")
                )
            }
            Some(_) => continue,
        };
        out.push(Problem::new(Code::PortSetting, entry.place, message).hint("Correct it, or take it out."));
    }
}
