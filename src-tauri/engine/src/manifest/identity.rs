//! What an object is: its version, its kind and its name.

use crate::finding::Code;
use crate::manifest::node::Value;
use crate::manifest::{Node, TextError};

const OBJECT: &str = "An object has apiVersion, kind and metadata.name.";
/// The longest that Kubernetes takes a subdomain or a label.
const LONGEST_SUBDOMAIN: usize = 253;
const LONGEST_LABEL: usize = 63;

/// The head of a Kubernetes object, checked: no path can be built from a bad name or a bad kind.
///
/// The places of its other parts are in the tree that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// The version as written: `group/version`, or `version` alone in the core group.
    pub(crate) api_version: String,
    /// The API group: an RFC 1123 subdomain; empty for the core group.
    pub(crate) group: String,
    /// The version in the group.
    pub(crate) version: String,
    /// The kind: ASCII letters and digits.
    pub(crate) kind: String,
    /// The namespace, where one is given: an RFC 1123 label.
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
            return Err(not_an_object(node, "The document is no Kubernetes object.").hint(OBJECT));
        }
        let (api_version, version_at) = text_of(node, node, "apiVersion", "apiVersion")?;
        let (kind, kind_at) = text_of(node, node, "kind", "kind")?;
        if kind.ends_with("List") && node.get("items").is_some() {
            let message = format!("The document is a {kind}, which holds many objects.");
            return Err(TextError::new(Code::UnsupportedForm, message, kind_at.line, kind_at.column)
                .hint("Drop its items as documents of their own, with `---` between them."));
        }
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        if !(group.is_empty() && !api_version.contains('/') || is_subdomain(group)) || !is_label(version) {
            return Err(not_an_object(
                version_at,
                format!("The apiVersion {} is not valid.", shown(api_version)),
            )
            .hint("Write `group/version`, or `version` alone for the core group."));
        }
        if !(kind.starts_with(|c: char| c.is_ascii_alphabetic())
            && kind.bytes().all(|b| b.is_ascii_alphanumeric()))
            || kind.len() > LONGEST_LABEL
        {
            return Err(not_an_object(kind_at, format!("The kind {} is not valid.", shown(kind)))
                .hint("A kind is one word of letters and digits, such as VPCAttachment."));
        }
        let (key, metadata) =
            node.entry("metadata").ok_or_else(|| not_an_object(node, "metadata is missing.").hint(OBJECT))?;
        if !matches!(metadata.value, Value::Mapping { .. }) {
            return Err(
                not_an_object(key, "metadata is not a mapping.").hint("Write metadata.name below it.")
            );
        }
        if metadata.get("name").is_none()
            && let Some((key, _)) = metadata.entry("generateName")
        {
            return Err(not_an_object(key, "The object has no name, only generateName.")
                .hint("Give it a fixed name."));
        }
        let (name, name_at) = text_of(key, metadata, "name", "metadata.name")?;
        if !is_subdomain(name) {
            return Err(bad_name(name_at, "name", name, proposed(name, LONGEST_SUBDOMAIN, '.')));
        }
        Ok(Self {
            api_version: api_version.to_owned(),
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace_of(metadata)?,
            name: name.to_owned(),
            position: (name_at.line, name_at.column),
        })
    }
}

/// A text that an object must have. `owner` is where to point when it is not there.
fn text_of<'a>(
    owner: &Node,
    parent: &'a Node,
    key: &str,
    path: &str,
) -> Result<(&'a str, &'a Node), TextError> {
    let Some((key, node)) = parent.entry(key) else {
        return Err(not_an_object(owner, format!("{path} is missing.")).hint(OBJECT));
    };
    match (node.as_str(), node.scalar()) {
        (Some(""), _) => Err(not_an_object(node, format!("{path} is empty.")).hint(OBJECT)),
        (Some(text), _) => Ok((text, node)),
        (None, Some(_)) if node.is_null() => {
            Err(not_an_object(key, format!("{path} is empty.")).hint(OBJECT))
        }
        (None, Some(scalar)) => {
            let message = format!("{path} is {}, which YAML does not read as text.", shown(&scalar.text));
            Err(not_an_object(node, message).hint(format!("Put it in quotes: '{}'.", scalar.text)))
        }
        (None, None) => Err(not_an_object(node, format!("{path} is not a text.")).hint(OBJECT)),
    }
}

