//! What can be said of one object without looking at others. The rules are those of the fabric's admission
//! checks, v0.126; what its webhooks fill in by themselves may be absent.

mod connection;
mod external;
mod gateway;
mod metadata;
mod namespace;
mod peering;
mod switch;
mod vpc;

use ipnet::IpNet;

use crate::finding::Code;
use crate::schema::read::{At, Place, Problem};
use crate::schema::spec::Spec;

pub(crate) use connection::{first_lane_as_whole, port_name};
pub(crate) use metadata::metadata;
use switch::base_port;
pub(crate) use vpc::did_you_mean;

/// Checks a spec. `at` is where to point when a field is not there: the object's name.
pub(crate) fn spec(spec: &Spec, at: Place, out: &mut Vec<Problem>) {
    match spec {
        Spec::Switch(spec) => switch::check(spec, at, out),
        Spec::Connection(spec) => connection::check(spec, at, out),
        Spec::VlanNamespace(spec) => namespace::vlans(spec, at, out),
        Spec::Ipv4Namespace(spec) => namespace::subnets(spec, at, out),
        Spec::Vpc(spec) => vpc::check(spec, at, out),
        Spec::VpcAttachment(spec) => vpc::attachment(spec, at, out),
        Spec::VpcPeering(spec) => peering::check(spec, at, out),
        Spec::External(spec) => external::check(spec, out),
        Spec::ExternalAttachment(spec) => external::attachment(spec, at, out),
        Spec::ExternalPeering(spec) => external::peering(spec, at, out),
        Spec::Gateway(spec) => gateway::check(spec, at, out),
        Spec::GatewayPeering(spec) => gateway::peering(spec, at, out),
        Spec::Server | Spec::SwitchGroup | Spec::GatewayGroup | Spec::Unknown => {}
    }
}

/// A field that must be there and is not.
fn missing(at: Place, path: &str) -> Problem {
    Problem::new(Code::FieldMissing, at, format!("{path} is missing.")).hint("Add it, with a value.")
}

/// The field's value, or a problem.
fn required<'a, T>(
    field: Option<&'a At<T>>,
    at: Place,
    path: &str,
    out: &mut Vec<Problem>,
) -> Option<&'a At<T>> {
    if field.is_none() {
        out.push(missing(at, path));
    }
    field
}

/// A text that must be one of a few words.
fn one_of(field: Option<&At<String>>, path: &str, words: &[&str], out: &mut Vec<Problem>) {
    let Some(field) = field.filter(|field| !words.contains(&field.value.as_str())) else { return };
    let message = format!("{path} is {:?}; it can be {}.", field.value, words.join(", "));
    let hint = match crate::schema::nearest::nearest(&field.value, words.iter().copied()) {
        Some(near) => format!("Did you mean {near}?"),
        None => "Use one of those.".to_owned(),
    };
    out.push(Problem::new(Code::FieldValue, field.place, message).hint(hint));
}

/// Whether two prefixes have an address in common.
pub(crate) fn overlap(a: &IpNet, b: &IpNet) -> bool {
    a.contains(&b.network()) || b.contains(&a.network())
}

/// The first pair of prefixes that have an address in common, as places in the list.
fn first_overlap(prefixes: &[&At<IpNet>]) -> Option<(usize, usize)> {
    (0..prefixes.len()).find_map(|later| {
        let earlier =
            (0..later).find(|earlier| overlap(&prefixes[*earlier].value, &prefixes[later].value))?;
        Some((earlier, later))
    })
}
