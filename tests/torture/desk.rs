//! A clone with work waiting from three sides, that can be put back to that moment as often as one likes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::shim::{Report, Trouble};
use crate::support::lab::{Answer, fgd_command};
use crate::support::repositories::{BRANCH, Checkout, FABRIC, Remote};
use crate::support::run;

/// Objects in the drop: enough that they are written as one pack; what is merged and edited is loose.
const DROPPED: usize = 17;

/// The drop waits in the inbox, a colleague's work on the remote, and an edit by hand in the work tree.
pub(super) struct Desk {
    folder: TempDir,
    /// The tree to which an undisturbed sync leads.
    wanted: String,
    /// How many commits the remote has at most when all is done.
    most_commits: usize,
}

/// What a run under trouble came to.
pub(super) struct Run {
    pub(super) answer: Option<Answer>,
    pub(super) report: Report,
}

impl Desk {
    pub(super) fn new() -> Self {
        let (mut desk, remote) = Self::begun();
        let machine = desk.folder.path().join("machine");
        let (clone, teammate) = (desk.clone(), desk.teammate());
        teammate.write(&format!("{FABRIC}/managed/servers/old-1.yaml"), &object("old-1", "a colleague's"));
        teammate.write(&format!("{FABRIC}/notes.md"), "A colleague's notes.\n");
        teammate.git(&["rm", "--quiet", &format!("{FABRIC}/managed/servers/old-2.yaml")]);
        teammate.commit_and_push("A colleague's work");
        fs::remove_dir_all(&teammate.path).expect("a clone");

        let drop: String = (0..DROPPED).map(|n| object(&format!("new-{n}"), "dropped")).collect();
        clone.drop_raw("drop.yaml", &format!("{drop}{}", object("old-0", "dropped too")));
        let file = format!("{FABRIC}/managed/servers/old-3.yaml");
        clone.write(&file, &clone.text("managed/servers/old-3.yaml").replace("first", "by hand"));
        copy(&machine, &desk.folder.path().join("before"));

        assert_eq!(desk.fgd("sync").code, 0);
        desk.assert_done("undisturbed");
        desk.wanted = remote.tree();
        desk.most_commits = remote.commits() + 1;
        desk
    }

    /// A desk on which something else waits.
    pub(super) fn prepared(prepare: impl FnOnce(&Self)) -> Self {
        let (desk, _) = Self::begun();
        prepare(&desk);
        copy(&desk.folder.path().join("machine"), &desk.folder.path().join("before"));
        desk
    }

    /// A fabric with four objects, in step with its remote.
    fn begun() -> (Self, Remote) {
        let folder = tempfile::tempdir().expect("a directory");
        let machine = folder.path().join("machine");
        fs::create_dir(&machine).expect("a directory");
        let remote = Remote::begun(&machine);
        for setting in [["gc.auto", "0"], ["receive.autogc", "false"]] {
            remote.git(&["config", setting[0], setting[1]]);
        }
        let clone = Checkout::of(&remote.location(), &machine.join("clone"));
        let desk = Self { folder, wanted: String::new(), most_commits: 0 };
        assert_eq!(desk.fgd("init").code, 0);
        clone.drop_raw(
            "first.yaml",
            &(0..4).map(|n| object(&format!("old-{n}"), "first")).collect::<String>(),
        );
        assert_eq!(desk.fgd("sync").code, 0);
        (desk, remote)
    }

    /// A colleague's clone of the remote as it is now.
    pub(super) fn teammate(&self) -> Checkout {
        let machine = self.folder.path().join("machine");
        Checkout::of(&machine.join("fabric.git").display().to_string(), &machine.join("teammate"))
    }

    /// Puts everything back to the moment before the sync.
    pub(super) fn reset(&self) {
        let machine = self.folder.path().join("machine");
        fs::remove_dir_all(&machine).expect("the machine");
        copy(&self.folder.path().join("before"), &machine);
    }

    /// Where the shim notes what it did, on the same file system.
    fn notes(&self) -> PathBuf {
        self.folder.path().join("notes")
    }

    pub(super) fn clone(&self) -> Checkout {
        Checkout::at(&self.folder.path().join("machine/clone"))
    }

    pub(super) fn remote(&self) -> Checkout {
        Checkout::at(&self.folder.path().join("machine/fabric.git"))
    }

    /// The app's data directory.
    pub(super) fn home(&self) -> PathBuf {
        self.folder.path().join("machine/home")
    }

    pub(super) fn command(&self, word: &str) -> Command {
        let clone = self.clone();
        let mut command = fgd_command(&self.home(), &clone.path);
        command.arg(word).arg(clone.fabric()).arg("--json");
        command
    }

    /// An undisturbed run.
    pub(super) fn fgd(&self, word: &str) -> Answer {
        Answer::of(run(&mut self.command(word)))
    }

