//! A tree as text in block style: for what can't be written into the author's own text.

use saphyr_parser::ScalarStyle;

use crate::manifest::Node;
use crate::manifest::compare::key_text;
use crate::manifest::node::{Scalar, Value};
use crate::manifest::resolve::{Resolved, core_type};
use crate::manifest::scalar::{double_quoted, needs_escape, scalar};

/// Writes a mapping or a list in block style, two spaces a level, keys in their order. Numbers and the like
/// stay as they are written; aliases and merge keys are written out.
pub(super) fn block(node: &Node) -> String {
    let mut out = String::new();
    write(node, 0, &mut out);
    out
}

/// Writes what follows a `:`, a `-` or nothing, with the line's end. `indent` is that of the lines below.
fn write(node: &Node, indent: usize, out: &mut String) {
    match &node.value {
        Value::Scalar(value) => write_scalar(value, indent, out),
        Value::Sequence { items, .. } if items.is_empty() => out.push_str("[]\n"),
        Value::Mapping { entries, .. } if entries.is_empty() => out.push_str("{}\n"),
        Value::Sequence { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                begin_line(index, indent, out);
                out.push_str("- ");
                write(item, indent + 2, out);
            }
        }
        Value::Mapping { entries, .. } => {
            for (index, (key, value)) in entries.iter().enumerate() {
                begin_line(index, indent, out);
                out.push_str(&written_key(key));
                out.push(':');
                let below = match &value.value {
                    Value::Mapping { entries, .. } if !entries.is_empty() => indent + 2,
                    Value::Sequence { items, .. } if !items.is_empty() => indent,
                    _ => {
                        out.push(' ');
                        write(value, indent + 2, out);
                        continue;
                    }
                };
                out.push('\n');
                out.push_str(&" ".repeat(below));
                write(value, below, out);
            }
        }
    }
}

/// The first line of a collection has its indentation already.
fn begin_line(index: usize, indent: usize, out: &mut String) {
    if index > 0 {
        out.push_str(&" ".repeat(indent));
    }
}

/// A key, which stays as it is where it is no text: `on` is not `'true'` to a reader.
fn written_key(key: &Node) -> String {
    match key.scalar().map(|scalar| (scalar.resolved(), scalar)) {
        Some((Resolved::Bool(_) | Resolved::Int(_) | Resolved::Float(_), written)) => written.text.clone(),
        _ => scalar(&key_text(key)),
    }
}

fn write_scalar(value: &Scalar, indent: usize, out: &mut String) {
    if let Some(tag) = value.tag.as_deref().filter(|tag| core_type(tag).is_none() && *tag != "!") {
        // Tags of their own are texts, and stay in front of them.
        out.push_str(&format!("!<{tag}> {}\n", double_quoted(&value.text)));
        return;
    }
    let text = match value.resolved() {
        Resolved::Str(text) if is_literal(text) => return write_literal(text, indent, out),
        Resolved::Str(text) => scalar(text),
        Resolved::Null => "null".to_owned(),
        Resolved::Float(number) if value.style != ScalarStyle::Plain || value.tag.is_some() => {
            format!("{number:?}")
        }
        _ => value.text.clone(),
    };
    out.push_str(&text);
    out.push('\n');
}

/// Whether a text has lines that a literal block says exactly.
fn is_literal(text: &str) -> bool {
    let good_line =
        |line: &str| !line.ends_with([' ', '\t']) && !line.contains(|c| c != '\t' && needs_escape(c));
    let begins_well = text.starts_with(|c: char| !c.is_whitespace() && c != '#');
    text.contains('\n') && begins_well && text.split('\n').all(good_line)
}

fn write_literal(text: &str, indent: usize, out: &mut String) {
    let lines = text.trim_end_matches('\n');
    let head = match text.len() - lines.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    };
    out.push_str(head);
    out.push('\n');
    for line in lines.split('\n') {
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent.max(2)));
            out.push_str(line);
        }
        out.push('\n');
    }
    for _ in 1..text.len() - lines.len() {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::compare::same_value;
    use crate::manifest::testing::tree;

    #[test]
    fn block_style_is_how_a_person_writes() {
        let text = "{a: 0777, 'yes': [1, [2, {b: c, d: [e]}], {}, []], f: {g: \"x\\ny\\n\", h: , i: !own 1}, j: !!float 1}\n";
        let expected = "a: 0777\n'yes':\n- 1\n- - 2\n  - b: c\n    d:\n    - e\n- {}\n- []\nf:\n  g: |\n    x\n    y\n  h: null\n  i: !<!own> \"1\"\nj: 1.0\n";
        assert_eq!(block(&tree(text)), expected);
        assert!(same_value(&tree(text), &tree(expected)));
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let text = "([a-z0-9]|[-:#'\" ?,{}&*!|>%@`\\[\\]\n\t]){0,8}".prop_map(serde_json::Value::from);
        let leaf = prop_oneof![
            text,
            any::<i64>().prop_map(serde_json::Value::from),
            any::<bool>().prop_map(serde_json::Value::from),
            Just(serde_json::Value::Null),
        ];
        leaf.prop_recursive(4, 30, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                prop::collection::btree_map("[a-z0-9: #'-]{0,4}", inner, 0..4)
                    .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn block_style_says_the_same(value in json()) {
            let before = tree(&serde_json::json!({ "a": value }).to_string());
            let text = block(&before);
            prop_assert!(same_value(&before, &tree(&text)), "{text}");
        }
    }
}
