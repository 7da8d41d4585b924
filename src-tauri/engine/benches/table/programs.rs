//! The programs that are measured, and how they are asked to work.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The product's command line, as `cargo build --release -p fgd-cli` makes it beside this program.
pub(crate) fn fgd() -> PathBuf {
    let own = std::env::current_exe().expect("this program");
    let built = own.ancestors().nth(2).expect("a profile's directory").join("fgd");
    assert!(built.is_file(), "{} is missing: cargo build --release -p fgd-cli", built.display());
    built
}

/// The product on a fabric, with a data directory of its own.
pub(crate) fn fgd_on(data: &Path, words: &[&str], fabric: &Path) -> Command {
    let mut command = Command::new(fgd());
    command.arg("--home").arg(data).arg("-q").args(words).arg(fabric);
    command
}

/// Git in a directory, as the same person everywhere, without anybody's configuration.
pub(crate) fn git(at: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(at).args(words);
    command
}

/// What makes Git as durable as it can be, in the quickest way that it has.
pub(crate) const DURABLE: [&str; 4] = ["-c", "core.fsync=all", "-c", "core.fsyncMethod=batch"];

/// Git as of [`git`], durable if that is asked for.
pub(crate) fn git_as(durable: bool, at: &Path, words: &[&str]) -> Command {
    let mut all: Vec<&str> = if durable { DURABLE.to_vec() } else { Vec::new() };
    all.extend(words);
    git(at, &all)
}

/// Runs Git, which has to do it.
pub(crate) fn must_git(at: &Path, words: &[&str]) {
    must(git(at, words));
}

/// Runs a program, which has to do it.
pub(crate) fn must(mut command: Command) {
    let status = command.stdout(Stdio::null()).status().expect("it starts");
    assert!(status.success(), "{command:?}");
}

/// What Git answers, without the end of its last line.
pub(crate) fn git_says(at: &Path, words: &[&str]) -> String {
    let output = git(at, words).output().expect("git runs");
    assert!(output.status.success(), "git {words:?}");
    String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
}

/// The tree that a clone's commit has.
pub(crate) fn tree(at: &Path, commit: &str) -> String {
    git_says(at, &["rev-parse", &format!("{commit}^{{tree}}")])
}

/// Runs programs one after the other; how long that took, none where one is not installed.
pub(crate) fn one_by_one(commands: Vec<Command>) -> Option<Duration> {
    let began = Instant::now();
    for mut command in commands {
        let status =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        assert!(status.success(), "{command:?}");
    }
    Some(began.elapsed())
}

/// Runs programs each of which reads what the one before it writes; how long that took and what the last one
/// wrote, none where one is not installed.
pub(crate) fn piped(commands: Vec<Command>) -> Option<(Duration, Vec<u8>)> {
    let began = Instant::now();
    let mut children: Vec<Child> = Vec::new();
    for mut command in commands {
        match children.last_mut() {
            Some(before) => command.stdin(before.stdout.take().expect("a pipe")),
            None => command.stdin(Stdio::null()),
        };
        let Ok(child) = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
            // Whoever waits for input that does not come is not waited for.
            children.iter_mut().for_each(|child| drop(child.kill().and_then(|()| child.wait())));
            return None;
        };
        children.push(child);
    }
    let output = children.pop()?.wait_with_output().ok()?;
    for mut child in children {
        assert!(child.wait().is_ok_and(|status| status.success()), "one of a pipe failed");
    }
    let took = began.elapsed();
    assert!(output.status.success(), "the last of a pipe failed");
    Some((took, output.stdout))
}

/// Python itself: what is called `python3` may be a script that looks for it first.
pub(crate) fn python() -> Command {
    static FOUND: OnceLock<String> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        version("python3", &["-c", "import sys; print(sys.executable)"])
            .unwrap_or_else(|| "python3".to_owned())
    });
    Command::new(found)
}

/// The first line of what a program says of itself; none where it is not installed.
pub(crate) fn version(program: &str, words: &[&str]) -> Option<String> {
    let output = Command::new(program).args(words).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().next()?.trim().to_owned();
    Some(line).filter(|line| output.status.success() && !line.is_empty())
}