/// The namespace; one that is left empty is none, as for Kubernetes.
fn namespace_of(metadata: &Node) -> Result<Option<String>, TextError> {
    let Some(node) = metadata.get("namespace").filter(|node| !node.is_null() && node.as_str() != Some(""))
    else {
        return Ok(None);
    };
    match node.as_str() {
        Some(text) if is_label(text) => Ok(Some(text.to_owned())),
        Some(text) => Err(bad_name(node, "namespace", text, proposed(text, LONGEST_LABEL, '-'))),
        None => text_of(metadata, metadata, "namespace", "metadata.namespace")
            .map(|(text, _)| Some(text.to_owned())),
    }
}

fn not_an_object(at: &Node, message: impl Into<String>) -> TextError {
    TextError::new(Code::NotAnObject, message, at.line, at.column)
}

fn bad_name(at: &Node, what: &str, text: &str, proposed: Option<String>) -> TextError {
    let message = format!("The {what} {} is not valid in Kubernetes.", shown(text));
    let rule = "Use lower-case letters, digits and `-`";
    let hint = proposed.map_or_else(|| format!("{rule}."), |better| format!("{rule}, for example {better}."));
    TextError::new(Code::NameInvalid, message, at.line, at.column).hint(hint)
}

/// A text in a sentence: in quotes, escaped, and not too long.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{cut:?}{more}")
}

/// An RFC 1123 label in lower case: letters, digits and `-`, which is neither first nor last.
fn is_label(text: &str) -> bool {
    is_part(text) && text.len() <= LONGEST_LABEL
}

/// An RFC 1123 subdomain in lower case: parts as of a label, with `.` between them.
fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_part) && text.len() <= LONGEST_SUBDOMAIN
}

fn is_part(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.bytes().all(good) && !text.starts_with('-') && !text.ends_with('-')
}

