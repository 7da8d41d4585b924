//! A document's text into its tree.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use crate::finding::Code;
use crate::manifest::compare::key_text;
use crate::manifest::extent::{bracket_end, scalar_end};
use crate::manifest::merge_keys::{inherited, is_merge};
use crate::manifest::node::{Scalar, Value};
use crate::manifest::plain_blocks::read_plainly;
use crate::manifest::syntax::{self, Broken};
use crate::manifest::text_error::place;
use crate::manifest::{Document, Node, TextError, split};

/// How deep a document may be nested: Kubernetes objects stay far below it.
const DEEPEST: usize = 100;
/// How many nodes may come into a document by its aliases: an alias bomb has billions.
const MOST_BORROWED: usize = 100_000;
/// How many nodes a document may have written out: a List of a hundred thousand objects has fewer, and the
/// memory for its tree stays far below a gigabyte.
const MOST_WRITTEN: usize = 4_000_000;

/// Parses one document, with its aliases and merge keys resolved.
///
/// Places are those of the file. Whatever does not come out as exactly one tree is an error: a conflict
/// marker, a key twice in one mapping, a nesting or an expansion beyond all reason, a second document.
pub(crate) fn parse(document: &Document<'_>) -> Result<Node, TextError> {
    match read_plainly(document) {
        Some(node) => Ok(node),
        None => parse_slowly(document),
    }
}

/// The same, whatever the document looks like.
pub(super) fn parse_slowly(document: &Document<'_>) -> Result<Node, TextError> {
    parse_within(document, MOST_WRITTEN)
}

/// Parses one document that may have so many nodes written out.
fn parse_within(document: &Document<'_>, most_written: usize) -> Result<Node, TextError> {
    refuse_conflict_markers(document)?;
    let mut builder = Builder::new(document, most_written);
    for event in Parser::new_from_str(document.text) {
        match event {
            Ok((event, span)) => builder.take(event, span)?,
            Err(error) => return Err(builder.broken(&error)),
        }
    }
    builder.finish()
}

/// The tree of a text that is one document, and nothing beside it.
pub(super) fn read(text: &str) -> Option<Node> {
    let documents = split(text);
    let [document] = documents.as_slice() else { return None };
    // Else something of the text would be outside of it.
    (document.text == text).then(|| parse(document).ok()).flatten()
}

/// A line of Git's that begins or ends a conflict, in the first column, where no block scalar has its text.
///
/// The end counts too: a `---` inside the conflict leaves its second half in a document of its own.
fn refuse_conflict_markers(document: &Document<'_>) -> Result<(), TextError> {
    let is_marker = |line: &str| {
        let label = line.strip_prefix("<<<<<<<").or_else(|| line.strip_prefix(">>>>>>>"));
        label.is_some_and(|label| label.is_empty() || label.starts_with(' '))
    };
    let Some(index) = document.text.lines().position(is_marker) else { return Ok(()) };
    let line = document.line.saturating_add(place(index));
    Err(TextError::new(Code::ConflictMarker, "A merge conflict was left in the document.", line, 1)
        .hint("Keep one side, and remove the lines with <<<<<<<, ======= and >>>>>>>."))
}

/// Builds the tree out of the parser's events.
struct Builder<'a> {
    document: &'a Document<'a>,
    /// The byte offset of each character, where characters are not bytes.
    offsets: Option<Vec<usize>>,
    /// The collections under way, the innermost last.
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    /// The nodes so far that are written out.
    written: usize,
    /// How many of those there may be.
    most_written: usize,
    /// The nodes so far that aliases brought in.
    borrowed: usize,
    /// The nodes that are kept for aliases: anchors inside anchors would else multiply them.
    kept: usize,
    root: Option<Node>,
}

/// A node that an alias may name.
struct Anchored {
    node: Node,
    nodes: usize,
    height: usize,
}

