//! Nodes and links out of a fabric's wiring objects. Pure: objects come in, a drawing's parts go out, in an
//! order that is the same on every machine.

mod build;
mod compare;
mod reach;
pub(crate) mod render;
#[cfg(test)]
mod tests;
pub(crate) mod view;

pub(crate) use build::build;
pub(crate) use compare::compare;
