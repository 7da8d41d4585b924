//! A clone that somebody else configured: whatever Git could be made to start or be sent to leaves a mark, and
//! there is none.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::support::git_server::GitServer;

const HOOKS: [&str; 28] = [
    "applypatch-msg",
    "commit-msg",
    "fsmonitor-watchman",
    "p4-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
    "p4-prepare-changelist",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "sendemail-validate",
    "update",
];

/// Makes a program that leaves a mark when it is run.
fn program(path: &Path, mark: &Path) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, format!("#!/bin/sh\necho \"$0 $*\" >>'{}'\n", mark.display())).expect("a program");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it runs");
}

/// Adds to the clone's own configuration.
fn configure(lab: &Lab, text: &str) {
    let path = lab.clone.path.join(".git/config");
    let mut file = std::fs::File::options().append(true).open(path).expect("the configuration");
    file.write_all(text.as_bytes()).expect("written");
}

/// All that Git's documentation lets a configuration start.
fn everything(lab: &Lab, mark: &Path) -> String {
    let tool = lab.machine.path().join("evil/tool");
    program(&tool, mark);
    let tool = tool.display();
    let hooks = lab.machine.path().join("evil/hooks");
    for name in HOOKS {
        program(&hooks.join(name), mark);
        program(&lab.clone.path.join(".git/hooks").join(name), mark);
    }
    let more = lab.machine.path().join("evil/more");
    std::fs::write(
        &more,
        format!("[core]\n\tpager = {tool}\n[alias]\n\tstatus = !{tool}\n\tpush = !{tool}\n"),
    )
    .expect("written");
    format!(
        "[core]\n\thooksPath = {hooks}\n\tfsmonitor = {tool}\n\tsshCommand = {tool}\n\tgitProxy = {tool}\n\taskPass = {tool}\n\
         \teditor = {tool}\n\tpager = {tool}\n\talternateRefsCommand = {tool}\n\tuntrackedCache = true\n\tautocrlf = true\n\
         [sequence]\n\teditor = {tool}\n[credential]\n\thelper = \"!{tool}\"\n\thelper = {tool}\n\
         [gpg]\n\tprogram = {tool}\n[gpg \"openpgp\"]\n\tprogram = {tool}\n[gpg \"ssh\"]\n\tprogram = {tool}\n\tdefaultKeyCommand = {tool}\n\
         [diff]\n\texternal = {tool}\n[diff \"evil\"]\n\tcommand = {tool}\n\ttextconv = {tool}\n\
         [merge \"evil\"]\n\tdriver = {tool} %A\n\tname = evil\n[mergetool \"evil\"]\n\tcmd = {tool}\n[merge]\n\ttool = evil\n\
         [filter \"evil\"]\n\tclean = {tool}\n\tsmudge = {tool}\n\tprocess = {tool}\n\trequired = true\n\
         [filter \"lfs\"]\n\tclean = {tool}\n\tsmudge = {tool}\n\tprocess = {tool}\n\trequired = true\n\
         [uploadpack]\n\tpackObjectsHook = {tool}\n[remote \"origin\"]\n\tuploadpack = {tool}\n\treceivepack = {tool}\n\tvcs = evil\n\
         [protocol]\n\tallow = always\n[protocol \"ext\"]\n\tallow = always\n[interactive]\n\tdiffFilter = {tool}\n\
         [submodule \"x\"]\n\tupdate = !{tool}\n\turl = ext::{tool}\n[man]\n\tviewer = evil\n[man \"evil\"]\n\tcmd = {tool}\n\
         [maintenance]\n\tauto = true\n[gc]\n\tauto = 1\n[trailer \"x\"]\n\tcmd = {tool}\n\tcommand = {tool}\n[pager]\n\tlog = {tool}\n\
         [include]\n\tpath = {more}\n[includeIf \"gitdir:/\"]\n\tpath = {more}\n",
        hooks = hooks.display(),
        more = more.display(),
    )
}

