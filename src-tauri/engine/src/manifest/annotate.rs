//! Annotations into a text, and nothing else changed in it.

use crate::manifest::Node;
use crate::manifest::block::block;
use crate::manifest::comments::comments;
use crate::manifest::compare::{key_in_place, same_value};
use crate::manifest::node::Value;
use crate::manifest::parse::read;
use crate::manifest::patch::patch;

/// A text with its annotations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Annotated {
    /// The text.
    pub(crate) text: String,
    /// Whether the author's writing could not be kept, and this is the same value in block style.
    pub(crate) canonical: bool,
}

/// Adds annotations to an object's own text, or replaces those that are there, as a person would: below
/// `metadata`, in the text's own style, indentation and line ends. All other lines stay as they are.
///
/// `text` is a document's and `node` is its tree. The result is always read again: it says exactly what the
/// source says, with these annotations, in one document, with every comment of the author. Where that can't
/// be had (`metadata` is an alias, say), it is the same value in block style, without comments. Annotating
/// twice is annotating once. `Err` says why there is no place for annotations.
pub(crate) fn annotate(text: &str, node: &Node, annotations: &[(&str, &str)]) -> Result<Annotated, String> {
    let mut wanted = node.clone();
    set_annotations(&mut wanted, annotations)?;
    if let Some(patched) = patch(text, node, annotations)
        && read(&patched).is_some_and(|read| {
            same_value(&read, &wanted) && comments(&patched, &read) == comments(text, node)
        })
    {
        return Ok(Annotated { text: patched, canonical: false });
    }
    let text = block(&wanted);
    if read(&text).is_some_and(|read| same_value(&read, &wanted)) {
        return Ok(Annotated { text, canonical: true });
    }
    Err("The document is written in a way that annotations can't be added to.".to_owned())
}

/// The same change, made in the tree.
pub(crate) fn set_annotations(object: &mut Node, annotations: &[(&str, &str)]) -> Result<(), String> {
    let metadata = value_of(object, "metadata").ok_or("The document has no metadata.")?;
    if !matches!(metadata.value, Value::Mapping { .. }) {
        return Err("The document's metadata is not a mapping.".to_owned());
    }
    if metadata.get("annotations").is_none() {
        add(metadata, "annotations", Node::unplaced(""));
    }
    let there = value_of(metadata, "annotations").ok_or("The document's metadata takes no annotations.")?;
    if there.is_null() || there.as_str() == Some("") {
        there.value = Value::Mapping { entries: Vec::new(), flow: false };
    }
    if !matches!(there.value, Value::Mapping { .. }) {
        return Err("The document's annotations are not a mapping.".to_owned());
    }
    for (key, value) in annotations {
        match value_of(there, key) {
            Some(known) => *known = Node::unplaced(value),
            None => add(there, key, Node::unplaced(value)),
        }
    }
    Ok(())
}

fn value_of<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    let Value::Mapping { entries, .. } = &mut node.value else { return None };
    entries.iter_mut().find(|(known, _)| key_in_place(known) == key).map(|(_, value)| value)
}

