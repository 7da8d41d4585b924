//! A stream into its documents.

use std::ops::Range;

use crate::manifest::text_error::place;

/// One document of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document<'a> {
    /// Its place among the stream's documents, from 0; those without content do not count.
    pub(crate) index: u32,
    /// Where its text is in the stream, in bytes.
    pub(crate) span: Range<usize>,
    /// Its text: one contiguous piece of the stream.
    pub(crate) text: &'a str,
    /// The line of the stream on which the text begins, from 1.
    pub(crate) line: u32,
}

/// Splits a YAML stream into its documents, in order.
///
/// By lines, since a `---` in the first column ends a document whatever it stands in; so a broken document
/// is returned as a document, never skipped, and disturbs no other. Comments that stand directly above a
/// `---` describe the document below it and go with it, marker and all; comments at the end of the stream go
/// with the last document. Whatever is no white space and no bare marker is in some document's text; only a
/// stream of nothing but comments has none.
pub(crate) fn split(text: &str) -> Vec<Document<'_>> {
    let mut splitter = Splitter::default();
    let mut start = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let has_spaces = line.starts_with([' ', '\t']);
        splitter.take(Line { kind: Kind::of(line), has_spaces, start, end: start + line.len(), number });
        start += line.len();
    }
    splitter.finish();
    let document = |(index, piece): (usize, Piece)| Document {
        index: place(index),
        text: &text[piece.start..piece.end],
        span: piece.start..piece.end,
        line: place(piece.number),
    };
    splitter.done.into_iter().enumerate().map(document).collect()
}

/// What a line of a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    /// A comment that begins in the first column.
    Comment,
    /// A comment further right: it belongs to what stands around it.
    InnerComment,
    /// `%YAML …`, which says something about the document below.
    Directive,
    /// `---` and nothing else.
    Marker,
    /// `--- # …`: the comment is the author's, and stays.
    MarkerWithComment,
    /// `--- …`: the document begins on the marker's own line.
    MarkerWithContent {
        block: Block,
    },
    /// `...` and nothing else.
    End,
    /// `... # …`
    EndWithComment,
    /// Content.
    Content {
        block: Block,
    },
}

/// What a line with content says of the blank lines below it, by the head of a block scalar at its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Block {
    /// There is none: they are nobody's.
    #[default]
    None,
    /// Those with spaces in them may be text of it, since they may be indented deeper than it is.
    Text,
    /// It keeps them all.
    Keeps,
}

impl Kind {
    fn of(line: &str) -> Self {
        let line = line.trim_end_matches(['\n', '\r']);
        let after = |marker: &str| {
            let rest = line.strip_prefix(marker)?;
            (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| rest.trim_start_matches([' ', '\t']))
        };
        if let Some(rest) = after("---") {
            return match rest.chars().next() {
                None => Self::Marker,
                Some('#') => Self::MarkerWithComment,
                Some(_) => Self::MarkerWithContent { block: Block::below(line) },
            };
        }
        match after("...").map(|rest| rest.chars().next()) {
            Some(None) => return Self::End,
            Some(Some('#')) => return Self::EndWithComment,
            _ => {}
        }
        match line.trim_start_matches([' ', '\t']).chars().next() {
            None => Self::Blank,
            Some('#') if line.starts_with('#') => Self::Comment,
            Some('#') => Self::InnerComment,
            Some('%') if line.starts_with('%') => Self::Directive,
            Some(_) => Self::Content { block: Block::below(line) },
        }
    }
}

