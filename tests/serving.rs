//! `fgd serve`, as a service manager and a monitor meet it; and what a shell is told of `fgd`.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::lab::Lab;
use crate::support::sample;

const SECRET: &str = "swordfish";

/// A served fabric, which ends with the test.
struct Served {
    child: Child,
    lines: BufReader<ChildStdout>,
    address: String,
}

impl Served {
    fn new(lab: &Lab) -> Self {
        let mut command = lab.command();
        command.args(["serve", "--listen", "0", "--"]).arg(lab.clone.fabric());
        command.env("FGD_WEBHOOK_SECRET", SECRET);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("fgd serve");
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        let mut listening = String::new();
        lines.read_line(&mut listening).expect("a line");
        let address = listening.split("http://").nth(1).expect(&listening).trim().trim_end_matches('.');
        Self { address: address.to_owned(), child, lines }
    }

    fn ask(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Ends it as a service manager does; gives its exit code and the lines that nobody read.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill").success());
        let mut rest = String::new();
        self.lines.read_to_string(&mut rest).expect("its last lines");
        (self.child.wait().expect("its end").code(), rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_served_fabric_is_looked_after_until_it_is_told_to_end() {
    for signal in ["-TERM", "-INT"] {
        let lab = Lab::ready();
        let served = Served::new(&lab);
        lab.clone.drop_raw("vpc-red.yaml", &sample("vpc-red.yaml"));
        let patience = Instant::now() + Duration::from_secs(30);
        while !served.ask("/metrics").contains("kind=\"sync\",outcome=\"done\"} 1\n") {
            assert!(Instant::now() < patience, "waited in vain for the sync");
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(lab.remote.objects(), [0, 0, 0, 0, 1]);

        let health = served.ask("/healthz");
        assert!(health.starts_with("HTTP/1.1 200 ") && health.ends_with("\r\n\r\nok\n"), "{health}");
        let page = served.ask("/metrics");
        assert!(page.contains("\nfgd_fabrics 1\n") && !page.contains(SECRET), "{page}");

        let address = served.address.clone();
        let (code, lines) = served.end(signal);
        assert_eq!(code, Some(0), "{signal}: {lines}");
        let synced = lines.lines().filter(|line| line.contains(": sync done: 1 object created")).count();
        assert_eq!(synced, 1, "one line an operation: {lines}");
        assert!(lines.trim_end().ends_with("  Ended."), "{lines}");
        assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
        lab.assert_in_step();
    }
}

#[test]
fn what_can_not_be_served_is_said_at_once() {
    let lab = Lab::new();
    let refused = lab.ask(&["serve", "."]);
    refused.assert_refused("NotInitialised", "is not set up as a fabric directory.");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a listener");
    let address = taken.local_addr().expect("an address").to_string();
    let lab = Lab::ready();
    let refused = lab.ask(&["serve", &lab.directory(), "--listen", &address]);
    assert_eq!((refused.code, &refused.json["error"]["code"]), (3, &"CannotListen".into()), "{refused:?}");
    assert!(refused.stderr.contains(&format!("Cannot listen on {address}")), "{refused:?}");
}

#[test]
fn a_shell_and_man_know_every_command() {
    let lab = Lab::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let completions = lab.fgd_with(["completions", shell].map(OsStr::new));
        assert_eq!(completions.code, 0, "{completions:?}");
        for command in ["sync", "conflicts", "resolve"] {
            assert!(completions.stdout.contains(command), "{shell}: {command}");
        }
    }
    let out = lab.machine.path().join("man1");
    let written = lab.fgd_with(["man".as_ref(), "--out".as_ref(), out.as_os_str()]);
    assert_eq!(written.code, 0, "{written:?}");
    for page in ["fgd.1", "fgd-sync.1", "fgd-undo.1", "fgd-resolve.1"] {
        let text = std::fs::read_to_string(out.join(page)).expect(page);
        assert!(text.contains(".SH NAME"), "{page}");
    }
}
