//! A List, unwrapped into the objects that it holds.

use crate::finding::Code;
use crate::manifest::block::block;
use crate::manifest::comments::comments;
use crate::manifest::compare::{key_text, same_value};
use crate::manifest::cut::{Cut, cut};
use crate::manifest::node::Value;
use crate::manifest::parse::read;
use crate::manifest::scalar::scalar;
use crate::manifest::{Document, Node, TextError, split};

/// How deep Lists may stand in Lists: nobody means more than one.
const DEEPEST: usize = 8;

/// An item of a List, as a document of its own.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Its text, which is one document.
    pub(crate) text: String,
    /// Whether that is the author's own text, moved to the first column; else it is the same value in
    /// canonical block style, without comments.
    pub(crate) kept: bool,
    /// The line of the file, from 1, on which it begins, with the comments above it.
    pub(crate) line: u32,
    /// Its tree: the spans are those of `text`, lines and columns those of the file.
    pub(crate) node: Node,
}

/// The items of a List, in order; `None` for anything else. `node` is the tree of `document`.
///
/// Every item keeps its own text where that can be had: with the comments above and inside it, its quoting and
/// its line ends. That text is read again, and it says what the item says, with the same comments. Comments
/// of the List itself, above its keys, are no item's. Items of a typed list (`SwitchList`) that have neither
/// apiVersion nor kind get them from the list, as in Kubernetes. Lists inside are unwrapped as well. `Err` says
/// what keeps the whole List from being unwrapped; whether an item is an object is not asked here.
pub(crate) fn items(document: &Document<'_>, node: &Node) -> Option<Result<Vec<Item>, TextError>> {
    is_list(node).then(|| {
        let mut found = Vec::new();
        unwrap(document.text, node, true, 1, &mut found)?;
        Ok(found)
    })
}

/// Whether an object is a List: by its kind and its `items`, without which only v1's own List is one.
fn is_list(node: &Node) -> bool {
    let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default();
    let is_empty_list = || (text("apiVersion"), text("kind")) == ("v1", "List");
    text("kind").ends_with("List") && (node.get("items").is_some() || is_empty_list())
}

/// Adds what a List holds to what was found. `kept` says whether its text is the author's.
fn unwrap(text: &str, list: &Node, kept: bool, depth: usize, found: &mut Vec<Item>) -> Result<(), TextError> {
    if depth > DEEPEST {
        return Err(TextError::new(
            Code::TooLarge,
            "Lists stand in Lists here, too deep.",
            list.line,
            list.column,
        )
        .hint("Drop the items as documents of their own, with `---` between them."));
    }
    for mut item in own_items(text, list)? {
        item.kept &= kept;
        if is_list(&item.node) {
            unwrap(&item.text, &item.node, item.kept, depth + 1, found)?;
        } else {
            found.push(item);
        }
    }
    Ok(())
}

/// The items of one List, which may be Lists themselves.
fn own_items(text: &str, list: &Node) -> Result<Vec<Item>, TextError> {
    let Some((key, value)) = list.entry("items").filter(|(_, value)| !value.is_null()) else {
        return Ok(Vec::new());
    };
    let Value::Sequence { items, flow } = &value.value else {
        return Err(TextError::new(Code::NotAnObject, "items is not a list.", value.line, value.column)
            .hint("Write each object below it, behind a `- `."));
    };
    let can_be_cut = !flow && !key.borrowed && !value.borrowed;
    let cuts = can_be_cut.then(|| cut(text, list, key, items)).flatten();
    let mut cuts = cuts.unwrap_or_default().into_iter();
    items.iter().map(|item| item_of(list, item, cuts.next())).collect()
}

fn item_of(list: &Node, item: &Node, cut: Option<Cut>) -> Result<Item, TextError> {
    let (wanted, head) = with_head(list, item);
    if let Some(item) = cut.and_then(|cut| kept(cut, &wanted, &head)) {
        return Ok(item);
    }
    let text = block(&wanted);
    match read(&text).filter(|node| same_value(node, &wanted)) {
        Some(node) => Ok(Item { text, kept: false, line: item.line, node: placed(node, &wanted) }),
        None => Err(TextError::new(
            Code::UnsupportedForm,
            "This item is written in a way that it can't be taken out of its list.",
            item.line,
            item.column,
        )
        .hint("Drop it as a document of its own.")),
    }
}

