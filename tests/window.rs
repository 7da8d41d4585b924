//! The main job in the real window, against a Git host that asks who is there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use thirtyfour::Key;

use crate::support::app::{App, Look, tell};
use crate::support::git_server::GitServer;
use crate::support::repositories::{Checkout, FABRIC, Remote, with_own_folders, without_configuration};
use crate::support::{app_binary, sample};

const USER: &str = "operator";
const TOKEN: &str = "lab-token-7f3a";

#[cfg(unix)]
#[test]
fn an_operator_drops_a_file_and_sees_it_pushed() {
    tell(async {
        let desk = Desk::new();
        let mut app = App::start(&desk.home, Look::Light).await;
        app.screenshots("01-empty").await;
        add_the_fabric(&app, &desk).await;
        drop_the_wiring(&app, &desk).await;
        sync_again(&app, &desk).await;
        drop_a_broken_document(&app, &desk).await;
        look_into_it(&app, &desk).await;
        mend_it(&app, &desk).await;
        clear_the_inbox(&app, &desk).await;
        put_the_structure_right(&app, &desk).await;
        pull_a_teammates_edit(&app, &desk).await;
        think_about_removing_it(&app).await;
        assert!(interactive(&app.log()), "the app says when it could be used:\n{}", app.log());
        app.close().await;

        app = App::start(&desk.home, Look::Dark).await;
        come_back_at_night(&app, &desk).await;
        app.close().await;
    });
}

/// A data hall's worth at once: the window goes on answering while it is taken in.
#[test]
fn ten_thousand_documents_leave_the_window_answering() {
    tell(async {
        let machine = tempfile::tempdir().expect("a directory");
        let remote = Remote::begun(&machine.path().join("host"));
        let clone = Checkout::of(&remote.location(), &machine.path().join("clone"));
        let app = App::start(&machine.path().join("home"), Look::Light).await;
        app.click("Add a fabric").await;
        app.choose("Folder on this machine").await;
        app.fill("Folder", clone.path.to_str().expect("a path in UTF-8")).await;
        app.wait_for_text("Found a").await;
        app.fill("Directory", FABRIC).await;
        app.fill("Name", "Data hall").await;
        app.click("Add fabric").await;
        app.wait_for_status("inSync").await;

        app.measure_pauses().await;
        let servers: Vec<String> = (0..10_000).map(server).collect();
        clone.drop_raw("hall.yaml", &servers.join("---\n"));
        app.wait_for_progress("").await;
        app.click("Add a fabric").await;
        app.wait_for_text("Folder on this machine").await;
        app.screenshots("16-dialog-over-a-large-run").await;
        let progress = app.text_of_testid("progress").await.unwrap_or_default();
        assert!(progress.contains("Syncing"), "the run is still under way behind the dialog: {progress}");
        app.click("Close").await;
        app.wait_for_progress(&progress).await;
        app.screenshots("17-large-run").await;
        app.wait_for_status("inSync").await;
        app.wait_for_summary("10000 objects created").await;
        eprintln!(
            "longest pause of the page during a sync of 10,000 documents: {} ms",
            app.longest_pause().await
        );
        assert_eq!(remote.yaml("managed").len(), 10_000);
        find_one_of_many(&app).await;
        app.close().await;
    });
}

/// One of ten thousand is found by typing, and opened.
async fn find_one_of_many(app: &App) {
    app.type_keys(Key::Control + "3").await;
    app.wait_for_text("10,000 objects").await;
    app.screenshots("18-many-objects").await;
    app.type_keys("/").await;
    app.type_keys("server-4321").await;
    app.wait_for_text("1 of 10,000").await;
    app.open_row("server-4321").await;
    app.wait_for_text("rack 108").await;
    app.screenshots("19-one-of-many").await;
}

fn server(number: usize) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: server-{number}\n\
         spec:\n  description: rack {} # by hand\n",
        number / 40
    )
}

