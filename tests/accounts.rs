//! Who `fgd` is for a remote: every way of signing in, over real servers, and that no secret gets anywhere.

#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::git_server::GitServer;
use crate::support::lab::{Answer, fgd_command};
use crate::support::repositories::{Checkout, FABRIC, Remote};
use crate::support::ssh_server::{Agent, SshServer, make_key};
use crate::support::tls::Tls;
use crate::support::{run, run_with};

/// What no file, output or argument may hold. None of them is a part of another.
const TOKEN: &str = "ghp_aTokenOfTheOperator";
const WRONG: &str = "ghp_aWrongTokenOfTheOperator";
const PASSPHRASE: &str = "correct horse battery";
const KEY_PASSPHRASE: &str = "the staple of the key";

/// An operator's machine with a clone of a fabric whose remote is somewhere.
struct Desk {
    folder: TempDir,
    remote: Remote,
    home: PathBuf,
    clone: PathBuf,
    agent: Option<PathBuf>,
    /// All that was printed.
    said: std::cell::RefCell<String>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let remote = Remote::begun(folder.path());
        Checkout::at(Path::new(&remote.location())).git(&["config", "http.receivepack", "true"]);
        let clone = folder.path().join("clone");
        let checkout = Checkout::of(&remote.location(), &clone);
        checkout.git(&["config", "user.name", "Olga"]);
        let home = folder.path().join("home");
        std::fs::create_dir_all(&home).expect("a home");
        std::fs::write(folder.path().join("passphrase"), format!("{PASSPHRASE}\n")).expect("written");
        let desk = Self { folder, remote, home, clone, agent: None, said: std::cell::RefCell::default() };
        assert_eq!(desk.ask(&["init", FABRIC], "").code, 0);
        assert_eq!(desk.sync().code, 0);
        desk
    }

    fn checkout(&self) -> Checkout {
        Checkout::at(&self.clone)
    }

    fn point_at(&self, url: &str) {
        self.checkout().git(&["remote", "set-url", "origin", url]);
    }

    fn command(&self) -> Command {
        let mut command = fgd_command(&self.home, &self.clone);
        command.arg("--passphrase-file").arg(self.folder.path().join("passphrase"));
        command.env("FGD_LOG", "trace").env_remove("SSH_AUTH_SOCK");
        if let Some(agent) = &self.agent {
            command.env("SSH_AUTH_SOCK", agent);
        }
        command
    }

    fn ask(&self, words: &[&str], input: &str) -> Answer {
        let answer = Answer::of(run_with(self.command().args(words).arg("--json"), input));
        self.said.borrow_mut().push_str(&format!("{}{}", answer.stdout, answer.stderr));
        answer
    }

    fn sync(&self) -> Answer {
        self.ask(&["sync", FABRIC], "")
    }

    /// Work that is to get to the remote.
    fn drop_a_file(&self, name: &str) {
        self.checkout().drop_raw(
            &format!("{name}.yaml"),
            &format!("apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: {name}\nspec: {{}}\n"),
        );
    }

    /// It got there.
    #[track_caller]
    fn assert_arrives(&self, name: &str) {
        self.drop_a_file(name);
        let answer = self.sync();
        assert_eq!(answer.code, 0, "{answer:?}");
        assert!(self.remote.yaml("managed/servers").contains(&format!("{name}.yaml")), "{name}");
    }

    /// Nothing that was written or said holds a secret.
    #[track_caller]
    fn assert_tells_nothing(&self) {
        let said = self.said.borrow();
        let secrets =
            [TOKEN, WRONG, PASSPHRASE, KEY_PASSPHRASE].map(|secret| (secret, base64_of_pair(secret)));
        let holds = |text: &[u8]| {
            let has = |needle: &str| text.windows(needle.len()).any(|window| window == needle.as_bytes());
            secrets.iter().find(|(plain, encoded)| has(plain) || has(encoded)).map(|(plain, _)| *plain)
        };
        assert_eq!(holds(said.as_bytes()), None, "{said}");
        for place in [&self.home, &self.clone] {
            for file in files(place) {
                let bytes = std::fs::read(&file).expect("a file");
                assert_eq!(holds(&bytes), None, "{}", file.display());
            }
        }
    }
}

