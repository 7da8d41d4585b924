//! What the fabric knows: its kinds, where their objects go, what they hold, and what is wrong with them,
//! one by one and together. Pure.

mod check;
mod crd;
mod fabric;
mod kinds;
mod nearest;
mod object;
mod profiles;
mod read;
mod resource;
mod shape;
mod spec;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub(crate) use crd::CrdSchemas;
pub(crate) use fabric::Fabric;
pub(crate) use kinds::{Classified, KINDS, classify};
pub(crate) use object::{Key, KindId, Object};
pub(crate) use profiles::names as profile_names;
pub(crate) use resource::{ResourceId, short_enough};
pub(crate) use shape::Shape;
pub(crate) use spec::{ConnectionSpec, ConnectionType, End, EndRole, Spec, SwitchSpec};
