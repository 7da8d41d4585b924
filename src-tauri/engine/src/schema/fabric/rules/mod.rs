//! The rules across objects, by the kind that they are about.

mod change;
mod external;
mod gateway;
mod vpc;
mod wiring;

use super::look::Look;
use crate::schema::spec::Spec;

pub(super) use change::change;

/// Checks the object that looks against those that it looks at.
pub(super) fn check(look: &mut Look<'_>) {
    match &look.object.spec {
        Spec::Switch(spec) => wiring::switch(look, spec),
        Spec::Connection(spec) => wiring::connection(look, spec),
        Spec::Vpc(spec) => vpc::vpc(look, spec),
        Spec::VpcAttachment(spec) => vpc::attachment(look, spec),
        Spec::VpcPeering(spec) => vpc::peering(look, spec),
        Spec::External(spec) => external::external(look, spec),
        Spec::ExternalAttachment(spec) => external::attachment(look, spec),
        Spec::ExternalPeering(spec) => external::peering(look, spec),
        Spec::Gateway(spec) => gateway::gateway(look, spec),
        Spec::GatewayPeering(spec) => gateway::peering(look, spec),
        Spec::SwitchGroup
        | Spec::Server
        | Spec::VlanNamespace(_)
        | Spec::Ipv4Namespace(_)
        | Spec::GatewayGroup
        | Spec::Unknown => {}
    }
    look.one_each();
}
