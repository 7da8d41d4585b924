//! Three versions of one object brought together.

use std::collections::BTreeSet;

use crate::manifest::{
    FieldConflict, Node, TextMerge, Value, comments, key_text, merge_texts, parse, same_value, split,
};

/// Base, ours and theirs: what one side alone changed is as that side has it, both ways round the value is the
/// same, the result reads, and no line is in it that no author wrote.
pub fn merge(bytes: &[u8]) {
    let Some([base, ours, theirs]) = super::parts(bytes) else { return };
    let is = |text: &str| TextMerge::Merged(text.to_owned());
    for text in [base, ours, theirs] {
        assert_eq!(merge_texts(Some(text), text, text), is(text), "nobody changed anything");
    }
    assert_eq!(merge_texts(Some(base), base, theirs), is(theirs), "only they changed it");
    assert_eq!(merge_texts(Some(base), ours, base), is(ours), "only we changed it");
    assert_eq!(merge_texts(Some(base), ours, ours), is(ours), "both made the same of it");
    for base in [Some(base), None] {
        both_ways_round(base, ours, theirs);
    }
}

fn both_ways_round(base: Option<&str>, ours: &str, theirs: &str) {
    match (merge_texts(base, ours, theirs), merge_texts(base, theirs, ours)) {
        (TextMerge::Merged(one), TextMerge::Merged(other)) => {
            nobody_marked(&one, &[base.unwrap_or_default(), ours, theirs]);
            let (Some(ours_read), Some(theirs_read)) = (object(ours), object(theirs)) else { return };
            let base_read = base.map(object);
            if base_read.as_ref().is_some_and(Option::is_none) {
                return;
            }
            let base_read = base_read.flatten();
            let merged = object(&one).unwrap_or_else(|| panic!("it reads: {one:?}"));
            let turned = object(&other).unwrap_or_else(|| panic!("it reads: {other:?}"));
            assert!(same_value(&merged, &turned), "{one:?}\n{other:?}");
            let sides =
                Sides { base: base_read.as_ref(), ours: Some(&ours_read), theirs: Some(&theirs_read) };
            fields(sides, Some(&merged), &mut Vec::new());
            let texts = [base.unwrap_or_default(), ours, theirs];
            if sides.are_plain() && sides.lose_nothing() {
                shared_comments_stay(texts, &one);
            }
        }
        (TextMerge::Conflicts(one), TextMerge::Conflicts(other)) => {
            assert!(!one.is_empty());
            assert_eq!(paths(&one), paths(&other));
            for field in &one {
                assert!(field.ours != field.theirs || field.path.as_str().is_empty(), "{field:?}");
            }
        }
        (TextMerge::Unreadable, TextMerge::Unreadable) => {
            let texts = base.into_iter().chain([ours, theirs]);
            assert!(texts.map(object).any(|read| read.is_none()), "each of them reads");
        }
        (one, other) => panic!("{one:?}\n{other:?}"),
    }
}

/// The tree of a text that is one object, with markers and a byte order mark beside it at most.
fn object(text: &str) -> Option<Node> {
    let documents = split(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    let [document] = documents.as_slice() else { return None };
    parse(document).ok().filter(|node| matches!(node.value, Value::Mapping { .. }))
}

fn nobody_marked(merged: &str, texts: &[&str]) {
    let is_marker =
        |line: &&str| ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    // A carriage return alone ends a line too.
    let ends = ['\n', '\r'];
    for line in merged.split(ends).filter(is_marker) {
        assert!(
            texts.iter().any(|text| text.split(ends).any(|written| written == line)),
            "invented: {line:?}"
        );
    }
}

fn paths(conflicts: &[FieldConflict]) -> BTreeSet<&str> {
    conflicts.iter().map(|field| field.path.as_str()).collect()
}

/// One place in the three versions.
#[derive(Clone, Copy)]
struct Sides<'n> {
    base: Option<&'n Node>,
    ours: Option<&'n Node>,
    theirs: Option<&'n Node>,
}

impl<'n> Sides<'n> {
    fn all(self) -> impl Iterator<Item = &'n Node> {
        [self.base, self.ours, self.theirs].into_iter().flatten()
    }

    fn below(self, key: &str) -> Self {
        let get = |node: Option<&'n Node>| value_of(node?, key);
        Self { base: get(self.base), ours: get(self.ours), theirs: get(self.theirs) }
    }

    /// Whether all is written where it stands, one entry below the other.
    fn are_plain(self) -> bool {
        self.all().all(is_plain)
    }

    /// Whether each side has every entry of the base.
    fn lose_nothing(self) -> bool {
        let Some(base) = self.base else { return true };
        let each = |(key, _): &(Node, Node)| {
            let below = self.below(&key_text(key));
            below.ours.is_some() && below.theirs.is_some() && below.lose_nothing()
        };
        base.entries().iter().all(each)
    }
}

