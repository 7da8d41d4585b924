//! A document's tree, with the place of everything in it.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::finding::Code;
use crate::manifest::Document;

/// How deep a document may be nested: Kubernetes objects stay far below it.
const DEEPEST: usize = 100;
/// How many nodes a document may have with its aliases expanded: an alias bomb has billions.
const MOST_NODES: usize = 100_000;

/// What is wrong with a text, and where: line and column of the file, both from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextError {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl TextError {
    pub(crate) fn new(code: Code, message: impl Into<String>, line: u32, column: u32) -> Self {
        Self { code, message: message.into(), hint: None, line, column }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    /// Where it is in the document's text, in bytes; of a block collection, up to its last value.
    pub(crate) span: Range<usize>,
    /// Line in the file, from 1.
    pub(crate) line: u32,
    /// Column in the line, from 1, in characters.
    pub(crate) column: u32,
    /// Whether it stands there by an alias: its span is the anchor's.
    pub(crate) aliased: bool,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// The text, and whether it stands without quotes, so that it may be a number or the like.
    Scalar {
        text: String,
        plain: bool,
    },
    Sequence {
        items: Vec<Node>,
        flow: bool,
    },
    Mapping {
        entries: Vec<(Node, Node)>,
        flow: bool,
    },
}

impl Node {
    /// The entries of a mapping.
    pub(crate) fn entries(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Mapping { entries, .. } => entries,
            _ => &[],
        }
    }

    /// The value of a key, and the key, where this is a mapping that has it.
    pub(crate) fn entry(&self, key: &str) -> Option<(&Node, &Node)> {
        let (key, value) = self.entries().iter().find(|(node, _)| node.text() == Some(key))?;
        Some((key, value))
    }

    /// The value of a key, where this is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }
}

/// Parses one document. An empty document is an empty scalar.
pub(crate) fn parse(document: &Document<'_>) -> Result<Node, TextError> {
    refuse_conflict_markers(document)?;
    let mut builder = Builder::new(document);
    for event in Parser::new_from_str(document.text) {
        match event {
            Ok((event, span)) => builder.event(event, span)?,
            Err(error) => return Err(builder.syntax(&error)),
        }
    }
    builder.finish()
}

fn refuse_conflict_markers(document: &Document<'_>) -> Result<(), TextError> {
    let Some(index) = document.text.lines().position(|line| line.starts_with("<<<<<<< ")) else {
        return Ok(());
    };
    let line = document.line.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
    Err(TextError::new(Code::ConflictMarker, "A merge conflict stands in the document.", line, 1)
        .hint("Keep one side and remove the lines with <<<<<<<, ======= and >>>>>>>."))
}

struct Builder<'a> {
    document: &'a Document<'a>,
    /// Byte offsets of the characters, where they differ from their counts.
    offsets: Option<Vec<usize>>,
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    root: Option<Node>,
}

/// A collection under way.
struct Open {
    node: Node,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<Node>,
    /// How many nodes there were before it.
    before: usize,
}

impl<'a> Builder<'a> {
    fn new(document: &'a Document<'a>) -> Self {
        let text = document.text;
        let offsets = (!text.is_ascii())
            .then(|| text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect());
        Self { document, offsets, open: Vec::new(), anchors: HashMap::new(), nodes: 0, root: None }
    }

    fn byte(&self, index: usize) -> usize {
        let length = self.document.text.len();
        match &self.offsets {
            Some(offsets) => offsets.get(index).copied().unwrap_or(length),
            None => index.min(length),
        }
    }

