//! Many desktops on one branch: a remote behind a server that takes no force, and clones of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::git_server::GitServer;
use super::lab::{Answer, fgd_command};
use super::repositories::{BRANCH, Checkout, Remote};
use super::run;

/// Whether tests take their long form.
pub(crate) fn is_long() -> bool {
    std::env::var_os("FGD_LONG").is_some()
}

/// A branch behind a server, and clones of it.
pub(crate) struct Field {
    pub(crate) folder: TempDir,
    pub(crate) remote: Remote,
    pub(crate) server: GitServer,
}

/// A desktop: a clone, and a data directory.
pub(crate) struct Desk {
    pub(crate) clone: Checkout,
    pub(crate) home: PathBuf,
}

impl Field {
    /// A fabric that is set up on the remote, which takes no force and writes a log of its branch.
    pub(crate) fn new() -> Self {
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

    /// A desktop whose commits are by that name.
    pub(crate) fn desk(&self, name: &str) -> Desk {
        let clone = Checkout::of(&self.server.url("fabric.git"), &self.folder.path().join(name));
        clone.git(&["config", "user.name", name]);
        Desk { clone, home: self.folder.path().join(format!("{name}-home")) }
    }

    /// Where the remote's branch was, the oldest first.
    pub(crate) fn moves(&self) -> Vec<String> {
        let moves = self.remote.git(&["reflog", "show", "--format=%H", BRANCH]);
        let mut moves: Vec<String> = moves.lines().map(str::to_owned).collect();
        moves.reverse();
        moves
    }

    /// Every move of the remote's branch was one forward.
    pub(crate) fn assert_never_forced(&self) {
        for pair in self.moves().windows(2) {
            self.remote.git(&["merge-base", "--is-ancestor", &pair[0], &pair[1]]);
        }
        self.remote.git(&["fsck", "--strict"]);
    }
}

impl Desk {
    /// Runs a command over the fabric.
    pub(crate) fn fgd(&self, command: &str) -> Answer {
        self.fgd_with(command, &[])
    }

    /// The same with more words after the fabric's directory.
    pub(crate) fn fgd_with(&self, command: &str, words: &[&str]) -> Answer {
        let mut process = fgd_command(&self.home, &self.clone.path);
        process.arg(command).arg(self.clone.fabric()).args(words);
        Answer::of(run(process.args(["--json", "--quiet"])))
    }

    /// Syncs until it is done, as the app does when it was overtaken; how often that took.
    pub(crate) fn sync_until_done(&self) -> u32 {
        for attempt in 1..=30 {
            let answer = self.fgd("sync");
            if answer.code == 0 {
                return attempt;
            }
            assert!(is_overtaken(&answer), "{answer:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("not done after 30 tries");
    }
}

/// Whether a run could not be done only since others were faster.
pub(crate) fn is_overtaken(answer: &Answer) -> bool {
    let error = answer.json["error"]["code"].as_str().unwrap_or_default();
    ["PushOvertaken", "RemoteUnreachable", "RemoteBusy"].contains(&error)
}

/// Numbers that look random, and are the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed in `FGD_SEED`, else one of the clock's. It is printed, for a run that is to be told again.
    pub(crate) fn thrown(what: &str) -> u64 {
        let given = std::env::var("FGD_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.map_or(1, |now| now.as_nanos() as u64 % 1_000_000_007)
        });
        eprintln!("{what}: FGD_SEED={seed}");
        seed
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// One of them.
    pub(crate) fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }
}
