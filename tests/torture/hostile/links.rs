//! Links that lead out, and directories that become links while they are worked in.

use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::*;

/// Links in commits are no files: they stay in Git, and what a file was is gone from the disk.
#[test]
fn links_and_submodules_in_commits_are_not_made() {
    let story = Story::new();
    let lab = &story.lab;
    let outside = story.outside();
    let before = story.surroundings();
    assert_eq!(story.drop_and_sync("spare-1").code, 0);
    let to = |target: &Path| story.blob(&target.display().to_string());
    story.push(
        &in_fabric("managed/servers"),
        vec![(LINK, b"spare-1.yaml".to_vec(), to(&outside.join("secret.yaml")))],
    );
    story.push(&in_fabric("managed"), vec![(LINK, b"vpcs".to_vec(), to(&outside))]);
    story.push(&in_fabric(".hnp"), vec![(LINK, b"crds".to_vec(), to(&outside))]);
    let modules = "[submodule \"x\"]\n\tpath = x\n\turl = --upload-pack=touch ran\n\tupdate = !touch ran\n[submodule \"../../.git/hooks\"]\n\tpath = hooks\n\turl = ext::sh -c touch% ran\n[submodule \"cr\"]\n\tpath = \"cr\\r\"\n\turl = file:///\n";
    story.push(
        "",
        vec![
            (FILE, b".gitmodules".to_vec(), story.blob(modules)),
            (SUBMODULE, b"x".to_vec(), lab.remote.tip()),
            (SUBMODULE, b"hooks".to_vec(), lab.remote.tip()),
            (LINK, b"up".to_vec(), to(Path::new("../.."))),
        ],
    );
    let synced = lab.fgd("sync");
    assert!([0, 1].contains(&synced.code), "{synced:?}");
    assert_eq!(lab.clone.tip(), lab.remote.tip(), "{synced:?}");
    let on_disk = files(&lab.clone.path, &|path| path.ends_with(".git"));
    for path in on_disk.keys() {
        assert!(path.symlink_metadata().expect("there").is_file(), "{} is a link", path.display());
    }
    assert!(!lab.clone.fabric().join("managed/servers/spare-1.yaml").exists());
    let answers = [&synced, &lab.fgd("validate"), &lab.fgd("status"), &story.drop_and_sync("spare-2")];
    story.assert_kept_secret(&answers);
    assert_eq!(story.surroundings(), before);
}

/// The operator's own clone has links, made by Git itself: in place of the inbox, of what stands, of the
/// directory's own files. Nothing is read or written through them.
#[test]
fn links_in_a_clone_are_not_followed() {
    for place in
        ["raw", "managed", "managed/servers", "unmanaged", ".hnp", ".hnp/manifest.yaml", "raw/drop.yaml"]
    {
        let story = Story::new();
        let lab = &story.lab;
        assert_eq!(story.drop_and_sync("spare-1").code, 0);
        let outside = story.outside();
        let before = story.surroundings();
        let at = lab.clone.fabric().join(place);
        if at.is_dir() {
            std::fs::rename(&at, lab.machine.path().join("clone/aside")).expect("moved away");
        } else {
            drop(std::fs::remove_file(&at));
        }
        let is_file = place.ends_with(".yaml");
        symlink(if is_file { outside.join("secret.yaml") } else { outside.clone() }, &at).expect("a link");
        if place != "raw" {
            lab.clone.drop_raw("new.yaml", &server("new"));
        }
        let directory = lab.directory();
        let mut answers = Vec::new();
        for command in ["status", "validate", "sync", "repair", "ingest"] {
            answers.push(lab.fgd(command));
        }
        answers.push(lab.ask(&["ingest", "--dry-run", &directory]));
        answers.push(lab.ask(&["get", "-d", &directory]));
        answers.push(lab.ask(&["show", "Server/outside", "-d", &directory]));
        for answer in answers.iter().filter(|answer| answer.code == 3) {
            assert_told(answer, place);
        }
        story.assert_kept_secret(&answers.iter().collect::<Vec<_>>());
        assert_eq!(story.surroundings(), before, "{place}");
        assert_eq!(std::fs::read_dir(&outside).expect("listed").count(), 1, "{place}");
    }
}

