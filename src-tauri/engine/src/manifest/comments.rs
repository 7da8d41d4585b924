//! What an author wrote beside the values.

use std::ops::Range;

use crate::manifest::Node;
use crate::manifest::node::Value;

/// The comments of a document, in order, each from its `#` to the end of its line: every `#` after white
/// space that is in no scalar. `node` is the tree of `text`.
pub(crate) fn comments(text: &str, node: &Node) -> Vec<String> {
    comment_spans(text, node).into_iter().map(|span| text[span].to_owned()).collect()
}

/// Where the comments of a document are, in bytes and in order, each without white space at its end.
pub(super) fn comment_spans(text: &str, node: &Node) -> Vec<Range<usize>> {
    if !text.contains('#') {
        return Vec::new();
    }
    let mut scalars = Vec::new();
    gather_scalars(node, &mut scalars);
    scalars.sort_by_key(|span| span.start);
    let mut scalars = scalars.into_iter().peekable();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(hash) = text[at..].find('#').map(|offset| at + offset) {
        while scalars.next_if(|span| span.end <= hash).is_some() {}
        if let Some(scalar) = scalars.next_if(|span| span.start <= hash) {
            at = scalar.end;
        } else if text[..hash].ends_with(char::is_whitespace) || hash == 0 {
            // A carriage return alone ends a line too.
            let end = text[hash..].find(['\n', '\r']).map_or(text.len(), |offset| hash + offset);
            found.push(hash..hash + text[hash..end].trim_end().len());
            at = end;
        } else {
            at = hash + 1;
        }
    }
    found
}

fn gather_scalars(node: &Node, spans: &mut Vec<Range<usize>>) {
    if node.borrowed {
        return;
    }
    match &node.value {
        Value::Scalar(_) => spans.push(node.span.clone()),
        Value::Sequence { items, .. } => items.iter().for_each(|item| gather_scalars(item, spans)),
        Value::Mapping { entries, .. } => {
            for (key, value) in entries {
                gather_scalars(key, spans);
                gather_scalars(value, spans);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::testing::tree;

    #[test]
    fn comments_are_found_and_text_is_none() {
        for (text, expected) in [
            (
                "# head\na: 1 # one\nb: 'x # y'\nc: x#y\nd: | # of d\n  # text\n  z\n\n# below\ne: [1, # in\n  2]\n# tail",
                &["# head", "# one", "# of d", "# below", "# in", "# tail"][..],
            ),
            (
                "--- # on the marker\na: >-\n  # x\n  # y\r\nb: \"x\n  # y\" # z\r\n",
                &["# on the marker", "# z"],
            ),
            ("'a # b': &x c # one\nd: *x # two\ne: {<<: {f: g}} #three\n", &["# one", "# two", "#three"]),
            ("ü: é # ß\n#\n", &["# ß", "#"]),
            ("a: 1 # x\rb: 2 # y", &["# x", "# y"]),
            ("a:\n", &[]),
        ] {
            assert_eq!(comments(text, &tree(text)), expected, "{text}");
        }
    }
}
