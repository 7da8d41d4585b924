//! What an object is: its version, its kind and its name.

use crate::finding::Code;
use crate::manifest::{Node, TextError, Value};

/// The head of a Kubernetes object, checked: no path can be built from a bad name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// The API group; empty for the core group.
    pub(crate) group: String,
    /// The version in the group.
    pub(crate) version: String,
    /// The kind, as written.
    pub(crate) kind: String,
    /// The namespace, where one is given.
    pub(crate) namespace: Option<String>,
    /// The name: an RFC 1123 subdomain in lower case.
    pub(crate) name: String,
    /// Line and column of the name in the file.
    pub(crate) position: (u32, u32),
}

impl Manifest {
    /// Reads the head of an object.
    pub(crate) fn of(node: &Node) -> Result<Self, TextError> {
        if !matches!(node.value, Value::Mapping { .. }) {
            return Err(not_an_object(node, "The document is no Kubernetes object.")
                .hint("An object has apiVersion, kind and metadata.name."));
        }
        let api_version = text_of(node, node, "apiVersion")?;
        let kind = text_of(node, node, "kind")?;
        if kind.ends_with("List") && node.get("items").is_some() {
            let at = node.get("kind").unwrap_or(node);
            return Err(TextError::new(
                Code::UnsupportedForm,
                format!("A {kind} holds many objects."),
                at.line,
                at.column,
            )
            .hint("Put its items into documents of their own, with `---` between them."));
        }
        let metadata = node.get("metadata").ok_or_else(|| {
            not_an_object(node, "metadata is missing.")
                .hint("An object has apiVersion, kind and metadata.name.")
        })?;
        if metadata.get("name").is_none() && metadata.get("generateName").is_some() {
            return Err(not_an_object(metadata, "The object has no fixed name.")
                .hint("Give it a metadata.name: GitOps needs names that stay."));
        }
        let name = text_of(node, metadata, "name")?;
        let at = metadata.get("name").unwrap_or(metadata);
        check_name(&name, 253, true, at)?;
        let namespace = match metadata.get("namespace") {
            Some(at) => {
                let namespace = at.text().unwrap_or_default().to_owned();
                check_name(&namespace, 63, false, at)?;
                Some(namespace)
            }
            None => None,
        };
        let (group, version) = match api_version.split_once('/') {
            Some((group, version)) => (group.to_owned(), version.to_owned()),
            None => (String::new(), api_version),
        };
        if version.is_empty() || version.contains('/') {
            let at = node.get("apiVersion").unwrap_or(node);
            return Err(not_an_object(at, "apiVersion is not of the form group/version."));
        }
        Ok(Self { group, version, kind, namespace, name, position: (at.line, at.column) })
    }
}

fn text_of(document: &Node, parent: &Node, key: &str) -> Result<String, TextError> {
    let full = if key == "name" { "metadata.name" } else { key };
    let hint = "An object has apiVersion, kind and metadata.name.";
    let Some(node) = parent.get(key) else {
        let at = if key == "name" { parent } else { document };
        return Err(not_an_object(at, format!("{full} is missing.")).hint(hint));
    };
    match node.text() {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        Some(_) => Err(not_an_object(node, format!("{full} is empty.")).hint(hint)),
        None => Err(not_an_object(node, format!("{full} is not a text.")).hint(hint)),
    }
}

fn not_an_object(at: &Node, message: impl Into<String>) -> TextError {
    TextError::new(Code::NotAnObject, message, at.line, at.column)
}

/// Checks a name by RFC 1123 as Kubernetes does: lower-case letters, digits and `-`, and `.` in names.
fn check_name(name: &str, longest: usize, dots: bool, at: &Node) -> Result<(), TextError> {
    let part_is_good = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let good = if dots { name.split('.').all(part_is_good) } else { part_is_good(name) };
    if good && name.len() <= longest {
        return Ok(());
    }
    let what = if dots { "name" } else { "namespace" };
    let shown: String = name.chars().take(60).collect();
    let error =
        TextError::new(Code::NameInvalid, format!("{shown:?} is not a valid {what}."), at.line, at.column);
    let proposal = proposal(name, longest, dots);
    Err(if proposal.is_empty() {
        error.hint("Use lower-case letters, digits and `-`.")
    } else {
        error.hint(format!("Use lower-case letters, digits and `-`: {proposal}, say."))
    })
}

fn proposal(name: &str, longest: usize, dots: bool) -> String {
    let kept: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || (dots && c == '.') { c } else { '-' })
        .take(longest)
        .collect();
    let parts: Vec<&str> =
        kept.split('.').map(|part| part.trim_matches('-')).filter(|part| !part.is_empty()).collect();
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{parse, split};

    fn head(text: &str) -> Result<Manifest, TextError> {
        Manifest::of(&parse(&split(text)[0])?)
    }

    #[test]
    fn an_objects_head_is_read() {
        let text = "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-01\n  namespace: lab\n";
        let head = head(text).expect("head");
        assert_eq!((head.group.as_str(), head.version.as_str()), ("wiring.githedgehog.com", "v1beta1"));
        assert_eq!(
            (head.kind.as_str(), head.name.as_str(), head.namespace.as_deref()),
            ("Switch", "leaf-01", Some("lab"))
        );
        assert_eq!(head.position, (4, 9));
    }

    #[test]
    fn what_is_no_object_is_told_with_its_place() {
        let object = |metadata: &str| format!("apiVersion: v1\nkind: A\nmetadata: {metadata}\n");
        for (text, code, place) in [
            ("- a\n".to_owned(), Code::NotAnObject, (1, 1)),
            ("kind: A\nmetadata: {name: a}\n".to_owned(), Code::NotAnObject, (1, 1)),
            ("apiVersion: v1\nmetadata: {name: a}\n".to_owned(), Code::NotAnObject, (1, 1)),
            ("apiVersion: a/b/c\nkind: A\nmetadata: {name: a}\n".to_owned(), Code::NotAnObject, (1, 13)),
            (object("{}"), Code::NotAnObject, (3, 11)),
            (object("{name: }"), Code::NotAnObject, (3, 17)),
            (object("{generateName: a-}"), Code::NotAnObject, (3, 11)),
            (object("{name: ../../x}"), Code::NameInvalid, (3, 18)),
            (object("{name: Leaf_01}"), Code::NameInvalid, (3, 18)),
            (object("{name: a, namespace: a.b}"), Code::NameInvalid, (3, 32)),
            (object(&format!("{{name: {}}}", "a".repeat(254))), Code::NameInvalid, (3, 18)),
            ("apiVersion: v1\nkind: List\nitems: []\n".to_owned(), Code::UnsupportedForm, (2, 7)),
        ] {
            let error = head(&text).expect_err(&text);
            assert_eq!(error.code, code, "{text}{error:?}");
            assert!(error.line == place.0 && error.column.abs_diff(place.1) <= 1, "{text}{error:?}");
        }
    }

    #[test]
    fn a_bad_name_comes_with_a_good_one() {
        let error = head("apiVersion: v1\nkind: A\nmetadata: {name: Leaf_01}\n").expect_err("bad");
        assert!(error.hint.as_deref().is_some_and(|hint| hint.contains("leaf-01")), "{error:?}");
    }
}
