//! Every command of the window: each one translates a call to the engine, and decides nothing.

pub(crate) mod accounts;
pub(crate) mod changes;
pub(crate) mod desktop;
pub(crate) mod fabrics;
pub(crate) mod files;
pub(crate) mod github;
pub(crate) mod inbox;
pub(crate) mod manners;
pub(crate) mod proposals;
pub(crate) mod resources;
pub(crate) mod setup;
pub(crate) mod topology;
pub(crate) mod two_way;

use fgd_engine::ErrorReport;

/// What a command answers; the window shows the error as it is.
pub(crate) type CommandResult<T> = Result<T, ErrorReport>;
