//! What the fabric knows: its kinds and where their objects go. Pure.

mod kinds;
mod resource;

pub(crate) use kinds::{Classified, KINDS, classify};
pub(crate) use resource::ResourceId;
