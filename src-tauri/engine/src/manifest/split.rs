//! A stream into its documents.

use std::ops::Range;

/// One document of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document<'a> {
    /// Its place among the stream's documents, from 0; empty ones do not count.
    pub(crate) index: u32,
    /// Its text: one contiguous piece of the stream.
    pub(crate) text: &'a str,
    /// The line of the stream on which the text begins, from 1.
    pub(crate) line: u32,
}

/// What a line of a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Blank,
    /// A comment that begins in the first column.
    Comment,
    /// `%YAML 1.2`: it speaks of the document below it.
    Directive,
    /// A comment further right: it belongs to what stands around it.
    InnerComment,
    /// `---` and nothing else.
    Marker,
    /// `--- # …`: the comment is the author's, and stays.
    MarkerWithComment,
    /// `--- …`: the document begins on the marker's own line.
    MarkerWithContent,
    /// `...`
    End,
    Content,
}

/// Splits a YAML stream into its documents, in order.
///
/// By lines, since a `---` in the first column ends a document whatever it stands in; so a broken document
/// is returned as a document, never skipped, and disturbs no other. Comments that stand directly above a
/// `---` describe the document below it, and go with it, marker and all. Whatever is no white space and no
/// bare marker is in some document; a stream of comments alone has none.
pub(crate) fn split(text: &str) -> Vec<Document<'_>> {
    let lines = lines(text);
    let mut documents: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (index, (_, line)) in lines.iter().enumerate() {
        match line {
            Line::Marker | Line::MarkerWithComment | Line::MarkerWithContent => {
                let head = head_above(&lines, start, index);
                push(&mut documents, &lines, start..head);
                start = head;
            }
            Line::End => {
                push(&mut documents, &lines, start..index);
                start = index + 1;
            }
            _ => {}
        }
    }
    push(&mut documents, &lines, start..lines.len());
    documents
        .into_iter()
        .enumerate()
        .map(|(index, span)| Document {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            line: line_of(&lines, span.start),
            text: &text[span],
        })
        .collect()
}

/// Where the comments directly above a marker begin: they are the head of what follows it.
fn head_above(lines: &[(Range<usize>, Line)], start: usize, marker: usize) -> usize {
    let mut head = marker;
    while head > start && matches!(lines[head - 1].1, Line::Comment | Line::Directive | Line::Blank) {
        head -= 1;
    }
    head
}

fn line_of(lines: &[(Range<usize>, Line)], start: usize) -> u32 {
    let line = lines.partition_point(|(span, _)| span.start < start) + 1;
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// Adds the document that these lines are, without the blank lines around it and without a bare marker
/// that has nothing above it. Lines without content are no document: comments go with the one before.
fn push(documents: &mut Vec<Range<usize>>, lines: &[(Range<usize>, Line)], range: Range<usize>) {
    let (mut first, mut last) = (range.start, range.end);
    let empty = |line: Line| matches!(line, Line::Blank | Line::Marker);
    while first < last && empty(lines[first].1) {
        first += 1;
    }
    while last > first && empty(lines[last - 1].1) {
        last -= 1;
    }
    if first == last {
        return;
    }
    let span = lines[first].0.start..lines[last - 1].0.end;
    let is_content = |line: &Line| matches!(line, Line::Content | Line::MarkerWithContent);
    if lines[first..last].iter().any(|(_, line)| is_content(line)) {
        documents.push(span);
    } else if let Some(before) = documents.last_mut() {
        before.end = span.end;
    }
}

fn lines(text: &str) -> Vec<(Range<usize>, Line)> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        lines.push((start..end, classify(line)));
        start = end;
    }
    lines
}

fn classify(line: &str) -> Line {
    let line = line.trim_end_matches(['\n', '\r']);
    let after = |marker: &str| {
        line.strip_prefix(marker)
            .filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
            .map(str::trim)
    };
    if let Some(rest) = after("---") {
        return match rest.chars().next() {
            None => Line::Marker,
            Some('#') => Line::MarkerWithComment,
            Some(_) => Line::MarkerWithContent,
        };
    }
    if after("...").is_some() {
        return Line::End;
    }
    match line.trim_start().chars().next() {
        None => Line::Blank,
        Some('%') if line.starts_with('%') => Line::Directive,
        Some('#') if line.starts_with('#') => Line::Comment,
        Some('#') => Line::InnerComment,
        Some(_) => Line::Content,
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
            ("# nothing here\n", &[]),
            ("a: 1\n", &["a: 1\n"]),
            ("---\na: 1\n---\nb: 2", &["a: 1\n", "b: 2"]),
            ("a: 1\r\n---\r\nb: 2\r\n", &["a: 1\r\n", "b: 2\r\n"]),
            ("a: 1\n---\n---\nb: 2\n", &["a: 1\n", "b: 2\n"]),
            ("a: 1\n...\n---\nb: 2\n...\n", &["a: 1\n", "b: 2\n"]),
            ("--- # first\na: 1\n", &["--- # first\na: 1\n"]),
            ("--- {a: 1}\n--- {b: 2}\n", &["--- {a: 1}\n", "--- {b: 2}\n"]),
            ("%YAML 1.2\n---\na: 1\n", &["%YAML 1.2\n---\na: 1\n"]),
            ("a: |\n  ---\n  x\n", &["a: |\n  ---\n  x\n"]),
            ("a: 1\n----\n", &["a: 1\n----\n"]),
        ] {
            assert_eq!(texts(stream), expected, "{stream:?}");
        }
    }

    #[test]
    fn comments_above_a_marker_belong_to_what_follows() {
        let stream = "# head\na: 1\n  # inner\n#\n# Switches\n#\n---\nb: 2\n---\nc: 3\n# tail\n";
        assert_eq!(
            texts(stream),
            ["# head\na: 1\n  # inner\n", "#\n# Switches\n#\n---\nb: 2\n", "c: 3\n# tail\n"]
        );
        assert_eq!(texts("a: 1\n---\n# tail\n"), ["a: 1\n---\n# tail\n"]);
    }

    #[test]
    fn documents_know_their_place() {
        let places: Vec<_> = split("\n---\na: 1\n---\n\nb: 2\n").iter().map(|d| (d.index, d.line)).collect();
        assert_eq!(places, [(0, 3), (1, 6)]);
    }

    proptest! {
        #[test]
        fn nothing_is_dropped(lines in prop::collection::vec("(---|\\.\\.\\.|# [a-z]|[a-z]: [0-9]|  x|)", 0..30)) {
            let stream = lines.join("\n");
            let documents = split(&stream);
            // In order, without overlap, and every line with content is in one of them.
            let mut rest = stream.as_str();
            for document in &documents {
                let at = rest.find(document.text);
                prop_assert!(at.is_some());
                rest = &rest[at.unwrap_or_default() + document.text.len()..];
            }
            let content = |text: &str| text.lines().filter(|line| !line.starts_with('#') && line.contains([':', 'x'])).count();
            prop_assert_eq!(documents.iter().map(|d| content(d.text)).sum::<usize>(), content(&stream));
        }
    }
}