fn value_of<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.entries().iter().find(|(found, _)| key_text(found) == key).map(|(_, value)| value)
}

fn is_plain(node: &Node) -> bool {
    !node.borrowed
        && match &node.value {
            Value::Scalar(_) => true,
            Value::Sequence { items, flow } => !flow && items.iter().all(is_plain),
            Value::Mapping { entries, flow } => {
                !flow && entries.iter().all(|(key, value)| is_plain(key) && is_plain(value))
            }
        }
}

fn same(a: Option<&Node>, b: Option<&Node>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same_value(a, b),
        _ => false,
    }
}

/// What one side alone changed is as that side has it, down to the deepest mapping that all have.
fn fields(sides: Sides<'_>, merged: Option<&Node>, path: &mut Vec<String>) {
    let expected = if same(sides.base, sides.ours) {
        sides.theirs
    } else if same(sides.base, sides.theirs) || same(sides.ours, sides.theirs) {
        sides.ours
    } else {
        let (Some(ours), Some(theirs)) = (sides.ours, sides.theirs) else { return };
        let both = [ours, theirs];
        if !both.iter().all(|node| matches!(node.value, Value::Mapping { .. })) {
            return;
        }
        let keys: BTreeSet<String> =
            both.iter().flat_map(|node| node.entries()).map(|(key, _)| key_text(key)).collect();
        for key in keys {
            path.push(key.clone());
            fields(sides.below(&key), merged.and_then(|merged| value_of(merged, &key)), path);
            path.pop();
        }
        return;
    };
    assert!(same(merged, expected), "{path:?}: {merged:?}, and not {expected:?}");
}

/// A comment that all three versions have is there afterwards.
fn shared_comments_stay(texts: [&str; 3], merged: &str) {
    let of = |text: &str| -> BTreeSet<String> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let documents = split(text);
        let read = documents.iter().filter_map(|document| Some((document.text, parse(document).ok()?)));
        read.flat_map(|(text, node)| comments(text, &node)).collect()
    };
    let [base, ours, theirs] = texts.map(of);
    let kept = of(merged);
    for comment in base.iter().filter(|comment| ours.contains(*comment) && theirs.contains(*comment)) {
        assert!(kept.contains(comment), "{comment:?} is gone: {merged:?}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a side does to each of six fields: whether it changes the value, and whether it writes a comment above.
    type Done = Vec<(bool, bool)>;

    fn done() -> impl Strategy<Value = Done> {
        prop::collection::vec(any::<(bool, bool)>(), 6)
    }

    /// The object after that: ours changes even fields alone, theirs odd ones.
    fn text(done: &Done, side: &str) -> String {
        let field = |(at, (changes, comments)): (usize, &(bool, bool))| {
            let is_own = at % 2 == usize::from(side == "theirs");
            let value = if *changes && is_own { side } else { "base" };
            let comment = if *comments { format!("    # {side} {at}\n") } else { String::new() };
            format!("{comment}    k{at}: {value}\n")
        };
        let fields: String = done.iter().enumerate().map(field).collect();
        format!("kind: A\nspec:\n  # of all\n  inner:\n{fields}  last: 1\n")
    }

    proptest! {
        #[test]
        fn comments_and_values_of_both_sides_are_kept(ours in done(), theirs in done()) {
            let base = text(&vec![(false, false); 6], "base");
            let (ours_text, theirs_text) = (text(&ours, "ours"), text(&theirs, "theirs"));
            merge([base.as_str(), &ours_text, &theirs_text].join("====\n").as_bytes());
            let TextMerge::Merged(merged) = merge_texts(Some(&base), &ours_text, &theirs_text) else {
                panic!("{ours_text}\n{theirs_text}")
            };
            for line in ours_text.lines().chain(theirs_text.lines()) {
                let is_news = line.contains('#') || line.ends_with("ours") || line.ends_with("theirs");
                let there = merged.lines().filter(|found| *found == line).count();
                prop_assert!(!is_news || there == 1, "{line:?} {there} times:\n{merged}");
            }
            prop_assert_eq!(merged.matches(": ").count(), base.matches(": ").count());
        }
    }
}