/// A JSON document as YAML in block style, as a person would want to read and edit it; `None` for any other.
pub(crate) fn from_json(document: &Document<'_>, node: &Node) -> Option<Item> {
    let text = document.text.trim();
    // What is YAML in braces is not JSON, and stays as it is.
    let is_json = text.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if !is_json {
        return None;
    }
    let text = block(node);
    let read = read(&text).filter(|read| same_value(read, node))?;
    Some(Item { text, kept: false, line: document.line, node: placed(read, node) })
}

/// The item in its author's text, if that says what it has to.
fn kept(cut: Cut, wanted: &Node, head: &[(&str, &str)]) -> Option<Item> {
    let head = head.iter().map(|(key, value)| format!("{key}: {}{}", scalar(value), cut.eol));
    let text = format!("{}{}{}", cut.above, head.collect::<String>(), cut.text);
    let documents = split(&text);
    let [document] = documents.as_slice() else { return None };
    // Without the blank lines at its end.
    let text = document.text.to_owned();
    let node = read(&text)?;
    let is_same = same_value(&node, wanted) && comments(&text, &node) == cut.comments;
    let line = wanted.line.saturating_sub(cut.lines_above);
    is_same.then(|| Item { text, kept: true, line, node: placed(node, wanted) })
}

/// An item as Kubernetes sees it in its list, and the entries of its head that it has only by the list: in a
/// typed list, where neither its version nor its kind is given, both.
fn with_head<'a>(list: &'a Node, item: &Node) -> (Node, Vec<(&'static str, &'a str)>) {
    let mut wanted = item.clone();
    let is_missing = |key: &str| item.get(key).is_none_or(|node| node.is_null() || node.as_str() == Some(""));
    let (Value::Mapping { entries, .. }, Some((version, kind))) = (&mut wanted.value, typed_as(list)) else {
        return (wanted, Vec::new());
    };
    if !is_missing("apiVersion") || !is_missing("kind") {
        return (wanted, Vec::new());
    }
    let head = vec![("apiVersion", version), ("kind", kind)];
    entries.retain(|(key, _)| !matches!(key_text(key).as_str(), "apiVersion" | "kind"));
    // What is wrong with them is wrong in the list.
    let entry = |(key, text): &(&str, &str)| {
        let (key_at, text_at) = list.entry(key).unwrap_or((item, item));
        (Node::unplaced(key).at(key_at), Node::unplaced(text).at(text_at))
    };
    entries.splice(0..0, head.iter().map(entry));
    (wanted, head)
}

/// The version and the kind of a typed list's items.
fn typed_as(list: &Node) -> Option<(&str, &str)> {
    let version = list.get("apiVersion")?.as_str()?;
    let kind = list.get("kind")?.as_str()?.strip_suffix("List")?;
    (!version.is_empty() && !kind.is_empty()).then_some((version, kind))
}

impl Node {
    fn at(self, place: &Self) -> Self {
        Self { line: place.line, column: place.column, ..self }
    }
}

/// A tree with the lines and columns of another, which has the same values in the same order.
fn placed(mut node: Node, like: &Node) -> Node {
    place_like(&mut node, like);
    node
}

