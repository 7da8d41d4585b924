//! Git's store is kept small between runs, when nobody waits.

use std::time::Instant;

use crate::error::{Error, Result};
use crate::git::Housekeeping;
use crate::id::FabricId;

use super::Inner;

impl Inner {
    /// Joins small packs of the fabric's clone where they have become many, unless somebody is at work there. It
    /// stops as soon as `go_on` says so; what comes of it is no part of any run.
    pub(super) fn keep_house(&self, fabric: &FabricId, go_on: &dyn Fn() -> bool) {
        let began = Instant::now();
        match self.try_to_keep_house(fabric, go_on) {
            Ok(Housekeeping::Nothing) => {}
            Ok(Housekeeping::PutOff) => tracing::debug!("housekeeping is put off: somebody waits"),
            Ok(Housekeeping::Joined { packs, loose }) => {
                tracing::info!(packs, loose, took = ?began.elapsed(), "joined into one pack");
            }
            Err(error) => tracing::warn!(%error, "Git's store could not be kept small"),
        }
    }

    fn try_to_keep_house(&self, fabric: &FabricId, go_on: &dyn Fn() -> bool) -> Result<Housekeeping> {
        let fabric = self.store.fabric(fabric)?;
        let Ok(repo) = self.open_repo(&fabric) else { return Ok(Housekeeping::Nothing) };
        if !repo.housekeeping_is_due() {
            return Ok(Housekeeping::Nothing);
        }
        match repo.lock() {
            Ok(_lock) => repo.keep_house(go_on),
            Err(Error::RepositoryLocked { .. }) => Ok(Housekeeping::PutOff),
            Err(error) => Err(error),
        }
    }
}
