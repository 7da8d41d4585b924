//! What goes otherwise than planned, in the real window: somebody else was faster, the network is gone.

use std::path::PathBuf;
use std::time::Duration;

use thirtyfour::Key;

use crate::support::app::{App, Look, tell};
use crate::support::git_server::GitServer;
use crate::support::repositories::{Checkout, FABRIC, Remote};
use crate::support::sample;

const SWITCH: &str = "managed/switches/leaf-1.yaml";
const TEXT: &str = "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-1\n\
                    spec:\n  role: server-leaf\n  profile: dell-s5248f-on\n  \
                    description: rack A # by hand\n";

/// An operator's desk, with a clone of a repository that others push to as well.
struct Desk {
    home: PathBuf,
    remote: Remote,
    server: GitServer,
    clone: Checkout,
    machine: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let machine = tempfile::tempdir().expect("a directory");
        let host = machine.path().join("host");
        let remote = Remote::begun(&host);
        let server = GitServer::start(&host, None);
        let clone = Checkout::of(&server.url("fabric.git"), &machine.path().join("clone"));
        Self { home: machine.path().join("home"), remote, server, clone, machine }
    }

    /// Opens the app with the fabric in its list, and one switch in the fabric.
    async fn open(&self, look: Look) -> App {
        let app = App::start(&self.home, look).await;
        app.click("Add a fabric").await;
        app.choose("Folder on this machine").await;
        app.fill("Folder", self.clone.path.to_str().expect("a path in UTF-8")).await;
        app.wait_for_text("Found a").await;
        app.fill("Directory", FABRIC).await;
        app.fill("Name", "Lab").await;
        app.click("Add fabric").await;
        app.wait_for_status("inSync").await;
        self.clone.drop_raw("leaf-1.yaml", TEXT);
        app.wait_for_summary("1 object created").await;
        app.wait_for_status("inSync").await;
        app
    }

    fn teammate(&self) -> Checkout {
        Checkout::of(&self.server.url("fabric.git"), &self.machine.path().join("teammate"))
    }

    /// Somebody gives the switch's place in a clone of theirs.
    fn moves_to(at: &Checkout, rack: &str) {
        let text = at.text(SWITCH);
        at.write(&format!("{FABRIC}/{SWITCH}"), &text.replace("rack A", rack));
    }

    /// Waits until the remote's branch has so many commits.
    async fn wait_for_commits(&self, commits: usize) {
        for _ in 0..200 {
            if self.remote.commits() == commits {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the remote has {} commits, not {commits}", self.remote.commits());
    }

    #[track_caller]
    fn assert_in_step(&self) {
        assert_eq!(self.clone.tip(), self.remote.tip());
        assert_eq!(self.clone.tree(), self.remote.tree());
        assert_eq!(self.clone.status(), "");
    }
}

/// Both gave the switch another place. The rest goes on, and the keyboard alone settles it.
#[test]
fn a_conflict_is_settled_by_the_keyboard_alone() {
    tell(async {
        let desk = Desk::new();
        let app = desk.open(Look::Light).await;
        let teammate = desk.teammate();
        Desk::moves_to(&teammate, "rack B");
        teammate.commit_and_push("Move leaf-1 to rack B");
        let theirs = teammate.tip();
        Desk::moves_to(&desk.clone, "rack C");
        app.wait_for_status("conflicted").await;
        app.screenshots("20-conflicted").await;
        // Other objects are taken in; only the push waits.
        desk.clone.drop_raw("leaf-2.yaml", &TEXT.replace("leaf-1", "leaf-2"));
        app.wait_for_summary("1 object created").await;
        app.wait_for_status("conflicted").await;
        assert_eq!(desk.remote.tip(), theirs, "nothing was pushed over it");

        app.tab_to("Settle conflicts").await;
        app.type_keys(Key::Enter).await;
        app.wait_for_text("0 of 1 conflict decided").await;
        app.screenshots("21-conflict").await;
        // From what was there before, past ours, to theirs.
        app.type_keys(Key::Down).await;
        app.type_keys(Key::Down).await;
        app.wait_for_text("1 of 1 conflict decided").await;
        app.screenshots("22-conflict-decided").await;
        app.tab_to("Finish").await;
        app.type_keys(Key::Enter).await;
        app.wait_for_status("inSync").await;
        app.screenshots("23-settled").await;
        desk.assert_in_step();
        let text = desk.remote.text(SWITCH);
        assert!(text.contains("description: rack B # by hand"), "{text}");
        assert!(desk.remote.text("managed/switches/leaf-2.yaml").contains("leaf-2"));
        let known = desk.remote.git(&["log", "--format=%H", "main"]);
        assert!(known.contains(&theirs), "their commit is in the history:\n{known}");
        app.close().await;
    });
}

/// The plug is pulled: work goes on here, and what was done goes out when the remote is back.
#[test]
fn offline_work_goes_out_when_the_remote_is_back() {
    tell(async {
        let mut desk = Desk::new();
        let app = desk.open(Look::Dark).await;
        desk.server.stop();
        let before = desk.remote.tip();
        desk.clone.drop_raw("leaf-2.yaml", &TEXT.replace("leaf-1", "leaf-2"));
        app.wait_for_status("offline").await;
        app.screenshots("24-offline").await;
        assert!(desk.clone.text("managed/switches/leaf-2.yaml").contains("leaf-2"), "taken in and committed");
        assert_eq!(desk.clone.status(), "");
        assert_eq!(desk.remote.tip(), before);
        desk.server.come_back();
        // By itself: nobody presses anything.
        app.wait_for_status("inSync").await;
        app.screenshots("25-back").await;
        desk.assert_in_step();
        app.close().await;
    });
}

/// An object is opened in the table, changed, compared, saved as one commit, and the commit undone.
#[test]
fn an_object_is_edited_and_the_edit_undone() {
    tell(async {
        let desk = Desk::new();
        let app = desk.open(Look::Light).await;
        let (before, original) = (desk.remote.commits(), desk.remote.text(SWITCH));
        app.type_keys(Key::Control + "3").await;
        app.open_row("leaf-1").await;
        app.wait_for_text("server-leaf").await;
        app.screenshots("30-object").await;
        app.click("Edit").await;
        app.wait_for_editor().await;
        app.type_keys(Key::Control + Key::End).await;
        app.type_keys("# checked").await;
        app.click("Review changes").await;
        app.wait_for_text("This is saved as one commit").await;
        app.screenshots("31-edit-reviewed").await;
        app.click("Save").await;
        app.wait_for_status("inSync").await;
        desk.wait_for_commits(before + 1).await;
        let text = desk.remote.text(SWITCH);
        assert!(text.ends_with("# by hand\n# checked"), "{text}");

        app.type_keys(Key::Control + "4").await;
        app.wait_for_text("lab: edit Switch leaf-1").await;
        app.screenshots("32-changes").await;
        app.click("More for this fabric").await;
        app.click("Undo last change").await;
        app.screenshots("33-undo").await;
        app.click("Undo").await;
        desk.wait_for_commits(before + 2).await;
        app.wait_for_status("inSync").await;
        assert_eq!(desk.remote.text(SWITCH), original);
        desk.assert_in_step();
        app.close().await;
    });
}

/// The theme and the size are the window's own, and are kept over a restart.
#[test]
fn the_window_looks_as_it_was_left() {
    tell(async {
        let desk = Desk::new();
        let app = desk.open(Look::Light).await;
        app.wait_for_dark(false).await;
        app.type_keys(Key::Control + "k").await;
        app.wait_for_text("Keyboard shortcuts").await;
        app.screenshots("34-palette").await;
        app.type_keys("theme dark").await;
        app.type_keys(Key::Enter).await;
        app.wait_for_dark(true).await;
        app.type_keys(Key::Control + "+").await;
        app.type_keys(Key::Control + "+").await;
        // 125 %: as much as is shown of a window of 1280 pixels.
        app.wait_for_width(1024).await;
        app.screenshots("35-dark-and-larger").await;
        app.close().await;

        let app = App::start(&desk.home, Look::Light).await;
        app.wait_for_dark(true).await;
        app.wait_for_width(1024).await;
        app.close().await;
    });
}

/// The fabric as a picture of its wiring.
#[test]
fn a_fabric_is_drawn_from_its_wiring() {
    tell(async {
        let desk = Desk::new();
        let app = desk.open(Look::Light).await;
        desk.clone.drop_raw("lab.yaml", &sample("lab-wiring.yaml"));
        app.wait_for_summary("objects created").await;
        app.wait_for_status("inSync").await;
        app.type_keys(Key::Control + "2").await;
        app.wait_for_text("ESLAG").await;
        app.screenshots("36-topology").await;
        app.click("List").await;
        app.wait_for_text("spine-2").await;
        app.close().await;
    });
}
