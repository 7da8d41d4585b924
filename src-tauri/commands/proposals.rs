//! Pull requests where a branch takes no direct push.

use fgd_engine::{BranchRulesView, BudgetView, Engine, FabricId, ProposeEnd, Trigger};
use tauri::State;

use super::CommandResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn propose(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<ProposeEnd> {
    Ok(engine.propose(fabric, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn branch_rules(
    engine: State<'_, Engine>,
    fabric: FabricId,
) -> CommandResult<Option<BranchRulesView>> {
    Ok(engine.branch_rules(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn github_budget(
    engine: State<'_, Engine>,
    fabric: FabricId,
) -> CommandResult<Option<BudgetView>> {
    Ok(engine.github_budget(fabric).await?)
}