impl Block {
    /// By a line's end: `|`, `>2-`, `|+` and their like. What only looks like one costs some blank lines more, no
    /// value.
    fn below(line: &str) -> Self {
        let is_space = |c: char| matches!(c, ' ' | '\t');
        let last = if line.contains('#') {
            let words = line.split(is_space).take_while(|word| !word.starts_with('#'));
            words.filter(|word| !word.is_empty()).last()
        } else {
            line.trim_end_matches(is_space).rsplit(is_space).next()
        };
        let Some(last) = last else { return Self::None };
        let head = last.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
        match head.ends_with(['|', '>']) {
            false => Self::None,
            true if last[head.len()..].contains('+') => Self::Keeps,
            true => Self::Text,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Line {
    kind: Kind,
    has_spaces: bool,
    start: usize,
    end: usize,
    /// From 1.
    number: usize,
}

/// A piece of the stream: a document's text.
#[derive(Debug, Clone, Copy)]
struct Piece {
    start: usize,
    end: usize,
    /// The line on which it begins.
    number: usize,
    /// Whether a directive is in it.
    directive: bool,
}

impl Piece {
    fn of(line: Line) -> Self {
        let directive = line.kind == Kind::Directive;
        Self { start: line.start, end: line.end, number: line.number, directive }
    }

    /// Reaches as far as a later piece.
    fn reach(&mut self, later: Self) {
        self.end = later.end;
        self.directive |= later.directive;
    }
}

/// Reads lines, and gathers pieces.
#[derive(Debug, Default)]
struct Splitter {
    done: Vec<Piece>,
    /// What stands since the last document's end, from its first line that is not blank nor a bare marker.
    open: Option<Piece>,
    /// Whether there is content in it.
    has_content: bool,
    /// Which blank lines at its end may be part of a value.
    block: Block,
    /// What a marker would make the head of the next document: comments, directives, and what is between.
    head: Option<Piece>,
}

impl Splitter {
    fn take(&mut self, line: Line) {
        match line.kind {
            Kind::Blank => {
                let is_text = match self.block {
                    Block::None => false,
                    Block::Text => line.has_spaces,
                    Block::Keeps => true,
                };
                if is_text && self.head.is_none() {
                    self.extend(line);
                }
            }
            Kind::Comment | Kind::Directive => {
                self.head.get_or_insert(Piece::of(line)).reach(Piece::of(line));
            }
            Kind::InnerComment => self.extend(line),
            Kind::Content { block } => {
                self.extend(line);
                self.has_content = true;
                self.block = self.block.max(block);
            }
            Kind::Marker => self.close(),
            Kind::MarkerWithComment => {
                self.close();
                self.extend(line);
            }
            Kind::MarkerWithContent { block } => {
                self.close();
                self.extend(line);
                (self.has_content, self.block) = (true, block);
            }
            Kind::End => self.close_with_head(),
            Kind::EndWithComment => {
                self.extend(line);
                self.close_with_head();
            }
        }
    }

    /// Adds a line to what is open, with the head above it: no marker came, so it is no head.
    fn extend(&mut self, line: Line) {
        let mut piece = self.head.take().unwrap_or(Piece::of(line));
        piece.reach(Piece::of(line));
        self.open.get_or_insert(piece).reach(piece);
    }

    /// Ends the document above a marker; the head below its last content begins the next one.
    fn close(&mut self) {
        if self.has_content {
            self.done.extend(self.open.take());
            self.open = self.head.take();
        } else {
            // Comments alone are no document: they wait for one.
            self.absorb_head();
        }
        (self.has_content, self.block) = (false, Block::None);
    }

    /// Ends the document above a `...`, and all that stands above it belongs to it.
    fn close_with_head(&mut self) {
        self.absorb_head();
        self.close();
    }

    fn absorb_head(&mut self) {
        if let Some(head) = self.head.take() {
            self.open.get_or_insert(head).reach(head);
        }
    }

    /// Ends the stream: comments go with the document before, a directive without a document is a broken one.
    fn finish(&mut self) {
        self.close_with_head();
        let Some(rest) = self.open.take() else { return };
        match self.done.last_mut() {
            Some(last) if !rest.directive => last.reach(rest),
            _ if rest.directive => self.done.push(rest),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(stream: &str) -> Vec<&str> {
        split(stream).into_iter().map(|document| document.text).collect()
    }

    #[test]
    fn streams_split_into_their_documents() {
        for (stream, expected) in [
            ("", &[][..]),
            ("---\n---\n\n", &[]),
            ("\n# nothing here\n---\n# nor here\n", &[]),
            ("a: 1\n", &["a: 1\n"]),
            ("\n\n---\n\na: 1\n\n---\nb: 2", &["a: 1\n", "b: 2"]),
            ("a: 1\r\n\r\n---\r\nb: 2\r\n", &["a: 1\r\n", "b: 2\r\n"]),
            ("a: 1\r\n---\nb: 2\n---\r\nc: 3\n", &["a: 1\r\n", "b: 2\n", "c: 3\n"]),
            ("a: 1\n---\n---\nb: 2\n", &["a: 1\n", "b: 2\n"]),
            ("a: 1\n...\n---\nb: 2\n...\n", &["a: 1\n", "b: 2\n"]),
            ("a: 1\n...\nb: 2\n", &["a: 1\n", "b: 2\n"]),
            ("a: 1\n... # end\n---\nb: 2\n", &["a: 1\n... # end\n", "b: 2\n"]),
            ("--- # first\na: 1\n", &["--- # first\na: 1\n"]),
            ("--- {a: 1}\n--- {b: 2}\n", &["--- {a: 1}\n", "--- {b: 2}\n"]),
            ("---\t\na: 1\n--- \nb: 2\n", &["a: 1\n", "b: 2\n"]),
            ("%YAML 1.2\n---\na: 1\n", &["%YAML 1.2\n---\na: 1\n"]),
            ("a: 1\n...\n%YAML 1.2\n# c\n---\nb: 2\n", &["a: 1\n", "%YAML 1.2\n# c\n---\nb: 2\n"]),
            ("%YAML 1.2\n---\n", &["%YAML 1.2\n"]),
            ("a: |\n  ---\n  x\n", &["a: |\n  ---\n  x\n"]),
            ("a: 1\n----\n---b\n", &["a: 1\n----\n---b\n"]),
        ] {
            assert_eq!(texts(stream), expected, "{stream:?}");
        }
    }

    #[test]
    fn a_marker_ends_even_a_broken_document() {
        let stream = "a: 'open\n---\nb: |\n---\nc: [\n---\nd: 1\n";
        assert_eq!(texts(stream), ["a: 'open\n", "b: |\n", "c: [\n", "d: 1\n"]);
    }

    #[test]
    fn comments_above_a_marker_describe_what_follows() {
        for (stream, expected) in [
            (
                "# head\na: 1\n  # inner\n#\n# Switches\n\n#\n---\nb: 2\n---\nc: 3\n# tail\n",
                &["# head\na: 1\n  # inner\n", "#\n# Switches\n\n#\n---\nb: 2\n", "c: 3\n# tail\n"][..],
            ),
            ("# license\n\n---\na: 1\n", &["# license\n\n---\na: 1\n"]),
            ("# c\na: 1\n# d\nb: 2\n", &["# c\na: 1\n# d\nb: 2\n"]),
            ("a: 1\n---\n# c\n---\nb: 2\n", &["a: 1\n", "# c\n---\nb: 2\n"]),
            ("# c\n---\n# d\n---\nb: 2\n", &["# c\n---\n# d\n---\nb: 2\n"]),
            ("a: 1\n# c\n...\n# d\n---\nb: 2\n", &["a: 1\n# c\n", "# d\n---\nb: 2\n"]),
        ] {
            assert_eq!(texts(stream), expected, "{stream:?}");
        }
    }

    #[test]
    fn comments_at_the_end_stay_with_the_last_document() {
        assert_eq!(texts("a: 1\n---\n# tail\n\n"), ["a: 1\n---\n# tail\n"]);
        assert_eq!(texts("a: 1\n...\n# tail"), ["a: 1\n...\n# tail"]);
        assert_eq!(texts("a: 1\n--- # tail\n---\n# more\n---\n"), ["a: 1\n--- # tail\n---\n# more\n"]);
    }

    #[test]
    fn blank_lines_that_are_part_of_a_value_stay() {
        assert_eq!(texts("a: |+\n  x\n\n\n---\nb: |\n  x\n\n"), ["a: |+\n  x\n\n\n", "b: |\n  x\n"]);
        assert_eq!(texts("- >2+ # c\n   x\n\n# d\n---\nb: 1\n"), ["- >2+ # c\n   x\n\n", "# d\n---\nb: 1\n"]);
        assert_eq!(texts("--- |+\n x\n \n\n...\n--- |\n x\n\n"), ["--- |+\n x\n \n\n", "--- |\n x\n"]);
        // Deeper than the text above it, so one space is left of it.
        assert_eq!(texts("a: |-\n  x\n\n   \n\n---\nb: 1\n \n"), ["a: |-\n  x\n\n   \n", "b: 1\n"]);
    }

    #[test]
    fn documents_know_their_place() {
        let stream = "\n---\na: 1\n---\n# c\n---\n\nb: 2\n";
        let documents = split(stream);
        let places: Vec<_> = documents.iter().map(|document| (document.index, document.line)).collect();
        assert_eq!(places, [(0, 3), (1, 5)]);
        assert!(documents.iter().all(|document| &stream[document.span.clone()] == document.text));
    }

    proptest! {
        #[test]
        fn nothing_is_dropped(
            lines in prop::collection::vec(
                "(---|\\.\\.\\.|--- # m|--- \\{m: 1\\}|\\.\\.\\. # e|# [a-z]|  # i|[a-z]: [0-9]|a: \\|\\+|%Y|  x| |)(\r)?",
                0..30,
            ),
        ) {
            let stream = lines.join("\n");
            let documents = split(&stream);
            let (mut rest, mut outside) = (0, String::new());
            for (index, document) in documents.iter().enumerate() {
                prop_assert_eq!(document.index as usize, index);
                prop_assert_eq!(&stream[document.span.clone()], document.text);
                prop_assert!(document.span.start >= rest && document.span.end > document.span.start);
                prop_assert_eq!(document.line as usize, stream[..document.span.start].matches('\n').count() + 1);
                outside.push_str(&stream[rest..document.span.start]);
                rest = document.span.end;
            }
            outside.push_str(&stream[rest..]);
            let bare = |line: &str| matches!(line.trim(), "" | "---" | "...");
            let comment = |line: &str| line.trim_start_matches(['-', '.', ' ']).starts_with('#');
            let comments_only = stream.lines().all(|line| bare(line) || comment(line));
            prop_assert_eq!(comments_only, documents.is_empty());
            prop_assert!(documents.is_empty() || outside.lines().all(bare), "left outside: {outside:?}");
        }

        #[test]
        fn a_documents_text_is_one_document(
            lines in prop::collection::vec("(---|\\.\\.\\.|--- # m|--- \\{m: 1\\}|# [a-z]|  # i|[a-z]: [0-9]|a: \\|\\+|  x|)", 0..30),
        ) {
            let stream = lines.join("\n");
            for document in split(&stream) {
                prop_assert_eq!(texts(document.text), vec![document.text]);
            }
        }
    }
}
