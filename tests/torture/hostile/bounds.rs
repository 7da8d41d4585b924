//! Much out of little: trees and files that a few bytes of a pack can stand for. Time and memory stay bounded.

use std::io::{BufRead, BufReader, Write};

use super::*;

/// What `fgd` may have at most while it is given too much.
const MOST_MEBIBYTES: u64 = 700;

#[track_caller]
fn assert_bounded(measured: &Measured, what: &str, seconds: u64) {
    eprintln!("{what}: {:?}, {} MiB", measured.took, measured.mebibytes);
    assert!(measured.took < Duration::from_secs(seconds), "{what}: {:?}", measured.took);
    assert!(measured.mebibytes < MOST_MEBIBYTES, "{what}: {} MiB", measured.mebibytes);
}

/// Sends a stream to `git fast-import` at the host, on top of the branch.
fn import(story: &Story, stream: &str) {
    let file = story.lab.machine.path().join("stream");
    std::fs::write(&file, stream).expect("written");
    let done = Command::new("git")
        .arg("-C")
        .arg(story.lab.remote.location())
        .args(["-c", "core.compression=1", "fast-import", "--quiet", "--force"])
        .stdin(std::fs::File::open(&file).expect("opened"))
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::remove_file(file).expect("removed");
}

fn commit_head() -> String {
    format!(
        "commit refs/heads/{BRANCH}\ncommitter Mallory <m@lab.example> 1700000000 +0000\ndata 4\nmuch\nfrom refs/heads/{BRANCH}^0\n"
    )
}

#[test]
fn a_huge_tree_is_taken() {
    let story = Story::served();
    let entries = if is_long() { 100_000 } else { 10_000 };
    let mut stream = "blob\nmark :1\ndata 2\nx\n".to_owned();
    stream.push_str(&commit_head());
    for n in 0..entries {
        stream.push_str(&format!("M 100644 :1 bulk/{}/file-{n}\n", n % 50));
    }
    import(&story, &stream);
    let pulled = measured(&story.lab, "sync");
    assert_eq!(pulled.answer.code, 0, "{:?}", pulled.answer);
    assert_bounded(&pulled, "a huge tree", 90);
    story.lab.assert_in_step();
}

#[test]
fn directories_without_end_are_refused_or_stay_in_git() {
    let story = Story::served();
    let lab = &story.lab;
    // A path of a hundred parts is one; of a thousand and more, none. Of twenty thousand the server's own Git dies.
    for (depth, is_taken) in [(100, true), (1_000, false), (2_000, false)] {
        let abyss = nested(&lab.remote.location(), depth, &story.blob("deep\n"));
        story.push("", vec![(TREE, b"abyss".to_vec(), abyss)]);
        let tip = lab.clone.tip();
        let pulled = measured(lab, "sync");
        assert_bounded(&pulled, &format!("{depth} directories"), 60);
        if is_taken {
            assert_eq!(pulled.answer.code, 0, "{:?}", pulled.answer);
            lab.assert_in_step();
        } else {
            assert_told(&pulled.answer, "too deep");
            assert_eq!(pulled.answer.json["error"]["code"], "TooMuch", "{depth}: {:?}", pulled.answer);
            assert_eq!(lab.clone.tip(), tip, "nothing was changed here");
        }
    }
}

