//! What somebody does to the directories while the app looks after them.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::lab::Lab;
use crate::torture::desk::object;
use crate::torture::shim::{EMFILE, ENOSPC, Trouble};

/// Longer than two glances at a directory that gives no events, and than a remote that was silent is left alone.
const PATIENCE: Duration = Duration::from_secs(45);

/// `fgd watch` over a fabric, beside the story, and not beyond it.
pub(in crate::torture) struct Watching<'a> {
    lab: &'a Lab,
    child: Option<Child>,
}

impl<'a> Watching<'a> {
    fn start(lab: &'a Lab, trouble: Option<&Trouble>) -> Self {
        let mut command = lab.command();
        command.arg("watch").arg(lab.clone.fabric());
        if let Some(trouble) = trouble {
            trouble.befall(&mut command, &lab.machine.path().join("notes"));
        }
        Self::of(lab, command)
    }

    pub(in crate::torture) fn of(lab: &'a Lab, mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { lab, child: Some(command.spawn().expect("fgd starts")) }
    }

    /// A file that is dropped now gets to the remote, with nobody's help.
    #[track_caller]
    fn assert_takes(&self, name: &str) {
        self.lab.clone.drop_raw(&format!("{name}.yaml"), &object(name, "dropped"));
        self.assert_arrives(name);
    }

    /// An object that is edited by hand now gets to the remote, with nobody's help.
    #[track_caller]
    fn assert_takes_edit(&self, file: &str) {
        let text = self.lab.clone.text(file).replace("dropped", "by hand");
        fs::write(self.lab.clone.fabric().join(file), text).expect("an edit");
        wait_until(&format!("the edit of {file} on the remote"), || {
            self.lab.remote.text(file).contains("by hand")
        });
    }

    #[track_caller]
    pub(in crate::torture) fn assert_arrives(&self, name: &str) {
        let file = format!("{name}.yaml");
        wait_until(&format!("{name} on the remote"), || {
            self.lab.remote.yaml("managed/servers").contains(&file)
        });
    }

