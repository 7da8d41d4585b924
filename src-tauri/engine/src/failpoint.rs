//! Where a process can be ended on purpose, so that tests see what becomes of it. Releases hold none of it.
//!
//! Each step that changes the disk, the database, Git or a remote passes a [`Point`]. With the feature
//! `failpoints`, the environment says what happens there: `FAILPOINTS='write/placed=2*off->return(kill)'` ends
//! the process at the third file that is put in place, as `kill -9` would. Other words than `kill`: `error`, and
//! the step fails as on a full disk; `note`, and it is only told on stderr.

#[cfg(feature = "failpoints")]
use std::io::ErrorKind;

#[cfg(feature = "failpoints")]
use crate::error::Error;
use crate::error::Result;

macro_rules! points {
    ($($(#[$doc:meta])+ $point:ident = $name:literal,)+) => {
        /// A step that was just done.
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(feature = "failpoints", derive(Debug, Hash))]
        pub enum Point {
            $($(#[$doc])+ $point,)+
        }

        #[cfg(feature = "failpoints")]
        impl Point {
            /// Every point there is.
            pub const ALL: &[Self] = &[$(Self::$point),+];

            /// Its name in `FAILPOINTS`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$point => $name,)+
                }
            }
        }
    };
}

points! {
    /// The intent record is written beside its place.
    IntentStaged = "intent/staged",
    /// It has its name, and the directory is not synced yet.
    IntentPlaced = "intent/placed",
    /// It is gone again, and the directory is not synced yet.
    IntentRemoved = "intent/removed",
    /// The record stands; no file was touched.
    AdvanceRecorded = "advance/recorded",
    /// The files are as they shall be; the branch is where it was.
    AdvanceWritten = "advance/written",
    /// The branch has moved; the user's index has not.
    AdvanceMoved = "advance/moved",
    /// The index is up to date; the record still stands.
    AdvanceIndexed = "advance/indexed",
    /// A directory was made for new files.
    WriteDirectory = "write/directory",
    /// One file is written beside its place.
    WriteStaged = "write/staged",
    /// All files are written beside their places, and synced.
    WriteSynced = "write/synced",
    /// One file is in its place.
    WritePlaced = "write/placed",
    /// One file is deleted.
    WriteDeleted = "write/deleted",
    /// All is in its place, the directories are synced, and those that were emptied are still there.
    WriteDirectoriesSynced = "write/directories-synced",
    /// An emptied directory is removed.
    WriteDirectoryRemoved = "write/directory-removed",
    /// A file's bytes are in Git's store, or in memory for the pack.
    ObjectsBlob = "objects/blob",
    /// The tree of a commit is there, and the commit is not.
    CommitTree = "commit/tree",
    /// The commit is there, or in memory for the pack.
    CommitWritten = "commit/written",
    /// The pack and its index are written beside their places.
    ObjectsPacked = "objects/packed",
    /// One of the two is in its place.
    ObjectsMoved = "objects/moved",
    /// Both are, and the directory is synced.
    ObjectsSynced = "objects/synced",
    /// All of a run's objects are safe, and nothing else was touched.
    FlowCommitted = "flow/committed",
    /// The new index is in memory.
    IndexChanged = "index/changed",
    /// The new index is on disk.
    IndexWritten = "index/written",
    /// A locked index was left as it is, and that is noted.
    IndexOwed = "index/owed",
    /// What was owed is done, and the note still stands.
    IndexCaughtUp = "index/caught-up",
    /// A lock that a killed Git left behind is removed.
    LocksHealed = "locks/healed",
    /// A recovery removed one file that a killed run had written beside its place.
    RecoverSwept = "recover/swept",
    /// A recovery has put all files in their places.
    RecoverWritten = "recover/written",
    /// A recovery has moved the branch.
    RecoverMoved = "recover/moved",
    /// A recovery has brought the index up to date.
    RecoverIndexed = "recover/indexed",
    /// A recovery found that the user went on by hand; the record still stands.
    RecoverLetGo = "recover/let-go",
    /// The remote has said what it has.
    FetchAsked = "fetch/asked",
    /// What it has more is here. libgit2 may have removed the note of where a shallow history ends.
    FetchDownloaded = "fetch/downloaded",
    /// That note is there again, and its copy too.
    FetchShallow = "fetch/shallow",
    /// The packs that came are synced.
    FetchSynced = "fetch/synced",
    /// A rewritten history is noted; the remote's branch is still noted where it was.
    FetchRewritten = "fetch/rewritten",
    /// The remote's branch is noted where it is.
    FetchNoted = "fetch/noted",
    /// The branch is gone there, and that is noted; where it was still is too.
    FetchGone = "fetch/gone",
    /// Where it was is forgotten.
    FetchForgotten = "fetch/forgotten",
    /// The merge is made, and on no branch.
    IntegrateJoined = "integrate/joined",
    /// A part of the remote's work is taken over in a commit that is on no branch.
    IntegrateHeld = "integrate/held",
    /// Our head from before the rewritten history is kept.
    IntegrateBackedUp = "integrate/backed-up",
    /// Our work stands on the rewritten history; that it was rewritten is still noted.
    IntegrateReplayed = "integrate/replayed",
    /// That note is gone.
    IntegrateForgotten = "integrate/forgotten",
    /// The remote has answered; nothing was sent.
    PushAsked = "push/asked",
    /// The objects are in a repository on this machine, under a ref of their own.
    PushIncoming = "push/incoming",
    /// Its branch has moved; that ref is still there.
    PushMoved = "push/moved",
    /// The remote has accepted; nothing is noted here.
    PushAccepted = "push/accepted",
    /// Where the remote is now is noted.
    PushNoted = "push/noted",
    /// What is taken out of the inbox is kept under a ref of ours.
    DiscardKept = "discard/kept",
    /// A new clone has its repository and nothing in it.
    CloneBegun = "clone/begun",
    /// Its objects are there.
    CloneBrought = "clone/brought",
    /// Its files are there; it still is beside its place.
    ClonePlaced = "clone/placed",
    /// It is in its place.
    CloneRenamed = "clone/renamed",
    /// What is dropped on the window is written into the inbox under a name that nobody reads.
    DeliverStaged = "deliver/staged",
    /// It has its name.
    DeliverPlaced = "deliver/placed",
    /// The database's tables are made, and not committed.
    StoreMade = "store/made",
    /// They are committed.
    StoreCommitted = "store/committed",
    /// A repository is in the database.
    StoreRepository = "store/repository",
    /// A fabric is.
    StoreFabric = "store/fabric",
    /// A fabric is in the list.
    StoreListed = "store/listed",
    /// A run is written down; older ones are not cleared yet.
    StoreOperation = "store/operation",
    /// They are.
    StoreOperationsCleared = "store/operations-cleared",
    /// The time of the last contact is written down.
    StoreContact = "store/contact",
    /// A fabric's settings are written down.
    StoreSettings = "store/settings",
    /// What a person prefers for the whole desktop is written down.
    StoreChosen = "store/chosen",
    /// An account took the place of another, and that is not committed.
    StoreAccount = "store/account",
    /// It is.
    StoreAccountCommitted = "store/account-committed",
    /// An account is gone from the database; its secret went before.
    StoreAccountRemoved = "store/account-removed",
    /// The file of secrets is written beside its place.
    SecretsStaged = "secrets/staged",
    /// It is in its place.
    SecretsPlaced = "secrets/placed",
}

/// Passes a point.
///
/// # Errors
/// Only where a test asks for one.
#[cfg(feature = "failpoints")]
pub(crate) fn pass(point: Point) -> Result<()> {
    fail::fail_point!(point.name(), |word| act(point, word.as_deref()));
    Ok(())
}

#[cfg(feature = "failpoints")]
fn act(point: Point, word: Option<&str>) -> Result<()> {
    match word {
        // No destructor runs, nothing is flushed: to all others it looks like SIGKILL.
        Some("kill") => std::process::abort(),
        Some("note") => {
            eprintln!("passed {}", point.name());
            Ok(())
        }
        _ => Err(Error::io(point.name())(ErrorKind::StorageFull.into())),
    }
}

/// A limit, which a test may lower: `FAILPOINTS='network/most-received=return(4096)'`.
#[cfg(feature = "failpoints")]
pub(crate) fn limit(name: &str, usual: usize) -> usize {
    let lowered = || {
        fail::fail_point!(name, |word| word.and_then(|word| word.parse().ok()));
        None
    };
    lowered().unwrap_or(usual)
}

/// A limit: in a release as it is.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) fn limit(_name: &str, usual: usize) -> usize {
    usual
}

/// Reads from the environment what is to happen at which point, once a process.
#[cfg(feature = "failpoints")]
pub(crate) fn read_environment() {
    static READ: std::sync::Once = std::sync::Once::new();
    // Kept for good: what was read counts until the process ends.
    READ.call_once(|| std::mem::forget(fail::FailScenario::setup()));
}

/// Passes a point: in a release nothing happens there.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) fn pass(_point: Point) -> Result<()> {
    Ok(())
}
