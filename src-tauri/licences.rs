//! What the app is made with, for its about box: `ui/src/about/licences.json` is generated from here, out of
//! what Cargo and npm know of the packages that go into the app.

use std::collections::BTreeSet;
use std::process::Command;

use serde::Serialize;
use serde_json::Value;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/about/licences.json");

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Made {
    name: String,
    version: String,
    licence: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The crates that the app is linked with, on any system, without those of the project itself.
fn crates() -> BTreeSet<Made> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata");
    let all = |part: &str| metadata[part].as_array().cloned().unwrap_or_default();
    let nodes = metadata["resolve"]["nodes"].as_array().cloned().unwrap_or_default();
    let mut wanted: Vec<String> = all("packages")
        .iter()
        .filter(|package| package["name"] == "fgd-sync")
        .map(|package| text(&package["id"]))
        .collect();
    let mut linked = BTreeSet::new();
    while let Some(id) = wanted.pop() {
        if !linked.insert(id.clone()) {
            continue;
        }
        let node = nodes.iter().find(|node| node["id"] == id.as_str());
        let depends = node.and_then(|node| node["deps"].as_array()).cloned().unwrap_or_default();
        let goes_in = |dependency: &&Value| {
            let kinds = dependency["dep_kinds"].as_array();
            kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
        };
        wanted.extend(depends.iter().filter(goes_in).map(|dependency| text(&dependency["pkg"])));
    }
    all("packages")
        .iter()
        .filter(|package| linked.contains(&text(&package["id"])) && !package["source"].is_null())
        .map(|package| Made {
            name: text(&package["name"]),
            version: text(&package["version"]),
            licence: text(&package["license"]),
        })
        .collect()
}

/// The packages of the page that are bundled.
fn packages() -> BTreeSet<Made> {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/package-lock.json");
    let lock: Value = serde_json::from_slice(&std::fs::read(lock).expect("the lock file")).expect("JSON");
    let all = lock["packages"].as_object().expect("packages");
    all.iter()
        .filter(|(path, package)| {
            !path.is_empty() && package["dev"] != true && package["devOptional"] != true
        })
        .map(|(path, package)| Made {
            name: path.rsplit("node_modules/").next().unwrap_or(path).to_owned(),
            version: text(&package["version"]),
            licence: text(&package["license"]),
        })
        .collect()
}

/// `FGD_WRITE_LICENCES=1 cargo test licences` writes the list anew.
#[test]
fn the_about_box_names_all_that_the_app_is_made_with() {
    let mut made = crates();
    made.extend(packages());
    assert!(made.len() > 100, "{} packages", made.len());
    let unknown: Vec<_> = made.iter().filter(|one| one.licence.is_empty()).map(|one| &one.name).collect();
    assert!(unknown.is_empty(), "no licence is known of {unknown:?}");
    let lines: Vec<_> = made.iter().map(|one| serde_json::to_string(one).expect("JSON")).collect();
    let fresh = format!("[\n{}\n]\n", lines.join(",\n"));
    if std::env::var_os("FGD_WRITE_LICENCES").is_some() {
        std::fs::write(LIST, &fresh).expect("written");
    }
    let written = std::fs::read_to_string(LIST).unwrap_or_default();
    assert!(written == fresh, "ui/src/about/licences.json is stale: run `make licences`");
}
