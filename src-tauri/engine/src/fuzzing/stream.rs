//! Streams: taken apart into documents, and annotated.

use crate::manifest::{self, Document, Node, Source, Value, annotate, comments, parse};

const OURS: [(&str, &str); 2] = [("hnp.githedgehog.com/by", "fgd-sync"), ("hnp.githedgehog.com/index", "0")];
const PREFIX: &str = "hnp.githedgehog.com/";

/// A stream is its documents and what is between them, and each document's text is that document alone.
pub fn split(bytes: &[u8]) {
    let Ok(source) = Source::decode(bytes) else { return };
    let text = source.text();
    assert!(bytes.ends_with(text.as_bytes()), "decoding drops nothing but a byte order mark");
    let documents = manifest::split(text);
    let (mut joined, mut between, mut at) = (String::new(), String::new(), 0);
    for (index, document) in documents.iter().enumerate() {
        assert_eq!(document.index as usize, index);
        assert!(document.span.start >= at && !document.span.is_empty(), "in order, and never twice");
        assert_eq!(document.line as usize, text[..document.span.start].matches('\n').count() + 1);
        for piece in [&text[at..document.span.start], document.text] {
            joined.push_str(piece);
        }
        between.push_str(&text[at..document.span.start]);
        at = document.span.end;
        let alone: Vec<&str> = manifest::split(document.text).iter().map(|alone| alone.text).collect();
        assert_eq!(alone, [document.text]);
        if let Ok(node) = parse(document) {
            places_are_inside(document, &node);
        }
    }
    joined.push_str(&text[at..]);
    between.push_str(&text[at..]);
    assert_eq!(joined, text);
    let bare = |line: &str| matches!(line.trim(), "" | "---" | "...");
    assert!(documents.is_empty() || between.lines().all(bare), "left out: {between:?}");
}

fn places_are_inside(document: &Document<'_>, node: &Node) {
    assert!(document.text.get(node.span.clone()).is_some(), "{:?}", node.span);
    assert!(node.line >= document.line && node.column >= 1);
    if node.borrowed {
        return;
    }
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence { items, .. } => items.iter().for_each(|item| places_are_inside(document, item)),
        Value::Mapping { entries, .. } => {
            for part in entries.iter().filter(|(key, _)| !key.borrowed).flat_map(|(key, value)| [key, value])
            {
                places_are_inside(document, part);
            }
        }
    }
}

/// Annotating a text and reading it is reading it and annotating the tree; nothing else of the text changes;
/// twice is once.
pub fn patch(bytes: &[u8]) {
    let Ok(source) = Source::decode(bytes) else { return };
    for document in manifest::split(source.text()) {
        let Ok(node) = parse(&document) else { continue };
        let Ok(annotated) = annotate(document.text, &node, &OURS) else { continue };
        let text = annotated.text.as_str();
        let after = only(text);
        let mut wanted = node.clone();
        manifest::set_annotations(&mut wanted, &OURS).expect("it took them before");
        assert!(manifest::same_value(&after, &wanted), "{text}");
        assert_eq!(manifest::content_hash(&node, PREFIX), manifest::content_hash(&after, PREFIX));
        if !annotated.canonical {
            assert_eq!(comments(document.text, &node), comments(text, &after));
            let there = node.get("metadata").and_then(|metadata| metadata.get("annotations"));
            assert!(there.is_some() || is_within(document.text, text), "{:?} {text:?}", document.text);
        }
        let again = annotate(text, &after, &OURS).expect("it has a place for them");
        assert_eq!((again.text.as_str(), again.canonical), (text, false), "twice is once");
    }
}

/// The tree of a text that is one document.
fn only(text: &str) -> Node {
    let documents = manifest::split(text);
    let [document] = documents.as_slice() else { panic!("{} documents: {text:?}", documents.len()) };
    assert_eq!(document.text, text);
    parse(document).unwrap_or_else(|error| panic!("{text:?}: {error:?}"))
}

/// Whether a text is another one with more between its characters.
fn is_within(text: &str, longer: &str) -> bool {
    let mut rest = longer.chars();
    text.chars().all(|c| rest.any(|other| other == c))
}
