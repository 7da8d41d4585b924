//! Git: every libgit2 call of the product, and nothing else calls libgit2.
//!
//! What holds everywhere in here:
//! - No branch is ever forced: a ref moves only from the value that the caller saw.
//! - No file is written over whose bytes the caller has not seen ([`FileChange`](crate::change::FileChange)).
//! - The work tree changes in one place, [`Repo::advance`], under an intent record that
//!   [`Repo::recover`] finishes after a crash.
//! - A clone's own configuration runs nothing: no hooks, filters, commands or credential helpers.
//! - No secret is in an error: URLs are cleaned before they are used, and kept clean.
//! - Calls block. Those that talk to a remote end when they are cancelled or when nothing is heard.
//!
//! | what for | where |
//! |---|---|
//! | the clone, its lock, what a crash left in it | `repo` `lock` `stale_locks` `damaged` `plain_store` |
//! | branches, commits, files of a commit | `refs` `read` `history` `changes` |
//! | what differs on disk | `edits` `disk` |
//! | new trees and commits | `trees` `objects` `pack` `commit` `sign` |
//! | from one tree to another | `compare` `merge` |
//! | both sides of a branch together | `sides` `integrate` `adopted` `rewritten` `replay` |
//! | the way to the work tree | `advance` `intent` `write` `durable` `index` |
//! | after a crash | `recover` `killed` `stale_locks` |
//! | the store kept small | `housekeeping` `ours` `pack_index` |
//! | remotes | `url` `auth` `trust` `network` `failure` `remote` `shallow` `clone` `push` `incoming` |

mod adopted;
mod advance;
mod auth;
mod changes;
mod clone;
mod commit;
mod compare;
mod damaged;
mod disk;
mod durable;
mod edits;
mod failure;
mod handle;
mod history;
mod housekeeping;
mod incoming;
mod index;
mod integrate;
mod intent;
mod killed;
mod lock;
mod merge;
mod network;
mod objects;
mod ours;
mod pack;
mod pack_index;
mod plain_store;
mod push;
mod read;
mod recover;
mod refs;
mod remote;
mod replay;
mod repo;
mod rewritten;
mod seen;
mod shallow;
mod sides;
mod sign;
mod stale_locks;
mod trees;
mod trust;
mod url;
mod whole_file;
mod write;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use advance::Surveyed;
pub(crate) use auth::Identity;
pub(crate) use changes::{ChangedFile, ToldCommit};
pub(crate) use clone::{clear_killed_clones, clone_into};
pub(crate) use compare::Differing;
pub(crate) use durable::sync_dir;
pub(crate) use handle::{Handle, Shelf, identity};
pub(crate) use housekeeping::Housekeeping;
#[cfg(test)]
pub(crate) use integrate::Move;
pub(crate) use integrate::{BothChanged, HeldFile, Integration, Joining, Wish};
pub(crate) use lock::RepoLock;
pub(crate) use merge::Settled;
pub(crate) use network::{Access, Transferred, Watch};
pub(crate) use push::PushReply;
pub(crate) use read::blob_id;
pub(crate) use refs::Head;
pub(crate) use remote::{inspect, may_push};
pub(crate) use repo::Repo;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use trust::{Known, known_by};
pub(crate) use trust::{Trust, count_certificates};
pub(crate) use url::{display_name, is_local, parse_remote_url, without_credentials};
pub(crate) use write::is_staged;