/// A collection under way.
struct Open {
    node: Node,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<Node>,
    /// The keys so far, as Kubernetes tells them apart, each with its line.
    seen: HashMap<String, u32>,
    /// What merge keys bring in.
    merges: Vec<Node>,
    /// The nodes before it.
    before: usize,
    /// How deep it goes below itself, so far.
    height: usize,
}

impl<'a> Builder<'a> {
    fn new(document: &'a Document<'a>, most_written: usize) -> Self {
        let text = document.text;
        let offsets = (!text.is_ascii())
            .then(|| text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect());
        let (open, anchors) = (Vec::new(), HashMap::new());
        let (written, borrowed, kept, root) = (0, 0, 0, None);
        Self { document, offsets, open, anchors, written, most_written, borrowed, kept, root }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), TextError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.map(|tag| full_tag(&tag));
                let mut node =
                    self.node(Value::Scalar(Scalar { text: text.into_owned(), style, tag }), span)?;
                node.span.end = if is_absent(&node) && anchor == 0 {
                    // The parser lets it reach over what comes next.
                    node.span.start
                } else {
                    scalar_end(self.document.text, node.span.clone(), style)
                };
                self.keep(anchor, &node, 1, 0)?;
                self.add(node, 0)
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::SequenceStart(anchor, _) => {
                let flow = self.ends_with(span, '[');
                self.begin(Value::Sequence { items: Vec::new(), flow }, anchor, span)
            }
            Event::MappingStart(anchor, _) => {
                let flow = self.ends_with(span, '{');
                self.begin(Value::Mapping { entries: Vec::new(), flow }, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => Ok(()),
        }
    }

    /// The bytes of a span, which counts characters.
    fn bytes(&self, span: Span) -> Range<usize> {
        let length = self.document.text.len();
        let byte = |index: usize| match &self.offsets {
            Some(offsets) => offsets.get(index).copied().unwrap_or(length),
            None => index.min(length),
        };
        byte(span.start.index())..byte(span.end.index())
    }

    /// Whether what begins here begins with this bracket; an anchor and a tag may stand before it.
    fn ends_with(&self, span: Span, bracket: char) -> bool {
        self.document.text.get(self.bytes(span)).is_some_and(|text| text.ends_with(bracket))
    }

    fn place(&self, line: usize, column: usize) -> (u32, u32) {
        (self.document.line.saturating_add(place(line.saturating_sub(1))), place(column.saturating_add(1)))
    }

    /// The nodes of the tree so far.
    fn nodes(&self) -> usize {
        self.written.saturating_add(self.borrowed)
    }

