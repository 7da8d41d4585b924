//! GitHub: every octocrab call, and nothing else calls octocrab.
//!
//! [`GitHub`] speaks for one account on one [`Host`]. Each of its calls goes through the account's
//! [`SharedBudget`], is bounded in time and in size, and follows a redirect only to the same host. What
//! GitHub may well answer (no such branch, a pull request that is open already, no right to see the
//! webhooks) is a value.

#![allow(
    dead_code,
    unused_imports,
    reason = "the engine asks for what a token may do; sign-in, rules, pull requests and polling are whole and tested, and are called next"
)]

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

pub(crate) use access::{RepositoryCheck, RepositoryFacts};
pub(crate) use account::Account;
pub(crate) use body::{Changes, pull_request_body};
pub(crate) use budget::{Ask, Budget, Budgets, SharedBudget, Wait, Why};
pub(crate) use checks::Checks;
pub(crate) use client::GitHub;
pub(crate) use clock::{Clock, SystemClock};
pub(crate) use device::{ClientId, DeviceCode, DeviceOutcome, DevicePoll, DeviceSignIn, DeviceStart};
pub(crate) use etag::ETag;
pub(crate) use host::Host;
pub(crate) use poll::{Found, Polled};
pub(crate) use pull_request::{NewPullRequest, OpenOutcome, PullRequest};
pub(crate) use repositories::{CreateOutcome, NewRepository, Owner};
pub(crate) use repository::Repository;
pub(crate) use rules::{BranchRules, Bypass, DirectPush};
pub(crate) use token::{Fingerprint, Token, TokenKind};
pub(crate) use webhook::{HookId, HookOutcome, LastDelivery, Webhook};
