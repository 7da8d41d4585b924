//! `fgd`, as an operator and a script meet it: a bare remote, a clone of it, and the terminal.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::lab::{Answer, Lab, assert_as_written};
use crate::support::repositories::{Checkout, FABRIC};
use crate::support::sample;

const BROKEN_FILE: &str = "fabrics/lab/raw/broken.yaml";
const SERVER: &str = "managed/servers/spare-1.yaml";
const SERVER_TEXT: &str = "\
apiVersion: wiring.githedgehog.com/v1beta1
kind: Server
metadata:
  name: spare-1
  namespace: default
spec:
  description: spare machine
";

#[test]
fn a_directory_is_set_up_and_committed() {
    let lab = Lab::new();

    let set_up = lab.fgd("init");

    assert_eq!(set_up.code, 0, "{set_up:?}");
    assert_eq!(lab.clone.git(&["rev-list", "--count", "HEAD"]), "2");
    assert!(lab.clone.fabric().join(".hnp/manifest.yaml").is_file());
    assert_eq!(lab.clone.status(), "");
    assert_eq!(lab.remote.commits(), 1, "init asks no remote");

    let again = lab.fgd("init");
    assert_eq!((again.code, &again.json["commit"]), (0, &Value::Null), "{again:?}");
}

#[test]
fn a_repository_without_a_commit_gets_its_branch() {
    let lab = Lab::unborn();
    assert_eq!(lab.fgd("init").code, 0);
    lab.clone.drop_raw("vpc-red.yaml", &sample("vpc-red.yaml"));

    let synced = lab.fgd("sync");

    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(lab.remote.objects(), [0, 0, 0, 0, 1]);
    lab.assert_in_step();
}

#[test]
fn a_drop_of_three_files_becomes_48_objects_and_one_commit() {
    let lab = Lab::ready();
    let before = lab.remote.commits();
    let sources = ["lab-wiring.yaml", "vpc-red.yaml", "vpc-blue.yaml"].map(|name| {
        let text = sample(name);
        lab.clone.drop_raw(name, &text);
        text
    });

    let synced = lab.fgd("sync");

    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(synced.documents(), [48, 0, 0, 0, 0]);
    // The namespaces called default are the installer's to make, and not in these files.
    assert_eq!(synced.codes(), ["FGD-503", "FGD-503"]);
    assert_eq!(synced.json["operation"], "sync");
    assert_eq!(synced.json["pushed"], true);
    assert_eq!(synced.json["commit"], lab.remote.tip());
    let id = synced.json["id"].as_str().expect("the run's identifier");
    assert!(lab.clone.git(&["log", "-1", "--format=%B"]).ends_with(&format!("FGD-Operation: {id}")));
    assert!(synced.stderr.contains("48 documents in 3 files"), "progress is told: {}", synced.stderr);
    assert_eq!(lab.remote.commits(), before + 1);
    assert_eq!(lab.remote.objects(), [26, 10, 7, 3, 2]);
    assert_eq!(lab.remote.yaml("managed").len(), 48);
    assert_eq!(lab.remote.yaml("raw"), Vec::<String>::new());
    assert_eq!(lab.clone.waiting(), Vec::<String>::new());
    assert_as_written(&lab.remote, &sources);
    lab.assert_in_step();

    let again = lab.fgd("sync");

    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(again.documents(), [0; 5]);
    assert_eq!((&again.json["commit"], &again.json["pushed"]), (&Value::Null, &json!(false)));
    assert_eq!(lab.remote.commits(), before + 1);
}

#[test]
fn the_48_documents_that_the_product_is_for_arrive_as_they_were_written() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/original");
    let Ok(entries) = std::fs::read_dir(&corpus) else {
        eprintln!("\n*** SKIPPED: the original documents are not here ({}) ***\n", corpus.display());
        return;
    };
    let files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    let lab = Lab::ready();
    let before = lab.remote.commits();
    let sources: Vec<String> = files
        .iter()
        .map(|file| {
            let text = std::fs::read_to_string(file).expect("a document");
            lab.clone.drop_raw(&file.file_name().expect("a name").to_string_lossy(), &text);
            text
        })
        .collect();

    let synced = lab.fgd("sync");

    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(synced.documents(), [48, 0, 0, 0, 0]);
    assert_eq!(lab.remote.commits(), before + 1);
    assert_eq!(lab.remote.objects(), [26, 10, 7, 3, 2]);
    assert_eq!(lab.remote.yaml("managed").len(), 48);
    assert_eq!(lab.remote.yaml("raw"), Vec::<String>::new());
    assert_as_written(&lab.remote, &sources);
    lab.assert_in_step();
    assert_eq!(lab.fgd("sync").documents(), [0; 5]);
    assert_eq!(lab.remote.commits(), before + 1);
}

