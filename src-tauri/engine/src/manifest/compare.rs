//! Whether two texts say the same.

use sha2::{Digest, Sha256};

use crate::manifest::{Node, Value};

/// The SHA-256, in hexadecimal, of an object's value: without comments, key order and quoting, without
/// annotations under `prefix`, and with the default namespace as none. Equal hashes are equal objects.
pub(crate) fn content_hash(node: &Node, prefix: &str) -> String {
    let mut text = String::new();
    write_object(node, prefix, &mut text);
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write_object(node: &Node, prefix: &str, out: &mut String) {
    write_mapping(&merged(node), out, &|key, value, out| {
        if key != "metadata" || !matches!(value.value, Value::Mapping { .. }) {
            return false;
        }
        let kept: Vec<(&Node, &Node)> = merged(value)
            .into_iter()
            .filter(|(key, value)| match key.text() {
                Some("namespace") => value.text() != Some("default"),
                Some("annotations") => has_own(value, prefix),
                _ => true,
            })
            .collect();
        write_mapping(&kept, out, &|key, value, out| {
            if key != "annotations" {
                return false;
            }
            let kept: Vec<(&Node, &Node)> =
                merged(value).into_iter().filter(|(key, _)| !is_ours(key, prefix)).collect();
            write_mapping(&kept, out, &|_, _, _| false);
            true
        });
        true
    });
    if !matches!(node.value, Value::Mapping { .. }) {
        write_value(node, out);
    }
}

/// Whether annotations hold anything that is not ours.
fn has_own(annotations: &Node, prefix: &str) -> bool {
    match &annotations.value {
        Value::Mapping { entries, .. } => entries.iter().any(|(key, _)| !is_ours(key, prefix)),
        Value::Scalar { text, plain } => !(*plain && resolve(text) == Resolved::Null),
        Value::Sequence { .. } => true,
    }
}

fn is_ours(key: &Node, prefix: &str) -> bool {
    key.text().is_some_and(|key| key.starts_with(prefix))
}

/// The entries of a mapping with its merge keys (`<<`) followed; an entry of its own wins.
fn merged(node: &Node) -> Vec<(&Node, &Node)> {
    let mut entries: Vec<(&Node, &Node)> = Vec::new();
    let mut inherited: Vec<(&Node, &Node)> = Vec::new();
    for (key, value) in node.entries() {
        if key.text() != Some("<<") {
            entries.push((key, value));
            continue;
        }
        match &value.value {
            Value::Sequence { items, .. } => items.iter().for_each(|item| inherited.extend(merged(item))),
            _ => inherited.extend(merged(value)),
        }
    }
    for (key, value) in inherited {
        if !entries.iter().any(|(known, _)| known.text() == key.text()) {
            entries.push((key, value));
        }
    }
    entries
}

/// Writes a mapping in the order of its keys; `special` may write a value in its own way.
fn write_mapping(
    entries: &[(&Node, &Node)],
    out: &mut String,
    special: &dyn Fn(&str, &Node, &mut String) -> bool,
) {
    let mut sorted: Vec<(String, &Node, &Node)> = entries
        .iter()
        .map(|(key, value)| {
            let mut text = String::new();
            write_value(key, &mut text);
            (text, *key, *value)
        })
        .collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    out.push('{');
    for (text, key, value) in sorted {
        out.push_str(&text);
        out.push(':');
        if !special(key.text().unwrap_or_default(), value, out) {
            write_value(value, out);
        }
        out.push(',');
    }
    out.push('}');
}

fn write_value(node: &Node, out: &mut String) {
    match &node.value {
        Value::Scalar { text, plain } => {
            let resolved = if *plain { resolve(text) } else { Resolved::Text(text.clone()) };
            out.push_str(&format!("{resolved:?}"));
        }
        Value::Sequence { items, .. } => {
            out.push('[');
            for item in items {
                write_value(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Mapping { .. } => write_mapping(&merged(node), out, &|_, _, _| false),
    }
}

/// What a plain scalar is to Kubernetes, which reads YAML 1.1 by way of go-yaml.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
}

/// Resolves a plain scalar by the rules of go-yaml: `yes` is true, `0777` is octal, `12:30` is text.
pub(super) fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            return Resolved::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            return Resolved::Bool(false);
        }
        _ => {}
    }
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let digits = digits.replace('_', "");
    let radix = |prefix: &str, radix| digits.strip_prefix(prefix).and_then(|rest| unsigned(rest, radix));
    let number = radix("0x", 16)
        .or_else(|| radix("0b", 2))
        .or_else(|| radix("0o", 8))
        .or_else(|| if digits.len() > 1 { radix("0", 8) } else { None })
        .or_else(|| unsigned(&digits, 10));
    if let Some(number) = number {
        return Resolved::Int(if negative { -number } else { number });
    }
    let is_float = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || ".eE+-".contains(c));
    if is_float && let Ok(number) = text.replace('_', "").parse::<f64>() {
        return Resolved::Float(number);
    }
    Resolved::Text(text.to_owned())
}

