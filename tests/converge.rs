//! Many desktops on one branch: nothing is lost, nothing is forced, and all end with the same tree.
//!
//! The short form runs with the others; `FGD_LONG=1` makes it eight writers with 25 edits each.

use std::collections::HashSet;
use std::time::Instant;

use crate::support::field::{Desk, Field, is_long};
use crate::support::repositories::FABRIC;
use crate::support::run;

fn server_object(writer: usize, edit: usize) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: w{writer}-e{edit}\nspec:\n  description: edit {edit}\n"
    )
}

#[test]
fn writers_on_one_branch_lose_nothing() {
    let (writers, edits) = if is_long() { (8, 25) } else { (3, 5) };
    let field = Field::new();
    let desks: Vec<Desk> = (0..writers).map(|writer| field.desk(&format!("writer-{writer}"))).collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (writer, desk) in desks.iter().enumerate() {
            scope.spawn(move || {
                for edit in 0..edits {
                    // Half of them dropped, half of them written where they go.
                    if edit % 2 == 0 {
                        desk.clone.drop_raw(&format!("e{edit}.yaml"), &server_object(writer, edit));
                    } else {
                        let file = format!("{FABRIC}/managed/servers/w{writer}-e{edit}.yaml");
                        desk.clone.write(&file, &server_object(writer, edit));
                    }
                    desk.sync_until_done();
                }
            });
        }
    });
    let took = begun.elapsed();
    for desk in &desks {
        desk.sync_until_done();
    }
    for desk in &desks {
        desk.sync_until_done();
        assert_eq!((desk.clone.tree(), desk.clone.status()), (field.remote.tree(), String::new()));
    }
    let arrived: HashSet<String> = field.remote.yaml("managed/servers").into_iter().collect();
    let wanted: HashSet<String> = (0..writers)
        .flat_map(|writer| (0..edits).map(move |edit| format!("w{writer}-e{edit}.yaml")))
        .collect();
    assert_eq!(arrived, wanted);
    // Each edit is in history once in effect.
    let added = desks[0].clone.git(&[
        "log",
        "--no-merges",
        "--diff-filter=A",
        "--name-only",
        "--format=",
        "--",
        &format!("{FABRIC}/managed/servers/*.yaml"),
    ]);
    assert_eq!(added.lines().count(), writers * edits, "{added}");
    field.assert_never_forced();

    // Beside it, in the same run: what people script.
    let field = Field::new();
    let clones: Vec<Desk> = (0..writers).map(|writer| field.desk(&format!("script-{writer}"))).collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (writer, desk) in clones.iter().enumerate() {
            scope.spawn(move || {
                for edit in 0..edits {
                    let file = format!("{FABRIC}/managed/servers/w{writer}-e{edit}.yaml");
                    desk.clone.write(&file, &server_object(writer, edit));
                    desk.clone.commit("edit");
                    let loops = "until git pull -q --rebase && git push -q origin HEAD:main; do :; done";
                    let mut shell = std::process::Command::new("sh");
                    crate::support::repositories::without_configuration(&mut shell);
                    let ended = run(shell.args(["-c", loops]).current_dir(&desk.clone.path));
                    assert_eq!(ended.code, 0, "{}", ended.stderr);
                }
            });
        }
    });
    let scripted = begun.elapsed();
    eprintln!(
        "{writers} writers, {edits} edits each: fgd {took:.1?}, git pull --rebase && git push {scripted:.1?} ({:.2} times)",
        scripted.as_secs_f64() / took.as_secs_f64()
    );
}

#[test]
fn two_desktops_that_take_the_same_drop_end_alike() {
    let field = Field::new();
    let desks = [field.desk("one"), field.desk("two")];
    for round in 0..if is_long() { 20 } else { 4 } {
        let text: String = (0..5).map(|n| format!("---\n{}", server_object(round, n))).collect();
        for desk in &desks {
            desk.clone.drop_raw("same.yaml", &text);
        }
        std::thread::scope(|scope| {
            for desk in &desks {
                scope.spawn(|| desk.sync_until_done());
            }
        });
        for desk in &desks {
            desk.sync_until_done();
        }
        for desk in &desks {
            desk.sync_until_done();
            assert_eq!(desk.clone.tree(), field.remote.tree());
            assert_eq!((desk.clone.status(), desk.clone.waiting()), (String::new(), Vec::<String>::new()));
        }
        let log = desks[0].clone.git(&[
            "log",
            "-m",
            "--first-parent",
            "--name-status",
            "--format=",
            "--",
            &format!("{FABRIC}/managed"),
        ]);
        let added =
            log.lines().filter(|line| line.starts_with('A') && line.contains(&format!("/w{round}-e")));
        assert_eq!(added.count(), 5, "once in effect:\n{log}");
    }
    field.assert_never_forced();
}