#[test]
fn a_broken_document_waits_with_its_place_and_the_others_go_on() {
    let lab = Lab::ready();
    let before = lab.remote.commits();
    lab.clone.drop_raw("broken.yaml", &sample("broken.yaml"));

    let synced = lab.fgd("sync");

    assert_eq!(synced.code, 1, "{synced:?}");
    assert_eq!(synced.documents(), [2, 0, 0, 0, 1]);
    assert_broken(&synced);
    assert_eq!(synced.json["pushed"], true);
    assert_eq!(lab.remote.objects(), [0, 1, 0, 0, 1]);
    assert_eq!(lab.clone.waiting(), ["broken.yaml"]);

    let validated = lab.fgd("validate");
    assert_eq!(validated.code, 1, "{validated:?}");
    assert_broken(&validated);

    let again = lab.fgd("sync");
    assert_eq!(again.code, 1, "it still waits: {again:?}");
    assert_eq!(again.json["commit"], Value::Null, "nothing is taken twice: {again:?}");
    assert_eq!(lab.remote.commits(), before + 1);

    // The operator closes the bracket.
    let mended = sample("broken.yaml").replace("leaf-5/E1/8}}", "leaf-5/E1/8}}]");
    lab.clone.drop_raw("broken.yaml", &mended);
    let synced = lab.fgd("sync");
    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(lab.remote.objects(), [1, 1, 0, 0, 1]);
    assert_eq!(lab.clone.waiting(), Vec::<String>::new());
    assert_eq!(lab.fgd("validate").code, 0);
    lab.assert_in_step();
}

/// The one finding names the document in the middle of `broken.yaml`.
#[track_caller]
fn assert_broken(answer: &Answer) {
    let findings = answer.json["findings"].as_array().expect("findings");
    let errors: Vec<_> = findings.iter().filter(|finding| finding["severity"] == "error").collect();
    let [finding] = errors.as_slice() else { panic!("one error: {answer:?}") };
    assert_eq!((&finding["severity"], &finding["code"]), (&json!("error"), &json!("FGD-101")), "{finding}");
    assert_eq!(finding["file"], BROKEN_FILE);
    let place = |key: &str| finding[key].as_u64().unwrap_or_else(|| panic!("no {key}: {finding}"));
    assert!((17..=19).contains(&place("line")), "where the bracket is missing: {finding}");
    assert!(place("column") >= 1, "{finding}");
    assert!(finding["message"].as_str().is_some_and(|message| message.ends_with('.')), "{finding}");
}

#[test]
fn what_is_no_hedgehog_object_is_kept_apart() {
    let lab = Lab::ready();
    lab.clone.drop_raw("mixed.yaml", &sample("mixed.yaml"));

    let synced = lab.fgd("sync");

    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(synced.documents(), [1, 0, 0, 1, 0]);
    assert_eq!(lab.remote.objects(), [0, 0, 1, 0, 0]);
    assert_eq!(lab.remote.yaml("unmanaged").len(), 1);
}

#[test]
fn outside_a_work_tree_there_is_nothing_to_sync() {
    let lab = Lab::new();
    let elsewhere = tempfile::tempdir().expect("a directory");

    let refused = lab.fgd_with(["sync".as_ref(), elsewhere.path().as_os_str(), "--json".as_ref()]);

    let sentence = "is not inside a Git work tree.";
    refused.assert_refused("NotAWorkTree", sentence);
    assert!(refused.stderr.contains(sentence) && refused.stderr.contains("\nHint: "), "{refused:?}");
}

#[test]
fn a_directory_that_is_not_set_up_is_named() {
    let lab = Lab::new();
    lab.clone.drop_raw("vpc-red.yaml", &sample("vpc-red.yaml"));
    let before = lab.clone.status();

    let refused = lab.fgd("sync");

    refused.assert_refused("NotInitialised", "is not set up as a fabric directory.");
    assert_eq!((lab.clone.status(), lab.remote.commits()), (before, 1));
}

