//! Many desktops on one branch: nothing is lost, nothing is forced, and all end with the same tree.
//!
//! The short form runs with the others; `FGD_LONG=1` makes it eight writers with 25 edits each.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::git_server::GitServer;
use crate::support::lab::{Answer, fgd_command};
use crate::support::repositories::{BRANCH, Checkout, FABRIC, Remote};
use crate::support::run;

fn is_long() -> bool {
    std::env::var_os("FGD_LONG").is_some()
}

/// A branch behind a server, and clones of it.
struct Field {
    folder: TempDir,
    remote: Remote,
    server: GitServer,
}

/// A desktop: a clone, and a data directory.
struct Desk {
    clone: Checkout,
    home: PathBuf,
}

impl Field {
    /// A fabric that is set up on the remote, which takes no force and writes a log of its branch.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let remote = Remote::begun(folder.path());
        let bare = Checkout::at(Path::new(&remote.location()));
        bare.git(&["config", "http.receivepack", "true"]);
        bare.git(&["config", "receive.denyNonFastForwards", "true"]);
        bare.git(&["config", "core.logAllRefUpdates", "always"]);
        let server = GitServer::start(folder.path(), None);
        let field = Self { folder, remote, server };
        let first = field.desk("first");
        assert_eq!(first.fgd("init").code, 0);
        assert_eq!(first.fgd("push").code, 0);
        field
    }

    fn desk(&self, name: &str) -> Desk {
        let clone = Checkout::of(&self.server.url("fabric.git"), &self.folder.path().join(name));
        clone.git(&["config", "user.name", name]);
        Desk { clone, home: self.folder.path().join(format!("{name}-home")) }
    }

    /// Every move of the remote's branch was one forward.
    fn assert_never_forced(&self) {
        let bare = Checkout::at(Path::new(&self.remote.location()));
        let moves = bare.git(&["reflog", "show", "--format=%H", BRANCH]);
        let moves: Vec<&str> = moves.lines().collect();
        for pair in moves.windows(2) {
            bare.git(&["merge-base", "--is-ancestor", pair[1], pair[0]]);
        }
        bare.git(&["fsck", "--strict"]);
    }
}

impl Desk {
    fn fgd(&self, command: &str) -> Answer {
        let mut process = fgd_command(&self.home, &self.clone.path);
        Answer::of(run(process.arg(command).arg(self.clone.fabric()).args(["--json", "--quiet"])))
    }

    /// Syncs until it is done, as the app does when it was overtaken; how often that took.
    fn sync_until_done(&self) -> u32 {
        for attempt in 1..=30 {
            let answer = self.fgd("sync");
            if answer.code == 0 {
                return attempt;
            }
            let error = answer.json["error"]["code"].as_str().unwrap_or_default();
            assert!(error == "PushOvertaken" || error == "RemoteUnreachable", "{answer:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("not done after 30 tries");
    }
}

fn server_object(writer: usize, edit: usize) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: w{writer}-e{edit}\nspec:\n  description: edit {edit}\n"
    )
}

#[test]
fn writers_on_one_branch_lose_nothing() {
    let (writers, edits) = if is_long() { (8, 25) } else { (3, 5) };
    let field = Field::new();
    let desks: Vec<Desk> = (0..writers).map(|writer| field.desk(&format!("writer-{writer}"))).collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (writer, desk) in desks.iter().enumerate() {
            scope.spawn(move || {
                for edit in 0..edits {
                    // Half of them dropped, half of them written where they go.
                    if edit % 2 == 0 {
                        desk.clone.drop_raw(&format!("e{edit}.yaml"), &server_object(writer, edit));
                    } else {
                        let file = format!("{FABRIC}/managed/servers/w{writer}-e{edit}.yaml");
                        desk.clone.write(&file, &server_object(writer, edit));
                    }
                    desk.sync_until_done();
                }
            });
        }
    });
    let took = begun.elapsed();
    for desk in &desks {
        desk.sync_until_done();
    }
    for desk in &desks {
        desk.sync_until_done();
        assert_eq!((desk.clone.tree(), desk.clone.status()), (field.remote.tree(), String::new()));
    }
    let arrived: HashSet<String> = field.remote.yaml("managed/servers").into_iter().collect();
    let wanted: HashSet<String> = (0..writers)
        .flat_map(|writer| (0..edits).map(move |edit| format!("w{writer}-e{edit}.yaml")))
        .collect();
    assert_eq!(arrived, wanted);
    // Each edit is in history once in effect.
    let added = desks[0].clone.git(&[
        "log",
        "--no-merges",
        "--diff-filter=A",
        "--name-only",
        "--format=",
        "--",
        &format!("{FABRIC}/managed/servers/*.yaml"),
    ]);
    assert_eq!(added.lines().count(), writers * edits, "{added}");
    field.assert_never_forced();

    // Beside it, in the same run: what people script.
    let field = Field::new();
    let clones: Vec<Desk> = (0..writers).map(|writer| field.desk(&format!("script-{writer}"))).collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (writer, desk) in clones.iter().enumerate() {
            scope.spawn(move || {
                for edit in 0..edits {
                    let file = format!("{FABRIC}/managed/servers/w{writer}-e{edit}.yaml");
                    desk.clone.write(&file, &server_object(writer, edit));
                    desk.clone.commit("edit");
                    let loops = "until git pull -q --rebase && git push -q origin HEAD:main; do :; done";
                    let mut shell = std::process::Command::new("sh");
                    crate::support::repositories::without_configuration(&mut shell);
                    let ended = run(shell.args(["-c", loops]).current_dir(&desk.clone.path));
                    assert_eq!(ended.code, 0, "{}", ended.stderr);
                }
            });
        }
    });
    let scripted = begun.elapsed();
    eprintln!(
        "{writers} writers, {edits} edits each: fgd {took:.1?}, git pull --rebase && git push {scripted:.1?} ({:.2} times)",
        scripted.as_secs_f64() / took.as_secs_f64()
    );
}

#[test]
fn two_desktops_that_take_the_same_drop_end_alike() {
    let field = Field::new();
    let desks = [field.desk("one"), field.desk("two")];
    for round in 0..if is_long() { 20 } else { 4 } {
        let text: String = (0..5).map(|n| format!("---\n{}", server_object(round, n))).collect();
        for desk in &desks {
            desk.clone.drop_raw("same.yaml", &text);
        }
        std::thread::scope(|scope| {
            for desk in &desks {
                scope.spawn(|| desk.sync_until_done());
            }
        });
        for desk in &desks {
            desk.sync_until_done();
        }
        for desk in &desks {
            desk.sync_until_done();
            assert_eq!(desk.clone.tree(), field.remote.tree());
            assert_eq!((desk.clone.status(), desk.clone.waiting()), (String::new(), Vec::<String>::new()));
        }
        let log = desks[0].clone.git(&[
            "log",
            "-m",
            "--first-parent",
            "--name-status",
            "--format=",
            "--",
            &format!("{FABRIC}/managed"),
        ]);
        let added =
            log.lines().filter(|line| line.starts_with('A') && line.contains(&format!("/w{round}-e")));
        assert_eq!(added.count(), 5, "once in effect:\n{log}");
    }
    field.assert_never_forced();
}
