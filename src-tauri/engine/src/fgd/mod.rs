//! The Fabric GitOps Directory: where things are in it, what waits, what must change, and what is
//! written where. Reads the disk; everything that decides is pure; nothing here writes.

mod archive_log;
mod compose;
mod fabric_file;
mod files;
mod inbox;
mod layout;
mod managed;
mod onboard;
mod plan;
mod repair;
mod walk;

pub(crate) use archive_log::{ArchiveLog, beside, is_archived};

pub(crate) use fabric_file::FabricFile;
pub use fabric_file::{ArchiveStrategy, FabricRules, ValidationPolicy};
pub(crate) use files::check_files;
pub(crate) use inbox::{Inbox, Look, Reading, SourceFile};
pub(crate) use layout::{Layout, numbered};
pub(crate) use managed::{ManagedIndex, ManagedObject, only_object};
pub(crate) use onboard::missing_structure;
pub(crate) use plan::{Given, Outcome, Plan};
pub(crate) use repair::{Repair, Standing, repairs};
pub(crate) use walk::{FileEntry, LARGEST, read_plain, structure_files, unreadable, yaml_files};