fn place_like(node: &mut Node, like: &Node) {
    (node.line, node.column) = (like.line, like.column);
    match (&mut node.value, &like.value) {
        (Value::Sequence { items, .. }, Value::Sequence { items: like, .. }) => {
            items.iter_mut().zip(like).for_each(|(node, like)| place_like(node, like));
        }
        (Value::Mapping { entries, .. }, Value::Mapping { entries: like, .. }) => {
            for ((key, value), (like_key, like_value)) in entries.iter_mut().zip(like) {
                place_like(key, like_key);
                place_like(value, like_value);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::testing::tree;
    use crate::manifest::{Manifest, annotate, parse};

    /// The items of a text's only document.
    fn unwrapped(text: &str) -> Result<Vec<Item>, TextError> {
        let documents = split(text);
        let document = documents.first().expect("a document");
        items(document, &parse(document).expect(text)).expect("a List")
    }

    const LIST: &str = "apiVersion: v1\nkind: List\nitems:\n";

    /// The texts of the items below `items:` in a v1 List, each with whether it is the author's.
    fn below_items(lines: &str) -> Vec<(String, bool)> {
        let found = unwrapped(&format!("{LIST}{lines}")).expect(lines);
        found.into_iter().map(|item| (item.text, item.kept)).collect()
    }

    fn check(cases: &[(&str, &[&str])], kept: bool) {
        for (lines, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|text| ((*text).to_owned(), kept)).collect();
            assert_eq!(below_items(lines), expected, "{lines}");
        }
    }

    #[test]
    fn items_keep_their_text() {
        check(
            &[
                (
                    "- kind: A\n  spec: {a: [1, 2]} # c\n- kind: 'B'\n",
                    &["kind: A\nspec: {a: [1, 2]} # c\n", "kind: 'B'\n"],
                ),
                ("  - kind: A\n    spec:\n    - 1\n\n  - kind: B", &["kind: A\nspec:\n- 1\n", "kind: B"]),
                ("    -   kind: A\n        spec:\n          a: 0x1\n", &["kind: A\nspec:\n  a: 0x1\n"]),
                ("-\n  kind: A\n  b: c\n-\n    kind: B\n", &["kind: A\nb: c\n", "kind: B\n"]),
                ("- kind: A\r\n  b: c\r\n\r\n- kind: B\r\n", &["kind: A\r\nb: c\r\n", "kind: B\r\n"]),
                (
                    "- {kind: A, b: c}\n- {kind: B,\n   b: [1,\n     2]}\n",
                    &["{kind: A, b: c}\n", "{kind: B,\n b: [1,\n   2]}\n"],
                ),
                (
                    "- \"kind\": A\n  b: &b {c: d}\n  e: *b\n  f: {<<: *b}\n",
                    &["\"kind\": A\nb: &b {c: d}\ne: *b\nf: {<<: *b}\n"],
                ),
                ("- &a\n  kind: A\n- !!map\n  kind: B\n", &["&a\nkind: A\n", "!!map\nkind: B\n"]),
                ("- x\n- - y\n  - z\n- |\n  text\n- ~\n", &["x\n", "- y\n- z\n", "|\ntext\n", "~\n"]),
                ("-\ta: b\n- ? a\n  : b\n- &a b: c\n  d: e\n", &["a: b\n", "? a\n: b\n", "&a b: c\nd: e\n"]),
                // More of the list follows.
                ("- kind: A\n\nmetadata: {}\n", &["kind: A\n"]),
                ("- kind: A\n...\n", &["kind: A\n"]),
            ],
            true,
        );
    }

    #[test]
    fn comments_go_with_their_item() {
        check(
            &[
                (
                    "# of a\n- kind: A # a\n  # in a\n  b:\n# in b\n    c: d\n  # end of a\n\n# Section\n\n# of b\n- kind: B\n",
                    &[
                        "# of a\nkind: A # a\n# in a\nb:\n# in b\n  c: d\n# end of a\n",
                        "# Section\n\n# of b\nkind: B\n",
                    ],
                ),
                (
                    "    # of a\n  # too\n  - # and\n    # this\n    kind: A\n# of b\n  -\n    # in b\n    kind: B\n  # end\n# tail\n",
                    &["# of a\n# too\n# and\n# this\nkind: A\n", "# of b\n# in b\nkind: B\n# end\n# tail\n"],
                ),
                // What stands above another key of the list is about that.
                ("- kind: A\n  # of a\n# of metadata\nmetadata: {}\n# end\n", &["kind: A\n# of a\n"]),
                ("  - kind: A\n  # end\n\n# of metadata\nmetadata: {}\n", &["kind: A\n# end\n"]),
                ("- kind: A\n...\n# tail\n", &["kind: A\n...\n# tail\n"]),
                ("- a: b#c\n  d: '# e' # f\r\n", &["a: b#c\nd: '# e' # f\r\n"]),
            ],
            true,
        );
    }

    #[test]
    fn texts_of_several_lines_keep_their_value() {
        check(
            &[
                (
                    "  - a: |\n      # no comment\n        x\n\n      y\n    b: >2-\n        x\n       y\n  - c: |+\n      z\n\n\n  # of d\n  - d: |\n      - e\n",
                    &[
                        "a: |\n  # no comment\n    x\n\n  y\nb: >2-\n    x\n   y\n",
                        "c: |+\n  z\n\n\n",
                        "# of d\nd: |\n  - e\n",
                    ],
                ),
                (
                    "- a: |\n\n    # x\n- b: 'x\n    y\n\n    z'\n  c: x\n    y\n- d: |\n    - z\n",
                    &["a: |\n\n  # x\n", "b: 'x\n  y\n\n  z'\nc: x\n  y\n", "d: |\n  - z\n"],
                ),
                ("- a: |\r\n    x\r\n   \r\n    y\r\n", &["a: |\r\n  x\r\n \r\n  y\r\n"]),
                ("- ü: |\n    é\n  ß: ä # ö\n", &["ü: |\n  é\nß: ä # ö\n"]),
            ],
            true,
        );
    }

    #[test]
    fn what_cannot_be_kept_is_written_anew() {
        check(
            &[
                (
                    "  [{kind: A, b: [0777, 'yes']}, # c\n   {kind: B}]\n",
                    &["kind: A\nb:\n- 0777\n- 'yes'\n", "kind: B\n"],
                ),
                ("-\n-\n", &["null\n", "null\n"]),
                // A lone carriage return is a line break to YAML alone.
                ("- a: b\r- c: d\r", &["a: b\n", "c: d\n"]),
            ],
            false,
        );
        let anchored = "metadata: &m {a: b}\napiVersion: v1\nkind: List\nitems:\n# c\n- kind: A\n  b: *m # d\n- kind: B\n  <<: *m\n- *m\n- c: &c d # e\n- kind: *c\n";
        let texts: Vec<_> =
            unwrapped(anchored).expect("items").into_iter().map(|item| (item.text, item.kept)).collect();
        let expected = [
            ("kind: A\nb:\n  a: b\n", false),
            ("kind: B\na: b\n", false),
            ("a: b\n", false),
            ("c: &c d # e\n", true),
            ("kind: d\n", false),
        ];
        assert_eq!(texts, expected.map(|(text, kept)| (text.to_owned(), kept)));
        // One that is left out is no burden to the others.
        let left_out = below_items("- kind: A # a\n-\n# of b\n- kind: B\n-");
        let expected =
            [("kind: A # a\n", true), ("null\n", false), ("# of b\nkind: B\n", true), ("null\n", false)];
        assert_eq!(left_out, expected.map(|(text, kept)| (text.to_owned(), kept)));
        let tag = "%TAG !e! x.y:\n---\nkind: List\nitems:\n- a: !e!z b # c\n";
        assert_eq!(unwrapped(tag).expect("items")[0].text, "a: !<x.y:z> \"b\"\n");
        let borrowed = unwrapped("x: &x\n- kind: A\nkind: List\nitems: *x\n").expect("items");
        assert_eq!((borrowed[0].text.as_str(), borrowed[0].kept), ("kind: A\n", false));
    }

    #[test]
    fn a_json_document_becomes_yaml_and_braces_alone_are_no_json() {
        let converted = |text: &str| {
            let documents = split(text);
            from_json(&documents[0], &parse(&documents[0]).expect(text)).map(|item| item.text)
        };
        let json =
            "{\n  \"kind\": \"A\",\n  \"spec\": {\"ports\": [1, \"2\"], \"on\": true, \"no\": null}\n}\n";
        let yaml = "kind: A\nspec:\n  ports:\n  - 1\n  - '2'\n  'on': true\n  'no': null\n";
        assert_eq!(converted(json).as_deref(), Some(yaml));
        for text in ["{kind: A}\n", "kind: A\n", "{\"kind\": \"A\"} # a\n", "- 1\n"] {
            assert_eq!(converted(text), None, "{text}");
        }
    }

    #[test]
    fn a_dump_of_ten_thousand_objects_is_a_list_like_any() {
        let item = |n: usize| format!("- kind: A\n  metadata: {{name: a-{n}}}\n  spec: {{a: b, c: d}}\n");
        let lines: String = (0..10_000).map(item).collect();
        let found = unwrapped(&format!("{LIST}{lines}")).expect("items");
        assert_eq!(found.len(), 10_000);
        let last = found.last().expect("an item");
        assert_eq!((last.kept, last.line), (true, 30_001));
        assert_eq!(last.text, "kind: A\nmetadata: {name: a-9999}\nspec: {a: b, c: d}\n");
    }

    #[test]
    fn json_is_written_in_block_style() {
        let list = "{\n  \"apiVersion\": \"v1\",\n  \"items\": [\n    {\n      \"kind\": \"A\",\n      \"metadata\": {\"name\": \"a\"}\n    },\n    {\"kind\": \"B\", \"id\": 1}\n  ],\n  \"kind\": \"List\"\n}\n";
        let found = unwrapped(list).expect("items");
        let found: Vec<_> = found.iter().map(|item| (item.text.as_str(), item.kept, item.line)).collect();
        assert_eq!(found, [("kind: A\nmetadata:\n  name: a\n", false, 4), ("kind: B\nid: 1\n", false, 8)]);
    }

    #[test]
    fn a_typed_list_gives_its_items_their_head() {
        let list = |lines: &str| format!("apiVersion: x.y/v1beta1\nkind: SwitchList\nitems:\n{lines}");
        for (lines, expected, kept) in [
            ("- metadata: {name: a}\n", "apiVersion: x.y/v1beta1\nkind: Switch\nmetadata: {name: a}\n", true),
            (
                "  # c\n  - # d\n    metadata:\r\n      name: a\n",
                "# c\napiVersion: x.y/v1beta1\nkind: Switch\n# d\nmetadata:\r\n  name: a\n",
                true,
            ),
            ("- a: b\r\n  c: d\r\n", "apiVersion: x.y/v1beta1\r\nkind: Switch\r\na: b\r\nc: d\r\n", true),
            ("- {a: b}\n", "apiVersion: x.y/v1beta1\nkind: Switch\na: b\n", false),
            (
                "- kind: ''\n  apiVersion:\n  a: b # c\n",
                "apiVersion: x.y/v1beta1\nkind: Switch\na: b\n",
                false,
            ),
            // As in Kubernetes, it is both or none.
            ("- kind: Port\n", "kind: Port\n", true),
            ("- apiVersion: v1\n", "apiVersion: v1\n", true),
            ("- kind: Port\n  apiVersion: v1\n", "kind: Port\napiVersion: v1\n", true),
            ("- x\n", "x\n", true),
        ] {
            let found = unwrapped(&list(lines)).expect(lines);
            assert_eq!((found[0].text.as_str(), found[0].kept), (expected, kept), "{lines}");
        }
        let found = unwrapped(&list("- metadata:\n    name: a\n")).expect("items");
        assert_eq!(found[0].node.get("kind").map(|kind| (kind.line, kind.column)), Some((2, 7)));
        assert_eq!(
            Manifest::of(&found[0].node).map(|head| (head.kind, head.position)),
            Ok(("Switch".into(), (5, 11)))
        );
        // A v1 List has no kind to give.
        assert_eq!(below_items("- a: b\n"), [("a: b\n".to_owned(), true)]);
    }

    #[test]
    fn lists_in_lists_are_flattened() {
        let lines = "- kind: A\n# of the list\n- apiVersion: v1\n  kind: SwitchList\n  items:\n  # of b\n  - b: |\n      x\n  # end of b\n\n- kind: C\n- {kind: List, items: [{kind: D}, {kind: List, items: []}]}\n";
        let expected = [
            ("kind: A\n", true, 4),
            ("# of b\napiVersion: v1\nkind: Switch\nb: |\n  x\n# end of b\n", true, 9),
            ("kind: C\n", true, 14),
            ("kind: D\n", false, 15),
        ];
        let found = unwrapped(&format!("{LIST}{lines}")).expect("items");
        let found: Vec<_> = found.iter().map(|item| (item.text.as_str(), item.kept, item.line)).collect();
        assert_eq!(found, expected);
        // An inner list that had to be written anew is not the author's, nor are its items.
        let found =
            unwrapped("x: &x c\nkind: List\nitems:\n- kind: *x\n- kind: List\n  m: *x\n  items:\n  - b: c\n")
                .expect("items");
        let found: Vec<_> = found.iter().map(|item| (item.text.as_str(), item.kept, item.line)).collect();
        assert_eq!(found, [("kind: c\n", false, 4), ("b: c\n", false, 8)]);
        let shaft = format!("{}{{kind: A}}{}", "{kind: List, items: [".repeat(9), "]}".repeat(9));
        let error = unwrapped(&shaft).expect_err("too deep");
        assert_eq!((error.code, error.line, error.column), (Code::TooLarge, 1, 169));
        assert!(unwrapped(&shaft[21..shaft.len() - 2]).is_ok_and(|found| found.len() == 1));
    }

    #[test]
    fn only_lists_are_unwrapped() {
        for text in [
            "kind: PrefixList\nmetadata: {name: a}\n",
            "kind: A\nitems: []\n",
            "apiVersion: x/v1\nkind: List\n",
            "- a\n",
            "kind: 1\nitems:\n",
        ] {
            let documents = split(text);
            assert!(items(&documents[0], &tree(text)).is_none(), "{text}");
        }
        for text in [
            "apiVersion: v1\nkind: List\n",
            "apiVersion: v1\nkind: List\nitems:\n",
            "kind: List\nitems: []\n",
            "kind: SwitchList\nitems: ~\n",
            "{\"kind\": \"SwitchList\", \"items\": null}",
        ] {
            assert!(unwrapped(text).is_ok_and(|found| found.is_empty()), "{text}");
        }
        for (items, place) in [("x", (2, 8)), ("{a: b}", (2, 8)), ("''", (2, 8)), ("\n  a: b", (3, 3))] {
            let error = unwrapped(&format!("kind: List\nitems: {items}\n")).expect_err(items);
            assert_eq!(
                (error.code, error.message.as_str()),
                (Code::NotAnObject, "items is not a list."),
                "{items}"
            );
            assert_eq!(((error.line, error.column), error.hint.is_some()), (place, true), "{items}");
        }
    }

    #[test]
    fn places_are_the_files_and_spans_the_texts() {
        let stream = format!(
            "a: 1\n---\n{LIST}  # c\n  - metadata: {{name: ä, b: c}}\n    d: [e]\n  # f\n  -\n    metadata:\n      name: g\n"
        );
        let documents = split(&stream);
        let found =
            items(&documents[1], &parse(&documents[1]).expect("parses")).expect("a List").expect("items");
        let [first, second] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((first.line, second.line), (6, 9));
        let of = |item: &Item, key: &str| {
            let node = item
                .node
                .get("metadata")
                .and_then(|node| node.get(key))
                .or(item.node.get(key))
                .expect("node");
            (node.line, node.column, item.text[node.span.clone()].to_owned())
        };
        assert_eq!(of(first, "name"), (7, 22, "ä".to_owned()));
        assert_eq!(of(first, "b"), (7, 28, "c".to_owned()));
        assert_eq!(of(first, "d"), (8, 8, "[e]".to_owned()));
        assert_eq!(of(second, "name"), (12, 13, "g".to_owned()));
        let annotated = annotate(&first.text, &first.node, &[("x", "z")]).expect("annotated");
        assert_eq!(annotated.text, "# c\nmetadata: {name: ä, b: c, annotations: {x: z}}\nd: [e]\n");
        // Those of what was written anew as well.
        let anew =
            unwrapped("x: &x {name: a}\nkind: List\nitems:\n- metadata: *x\n  b: {<<: *x,\n    c: d}\n")
                .expect("items");
        let places = ["metadata", "b"].map(|key| anew[0].node.get(key).map(|node| (node.line, node.column)));
        assert_eq!(places, [Some((4, 13)), Some((5, 6))]);
        let c = anew[0].node.get("b").and_then(|b| b.get("c")).map(|c| (c.line, c.column));
        assert_eq!(c, Some((6, 8)));
    }

    /// An object as a person writes it, in block style, without anchors.
    fn object() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            "[a-z]: [a-z0-9]{1,4}( # [a-z]{1,3})?\n",
            "[a-z]:\n(  # [a-z]\n)?(- [a-m]: 'x'\n  z: z\n){1,2}",
            "[a-z]:\n(  [ab]: \"#\"\n){1}(    # [a-z]\n)?",
            "[a-z]: [|>][-+]?\n  [-#a-z]{1,3}\n(   ?[-#a-z][a-z: ]{0,4}x\n(\n)?){0,3}",
            "[a-z]: \\{x: [a-z], y: \\[1,\n  2\\]\\}\n",
            "[a-z]: 'x\n  y'\n",
            "# [a-z #]{0,4}[a-z]\n",
        ];
        let above = "(# [a-z]{1,3}\n\n?){0,2}";
        (above, prop::collection::vec(line, 0..5)).prop_map(|(above, lines)| {
            // One key a line, so that none stands twice.
            let lines = lines.iter().enumerate().map(|(index, line)| {
                if line.starts_with('#') { line.clone() } else { format!("k{index}{}", &line[1..]) }
            });
            format!("{above}kind: A\n{}", lines.collect::<String>())
        })
    }

    proptest! {
        #[test]
        fn objects_in_a_list_come_out_of_it(
            objects in prop::collection::vec(object(), 0..5),
            indent in 0usize..5,
            step in 2usize..5,
            crlf in any::<bool>(),
            more in any::<bool>(),
        ) {
            let documents: Vec<String> = objects.iter().filter_map(|text| {
                let documents = split(text);
                Some(documents.first()?.text.to_owned())
            }).collect();
            let mut list = LIST.to_owned();
            for text in &documents {
                let mut is_above = true;
                for line in text.split_inclusive('\n') {
                    if is_above && !line.starts_with('#') && line != "\n" {
                        list.push_str(&format!("{}-{}{line}", " ".repeat(indent), " ".repeat(step - 1)));
                        is_above = false;
                    } else if line == "\n" {
                        list.push_str(line);
                    } else {
                        let below = if is_above { 0 } else { step };
                        list.push_str(&format!("{}{line}", " ".repeat(indent + below)));
                    }
                }
            }
            if more {
                list.push_str("metadata: {}\n");
            }
            let eol = |text: &str| if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
            let list = eol(&list);
            let found = unwrapped(&list).expect("items");
            prop_assert_eq!(found.len(), documents.len(), "{}", list);
            for (item, text) in found.iter().zip(&documents) {
                prop_assert_eq!(&item.text, &eol(text), "{}", list);
                prop_assert!(item.kept);
                prop_assert!(same_value(&item.node, &tree(text)));
                let first = item.text.lines().next().unwrap_or_default();
                let in_file = list.lines().nth(item.line as usize - 1).unwrap_or_default();
                prop_assert!(in_file.ends_with(first), "{in_file:?} {first:?}");
            }
        }

        #[test]
        fn no_list_is_too_odd(text in "(- |-\n|  |kind: List|items:|a: b|a:|# c|[&*!]a|[\\[\\]{}:,#'\"|>%\\\\+-]|ü|---|\n|\r\n|\r|\t| ){0,30}") {
            let list = format!("kind: List\nitems:\n- a: 1\n{text}");
            for document in split(&list) {
                let Ok(node) = parse(&document) else { continue };
                let Some(Ok(found)) = items(&document, &node) else { continue };
                for item in found {
                    prop_assert!(read(&item.text).is_some_and(|node| same_value(&node, &item.node)));
                }
            }
        }
    }
}