#[test]
fn a_clones_own_configuration_runs_nothing() {
    let story = Story::new();
    let lab = &story.lab;
    let mark = lab.machine.path().join("ran");
    assert_eq!(story.drop_and_sync("spare-1").code, 0);
    configure(lab, &everything(lab, &mark));
    lab.clone.write(".gitattributes", "* filter=evil diff=evil merge=evil text=auto eol=crlf ident working-tree-encoding=UTF-16\n*.yaml filter=lfs\n");
    lab.clone.write(".git/info/attributes", "* filter=evil merge=evil\n");
    // The remote has more, and both change one object: a merge.
    let theirs = server("spare-1").replace("spare\n", "theirs\n");
    story.push(&in_fabric("managed/servers"), vec![(FILE, b"theirs.yaml".to_vec(), story.blob(&theirs))]);
    let directory = lab.directory();
    let before = std::fs::read(lab.clone.fabric().join("managed/servers/spare-1.yaml")).expect("there");

    let synced = story.drop_and_sync("spare-2");
    assert!([0, 1].contains(&synced.code), "{synced:?}");
    assert_eq!(synced.documents(), [1, 0, 0, 0, 0], "{synced:?}");
    for command in
        ["status", "validate", "sync", "pull", "push", "ingest", "repair", "log", "conflicts", "init"]
    {
        let answer = lab.fgd(command);
        assert!(answer.code != 3, "{command}: {answer:?}");
    }
    for words in [
        &["get", "-d", &directory][..],
        &["undo", &directory, "--last"],
        &["ingest", "--dry-run", &directory],
    ] {
        lab.ask(words);
    }
    let ran = std::fs::read_to_string(&mark).unwrap_or_default();
    assert_eq!(ran, "", "nothing was run");
    // No filter had its way with the bytes either.
    assert_eq!(
        std::fs::read(lab.clone.fabric().join("managed/servers/spare-1.yaml")).expect("there"),
        before
    );
    assert_eq!(lab.remote.text("managed/servers/theirs.yaml"), theirs);
    assert_eq!(lab.clone.text("managed/servers/theirs.yaml"), theirs);
}

/// Signing may be asked for by a clone; by which program is for the user's own configuration to say.
#[test]
fn a_clone_does_not_choose_the_program_that_signs() {
    for format in ["openpgp", "x509", "ssh"] {
        let story = Story::new();
        let lab = &story.lab;
        let mark = lab.machine.path().join("ran");
        configure(lab, &everything(lab, &mark));
        let tool = lab.machine.path().join("evil/tool");
        configure(
            lab,
            &format!(
                "[commit]\n\tgpgsign = true\n[gpg]\n\tformat = {format}\n[gpg \"x509\"]\n\tprogram = {tool}\n[user]\n\tsigningkey = --exec={tool}\n",
                tool = tool.display()
            ),
        );
        let synced = story.drop_and_sync("spare-1");
        assert_told(&synced, format);
        assert_eq!(synced.json["error"]["code"], "SigningFailed", "{synced:?}");
        assert_eq!(std::fs::read_to_string(&mark).unwrap_or_default(), "", "{format}");
    }
}

