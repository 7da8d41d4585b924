//! An SSH server on this machine for one test, and keys for it.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::run;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// `sshd`, until it is dropped.
pub(crate) struct SshServer {
    folder: PathBuf,
    port: u16,
    child: Child,
}

/// A program that is ended when it is dropped.
pub(crate) struct Agent {
    child: Child,
    pub(crate) socket: PathBuf,
}

impl SshServer {
    /// Starts a server that lets in whoever has one of these public keys, with a host key of its own.
    pub(crate) fn start(folder: &Path, authorized: &[&Path]) -> Self {
        std::fs::create_dir_all(folder).expect("the server's folder");
        make_key(&folder.join("host"), "");
        let keys: String =
            authorized.iter().map(|key| std::fs::read_to_string(key).expect("a key")).collect();
        std::fs::write(folder.join("authorized_keys"), keys).expect("written");
        // Where root runs it, it insists on this directory.
        if Path::new("/run").is_dir() && own_name() == "root" {
            std::fs::create_dir_all("/run/sshd").expect("sshd's directory");
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let child = Self::run(folder, port);
        let server = Self { folder: folder.to_path_buf(), port, child };
        server.wait();
        server
    }

    fn run(folder: &Path, port: u16) -> Child {
        let at = |name: &str| folder.join(name).display().to_string();
        let settings = [
            format!("Port {port}"),
            "ListenAddress 127.0.0.1".to_owned(),
            format!("HostKey {}", at("host")),
            format!("AuthorizedKeysFile {}", at("authorized_keys")),
            format!("PidFile {}", at("pid")),
            "PasswordAuthentication no".to_owned(),
            "KbdInteractiveAuthentication no".to_owned(),
            "PermitRootLogin yes".to_owned(),
            "StrictModes no".to_owned(),
            "UsePAM no".to_owned(),
        ];
        std::fs::write(folder.join("sshd_config"), settings.join("\n")).expect("written");
        let mut command = Command::new("/usr/sbin/sshd");
        command.args(["-D", "-e", "-f"]).arg(folder.join("sshd_config"));
        let log = std::fs::File::create(folder.join("log")).expect("a log");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.spawn().expect("sshd starts")
    }

    fn wait(&self) {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = || std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(began.elapsed() < PATIENCE, "sshd does not answer: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Another host key on the same port, as an impostor would have.
    pub(crate) fn change_host_key(&mut self) {
        self.end();
        for name in ["host", "host.pub"] {
            std::fs::remove_file(self.folder.join(name)).expect("removed");
        }
        make_key(&self.folder.join("host"), "");
        self.child = Self::run(&self.folder, self.port);
        self.wait();
    }

    /// The URL of a repository on this machine.
    pub(crate) fn url(&self, repository: &str) -> String {
        format!("ssh://{}@127.0.0.1:{}{repository}", own_name(), self.port)
    }

    /// The fingerprint of the host key, as `ssh-keygen` shows it.
    pub(crate) fn fingerprint(&self) -> String {
        let shown = run(Command::new("ssh-keygen").arg("-lf").arg(self.folder.join("host.pub"))).stdout;
        shown.split_whitespace().nth(1).expect("a fingerprint").to_owned()
    }

    fn end(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for SshServer {
    fn drop(&mut self) {
        self.end();
    }
}

impl Agent {
    /// An SSH agent that holds one key.
    pub(crate) fn with(folder: &Path, key: &Path) -> Self {
        let socket = folder.join("agent");
        let mut command = Command::new("ssh-agent");
        command
            .args(["-D", "-a"])
            .arg(&socket)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn().expect("ssh-agent starts");
        let began = Instant::now();
        while !socket.exists() {
            assert!(began.elapsed() < PATIENCE, "ssh-agent does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        let added = run(Command::new("ssh-add").arg(key).env("SSH_AUTH_SOCK", &socket));
        assert_eq!(added.code, 0, "{}", added.stderr);
        Self { child, socket }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Makes a key pair, `path` and `path.pub`.
pub(crate) fn make_key(path: &Path, passphrase: &str) {
    let made =
        run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", passphrase, "-f"]).arg(path));
    assert_eq!(made.code, 0, "{}", made.stderr);
}

fn own_name() -> String {
    run(Command::new("id").arg("-un")).stdout.trim().to_owned()
}