/// A sign-in as HTTP's basic authentication has it; the user's name is the one that these tests use.
fn base64_of_pair(secret: &str) -> String {
    let made = run_with(Command::new("base64").arg("-w0"), &format!("olga:{secret}"));
    made.stdout.trim().trim_end_matches('=').to_owned()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let entry = entry.expect("an entry");
        let kind = entry.file_type().expect("a type");
        if kind.is_dir() {
            found.extend(files(&entry.path()));
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found
}

/// Every way over HTTP: each gets the work there, the wrong ones say so and keep it, and no secret is told.
#[test]
fn every_way_to_sign_in_over_http() {
    let desk = Desk::new();
    let server = GitServer::start(desk.folder.path(), Some(("olga", TOKEN)));
    let url = server.url("fabric.git");
    desk.point_at(&url);

    desk.drop_a_file("kept");
    let refused = desk.sync();
    refused.assert_refused("AuthRequired", "needs a sign-in.");
    // The work is committed, and goes out when somebody signs in.
    let nobody = desk.ask(&["accounts", "add", &url, "--method", "nobody"], "");
    assert_eq!(nobody.code, 0, "{nobody:?}");
    desk.sync().assert_refused("AuthRequired", "needs a sign-in.");

    let no_keychain = desk.ask(&["accounts", "add", &url, "--method", "token"], &format!("{TOKEN}\n"));
    no_keychain.assert_refused("NoKeychain", "no keychain that can be used.");

    let add = |words: &[&str], secret: &str| {
        let words = [&["accounts", "add"], words].concat();
        desk.ask(&words, &format!("{secret}\n"))
    };
    let wrong = add(&[&url, "--method", "token", "--user", "olga", "--keep", "file"], WRONG);
    assert_eq!(wrong.code, 0, "{wrong:?}");
    desk.sync().assert_refused("AuthRefused", "refused the sign-in.");
    assert!(server.refused() > 0, "it was really offered");

    for (name, words) in [
        ("by-token", vec![url.as_str(), "--method", "token", "--user", "olga", "--keep", "file"]),
        ("by-password", vec![&url, "--method", "password", "--user", "olga", "--keep", "file"]),
    ] {
        let added = add(&words, TOKEN);
        assert_eq!(added.code, 0, "{added:?}");
        desk.assert_arrives(name);
    }
    assert!(desk.remote.yaml("managed/servers").contains(&"kept.yaml".to_owned()));
    let tested = desk.ask(&["accounts", "test", &url], "");
    assert_eq!((tested.code, &tested.json["mayPush"]), (0, &serde_json::json!(true)), "{tested:?}");
    assert_eq!(tested.json["defaultBranch"], "main");

    // One account for the host serves its other repositories too; the closest one counts.
    let listed = desk.ask(&["accounts", "list"], "").json["accounts"].clone();
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "a place has one account: {listed}");
    assert_eq!(desk.ask(&["accounts", "remove", &url], "").code, 0);
    let host = url.trim_end_matches("/fabric.git");
    assert_eq!(add(&[host, "--method", "token", "--user", "olga", "--keep", "file"], TOKEN).code, 0);
    desk.assert_arrives("by-host");

    // Without the passphrase nothing goes out, and the work is done here all the same.
    desk.drop_a_file("locked");
    let mut without = fgd_command(&desk.home, &desk.clone);
    let locked = Answer::of(run(without.args(["sync", FABRIC, "--json"])));
    locked.assert_refused("SecretsLocked", "the secrets is locked.");
    assert!(desk.checkout().git(&["log", "-1", "--stat"]).contains("servers/locked.yaml"));
    assert_eq!(desk.sync().code, 0);
    assert!(desk.remote.yaml("managed/servers").contains(&"locked.yaml".to_owned()));

    // Git's own helper: a program that the user's configuration names.
    assert_eq!(desk.ask(&["accounts", "remove", host], "").code, 0);
    let helper = desk.folder.path().join("helper");
    std::fs::write(
        &helper,
        format!("#!/bin/sh\n[ \"$1\" = get ] && printf 'username=olga\\npassword={TOKEN}\\n'\n"),
    )
    .expect("written");
    Command::new("chmod").arg("+x").arg(&helper).status().expect("chmod");
    std::fs::write(desk.home.join(".gitconfig"), format!("[credential]\n\thelper = {}\n", helper.display()))
        .expect("written");
    assert_eq!(add(&[&url, "--method", "helper"], "").code, 0);
    desk.assert_arrives("by-helper");

    desk.assert_tells_nothing();
}