    fn node(&mut self, value: Value, span: Span) -> Result<Node, TextError> {
        let (line, column) = self.place(span.start.line(), span.start.col());
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(TextError::new(
                Code::TooLarge,
                "The document is too large, or its aliases expand to too much.",
                line,
                column,
            )
            .hint("Write the values out instead of using aliases."));
        }
        let span = self.byte(span.start.index())..self.byte(span.end.index());
        Ok(Node { value, span, line, column, aliased: false })
    }

    fn place(&self, line: usize, column: usize) -> (u32, u32) {
        let line = u32::try_from(line.max(1) - 1).unwrap_or(u32::MAX);
        (self.document.line.saturating_add(line), u32::try_from(column + 1).unwrap_or(u32::MAX))
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), TextError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let node = self.node(Value::Scalar { text: text.into_owned(), plain }, span)?;
                self.anchor(anchor, &node, 1);
                self.add(node)
            }
            Event::Alias(anchor) => {
                let (line, column) = self.place(span.start.line(), span.start.col());
                let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
                    return Err(TextError::new(
                        Code::Syntax,
                        "An alias names an anchor that is not there.",
                        line,
                        column,
                    ));
                };
                // Counted before it is copied again, so that a bomb stays a few bytes.
                self.nodes = self.nodes.saturating_add(size);
                if self.nodes > MOST_NODES {
                    return Err(TextError::new(
                        Code::TooLarge,
                        "The document's aliases expand to too much.",
                        line,
                        column,
                    )
                    .hint("Write the values out instead of using aliases."));
                }
                self.add(Node { aliased: true, ..node })
            }
            Event::SequenceStart(anchor, _) => {
                let flow = self.is_flow(span, '[');
                self.begin(Value::Sequence { items: Vec::new(), flow }, anchor, span)
            }
            Event::MappingStart(anchor, _) => {
                let flow = self.is_flow(span, '{');
                self.begin(Value::Mapping { entries: Vec::new(), flow }, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => Ok(()),
        }
    }

    fn is_flow(&self, span: Span, bracket: char) -> bool {
        self.document.text[self.byte(span.start.index())..].starts_with(bracket)
    }

    fn begin(&mut self, value: Value, anchor: usize, span: Span) -> Result<(), TextError> {
        let before = self.nodes;
        let node = self.node(value, span)?;
        if self.open.len() >= DEEPEST {
            return Err(too_deep(node.line, node.column));
        }
        self.open.push(Open { node, anchor, key: None, before });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), TextError> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        let flow =
            matches!(open.node.value, Value::Sequence { flow: true, .. } | Value::Mapping { flow: true, .. });
        let last = match &open.node.value {
            Value::Sequence { items, .. } => items.iter().rev().find(|item| !item.aliased),
            Value::Mapping { entries, .. } => {
                entries.iter().rev().flat_map(|(key, value)| [value, key]).find(|node| !node.aliased)
            }
            Value::Scalar { .. } => None,
        };
        open.node.span.end = if flow {
            self.byte(span.end.index())
        } else {
            last.map_or(open.node.span.end, |last| last.span.end).max(open.node.span.start)
        };
        self.anchor(open.anchor, &open.node, self.nodes - open.before);
        self.add(open.node)
    }

    fn anchor(&mut self, anchor: usize, node: &Node, size: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
    }

    fn add(&mut self, node: Node) -> Result<(), TextError> {
        let Some(open) = self.open.last_mut() else {
            let empty = matches!(&node.value, Value::Scalar { text, plain: true } if text.is_empty());
            if self.root.is_none() {
                self.root = Some(node);
            } else if !empty {
                // The splitter gives one document at a time.
                return Err(TextError::new(
                    Code::Syntax,
                    "A second document begins here.",
                    node.line,
                    node.column,
                )
                .hint("Put `---` in the first column above it."));
            }
            return Ok(());
        };
        match (&mut open.node.value, open.key.take()) {
            (Value::Sequence { items, .. }, _) => items.push(node),
            (Value::Mapping { .. }, None) => open.key = Some(node),
            (Value::Mapping { entries, .. }, Some(key)) => {
                let same = |(known, _): &&(Node, Node)| key.text().is_some() && known.text() == key.text();
                if let (Some((first, _)), Some(text)) = (entries.iter().find(same), key.text())
                    && text != "<<"
                {
                    let message = format!("The key {text:?} stands twice; first in line {}.", first.line);
                    return Err(TextError::new(Code::DuplicateKey, message, key.line, key.column)
                        .hint("Keep the one that is meant."));
                }
                entries.push((key, node));
            }
            (Value::Scalar { .. }, _) => {}
        }
        Ok(())
    }

    fn syntax(&self, error: &saphyr_parser::ScanError) -> TextError {
        let marker = error.marker();
        let (line, column) = self.place(marker.line(), marker.col());
        if error.info().contains("recursion limit") {
            return too_deep(line, column);
        }
        let broken =
            TextError::new(Code::Syntax, format!("This is not YAML: {}.", error.info()), line, column);
        let at = self.document.text.lines().nth(marker.line().max(1) - 1).unwrap_or_default();
        let indent: String = at.chars().take_while(|c| c.is_whitespace()).collect();
        let info = error.info();
        if indent.contains('\t') || info.contains("tab") {
            broken.hint("Indent with spaces: YAML takes no tabs.")
        } else if info.contains("quote") {
            broken.hint("Look for a quote that is not closed.")
        } else if info.contains("mapping values") || at.matches(": ").count() > 1 {
            broken.hint("A value that holds `: ` needs quotes; or the indentation is off.")
        } else if info.contains("flow") || at.contains(['[', '{', ']', '}']) {
            broken.hint("Look for a bracket above that is not closed.")
        } else {
            broken.hint("Look at the indentation here and in the line above.")
        }
    }

    fn finish(self) -> Result<Node, TextError> {
        let line = self.document.line;
        self.root.ok_or_else(|| TextError::new(Code::NotAnObject, "The document is empty.", line, 1))
    }
}

