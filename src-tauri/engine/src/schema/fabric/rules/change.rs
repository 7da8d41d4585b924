//! What may not become of an object that is there.

use crate::finding::Code;
use crate::schema::fabric::Fabric;
use crate::schema::object::Object;
use crate::schema::read::{At, Problem};
use crate::schema::spec::Spec;

/// The problems of a change: of an object to another, or to nothing.
pub(crate) fn change(fabric: &Fabric, before: &Object, after: Option<&Object>) -> Vec<Problem> {
    let Some(after) = after else { return deletion(fabric, before).into_iter().collect() };
    let mut problems = Vec::new();
    if let (Spec::Connection(old), Spec::Connection(new)) = (&before.spec, &after.spec) {
        if let (Some(was), Some(is)) = (old.kind(), new.kind())
            && was != is
        {
            let place = new.types().first().map_or(after.at, |(_, place)| *place);
            let message = format!("The connection was {was} and is to be {is}; its type can't change.");
            problems.push(
                Problem::new(Code::TypeImmutable, place, message)
                    .hint("Give the new connection a name of its own, and delete the old one."),
            );
        }
        let name = |within: Option<&At<String>>| within.map_or("none", |at| &at.value).to_owned();
        let (was, is) = (name(old.within_vpc()), name(new.within_vpc()));
        if let (Some(_), Some(external)) = (&old.static_external, &new.static_external)
            && was != is
        {
            let message = format!("withinVPC was {was} and is to be {is}; it can't change.");
            let place = new.within_vpc().map_or(external.place, |at| at.place);
            problems.push(Problem::new(Code::TypeImmutable, place, message).hint("Make another connection."));
        }
    }
    problems.extend(shrinking(fabric, before, after));
    problems
}

fn deletion(fabric: &Fabric, object: &Object) -> Option<Problem> {
    let key = object.key.as_ref()?;
    let mut referrers = fabric.referrers(key);
    referrers.retain(|other| other.key.as_ref() != Some(key));
    let first = referrers.first()?;
    let others = match referrers.len() {
        1 => String::new(),
        more => format!(" and {} more", more - 1),
    };
    let message = format!("{} is referred to by {}{others}.", object.id, first.id);
    Some(Problem::new(Code::StillReferredTo, object.at, message).hint("Delete or change those first."))
}

/// A namespace that loses what its VPCs use.
fn shrinking(fabric: &Fabric, before: &Object, after: &Object) -> Option<Problem> {
    let referrers = fabric.referrers(before.key.as_ref()?);
    let vpcs = referrers.iter().filter_map(|object| match &object.spec {
        Spec::Vpc(vpc) => Some((object, &**vpc)),
        _ => None,
    });
    for (object, vpc) in vpcs {
        for entry in vpc.subnets.iter() {
            let lost = match (&before.spec, &after.spec) {
                (Spec::Ipv4Namespace(old), Spec::Ipv4Namespace(new))
                    if vpc.ipv4_namespace() == before.id.name =>
                {
                    entry.value.subnet.as_ref().and_then(|net| {
                        let holds = |spec: &crate::schema::spec::Ipv4NamespaceSpec| {
                            spec.subnets.iter().any(|outer| outer.value.contains(&net.value))
                        };
                        (holds(old) && !holds(new)).then(|| net.value.to_string())
                    })
                }
                (Spec::VlanNamespace(old), Spec::VlanNamespace(new))
                    if vpc.vlan_namespace() == before.id.name && !entry.value.is_host_bgp() =>
                {
                    entry.value.vlan.as_ref().and_then(|vlan| {
                        let holds = |spec: &crate::schema::spec::VlanNamespaceSpec| {
                            let mut bounds = spec.ranges.iter().filter_map(|range| range.value.bounds());
                            bounds.any(|(from, to)| (from..=to).contains(&vlan.value.0))
                        };
                        (holds(old) && !holds(new)).then(|| format!("VLAN {}", vlan.value.0))
                    })
                }
                _ => None,
            };
            if let Some(lost) = lost {
                let message =
                    format!("{} would lose {lost}, which {} uses ({}).", after.id, object.id, entry.key);
                return Some(
                    Problem::new(Code::NamespaceShrunk, after.at, message).hint("Move what uses it first."),
                );
            }
        }
    }
    None
}
