//! The rows of the table, one a file: what is done, by whom, and how it is seen that it was done.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fgd_engine::{Engine, FabricId, Operation, OperationKind, Trigger};
use tokio::runtime::Runtime;

use crate::place::Place;
use crate::row::Row;

pub(crate) mod commit;
pub(crate) mod edit;
pub(crate) mod files;
pub(crate) mod idle;
pub(crate) mod load;
pub(crate) mod pull;
pub(crate) mod visible;
pub(crate) mod writers;

/// Where the rows are measured.
pub(crate) struct Setting {
    pub(crate) memory: Place,
    pub(crate) disk: Place,
    pub(crate) runtime: Runtime,
    /// How often everybody runs.
    pub(crate) runs: usize,
    /// How many documents or objects it is about.
    pub(crate) size: usize,
    /// Whether those are measured too who take longer by far than everybody else.
    pub(crate) all: bool,
    /// How many fabrics are idle.
    pub(crate) fabrics: usize,
}

/// A name, and what measures the rows of that name.
pub(crate) type Measure = (&'static str, fn(&Setting) -> Vec<Row>);

/// All rows, in their order.
pub(crate) const ROWS: [Measure; 9] = [
    ("files", files::rows),
    ("commit", commit::in_memory),
    ("durable", commit::durable),
    ("edit", edit::rows),
    ("visible", visible::rows),
    ("load", load::rows),
    ("idle", idle::rows),
    ("pull", pull::rows),
    ("writers", writers::rows),
];

/// Those that grow with how many objects there are.
pub(crate) const GROWING: [&str; 7] = ["files", "commit", "durable", "edit", "load", "idle", "pull"];

/// Until what is set off by itself when a fabric is looked after is over.
const SETTLES: Duration = Duration::from_secs(2);

/// The engine as the window and `fgd serve` have it: open, with a fabric.
pub(crate) struct Open {
    pub(crate) engine: Engine,
    pub(crate) id: FabricId,
}

impl Open {
    /// Opens the engine over a data directory, and the fabric in a directory.
    pub(crate) fn at(runtime: &Runtime, data: &Path, fabric: &Path) -> Self {
        let _inside = runtime.enter();
        let engine = Engine::open(data, Arc::new(|_| {})).expect("engine");
        let id = runtime.block_on(engine.fabric_at(fabric.to_path_buf())).expect("fabric");
        Self { engine, id }
    }

    /// The same, and the fabric is looked after as in the window: watched, after a first look at everything.
    pub(crate) fn attended(runtime: &Runtime, data: &Path, fabric: &Path) -> Self {
        let open = Self::at(runtime, data, fabric);
        let inside = runtime.enter();
        open.engine.look_after(&open.id);
        drop(inside);
        std::thread::sleep(SETTLES);
        runtime.block_on(open.run(OperationKind::Ingest));
        open
    }

    /// The same, and it is paused: what somebody does in the clone is seen, and only a click makes it a run.
    pub(crate) fn paused(runtime: &Runtime, data: &Path, fabric: &Path) -> Self {
        let open = Self::attended(runtime, data, fabric);
        runtime.block_on(open.engine.set_auto_sync(open.id.clone(), false)).expect("paused");
        open
    }

    /// Runs an operation, as a click on its button does.
    pub(crate) async fn run(&self, kind: OperationKind) -> Operation {
        self.engine.run(self.id.clone(), kind, Trigger::Click).await.expect("a run")
    }
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: usize) -> String {
    match number {
        small if small < 1_000 => small.to_string(),
        large => format!("{},{:03}", grouped(large / 1_000), large % 1_000),
    }
}
