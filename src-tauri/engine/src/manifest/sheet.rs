//! A text that holds one object, and nothing beside it but markers.

use crate::manifest::lines::Lines;
use crate::manifest::node::Value;
use crate::manifest::{Node, parse, split};

/// A text that holds one object.
pub(super) struct Sheet<'t> {
    /// The object's own text.
    pub(super) text: &'t str,
    /// Its tree.
    pub(super) node: Node,
    /// What stands above it: white space, a marker, a byte order mark.
    pub(super) head: &'t str,
    /// What stands below it.
    pub(super) tail: &'t str,
}

impl<'t> Sheet<'t> {
    /// Reads a text; none where it is not exactly one document, and that one a mapping.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let marks = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        let documents = split(&text[marks..]);
        let [document] = documents.as_slice() else { return None };
        let node = parse(document).ok()?;
        let start = marks + document.span.start;
        let (head, rest) = text.split_at_checked(start)?;
        let (text, tail) = rest.split_at_checked(document.span.len())?;
        matches!(node.value, Value::Mapping { .. }).then_some(Self { text, node, head, tail })
    }

    pub(super) fn lines(&self) -> Lines<'t> {
        Lines::of(self.text, &self.node)
    }
}
