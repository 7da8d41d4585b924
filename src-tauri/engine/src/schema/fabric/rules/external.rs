//! Externals, their attachments and their peerings.

use crate::finding::Code;
use crate::schema::check::did_you_mean;
use crate::schema::fabric::look::Look;
use crate::schema::spec::{ConnectionType, ExternalAttachmentSpec, ExternalPeeringSpec, ExternalSpec, Spec};

pub(super) fn external(look: &mut Look<'_>, spec: &ExternalSpec) {
    match &spec.ipv4_namespace {
        Some(name) => look.refer("IPv4Namespace", name),
        None => look.refer_by_default("IPv4Namespace"),
    };
}

pub(super) fn attachment(look: &mut Look<'_>, spec: &ExternalAttachmentSpec) {
    if let Some(external_at) = &spec.external
        && let Some(Spec::External(external)) = look.refer("External", external_at).map(|found| &found.spec)
        && external.fixed.is_some() != spec.fixed.is_some()
    {
        let (ours, theirs) = if spec.fixed.is_some() { ("static", "not") } else { ("not static", "static") };
        let message =
            format!("The attachment is {ours}, and the External {} is {theirs}.", external_at.value);
        look.problem(Code::ExternalKind, external_at.place, message, "Both are static, or neither is.");
    }
    if let Some(connection_at) = &spec.connection
        && let Some(Spec::Connection(connection)) =
            look.refer("Connection", connection_at).map(|found| &found.spec)
        && let Some(kind) = connection.kind().filter(|kind| *kind != ConnectionType::External)
    {
        let message = format!("{} is a {kind} connection, and not external.", connection_at.value);
        look.problem(Code::AttachmentTarget, connection_at.place, message, "Use an external connection.");
    }
}

pub(super) fn peering(look: &mut Look<'_>, spec: &ExternalPeeringSpec) {
    let Some(permit) = spec.permit.as_ref().map(|at| &at.value) else { return };
    let vpc_at = permit.vpc.as_ref().and_then(|vpc| vpc.value.name.as_ref());
    let vpc = match vpc_at.and_then(|at| look.refer("VPC", at)).map(|found| &found.spec) {
        Some(Spec::Vpc(vpc)) => Some(&**vpc),
        _ => None,
    };
    let external_at = permit.external.as_ref().and_then(|external| external.value.name.as_ref());
    let external = match external_at.and_then(|at| look.refer("External", at)).map(|found| &found.spec) {
        Some(Spec::External(external)) => Some(&**external),
        _ => None,
    };
    if let (Some(vpc), Some(external), Some(external_at), Some(vpc_at)) = (vpc, external, external_at, vpc_at)
        && vpc.ipv4_namespace() != external.ipv4_namespace()
    {
        let message = format!(
            "{} is in the IPv4Namespace {}, and {} in {}.",
            vpc_at.value,
            vpc.ipv4_namespace(),
            external_at.value,
            external.ipv4_namespace()
        );
        look.problem(Code::PeeringNamespaces, external_at.place, message, "Both are in the same namespace.");
    }
    let (Some(vpc), Some(name)) = (vpc, vpc_at) else { return };
    for subnet in permit.vpc.iter().flat_map(|at| &at.value.subnets) {
        if vpc.subnets.get(&subnet.value).is_none() {
            let hint = did_you_mean(&subnet.value, vpc.subnets.iter().map(|entry| entry.key.as_str()));
            let message = format!("The VPC {} has no subnet {}.", name.value, subnet.value);
            look.problem(Code::DanglingReference, subnet.place, message, hint);
        }
    }
}
