//! A tree as text on one line, in braces and brackets: for showing a value, and for writing one in among others.

use saphyr_parser::ScalarStyle;

use crate::manifest::Node;
use crate::manifest::compare::key_text;
use crate::manifest::node::{Scalar, Value};
use crate::manifest::resolve::{Resolved, core_type};
use crate::manifest::scalar::{double_quoted, ends_with_a_dash, needs_escape, scalar};

/// Writes a value on one line, keys in their order, aliases and merge keys written out. Single values stay as
/// they are written, where they can; in JSON's quotes where `json` asks for them.
pub(super) fn flow(node: &Node, json: bool) -> String {
    let mut out = String::new();
    write(node, json, &mut out);
    out
}

/// A key on one line.
pub(super) fn flow_key(key: &Node, json: bool) -> String {
    match key.scalar() {
        Some(scalar) if !json && scalar.tag.is_none() => written(scalar),
        _ => text(&key_text(key), json),
    }
}

fn write(node: &Node, json: bool, out: &mut String) {
    match &node.value {
        Value::Scalar(value) => out.push_str(&single(value, json)),
        Value::Sequence { items, .. } => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write(item, json, out);
            }
            out.push(']');
        }
        Value::Mapping { entries, .. } => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(&flow_key(key, json));
                out.push_str(": ");
                write(value, json, out);
            }
            out.push('}');
        }
    }
}

fn single(value: &Scalar, json: bool) -> String {
    match &value.tag {
        // Tags of their own are texts, and stay in front of them.
        Some(tag) if core_type(tag).is_none() && tag != "!" => {
            format!("!<{tag}> {}", double_quoted(&value.text))
        }
        Some(_) => match value.resolved() {
            Resolved::Null => "null".to_owned(),
            Resolved::Str(own) => text(own, json),
            Resolved::Float(number) => format!("{number:?}"),
            _ => value.text.clone(),
        },
        None if json => match value.resolved() {
            Resolved::Null => "null".to_owned(),
            Resolved::Bool(value) => value.to_string(),
            Resolved::Str(own) => text(own, json),
            _ => value.text.clone(),
        },
        None => written(value),
    }
}

/// A single value in the style that its author gave it, where that can stand on one line among others.
fn written(value: &Scalar) -> String {
    let own = value.text.as_str();
    let is_odd = own.contains(needs_escape);
    match value.style {
        ScalarStyle::DoubleQuoted => double_quoted(own),
        ScalarStyle::SingleQuoted if !is_odd => format!("'{}'", own.replace('\'', "''")),
        ScalarStyle::Plain if own.is_empty() => "null".to_owned(),
        ScalarStyle::Plain if is_safe(own) => own.to_owned(),
        ScalarStyle::Plain if !matches!(value.resolved(), Resolved::Str(_)) => own.to_owned(),
        _ => scalar(own),
    }
}

fn text(own: &str, json: bool) -> String {
    if json { double_quoted(own) } else { scalar(own) }
}

/// Whether what is plain in a block may be plain here too.
fn is_safe(text: &str) -> bool {
    let is_safe = |c: char| c.is_alphanumeric() || "-_./+@: ".contains(c);
    text.starts_with(|c: char| c.is_alphanumeric() || c == '.' || c == '/')
        && text.chars().all(is_safe)
        && !text.contains(": ")
        && !text.ends_with([':', ' '])
        && !ends_with_a_dash(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::compare::same_value;
    use crate::manifest::testing::tree;

    #[test]
    fn one_line_says_it_all() {
        let text = "a: 0777\nyes: [1, 'x', \"y\"]\nb:\n- c: 10.0.0.1/24\n  d: |\n    x\n    y\n- {}\n- []\n-\nmac: 0c:20:12:00:00:01\ne: 'it''s'\nf: x, y\ng: !own z\nh: !!str 1\ni: &i a b\nj: *i\n";
        let expected = "{a: 0777, yes: [1, 'x', \"y\"], b: [{c: 10.0.0.1/24, d: \"x\\ny\\n\"}, {}, [], null], mac: 0c:20:12:00:00:01, e: 'it''s', f: 'x, y', g: !<!own> \"z\", h: '1', i: a b, j: a b}";
        assert_eq!(flow(&tree(text), false), expected);
        assert_eq!(flow(&tree("a: 1 -\nb: 1-\n"), false), "{a: '1 -', b: 1-}");
        assert_eq!(
            flow(&tree("{a: yes, 1: x, b: 10.0.0.1}"), true),
            r#"{"a": true, "1": "x", "b": "10.0.0.1"}"#
        );
    }

    proptest! {
        #[test]
        fn one_line_says_the_same(
            text in "([a-z0-9]|[-:#'\" ?,{}&*!|>%@`\\[\\]._/]){0,8}",
            style in 0..3,
            json in any::<bool>(),
        ) {
            let value = match style { 0 => text.clone(), 1 => scalar(&text), _ => double_quoted(&text) };
            let block = format!("a: {value}\nb:\n- {value}\n");
            let Ok(before) = crate::manifest::testing::parsed(&block) else { return Ok(()) };
            let line = flow(&before, json);
            prop_assert!(!line.contains('\n') && same_value(&before, &tree(&line)), "{line}");
        }
    }
}