/// While a talk is under way, no process of ours shows the secret in its arguments or its environment.
#[cfg(target_os = "linux")]
#[test]
fn no_argument_holds_a_secret() {
    use crate::support::git_server::Fault;
    use std::process::Stdio;
    use std::time::Duration;

    let desk = Desk::new();
    let server = GitServer::start(desk.folder.path(), Some(("olga", TOKEN)));
    let url = server.url("fabric.git");
    desk.point_at(&url);
    let words = ["accounts", "add", &url, "--method", "token", "--user", "olga", "--keep", "file"];
    assert_eq!(desk.ask(&words, &format!("{TOKEN}\n")).code, 0);
    server.fail_next_for("info/refs", Fault::Stall(Duration::from_secs(3)));
    let mut command = desk.command();
    command.args(["sync", FABRIC]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("fgd starts");
    std::thread::sleep(Duration::from_millis(1500));
    for kind in ["cmdline", "environ"] {
        let bytes = std::fs::read(format!("/proc/{}/{kind}", child.id())).expect("it runs");
        assert!(!bytes.is_empty());
        for secret in [TOKEN, PASSPHRASE] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{kind}");
        }
    }
    drop(child.kill());
    child.wait().expect("it ended");
    desk.assert_tells_nothing();
}

/// Over SSH: a new host key is asked about and a changed one stops; keys with and without a passphrase, and
/// the agent, get the work there.
#[test]
fn every_way_to_sign_in_over_ssh() {
    let mut desk = Desk::new();
    let keys = desk.folder.path().join("keys");
    std::fs::create_dir_all(&keys).expect("a folder");
    let (plain, locked, stranger) = (keys.join("plain"), keys.join("locked"), keys.join("stranger"));
    make_key(&plain, "");
    make_key(&locked, KEY_PASSPHRASE);
    make_key(&stranger, "");
    let public = |key: &Path| key.with_extension("pub");
    let mut server = SshServer::start(&desk.folder.path().join("sshd"), &[&public(&plain), &public(&locked)]);
    let url = server.url(&desk.remote.location());
    desk.point_at(&url);
    let text = |path: &Path| path.to_str().expect("a path").to_owned();

    desk.drop_a_file("kept");
    let unknown = desk.sync();
    let fingerprint = server.fingerprint();
    unknown.assert_refused("HostKeyUnknown", &format!("ssh-ed25519 {fingerprint}."));
    let other = desk.ask(&["accounts", "trust", &url, "SHA256:somethingElse"], "");
    assert_eq!(other.json["error"]["code"], "HostKeyUnknown", "{other:?}");
    let trusted = desk.ask(&["accounts", "trust", &url, &fingerprint], "");
    assert_eq!(trusted.code, 0, "{trusted:?}");

    desk.sync().assert_refused("AuthRequired", "needs a sign-in.");
    let add = |words: &[&str], secret: &str| {
        let answer = desk.ask(&[&["accounts", "add", url.as_str()], words].concat(), secret);
        assert_eq!(answer.code, 0, "{answer:?}");
    };
    add(&["--method", "ssh-key", "--key", &text(&stranger)], "");
    desk.sync().assert_refused("AuthRefused", "refused the sign-in.");
    add(&["--method", "ssh-key", "--key", &text(&plain)], "");
    desk.assert_arrives("by-key");
    assert!(desk.remote.yaml("managed/servers").contains(&"kept.yaml".to_owned()));
    let words = ["--method", "ssh-key", "--key", &text(&locked), "--passphrase", "--keep", "file"];
    add(&words, &format!("{KEY_PASSPHRASE}\n"));
    desk.assert_arrives("by-locked-key");
    let tested = desk.ask(&["accounts", "test", &url], "");
    assert_eq!((tested.code, &tested.json["mayPush"]), (0, &serde_json::json!(true)), "{tested:?}");

    add(&["--method", "ssh-agent"], "");
    desk.sync().assert_refused("AuthRequired", "needs a sign-in.");
    let agent = Agent::with(&keys, &plain);
    desk.agent = Some(agent.socket.clone());
    desk.assert_arrives("by-agent");

    server.change_host_key();
    desk.drop_a_file("later");
    let changed = desk.sync();
    changed.assert_refused("HostKeyChanged", &format!("ssh-ed25519 {} now.", server.fingerprint()));
    let trusted = desk.ask(&["accounts", "trust", &url, &server.fingerprint()], "");
    assert_eq!(trusted.json["error"]["code"], "HostKeyChanged", "trust is not for changed keys: {trusted:?}");
    assert!(!desk.remote.yaml("managed/servers").contains(&"later.yaml".to_owned()));
    desk.assert_tells_nothing();
}

