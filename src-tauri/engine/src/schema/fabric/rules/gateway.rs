//! Gateways and their peerings.

use super::vpc::twice;
use crate::finding::Code;
use crate::schema::check::{did_you_mean, overlap};
use crate::schema::fabric::claims::Claim;
use crate::schema::fabric::look::Look;
use crate::schema::read::Entry;
use crate::schema::spec::{GatewayPeeringSpec, GatewaySpec, PeeringSide, Spec, VpcSpec};

pub(super) fn gateway(look: &mut Look<'_>, spec: &GatewaySpec) {
    if spec.groups.is_empty() {
        look.refer_by_default("GatewayGroup");
    }
    for group in spec.groups.iter().filter_map(|group| group.value.name.as_ref()) {
        look.refer("GatewayGroup", group);
    }
}

pub(super) fn peering(look: &mut Look<'_>, spec: &GatewayPeeringSpec) {
    match &spec.gateway_group {
        Some(group) => look.refer("GatewayGroup", group),
        None => look.refer_by_default("GatewayGroup"),
    };
    let mut sides: Vec<(&Entry<PeeringSide>, Option<&VpcSpec>)> = Vec::new();
    for side in spec.peering.iter() {
        let vpc = match side.key.strip_prefix("ext.") {
            Some(external) => {
                look.refer_to("External", external, side.place);
                None
            }
            None => match look.refer_to("VPC", &side.key, side.place).map(|found| &found.spec) {
                Some(Spec::Vpc(vpc)) => Some(&**vpc),
                _ => None,
            },
        };
        if let Some(vpc) = vpc {
            inside(look, side, vpc);
        }
        sides.push((side, vpc));
    }
    rules(look, spec, &sides);
    if let [(one, _), (two, _)] = sides.as_slice() {
        apart(look, one, two);
        apart(look, two, one);
        twice(look, &[&one.key, &two.key]);
    }
}

/// What a side exposes is its own.
fn inside(look: &mut Look<'_>, side: &Entry<PeeringSide>, vpc: &VpcSpec) {
    let names = || vpc.subnets.iter().map(|entry| entry.key.as_str());
    for ip in side.value.expose.iter().flat_map(|expose| &expose.value.ips) {
        if let Some(cidr) = &ip.value.cidr {
            let nets = vpc.subnets.iter().filter_map(|entry| entry.value.subnet.as_ref());
            if !nets.into_iter().any(|net| net.value.contains(&cidr.value)) {
                let message = format!("{} is in no subnet of the VPC {}.", cidr.value, side.key);
                look.problem(Code::GatewayCidrOutside, cidr.place, message, "Expose addresses that it has.");
            }
        }
        if let Some(subnet) =
            ip.value.vpc_subnet.as_ref().filter(|subnet| vpc.subnets.get(&subnet.value).is_none())
        {
            let message = format!("The VPC {} has no subnet {}.", side.key, subnet.value);
            look.problem(
                Code::DanglingReference,
                subnet.place,
                message,
                did_you_mean(&subnet.value, names()),
            );
        }
    }
}

/// The subnets that rules name are of the side that they are about.
fn rules(look: &mut Look<'_>, spec: &GatewayPeeringSpec, sides: &[(&Entry<PeeringSide>, Option<&VpcSpec>)]) {
    let [(one, _), (two, _)] = sides else { return };
    let other = |name: &str| if one.key == name { two.key.as_str() } else { one.key.as_str() };
    for rule in spec.acl.iter().flat_map(|acl| &acl.value.rules) {
        let (from, to) = (rule.value.from.as_ref(), rule.value.to.as_ref());
        let (from, to) = match (from.map(|at| at.value.as_str()), to.map(|at| at.value.as_str())) {
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => (from, other(from)),
            (None, Some(to)) => (other(to), to),
            (None, None) => continue,
        };
        let Some(matches) = rule.value.matches.as_ref().map(|at| &at.value) else { continue };
        for (side, ends) in [(from, &matches.src), (to, &matches.dst)] {
            let vpc = sides.iter().find(|(known, _)| known.key == side).and_then(|(_, vpc)| *vpc);
            for subnet in ends.iter().filter_map(|end| end.value.vpc_subnet.as_ref()) {
                if side.starts_with("ext.") {
                    let message = format!("{side} is an External, which has no subnet {}.", subnet.value);
                    look.problem(Code::GatewayAcl, subnet.place, message, "Use cidr.");
                }
                let Some(vpc) = vpc.filter(|vpc| vpc.subnets.get(&subnet.value).is_none()) else { continue };
                let message = format!("The VPC {side} has no subnet {}.", subnet.value);
                let hint = did_you_mean(&subnet.value, vpc.subnets.iter().map(|entry| entry.key.as_str()));
                look.problem(Code::DanglingReference, subnet.place, message, hint);
            }
        }
    }
}

/// What two peerings expose to one side does not overlap.
fn apart(look: &mut Look<'_>, side: &Entry<PeeringSide>, target: &Entry<PeeringSide>) {
    let ours = side.value.seen_prefixes();
    if ours.is_empty() {
        return;
    }
    let claim = Claim::GatewayPeerOf(target.key.as_str().into());
    for other in look.sharing(&claim) {
        let Spec::GatewayPeering(spec) = &other.spec else { continue };
        let theirs = spec.peering.iter().filter(|entry| entry.key != target.key);
        for (mine, seen) in theirs
            .flat_map(|entry| entry.value.seen_prefixes())
            .flat_map(|seen| ours.iter().map(move |mine| (mine, seen)))
        {
            if overlap(&mine.value, &seen.value) {
                let message = format!(
                    "{} overlaps with {}, which {} shows to {}.",
                    mine.value, seen.value, other.id, target.key
                );
                look.problem(
                    Code::GatewayExposeOverlap,
                    mine.place,
                    message,
                    "Show other addresses, or use nat.",
                );
                return;
            }
        }
    }
}