#[test]
fn wrong_usage_is_told_apart_from_a_failure() {
    let lab = Lab::new();
    for arguments in [&["frobnicate"][..], &["sync", "--no-such-flag"], &[]] {
        let answer = lab.fgd_with(arguments.iter().map(OsStr::new));
        assert_eq!(answer.code, 2, "{arguments:?}: {answer:?}");
        assert!(answer.stderr.contains("Usage:"), "{answer:?}");
    }
    let help = lab.fgd_with(["--help".as_ref()]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Examples:") && help.stdout.contains("Exit codes:"), "{}", help.stdout);
}

#[test]
fn what_the_user_has_staged_stays_staged() {
    let lab = Lab::ready();
    lab.clone.write("README.md", "# Fabrics, half rewritten\n");
    lab.clone.write("notes.txt", "not finished\n");
    lab.clone.git(&["add", "README.md", "notes.txt"]);
    let staged = lab.clone.git(&["diff", "--cached"]);
    lab.clone.drop_raw("vpc-red.yaml", &sample("vpc-red.yaml"));

    let synced = lab.fgd("sync");

    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(lab.clone.git(&["diff", "--cached"]), staged);
    assert_eq!(lab.clone.status(), "M  README.md\nA  notes.txt");
    let committed = lab.clone.git(&["show", "--name-only", "--format=", "HEAD"]);
    assert!(committed.lines().all(|file| file.starts_with(FABRIC)), "only ours: {committed}");
    assert_eq!(lab.remote.tip(), lab.clone.tip());
}

#[test]
fn a_detached_head_is_refused_and_nothing_is_changed() {
    let lab = Lab::ready();
    lab.clone.git(&["checkout", "--quiet", "--detach"]);
    lab.clone.drop_raw("vpc-red.yaml", &sample("vpc-red.yaml"));
    let before = (lab.clone.tip(), lab.clone.status(), lab.remote.tip());

    lab.fgd("sync").assert_refused("DetachedHead", "on no branch (detached HEAD).");

    assert_eq!((lab.clone.tip(), lab.clone.status(), lab.remote.tip()), before);
    assert_eq!(lab.clone.waiting(), ["vpc-red.yaml"]);
}

#[test]
fn a_teammates_push_is_merged_with_ours() {
    let lab = Lab::ready();
    let teammate = lab.teammate();
    lab.clone.drop_raw("vpc-red.yaml", &sample("vpc-red.yaml"));
    assert_eq!(lab.fgd("ingest").code, 0);
    teammate.write("README.md", "# Fabrics, as a teammate has them\n");
    teammate.commit_and_push("Say more");

    let synced = lab.fgd("sync");

    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(synced.json["pushed"], true);
    assert_eq!(lab.remote.parents().len(), 2, "a merge");
    assert!(lab.remote.parents().contains(&teammate.tip()));
    assert_eq!(lab.remote.objects(), [0, 0, 0, 0, 1]);
    let readme = std::fs::read_to_string(lab.clone.path.join("README.md")).expect("the file");
    assert_eq!(readme, "# Fabrics, as a teammate has them\n");
    lab.assert_in_step();
}

#[test]
fn what_two_people_changed_in_one_object_comes_together_by_field() {
    let (lab, teammate) = a_shared_server();
    teammate.add_line(SERVER, "# theirs");
    teammate.commit_and_push("Theirs");
    let text = lab.clone.text(SERVER).replace("spare machine", "in rack 7 # ours");
    lab.clone.write(&format!("{FABRIC}/{SERVER}"), &text);

    let synced = lab.fgd("sync");

    assert_eq!(synced.code, 0, "{synced:?}");
    assert_eq!(lab.remote.text(SERVER), format!("{text}# theirs\n"));
    assert_eq!(lab.remote.parents().len(), 2, "a merge");
    lab.assert_in_step();
}

#[test]
fn a_field_that_two_people_changed_waits_for_a_decision_and_all_else_goes_on() {
    let (lab, teammate) = a_shared_server();
    let change = |clone: &Checkout, to: &str| {
        let text = clone.text(SERVER).replace("spare machine", to);
        clone.write(&format!("{FABRIC}/{SERVER}"), &text);
    };
    change(&teammate, "their machine");
    teammate.write("README.md", "# Fabrics, as a teammate has them\n");
    teammate.commit_and_push("Theirs");
    change(&lab.clone, "our machine");

    let synced = lab.fgd("sync");

    assert_eq!((synced.code, &synced.json["pushed"]), (1, &json!(false)), "{synced:?}");
    let readme = std::fs::read_to_string(lab.clone.path.join("README.md")).expect("the file");
    assert_eq!(readme, "# Fabrics, as a teammate has them\n", "the rest arrived");
    assert!(lab.clone.text(SERVER).contains("our machine"));
    assert_eq!((lab.remote.tip(), lab.clone.status()), (teammate.tip(), String::new()));
    let listed = lab.fgd("conflicts");
    assert_eq!(listed.code, 1);
    let conflict = &listed.json["conflicts"][0];
    assert_eq!(
        (&conflict["object"], &conflict["file"]),
        (&json!("Server/spare-1"), &json!(format!("{FABRIC}/{SERVER}")))
    );
    assert_eq!(
        conflict["fields"],
        json!([{ "field": "spec.description", "base": "spare machine", "ours": "our machine", "theirs": "their machine" }])
    );

    let directory = lab.directory();
    let settled = lab.ask(&["resolve", &directory, "server/spare-1", "--field", "spec.description=theirs"]);

    assert_eq!((settled.code, &settled.json["pushed"]), (0, &json!(true)), "{settled:?}");
    assert!(lab.remote.text(SERVER).contains("their machine"));
    assert_eq!(lab.remote.parents().len(), 2, "both sides are in history");
    assert_eq!(lab.fgd("conflicts").code, 0);
    lab.assert_in_step();
}

#[test]
fn an_edit_that_is_broken_is_not_overwritten_by_a_teammates() {
    let (lab, teammate) = a_shared_server();
    teammate.add_line(SERVER, "# theirs");
    teammate.commit_and_push("Theirs");
    lab.clone.write(&format!("{FABRIC}/{SERVER}"), "kind: [");

    let synced = lab.fgd("sync");

    assert_eq!(synced.code, 1, "{synced:?}");
    assert_eq!(synced.json["conflicts"][0]["oursIs"], "workTree");
    assert_eq!(lab.clone.text(SERVER), "kind: [");
    assert_eq!(lab.remote.tip(), teammate.tip());
}

#[test]
fn what_a_run_did_is_undone_and_stays_so() {
    let (lab, _) = a_shared_server();
    let undone = lab.ask(&["undo", &lab.directory(), "--last"]);
    assert_eq!(undone.code, 0, "{undone:?}");
    assert_eq!(lab.fgd("sync").code, 0);
    assert_eq!(lab.remote.yaml("managed/servers"), Vec::<String>::new());
    let log = lab.ask(&["log", &lab.directory(), "--object", "Server/spare-1"]);
    let subjects: Vec<_> =
        log.json["versions"].as_array().expect("versions").iter().map(|v| v["subject"].clone()).collect();
    assert_eq!(
        subjects,
        [
            json!("lab: undo \"ingest 1 object from spare.yaml\""),
            json!("lab: ingest 1 object from spare.yaml")
        ]
    );
    lab.assert_in_step();
}

#[test]
fn a_fabric_is_drawn_with_what_waits() {
    let lab = Lab::ready();
    let directory = lab.directory();
    lab.clone.drop_raw("lab-wiring.yaml", &sample("lab-wiring.yaml"));
    assert_eq!(lab.fgd("sync").code, 0);
    lab.clone.drop_raw("spare.yaml", SERVER_TEXT);
    let before = (lab.clone.tip(), lab.clone.status());
    let picture = lab.machine.path().join("lab.drawio");

    for (format, start) in
        [("svg", "<svg "), ("mermaid", "flowchart TB\n"), ("dot", "graph "), ("drawio", "<mxfile ")]
    {
        let drawn = lab.fgd_with(["diagram", &directory, "--format", format].map(OsStr::new));
        assert_eq!(drawn.code, 0, "{drawn:?}");
        assert!(drawn.stdout.starts_with(start), "{format}: {drawn:?}");
        for name in ["spine-2", "leaf-5", "hv-3", "spare-1", "added"] {
            assert!(drawn.stdout.contains(name), "{name} in {format}");
        }
    }
    let written = lab.ask(&["diagram", &directory, "--output", &picture.display().to_string()]);
    assert_eq!(written.code, 0, "{written:?}");
    assert_eq!((&written.json["format"], &written.json["diagram"]), (&json!("drawio"), &Value::Null));
    assert_eq!(written.json["pending"], json!(["inbox"]));
    let drawn = lab.ask(&["diagram", &directory, "--format", "drawio"]);
    let text = std::fs::read_to_string(&picture).expect("the picture");
    assert_eq!(drawn.json["diagram"], text, "the same bytes each time");
    assert_eq!((lab.clone.tip(), lab.clone.status()), before, "nothing is changed");

    let refused =
        lab.ask(&["diagram", &directory, "-o", &lab.machine.path().join("no/x.svg").display().to_string()]);
    assert_eq!((refused.code, &refused.json["outcome"]), (3, &json!("failed")), "{refused:?}");
    assert_eq!(lab.ask(&["diagram", &directory, "--format", "gif"]).code, 2);
}

/// A server is in the fabric, and a teammate has it too.
fn a_shared_server() -> (Lab, Checkout) {
    let lab = Lab::ready();
    lab.clone.drop_raw("spare.yaml", SERVER_TEXT);
    assert_eq!(lab.fgd("sync").code, 0);
    let teammate = lab.teammate();
    (lab, teammate)
}
