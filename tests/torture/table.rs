//! `FAULTS.md` and `SECURITY.md` name a test for each promise: every one of them is there.

use std::path::{Path, PathBuf};

const FAULTS: usize = 73;

/// Where the modules of each crate begin, and how its files are named.
const CRATES: [&str; 5] =
    ["tests", "src-tauri", "src-tauri/engine/src", "src-tauri/engine/tests", "src-tauri/cli/src"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What a document has between backticks, each with the text behind it.
fn quoted(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = text.lines().filter(|line| !line.starts_with("```"));
    lines.flat_map(|line| {
        let at: Vec<usize> = line.match_indices('`').map(|(at, _)| at).collect();
        let pairs: Vec<_> = at.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        pairs.into_iter().map(move |(from, to)| (&line[from + 1..to], &line[to + 1..]))
    })
}

/// The modules and the name of a Rust path that is a test's.
fn as_test(text: &str) -> Option<(Vec<&str>, &str)> {
    let is_name = |part: &&str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let mut parts: Vec<&str> = text.split("::").collect();
    let name = parts.pop()?;
    (!parts.is_empty() && parts.iter().chain([&name]).all(is_name)).then_some((parts, name))
}

/// The files in which a module may be: one of its own, or, where it is called `tests`, the file around it.
fn files_of(modules: &[&str]) -> Vec<PathBuf> {
    let mut names = vec![modules.join("/")];
    if let [around @ .., "tests"] = modules {
        names.push(around.join("/"));
    }
    let crates = CRATES.iter().map(|place| root().join(place));
    let files = crates.flat_map(|place| {
        let of = |name: &String| [place.join(format!("{name}.rs")), place.join(name).join("mod.rs")];
        names.iter().flat_map(of).collect::<Vec<_>>()
    });
    files.filter(|file| file.is_file()).collect()
}

/// Whether a source has a test of that name: a function below an attribute that says so, one of a property's, or a
/// line of a macro that makes tests.
fn has_test(source: &str, name: &str) -> bool {
    let (call, made) = (format!("fn {name}("), format!("{name} = "));
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let is_attribute = |line: &&&str| line.starts_with("#[") || line.starts_with("//");
    lines.iter().enumerate().any(|(at, line)| {
        let is_made = line.starts_with(&made) && line.ends_with(',');
        let is_function = line.strip_prefix("async ").unwrap_or(line).starts_with(&call);
        let above = || lines[..at].iter().rev().take_while(is_attribute);
        is_made || is_function && above().any(|line| line.starts_with("#[") && line.contains("test"))
    })
}

/// What is wrong with something between backticks, if it is the name of a test.
fn missing(text: &str, behind: &str) -> Option<String> {
    if let Some((modules, name)) = as_test(text) {
        let files = files_of(&modules);
        if files.is_empty() {
            return Some(format!("{text}: there is no such module"));
        }
        let source = |file: &PathBuf| std::fs::read_to_string(file).expect("a source");
        let is_there = files.iter().any(|file| has_test(&source(file), name));
        return (!is_there).then(|| format!("{text}: there is no such test in {files:?}"));
    }
    if !(text.starts_with("ui/") && (text.ends_with(".test.ts") || text.ends_with(".spec.ts"))) {
        return None;
    }
    if !root().join(text).is_file() {
        return Some(format!("{text}: there is no such file"));
    }
    let title = behind.strip_prefix(" \"").and_then(|rest| rest.split('"').next())?;
    (!read(text).contains(title)).then(|| format!("{text}: nothing in it is called {title:?}"))
}

#[test]
fn every_test_that_a_document_names_is_there() {
    for document in ["FAULTS.md", "SECURITY.md"] {
        let text = read(document);
        let named = quoted(&text).filter(|(name, _)| as_test(name).is_some()).count();
        assert!(named > 40, "{document} is read: {named}");
        let missing: Vec<String> = quoted(&text).filter_map(|(name, behind)| missing(name, behind)).collect();
        assert!(missing.is_empty(), "{document} names what is not there:\n{}", missing.join("\n"));
    }
}

/// Each fault has its number, what happens, and a test, or says that there is none yet.
#[test]
fn every_fault_has_its_row() {
    let text = read("FAULTS.md");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|line| line.split(" | ").collect())
        .filter(|row: &Vec<&str>| row[0].parse::<usize>().is_ok())
        .collect();
    let numbers: Vec<usize> = rows.iter().map(|row| row[0].parse().expect("a number")).collect();
    assert_eq!(numbers, (1..=FAULTS).collect::<Vec<_>>());
    for row in rows {
        let [number, fault, happens, shown] = row.as_slice() else { panic!("four columns: {row:?}") };
        assert!(!fault.is_empty() && !happens.is_empty(), "{number}");
        let has_test = quoted(shown).any(|(name, _)| as_test(name).is_some());
        assert!(has_test || shown.contains("no test yet"), "{number} is shown by nothing: {shown}");
    }
}

#[test]
fn a_name_that_is_nowhere_is_found_out() {
    assert_eq!(missing("torture::table::a_name_that_is_nowhere_is_found_out", ""), None);
    assert_eq!(missing("torture::failpoints::an_undo", ""), None, "a macro makes it");
    assert_eq!(missing("git::url::tests::everything_else_is_refused", ""), None, "its module is in the file");
    for nowhere in [
        "torture::table::a_test_of_nobodys",
        "torture::tables::a_name_that_is_nowhere_is_found_out",
        // A function, and no test.
        "torture::table::has_test",
        "ui/src/nowhere.test.ts",
    ] {
        assert!(missing(nowhere, "").is_some(), "{nowhere}");
    }
    assert!(missing("ui/src/visible.test.ts", " \"a title of nobody's\"").is_some());
    for other in ["ext::", "core.sshCommand", "beneath.rs", "cargo nextest", "deny.toml"] {
        assert_eq!(missing(other, ""), None, "{other} names no test");
    }
}
