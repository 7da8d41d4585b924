//! Annotations into a text, and nothing else changed in it.

use crate::manifest::compare::{Resolved, resolve};
use crate::manifest::{Document, Node, Value, parse, split};

/// A text with its annotations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Annotated {
    pub(crate) text: String,
    /// Whether the author's text could not be kept, and this is the same value in block style.
    pub(crate) canonical: bool,
}

/// Adds annotations to an object's own text, or replaces those that are there, as a person would: below
/// `metadata`, in the text's own indentation and line ends. Everything else stays as it is.
///
/// The result is parsed again and compared; where the text can't be patched, the value is written in
/// block style instead. `Err` says why neither was possible.
pub(crate) fn annotate(text: &str, node: &Node, annotations: &[(&str, &str)]) -> Result<Annotated, String> {
    let mut wanted = plain(node);
    set_annotations(&mut wanted, annotations)?;
    if let Some(patched) = patch(text, node, annotations)
        && value_of(&patched).as_ref() == Some(&wanted)
    {
        return Ok(Annotated { text: patched, canonical: false });
    }
    let text = serde_yaml::to_string(&wanted).map_err(|error| error.to_string())?;
    Ok(Annotated { text, canonical: true })
}

fn value_of(text: &str) -> Option<serde_yaml::Value> {
    let documents = split(text);
    let [document] = documents.as_slice() else { return None };
    parse(&Document { ..document.clone() }).ok().map(|node| plain(&node))
}

/// The value of a tree. Numbers and the like stay the text they were written as when they are not exactly
/// what they read as, so that block style changes no value.
fn plain(node: &Node) -> serde_yaml::Value {
    use serde_yaml::Value as V;
    match &node.value {
        Value::Scalar { text, plain: false } => V::String(text.clone()),
        Value::Scalar { text, plain: true } => match resolve(text) {
            Resolved::Null => V::Null,
            Resolved::Bool(value) => V::Bool(value),
            Resolved::Int(value) => {
                i64::try_from(value).map_or_else(|_| V::String(text.clone()), |v| V::Number(v.into()))
            }
            Resolved::Float(value) => V::Number(value.into()),
            Resolved::Text(text) => V::String(text),
        },
        Value::Sequence { items, .. } => V::Sequence(items.iter().map(plain).collect()),
        Value::Mapping { entries, .. } => {
            V::Mapping(entries.iter().map(|(key, value)| (plain(key), plain(value))).collect())
        }
    }
}

fn set_annotations(object: &mut serde_yaml::Value, annotations: &[(&str, &str)]) -> Result<(), String> {
    let metadata = object
        .get_mut("metadata")
        .and_then(serde_yaml::Value::as_mapping_mut)
        .ok_or("metadata is not a mapping")?;
    let there = metadata.entry("annotations".into()).or_insert(serde_yaml::Value::Null);
    if there.is_null() {
        *there = serde_yaml::Mapping::new().into();
    }
    let there = there.as_mapping_mut().ok_or("metadata.annotations is not a mapping")?;
    for (key, value) in annotations {
        there.insert((*key).into(), (*value).into());
    }
    Ok(())
}

/// A change of a text: the bytes from `start` to `end` become `text`.
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

fn patch(text: &str, node: &Node, annotations: &[(&str, &str)]) -> Option<String> {
    let (key, metadata) = node.entry("metadata")?;
    if metadata.aliased {
        return None;
    }
    let Value::Mapping { entries, flow } = &metadata.value else { return None };
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let edits = match metadata.get("annotations") {
        None if *flow => {
            vec![into_flow(text, metadata, &format!("annotations: {{{}}}", flow_items(annotations)))?]
        }
        None => {
            let indent = indent_of(text, &entries.first()?.0)?;
            let step = indent.len().checked_sub(indent_of(text, key)?.len()).filter(|step| *step > 0)?;
            let inner = format!("{indent}{}", " ".repeat(step));
            let lines = format!("{indent}annotations:{eol}{}", block_lines(&inner, annotations, eol));
            vec![after_last_line(text, metadata.span.end, lines, eol)]
        }
        Some(there) if there.aliased => return None,
        Some(there) => match &there.value {
            Value::Mapping { entries, flow } => {
                into_annotations(text, there, entries, *flow, annotations, eol)?
            }
            Value::Scalar { text: empty, plain: true } if empty.is_empty() => {
                let (own, _) = metadata.entry("annotations")?;
                let indent = indent_of(text, own)?;
                let step = indent.len().checked_sub(indent_of(text, key)?.len()).filter(|step| *step > 0)?;
                let inner = format!("{indent}{}", " ".repeat(step));
                vec![after_last_line(text, own.span.end, block_lines(&inner, annotations, eol), eol)]
            }
            _ => return None,
        },
    };
    Some(apply(text, edits))
}

