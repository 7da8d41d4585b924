//! The commands and types that the ui sees. `ui/src/bindings.ts` is generated from here.

use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::commands::{
    accounts, changes, desktop, fabrics, files, github, inbox, manners, proposals, resources, setup,
    topology, two_way,
};
use crate::drops::FilesDragged;
use crate::requests::Asked;

/// Every command and event.
pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .error_handling(ErrorHandlingMode::Throw)
        .disable_serde_phases()
        .commands(collect_commands![
            fabrics::list_fabrics,
            fabrics::operations,
            fabrics::sync,
            fabrics::pull,
            fabrics::push,
            fabrics::cancel,
            fabrics::set_auto_sync,
            fabrics::sign_in,
            inbox::inbox_text,
            inbox::preview,
            inbox::findings,
            inbox::discard,
            inbox::move_to_unmanaged,
            inbox::check_structure,
            inbox::repair_structure,
            two_way::conflicts,
            two_way::conflict,
            two_way::resolve,
            two_way::object_text,
            two_way::edit,
            two_way::last_undoable,
            two_way::undo,
            two_way::history,
            two_way::compare,
            two_way::restore,
            two_way::settings,
            two_way::set_settings,
            two_way::rules,
            two_way::set_rules,
            two_way::sync_all,
            two_way::pull_all,
            two_way::push_all,
            accounts::accounts,
            accounts::add_account,
            accounts::remove_account,
            accounts::test_connection,
            accounts::trust_host_key,
            accounts::secret_store,
            accounts::unlock_secrets,
            accounts::network_settings,
            accounts::set_network_settings,
            accounts::author_settings,
            accounts::set_author_settings,
            github::begin_github_sign_in,
            github::finish_github_sign_in,
            github::cancel_github_sign_in,
            github::github_account,
            github::github_repositories,
            github::create_github_repository,
            github::webhook,
            github::register_webhook,
            github::remove_webhook,
            github::listener,
            github::set_listener,
            proposals::propose,
            proposals::branch_rules,
            proposals::github_budget,
            inbox::take_dropped,
            inbox::deliver_text,
            inbox::preview_text,
            inbox::mend_file,
            setup::inspect_source,
            setup::add_fabric,
            setup::remove_fabric,
            setup::pick_folder,
            setup::pick_file,
            desktop::open_inbox,
            desktop::open_file,
            desktop::open_page,
            desktop::app_ready,
            resources::resources,
            resources::resource,
            resources::check_draft,
            resources::schema_of,
            resources::new_object,
            changes::changes,
            changes::commit_changes,
            files::save_file,
            topology::topology,
            manners::take_requests,
            manners::next_events,
            manners::window_settings,
            manners::set_window_settings,
            manners::starts_at_login,
            manners::set_starts_at_login,
            manners::about,
            manners::log_text,
            manners::support_report,
            manners::newer_version,
            manners::install_newer_version,
        ])
        .events(collect_events![FilesDragged, Asked])
}

#[cfg(test)]
mod tests {
    use specta_typescript::Typescript;

    fn typescript() -> String {
        let directory = tempfile::tempdir().expect("directory");
        let path = directory.path().join("bindings.ts");
        super::builder().export(Typescript::default(), &path).expect("bindings");
        std::fs::read_to_string(path).expect("bindings")
    }

    /// `FGD_WRITE_BINDINGS=1 cargo test bindings` writes the file anew.
    #[test]
    fn the_uis_bindings_are_those_of_the_commands() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/bindings.ts");
        let fresh = typescript();
        if std::env::var_os("FGD_WRITE_BINDINGS").is_some() {
            std::fs::write(path, &fresh).expect("written");
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == fresh, "ui/src/bindings.ts is stale: run `make bindings`");
    }
}