    /// The same with more words after the fabric's directory.
    pub(super) fn fgd_with(&self, word: &str, more: &[&str]) -> Answer {
        Answer::of(run(self.command(word).args(more)))
    }

    /// A sync in trouble.
    pub(super) fn sync_in(&self, trouble: &Trouble) -> Run {
        self.run_in("sync", &[], trouble)
    }

    /// A run in trouble.
    pub(super) fn run_in(&self, word: &str, more: &[&str], trouble: &Trouble) -> Run {
        let mut command = self.command(word);
        command.args(more);
        self.run_of(&mut command, trouble)
    }

    /// A process in trouble.
    pub(super) fn run_of(&self, command: &mut Command, trouble: &Trouble) -> Run {
        let notes = self.notes();
        fs::create_dir_all(&notes).expect("a folder");
        trouble.befall(command, &notes);
        let ended = run(command);
        let report = Report::read(&notes);
        let answer = (report.cut.is_none()).then(|| Answer::of(ended));
        Run { answer, report }
    }

    /// Each document and each edit is somewhere: in the inbox, in the work tree, or in a commit.
    #[track_caller]
    pub(super) fn assert_nothing_lost(&self, what: &str) {
        let clone = self.clone();
        let waits = clone.fabric().join("raw/drop.yaml").exists();
        let mut pieces = vec![("old-3".to_owned(), "by hand")];
        if waits {
            let drop = clone.text("raw/drop.yaml");
            assert_eq!(drop.matches("kind: Server").count(), DROPPED + 1, "{what}: the drop is not whole");
        } else {
            pieces.extend((0..DROPPED).map(|n| (format!("new-{n}"), "dropped")));
            pieces.push(("old-0".to_owned(), "dropped too"));
        }
        for (name, says) in pieces {
            let file = format!("managed/servers/{name}.yaml");
            let on_disk = fs::read_to_string(clone.fabric().join(&file)).unwrap_or_default();
            // The work tree is what counts; where that is damaged, the branch must have it.
            let is_there = on_disk.contains(says)
                || clone.git(&["show", &format!("HEAD:{FABRIC}/{file}")]).contains(says);
            assert!(is_there, "{what}: {name} is lost");
        }
    }

    /// The next sync, with nobody's help, ends where an undisturbed one would have; one more does nothing.
    #[track_caller]
    pub(super) fn assert_recovers(&self, what: &str) {
        let mended = self.fgd("sync");
        assert_eq!(mended.code, 0, "{what}: {mended:?}");
        self.assert_done(what);
        assert_eq!(self.clone().tree(), self.wanted, "{what}: another tree");
        let commits = self.commits();
        assert!(commits <= self.most_commits, "{what}: {commits} commits");
        let again = self.fgd("sync");
        assert_eq!(again.code, 0, "{what}: {again:?}");
        assert_eq!(self.commits(), commits, "{what}: a commit for nothing");
        self.assert_done(what);
    }

    fn commits(&self) -> usize {
        self.remote().git(&["rev-list", "--count", BRANCH]).parse().expect("a count")
    }

    #[track_caller]
    pub(super) fn assert_done(&self, what: &str) {
        let clone = self.clone();
        self.assert_in_step(&clone, what);
        assert_eq!(clone.waiting(), Vec::<String>::new(), "{what}");
    }

    /// A clone is sound, holds nothing half done, and is where the remote is.
    #[track_caller]
    pub(super) fn assert_in_step(&self, clone: &Checkout, what: &str) {
        let remote = self.remote();
        let fsck = run(without(Command::new("git").arg("-C").arg(&clone.path).args(["fsck", "--strict"])));
        assert_eq!(fsck.code, 0, "{what}: {} {}", fsck.stdout, fsck.stderr);
        let said: Vec<&str> = fsck.stderr.lines().filter(|line| !line.starts_with("notice:")).collect();
        assert!(said.is_empty(), "{what}: {said:?}");
        assert_eq!(clone.status(), "", "{what}");
        assert_eq!(clone.tip(), remote.git(&["rev-parse", BRANCH]), "{what}");
        assert_eq!(clone.leftovers(), Vec::<PathBuf>::new(), "{what}");
        assert_eq!(unfinished_packs(&clone.path), Vec::<String>::new(), "{what}");
    }
}

fn without(command: &mut Command) -> &mut Command {
    crate::support::repositories::without_configuration(command);
    command
}

/// What a writer of packs that did not come to its end leaves in Git's store.
fn unfinished_packs(clone: &Path) -> Vec<String> {
    let entries = fs::read_dir(clone.join(".git/objects/pack")).expect("the packs");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with("tmp_") || name.starts_with("pack_")).collect()
}

pub(super) fn object(name: &str, says: &str) -> String {
    format!(
        "---\napiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: {name}\nspec:\n  description: {says}\n"
    )
}

fn copy(from: &Path, to: &Path) {
    let ended = run(Command::new("cp").arg("-a").arg(from).arg(to));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}