    /// Ends it as Ctrl-C does; what it said.
    pub(in crate::torture) fn interrupt(mut self) -> String {
        let child = self.child.take().expect("it runs");
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
        let output = child.wait_with_output().expect("its end");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).expect("output in UTF-8");
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(!said.contains("panicked"), "{said}");
        said
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

#[track_caller]
pub(in crate::torture) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn away(path: &Path, aside: &Path) {
    fs::rename(path, aside).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Long enough for an event to be heard and looked into.
fn let_it_look() {
    std::thread::sleep(Duration::from_millis(1200));
}

fn git_directory_goes_and_comes_back() {
    let lab = Lab::ready();
    let watching = Watching::start(&lab, None);
    watching.assert_takes("before");
    let (git, aside) = (lab.clone.path.join(".git"), lab.machine.path().join("aside"));
    away(&git, &aside);
    lab.clone.drop_raw("meanwhile.yaml", &object("meanwhile", "dropped"));
    let_it_look();
    assert!(
        lab.clone.waiting().contains(&"meanwhile.yaml".to_owned()),
        "nothing is taken that can't be kept"
    );
    assert!(!git.exists(), "nobody but Git makes a clone");
    away(&aside, &git);
    watching.assert_arrives("meanwhile");
    watching.assert_takes("after");
    let said = watching.interrupt();
    assert!(said.contains("Git work tree"), "{said}");
    lab.assert_in_step();
    lab.clone.git(&["fsck", "--strict"]);
}

fn the_fabric_goes_and_comes_back() {
    let lab = Lab::ready();
    let watching = Watching::start(&lab, None);
    watching.assert_takes("before");
    let (fabric, aside) = (lab.clone.fabric(), lab.machine.path().join("aside"));
    let before = lab.remote.tip();
    away(&fabric, &aside);
    let_it_look();
    away(&aside, &fabric);
    let_it_look();
    assert_eq!(lab.remote.tip(), before, "a directory that vanishes is nobody's wish");
    watching.assert_takes("after");
    watching.interrupt();
    lab.assert_in_step();
    assert_eq!(lab.remote.yaml("managed/servers"), ["after.yaml", "before.yaml"]);
}

/// A switch of branches, say, or a copy put in its place: what is written by hand in the new one is heard of too.
fn the_fabric_is_another_directory() {
    let lab = Lab::ready();
    let watching = Watching::start(&lab, None);
    watching.assert_takes("before");
    for (round, directory) in [("its own", lab.clone.fabric()), ("the whole clone", lab.clone.path.clone())] {
        let aside = lab.machine.path().join(round);
        away(&directory, &aside);
        let_it_look();
        let copied = Command::new("cp").arg("-a").args([&aside, &directory]).status().expect("cp");
        assert!(copied.success(), "{round}");
        let name = round.replace(' ', "-");
        watching.assert_takes(&name);
        let_it_look();
        watching.assert_takes_edit(&format!("managed/servers/{name}.yaml"));
    }
    watching.interrupt();
    lab.assert_in_step();
}

/// A file becomes a directory, and a file again; then the same with a directory.
fn files_and_directories_change_places() {
    let lab = Lab::ready();
    let watching = Watching::start(&lab, None);
    watching.assert_takes("one");
    watching.assert_takes("two");
    let one = lab.clone.fabric().join("managed/servers/one.yaml");
    let text = fs::read_to_string(&one).expect("an object");
    fs::remove_file(&one).expect("a file");
    fs::create_dir(&one).expect("a directory in its place");
    fs::write(one.join("inside.yaml"), &text).expect("a file in it");
    let_it_look();
    fs::remove_dir_all(&one).expect("a directory");
    fs::write(&one, text.replace("dropped", "by hand")).expect("a file");
    let remote = || lab.remote.text("managed/servers/one.yaml");
    wait_until("the edit on the remote", || {
        lab.remote.yaml("managed/servers").contains(&"one.yaml".to_owned()) && remote().contains("by hand")
    });

    let (servers, aside) = (lab.clone.fabric().join("managed/servers"), lab.machine.path().join("aside"));
    away(&servers, &aside);
    fs::write(&servers, "in the way").expect("a file in its place");
    lab.clone.drop_raw("three.yaml", &object("three", "dropped"));
    let_it_look();
    assert_eq!(fs::read_to_string(&servers).expect("a file"), "in the way");
    fs::remove_file(&servers).expect("a file");
    away(&aside, &servers);
    watching.assert_arrives("three");
    watching.interrupt();
    lab.assert_in_step();
    assert_eq!(lab.remote.yaml("managed/servers"), ["one.yaml", "three.yaml", "two.yaml"]);
}

/// Editors write beside and rename, or write in pieces; a drive that synchronises leaves copies beside.
fn editors_and_cloud_drives_write_in_their_ways() {
    let lab = Lab::ready();
    let watching = Watching::start(&lab, None);
    let raw = lab.clone.fabric().join("raw");
    fs::write(raw.join(".saved.yaml.swp"), "b0VIM").expect("an editor's own file");
    fs::write(raw.join("4913"), "").expect("an editor's trial");
    fs::remove_file(raw.join("4913")).expect("an editor's trial");
    fs::write(raw.join("saved.yaml~"), object("saved", "old")).expect("a backup");
    fs::write(raw.join(".saved.tmp"), object("saved", "saved")).expect("a text beside");
    fs::rename(raw.join(".saved.tmp"), raw.join("saved.yaml")).expect("a save");
    watching.assert_arrives("saved");
    let file = lab.clone.fabric().join("managed/servers/saved.yaml");
    let text = fs::read_to_string(&file).expect("an object");
    let (head, rest) = text.split_at(text.len() / 2);
    fs::write(&file, head).expect("a half");
    std::thread::sleep(Duration::from_millis(100));
    fs::write(&file, [head, &rest.replace("saved", "in pieces")].concat()).expect("all of it");
    wait_until("the edit on the remote", || {
        lab.remote.text("managed/servers/saved.yaml").contains("in pieces")
    });
    // A drive's copy of a conflict is the same object twice: told, and never taken for another object.
    let copy = "managed/servers/saved (somebody's conflicted copy).yaml";
    fs::write(lab.clone.fabric().join(copy), text.replace("description: saved", "description: the other"))
        .expect("a copy");
    let_it_look();
    let said = watching.interrupt();
    let answer = lab.fgd("sync");
    assert_eq!(answer.code, 1, "{answer:?} {said}");
    answer.finding("FGD-302");
    assert!(lab.remote.text("managed/servers/saved.yaml").contains("in pieces"));
    assert!(lab.clone.fabric().join(copy).is_file(), "it is somebody's");
    assert!(fs::read_to_string(raw.join("saved.yaml~")).is_ok_and(|text| text.contains("old")));
    assert!(raw.join(".saved.yaml.swp").exists());
}

/// The system has no watches left: the directory is looked at from time to time.
fn without_file_events(error: i32) {
    let lab = Lab::ready();
    let trouble = Trouble {
        under: vec![lab.clone.path.clone()],
        calls: "n",
        at: 1,
        error,
        lasts: true,
        ..Trouble::default()
    };
    let watching = Watching::start(&lab, Some(&trouble));
    std::thread::sleep(Duration::from_millis(1500));
    watching.assert_takes("unwatched");
    watching.interrupt();
    lab.assert_in_step();
}

/// There are as many watches as the fabric needs, and none for a directory that is made later.
fn without_file_events_of_what_is_new() {
    let lab = Lab::ready();
    let mut directories = Command::new("find");
    directories.arg(lab.clone.fabric()).args(["-type", "d", "-printf", "."]);
    let directories = directories.output().expect("find").stdout.len();
    let trouble = Trouble {
        under: vec![lab.clone.path.clone()],
        calls: "n",
        at: u32::try_from(directories).expect("a count") + 1,
        error: ENOSPC,
        lasts: true,
        ..Trouble::default()
    };
    let watching = Watching::start(&lab, Some(&trouble));
    watching.assert_takes("new");
    let (servers, rack) = (lab.clone.fabric().join("managed/servers"), "managed/servers/rack-7");
    fs::create_dir(servers.join("rack-7")).expect("a directory");
    away(&servers.join("new.yaml"), &servers.join("rack-7/new.yaml"));
    wait_until("the new directory on the remote", || !lab.remote.yaml(rack).is_empty());
    let_it_look();
    watching.assert_takes_edit(&format!("{rack}/new.yaml"));
    watching.interrupt();
    lab.assert_in_step();
}

/// The clock is off when the watch begins, and right in the next one.
fn with_a_clock_that_is_off(ahead: i64) {
    let lab = Lab::ready();
    let trouble = Trouble { clock: ahead, ..Trouble::default() };
    let watching = Watching::start(&lab, Some(&trouble));
    watching.assert_takes("first");
    watching.interrupt();
    let watching = Watching::start(&lab, None);
    watching.assert_takes("second");
    let teammate = lab.teammate();
    teammate.write("fabrics/lab/notes.md", "notes\n");
    teammate.commit_and_push("Notes");
    watching.assert_takes("third");
    watching.interrupt();
    lab.assert_in_step();
    assert_eq!(lab.clone.text("notes.md"), "notes\n");
}

#[test]
fn what_is_done_to_the_directories_meanwhile_costs_nothing() {
    let stories: [(&str, fn()); 10] = [
        (".git", git_directory_goes_and_comes_back),
        ("fabric", the_fabric_goes_and_comes_back),
        ("another fabric", the_fabric_is_another_directory),
        ("places", files_and_directories_change_places),
        ("editors", editors_and_cloud_drives_write_in_their_ways),
        ("inotify: ENOSPC", || without_file_events(ENOSPC)),
        ("inotify: EMFILE", || without_file_events(EMFILE)),
        ("inotify: ENOSPC later", without_file_events_of_what_is_new),
        ("a day ahead", || with_a_clock_that_is_off(24 * 60 * 60)),
        ("a day behind", || with_a_clock_that_is_off(-24 * 60 * 60)),
    ];
    // Beside each other, since most of it is waiting.
    std::thread::scope(|scope| {
        for (name, story) in stories {
            std::thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, story).expect("a thread");
        }
    });
}