/// The remote asks who is there: no helper, no prompt and no proxy of the clone's hears of it, and an alias of
/// the clone's does not stand in for a helper of the user's that is missing.
#[test]
fn a_clones_own_configuration_hears_no_secret_and_leads_nowhere() {
    let story = Story::new();
    let lab = &story.lab;
    let mark = lab.machine.path().join("ran");
    let server = GitServer::start(lab.machine.path(), Some(("bob", SECRET)));
    let (proxy, asked) = counting_listener();
    lab.clone.git(&["remote", "set-url", "origin", &server.url("fabric.git")]);
    configure(lab, &everything(lab, &mark));
    let tool = lab.machine.path().join("evil/tool").display().to_string();
    configure(
        lab,
        &format!(
            "[http]\n\tproxy = http://{proxy}\n\tsslVerify = false\n\textraHeader = X-Evil: 1\n\tcookieFile = {tool}\n\
             [http \"{own}\"]\n\tproxy = http://{proxy}\n[remote \"origin\"]\n\tproxy = http://{proxy}\n\
             [alias]\n\tcredential-missing = !{tool}\n",
            own = server.url("")
        ),
    );
    // The user has a helper configured that is not installed on this machine.
    let home = lab.machine.path().join("home");
    std::fs::create_dir_all(&home).expect("a folder");
    std::fs::write(home.join(".gitconfig"), "[credential]\n\thelper = missing\n").expect("written");

    let refused = lab.fgd("sync");
    assert_told(&refused, "nobody is known");
    assert_eq!(refused.json["error"]["code"], "AuthRequired", "{refused:?}");
    lab.clone.git(&[
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.fsmonitor=false",
        "config",
        "remote.origin.url",
        &server.url_with("bob", SECRET, "fabric.git"),
    ]);
    let synced = story.drop_and_sync("spare-1");
    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(std::fs::read_to_string(&mark).unwrap_or_default(), "", "nothing was run");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the clone's own proxy was not asked");
    for answer in [&refused, &synced] {
        assert!(!answer.stdout.contains(SECRET) && !answer.stderr.contains(SECRET), "{answer:?}");
    }
}

/// `url.insteadOf` of a clone: the account is that of where it leads, and a second one leads nowhere.
#[test]
fn a_clones_rewritten_address_gets_no_secret_of_another() {
    let story = Story::new();
    let lab = &story.lab;
    let server = GitServer::start(lab.machine.path(), Some(("bob", SECRET)));
    let (evil, asked) = counting_listener();
    lab.clone.git(&["remote", "set-url", "origin", &server.url_with("bob", SECRET, "fabric.git")]);
    // What the address is after it was read is rewritten once more.
    configure(
        lab,
        &format!(
            "[url \"http://{evil}/\"]\n\tinsteadOf = {}\n\tpushInsteadOf = {}\n",
            server.url(""),
            server.url("")
        ),
    );
    let synced = story.drop_and_sync("spare-1");
    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nobody else was asked");

    // In one step it leads there as `git` would be led, and is shown and asked as what it is: without a secret.
    lab.clone.git(&["remote", "set-url", "origin", &server.url("fabric.git")]);
    let led = lab.fgd("sync");
    assert_told(&led, "led elsewhere");
    assert!(!led.stderr.contains(SECRET) && led.stdout.contains(&evil), "{led:?}");
}

/// A listener that counts who comes, and answers nobody.
fn counting_listener() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    // It ends with the tests' process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    (address, asked)
}

/// `core.worktree` names a folder of the user's: it is no work tree of that clone's.
#[test]
fn a_clone_does_not_choose_where_its_work_tree_is() {
    let story = Story::new();
    let lab = &story.lab;
    let victim = lab.machine.path().display().to_string();
    std::fs::write(lab.machine.path().join(".bashrc"), "# mine\n").expect("written");
    let evil = story.blob("touch /tmp/never\n");
    story.push("", vec![(FILE, b".bashrc".to_vec(), evil.clone()), (FILE, b".profile".to_vec(), evil)]);
    let before = story.surroundings();
    for tree in ["/", &victim, "../..", "../../.."] {
        configure(lab, &format!("[core]\n\tworktree = {tree}\n"));
        assert_told(&lab.fgd("sync"), tree);
        assert_told(&lab.fgd("status"), tree);
        assert_eq!(story.surroundings(), before, "{tree}");
    }
}

