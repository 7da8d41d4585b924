//! Whether two texts say the same: comments, key order, quoting and our own annotations are no difference.

use std::borrow::Cow;

use crate::change::ContentHash;
use crate::manifest::Node;
use crate::manifest::node::{Scalar, Value};
use crate::manifest::resolve::{Resolved, core_type};

/// Whether two trees have equal values; the order of keys does not count.
pub(crate) fn same_value(a: &Node, b: &Node) -> bool {
    is_same_in_order(a, b) || canonical(a, Scope::Everything) == canonical(b, Scope::Everything)
}

/// Whether two trees have equal values, their keys in the same order: most that are equal are.
fn is_same_in_order(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Scalar(a), Value::Scalar(b)) => a.tag == b.tag && a.resolved() == b.resolved(),
        (Value::Sequence { items: a, .. }, Value::Sequence { items: b, .. }) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same_in_order(a, b))
        }
        (Value::Mapping { entries: a, .. }, Value::Mapping { entries: b, .. }) => {
            let is_same = |((a_key, a), (b_key, b)): (&(Node, Node), &(Node, Node))| {
                key_in_place(a_key) == key_in_place(b_key) && is_same_in_order(a, b)
            };
            a.len() == b.len() && a.iter().zip(b).all(is_same)
        }
        _ => false,
    }
}

/// The SHA-256 of what an object says to the fabric: of its value, without annotations under `prefix`, an
/// annotations mapping that has nothing else, and a namespace that is the default one.
pub(crate) fn content_hash(node: &Node, prefix: &str) -> ContentHash {
    ContentHash::of(&canonical(node, Scope::Object(prefix)))
}

/// A key as Kubernetes tells keys apart: its objects are JSON, where every key is a text.
pub(crate) fn key_text(key: &Node) -> String {
    key_in_place(key).into_owned()
}

/// The same, without a copy where the text is the key's own.
pub(super) fn key_in_place(key: &Node) -> Cow<'_, str> {
    let Value::Scalar(scalar) = &key.value else {
        // No object has such a key; any text that no scalar has will do.
        return format!("\0{}", String::from_utf8_lossy(&canonical(key, Scope::Everything))).into();
    };
    match scalar.resolved() {
        Resolved::Null => "null".into(),
        Resolved::Bool(value) => value.to_string().into(),
        Resolved::Int(value) => value.to_string().into(),
        Resolved::Float(value) => value.to_string().into(),
        Resolved::Str(text) => text.into(),
    }
}

/// What part of an object is looked at, and so what in it is no difference.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Object(&'a str),
    Metadata(&'a str),
    Annotations(&'a str),
    Everything,
}

impl Scope<'_> {
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::Object(prefix), "metadata") => Self::Metadata(prefix),
            (Self::Metadata(prefix), "annotations") => Self::Annotations(prefix),
            _ => Self::Everything,
        }
    }

    fn ignores(self, key: &str, value: &Node) -> bool {
        match (self, key) {
            (Self::Metadata(_), "namespace") => {
                value.is_null() || matches!(value.as_str(), Some("" | "default"))
            }
            (Self::Metadata(prefix), "annotations") => match &value.value {
                Value::Mapping { entries, .. } => {
                    entries.iter().all(|(key, _)| key_in_place(key).starts_with(prefix))
                }
                // An empty text has no annotations either; they can be added to it.
                _ => value.is_null() || value.as_str() == Some(""),
            },
            (Self::Annotations(prefix), key) => key.starts_with(prefix),
            _ => false,
        }
    }
}

/// A form of a value that is equal for equal values and for no others, on every machine and in every release:
/// each part begins with its type, texts with their length, and keys are sorted.
fn canonical(node: &Node, scope: Scope<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    write(node, scope, &mut out);
    out
}