/// Swaps a path between what it is and a link, as fast as it can, until it is told to stop.
fn swap(path: PathBuf, target: PathBuf, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<u32> {
    std::thread::spawn(move || {
        let aside = path.with_file_name(".aside");
        let mut swaps = 0;
        while !stop.load(Ordering::Relaxed) {
            if std::fs::rename(&path, &aside).is_ok() {
                drop(symlink(&target, &path));
                std::thread::sleep(Duration::from_micros(300));
                drop(std::fs::remove_file(&path));
                if std::fs::rename(&aside, &path).is_err() {
                    // Somebody made it anew meanwhile.
                    drop(std::fs::remove_dir_all(&path));
                    drop(std::fs::rename(&aside, &path));
                }
                swaps += 1;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        if path.symlink_metadata().is_ok_and(|there| there.is_symlink()) {
            drop(std::fs::remove_file(&path));
        }
        if aside.exists() {
            drop(std::fs::rename(&aside, &path));
        }
        swaps
    })
}

/// Between the look at a directory and the work in it, it becomes a link that leads out; so does a file of the
/// inbox. Whatever the runs come to, nothing outside is read or written.
#[test]
fn a_link_that_comes_in_between_leads_nowhere() {
    let story = Story::new();
    let lab = &story.lab;
    let outside = story.outside();
    // What is outside has the names that are written.
    for n in 0..40 {
        std::fs::write(outside.join(format!("spare-{n}.yaml")), format!("# {SECRET}\n{}", server("x")))
            .expect("written");
    }
    let before = files(&outside, &|_| false);
    assert_eq!(story.drop_and_sync("first").code, 0);
    let stop = Arc::new(AtomicBool::new(false));
    let file = lab.clone.fabric().join("raw/swapped.yaml");
    std::fs::write(&file, server("swapped")).expect("written");
    let swappers = [
        swap(lab.clone.fabric().join("managed/servers"), outside.clone(), Arc::clone(&stop)),
        swap(file, outside.join("secret.yaml"), Arc::clone(&stop)),
    ];
    let done = AtomicU32::new(0);
    let (rounds, patience) = if is_long() { (400, 600) } else { (24, 12) };
    let began = Instant::now();
    for round in 0..rounds {
        if began.elapsed() > Duration::from_secs(patience) {
            break;
        }
        let objects: String = (0..40)
            .map(|n| {
                format!(
                    "---\n{}",
                    server(&format!("spare-{n}")).replace("spare\n", &format!("round {round}\n"))
                )
            })
            .collect();
        lab.clone.drop_raw("many.yaml", &objects);
        let answer = lab.fgd("sync");
        story_told(&answer);
        if answer.code != 3 {
            done.fetch_add(1, Ordering::Relaxed);
        }
    }
    stop.store(true, Ordering::Relaxed);
    let swaps: u32 = swappers.into_iter().map(|swapper| swapper.join().expect("it ends")).sum();
    eprintln!("{swaps} swaps; {} runs came through", done.load(Ordering::Relaxed));
    assert!(swaps > 100, "{swaps}");
    assert_eq!(files(&outside, &|_| false), before, "nothing was written or deleted outside");
    story.assert_kept_secret(&[]);
    // When it is over, a run brings all in step again.
    drop(std::fs::remove_file(lab.clone.fabric().join("raw/.aside")));
    lab.clone.drop_raw("last.yaml", &server("last"));
    let last = lab.fgd("sync");
    assert!([0, 1].contains(&last.code), "{last:?}");
    assert!(lab.remote.yaml("managed/servers").contains(&"last.yaml".to_owned()), "{last:?}");
}

fn story_told(answer: &Answer) {
    if answer.code == 3 {
        assert_told(answer, "a run among swaps");
    }
}
