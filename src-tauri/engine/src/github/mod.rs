//! GitHub: every octocrab call, and nothing else calls octocrab.
//!
//! [`GitHub`] speaks for one account on one [`Host`]. Each of its calls goes through the account's
//! [`SharedBudget`], is bounded in time and in size, and follows a redirect only to the same host. What
//! GitHub may well answer (no such branch, a pull request that is open already, no right to see the
//! webhooks) is a value.

mod access;
mod account;
mod body;
mod budget;
mod checks;
mod client;
mod clock;
mod device;
mod etag;
mod host;
mod moment;
mod poll;
mod pull_request;
mod repositories;
mod repository;
mod route;
mod rules;
mod rulesets;
#[cfg(test)]
pub(crate) mod tests;
mod token;
pub(crate) mod view;
mod webhook;
mod wire;

pub(crate) use access::RepositoryCheck;
pub(crate) use body::{Changes, pull_request_body};
pub(crate) use budget::{Ask, Budgets, SharedBudget, Wait};
pub(crate) use checks::Checks;
pub(crate) use client::GitHub;
pub(crate) use clock::{Clock, SystemClock};
pub(crate) use device::{ClientId, DeviceCode, DeviceOutcome, DeviceSignIn, DeviceStart};
pub(crate) use etag::ETag;
pub(crate) use host::Host;
pub(crate) use poll::Found;
pub(crate) use pull_request::{Merged, NewPullRequest, OpenOutcome, PullRequest};
pub(crate) use repositories::{CreateOutcome, NewRepository, Owner};
pub(crate) use repository::Repository;
pub(crate) use rules::DirectPush;
pub(crate) use token::{Fingerprint, Token};
pub(crate) use webhook::{HookId, HookOutcome, LastDelivery, Webhook};
pub(crate) use wire::{Connector, WayOut};
