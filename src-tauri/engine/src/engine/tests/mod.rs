//! The engine with a GitHub on loopback.

mod github;
mod proposals;
