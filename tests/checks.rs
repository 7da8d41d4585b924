//! What is checked, previewed and put right, from a terminal.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::lab::{Answer, Lab, assert_as_written, fgd_command};
use crate::support::{corpus, run, sample, samples};

#[test]
fn any_files_are_validated_together() {
    let lab = Lab::ready();
    let at = |name: &str| format!("{}/{name}", samples().display());
    let all = [at("lab-wiring.yaml"), at("vpc-red.yaml"), at("vpc-blue.yaml")];
    let together: Vec<&str> = std::iter::once("validate").chain(all.iter().map(String::as_str)).collect();
    let checked = lab.ask(&together);
    assert_eq!((checked.code, checked.documents()), (0, [48, 0, 0, 0, 0]), "{checked:?}");
    assert_eq!(checked.codes(), ["FGD-503", "FGD-503"]);

    let folder = tempfile::tempdir().expect("directory");
    let wrong = std::fs::read_to_string(&all[1]).expect("a sample").replace("vlan:", "vlam:");
    std::fs::write(folder.path().join("vpc.yaml"), wrong).expect("a file");
    let path = folder.path().display().to_string();
    let refused = lab.ask(&["validate", path.as_str()]);
    assert_eq!(refused.code, 1, "{refused:?}");
    let codes = refused.codes();
    assert!(codes.contains(&"FGD-402".to_owned()) && codes.contains(&"FGD-433".to_owned()), "{codes:?}");
    let unknown = refused.finding("FGD-402");
    assert!(unknown["file"].as_str().is_some_and(|file| file.ends_with("/vpc.yaml")), "{unknown}");
    assert_eq!(unknown["hint"], "Did you mean vlan?");
    assert_eq!(lab.ask(&["validate", "/no/such/file.yaml"]).code, 3);
}

#[test]
fn files_are_validated_where_nothing_can_be_kept() {
    let nowhere = Path::new("/dev/null/home");
    let file = samples().join("lab-wiring.yaml");
    let mut validate = fgd_command(nowhere, Path::new("/"));
    let checked = Answer::of(run(validate.arg("validate").arg(file).arg("--json")));
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(checked.json["summary"].as_str().is_some_and(|told| told.contains("objects")), "{checked:?}");
}

#[test]
fn a_dry_run_says_what_a_sync_would_do_and_does_nothing() {
    let lab = Lab::ready();
    lab.clone.drop_raw("vpc-red.yaml", &sample("vpc-red.yaml"));
    assert_eq!(lab.fgd("sync").code, 0);
    let before = (lab.remote.commits(), lab.clone.git(&["rev-parse", "HEAD"]));
    lab.clone.drop_raw("again.yaml", &sample("vpc-red.yaml").replace("vlan: 1", "vlan: 2"));
    lab.clone.drop_raw("broken.yaml", &sample("broken.yaml"));

    let preview = lab.ask(&["ingest", "--dry-run", &lab.directory()]);

    assert_eq!(preview.code, 1, "a document would be rejected: {preview:?}");
    let documents =
        |file: usize| preview.json["files"][file]["documents"].as_array().expect("documents").clone();
    let fates = |file: usize| documents(file).iter().map(|it| it["fate"].clone()).collect::<Vec<_>>();
    assert_eq!(fates(0), ["updated"]);
    assert_eq!(fates(1), ["created", "rejected", "created"]);
    let diff = documents(0)[0]["diff"].as_array().expect("a difference").clone();
    let changed: Vec<_> = diff.iter().filter(|line| line["is"] != "same").collect();
    assert!(changed.iter().any(|line| line["text"].as_str().is_some_and(|text| text.contains("vlan: 2"))));
    assert_eq!(preview.json["files"][1]["archivedTo"], Value::Null);
    assert_eq!(lab.clone.waiting(), ["again.yaml", "broken.yaml"]);
    assert_eq!((lab.remote.commits(), lab.clone.git(&["rev-parse", "HEAD"])), before);
}

