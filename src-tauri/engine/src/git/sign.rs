//! Signing commits, where Git's configuration asks for it: by GPG, by an S/MIME program, or by an SSH key.
//!
//! Whether and with which key may come from the clone's own configuration. The program that is run may not:
//! whoever can write a repository's configuration must not choose it.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use git2::{Config, Repository, Signature};

use crate::error::{Error, Result};

/// How long a program may take: it may ask the user for a passphrase.
const PATIENCE: Duration = Duration::from_secs(120);

/// How a commit is signed.
#[derive(Debug)]
pub(super) struct Signing {
    format: Format,
    program: String,
    key: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// GPG, or a program for S/MIME that takes the same arguments.
    Gpg,
    /// `ssh-keygen`.
    Ssh,
}

impl Signing {
    /// What the configuration asks for; none where commits need not be signed.
    pub(super) fn configured(git: &Repository, committer: &Signature<'_>) -> Result<Option<Self>> {
        let config = git.config()?.snapshot()?;
        if !config.get_bool("commit.gpgsign").unwrap_or(false) {
            return Ok(None);
        }
        let own = Config::open_default()?.snapshot()?;
        let program = |name: &str, usual: &str| own.get_string(name).unwrap_or_else(|_| usual.to_owned());
        let key = config.get_string("user.signingkey").ok().filter(|key| !key.trim().is_empty());
        let (format, program) = match config.get_string("gpg.format").as_deref().unwrap_or("openpgp") {
            "openpgp" => {
                let usual = program("gpg.program", "gpg");
                (Format::Gpg, program("gpg.openpgp.program", &usual))
            }
            "x509" => (Format::Gpg, program("gpg.x509.program", "gpgsm")),
            "ssh" => (Format::Ssh, program("gpg.ssh.program", "ssh-keygen")),
            other => return Err(failed(format!("gpg.format is {other:?}, which is none of Git's"))),
        };
        let key = match (key, format) {
            (Some(key), _) => key,
            (None, Format::Gpg) => committer.to_string(),
            (None, Format::Ssh) => return Err(failed("user.signingkey names no SSH key".to_owned())),
        };
        Ok(Some(Self { format, program, key }))
    }

    /// The signature of a commit's text, armoured.
    pub(super) fn sign(&self, text: &[u8]) -> Result<String> {
        let mut command = Command::new(&self.program);
        // Held until the program has ended.
        let mut literal = None;
        match self.format {
            Format::Gpg => drop(command.args(["--status-fd=2", "-bsau", &self.key])),
            Format::Ssh => {
                command.args(["-Y", "sign", "-n", "git"]);
                match self.key.strip_prefix("key::").or(self.key.starts_with("ssh-").then_some(&self.key)) {
                    // A public key itself: the agent has the other half.
                    Some(key) => {
                        let mut file =
                            tempfile::NamedTempFile::new().map_err(|error| failed(error.to_string()))?;
                        writeln!(file, "{key}").map_err(|error| failed(error.to_string()))?;
                        command.args(["-U", "-f"]).arg(file.path());
                        literal = Some(file);
                    }
                    None => drop(command.arg("-f").arg(expanded(&self.key))),
                }
            }
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child =
            command.spawn().map_err(|error| failed(format!("{} can't be run: {error}", self.program)))?;
        let (ok, signature, said) = talk_to(child, text)?;
        drop(literal);
        if !ok || !signature.contains("-----BEGIN") {
            // `[GNUPG:]` lines are for programs.
            let said: Vec<&str> = said.lines().filter(|line| !line.starts_with("[GNUPG:]")).collect();
            let said: String = said.join(" ").trim().chars().take(300).collect();
            let why = if said.is_empty() { "it gave no signature".to_owned() } else { said };
            return Err(failed(format!("{}: {why}", self.program)));
        }
        Ok(signature)
    }
}

/// Gives a program its input, and waits for its end; whether it was content, what it wrote and what it said.
fn talk_to(mut child: Child, input: &[u8]) -> Result<(bool, String, String)> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let all = |stream: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stream.map(|mut stream| stream.read_to_end(&mut bytes));
            read.transpose().map(|_| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
        })
    };
    let out = all(stdout.map(|stream| Box::new(stream) as Box<dyn Read + Send>));
    let said = all(stderr.map(|stream| Box::new(stream) as Box<dyn Read + Send>));
    if let Some(mut stdin) = stdin {
        // A program that does not want it says why, or how it ended does.
        let _told = stdin.write_all(input);
    }
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|error| failed(error.to_string()))? {
            Some(status) => break status,
            None if begun.elapsed() > PATIENCE => {
                let _ended = child.kill().and_then(|()| child.wait());
                return Err(failed(format!("the program did not end within {} seconds", PATIENCE.as_secs())));
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    Ok((status.success(), out.join().unwrap_or_default(), said.join().unwrap_or_default()))
}

/// `~/` stands for the user's home, as in Git's configuration.
fn expanded(path: &str) -> std::path::PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => path.into(),
    }
}

fn failed(detail: String) -> Error {
    Error::SigningFailed { detail }
}