fn into_annotations(
    text: &str,
    there: &Node,
    entries: &[(Node, Node)],
    flow: bool,
    annotations: &[(&str, &str)],
    eol: &str,
) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    let mut missing = Vec::new();
    for (key, value) in annotations {
        match entries.iter().find(|(node, _)| node.text() == Some(key)) {
            Some((_, node)) if node.text() == Some(value) && !needs_quotes_but_has_none(node) => {}
            Some((_, node)) if !node.aliased && one_line(text, node) => {
                edits.push(Edit { start: node.span.start, end: node.span.end, text: quoted(value) });
            }
            Some(_) => return None,
            None => missing.push((*key, *value)),
        }
    }
    if missing.is_empty() {
        return Some(edits);
    }
    if flow {
        edits.push(into_flow(text, there, &flow_items(&missing))?);
    } else {
        let indent = indent_of(text, &entries.first()?.0)?;
        edits.push(after_last_line(text, there.span.end, block_lines(&indent, &missing, eol), eol));
    }
    Some(edits)
}

/// A plain `0` reads as a number, and an annotation is a text.
fn needs_quotes_but_has_none(node: &Node) -> bool {
    matches!(&node.value, Value::Scalar { text, plain: true } if !matches!(resolve(text), Resolved::Text(_)))
}

fn one_line(text: &str, node: &Node) -> bool {
    let piece = &text[node.span.clone()];
    !piece.is_empty() && !piece.contains('\n') && !piece.starts_with(['|', '>', '&', '!'])
}

/// The white space before a block key; none where something else stands before it.
fn indent_of(text: &str, key: &Node) -> Option<String> {
    let start = text[..key.span.start].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[start..key.span.start];
    before.chars().all(|c| c == ' ').then(|| before.to_owned())
}

fn block_lines(indent: &str, annotations: &[(&str, &str)], eol: &str) -> String {
    annotations.iter().map(|(key, value)| format!("{indent}{key}: {}{eol}", quoted(value))).collect()
}

fn flow_items(annotations: &[(&str, &str)]) -> String {
    let items: Vec<String> =
        annotations.iter().map(|(key, value)| format!("{key}: {}", quoted(value))).collect();
    items.join(", ")
}

/// Puts items at the end of a flow mapping.
fn into_flow(text: &str, mapping: &Node, items: &str) -> Option<Edit> {
    let close = mapping.span.end.checked_sub(1).filter(|at| text[*at..].starts_with('}'))?;
    let inside = text[mapping.span.start + 1..close].trim_end();
    let at = mapping.span.start + 1 + inside.len();
    let separator = match inside.trim_start() {
        "" => "",
        inside if inside.ends_with(',') => " ",
        _ => ", ",
    };
    Some(Edit { start: at, end: at, text: format!("{separator}{items}") })
}

/// Puts whole lines below the line on which something ends.
fn after_last_line(text: &str, end: usize, lines: String, eol: &str) -> Edit {
    // A block scalar's span takes in the blank lines below it.
    let end = text[..end].trim_end().len();
    match text[end..].find('\n') {
        Some(offset) => {
            let at = end + offset + 1;
            Edit { start: at, end: at, text: lines }
        }
        None => {
            // The text's last line has no end: it keeps having none.
            let lines = lines.trim_end_matches(['\r', '\n']);
            Edit { start: text.len(), end: text.len(), text: format!("{eol}{lines}") }
        }
    }
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.start);
    let mut out = String::with_capacity(text.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.start]);
        out.push_str(&edit.text);
        at = edit.end;
    }
    out.push_str(&text[at..]);
    out
}