#[test]
fn a_directory_is_put_right_in_one_commit() {
    let lab = Lab::ready();
    lab.clone.drop_raw("vpc-red.yaml", &sample("vpc-red.yaml"));
    assert_eq!(lab.fgd("sync").code, 0);
    assert_eq!(lab.ask(&["repair", "--dry-run", &lab.directory()]).code, 0);
    // Somebody moves an object to the wrong directory and leaves loose YAML in the root, with Git.
    lab.clone.git(&[
        "mv",
        "fabrics/lab/managed/vpcs/vpc-red.yaml",
        "fabrics/lab/managed/switches/vpc-red.yaml",
    ]);
    std::fs::write(lab.clone.fabric().join("loose.yaml"), sample("vpc-blue.yaml")).expect("a file");
    lab.clone.git(&["add", "-A"]);
    lab.clone.git(&["commit", "-q", "-m", "by hand"]);
    let before: u32 = lab.clone.git(&["rev-list", "--count", "HEAD"]).trim().parse().expect("a number");

    let told = lab.ask(&["repair", "--dry-run", &lab.directory()]);
    assert_eq!(told.code, 1, "{told:?}");
    assert_eq!(told.json["repairs"].as_array().map(Vec::len), Some(2), "{told:?}");
    let repaired = lab.fgd("repair");
    assert_eq!(repaired.code, 0, "{repaired:?}");
    assert_eq!(lab.clone.git(&["rev-list", "--count", "HEAD"]).trim(), (before + 1).to_string());
    assert!(lab.clone.fabric().join("managed/vpcs/vpc-red.yaml").is_file());
    assert_eq!(lab.clone.waiting(), ["loose.yaml"]);
    assert_eq!(lab.fgd("sync").documents(), [1, 0, 0, 0, 0]);
    assert_eq!(lab.ask(&["repair", "--dry-run", &lab.directory()]).json["repairs"], json!([]));
    lab.assert_in_step();
}

/// What the fabric's own admission checks say of each mistake is said here too, of the same object: as an
/// error, or as a warning where the fabric itself drops or fills in silently what it does not know.
#[test]
fn what_the_fabric_refuses_is_an_error_on_the_same_object() {
    let Some(folder) = corpus("invalid") else { return };
    let lab = Lab::new();
    let verdicts = std::fs::read_to_string(folder.join("VERDICTS.json")).expect("verdicts");
    let verdicts: Vec<Value> = serde_json::from_str(&verdicts).expect("JSON");
    assert_eq!(verdicts.len(), 41);
    for verdict in &verdicts {
        let case = verdict["case"].as_str().expect("a case");
        let file = folder.join(format!("{case}.yaml"));
        let answer = lab.ask(&["validate", &file.display().to_string()]);
        let of = |severity: &str| -> BTreeSet<(String, String)> {
            let found = answer.findings();
            let found = found.iter().filter(|found| found["severity"] == severity);
            found.map(|found| (as_text(&found["kind"]), as_text(&found["name"]))).collect()
        };
        let errors = of("error");
        assert_eq!(answer.code, i32::from(!errors.is_empty()), "{case}: {answer:?}");
        let blamed: BTreeSet<(String, String)> = verdict["upstream_admission"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|blamed| (as_text(&blamed["kind"]), as_text(&blamed["name"])))
            .collect();
        match case {
            "00-valid-base" => assert_eq!(answer.findings(), Vec::<Value>::new()),
            // One connection has no type, and the fabric gives up on every other with it.
            "43-conn-no-type" => assert_eq!(errors, BTreeSet::from([pair("Connection", "bad")])),
            // The fabric does not read the VPC at all; we keep it, with a warning, so nothing dangles.
            "61-unknown-field" | "69-wrong-api-version" => {
                assert_eq!(errors, BTreeSet::new(), "{case}");
                assert!(of("warning").contains(&pair("VPC", "vpc-01")), "{case}: {answer:?}");
            }
            _ if blamed.is_empty() => {
                let told = !errors.is_empty() || !of("warning").is_empty();
                assert!(told, "{case}: {answer:?}");
            }
            _ => assert!(errors.is_superset(&blamed), "{case}: {blamed:?} of {answer:?}"),
        }
    }
}

