//! The list of fabrics and the dashboard.

use fgd_engine::{
    Account, Engine, FabricId, FabricView, Operation, OperationId, OperationKind, SignIn, Trigger,
};
use tauri::State;

use super::CommandResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_fabrics(engine: State<'_, Engine>) -> CommandResult<Vec<FabricView>> {
    Ok(engine.fabrics().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn operations(
    engine: State<'_, Engine>,
    fabric: FabricId,
    limit: u32,
) -> CommandResult<Vec<Operation>> {
    Ok(engine.operations(fabric, limit).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sync(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<Operation> {
    Ok(engine.run(fabric, OperationKind::Sync, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pull(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<Operation> {
    Ok(engine.run(fabric, OperationKind::Pull, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn push(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<Operation> {
    Ok(engine.run(fabric, OperationKind::Push, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel(engine: State<'_, Engine>, operation: OperationId) -> CommandResult<()> {
    engine.cancel(&operation);
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_auto_sync(
    engine: State<'_, Engine>,
    fabric: FabricId,
    on: bool,
) -> CommandResult<FabricView> {
    Ok(engine.set_auto_sync(fabric, on).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(
    engine: State<'_, Engine>,
    fabric: FabricId,
    sign_in: SignIn,
) -> CommandResult<Account> {
    Ok(engine.sign_in(fabric, sign_in).await?)
}