fn add(node: &mut Node, key: &str, value: Node) {
    if let Value::Mapping { entries, .. } = &mut node.value {
        entries.push((Node::unplaced(key), value));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::compare::content_hash;
    use crate::manifest::testing::tree;
    use crate::manifest::{parse, split};

    const OURS: [(&str, &str); 2] = [("hnp.x/by", "fgd-sync"), ("hnp.x/index", "0")];

    fn annotated(text: &str) -> Annotated {
        annotate(text, &tree(text), &OURS).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// What becomes of each text; `+` is where a line was added, and all others are the author's.
    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            let result = annotated(text);
            assert_eq!(result.text, *expected, "{text}");
            assert!(!result.canonical, "{text}");
            assert_eq!(annotated(expected), result, "twice is once");
            assert_eq!(content_hash(&tree(text), "hnp.x/"), content_hash(&tree(expected), "hnp.x/"));
        }
    }

    #[test]
    fn they_go_to_the_end_of_the_metadata() {
        check(&[
            (
                "kind: A\nmetadata:\n  name: a # its name\nspec: {}\n",
                "kind: A\nmetadata:\n  name: a # its name\n  annotations:\n    hnp.x/by: fgd-sync\n    hnp.x/index: '0'\nspec: {}\n",
            ),
            // Before the comment that describes the next key, and after the one that goes on with this.
            (
                "metadata:\n  name: a # the first\n          # in its rack\n\n# of spec\nspec: 1\n",
                "metadata:\n  name: a # the first\n          # in its rack\n  annotations:\n    hnp.x/by: fgd-sync\n    hnp.x/index: '0'\n\n# of spec\nspec: 1\n",
            ),
            // Metadata is last, and the text has no line end.
            (
                "kind: A\nmetadata:\n    name: a",
                "kind: A\nmetadata:\n    name: a\n    annotations:\n        hnp.x/by: fgd-sync\n        hnp.x/index: '0'",
            ),
            (
                "metadata:\r\n  name: a\r\nkind: A",
                "metadata:\r\n  name: a\r\n  annotations:\r\n    hnp.x/by: fgd-sync\r\n    hnp.x/index: '0'\r\nkind: A",
            ),
            // Mixed line ends: those of the line above.
            (
                "metadata:\r\n  name: a\nkind: A\r\n",
                "metadata:\r\n  name: a\n  annotations:\n    hnp.x/by: fgd-sync\n    hnp.x/index: '0'\nkind: A\r\n",
            ),
            (
                "\"metadata\":\n  'name': a\n  labels:\n    l: |\n      text\n\nspec:\n- x\n",
                "\"metadata\":\n  'name': a\n  labels:\n    l: |\n      text\n  annotations:\n    hnp.x/by: fgd-sync\n    hnp.x/index: '0'\n\nspec:\n- x\n",
            ),
            (
                "metadata:\n  finalizers:\n  - a: |+\n      text\n\nspec: 1\n",
                "metadata:\n  finalizers:\n  - a: |+\n      text\n\n  annotations:\n    hnp.x/by: fgd-sync\n    hnp.x/index: '0'\nspec: 1\n",
            ),
            (
                "# c\n---\nx: &x {l: m}\nmetadata: &m\n  name: a\n  labels: *x\n...\n# tail\n",
                "# c\n---\nx: &x {l: m}\nmetadata: &m\n  name: a\n  labels: *x\n  annotations:\n    hnp.x/by: fgd-sync\n    hnp.x/index: '0'\n...\n# tail\n",
            ),
        ]);
    }

    #[test]
    fn they_join_those_that_are_there() {
        check(&[
            (
                "metadata:\n  annotations:\n    b: c # own\n    hnp.x/index: '7' # old\n  name: a\n",
                "metadata:\n  annotations:\n    b: c # own\n    hnp.x/index: '0' # old\n    hnp.x/by: fgd-sync\n  name: a\n",
            ),
            // A number is no text; what is right already is not touched, however it is written.
            (
                "metadata:\n  annotations:\n    \"hnp.x/by\": \"fgd-sync\"\n    hnp.x/index: 0\n",
                "metadata:\n  annotations:\n    \"hnp.x/by\": \"fgd-sync\"\n    hnp.x/index: '0'\n",
            ),
            (
                "metadata:\n  annotations:\n    hnp.x/by:\n    hnp.x/index: \"1\"\n",
                "metadata:\n  annotations:\n    hnp.x/by: fgd-sync\n    hnp.x/index: \"0\"\n",
            ),
            (
                "metadata:\n  name: a\n  annotations:\n    # none yet\n  labels:\n    l: m\n# end\n",
                "metadata:\n  name: a\n  annotations:\n    # none yet\n    hnp.x/by: fgd-sync\n    hnp.x/index: '0'\n  labels:\n    l: m\n# end\n",
            ),
            (
                "metadata:\n  annotations: ~ # none\n  name: a\n",
                "metadata:\n  annotations: {hnp.x/by: fgd-sync, hnp.x/index: '0'} # none\n  name: a\n",
            ),
        ]);
    }

    #[test]
    fn braces_stay_braces() {
        check(&[
            (
                "metadata: {name: a}\n",
                "metadata: {name: a, annotations: {hnp.x/by: fgd-sync, hnp.x/index: '0'}}\n",
            ),
            ("metadata: {}\n", "metadata: {annotations: {hnp.x/by: fgd-sync, hnp.x/index: '0'}}\n"),
            (
                "metadata: {name: a, }\n",
                "metadata: {name: a, annotations: {hnp.x/by: fgd-sync, hnp.x/index: '0'}, }\n",
            ),
            (
                "metadata: {name: a, annotations: }\n",
                "metadata: {name: a, annotations: {hnp.x/by: fgd-sync, hnp.x/index: '0'} }\n",
            ),
            (
                "metadata:\n  name: a\n  annotations: {}\n",
                "metadata:\n  name: a\n  annotations: {hnp.x/by: fgd-sync, hnp.x/index: '0'}\n",
            ),
            (
                "{kind: A, metadata: {name: a, annotations: {b: c}}}\n",
                "{kind: A, metadata: {name: a, annotations: {b: c, hnp.x/by: fgd-sync, hnp.x/index: '0'}}}\n",
            ),
            (
                "--- {metadata: {name: a}} # c\n",
                "--- {metadata: {name: a, annotations: {hnp.x/by: fgd-sync, hnp.x/index: '0'}}} # c\n",
            ),
            (
                "metadata: {\n  name: a # its name\n}\n",
                "metadata: {\n  name: a, # its name\n  annotations: {hnp.x/by: fgd-sync, hnp.x/index: '0'}\n}\n",
            ),
            (
                "metadata: {\n  name: a, # its name\n}\n",
                "metadata: {\n  name: a, # its name\n  annotations: {hnp.x/by: fgd-sync, hnp.x/index: '0'},\n}\n",
            ),
        ]);
    }

    #[test]
    fn json_stays_json() {
        let text = "{\n\t\"kind\": \"A\",\n\t\"metadata\": {\n\t\t\"name\": \"a\"\n\t}\n}\n";
        let added = "\"annotations\": {\"hnp.x/by\": \"fgd-sync\", \"hnp.x/index\": \"0\"}";
        let expected = text.replace("\"a\"\n", &format!("\"a\",\n\t\t{added}\n"));
        check(&[(text, &expected)]);
        let compact = "{\"metadata\":{\"name\":\"a\",\"annotations\":{}}}";
        let result = annotated(compact);
        for text in [&expected, &result.text] {
            let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(json["metadata"]["annotations"]["hnp.x/index"], "0");
        }
    }

    #[test]
    fn what_cannot_be_patched_is_written_anew() {
        for text in [
            "x: &m {name: a}\nmetadata: *m\n",
            "x: &m {name: a}\nmetadata:\n  <<: *m\n",
            "x: &a {b: c}\nmetadata: {name: a, annotations: *a}\n",
            // The alias below would say more than it does.
            "metadata: &m\n  name: a\nspec: *m\n",
            "? metadata\n: name: a\n",
            "metadata:\n  annotations:\n    hnp.x/index: |\n      1\n",
            "metadata:\n  annotations:\n    hnp.x/index: [1]\n",
        ] {
            let result = annotated(text);
            assert!(
                result.canonical && result.text.contains("hnp.x/index: '0'\n"),
                "{text}: {}",
                result.text
            );
            assert_eq!(annotated(&result.text), Annotated { text: result.text, canonical: false });
        }
    }

    #[test]
    fn where_there_is_no_place_it_says_so() {
        for text in ["- a\n", "kind: A\n", "metadata: a\n", "metadata: {annotations: [a]}\n"] {
            assert!(annotate(text, &tree(text), &OURS).is_err(), "{text}");
        }
    }

    #[test]
    fn values_read_back_whatever_they_are() {
        for value in ["", "yes", "1.0", "a: b", "it's \"x\"", "#", "line\nbreak", "Lab 1", "größe"] {
            for text in
                ["metadata:\n  name: a\n", "metadata: {name: a}\n", "{\"metadata\": {\"name\": \"a\"}}"]
            {
                let result = annotate(text, &tree(text), &[("k", value)]).expect(value);
                let read = tree(&result.text);
                let found = read.get("metadata").and_then(|m| m.get("annotations")?.get("k")?.as_str());
                assert_eq!((found, result.canonical), (Some(value), false));
            }
        }
    }

    /// The lines that a patch of block style adds, taken out again.
    fn without_ours(text: &str, had_annotations: bool) -> String {
        let is_ours =
            |line: &&str| line.contains("hnp.x/") || (!had_annotations && line.trim() == "annotations:");
        text.split_inclusive('\n').filter(|line| !is_ours(line)).collect()
    }

    proptest! {
        #[test]
        fn the_authors_lines_stay(
            labels in prop::collection::btree_set("[a-z]{1,6}", 0..4),
            annotations in prop::collection::btree_set("[a-z]{1,6}", 0..3),
            comment in "[a-z#][a-z #]{0,12}",
            order in Just(vec![0, 1, 2, 3]).prop_shuffle(),
            step in 1usize..6,
            crlf in any::<bool>(),
            below in any::<bool>(),
        ) {
            let entries = |of: &str, keys: &std::collections::BTreeSet<String>, value: &str| -> String {
                let lines: String = keys.iter().map(|key| format!("@@{key}: {value} # {comment}\n")).collect();
                if lines.is_empty() { String::new() } else { format!("@{of}:\n{lines}") }
            };
            let metadata = [
                "@name: a\n".to_owned(),
                entries("labels", &labels, "'v # w'"),
                entries("annotations", &annotations, "\"v\""),
                format!("@note: >-\n@@{comment}x\n\n@@y\n# {comment}\n"),
            ];
            let metadata: String = order.iter().map(|index| metadata[*index].as_str()).collect();
            let (head, tail) = if below { ("kind: A\nspec:\n- x\n", "") } else { ("# h\n", "spec:\n- x\n") };
            let text = format!("{head}metadata:\n{metadata}{tail}").replace('@', &" ".repeat(step));
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            let result = annotated(&text);
            prop_assert!(!result.canonical, "{text}");
            prop_assert_eq!(without_ours(&result.text, !annotations.is_empty()), text);
            prop_assert_eq!(&annotated(&result.text).text, &result.text);
        }

        #[test]
        fn no_text_is_too_odd(text in "(metadata:|name: a|annotations:|<<: \\*a|- |\\? |[&*!]a|[\\[\\]{}:,#'\"|>%\\\\-]|ü|a|---|\n|\r\n|\r|\t|  | ){0,30}") {
            for document in split(&text) {
                let Ok(node) = parse(&document) else { continue };
                let _ = crate::manifest::Manifest::of(&node);
                let Ok(result) = annotate(document.text, &node, &OURS) else { continue };
                let read = read(&result.text).expect("it was read");
                prop_assert_eq!(content_hash(&node, "hnp.x/"), content_hash(&read, "hnp.x/"));
                prop_assert_eq!(annotated(&result.text).text, result.text);
            }
        }

        #[test]
        fn any_object_takes_annotations(
            metadata in prop::collection::vec(
                "(name: a|labels: \\{a: b\\}|labels:|  l: m|annotations:|annotations: \\{\\}|  hnp\\.x/by: x|  o: p # c|# c|  # c|n: \\|\\+|  t|)",
                0..7,
            ),
            crlf in any::<bool>(),
        ) {
            let text = format!("metadata:\n  name: a\n{}spec: 1\n", metadata.iter().map(|line| format!("  {line}\n")).collect::<String>());
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            if let Ok(node) = crate::manifest::testing::parsed(&text)
                && let Ok(result) = annotate(&text, &node, &OURS)
            {
                prop_assert!(!result.canonical, "{text}\n{}", result.text);
                let kept = |line: &&str| !line.contains("hnp.x/") && !line.trim().starts_with("annotations:");
                prop_assert_eq!(
                    result.text.lines().filter(kept).collect::<Vec<_>>(),
                    text.lines().filter(kept).collect::<Vec<_>>()
                );
                prop_assert_eq!(annotated(&result.text), result);
            }
        }
    }
}