/// Git's own directory has links where Git writes: nothing is written through them.
#[test]
fn a_store_with_links_in_it_is_refused() {
    for place in [
        "index",
        "packed-refs",
        "logs/HEAD",
        "logs/refs/heads/main",
        "refs/heads/main",
        "refs/remotes/origin/main",
        "refs/fgd",
        "objects/pack",
        "objects/ab",
        "fgd",
        "fgd/damaged",
        "fgd/durable.gitconfig",
        "fgd/lock",
        "config",
    ] {
        let story = Story::new();
        let lab = &story.lab;
        let victim = lab.machine.path().join("victim");
        let at = lab.clone.path.join(".git").join(place);
        let was_dir = at.is_dir() || matches!(place, "refs/fgd" | "fgd" | "objects/ab" | "fgd/damaged");
        if was_dir {
            std::fs::create_dir_all(&victim).expect("a folder");
            if at.is_dir() {
                for (path, bytes) in files(&at, &|_| false) {
                    let to = victim.join(path.strip_prefix(&at).expect("below"));
                    std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
                    std::fs::write(to, bytes).expect("a copy");
                }
                std::fs::remove_dir_all(&at).expect("removed");
            }
        } else {
            std::fs::write(&victim, std::fs::read(&at).unwrap_or_default()).expect("a copy");
            drop(std::fs::remove_file(&at));
        }
        std::fs::create_dir_all(at.parent().expect("a folder")).expect("a folder");
        if place == "objects/ab" {
            // To whoever looks for damaged objects, these may look like some.
            for name in ["notes.txt", &"a".repeat(38)] {
                std::fs::write(victim.join(name), "no object\n").expect("a file");
            }
        }
        if place == "fgd/damaged" {
            let fan = lab.clone.path.join(".git/objects/ab");
            std::fs::create_dir_all(&fan).expect("a folder");
            std::fs::write(fan.join("evil.desktop"), "no object\n").expect("a file");
            std::fs::write(fan.join("a".repeat(38)), "no object\n").expect("a file");
        }
        symlink(&victim, &at).expect("a link");
        let before = story.surroundings();
        let looked = lab.fgd("status");
        assert_eq!(story.surroundings(), before, "{place}: {looked:?}");
        let synced = story.drop_and_sync("spare-1");
        assert_told(&synced, place);
        assert_eq!(synced.json["error"]["code"], "StoreNotPlain", "{place}: {synced:?}");
        assert_eq!(story.surroundings(), before, "{place}");
        assert!(lab.clone.waiting().contains(&"spare-1.yaml".to_owned()), "{place}: nothing is lost");
    }
}

/// Git refuses a clone of another user's, and so does this.
#[test]
fn a_clone_of_another_user_is_refused() {
    let story = Story::new();
    let lab = &story.lab;
    let chowned = Command::new("chown").args(["-R", "12345"]).arg(&lab.clone.path).output().expect("chown");
    if !chowned.status.success() {
        eprintln!("SKIPPED: this user can't give files away, so no clone is another user's.");
        return;
    }
    let synced = lab.fgd("sync");
    assert_told(&synced, "another user's");
    assert_eq!(synced.json["error"]["code"], "NotYours", "{synced:?}");
}

/// A file of the fabric's is a pointer to Git LFS: it is text like any other, told as no object, and kept.
#[test]
fn a_pointer_to_large_file_storage_is_told_and_kept() {
    let story = Story::new();
    let lab = &story.lab;
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n", "0".repeat(64));
    story.push(&in_fabric("managed/servers"), vec![(FILE, b"large.yaml".to_vec(), story.blob(&pointer))]);
    story.push(
        "",
        vec![(FILE, b".gitattributes".to_vec(), story.blob("*.yaml filter=lfs diff=lfs merge=lfs -text\n"))],
    );
    let synced = story.drop_and_sync("spare-1");
    assert!([0, 1].contains(&synced.code), "{synced:?}");
    assert_eq!(lab.clone.text("managed/servers/large.yaml"), pointer);
    assert_eq!(lab.remote.text("managed/servers/large.yaml"), pointer);
    assert!(lab.remote.text("managed/servers/spare-1.yaml").contains("description: spare"));
    let checked = lab.fgd("validate");
    let told = checked
        .findings()
        .iter()
        .any(|found| found["file"].as_str().is_some_and(|file| file.ends_with("large.yaml")));
    assert!(told, "{checked:?}");
}
