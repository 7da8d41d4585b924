//! One fabric that is right, and what becomes of it by one mistake at a time.
//!
//! Each table says of its edits what must be found then, and nothing else: kind, name and the code's number.

mod external;
mod gateway;
mod metadata;
mod property;
mod vpc;
mod wiring;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::testing::{document, documents, objects};
use super::{Fabric, Object};
use crate::finding::Finding;

/// Objects, each with its kind, its name and the lines of its spec.
const BASE: &str = include_str!("tests/base.txt");

/// The documents of the base, by kind and name.
fn base() -> BTreeMap<String, String> {
    documents(BASE).into_iter().collect()
}

/// A mistake.
enum Edit {
    /// In this document this text is another; it is there once.
    Set(&'static str, &'static str, &'static str),
    /// This document is there too, with this spec.
    Add(&'static str, String),
    /// This document is not there.
    Cut(&'static str),
    /// Not one document of this kind is there.
    CutAll(&'static str),
}

use Edit::{Cut, CutAll, Set};

/// Another document, with the lines of its spec; they are indented here.
fn add(head: &'static str, spec: &str) -> Edit {
    Edit::Add(head, spec.lines().map(|line| format!("  {line}\n")).collect())
}

fn edit(documents: &mut BTreeMap<String, String>, edit: &Edit) {
    match edit {
        Set(head, from, to) => {
            let text = documents.get_mut(*head).unwrap_or_else(|| panic!("there is no {head}"));
            assert_eq!(text.matches(from).count(), 1, "{head}: {from:?} in\n{text}");
            *text = text.replacen(from, to, 1);
        }
        Edit::Add(head, spec) => {
            let (kind, name) = head.split_once(' ').expect("kind and name");
            let twice = documents.insert((*head).to_owned(), document(kind, name, spec));
            assert!(twice.is_none(), "{head} is there");
        }
        Cut(head) => drop(documents.remove(*head).unwrap_or_else(|| panic!("there is no {head}"))),
        CutAll(kind) => documents.retain(|head, _| head.split(' ').next() != Some(kind)),
    }
}

/// What is done, and what is found then.
type Case = (&'static str, Vec<Edit>, &'static [&'static str]);

/// A fabric of these objects, checked.
fn fabric<'a>(objects: impl Iterator<Item = &'a Arc<Object>>) -> Fabric {
    let mut fabric = Fabric::default();
    for object in objects {
        fabric.set(object.key.as_ref().expect("a kind that is checked"), Some(Arc::clone(object)));
    }
    fabric.recheck();
    fabric
}

/// As the tables have it: kind, name and the code's number.
fn short(finding: &Finding) -> String {
    let (kind, name) = (finding.kind.as_deref().unwrap_or("?"), finding.name.as_deref().unwrap_or("?"));
    format!("{kind} {name} {}", finding.code.as_str().trim_start_matches("FGD-"))
}

/// Tries every case, and tells of all that went otherwise.
fn check(cases: Vec<Case>) {
    let base = base();
    let read: BTreeMap<&String, Arc<Object>> =
        base.iter().map(|(head, text)| (head, Arc::clone(&objects(text)[0]))).collect();
    let mut wrong = String::new();
    for (what, edits, expected) in cases {
        let mut texts = base.clone();
        edits.iter().for_each(|mistake| edit(&mut texts, mistake));
        let of = |(head, text): (&String, &String)| match read.get(head) {
            Some(object) if base[head] == *text => Arc::clone(object),
            _ => Arc::clone(&objects(text)[0]),
        };
        let objects: Vec<Arc<Object>> = texts.iter().map(of).collect();
        let findings = fabric(objects.iter()).findings();
        for finding in &findings {
            assert!(finding.message.ends_with('.'), "{what}: {finding:?}");
            assert!(
                finding.hint.as_ref().is_some_and(|hint| hint.ends_with(['.', '?', '…'])),
                "{what}: {finding:?}"
            );
        }
        let found: BTreeSet<String> = findings.iter().map(short).collect();
        let expected: BTreeSet<String> = expected.iter().map(|&text| text.to_owned()).collect();
        if found != expected {
            wrong.push_str(&format!("{what}:\n  expected {expected:?}\n  found    {found:?}\n"));
            for finding in &findings {
                wrong.push_str(&format!("    {}: {}\n", short(finding), finding.message));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_base_is_right() {
    check(vec![("nothing", vec![], &[])]);
}