fn write(node: &Node, scope: Scope<'_>, out: &mut Vec<u8>) {
    match &node.value {
        Value::Scalar(scalar) => write_scalar(scalar, out),
        Value::Sequence { items, .. } => {
            out.push(b'[');
            for item in items {
                write(item, Scope::Everything, out);
            }
            out.push(b']');
        }
        Value::Mapping { entries, .. } => {
            let mut sorted: Vec<(Cow<'_, str>, &Node)> =
                entries.iter().map(|(key, value)| (key_in_place(key), value)).collect();
            sorted.retain(|(key, value)| !scope.ignores(key, value));
            sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
            out.push(b'{');
            for (key, value) in sorted {
                write_text(&key, out);
                write(value, scope.below(&key), out);
            }
            out.push(b'}');
        }
    }
}

fn write_scalar(scalar: &Scalar, out: &mut Vec<u8>) {
    if let Some(tag) = scalar.tag.as_deref().filter(|tag| core_type(tag).is_none() && *tag != "!") {
        out.push(b'!');
        write_text(tag, out);
    }
    match scalar.resolved() {
        Resolved::Null => out.push(b'n'),
        Resolved::Bool(value) => out.push(if value { b't' } else { b'f' }),
        Resolved::Int(value) => out.extend(format!("i{value};").bytes()),
        Resolved::Float(value) => {
            // One zero, one NaN.
            let value = if value.is_nan() { f64::NAN } else { value + 0.0 };
            out.push(b'd');
            out.extend(value.to_bits().to_be_bytes());
        }
        Resolved::Str(text) => write_text(text, out),
    }
}

/// In decimal digits. Most texts are short.
fn write_number(number: usize, out: &mut Vec<u8>) {
    if number >= 10 {
        write_number(number / 10, out);
    }
    out.push(b'0' + (number % 10) as u8);
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b's');
    write_number(text.len(), out);
    out.push(b':');
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::testing::tree;

    const PREFIX: &str = "hnp.githedgehog.com/";

    fn same(a: &str, b: &str) -> bool {
        let (a, b) = (tree(a), tree(b));
        content_hash(&a, PREFIX) == content_hash(&b, PREFIX)
    }

    #[test]
    fn what_says_the_same_is_the_same() {
        for (a, b) in [
            ("a: 1\nb: x\n", "# c\nb: 'x'\na: 0x1 # d\n"),
            ("a: [1, {b: 2}]\n", "a:\n- 1\n- b: 2\n"),
            ("a: yes\nb: ~\n", "a: true\nb:\n"),
            ("a: 0777\nb: 1.50\n", "a: 511\nb: 15e-1\n"),
            ("a: !!str 1\nb: ! 2\n", "a: '1'\nb: \"2\"\n"),
            ("a: |\n  x\n  y\n", "a: \"x\\ny\\n\"\n"),
            ("1: a\n", "'1': a\n"),
            ("metadata: {name: a}\n", "metadata: {name: a, namespace: default}\n"),
            ("metadata: {name: a, namespace: }\n", "metadata: {name: a, namespace: ''}\n"),
            ("metadata: {name: a}\n", "metadata:\n  name: a\n  annotations:\n    hnp.githedgehog.com/x: y\n"),
            ("metadata: {annotations: }\n", "metadata: {annotations: {hnp.githedgehog.com/x: y}}\n"),
            (
                "metadata: {annotations: {b: c}}\n",
                "metadata: {annotations: {hnp.githedgehog.com/x: y, b: c}}\n",
            ),
            ("x: &x {a: 1}\nb: {<<: *x, c: 2}\nd: *x\n", "x: {a: 1}\nb: {c: 2, a: 1}\nd: {a: 1}\n"),
        ] {
            assert!(same(a, b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn what_says_something_else_is_not() {
        for (a, b) in [
            ("a: 1\n", "a: '1'\n"),
            ("a: 1\n", "a: 1.0\n"),
            ("a: [1, 2]\n", "a: [2, 1]\n"),
            ("a: [1, 2]\n", "a: [[1, 2]]\n"),
            ("a: 12:30:45\n", "a: 45045\n"),
            ("a: 1e3\n", "a: '1e3'\n"),
            ("a: ''\n", "a:\n"),
            ("a: {}\n", "a: []\n"),
            ("a: !own x\n", "a: x\n"),
            ("a: 1\n", "a: 1\nb:\n"),
            ("metadata: {name: a}\n", "metadata: {name: a, namespace: lab}\n"),
            ("metadata: {annotations: {b: c}}\n", "metadata: {annotations: {b: d}}\n"),
            ("spec: {annotations: {hnp.githedgehog.com/x: y}}\n", "spec: {annotations: {}}\n"),
            ("spec: {metadata: {namespace: default}}\n", "spec: {metadata: {}}\n"),
        ] {
            assert!(!same(a, b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn a_hash_is_the_same_in_every_release() {
        let text = "apiVersion: v1\nkind: A\nmetadata: {name: ü}\nspec: [1, 2.5, yes, ~, 'x: y']\n";
        let expected = "45f93650a959cb3027089936917eb612ebe077161f2ae7e51a7e105ebbf01df7";
        assert_eq!(content_hash(&tree(text), PREFIX).to_string(), expected);
    }
}
