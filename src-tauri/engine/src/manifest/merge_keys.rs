//! Merge keys: `<<` takes entries in from elsewhere.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use saphyr_parser::ScalarStyle;

use crate::finding::Code;
use crate::manifest::compare::key_text;
use crate::manifest::node::Value;
use crate::manifest::{Node, TextError};

/// Whether a key is a merge key: a `<<` without quotes.
pub(super) fn is_merge(key: &Node) -> bool {
    key.scalar().is_some_and(|scalar| match scalar.tag.as_deref() {
        Some(tag) => tag == "tag:yaml.org,2002:merge",
        None => scalar.text == "<<" && scalar.style == ScalarStyle::Plain,
    })
}

/// The entries that merge keys bring in, as borrowed ones. `known` are the keys of the mapping itself, each
/// with its line: those win, and of several sources the first.
pub(super) fn inherited(
    sources: Vec<Node>,
    known: &mut HashMap<String, u32>,
) -> Result<Vec<(Node, Node)>, TextError> {
    let mut taken = Vec::new();
    for source in sources {
        let mappings = match source.value {
            Value::Sequence { items, .. } => items,
            _ => vec![source],
        };
        for Node { value, line, column, .. } in mappings {
            let Value::Mapping { entries, .. } = value else {
                return Err(TextError::new(
                    Code::Syntax,
                    "The merge key `<<` takes a mapping.",
                    line,
                    column,
                )
                .hint("Name an anchor of a mapping, or put the key in quotes if it is one."));
            };
            for (mut key, mut value) in entries {
                if let Entry::Vacant(place) = known.entry(key_text(&key)) {
                    place.insert(key.line);
                    (key.borrowed, value.borrowed) = (true, true);
                    taken.push((key, value));
                }
            }
        }
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::testing::{parsed, tree};

    /// The entries of one mapping, as `key=value`.
    fn read(of: &str, tree: &Node) -> Vec<String> {
        let text = |node: &Node| node.as_str().unwrap_or_default().to_owned();
        let entries = tree.get(of).map(Node::entries).unwrap_or_default();
        entries.iter().map(|(key, value)| format!("{}={}", text(key), text(value))).collect()
    }

    #[test]
    fn own_entries_win_and_the_first_of_several() {
        let tree = tree(
            "x: &x {a: 1st, b: 1st}\ny: &y {b: 2nd, c: 2nd}\nz:\n  <<: [*x, *y]\n  a: own\nw: {<<: *y, d: own}\nv: {'<<': own}\n",
        );
        assert_eq!(read("z", &tree), ["a=own", "b=1st", "c=2nd"]);
        assert_eq!(read("w", &tree), ["d=own", "b=2nd", "c=2nd"]);
        assert_eq!(read("v", &tree), ["<<=own"]);
        let borrowed: Vec<_> = tree
            .get("w")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .map(|(key, _)| key.borrowed)
            .collect();
        assert_eq!(borrowed, [false, true, true]);
    }

    #[test]
    fn only_mappings_can_be_merged() {
        for text in ["a: {<<: 1}\n", "a: {<<: [{b: c}, d]}\n", "a:\n  <<:\n"] {
            let error = parsed(text).expect_err(text);
            assert_eq!(
                (error.code, error.message.as_str()),
                (Code::Syntax, "The merge key `<<` takes a mapping.")
            );
        }
    }
}