/// A server whose certificate an own authority vouches for is trusted once that authority is.
#[test]
fn an_own_authority_is_trusted_when_it_is_set() {
    let desk = Desk::new();
    let server = GitServer::start(desk.folder.path(), None);
    let port = server.url("").trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
    let tls = Tls::before(&desk.folder.path().join("tls"), port.expect("a port"));
    desk.point_at(&tls.url("fabric.git"));
    let untrusted = desk.sync();
    assert_eq!(untrusted.json["error"]["code"], "RemoteUntrusted", "{untrusted:?}");
    let other = Tls::before(&desk.folder.path().join("other"), 1);
    for (authority, code) in [(&other.authority, 3), (&tls.authority, 0)] {
        let set = desk.ask(&["accounts", "network", "--ca-file", authority.to_str().expect("a path")], "");
        assert_eq!(set.code, 0, "{set:?}");
        assert_eq!(desk.sync().code, code, "{}", authority.display());
    }
    desk.assert_arrives("by-own-authority");

    // One that has expired is vouched for by nobody any more.
    let expired = Tls::expired(&desk.folder.path().join("expired"), port.expect("a port"));
    let authority = expired.authority.to_str().expect("a path");
    assert_eq!(desk.ask(&["accounts", "network", "--ca-file", authority], "").code, 0);
    desk.point_at(&expired.url("fabric.git"));
    let refused = desk.sync();
    assert_eq!(refused.json["error"]["code"], "RemoteUntrusted", "{refused:?}");
    let again = ["accounts", "network", "--ca-file", tls.authority.to_str().expect("a path")];
    assert_eq!(desk.ask(&again, "").code, 0);

    // A company's GitHub behind the same authority: its API is spoken to as well.
    let bare = desk.folder.path().join("acme/fabrics.git");
    std::fs::create_dir_all(&bare).expect("a directory");
    let made = run(Command::new("git").args(["init", "-q", "--bare", "-b", "main"]).arg(&bare));
    assert_eq!(made.code, 0, "{made:?}");
    let host = tls.url("").trim_end_matches('/').to_owned();
    let api = format!("{host}/api/v3");
    let words = ["accounts", "add", &host, "--method", "token", "--keep", "file", "--github-api", &api];
    let added = desk.ask(&words, &format!("{TOKEN}\n"));
    assert_eq!(added.code, 0, "{added:?}");
    let tested = desk.ask(&["accounts", "test", &tls.url("acme/fabrics.git")], "");
    let notes = tested.json["notes"].to_string();
    assert!(notes.contains("GitHub's API does not show the repository"), "{tested:?}");
}