fn too_deep(line: u32, column: u32) -> TextError {
    TextError::new(Code::TooLarge, "The document is nested too deeply.", line, column)
        .hint("Kubernetes objects are a few levels deep: look for brackets or indentation gone wrong.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::split;

    pub(crate) fn parsed(text: &str) -> Result<Node, TextError> {
        parse(&split(text)[0])
    }

    #[test]
    fn places_are_the_files() {
        let documents = split("a: 1\n---\nü: [x, {y: z}]\nb:\n  - c\n");
        let node = parse(&documents[1]).expect("parses");
        let (key, value) = node.entry("ü").expect("key");
        assert_eq!((key.line, key.column), (3, 1));
        assert_eq!((value.line, value.column), (3, 4));
        assert_eq!(&documents[1].text[value.span.clone()], "[x, {y: z}]");
        let list = node.get("b").expect("list");
        assert_eq!((list.line, list.column), (5, 3));
        assert_eq!(documents[1].text[list.span.clone()].trim_end(), "- c");
    }

    #[test]
    fn what_is_broken_is_told_with_place_and_hint() {
        for (text, code, line) in [
            ("a: [1\nb: 2\n", Code::Syntax, 2),
            ("a: 1\n\tb: 2\n", Code::Syntax, 2),
            ("a: b: c\n", Code::Syntax, 1),
            ("a: 'x\n", Code::Syntax, 2),
            ("a: 1\nb: 2\na: 3\n", Code::DuplicateKey, 3),
            ("a: *b\n", Code::Syntax, 1),
            ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n", Code::ConflictMarker, 2),
        ] {
            let error = parsed(text).expect_err(text);
            assert_eq!(error.code, code, "{text:?}: {error:?}");
            assert!(error.line.abs_diff(line) <= 1, "{text:?}: {error:?}");
        }
    }

    #[test]
    fn a_bomb_and_a_shaft_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let below = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(", ")));
        }
        assert_eq!(parsed(&bomb).expect_err("bomb").code, Code::TooLarge);
        assert_eq!(parsed(&"[".repeat(10_000)).expect_err("shaft").code, Code::TooLarge);
    }

    #[test]
    fn aliases_stand_for_their_anchors() {
        let node = parsed("a: &x {b: 1}\nc: *x\n").expect("parses");
        assert_eq!(node.get("c").and_then(|c| c.get("b")).and_then(Node::text), Some("1"));
    }
}