/// The operator's machine, and the Git host that it talks to.
struct Desk {
    home: PathBuf,
    remote: Remote,
    server: GitServer,
    machine: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let machine = tempfile::tempdir().expect("a directory");
        let host = machine.path().join("host");
        let remote = Remote::begun(&host);
        let server = GitServer::start(&host, Some((USER, TOKEN)));
        Self { home: machine.path().join("home"), remote, server, machine }
    }

    /// The app's own clone.
    fn clone(&self) -> Checkout {
        let clones = std::fs::read_dir(self.home.join("clones")).expect("the clones' folder");
        let clones: Vec<PathBuf> = clones.map(|entry| entry.expect("an entry").path()).collect();
        let [clone] = clones.as_slice() else { panic!("one clone: {clones:?}") };
        Checkout::at(clone)
    }

    fn teammate(&self) -> Checkout {
        let url = self.server.url_with(USER, TOKEN, "fabric.git");
        Checkout::of(&url, &self.machine.path().join("teammate"))
    }

    /// Here and on the remote is the same, down to the tree.
    #[track_caller]
    fn assert_in_step(&self) {
        let clone = self.clone();
        assert_eq!(clone.tip(), self.remote.tip());
        assert_eq!(clone.tree(), self.remote.tree());
        assert_eq!(clone.status(), "");
    }
}

/// By its URL; the host wants a sign-in, and the first token is a wrong one.
async fn add_the_fabric(app: &App, desk: &Desk) {
    app.click("Add a fabric").await;
    app.screenshots("02-add").await;
    app.choose("URL").await;
    app.fill("Repository URL", &desk.server.url("fabric.git")).await;
    app.wait_for_text("needs a sign-in").await;
    app.fill("User name", USER).await;
    app.fill("Token or password", "yesterdays-token").await;
    app.wait_for_text("refused the sign-in").await;
    assert!(desk.server.refused() > 0, "the host saw the wrong token");
    app.screenshots("03-add-wrong-token").await;
    app.fill("Token or password", TOKEN).await;
    // There is no keychain here: where the token goes is a person's choice.
    app.choose("Ask me after each start").await;
    app.wait_for_text("Found a Git repository, 1 branch").await;
    app.fill("Directory", FABRIC).await;
    app.fill("Name", "Lab").await;
    app.screenshots("04-add-found").await;
    app.click("Add fabric").await;
    app.wait_for_status("inSync").await;
    app.screenshots("05-added").await;
    assert_eq!(desk.remote.commits(), 2, "the first commit, and the directory's structure");
    desk.assert_in_step();
}

/// The file alone sets everything off; the host takes its time, so that the progress can be watched.
#[cfg(unix)]
async fn drop_the_wiring(app: &App, desk: &Desk) {
    let before = desk.remote.commits();
    desk.remote.check_pushes_for(3);
    let wiring = sample("lab-wiring.yaml");
    desk.clone().drop_raw("lab-wiring.yaml", &wiring);

    let progress = app.wait_for_progress("").await;
    assert!(progress.contains("Syncing") && progress.contains("Cancel"), "{progress}");
    let parsed = app.step("Parse").await.unwrap_or_default();
    assert!(parsed.contains("46 documents in 1 file"), "{parsed}");
    app.screenshots("06-progress").await;
    // The time goes on while the host checks.
    app.wait_for_progress(&progress).await;

    let summary = app.wait_for_summary("46 objects created").await;
    assert!(summary.contains("pushed 1 commit"), "{summary}");
    app.wait_for_status("inSync").await;
    app.screenshots("07-synced").await;
    assert_eq!(desk.remote.commits(), before + 1, "one commit for all of it");
    assert_eq!(desk.remote.objects(), [26, 10, 7, 3, 0]);
    assert_eq!(desk.remote.yaml("managed").len(), 46);
    assert_eq!(desk.remote.yaml("raw"), Vec::<String>::new());
    desk.assert_in_step();
    desk.remote.check_pushes_for(0);
}

async fn sync_again(app: &App, desk: &Desk) {
    let before = desk.remote.commits();
    app.click("Sync").await;
    app.wait_for_summary("All is in sync: no change, no commit.").await;
    assert_eq!(desk.remote.commits(), before);
    app.screenshots("08-nothing-to-do").await;
}

