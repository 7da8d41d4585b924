//! The switch models that a fabric knows: their ports, breakouts, speeds and features. Pure.
//!
//! Every known model has the one management port `M1` and the data ports `E1/1`, `E1/2` and so on, without
//! a gap. Names are compared as the fabric compares them, letter by letter: `E1/04` is no port.

mod models;
mod pipelines;
mod ports;

#[cfg(test)]
mod testing;

use models::PROFILES;
use pipelines::Pipelines;
pub(crate) use pipelines::PortCountProblem;
use ports::Ports;
pub(crate) use ports::{MANAGEMENT, PortProblem};

/// Something that a model can or can't do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    /// Subinterfaces; external attachments and static externals with a VLAN need them.
    Subinterfaces,
    /// Access lists.
    Acls,
    /// Layer 2 VNIs; every VPC mode but the L3 ones needs them.
    L2Vni,
    /// Layer 3 VNIs.
    L3Vni,
    /// RoCEv2.
    Roce,
    /// ECMP hashing by the RoCE queue pair.
    EcmpRoceQpn,
    /// MCLAG redundancy.
    Mclag,
    /// ESLAG redundancy.
    Eslag,
    /// Lights that show where a port is.
    PortLocator,
}

/// What a Switch's `portBreakouts` has for a port by its own name, `None` where it has nothing.
pub(crate) type BreakoutOf<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

/// What is known of a switch model.
#[derive(Debug)]
pub(crate) struct Profile {
    name: &'static str,
    features: &'static [Feature],
    ports: &'static [Ports],
    max_ports: Option<u16>,
    pipelines: Option<Pipelines>,
}

/// The model of this name, if it is known. A newer fabric may know more.
pub(crate) fn profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

/// The names of all known models, sorted.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PROFILES.iter().map(|profile| profile.name)
}

impl Profile {
    /// Its name, as a Switch's `spec.profile` has it.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the model can do this.
    pub(crate) fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_found() {
        assert!(names().is_sorted());
        assert_eq!(names().count(), 23);
        assert!(names().all(|name| profile(name).is_some_and(|profile| profile.name() == name)));
        assert!(profile("VS").is_none());
    }
}