fn pair(kind: &str, name: &str) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

fn as_text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Real fabrics are ingested whole: every document accounted for, no error, the text kept.
#[test]
fn real_fabrics_are_taken_without_an_error() {
    let Some(corpus) = corpus("") else { return };
    let mut drops: Vec<Vec<std::path::PathBuf>> = vec![files_of(&corpus.join("original"))];
    drops.extend(["env-1", "env-3"].map(|name| files_of(&corpus.join("demo-gitops").join(name))));
    drops.extend(files_of(&corpus.join("generated")).into_iter().map(|file| vec![file]));
    drops.push(vec![corpus.join("invalid/00-valid-base.yaml")]);
    for drop in drops {
        let lab = Lab::ready();
        let sources: Vec<String> = drop
            .iter()
            .map(|file| {
                let text = std::fs::read_to_string(file).expect("a file");
                lab.clone.drop_raw(&file.file_name().expect("a name").to_string_lossy(), &text);
                text
            })
            .collect();
        let synced: Answer = lab.fgd("sync");
        let errors: Vec<Value> =
            synced.findings().into_iter().filter(|found| found["severity"] == "error").collect();
        assert_eq!((synced.code, errors), (0, Vec::new()), "{drop:?}: {synced:?}");
        let [created, updated, unchanged, unmanaged, rejected] = synced.documents();
        assert_eq!((updated, unchanged, unmanaged, rejected), (0, 0, 0, 0), "{drop:?}");
        assert_eq!(lab.remote.yaml("managed").len() as u64, created, "{drop:?}");
        assert_as_written(&lab.remote, &sources);
        lab.assert_in_step();
        assert_eq!(lab.fgd("validate").code, 0, "{drop:?}");
    }
}

fn files_of(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    files
}

/// A directory that the NetBox plugin wrote is adopted as it is; a repair moves what does not belong there.
#[test]
fn a_directory_of_the_plugins_is_adopted_with_nothing_lost() {
    let Some(existing) = corpus("existing-fgd/fabric-1") else { return };
    let lab = Lab::new();
    copy(&existing, &lab.clone.fabric());
    lab.clone.commit_and_push("as the plugin left it");
    let files = |lab: &Lab| -> Vec<String> {
        let listed = lab.clone.git(&["ls-tree", "-r", "--name-only", "origin/main:fabrics/lab"]);
        listed.lines().map(str::to_owned).collect()
    };
    let before = files(&lab);

    let adopted = lab.fgd("init");
    assert_eq!((adopted.code, &adopted.json["outcome"]), (0, &json!("unchanged")), "{adopted:?}");
    let synced = lab.fgd("sync");
    assert_eq!((synced.code, &synced.json["commit"]), (0, &Value::Null), "no needless change: {synced:?}");
    let checked = lab.fgd("validate");
    assert!(checked.codes().contains(&"FGD-207".to_owned()), "the stray ConfigMap is told: {checked:?}");

    let told = lab.ask(&["repair", "--dry-run", &lab.directory()]);
    let sentences: Vec<String> = told.json["repairs"]
        .as_array()
        .expect("repairs")
        .iter()
        .map(|repair| as_text(&repair["sentence"]))
        .collect();
    assert!(sentences.iter().any(|sentence| sentence.contains("ConfigMap")), "{sentences:?}");
    assert_eq!(lab.fgd("repair").code, 0);
    assert_eq!(lab.fgd("sync").code, 0);
    let after = files(&lab);
    let gone: Vec<&String> = before.iter().filter(|file| !after.contains(file)).collect();
    assert_eq!(gone, ["managed/tests/api-test-1754460358.yaml"], "only the stray one moves");
    assert!(after.contains(&"unmanaged/configmap-api-test-1754460358.yaml".to_owned()), "{after:?}");
    assert_eq!(lab.ask(&["repair", "--dry-run", &lab.directory()]).json["repairs"], json!([]));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let to = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).expect("a copy");
        }
    }
}
