//! What the page may do, as tests: which commands take free text and what becomes of it, and that nothing but
//! these commands is open to it. The page shows what strangers wrote; should it ever be theirs, this is what they
//! would have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Every command of the ui, with the types that it takes.
const BINDINGS: &str = include_str!("../ui/src/bindings.ts");

/// Text types that are checked for what they are before anything is done with them.
const CHECKED: [(&str, &str); 5] = [
    ("FabricId", "looked up in the list"),
    ("AccountId", "looked up in the list"),
    ("OperationId", "looked up in the log"),
    ("RepoPath", "parsed, inside of the fabric, and never through a link"),
    ("Revision", "a commit of the fabric's clone"),
];

/// Every other text that a command takes, with what becomes of it. A new one has to be thought about.
const FREE: [(&str, &str); 53] = [
    ("AddFabric.branch", "parsed as a branch's name"),
    ("AddFabric.directory", "parsed as a path in the repository"),
    ("AddFabric.name", "shown"),
    ("AuthorSettings.email", "checked, and written into commits"),
    ("AuthorSettings.name", "checked, and written into commits"),
    ("Draft.base", "compared with a blob's name"),
    ("Draft.text", "parsed as YAML, and not written"),
    ("Edit.base", "compared with a blob's name"),
    ("Edit.text", "parsed as one object, and written below managed/"),
    ("FabricSettings.template", "filled in for commit messages"),
    ("FieldPath", "parsed as a field's path in a conflict that is there"),
    ("NetworkSettings.caFile", "a file that a person named: read as certificates, and never shown"),
    ("NewAccount.githubApi", "parsed as a URL"),
    ("NewAccount.keyFile", "a file that a person named: given to SSH as a key, and never shown"),
    ("NewAccount.place", "parsed as a host or a repository"),
    ("NewAccount.secret", "kept, and never given back"),
    ("NewAccount.user", "told to the place that it is for"),
    ("NewGitHubRepository.description", "told to GitHub"),
    ("NewGitHubRepository.name", "told to GitHub, as a part of JSON"),
    ("NewGitHubRepository.organisation", "told to GitHub, as one part of a path"),
    ("Pick.text", "parsed as one object, and written at the conflict's path"),
    ("Proxy.url", "checked as a proxy's address"),
    ("Resolution.ours", "compared with a blob's name"),
    ("Resolution.theirs", "compared with a blob's name"),
    ("ResourceQuery.sort", "the name of a column"),
    ("ResourceQuery.text", "words to search for"),
    ("SignIn.secret", "kept, and never given back"),
    ("SignIn.user", "told to the fabric's remote"),
    ("Source.path", "a folder that a person named: opened as a clone, or refused"),
    ("Source.url", "parsed: five forms of a remote, and no other"),
    ("begin_github_sign_in.host", "parsed as a host"),
    ("compare.after", "a blob of the fabric's clone"),
    ("compare.before", "a blob of the fabric's clone"),
    ("deliver_text.name", "made a file's name in the inbox"),
    ("deliver_text.text", "written into the inbox"),
    ("github_repositories.filter", "compared with names"),
    ("mend_file.before", "compared with what the file holds"),
    ("mend_file.text", "written into the same file of the inbox"),
    ("new_object.kind", "looked up among the kinds"),
    ("new_object.name", "quoted in a text that is given back"),
    ("open_page.url", "https at a host that this desktop works with"),
    ("pick_file.title", "the title of the system's dialog"),
    ("preview_text.name", "made a file's name, and not written"),
    ("preview_text.text", "parsed, and not written"),
    ("register_webhook.url", "told to GitHub as where to deliver to"),
    ("save_file.base64", "written where a person says in the system's dialog"),
    ("save_file.name", "proposed in that dialog, without its directories"),
    ("schema_of.kind", "looked up among the kinds"),
    ("set_listener.address", "parsed as an address of this machine"),
    ("test_connection.url", "parsed: five forms of a remote, and no other"),
    ("trust_host_key.fingerprint", "compared with the key that the server shows"),
    ("trust_host_key.url", "parsed: five forms of a remote, and no other"),
    ("unlock_secrets.passphrase", "tried on the encrypted file"),
];

/// The type declarations of the bindings, without comments.
fn types() -> BTreeMap<String, String> {
    let mut types = BTreeMap::new();
    for declared in without_comments(BINDINGS).split("\nexport type ").skip(1) {
        let (name, rest) = declared.split_once(" = ").expect("a declaration");
        let end = rest.find(";\n").expect("its end");
        types.insert(name.to_owned(), rest[..end].to_owned());
    }
    types
}

fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/**") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// The words of a type, texts in quotes left out: names of types, and of fields with a colon at their end.
fn words(text: &str) -> Vec<String> {
    let unquoted: String = text.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let marked = unquoted.replace("?:", ":").replace(':', ": ");
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    marked.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Notes each free text in a type: `place` is where it stands.
fn free_in(
    place: &str,
    text: &str,
    types: &BTreeMap<String, String>,
    (found, seen): (&mut BTreeSet<String>, &mut BTreeSet<String>),
) {
    let mut field = None;
    for word in words(text) {
        if let Some(name) = word.strip_suffix(':') {
            field = Some(name.to_owned());
            continue;
        }
        if word == "string" || word == "any" || word == "unknown" {
            let owner = field.as_ref().map_or(place.to_owned(), |field| format!("{place}.{field}"));
            found.insert(owner);
        } else if let Some(inner) = types.get(&word)
            && !CHECKED.iter().any(|(checked, _)| *checked == word)
            && seen.insert(word.clone())
        {
            free_in(&word, inner, types, (found, seen));
        }
    }
}

#[test]
fn each_text_that_the_page_gives_is_one_that_was_thought_about() {
    let types = types();
    assert!(types.len() > 50, "the bindings are read");
    let (mut found, mut seen, mut commands) = (BTreeSet::new(), BTreeSet::new(), 0);
    for line in BINDINGS.lines().filter(|line| line.contains("=> __TAURI_INVOKE<")) {
        let (arguments, call) = line.split_once(") => __TAURI_INVOKE<").expect("a command");
        let name = call.split("(\"").nth(1).and_then(|rest| rest.split('"').next()).expect("its name");
        let (_, arguments) = arguments.split_once(": (").expect("its arguments");
        free_in(name, arguments, &types, (&mut found, &mut seen));
        commands += 1;
    }
    assert!(commands > 80, "the commands are read: {commands}");
    let listed: BTreeSet<String> = FREE.iter().map(|(place, _)| (*place).to_owned()).collect();
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(new.is_empty() && gone.is_empty(), "not thought about: {new:?}; not there any more: {gone:?}");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_one_window_has_these_permissions_and_no_other() {
    let folder = root().join("src-tauri/capabilities");
    let files: Vec<_> = std::fs::read_dir(&folder).expect("capabilities").flatten().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let mut capability = read(&folder.join("main.json"));
    let fields = capability.as_object_mut().expect("an object");
    fields.remove("$schema");
    fields.remove("description");
    // No shell, no files, no dialog, no opener; no address that could load a page of somebody else's.
    assert_eq!(
        capability,
        json!({
            "identifier": "main",
            "windows": ["main"],
            "permissions": ["core:event:allow-listen", "core:event:allow-unlisten"],
        })
    );
}

#[test]
fn the_page_runs_its_own_scripts_alone_and_talks_to_nobody() {
    let configuration = read(&root().join("tauri.conf.json"));
    let app = &configuration["app"];
    assert_eq!(app.get("withGlobalTauri"), None, "the page's own code imports what it needs");
    let security = app["security"].as_object().expect("an object");
    assert_eq!(
        security.keys().collect::<Vec<_>>(),
        ["csp"],
        "nothing dangerous, no frozen or remote exception"
    );
    let policy = security["csp"].as_str().expect("a policy");
    let parts: BTreeMap<&str, &str> =
        policy.split("; ").map(|part| part.split_once(' ').expect("a directive")).collect();
    let expected = [
        ("base-uri", "'none'"),
        ("connect-src", "'self' ipc: http://ipc.localhost"),
        ("default-src", "'self'"),
        ("font-src", "'self'"),
        ("form-action", "'none'"),
        ("frame-ancestors", "'none'"),
        ("img-src", "'self' data:"),
        ("object-src", "'none'"),
        ("script-src", "'self'"),
        ("style-src", "'self' 'unsafe-inline'"),
    ];
    assert_eq!(parts, BTreeMap::from(expected));
    let windows = app["windows"].as_array().expect("windows");
    assert_eq!(windows.len(), 1);
    assert_eq!(
        (windows[0]["label"].as_str(), windows[0].get("url")),
        (Some("main"), None),
        "the app's own page"
    );
}