/// Commits are by whom the settings name, and signed where Git's configuration asks for it: with an SSH key
/// and with GPG. A program that a clone's own configuration names is not run.
#[test]
fn commits_are_signed_where_git_says_so() {
    let desk = Desk::new();
    let key = desk.folder.path().join("signing");
    make_key(&key, "");
    let public = std::fs::read_to_string(key.with_extension("pub")).expect("a key");
    let signers = desk.folder.path().join("signers");
    std::fs::write(&signers, format!("olga@example.org {public}")).expect("written");
    let configure = |text: String| std::fs::write(desk.home.join(".gitconfig"), text).expect("written");
    let head = |format: &str| desk.checkout().git(&["log", "-1", &format!("--format={format}")]);

    let set = desk.ask(&["accounts", "author", "--name", "Olga Operator", "--email", "olga@example.org"], "");
    assert_eq!(set.code, 0, "{set:?}");
    configure(format!(
        "[commit]\n\tgpgsign = true\n[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = {}\n",
        key.display()
    ));
    desk.assert_arrives("by-ssh");
    assert_eq!(head("%an <%ae>"), "Olga Operator <olga@example.org>");
    let setting = format!("gpg.ssh.allowedSignersFile={}", signers.display());
    desk.checkout().git(&["-c", &setting, "verify-commit", "HEAD"]);

    let gnupg = desk.home.join(".gnupg");
    std::fs::create_dir_all(&gnupg).expect("a directory");
    Command::new("chmod").arg("700").arg(&gnupg).status().expect("chmod");
    let mut make = Command::new("gpg");
    make.env("GNUPGHOME", &gnupg).args(["--batch", "--passphrase", "", "--quick-generate-key"]);
    let made = run(make.args(["Olga Operator <olga@example.org>", "ed25519", "sign", "never"]));
    assert_eq!(made.code, 0, "{}", made.stderr);
    configure("[commit]\n\tgpgsign = true\n".to_owned());
    desk.assert_arrives("by-gpg");
    let mut verify = Command::new("git");
    verify.current_dir(&desk.clone).env("HOME", &desk.home).env("GNUPGHOME", &gnupg);
    let verified = run(verify.args(["verify-commit", "HEAD"]));
    assert_eq!(verified.code, 0, "{}", verified.stderr);
    let mut end = Command::new("gpgconf");
    run(end.env("GNUPGHOME", &gnupg).args(["--kill", "gpg-agent"]));

    // A clone's own configuration may ask for a signature, and not say which program gives it.
    let touched = desk.folder.path().join("touched");
    let program = desk.folder.path().join("program");
    std::fs::write(&program, format!("#!/bin/sh\ntouch {}\n", touched.display())).expect("written");
    Command::new("chmod").arg("+x").arg(&program).status().expect("chmod");
    configure(String::new());
    for (name, value) in [
        ("commit.gpgsign", "true"),
        ("gpg.format", "ssh"),
        ("user.signingkey", "/nowhere/key"),
        ("gpg.ssh.program", program.to_str().expect("a path")),
    ] {
        desk.checkout().git(&["config", name, value]);
    }
    let before = desk.checkout().tip();
    desk.drop_a_file("unsigned");
    let failed = desk.sync();
    assert_eq!(failed.json["error"]["code"], "SigningFailed", "{failed:?}");
    assert!(!touched.exists(), "the clone's program was run");
    assert_eq!(desk.checkout().tip(), before, "nothing was committed without its signature");
    for name in ["commit.gpgsign", "gpg.format", "user.signingkey", "gpg.ssh.program"] {
        desk.checkout().git(&["config", "--unset", name]);
    }
    assert_eq!(desk.sync().code, 0);
    assert!(desk.remote.yaml("managed/servers").contains(&"unsigned.yaml".to_owned()));
}
