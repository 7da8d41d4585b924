//! A host's name that does not resolve, and then does again.

use std::fs;
use std::process::Command;

use super::desk::object;
use super::disk::watched::{Watching, wait_until};
use super::shim::Trouble;
use crate::support::git_server::GitServer;
use crate::support::lab::{Answer, Lab};
use crate::support::run;

const HOST: &str = "git.fabric.example";

/// A fabric whose remote is known by a name, which resolves once `known` is there.
struct Story {
    lab: Lab,
    _server: GitServer,
    trouble: Trouble,
}

impl Story {
    fn new() -> Self {
        let lab = Lab::ready();
        let server = GitServer::start(lab.machine.path(), Some(("bob", "hunter2")));
        let url = server.url_with("bob", "hunter2", "fabric.git").replace("127.0.0.1", HOST);
        assert!(url.contains(HOST), "{url}");
        lab.clone.git(&["remote", "set-url", "origin", &url]);
        let host = Some((HOST, lab.machine.path().join("known")));
        Self { lab, _server: server, trouble: Trouble { host, ..Trouble::default() } }
    }

    fn resolves(&self, does: bool) {
        let known = self.lab.machine.path().join("known");
        if does { fs::write(known, "").expect("a file") } else { fs::remove_file(known).expect("a file") }
    }

    fn sync(&self) -> Answer {
        let mut command = self.lab.command();
        command.arg("sync").arg(self.lab.clone.fabric()).arg("--json");
        self.befall(&mut command);
        Answer::of(run(&mut command))
    }

    fn befall(&self, command: &mut Command) {
        // A proxy would resolve the name itself.
        for proxy in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(proxy);
        }
        self.trouble.befall(command, &self.lab.machine.path().join("notes"));
    }

    fn is_committed(&self, name: &str) -> bool {
        let files = self.lab.clone.git(&["ls-tree", "-r", "--name-only", "HEAD"]);
        self.lab.clone.waiting().is_empty() && files.contains(&format!("{name}.yaml"))
    }
}

#[test]
fn a_name_that_does_not_resolve_holds_up_the_push_and_nothing_else() {
    let story = Story::new();
    let lab = &story.lab;
    for round in ["one", "two"] {
        lab.clone.drop_raw(&format!("{round}.yaml"), &object(round, "dropped"));
        let before = lab.remote.tip();
        let told = story.sync();
        told.assert_refused("RemoteUnreachable", ".");
        assert!(told.stderr.contains(HOST) && !told.stderr.contains("hunter2"), "{told:?}");
        assert!(story.is_committed(round), "{told:?}");
        assert_eq!(lab.remote.tip(), before);
        story.resolves(true);
        let synced = story.sync();
        assert_eq!(synced.code, 0, "{synced:?}");
        lab.assert_in_step();
        story.resolves(false);
    }
}

#[test]
fn whoever_looks_after_a_fabric_finishes_by_itself_when_the_name_resolves_again() {
    let story = Story::new();
    let lab = &story.lab;
    let mut command = lab.command();
    command.arg("watch").arg(lab.clone.fabric());
    story.befall(&mut command);
    let watching = Watching::of(lab, command);
    lab.clone.drop_raw("one.yaml", &object("one", "dropped"));
    wait_until("the object here", || story.is_committed("one"));
    assert!(lab.remote.yaml("managed/servers").is_empty());
    story.resolves(true);
    watching.assert_arrives("one");
    let said = watching.interrupt();
    assert!(said.contains("Cannot reach") && !said.contains("hunter2"), "{said}");
    lab.assert_in_step();
}
