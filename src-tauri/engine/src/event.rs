//! What the engine says while it works. It speaks outward through one function.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::FabricId;
use crate::operation::{Operation, Progress};
use crate::view::FabricView;

/// Something happened. Each event carries the whole of what it is about, so a lost one does no harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "type", content = "data", rename_all = "camelCase")]
pub enum Event {
    /// A run began or got further. At most some twenty a second for each run.
    Progress(Progress),
    /// A run ended and is in the operation log.
    Finished(Box<Operation>),
    /// What is true of a fabric has changed.
    Fabric(Box<FabricView>),
    /// A fabric was taken from the list.
    Removed(FabricId),
}

/// Where events go. Called from any thread; it must not block.
pub type Emit = Arc<dyn Fn(Event) + Send + Sync>;
