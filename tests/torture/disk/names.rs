//! File systems that see names differently than Git does: where `A` is `a`, and where `é` is kept in two pieces.

use std::fs;

use crate::support::lab::{Answer, Lab};
use crate::support::repositories::FABRIC;
use crate::support::run;
use crate::torture::desk::object;
use crate::torture::shim::Trouble;

/// A sync on such a file system. The work tree was made on it: Git's configuration says so.
fn sync_on(lab: &Lab, names: &'static str) -> Answer {
    let notes = lab.machine.path().join("notes");
    let mut command = lab.command();
    command.arg("sync").arg(lab.clone.fabric()).arg("--json");
    Trouble { under: vec![lab.clone.path.clone()], names, ..Trouble::default() }.befall(&mut command, &notes);
    Answer::of(run(&mut command))
}

#[test]
fn where_case_is_nothing_names_that_differ_in_it_are_told_and_not_lost() {
    let lab = Lab::ready();
    lab.clone.git(&["config", "core.ignorecase", "true"]);
    let teammate = lab.teammate();
    teammate.write(&format!("{FABRIC}/Notes.md"), "the large one\n");
    teammate.write(&format!("{FABRIC}/notes.md"), "the small one\n");
    teammate.commit_and_push("Two files to Linux");
    lab.clone.drop_raw("Drop.YAML", &object("dropped", "dropped"));
    let answer = sync_on(&lab, "case");
    eprintln!("{answer:?}");
    // Only one of the two fits here; the other one is still in Git, and nobody's deletion.
    for _ in 0..2 {
        sync_on(&lab, "case");
        assert_eq!(lab.remote.text("Notes.md"), "the large one\n");
        assert_eq!(lab.remote.text("notes.md"), "the small one\n");
    }
    assert!(lab.remote.yaml("managed/servers").contains(&"dropped.yaml".to_owned()), "{answer:?}");
}

#[test]
fn where_case_is_nothing_a_file_in_other_letters_is_the_same_file() {
    let lab = Lab::ready();
    lab.clone.git(&["config", "core.ignorecase", "true"]);
    lab.clone.drop_raw("leaf.yaml", &object("leaf", "first"));
    assert_eq!(sync_on(&lab, "case").code, 0);
    // Archived under a name that another drop has in other letters.
    lab.clone.drop_raw("LEAF.yaml", &object("leaf", "second"));
    let answer = sync_on(&lab, "case");
    assert_eq!(answer.code, 0, "{answer:?}");
    lab.assert_in_step();
    assert!(lab.remote.text("managed/servers/leaf.yaml").contains("second"));
    let archived: Vec<String> =
        lab.remote.files("raw").into_iter().filter(|name| name.contains("archived")).collect();
    let texts: Vec<String> = archived.iter().map(|name| lab.remote.text(&format!("raw/{name}"))).collect();
    assert!(texts.iter().any(|text| text.contains("first")), "{archived:?}");
    assert!(texts.iter().any(|text| text.contains("second")), "{archived:?}");
    let lowered: std::collections::HashSet<String> =
        archived.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(lowered.len(), archived.len(), "two archives of one name: {archived:?}");
}

#[test]
fn where_names_are_kept_in_pieces_they_are_the_same_names() {
    let lab = Lab::ready();
    lab.clone.git(&["config", "core.precomposeunicode", "true"]);
    // As such a system has it on the disk.
    lab.clone.drop_raw("entre\u{301}e.yaml", &object("entree", "dropped"));
    let answer = sync_on(&lab, "nfd");
    assert_eq!(answer.code, 0, "{answer:?}");
    let teammate = lab.teammate();
    teammate.write(&format!("{FABRIC}/caf\u{e9}.md"), "composed\n");
    teammate.commit_and_push("A composed name");
    for _ in 0..2 {
        let answer = sync_on(&lab, "nfd");
        assert_eq!(answer.code, 0, "{answer:?}");
        assert_eq!(lab.remote.text("caf\u{e9}.md"), "composed\n");
        let files = lab.remote.git(&["ls-tree", "-r", "-z", "--name-only", "main", "--", FABRIC]);
        assert!(!files.contains("cafe\u{301}.md"), "the same file twice");
    }
    let commits = lab.remote.commits();
    assert_eq!(sync_on(&lab, "nfd").code, 0);
    assert_eq!(lab.remote.commits(), commits, "a commit for nothing");
    assert_eq!(lab.remote.tip(), lab.clone.tip());
}

