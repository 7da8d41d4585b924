//! What programs ask of the system: counted by `strace`, where that is installed.

use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

/// What was asked of the system.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Costs {
    /// Which row it belongs to.
    pub(crate) id: String,
    /// What was done, and by whom.
    pub(crate) work: String,
    pub(crate) who: String,
    /// Calls of the system, all of them.
    pub(crate) calls: u64,
    /// Those that wait for a disk.
    pub(crate) syncs: u64,
    /// Bytes that were written to files, pipes and sockets.
    pub(crate) written: u64,
    /// Bytes that were read.
    pub(crate) read: u64,
}

/// Runs programs one after the other and counts; none where `strace` or one of them is not installed.
pub(crate) fn count(id: &str, work: &str, who: &str, home: &Path, commands: Vec<Command>) -> Option<Costs> {
    let log = home.join("calls");
    let mut costs =
        Costs { id: id.to_owned(), work: work.to_owned(), who: who.to_owned(), ..Costs::default() };
    for command in commands {
        let mut traced = Command::new("strace");
        traced
            .args(["-f", "-qq", "-s", "0", "-o"])
            .arg(&log)
            .arg(command.get_program())
            .args(command.get_args());
        if let Some(directory) = command.get_current_dir() {
            traced.current_dir(directory);
        }
        let status = traced.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        if !status.success() {
            return None;
        }
        let text = std::fs::read(&log).ok()?;
        String::from_utf8_lossy(&text).lines().for_each(|line| costs.add(line));
    }
    drop(std::fs::remove_file(log));
    Some(costs)
}

impl Costs {
    /// Takes one line of the log: `PID call(…) = result`, or the first or second half of one that took a while.
    fn add(&mut self, line: &str) {
        let Some((_, said)) = line.split_once(' ') else { return };
        let said = said.trim_start();
        let name = match said.strip_prefix("<... ") {
            Some(resumed) => resumed.split(' ').next().unwrap_or_default(),
            None => {
                let Some((name, _)) = said.split_once('(') else { return };
                self.calls += 1;
                self.syncs +=
                    u64::from(matches!(name, "fsync" | "fdatasync" | "syncfs" | "sync_file_range" | "sync"));
                name
            }
        };
        let result =
            || line.rsplit_once(" = ").and_then(|(_, result)| result.split(' ').next()?.parse::<u64>().ok());
        match name {
            "write" | "pwrite64" | "writev" | "pwritev" | "sendto" => self.written += result().unwrap_or(0),
            "read" | "pread64" | "readv" | "recvfrom" => self.read += result().unwrap_or(0),
            _ => {}
        }
    }
}
