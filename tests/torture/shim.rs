//! `shim.c` under a real process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::support::{app_binary, run};

/// The errors of a disk, by the numbers that Linux has for them.
pub(super) const EIO: i32 = 5;
pub(super) const EAGAIN: i32 = 11;
pub(super) const EACCES: i32 = 13;
pub(super) const EMFILE: i32 = 24;
pub(super) const ENOSPC: i32 = 28;
pub(super) const EROFS: i32 = 30;
pub(super) const ETIMEDOUT: i32 = 110;

/// All sorts of calls that change something: write, create, rename, sync, truncate, mkdir, unlink, link.
pub(super) const CHANGES: &str = "wcrstmul";

/// How a process is to be troubled.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble {
    /// Where.
    pub(super) under: Vec<PathBuf>,
    /// The sorts of calls that count, by their letters.
    pub(super) calls: &'static str,
    /// At which of them it happens, from 1; 0 for never.
    pub(super) at: u32,
    /// The error with which the call fails.
    pub(super) error: i32,
    /// Whether all later ones fail too.
    pub(super) lasts: bool,
    /// How many milliseconds each call that counts takes longer.
    pub(super) slow: u32,
    /// How the power is cut; see `shim.c`.
    pub(super) cut: Option<&'static str>,
    /// What chance decides, where it does.
    pub(super) seed: u32,
    /// How many seconds the clock is ahead.
    pub(super) clock: i64,
    /// What the file system thinks of names: `case` or `nfd`.
    pub(super) names: &'static str,
    /// A host's name that stands for this machine, and does not resolve while a file is not there.
    pub(super) host: Option<(&'static str, PathBuf)>,
}

/// What became of it.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The call that was hit, in the shim's words.
    pub(super) hit: Option<String>,
    /// What a power cut undid.
    pub(super) cut: Option<String>,
    /// How many calls counted, where the process came to its end.
    pub(super) calls: Option<u32>,
}

impl Trouble {
    /// Puts a process into this trouble; `notes` is a folder for what the shim writes, on the same file system.
    pub(super) fn befall(&self, command: &mut Command, notes: &Path) {
        let keep = notes.join("kept");
        drop(std::fs::remove_dir_all(&keep));
        std::fs::create_dir_all(&keep).expect("a folder for what is undone");
        drop(std::fs::remove_file(notes.join("report")));
        let under: Vec<_> = self.under.iter().map(|path| path.to_str().expect("a path in UTF-8")).collect();
        command
            .env("LD_PRELOAD", library())
            .env("FGD_SHIM_UNDER", under.join(":"))
            .env("FGD_SHIM_CALLS", self.calls)
            .env("FGD_SHIM_AT", self.at.to_string())
            .env("FGD_SHIM_FAIL", self.error.to_string())
            .env("FGD_SHIM_LASTS", u8::from(self.lasts).to_string())
            .env("FGD_SHIM_SLOW", self.slow.to_string())
            .env("FGD_SHIM_CUT", self.cut.unwrap_or_default())
            .env("FGD_SHIM_SEED", self.seed.to_string())
            .env("FGD_SHIM_KEEP", keep)
            .env("FGD_SHIM_REPORT", notes.join("report"))
            .env("FGD_SHIM_CLOCK", self.clock.to_string())
            .env("FGD_SHIM_NAMES", self.names);
        if let Some((host, known)) = &self.host {
            command.env("FGD_SHIM_HOST", host).env("FGD_SHIM_KNOWN", known);
        }
    }
}

impl Report {
    /// What the shim wrote.
    pub(super) fn read(notes: &Path) -> Self {
        let text = std::fs::read_to_string(notes.join("report")).unwrap_or_default();
        let line = |word: &str| text.lines().find_map(|line| line.strip_prefix(word)).map(str::to_owned);
        let calls = line("through ").map(|count| count.parse().expect("a count"));
        Self { hit: line("hit "), cut: line("cut "), calls }
    }
}

/// The shim, compiled; once for as long as its source stays the same.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture/shim.c");
        let text = std::fs::read(&source).expect("the shim's source");
        let hash = text.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let library = app_binary().with_file_name(format!("shim-{hash:016x}.so"));
        if !library.exists() {
            // Tests are processes of their own, and may come here at once.
            let made = library.with_extension(format!("{}.so", std::process::id()));
            let flags = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-o"];
            let ended = run(Command::new("cc").args(flags).arg(&made).arg(&source));
            assert_eq!(ended.code, 0, "cc: {}", ended.stderr);
            std::fs::rename(&made, &library).expect("the shim");
        }
        library
    })
}