/// Names that are too long for the disk, or that no name may be.
#[test]
fn names_that_the_disk_or_git_refuses_hold_up_nobody() {
    use std::os::unix::ffi::OsStrExt;
    let lab = Lab::ready();
    let raw = lab.clone.fabric().join("raw");
    // Its archive's name would be too long.
    let long = format!("{}.yaml", "x".repeat(250));
    fs::write(raw.join(&long), object("long", "dropped")).expect("a long name");
    for name in [&b"caf\xE9.yaml"[..], b".GIT", b"git~1.yaml", b"a\\b.yaml", b"con.yaml", b"trailing.yaml."] {
        fs::write(raw.join(std::ffi::OsStr::from_bytes(name)), object("odd", "dropped"))
            .expect("an odd name");
    }
    fs::create_dir_all(raw.join(".Git")).expect("a directory");
    fs::write(raw.join(".Git/config"), "[core]\n").expect("a file");
    lab.clone.drop_raw("good.yaml", &object("good", "dropped"));
    let answer = lab.fgd("sync");
    assert!([0, 1].contains(&answer.code), "{answer:?}");
    assert!(lab.remote.yaml("managed/servers").contains(&"good.yaml".to_owned()), "{answer:?}");
    // What was not taken is there as it was, and told.
    let taken = lab.remote.yaml("managed/servers").contains(&"long.yaml".to_owned());
    assert!(taken || raw.join(&long).exists(), "{answer:?}");
    assert!(raw.join(std::ffi::OsStr::from_bytes(b"caf\xE9.yaml")).exists());
    assert_eq!(fs::read_to_string(raw.join(".Git/config")).expect("there"), "[core]\n");
    let commits = lab.remote.commits();
    lab.fgd("sync");
    assert_eq!(lab.remote.commits(), commits, "a commit for nothing");
    lab.clone.git(&["fsck", "--strict"]);
    eprintln!("{:?}", answer.findings());
}

/// A commit with a link and a directory that differ in case only, and a filter that was to run between the two. Where
/// case is nothing, what is written into the directory must not go through the link.
#[test]
fn where_case_is_nothing_a_link_and_a_directory_are_told_apart() {
    for (link, directory) in [("Servers", "servers"), ("servers", "Servers")] {
        for is_on_disk in [false, true] {
            let what = format!("a link {link}, a directory {directory}, on disk: {is_on_disk}");
            let lab = Lab::ready();
            lab.clone.git(&["config", "core.ignorecase", "true"]);
            let ran = lab.machine.path().join("ran");
            let filter = format!("touch {}; cat", ran.display());
            lab.clone.git(&["config", "filter.between.smudge", &filter]);
            let outside = lab.machine.path().join("outside");
            fs::create_dir(&outside).expect("a directory");
            let (link, directory) = (format!("{FABRIC}/extra/{link}"), format!("{FABRIC}/extra/{directory}"));
            if is_on_disk {
                // As somebody's own Git made it, that makes links.
                fs::create_dir_all(lab.clone.fabric().join("extra")).expect("a directory");
                std::os::unix::fs::symlink(&outside, lab.clone.path.join(&link)).expect("a link");
            }
            let teammate = lab.teammate();
            let target = lab.machine.path().join("target");
            fs::write(&target, outside.display().to_string()).expect("written");
            let target = teammate.git(&["hash-object", "-w", &target.display().to_string()]);
            teammate.write(&format!("{directory}/x.md"), "inside\n");
            teammate.write(".gitattributes", "* filter=between\n");
            teammate.git(&["add", "--all"]);
            teammate.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{target},{link}")]);
            teammate.git(&["commit", "--quiet", "--message", "Both"]);
            teammate.git(&["push", "--quiet", "origin", "HEAD:main"]);
            lab.clone.drop_raw("good.yaml", &object("good", "dropped"));
            for _ in 0..2 {
                let synced = sync_on(&lab, "case");
                assert!([0, 1, 3].contains(&synced.code), "{what}: {synced:?}");
                assert_eq!(fs::read_dir(&outside).expect("listed").count(), 0, "{what}: {synced:?}");
                assert!(!ran.exists(), "{what}: the filter ran");
                // Both stay in Git as they are: nobody deleted either.
                let tree = lab.remote.git(&["ls-tree", "-r", "main"]);
                assert!(tree.contains(&format!("120000 blob {target}\t{link}")), "{what}: {tree}");
                assert!(tree.contains(&format!("\t{directory}/x.md")), "{what}: {tree}");
                eprintln!("{what}: {} {}", synced.code, synced.json["error"]);
                if !is_on_disk {
                    assert_eq!(synced.code, 0, "{what}: {synced:?}");
                    assert_eq!(lab.remote.yaml("managed/servers"), ["good.yaml"], "{what}");
                    let there = lab.clone.path.join(&directory).join("x.md");
                    assert_eq!(fs::read_to_string(there).expect("in the directory"), "inside\n", "{what}");
                }
            }
        }
    }
}

/// Names that Windows keeps for itself are names like others here.
#[test]
fn names_that_windows_keeps_are_taken_elsewhere() {
    let lab = Lab::ready();
    let names = ["aux", "com1", "con", "nul"];
    for name in names {
        lab.clone.drop_raw(&format!("{name}.yaml"), &object(name, "dropped"));
    }
    lab.clone.write(&format!("{FABRIC}/raw/lpt1/prn.yaml"), &object("prn", "dropped"));
    assert_eq!(lab.fgd("sync").code, 0);
    assert_eq!(
        lab.remote.yaml("managed/servers"),
        ["aux.yaml", "com1.yaml", "con.yaml", "nul.yaml", "prn.yaml"]
    );
    lab.assert_in_step();
    let teammate = lab.teammate();
    for name in ["aux./x", "trailing.yaml ", "con"] {
        teammate.write(&format!("{FABRIC}/extra/{name}"), "a colleague's\n");
    }
    teammate.commit_and_push("Names for Linux");
    assert_eq!(lab.fgd("sync").code, 0);
    lab.assert_in_step();
    assert_eq!(lab.clone.text("extra/trailing.yaml "), "a colleague's\n");
}
