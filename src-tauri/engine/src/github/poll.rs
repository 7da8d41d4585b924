//! Whether a branch moved, asked so that it costs nothing where it did not.

use std::time::Duration;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::github::client::GitHub;
use crate::github::route::Route;
use crate::github::{ETag, Repository};
use crate::id::{BranchName, Revision};

/// What a look at a branch found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// It is where it was. This was not counted.
    NotModified,
    /// It is there.
    At {
        /// Its newest commit.
        revision: Revision,
        /// What to ask with next time; it is to be stored.
        etag: Option<ETag>,
    },
    /// There is no such branch, or no such repository for this token, or nothing in it yet.
    Missing,
}

/// A look at a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Polled {
    /// What it found.
    pub(crate) found: Found,
    /// How long GitHub wants to be left alone about this, where it says so.
    pub(crate) interval: Option<Duration>,
}

#[derive(Deserialize)]
struct Reference {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    sha: String,
}

impl GitHub {
    /// Asks where a branch is. An ETag of another token or branch is not used. GitHub counts no request
    /// that is answered "not modified".
    pub(crate) async fn poll_branch(
        &self,
        repository: &Repository,
        branch: &BranchName,
        etag: Option<&ETag>,
    ) -> Result<Polled> {
        let parts = ["repos", repository.owner(), repository.name(), "git", "ref", "heads"];
        let route = Route::new(parts.into_iter().chain(branch.as_str().split('/')));
        let address = format!("{}{route}", self.host.api());
        let print = self.token.fingerprint();
        let known = etag.and_then(|etag| etag.value_for(&print, &address));
        let answer = self.poll(&route, known).await?;
        let interval = answer.header("x-poll-interval").and_then(|text| text.parse().ok());
        let interval = interval.map(|seconds: u16| Duration::from_secs(u64::from(seconds)));
        let found = match answer.status {
            304 => Found::NotModified,
            200 => {
                let sha = answer.json::<Reference>()?.object.sha;
                let revision = revision(&sha).ok_or_else(|| Error::GitHub {
                    detail: format!("the commit of {branch} in {repository} is named oddly"),
                })?;
                let etag = answer.header("etag").and_then(|value| ETag::new(&print, &address, value));
                Found::At { revision, etag }
            }
            // 409: the repository is empty.
            404 | 409 => Found::Missing,
            _ => return Err(answer.refusal("to say where a branch is")),
        };
        Ok(Polled { found, interval })
    }
}

/// A commit's name, if it is one.
pub(super) fn revision(sha: &str) -> Option<Revision> {
    let digits = sha.len() == 40 && sha.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    digits.then(|| Revision::from_oid(sha))
}
