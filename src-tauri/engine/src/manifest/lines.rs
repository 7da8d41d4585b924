//! A text by its lines, and what of them is comment.

use std::ops::Range;

use saphyr_parser::ScalarStyle;

use crate::manifest::Node;
use crate::manifest::comments::comment_spans;

/// A text by its lines, and where its comments are.
pub(super) struct Lines<'t> {
    pub(super) text: &'t str,
    comments: Vec<Range<usize>>,
}

impl<'t> Lines<'t> {
    /// The lines of a text whose tree this is.
    pub(super) fn of(text: &'t str, tree: &Node) -> Self {
        Self { text, comments: comment_spans(text, tree) }
    }

    /// The start of the line that this is in.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// The start of the next line.
    pub(super) fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |offset| at + offset + 1)
    }

    /// How many bytes stand before this in its line.
    pub(super) fn column(&self, at: usize) -> usize {
        at - self.line_start(at)
    }

    /// The line above the one that begins here, with its start. At the end of a text without a line end, that is its
    /// last line.
    pub(super) fn above(&self, start: usize) -> Option<(usize, &'t str)> {
        let before = self.text.get(..start).filter(|before| !before.is_empty())?;
        let above = self.line_start(before.strip_suffix('\n').unwrap_or(before).len());
        Some((above, &self.text[above..start]))
    }

    /// The dash of an item: before it on its line, or on a line above that has nothing else but a comment, or
    /// the head of the block scalar that the item is.
    pub(super) fn dash_of(&self, item: &Node) -> Option<usize> {
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
    pub(super) fn start_with_comments(&self, at: usize, indent: usize) -> usize {
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
    pub(super) fn is_comment(&self, at: usize) -> bool {
        self.comments.binary_search_by_key(&at, |span| span.start).is_ok()
    }

    /// The comments that begin in a range.
    pub(super) fn comments_in(&self, range: Range<usize>) -> Vec<String> {
        let index = |at: usize| self.comments.partition_point(|span| span.start < at);
        let spans = self.comments.get(index(range.start)..index(range.end)).unwrap_or_default();
        spans.iter().map(|span| self.text[span.clone()].to_owned()).collect()
    }
}

/// Lines with so many spaces less before each; a line that has fewer, a comment say, loses those it has.
pub(super) fn dedented(lines: &str, indent: usize) -> String {
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    lines.split_inclusive('\n').map(|line| &line[spaces(line).min(indent)..]).collect()
}