/// Of its three documents two are fine and arrive; the third one waits, with its place.
async fn drop_a_broken_document(app: &App, desk: &Desk) {
    desk.clone().drop_raw("broken.yaml", &sample("broken.yaml"));
    let summary = app.wait_for_summary("1 document left in the inbox").await;
    assert!(summary.contains("2 objects created"), "{summary}");
    app.wait_for_status("needsAttention").await;
    app.wait_for_text("FGD-101").await;
    let text = app.text().await.expect("the window's text");
    let place = text.split(&format!("{FABRIC}/raw/broken.yaml:")).nth(1).unwrap_or_else(|| panic!("{text}"));
    let line = place.split(':').next().and_then(|line| line.parse().ok()).unwrap_or(0);
    assert!((17..=19).contains(&line), "where the bracket is missing: {text}");
    app.screenshots("09-broken").await;
    assert_eq!(desk.remote.objects(), [26, 11, 7, 3, 1]);
    assert_eq!(desk.clone().waiting(), ["broken.yaml"]);
}

/// The problem is shown where it is in the file, and a preview says what would become of each document.
async fn look_into_it(app: &App, desk: &Desk) {
    app.wait_for_text("links: [{server: {port: spare-1/enp2s1}").await;
    app.click("Preview").await;
    app.wait_for_text("Preview of a sync").await;
    app.wait_for_text("rejected").await;
    app.screenshots("09a-preview").await;
    app.click("Close").await;
    // What stands has warnings of its own: the installer's namespaces are not in these files.
    app.click("Show findings").await;
    app.wait_for_text("FGD-503").await;
    app.screenshots("09b-findings").await;
    app.click("Close").await;
    assert_eq!(desk.clone().waiting(), ["broken.yaml"], "looking changes nothing");
}

/// Two files that can't be taken: one is kept apart as it is, the other goes.
async fn clear_the_inbox(app: &App, desk: &Desk) {
    desk.clone().drop_raw("notes.yaml", "- rack A\n- rack B\n");
    desk.clone().drop_raw("scratch.yaml", "a: [\n");
    app.wait_for_status("needsAttention").await;
    app.wait_for_text("scratch.yaml").await;
    app.screenshots("09c-two-files").await;
    app.click("Move to unmanaged: raw/notes.yaml").await;
    app.wait_for_text("where Argo CD").await;
    app.screenshots("09d-move").await;
    app.click("Move to unmanaged").await;
    app.wait_for_text("1 file").await;
    until(|| desk.clone().waiting() == ["scratch.yaml"]).await;
    app.click("Delete: raw/scratch.yaml").await;
    app.wait_for_text("Git store").await;
    app.screenshots("09e-delete").await;
    app.click("Delete").await;
    app.wait_for_status("inSync").await;
    assert_eq!(desk.clone().waiting(), Vec::<String>::new());
    assert_eq!(desk.clone().text("unmanaged/notes.yaml"), "- rack A\n- rack B\n");
    let kept = desk.clone().git(&["for-each-ref", "--format=%(objectname)", "refs/fgd/discarded"]);
    assert_eq!(desk.clone().git(&["cat-file", "-p", kept.trim()]), "a: [");
}

/// An object that a teammate put in the wrong directory is found, and moved by one commit.
async fn put_the_structure_right(app: &App, desk: &Desk) {
    let teammate = Checkout::of(
        &desk.server.url_with(USER, TOKEN, "fabric.git"),
        &desk.machine.path().join("careless-teammate"),
    );
    let (from, to) = ("managed/vpcs/vpc-green.yaml", "managed/servers/vpc-green.yaml");
    teammate.git(&["mv", &format!("{FABRIC}/{from}"), &format!("{FABRIC}/{to}")]);
    teammate.commit_and_push("Tidy up");
    app.click("Pull").await;
    app.wait_for_summary("Pulled").await;
    app.click("More for this fabric").await;
    app.click("Check structure").await;
    app.wait_for_text("belongs in managed/vpcs/").await;
    app.screenshots("09f-structure").await;
    app.click("Repair").await;
    app.wait_for_text("right").await;
    until(|| desk.clone().fabric().join(from).is_file()).await;
    app.screenshots("09g-repaired").await;
    if app.text().await.is_some_and(|text| text.contains("Everything is in its place")) {
        app.click("Close").await;
    }
    app.wait_for_status("inSync").await;
    desk.assert_in_step();
}

