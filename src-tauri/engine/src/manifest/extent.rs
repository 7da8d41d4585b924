//! Where things end in a text: the parser's spans reach too far, or not far enough.

use std::ops::Range;

use saphyr_parser::ScalarStyle;

/// The end of a scalar: the closing quote, where it has one. The parser takes in the comment behind it.
///
/// `span` is the parser's; an anchor and a tag may stand at its start.
pub(super) fn scalar_end(text: &str, span: Range<usize>, style: ScalarStyle) -> usize {
    let (quote, escape) = match style {
        ScalarStyle::SingleQuoted => ('\'', '\''),
        ScalarStyle::DoubleQuoted => ('"', '\\'),
        _ => return span.end,
    };
    let mut rest = text.get(span.clone()).unwrap_or_default();
    while rest.starts_with(['&', '!']) {
        rest = past_comments(rest.trim_start_matches(|c: char| !c.is_whitespace()));
    }
    let start = span.end - rest.len();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((offset, c)) = chars.next() {
        let is_pair = |next: &(usize, char)| escape != quote || next.1 == quote;
        if c == escape && chars.peek().is_some_and(is_pair) {
            chars.next();
        } else if c == quote {
            return start + offset + quote.len_utf8();
        }
    }
    span.end
}

/// The end of a collection in brackets. The parser says that it ends at the bracket, or at a comma before it.
pub(super) fn bracket_end(text: &str, last: Range<usize>) -> usize {
    let rest = past_comments(text.get(last.start..).unwrap_or_default().trim_start_matches(','));
    if rest.starts_with(['}', ']']) { text.len() - rest.len() + 1 } else { last.end }
}

/// What follows white space and comments.
fn past_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        rest = rest.split_once('\n').map_or("", |(_, below)| below).trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use crate::manifest::node::Value;
    use crate::manifest::testing::tree;

    #[test]
    fn values_end_where_they_end() {
        for value in [
            "'x'",
            "'it''s'",
            "''",
            "''''",
            r#""x""#,
            r#""\"\\""#,
            "\"x\n  # y\"",
            "&a 'x'",
            "&a !!str \"x\"",
            "! # c\n  'x'",
            "x y",
            "[]",
            "[x, 'y' ,]",
            "{x: y, # }\n  }",
            "{x: {y: z ,} ,\n  # }\n  # ]\n  }",
            "&a [x]",
        ] {
            let flow = format!("{{a: [{value} ], ä: b}}");
            for text in [format!("a: {value} # '\"]}}\nb: c\n"), format!("a: {value}"), flow] {
                let tree = tree(&text);
                let found = match tree.get("a").map(|node| (&node.value, node)) {
                    Some((Value::Sequence { items, .. }, _)) if text.starts_with('{') => items.first(),
                    other => other.map(|(_, node)| node),
                };
                assert_eq!(found.and_then(|node| text.get(node.span.clone())), Some(value), "{text}");
            }
        }
    }
}