    fn node(&mut self, value: Value, span: Span) -> Result<Node, TextError> {
        let (line, column) = self.place(span.start.line(), span.start.col());
        self.written += 1;
        if self.written > self.most_written {
            return Err(TextError::new(Code::TooLarge, "The document has too many values.", line, column)
                .hint("Split it into several documents, with `---` between them."));
        }
        let span = self.bytes(span);
        Ok(Node { value, span, line, column, borrowed: false })
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), TextError> {
        let (line, column) = self.place(span.start.line(), span.start.col());
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(TextError::new(Code::Syntax, "An alias stands inside what it names.", line, column)
                .hint("Write the value out instead of using an alias."));
        };
        // Counted before it is copied, so that a bomb stays a few bytes.
        self.borrowed = self.borrowed.saturating_add(anchored.nodes);
        if self.borrowed > MOST_BORROWED || self.open.len() + anchored.height > DEEPEST {
            return Err(TextError::new(
                Code::TooLarge,
                "The document's aliases expand to too much.",
                line,
                column,
            )
            .hint("Write the values out instead of using aliases."));
        }
        let (value, height) = (anchored.node.value.clone(), anchored.height);
        let span = self.bytes(span);
        self.add(Node { value, span, line, column, borrowed: true }, height)
    }

    /// Keeps a node for the aliases that may name it.
    fn keep(&mut self, anchor: usize, node: &Node, nodes: usize, height: usize) -> Result<(), TextError> {
        if anchor == 0 {
            return Ok(());
        }
        self.kept = self.kept.saturating_add(nodes);
        if self.kept > MOST_BORROWED {
            return Err(TextError::new(
                Code::TooLarge,
                "The document's anchors hold too much.",
                node.line,
                node.column,
            )
            .hint("Write the values out instead of using anchors and aliases."));
        }
        self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, height });
        Ok(())
    }

    fn begin(&mut self, value: Value, anchor: usize, span: Span) -> Result<(), TextError> {
        let before = self.nodes();
        let node = self.node(value, span)?;
        if self.open.len() >= DEEPEST {
            return Err(too_deep(node.line, node.column));
        }
        let (seen, merges) = (HashMap::new(), Vec::new());
        self.open.push(Open { node, anchor, key: None, seen, merges, before, height: 0 });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), TextError> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        if is_flow(&open.node) {
            open.node.span.end = bracket_end(self.document.text, self.bytes(span));
        }
        if let Value::Mapping { entries, .. } = &mut open.node.value {
            entries.extend(inherited(open.merges, &mut open.seen)?);
        }
        self.keep(open.anchor, &open.node, self.nodes() - open.before, open.height)?;
        self.add(open.node, open.height)
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, node: Node, height: usize) -> Result<(), TextError> {
        let Some(open) = self.open.last_mut() else { return self.add_root(node) };
        open.height = open.height.max(height + 1);
        open.node.span.end = open.node.span.end.max(node.span.end);
        match (&mut open.node.value, open.key.take()) {
            (Value::Sequence { items, .. }, _) => items.push(node),
            (Value::Mapping { .. }, None) if node.scalar().is_none() => return Err(no_key(&node)),
            (Value::Mapping { .. }, None) => open.key = Some(node),
            (Value::Mapping { .. }, Some(key)) if is_merge(&key) => open.merges.push(node),
            (Value::Mapping { entries, .. }, Some(key)) => {
                match open.seen.entry(key_text(&key)) {
                    Entry::Occupied(first) => return Err(twice(&key, first.key(), *first.get())),
                    Entry::Vacant(first) => first.insert(key.line),
                };
                entries.push((key, node));
            }
            (Value::Scalar(_), _) => {}
        }
        Ok(())
    }

    /// The splitter gives one document at a time; comments between two markers make an absent one beside it.
    fn add_root(&mut self, node: Node) -> Result<(), TextError> {
        match &self.root {
            Some(_) if is_absent(&node) => {}
            Some(first) if !is_absent(first) => {
                return Err(TextError::new(
                    Code::Syntax,
                    "A second document begins here.",
                    node.line,
                    node.column,
                )
                .hint("Put `---` in the first column above it."));
            }
            _ => self.root = Some(node),
        }
        Ok(())
    }

    fn broken(&self, error: &ScanError) -> TextError {
        let marker = error.marker();
        let open = self.open.last().filter(|open| is_flow(&open.node)).map(|open| open.node.line);
        let broken = Broken { text: self.document.text, line: marker.line(), column: marker.col(), open };
        if error.info() == "recursion limit exceeded" {
            // The parser reads ahead, and has a limit of its own.
            let (line, column) = self.place(marker.line(), marker.col());
            return too_deep(line, column);
        }
        let explained = syntax::explain(error.info(), &broken);
        let (line, column) = self.place(explained.line, explained.column);
        TextError::new(Code::Syntax, explained.message, line, column).hint(explained.hint)
    }

    fn finish(self) -> Result<Node, TextError> {
        let line = self.document.line;
        self.root.ok_or_else(|| {
            TextError::new(Code::NotAnObject, "The document is empty.", line, 1)
                .hint("Write an object, or remove the lines.")
        })
    }
}

