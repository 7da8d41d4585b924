//! What the figures depend on: the machine and the versions.

use std::path::Path;

use serde_json::{Value, json};

use crate::place::Place;
use crate::programs::{fgd, git_says, version};

/// The machine and who is at work on it, as far as this system says.
pub(crate) fn machine(memory: &Place, disk: &Place) -> Value {
    let line = |file: &str, name: &str| -> Option<String> {
        let text = std::fs::read_to_string(file).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim_start_matches([' ', '\t', ':']).trim().to_owned())
    };
    let kib = line("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    json!({
        "processor": line("/proc/cpuinfo", "model name"),
        "cores": std::thread::available_parallelism().map(usize::from).ok(),
        "memory_mib": kib.map(|kib| kib / 1024),
        "system": std::env::consts::OS,
        "kernel": kernel.trim(),
        "memory_file_system": memory.file_system(),
        "disk_file_system": disk.file_system(),
    })
}

/// How busy the machine was over the last minute, in processes that want to run.
pub(crate) fn load() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// The versions of all that is measured; null for what is not installed.
pub(crate) fn versions() -> Value {
    let own = fgd();
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let yaml = "import yaml; print(yaml.__version__, 'with libyaml' if yaml.__with_libyaml__ else 'pure')";
    json!({
        "fgd": version(&own.display().to_string(), &["--version"]),
        "revision": git_says(source, &["describe", "--always", "--dirty"]),
        "rustc": version("rustc", &["--version"]),
        "git": version("git", &["--version"]),
        "python": version("python3", &["--version"]),
        "pyyaml": version("python3", &["-c", yaml]),
        "kpt": version("kpt", &["version"]),
        "kubectl": version("kubectl", &["version", "--client"]),
    })
}