/// Trees of one entry each, one in the other, by one `git`.
fn nested(store: &str, depth: usize, blob: &str) -> String {
    let mut git = Command::new("git")
        .args(["-C", store, "mktree", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git runs");
    let (mut to, from) = (git.stdin.take().expect("its input"), git.stdout.take().expect("its output"));
    let mut from = BufReader::new(from);
    let mut id = blob.to_owned();
    for level in 0..depth {
        let kind = if level == 0 { "100644 blob" } else { "040000 tree" };
        writeln!(to, "{kind} {id}\td\n").expect("written");
        id.clear();
        from.read_line(&mut id).expect("read");
        id.truncate(40);
    }
    drop(to);
    assert!(git.wait().expect("its end").success());
    id
}

/// Ten trees, each of which names the next ten times: ten thousand million paths.
#[test]
fn a_tree_that_unfolds_without_end_is_refused() {
    for leaf_is_file in [true, false] {
        let story = Story::served();
        let lab = &story.lab;
        let (mut mode, mut id) = match leaf_is_file {
            true => (FILE, story.blob("x")),
            // Not even files: directories alone.
            false => (TREE, story.tree(Vec::new())),
        };
        for _ in 0..10 {
            let entries = (0..10).map(|n| (mode, format!("d{n}").into_bytes(), id.clone())).collect();
            (mode, id) = (TREE, story.tree(entries));
        }
        story.push("", vec![(TREE, b"bomb".to_vec(), id.clone())]);
        let tip = lab.clone.tip();
        let pulled = measured(lab, "sync");
        assert_bounded(&pulled, "a tree that unfolds", 60);
        assert_told(&pulled.answer, "a tree that unfolds");
        assert_eq!(pulled.answer.json["error"]["code"], "TooMuch", "{:?}", pulled.answer);
        assert_eq!(lab.clone.tip(), tip, "nothing was changed here");
        // Work here goes on meanwhile, and goes out when the commit is gone.
        lab.clone.drop_raw("spare.yaml", &server("spare"));
        assert!(lab.fgd("ingest").code != 3);
        story.at_host(&["update-ref", &format!("refs/heads/{BRANCH}"), &format!("{BRANCH}~1")]);
        let mended = lab.fgd("sync");
        assert_eq!(mended.code, 0, "{mended:?}");
        lab.assert_in_step();
    }
}

/// A file of zeros is nearly nothing in a pack. It stays in Git; all beside it is taken.
#[test]
fn a_file_that_unfolds_to_a_gigabyte_is_not_read() {
    let story = Story::served();
    let lab = &story.lab;
    let mebibytes: u64 = if is_long() { 1024 } else { 300 };
    let zeros = lab.machine.path().join("zeros");
    std::fs::File::create(&zeros).expect("a file").set_len(mebibytes << 20).expect("sparse");
    let path = zeros.display().to_string();
    let id = lab.remote.git(&["-c", "core.compression=1", "hash-object", "-w", &path]);
    let good = story.blob(&server("good"));
    story.push(
        &in_fabric("managed/servers"),
        vec![(FILE, b"zeros.yaml".to_vec(), id.clone()), (FILE, b"good.yaml".to_vec(), good)],
    );
    let pulled = measured(lab, "sync");
    assert_bounded(&pulled, "zeros", 90);
    assert!([0, 1].contains(&pulled.answer.code), "{:?}", pulled.answer);
    assert_eq!(lab.clone.tip(), lab.remote.tip());
    assert!(lab.clone.fabric().join("managed/servers/good.yaml").is_file());
    assert!(!lab.clone.fabric().join("managed/servers/zeros.yaml").exists());
    assert_eq!(story.drop_and_sync("spare").documents(), [1, 0, 0, 0, 0], "its absence is no deletion");
    assert!(lab.remote.files("managed/servers").contains(&"zeros.yaml".to_owned()));
}

/// One file of many names: each is small enough, all together are not.
#[test]
fn many_names_for_one_large_file_are_refused() {
    let story = Story::served();
    let lab = &story.lab;
    let zeros = lab.machine.path().join("zeros");
    std::fs::File::create(&zeros).expect("a file").set_len(64 << 20).expect("sparse");
    let path = zeros.display().to_string();
    let id = lab.remote.git(&["-c", "core.compression=1", "hash-object", "-w", &path]);
    let entries = (0..200).map(|n| (FILE, format!("copy-{n}").into_bytes(), id.clone())).collect();
    story.push("copies", entries);
    let pulled = measured(lab, "sync");
    assert_bounded(&pulled, "many names", 60);
    assert_told(&pulled.answer, "many names");
    assert_eq!(pulled.answer.json["error"]["code"], "TooMuch", "{:?}", pulled.answer);
    assert!(!lab.clone.path.join("copies").exists());
}

/// Subjects and names of a megabyte are shown as far as anybody reads.
#[test]
fn a_commits_words_are_shown_as_far_as_anybody_reads() {
    let story = Story::served();
    let lab = &story.lab;
    let long = "x".repeat(1 << 20);
    let file = lab.machine.path().join("message");
    std::fs::write(
        &file,
        format!("{long}\n\nFGD-Operation: {long}\nFGD-Held: ../../x\nFGD-Adopted: {long}\n"),
    )
    .expect("written");
    let tree = story
        .grafted(&in_fabric("managed/servers"), vec![(FILE, b"a.yaml".to_vec(), story.blob(&server("a")))]);
    let message = file.display().to_string();
    let commit = story.at_host(&["commit-tree", &tree, "-p", BRANCH, "-F", &message]);
    story.at_host(&["update-ref", &format!("refs/heads/{BRANCH}"), &commit]);
    let pulled = measured(lab, "sync");
    assert_eq!(pulled.answer.code, 0, "{:?}", pulled.answer.stderr);
    assert_bounded(&pulled, "a long subject", 30);
    let log = lab.ask(&["log", "--object", "Server/a", &lab.directory()]);
    assert_eq!(log.code, 0);
    assert!(log.stdout.len() < 20_000, "{}", log.stdout.len());
}