fn too_deep(line: u32, column: u32) -> TextError {
    TextError::new(Code::TooLarge, "The document is nested too deeply.", line, column)
        .hint("Kubernetes objects are a few levels deep: look for a bracket too many.")
}

/// Numbers and the like become texts as keys, as for Kubernetes; what has parts can't.
fn no_key(node: &Node) -> TextError {
    let message = "A key here is a list or a mapping, and Kubernetes has only texts as keys.";
    TextError::new(Code::UnsupportedForm, message, node.line, node.column)
        .hint("Write the key as a text; look for a bracket or a `?` too many.")
}

fn full_tag(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn is_flow(node: &Node) -> bool {
    matches!(node.value, Value::Sequence { flow: true, .. } | Value::Mapping { flow: true, .. })
}

/// Nothing at all where a value could stand.
fn is_absent(node: &Node) -> bool {
    node.scalar().is_some_and(|s| s.text.is_empty() && s.style == ScalarStyle::Plain && s.tag.is_none())
}

fn twice(key: &Node, text: &str, first: u32) -> TextError {
    let shown: String = text.chars().take(60).collect();
    TextError::new(
        Code::DuplicateKey,
        format!("The key `{shown}` stands twice in one mapping, first in line {first}."),
        key.line,
        key.column,
    )
    .hint("Keep the one that is meant.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::testing::{parsed, tree};

    #[test]
    fn places_are_the_files() {
        let documents = split(
            "a: 1\n---\nü: [x, {y: z, # }\n  }]\nb:\n  - c\nd: &d !own\n  e: ü # é\nf: 'it''s' # x\ng: !!str \"\\\"\\\\\" # '\"\n",
        );
        let text = documents[1].text;
        let node = parse(&documents[1]).expect("parses");
        for (key, place, value) in [
            ("ü", (3, 4), "[x, {y: z, # }\n  }]"),
            ("b", (6, 3), "- c"),
            ("d", (7, 4), "&d !own\n  e: ü"),
            ("f", (9, 4), "'it''s'"),
            ("g", (10, 4), "!!str \"\\\"\\\\\""),
        ] {
            let found = node.get(key).expect(key);
            assert_eq!(((found.line, found.column), &text[found.span.clone()]), (place, value), "{key}");
        }
        assert_eq!(node.entry("ü").map(|(key, _)| (key.line, key.column)), Some((3, 1)));
        assert_eq!(node.span, 0..text.len() - " # '\"\n".len());
    }

    #[test]
    fn a_key_stands_once() {
        for (text, key, place) in [
            ("a: 1\nb: 2\na: 3\n", "a", (3, 1)),
            ("x:\n  - {a: 1, 'a': 2}\n", "a", (2, 12)),
            // Keys of an object are texts to Kubernetes, so these two are one.
            ("1: a\n'1': b\n", "1", (2, 1)),
        ] {
            let error = parsed(text).expect_err(text);
            assert_eq!((error.code, (error.line, error.column)), (Code::DuplicateKey, place), "{text}");
            assert!(error.message.starts_with(&format!("The key `{key}` stands twice")), "{error:?}");
        }
        tree("a: {x: 1}\nb: {x: 1}\nc: [x, x]\n'<<': 1\n");
    }

    #[test]
    fn a_key_is_a_text() {
        for text in ["a: 1\n? [x]\n: 2\n", "a: 1\n{b: c}: 2\n", "a: &x [b]\n*x : 2\n"] {
            let error = parsed(text).expect_err(text);
            assert_eq!((error.code, error.line), (Code::UnsupportedForm, 2), "{text}: {error:?}");
        }
        tree("1: a\ntrue: b\n~: c\n? d\n: e\n!own f: g\n");
    }

    #[test]
    fn a_conflict_is_told_as_one() {
        for (text, line) in [
            ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> theirs\n", 2),
            ("a: 1\r\n<<<<<<<\r\nb: 2\r\n", 2),
            ("b: 3\n>>>>>>> theirs\n", 2),
        ] {
            let error = parsed(text).expect_err(text);
            assert_eq!((error.code, (error.line, error.column)), (Code::ConflictMarker, (line, 1)), "{text}");
        }
        tree("a: |\n  <<<<<<< HEAD\n  =======\nb: x\n");
    }

    #[test]
    fn aliases_stand_for_their_anchors() {
        let node = tree("a: &x {b: 1}\nc: *x\nd: [*x]\n");
        let alias = node.get("c").expect("c");
        assert!(alias.borrowed && alias.get("b").is_some());
        assert_eq!((alias.line, alias.column, alias.span.clone()), (2, 4, 16..18));
        assert_eq!(parsed("a: &x [*x]\n").expect_err("inside itself").code, Code::Syntax);
        assert_eq!(parsed("a: *x\n").expect_err("of nothing").code, Code::Syntax);
    }

    #[test]
    fn bombs_and_shafts_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        // Deep by its aliases alone: none of its lines is.
        let mut shaft = format!("a0: &a0 {}x{}\n", "[".repeat(90), "]".repeat(90));
        for level in 1..12 {
            let below = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(", ")));
            shaft.push_str(&format!(
                "a{level}: &a{level} {}*a{}{}\n",
                "[".repeat(90),
                level - 1,
                "]".repeat(90)
            ));
        }
        // Anchors inside anchors, each a copy of all that is in it.
        let anchors: String = (0..90).map(|level| format!("&a{level} [")).collect();
        let onion = format!("{anchors}{}1{}", "1, ".repeat(5_000), "]".repeat(90));
        // Each alias is small, and all of them are not.
        let many = format!("a: &a [{}1]\nb: [{}1]\n", "1, ".repeat(1_000), "*a, ".repeat(100));
        let dashes = "- ".repeat(10_000);
        for text in
            [bomb, shaft, onion, many, dashes, "[".repeat(10_000), "{a: ".repeat(10_000), "? ".repeat(10_000)]
        {
            let error = parsed(&text).expect_err("too large");
            assert_eq!(error.code, Code::TooLarge, "{} …: {error:?}", &text[..20]);
        }
    }

    #[test]
    fn what_is_written_out_may_be_long_but_not_endless() {
        let wide = format!("a: &a [x, x]\nb: [{}*a]\n", "1, ".repeat(MOST_BORROWED));
        assert!(parsed(&wide).is_ok(), "only what aliases bring in counts as such");
        let documents = split("a: 1\n---\nb: [1,\n 2, 3]\n");
        let read = |most| parse_within(&documents[1], most);
        assert!(read(6).is_ok());
        let error = read(5).expect_err("one too many");
        assert_eq!((error.code, (error.line, error.column)), (Code::TooLarge, (4, 5)));
        assert!(error.hint.is_some());
    }

    #[test]
    fn many_keys_are_no_burden() {
        let text: String = (0..40_000).map(|key| format!("k{key}: v\n")).collect();
        let before = std::time::Instant::now();
        assert_eq!(tree(&text).entries().len(), 40_000);
        assert!(before.elapsed().as_secs() < 10, "looking for duplicates is linear");
    }

    #[test]
    fn comments_between_markers_are_no_second_document() {
        let text = "# c\n---\n# d\n---\na: 1\n...\n# e\n---\n# f\n";
        assert_eq!(tree(text).get("a").map(|a| (a.line, a.column)), Some((5, 4)));
        // A lone carriage return is a line break to YAML, though none to Git.
        let error = parsed("a: 1\r---\rb: 2\r").expect_err("two documents");
        assert_eq!((error.code, error.message.as_str()), (Code::Syntax, "A second document begins here."));
    }

    #[test]
    fn nothing_is_no_tree() {
        let empty = Document { index: 0, span: 0..0, text: "", line: 7 };
        let error = parse(&empty).expect_err("empty");
        assert_eq!((error.code, error.line), (Code::NotAnObject, 7));
    }
}