/// Waits for what happens on the disk.
async fn until(is_so: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < patience, "it did not happen in time");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// In an editor, in place. It arrives by itself.
async fn mend_it(app: &App, desk: &Desk) {
    let mended = sample("broken.yaml").replace("leaf-5/E1/8}}", "leaf-5/E1/8}}]");
    desk.clone().drop_raw("broken.yaml", &mended);
    app.wait_for_summary("1 object created").await;
    app.wait_for_status("inSync").await;
    assert_eq!(desk.remote.objects(), [27, 11, 7, 3, 1]);
    assert_eq!(desk.clone().waiting(), Vec::<String>::new());
    desk.assert_in_step();
}

async fn pull_a_teammates_edit(app: &App, desk: &Desk) {
    let switch = "managed/switches/leaf-1.yaml";
    let teammate = desk.teammate();
    teammate.add_line(switch, "# moved to rack C");
    teammate.commit_and_push("Move leaf-1");
    app.click("Pull").await;
    app.wait_for_summary("Pulled 1 commit").await;
    assert!(desk.clone().text(switch).ends_with("# moved to rack C\n"));
    assert_eq!(desk.clone().tip(), teammate.tip(), "fast-forwarded, not merged");
    desk.assert_in_step();
    app.screenshots("10-pulled").await;
    let text = app.text().await.expect("the window's text");
    assert!(!text.contains("Interrupted"), "nothing was interrupted so far:\n{text}");
}

async fn think_about_removing_it(app: &App) {
    app.click("More for this fabric").await;
    app.screenshots("11-menu").await;
    app.click("Remove from the list").await;
    app.wait_for_text("Nothing is deleted").await;
    app.screenshots("12-remove").await;
    app.click("Keep it").await;
    app.wait_for_status("inSync").await;
}

/// The app was closed, and the desktop is dark now. Without a keychain the sign-in went with the app.
async fn come_back_at_night(app: &App, desk: &Desk) {
    assert!(app.is_dark().await, "the window follows the desktop");
    app.wait_for_status("needsSignIn").await;
    app.screenshots("13-dark-needs-sign-in").await;
    app.click("Sign in").await;
    app.wait_for_text("wants to know who is asking").await;
    app.screenshots("14-dark-sign-in").await;
    app.fill("User name", USER).await;
    app.fill("Token or password", TOKEN).await;
    app.choose("Ask me after each start").await;
    app.click("Sign in").await;
    let signed_in = Instant::now();
    app.wait_for_status("inSync").await;
    // As the dialog promises, and not at some later check.
    assert!(signed_in.elapsed() < Duration::from_secs(5), "synced after {:?}", signed_in.elapsed());
    app.screenshots("15-dark-in-sync").await;
    desk.assert_in_step();
}

/// Whether a log tells how long it took until the window could be used.
fn interactive(log: &str) -> bool {
    let line = log.lines().find(|line| line.contains("interactive") && line.contains("since_start_ms="));
    line.is_some_and(|line| {
        let digits = line.split("since_start_ms=").nth(1).unwrap_or_default();
        digits.split_whitespace().next().is_some_and(|number| number.parse::<u64>().is_ok())
    })
}

/// Started a second time, the app shows the window that is there, and ends.
#[cfg(target_os = "linux")]
#[test]
fn a_second_start_leads_to_the_window_that_is_there() {
    tell(async {
        let machine = tempfile::tempdir().expect("a directory");
        let start = || {
            let mut app = Command::new(app_binary());
            without_configuration(&mut app);
            with_own_folders(&mut app, machine.path());
            app.env("HOME", machine.path());
            app.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            app.spawn().expect("the app starts")
        };
        let mut first = start();
        until(|| logs_below(machine.path()).iter().any(|log| interactive(log))).await;
        let second = std::cell::RefCell::new(start());
        until(|| second.borrow_mut().try_wait().expect("its state").is_some()).await;
        assert_eq!(second.borrow_mut().wait().expect("its state").code(), Some(0));
        assert!(first.try_wait().expect("its state").is_none(), "the first one goes on");
        first.kill().expect("it ends");
        first.wait().expect("it ended");
    });
}

/// The app's logs at any place below a directory.
#[cfg(target_os = "linux")]
fn logs_below(directory: &Path) -> Vec<String> {
    let mut logs = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            logs.extend(logs_below(&path));
        } else if path.ends_with("fgd-sync.log") {
            logs.extend(std::fs::read_to_string(path));
        }
    }
    logs
}
