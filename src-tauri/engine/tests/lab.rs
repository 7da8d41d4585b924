//! A place to tell stories in: a bare origin, a clone with a fabric, a teammate.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fgd_engine::{Engine, Event, FabricId, FabricView, Operation, OperationKind, Trigger};
use tempfile::TempDir;

/// A switch, as an operator writes it.
pub(crate) fn switch(name: &str, role: &str) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: {name} # rack 1\nspec:\n  role: {role}\n"
    )
}

/// A bare origin, an operator's clone of it, and the engine.
pub(crate) struct Lab {
    pub(crate) engine: Engine,
    pub(crate) origin: PathBuf,
    pub(crate) clone: PathBuf,
    events: Arc<Mutex<Vec<Event>>>,
    home: TempDir,
}

/// Runs git and gives its output; a failure is a defect of the test.
pub(crate) fn git(at: &Path, words: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(at)
        .args(["-c", "user.name=Tess", "-c", "user.email=tess@example.org", "-c", "init.defaultBranch=main"])
        .args(words)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

impl Lab {
    /// A lab whose origin is empty.
    pub(crate) fn new() -> Self {
        Self::of(tempfile::tempdir().expect("directory"))
    }

    fn of(home: TempDir) -> Self {
        let origin = home.path().join("origin.git");
        let clone = home.path().join("clone");
        git(home.path(), &["init", "-q", "--bare", "-b", "main", "origin.git"]);
        git(home.path(), &["init", "-q", "-b", "main", "clone"]);
        git(&clone, &["remote", "add", "origin", origin.to_str().expect("path")]);
        let events = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&events);
        let emit = Arc::new(move |event| told.lock().expect("events").push(event));
        let engine = Engine::open(&home.path().join("data"), emit).expect("engine");
        Self { engine, origin, clone, events, home }
    }

    /// A lab with a fabric in `lab/` that is set up and pushed.
    pub(crate) async fn with_fabric() -> (Self, FabricId) {
        Self::new().set_up().await
    }

    /// The same, with all that it has below this directory.
    pub(crate) async fn with_fabric_in(parent: &Path) -> (Self, FabricId) {
        Self::of(tempfile::tempdir_in(parent).expect("directory")).set_up().await
    }

    async fn set_up(self) -> (Self, FabricId) {
        let lab = self;
        let id = lab.engine.fabric_at(lab.clone.join("lab")).await.expect("fabric");
        lab.run(&id, OperationKind::Onboard).await;
        lab.run(&id, OperationKind::Sync).await;
        (lab, id)
    }

    pub(crate) fn path(&self) -> &Path {
        self.home.path()
    }

    /// Drops a file into the inbox.
    pub(crate) fn drop_raw(&self, name: &str, text: &str) {
        std::fs::write(self.clone.join("lab/raw").join(name), text).expect("dropped");
    }

    pub(crate) async fn run(&self, id: &FabricId, kind: OperationKind) -> Operation {
        self.engine.run(id.clone(), kind, Trigger::Command).await.expect("a run")
    }

    pub(crate) async fn sync(&self, id: &FabricId) -> Operation {
        self.run(id, OperationKind::Sync).await
    }

    pub(crate) async fn view(&self, id: &FabricId) -> FabricView {
        self.engine.fabric(id.clone()).await.expect("a view")
    }

    /// How many commits the origin's branch has.
    pub(crate) fn commits(&self) -> usize {
        git(&self.origin, &["rev-list", "--count", "main"]).parse().expect("a number")
    }

    /// The files of the origin's branch below a path.
    pub(crate) fn files(&self, below: &str) -> Vec<String> {
        let listing = git(&self.origin, &["ls-tree", "-r", "--name-only", "main", "--", below]);
        listing.lines().filter(|line| !line.ends_with(".gitkeep")).map(str::to_owned).collect()
    }

    /// The tree of a branch, here and there: equal when all is pushed.
    pub(crate) fn trees(&self) -> (String, String) {
        (git(&self.clone, &["rev-parse", "main^{tree}"]), git(&self.origin, &["rev-parse", "main^{tree}"]))
    }

    /// A teammate who writes a file and pushes it.
    pub(crate) fn teammate_pushes(&self, file: &str, text: &str) {
        let theirs = self.path().join("theirs");
        if !theirs.exists() {
            git(self.path(), &["clone", "-q", self.origin.to_str().expect("path"), "theirs"]);
        }
        git(&theirs, &["pull", "-q", "--rebase"]);
        let path = theirs.join(file);
        std::fs::create_dir_all(path.parent().expect("parent")).expect("directory");
        std::fs::write(path, text).expect("written");
        git(&theirs, &["add", "-A"]);
        git(&theirs, &["commit", "-q", "-m", "A teammate's work"]);
        git(&theirs, &["push", "-q"]);
    }

    /// Waits until an event says what is waited for; gives up after a while.
    pub(crate) async fn wait_for(&self, what: &str, found: impl Fn(&Event) -> bool) {
        let patience = Instant::now() + Duration::from_secs(30);
        while !self.events.lock().expect("events").iter().any(&found) {
            assert!(Instant::now() < patience, "waited in vain for {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The events that were told so far.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().expect("events").clone()
    }
}