/// A text as a scalar that reads back as that text, plain where that is safe.
fn quoted(value: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() || "-_./ +@".contains(c);
    let plain = value.starts_with(|c: char| c.is_alphabetic())
        && !value.ends_with(' ')
        && value.chars().all(safe)
        && matches!(resolve(value), Resolved::Text(_));
    if plain {
        return value.to_owned();
    }
    if value.chars().any(char::is_control) {
        // JSON's strings are YAML's double-quoted ones.
        return serde_json::Value::from(value).to_string();
    }
    format!("'{}'", value.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OURS: [(&str, &str); 2] = [("hnp.x/a", "fgd-sync"), ("hnp.x/index", "0")];

    fn annotated(text: &str) -> Annotated {
        let documents = split(text);
        let node = parse(&documents[0]).expect(text);
        annotate(documents[0].text, &node, &OURS).expect(text)
    }

    #[test]
    fn annotations_go_where_a_person_would_put_them() {
        for (text, expected) in [
            (
                "kind: A\nmetadata:\n  name: a # its name\nspec: {}\n",
                "kind: A\nmetadata:\n  name: a # its name\n  annotations:\n    hnp.x/a: fgd-sync\n    hnp.x/index: '0'\nspec: {}\n",
            ),
            (
                "metadata:\r\n    name: a\r\nkind: A",
                "metadata:\r\n    name: a\r\n    annotations:\r\n        hnp.x/a: fgd-sync\r\n        hnp.x/index: '0'\r\nkind: A",
            ),
            (
                "kind: A\nmetadata:\n  name: a",
                "kind: A\nmetadata:\n  name: a\n  annotations:\n    hnp.x/a: fgd-sync\n    hnp.x/index: '0'",
            ),
            (
                "metadata:\n  annotations:\n    b: c # own\n    hnp.x/index: '7'\n  name: a\n",
                "metadata:\n  annotations:\n    b: c # own\n    hnp.x/index: '0'\n    hnp.x/a: fgd-sync\n  name: a\n",
            ),
            (
                "metadata:\n  name: a\n  annotations:\n  labels:\n    l: m\n# end\n",
                "metadata:\n  name: a\n  annotations:\n    hnp.x/a: fgd-sync\n    hnp.x/index: '0'\n  labels:\n    l: m\n# end\n",
            ),
            (
                "metadata: {name: a}\n",
                "metadata: {name: a, annotations: {hnp.x/a: fgd-sync, hnp.x/index: '0'}}\n",
            ),
            (
                "metadata:\n  name: a\n  annotations: {}\n",
                "metadata:\n  name: a\n  annotations: {hnp.x/a: fgd-sync, hnp.x/index: '0'}\n",
            ),
            (
                "{kind: A, metadata: {name: a, annotations: {b: c}}}\n",
                "{kind: A, metadata: {name: a, annotations: {b: c, hnp.x/a: fgd-sync, hnp.x/index: '0'}}}\n",
            ),
            (
                "metadata:\n  name: a\n  labels:\n    l: |\n      text\n\n# of spec\nspec: 1\n",
                "metadata:\n  name: a\n  labels:\n    l: |\n      text\n  annotations:\n    hnp.x/a: fgd-sync\n    hnp.x/index: '0'\n\n# of spec\nspec: 1\n",
            ),
        ] {
            let result = annotated(text);
            assert_eq!(result, Annotated { text: expected.to_owned(), canonical: false }, "{text}");
            assert_eq!(annotated(expected).text, expected, "once is enough");
        }
    }

    #[test]
    fn what_cannot_be_patched_is_written_anew() {
        let result = annotated("x: &m {name: a}\nmetadata: *m\n");
        assert!(result.canonical && result.text.contains("hnp.x/index: '0'"), "{}", result.text);
    }

    #[test]
    fn values_read_back_as_they_were() {
        for value in [
            "",
            "yes",
            "0",
            "1e3",
            "a: b",
            "it's",
            "ü",
            " x",
            "x ",
            "#x",
            "a #b",
            "line\nbreak",
            "-",
            "*x",
            "Lab 1",
        ] {
            let text = format!("a: {}\n", quoted(value));
            let node = parse(&split(&text)[0]).expect(value);
            let read = node.get("a").expect("value");
            assert_eq!(read.text(), Some(value));
            assert!(!needs_quotes_but_has_none(read), "{value}");
        }
    }

    proptest! {
        #[test]
        fn the_authors_lines_stay(
            labels in prop::collection::vec("[a-z]{1,6}", 0..4),
            comment in "[a-z ]{0,12}",
            name_first in any::<bool>(),
        ) {
            let mut parts = vec!["  name: a\n".to_owned()];
            let mut keys = labels;
            keys.sort();
            keys.dedup();
            if !keys.is_empty() {
                let lines: String = keys.iter().map(|key| format!("    {key}: v # {comment}\n")).collect();
                parts.push(format!("  labels:\n{lines}"));
            }
            if !name_first {
                parts.reverse();
            }
            let text = format!("# {comment}\nkind: A\nmetadata:\n{}spec:\n- x\n", parts.concat());
            let result = annotated(&text);
            prop_assert!(!result.canonical);
            let kept: String = result
                .text
                .split_inclusive('\n')
                .filter(|line| !line.contains("hnp.x/") && line.trim_end() != "  annotations:")
                .collect();
            prop_assert_eq!(kept, text);
        }
    }
}