fn unsigned(digits: &str, radix: u32) -> Option<i128> {
    // A second sign inside is no number.
    digits
        .starts_with(|c: char| c.is_digit(radix))
        .then(|| i128::from_str_radix(digits, radix).ok())
        .flatten()
}

/// The comments of a document, in order, each from its `#` to the end of its line.
pub(crate) fn comments(text: &str, node: &Node) -> Vec<String> {
    let mut scalars = Vec::new();
    gather_scalars(node, &mut scalars);
    scalars.sort_by_key(|(start, _)| *start);
    let mut found = Vec::new();
    let (mut at, mut next) = (0, 0);
    while let Some(hash) = text[at..].find('#').map(|offset| at + offset) {
        while next < scalars.len() && scalars[next].1 <= hash {
            next += 1;
        }
        if let Some((start, end)) = scalars.get(next)
            && *start <= hash
        {
            at = *end;
            continue;
        }
        let begins = text[..hash].chars().next_back().is_none_or(char::is_whitespace);
        let end = text[hash..].find('\n').map_or(text.len(), |offset| hash + offset);
        if begins {
            found.push(text[hash..end].trim_end().to_owned());
            at = end;
        } else {
            at = hash + 1;
        }
    }
    found
}

fn gather_scalars(node: &Node, spans: &mut Vec<(usize, usize)>) {
    if node.aliased {
        return;
    }
    match &node.value {
        Value::Scalar { .. } => {
            if node.span.end > node.span.start {
                spans.push((node.span.start, node.span.end));
            }
        }
        Value::Sequence { items, .. } => items.iter().for_each(|item| gather_scalars(item, spans)),
        Value::Mapping { entries, .. } => {
            for (key, value) in entries {
                gather_scalars(key, spans);
                gather_scalars(value, spans);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{parse, split};

    const PREFIX: &str = "hnp.githedgehog.com/";

    fn hash(text: &str) -> String {
        content_hash(&parse(&split(text)[0]).expect(text), PREFIX)
    }

    #[test]
    fn what_says_the_same_is_the_same() {
        for (a, b) in [
            ("a: 1\nb: x\n", "# c\nb: 'x'\na: 0x1 # d\n"),
            ("a: [1, {b: 2}]\n", "a:\n- 1\n- b: 2\n"),
            ("a: yes\n", "a: true\n"),
            ("a: 0777\n", "a: 511\n"),
            ("metadata: {name: a}\n", "metadata: {name: a, namespace: default}\n"),
            ("metadata: {name: a}\n", "metadata:\n  name: a\n  annotations:\n    hnp.githedgehog.com/x: y\n"),
            (
                "metadata: {annotations: {b: c}}\n",
                "metadata: {annotations: {hnp.githedgehog.com/x: y, b: c}}\n",
            ),
            ("x: &x {a: 1}\nb: {<<: *x, c: 2}\n", "x: {a: 1}\nb: {c: 2, a: 1}\n"),
        ] {
            assert_eq!(hash(a), hash(b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn what_says_something_else_is_not() {
        for (a, b) in [
            ("a: 1\n", "a: '1'\n"),
            ("a: [1, 2]\n", "a: [2, 1]\n"),
            ("a: 12:30:45\n", "a: 45045\n"),
            ("a: 1e3\n", "a: '1e3'\n"),
            ("a: ''\n", "a:\n"),
            ("metadata: {name: a}\n", "metadata: {name: a, namespace: lab}\n"),
            ("spec: {annotations: {hnp.githedgehog.com/x: y}}\n", "spec: {annotations: {}}\n"),
        ] {
            assert_ne!(hash(a), hash(b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn plain_scalars_resolve_as_kubernetes_reads_them() {
        use Resolved as R;
        for (text, resolved) in [
            ("no", R::Bool(false)),
            ("010", R::Int(8)),
            ("0o17", R::Int(15)),
            ("-5", R::Int(-5)),
            ("1_000", R::Int(1000)),
            ("1e3", R::Float(1000.0)),
            (".5", R::Float(0.5)),
            ("089", R::Int(89)),
            ("1.2.3.4", R::Text("1.2.3.4".into())),
            ("10.0.0.0/24", R::Text("10.0.0.0/24".into())),
            ("0c:20:12:ff:00:00", R::Text("0c:20:12:ff:00:00".into())),
            ("2025-08-06", R::Text("2025-08-06".into())),
            ("-", R::Text("-".into())),
            ("e", R::Text("e".into())),
        ] {
            assert_eq!(resolve(text), resolved, "{text}");
        }
    }

    #[test]
    fn comments_are_found_and_text_is_none() {
        let text = "# head\na: 1 # one\nb: 'x # y'\nc: x#y\nd: |\n  # text\n  z\ne: [1, # in\n  2]\n# tail";
        let node = parse(&split(text)[0]).expect("parses");
        assert_eq!(comments(text, &node), ["# head", "# one", "# in", "# tail"]);
    }
}