/// A good name that is near a bad one, if there is any; `dot` is what its dots become.
fn proposed(text: &str, longest: usize, dot: char) -> Option<String> {
    let letter = |c: char| match c {
        '.' => dot,
        c if c.is_ascii_alphanumeric() => c.to_ascii_lowercase(),
        _ => '-',
    };
    let kept: String = text.chars().map(letter).collect();
    let part = |part: &str| part.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let parts: Vec<String> = kept.split('.').map(part).filter(|part| !part.is_empty()).collect();
    let joined: String = parts.join(".").chars().take(longest).collect();
    let name = joined.trim_end_matches(['-', '.']);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::testing::{parsed, tree};

    fn head(text: &str) -> Result<Manifest, TextError> {
        Manifest::of(&parsed(text)?)
    }

    fn object(metadata: &str) -> String {
        format!("apiVersion: v1\nkind: A\nmetadata: {metadata}\n")
    }

    #[test]
    fn an_objects_head_is_read() {
        let text = "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-01\n  namespace: lab\n";
        let expected = Manifest {
            api_version: "wiring.githedgehog.com/v1beta1".into(),
            group: "wiring.githedgehog.com".into(),
            version: "v1beta1".into(),
            kind: "Switch".into(),
            namespace: Some("lab".into()),
            name: "leaf-01".into(),
            position: (4, 9),
        };
        assert_eq!(head(text), Ok(expected));
        let core = head(&object("{name: a.b-1, namespace: }")).expect("head");
        assert_eq!((core.group.as_str(), core.version.as_str(), core.namespace), ("", "v1", None));
        let merged = "base: &base {name: a}\napiVersion: v1\nkind: A\nmetadata: {<<: *base}\n";
        assert_eq!(head(merged).map(|head| head.name), Ok("a".into()));
    }

    #[test]
    fn what_is_no_object_is_told_with_its_place() {
        let of_version = |version: &str| format!("apiVersion: {version}\nkind: A\nmetadata: {{name: a}}\n");
        let of_kind = |kind: &str| format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n");
        for (text, place, message) in [
            ("- a\n".to_owned(), (1, 1), "The document is no Kubernetes object."),
            ("just text\n".to_owned(), (1, 1), "The document is no Kubernetes object."),
            ("kind: A\nmetadata: {name: a}\n".to_owned(), (1, 1), "apiVersion is missing."),
            ("apiVersion: v1\nmetadata: {name: a}\n".to_owned(), (1, 1), "kind is missing."),
            ("apiVersion: v1\nkind: A\n".to_owned(), (1, 1), "metadata is missing."),
            (of_version("a/b/c"), (1, 13), "The apiVersion \"a/b/c\" is not valid."),
            (of_version("/v1"), (1, 13), "The apiVersion \"/v1\" is not valid."),
            (of_version("a/"), (1, 13), "The apiVersion \"a/\" is not valid."),
            (of_version("../x/v1"), (1, 13), "The apiVersion \"../x/v1\" is not valid."),
            (of_version("1"), (1, 13), "apiVersion is \"1\", which YAML does not read as text."),
            (of_kind("../../x"), (2, 7), "The kind \"../../x\" is not valid."),
            (of_kind("[A]"), (2, 7), "kind is not a text."),
            (of_kind("''"), (2, 7), "kind is empty."),
            (object("x"), (3, 1), "metadata is not a mapping."),
            (object(""), (3, 1), "metadata is not a mapping."),
            (object("{}"), (3, 1), "metadata.name is missing."),
            (object("{name: }"), (3, 12), "metadata.name is empty."),
            (object("{name: 0777}"), (3, 18), "metadata.name is \"0777\", which YAML does not read as text."),
            (object("{generateName: a-}"), (3, 12), "The object has no name, only generateName."),
            (
                object("{name: a, namespace: 7}"),
                (3, 32),
                "metadata.namespace is \"7\", which YAML does not read as text.",
            ),
        ] {
            let error = head(&text).expect_err(&text);
            assert_eq!((error.code, error.message.as_str()), (Code::NotAnObject, message), "{text}");
            assert_eq!((error.line, error.column), place, "{text}");
            assert!(error.hint.is_some(), "{text}");
        }
    }

    #[test]
    fn advice_fits_the_mistake() {
        let hint = |text: &str| head(text).expect_err(text).hint.unwrap_or_default();
        assert_eq!(hint(&object("{name: 0777}")), "Put it in quotes: '0777'.");
        assert_eq!(hint(&object("{generateName: a-}")), "Give it a fixed name.");
    }

    #[test]
    fn lists_are_told_apart() {
        for kind in ["List", "SwitchList"] {
            let error = head(&format!("apiVersion: v1\nkind: {kind}\nitems: []\n")).expect_err("list");
            assert_eq!((error.code, (error.line, error.column)), (Code::UnsupportedForm, (2, 7)));
        }
        assert!(head("apiVersion: v1\nkind: PrefixList\nmetadata: {name: a}\n").is_ok());
    }

    #[test]
    fn a_bad_name_comes_with_a_good_one() {
        let long = format!("'{}'", "a".repeat(254));
        let longest = "a".repeat(253);
        for (name, better) in [
            ("Leaf_01", Some("leaf-01")),
            ("../../x", Some("x")),
            ("-a-.b", Some("a.b")),
            ("Spine 01 (rack 2)", Some("spine-01-rack-2")),
            ("ü", None),
            ("''''", None),
            (long.as_str(), Some(longest.as_str())),
        ] {
            let error = head(&object(&format!("{{name: {name}}}"))).expect_err(name);
            assert_eq!((error.code, (error.line, error.column)), (Code::NameInvalid, (3, 18)), "{name}");
            let hint = error.hint.unwrap_or_default();
            assert_eq!(better.is_some(), hint.contains("for example"), "{name}: {hint}");
            assert!(
                better.is_none_or(|better| hint.contains(&format!("for example {better}."))),
                "{name}: {hint}"
            );
        }
        let error = head(&object("{name: a, namespace: Lab.1}")).expect_err("namespace");
        assert_eq!((error.code, error.column), (Code::NameInvalid, 32));
        assert!(error.hint.is_some_and(|hint| hint.contains("lab-1")));
    }

    proptest! {
        #[test]
        fn no_path_comes_out_of_a_name(name in "\\PC{0,80}", dots in any::<bool>()) {
            let text = format!("apiVersion: v1\nkind: A\nmetadata:\n  name: {}\n", serde_json::json!(name));
            if let Ok(head) = Manifest::of(&tree(&text)) {
                prop_assert!(!head.name.contains(['/', '\\', '\0']) && !head.name.starts_with('.'));
            }
            let (longest, dot) = if dots { (LONGEST_SUBDOMAIN, '.') } else { (LONGEST_LABEL, '-') };
            if let Some(better) = proposed(&name, longest, dot) {
                prop_assert!(if dots { is_subdomain(&better) } else { is_label(&better) }, "{better}");
            }
        }
    }
}
