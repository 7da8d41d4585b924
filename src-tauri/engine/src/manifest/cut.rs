//! The items of a block sequence, cut out of their text: each with its comments, as a text of its own.
//!
//! Nothing here has to be right about every corner of YAML: `list` reads the result again and compares.

use std::ops::Range;

use saphyr_parser::ScalarStyle;

use crate::manifest::Node;
use crate::manifest::comments::comment_spans;
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
    let lines = Lines { text, comments: comment_spans(text, tree) };
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

/// A text by its lines, and where its comments are.
struct Lines<'t> {
    text: &'t str,
    comments: Vec<Range<usize>>,
}

impl<'t> Lines<'t> {
    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// The start of the next line.
    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |offset| at + offset + 1)
    }

    /// How many bytes stand before this in its line.
    fn column(&self, at: usize) -> usize {
        at - self.line_start(at)
    }

    /// The line above the one that begins here, with its start.
    fn above(&self, start: usize) -> Option<(usize, &'t str)> {
        let above = self.line_start(start.checked_sub(1)?);
        Some((above, &self.text[above..start]))
    }

    /// The dash of an item: before it on its line, or on a line above that has nothing else but a comment, or
    /// the head of the block scalar that the item is.
    fn dash_of(&self, item: &Node) -> Option<usize> {
        let is_block_scalar =
            item.scalar().is_some_and(|it| matches!(it.style, ScalarStyle::Literal | ScalarStyle::Folded));
        let mut start = self.line_start(item.span.start);
        let mut line = &self.text[start..item.span.start];
        loop {
            let code = line.trim_start_matches(' ');
            match code.strip_prefix('-').map(str::trim_start) {
                Some(rest) if rest.is_empty() || rest.starts_with('#') || is_block_scalar => {
                    return Some(start + line.len() - code.len());
                }
                None if code.trim_start().is_empty() || code.starts_with('#') => {}
                _ => return None,
            }
            (start, line) = self.above(start)?;
        }
    }

    /// Where the comments begin that stand above what is here; its own line, where there are none. A comment
    /// that is indented deeper than `indent` goes on with what stands above it.
    fn start_with_comments(&self, at: usize, indent: usize) -> usize {
        let mut start = self.line_start(at);
        let mut found = start;
        while let Some((above, line)) = self.above(start) {
            let depth = line.len() - line.trim_start_matches(' ').len();
            if self.is_comment(above + depth) && depth <= indent {
                found = above;
            } else if !line.trim().is_empty() {
                break;
            }
            start = above;
        }
        found
    }

    /// Whether a comment begins here: what looks like one may be the text of a block scalar.
    fn is_comment(&self, at: usize) -> bool {
        self.comments.binary_search_by_key(&at, |span| span.start).is_ok()
    }

    fn comments_in(&self, range: Range<usize>) -> Vec<String> {
        let index = |at: usize| self.comments.partition_point(|span| span.start < at);
        let spans = self.comments.get(index(range.start)..index(range.end)).unwrap_or_default();
        spans.iter().map(|span| self.text[span.clone()].to_owned()).collect()
    }

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

/// Lines with so many spaces less before each; a line that has fewer, a comment say, loses those it has.
fn dedented(lines: &str, indent: usize) -> String {
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    lines.split_inclusive('\n').map(|line| &line[spaces(line).min(indent)..]).collect()
}
