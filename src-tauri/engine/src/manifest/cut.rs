//! The items of a block sequence, cut out of their text: each with its comments, as a text of its own.
//!
//! Nothing here has to be right about every corner of YAML: `list` reads the result again and compares.

use std::ops::Range;

use crate::manifest::Node;
use crate::manifest::lines::{Lines, dedented};
use crate::manifest::node::Value;
use crate::manifest::text_error::place;

/// An item of a sequence, cut out.
#[derive(Debug)]
pub(super) struct Cut {
    /// The comments above it, in the first column.
    pub(super) above: String,
    /// The item itself, in the first column, with what follows it up to the next one.
    pub(super) text: String,
    /// The comments of both, as they stand in the source.
    pub(super) comments: Vec<String>,
    /// How many lines above the item's value all this begins.
    pub(super) lines_above: u32,
    /// Its line end.
    pub(super) eol: &'static str,
}

/// Cuts the items of a block sequence out of its text. The sequence is the value of `key`, a key of `tree`,
/// which is the text's. None where an item does not begin with a dash of its own.
///
/// Comments above an item are its own. So are those below it that are indented deeper than its dash, and
/// those at the end of the sequence, unless they stand above another key of the tree.
pub(super) fn cut(text: &str, tree: &Node, key: &Node, items: &[Node]) -> Option<Vec<Cut>> {
    let lines = Lines::of(text, tree);
    let dashes: Vec<usize> = items.iter().map(|item| lines.dash_of(item)).collect::<Option<_>>()?;
    let mut bounds = Vec::with_capacity(items.len() + 1);
    for dash in &dashes {
        // Above the first one nothing stands that a comment could go on with.
        let indent = if bounds.is_empty() { usize::MAX } else { lines.column(*dash) };
        bounds.push(lines.start_with_comments(*dash, indent));
    }
    let is_below = |other: &&Node| !other.borrowed && other.span.start > key.span.start;
    let next = tree.entries().iter().map(|(other, _)| other).find(is_below);
    let indent = lines.column(key.span.start);
    bounds.push(next.map_or(text.len(), |next| lines.start_with_comments(next.span.start, indent)));
    let ranges = bounds.iter().zip(bounds.iter().skip(1)).map(|(start, end)| *start..*end);
    let cuts = items.iter().zip(dashes).zip(ranges);
    cuts.map(|((item, dash), range)| lines.cut(item, dash, range)).collect()
}

impl Lines<'_> {
    fn cut(&self, item: &Node, dash: usize, range: Range<usize>) -> Option<Cut> {
        let indent = match &item.value {
            // An anchor may stand before it, on the line above.
            Value::Mapping { entries, flow: false } => self.column(entries.first()?.0.span.start),
            _ => self.column(item.span.start),
        };
        let (dash_line, below) = (self.line_start(dash), self.line_end(dash));
        let first = self.text.get(dash + 1..below)?.trim_start_matches([' ', '\t']);
        let mut text = if first.trim().is_empty() { String::new() } else { first.to_owned() };
        text.push_str(&dedented(self.text.get(below..range.end)?, indent));
        let before = self.text.get(range.start..item.span.start)?;
        Some(Cut {
            above: dedented(self.text.get(range.start..dash_line)?, indent),
            text,
            comments: self.comments_in(range),
            lines_above: place(before.matches('\n').count()),
            eol: if self.text[..below].ends_with("\r\n") { "\r\n" } else { "\n" },
        })
    }
}
