//! Three texts of one object brought together: by field, with the comments and the order of both sides.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::manifest::compare::same_value;
use crate::manifest::field_path::FieldPath;
use crate::manifest::fields::shown;
use crate::manifest::sheet::Sheet;
use crate::manifest::three_way::{Clash, Merged, Picks, Side, Trio, merge, tree_of};
use crate::manifest::weave::{Sheets, weave};

/// A field that both sides changed in different ways; a version in which it is not there has none. Values are
/// on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FieldConflict {
    /// Which field; the empty path is the whole object.
    pub path: FieldPath,
    /// What it was before both sides changed it.
    pub base: Option<String>,
    /// What it is here.
    pub ours: Option<String>,
    /// What it is on the remote.
    pub theirs: Option<String>,
}

/// What comes of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TextMerge {
    /// The text in which both sides' changes are.
    Merged(String),
    /// The fields that a person has to decide.
    Conflicts(Vec<FieldConflict>),
    /// One of the texts is not one object: only whole versions can be picked.
    Unreadable,
}

/// Merges two texts that came of one; `base` is none where both sides added the object.
///
/// What is returned was read again, and has the value of the merge. Both ways round, the value is the same.
pub(crate) fn merge_texts(base: Option<&str>, ours: &str, theirs: &str) -> TextMerge {
    merge_picking(base, ours, theirs, &HashMap::new(), None)
}

/// The same, with conflicts settled: by the fields' paths, and all others by `rest`.
pub(crate) fn merge_picking(
    base: Option<&str>,
    ours: &str,
    theirs: &str,
    picks: &HashMap<FieldPath, Side>,
    rest: Option<Side>,
) -> TextMerge {
    if ours == theirs || base == Some(theirs) {
        return TextMerge::Merged(ours.to_owned());
    }
    if base == Some(ours) {
        return TextMerge::Merged(theirs.to_owned());
    }
    let picks = Picks { by_field: Some(picks), rest };
    // Line ends are the text's, and no part of the object: they come back in the end.
    let plain = |text: &str| text.replace("\r\n", "\n");
    let has_crlf = ours.contains("\r\n");
    let (plain_base, plain_ours, plain_theirs) = (base.map(plain), plain(ours), plain(theirs));
    // A carriage return alone is a line break to YAML, and one before CRLF would be taken for a part of it.
    if plain_base.iter().chain([&plain_ours, &plain_theirs]).any(|text| text.contains('\r')) {
        return merge_plain(base, ours, theirs, &picks);
    }
    let merged = merge_plain(plain_base.as_deref(), &plain_ours, &plain_theirs, &picks);
    match merged {
        TextMerge::Merged(text) if has_crlf => TextMerge::Merged(text.replace('\n', "\r\n")),
        other => other,
    }
}

fn merge_plain(base: Option<&str>, ours: &str, theirs: &str, picks: &Picks<'_>) -> TextMerge {
    let (Some(ours_read), Some(theirs_read)) = (Sheet::read(ours), Sheet::read(theirs)) else {
        return TextMerge::Unreadable;
    };
    let base_read = match base.map(Sheet::read) {
        Some(None) => return TextMerge::Unreadable,
        Some(read) => read,
        None => None,
    };
    let versions = Trio {
        base: base_read.as_ref().map(|sheet| &sheet.node),
        ours: Some(&ours_read.node),
        theirs: Some(&theirs_read.node),
    };
    let (merged, clashes) = merge(versions, picks);
    if !clashes.is_empty() {
        return TextMerge::Conflicts(clashes.iter().map(conflict).collect());
    }
    let Some(wanted) = tree_of(&merged, &versions) else { return TextMerge::Unreadable };
    let is_right = |text: &String| Sheet::read(text).is_some_and(|read| same_value(&read.node, &wanted));
    // Where lines come together by themselves, so do comments.
    let by_line = base.and_then(|base| diffy::merge(base, ours, theirs).ok()).filter(is_right);
    if let Some(text) = by_line.or_else(|| union(base, ours, theirs).filter(is_right)) {
        return TextMerge::Merged(text);
    }
    match merged {
        Merged::As(Side::Theirs) => return TextMerge::Merged(theirs.to_owned()),
        Merged::Same | Merged::As(Side::Ours) => return TextMerge::Merged(ours.to_owned()),
        _ => {}
    }
    let sheets = Sheets { base: base_read.as_ref(), ours: &ours_read, theirs: &theirs_read };
    let ways = [(Side::Ours, true), (Side::Ours, false), (Side::Theirs, true), (Side::Theirs, false)];
    let woven = ways
        .iter()
        .find_map(|(canvas, by_line)| weave(&sheets, &merged, &versions, *canvas, *by_line).filter(is_right));
    // What is right with their lines first is right whose side it ever is.
    match woven.or_else(|| union(base, theirs, ours).filter(is_right)) {
        Some(text) => TextMerge::Merged(text),
        // The value is known, and no text of the authors' own that has it: a person has to write it.
        None => TextMerge::Conflicts(vec![FieldConflict {
            path: FieldPath::default(),
            base: shown(versions.base),
            ours: shown(versions.ours),
            theirs: shown(versions.theirs),
        }]),
    }
}

/// The lines of both sides, ours first where they overlap: right for comments that both added in one place.
fn union(base: Option<&str>, ours: &str, theirs: &str) -> Option<String> {
    let mut options = diffy::MergeOptions::new();
    options.set_conflict_style(diffy::ConflictStyle::Merge);
    let marked = options.merge(base?, ours, theirs).err()?;
    let is_marker = |line: &str| ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    Some(marked.split_inclusive('\n').filter(|line| !is_marker(line)).collect())
}

fn conflict(clash: &Clash<'_>) -> FieldConflict {
    FieldConflict {
        path: clash.path.clone(),
        base: shown(clash.values.base),
        ours: shown(clash.values.ours),
        theirs: shown(clash.values.theirs),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASE: &str = "\
# who: net team
apiVersion: wiring.githedgehog.com/v1beta1
kind: Connection
metadata:
  name: c # the cable
spec:
  bundled:
    # two links
    links:
      - server:
          port: s/1
        switch:
          port: l/E1/1
      - server:
          port: s/2 # second
        switch:
          port: l/E1/2
    mtu: 9000
";

    fn merged(base: &str, ours: &str, theirs: &str) -> String {
        match merge_texts(Some(base), ours, theirs) {
            TextMerge::Merged(text) => text,
            other => panic!("{other:?}"),
        }
    }

    fn paths(base: Option<&str>, ours: &str, theirs: &str) -> Vec<String> {
        match merge_texts(base, ours, theirs) {
            TextMerge::Conflicts(fields) => fields.iter().map(|field| field.path.to_string()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn fields_of_both_sides_come_together_with_their_comments() {
        let ours = BASE.replace("mtu: 9000", "mtu: 1500 # slow").replace("# two links", "# two links, ours");
        let theirs = BASE.replace("port: l/E1/2", "port: l/E1/9 # moved").replace("net team", "the NOC");
        let text = merged(BASE, &ours, &theirs);
        for part in ["mtu: 1500 # slow", "# two links, ours", "port: l/E1/9 # moved", "# who: the NOC"] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
        assert_eq!(text.lines().count(), BASE.lines().count());
    }

    #[test]
    fn neighbouring_lines_are_different_fields() {
        let base = "a:\n  x: 1\n  y: 2\n  z: 3\n";
        let text =
            merged(base, "a:\n  x: 10 # ten\n  y: 2\n  z: 3\n", "a:\n  x: 1\n  # why\n  y: 20\n  z: 3\n");
        assert_eq!(text, "a:\n  x: 10 # ten\n  # why\n  y: 20\n  z: 3\n");
        let text = merged(base, "a:\n  x: 1\n  y: 2\n", "a:\n  x: 1\n  y: 5\n  z: 3\n");
        assert_eq!(text, "a:\n  x: 1\n  y: 5\n");
    }

    #[test]
    fn both_add_links_and_both_are_there() {
        let link = |n: u32| {
            format!("      - server:\n          port: s/{n}\n        switch:\n          port: l/E1/{n}\n")
        };
        let with = |n: u32| BASE.replace("    mtu:", &format!("{}    mtu:", link(n)));
        let text = merged(BASE, &with(4), &with(3));
        assert_eq!(text, BASE.replace("    mtu:", &format!("{}{}    mtu:", link(3), link(4))));
        assert_eq!(merged(BASE, &with(3), &with(4)), text, "the same bytes on both desktops");
    }

    #[test]
    fn a_link_that_one_side_removed_goes_and_the_others_change_stays() {
        let second =
            "      - server:\n          port: s/2 # second\n        switch:\n          port: l/E1/2\n";
        let ours = BASE.replace(second, "");
        let theirs = BASE.replace("port: l/E1/1", "port: l/E1/7");
        let text = merged(BASE, &ours, &theirs);
        assert!(text.contains("E1/7") && !text.contains("s/2"), "{text}");
        let first = BASE.replace(
            &BASE[BASE.find("      - server").expect("a link")
                ..BASE.find("      - server:\n          port: s/2").expect("a link")],
            "",
        );
        assert!(merged(BASE, &ours, &first).contains("links: []\n    mtu: 9000"), "each took one away");
        assert_eq!(
            paths(Some(BASE), &ours, &BASE.replace("l/E1/2", "l/E1/8")),
            ["spec.bundled.links[server.port=s/2]"]
        );
    }

    #[test]
    fn what_both_changed_differently_is_a_conflict_with_its_values() {
        let ours = BASE.replace("mtu: 9000", "mtu: 1500");
        let theirs = BASE.replace("mtu: 9000", "mtu: 4000").replace("port: l/E1/2", "port: l/E1/9");
        let TextMerge::Conflicts(fields) = merge_texts(Some(BASE), &ours, &theirs) else { panic!("none") };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(fields.len(), 1);
        assert_eq!(fields[0].path.as_str(), "spec.bundled.mtu");
        assert_eq!(
            (&fields[0].base, &fields[0].ours, &fields[0].theirs),
            (&some("9000"), &some("1500"), &some("4000"))
        );
        for (side, mtu) in [(Side::Ours, "1500"), (Side::Theirs, "4000"), (Side::Base, "9000")] {
            let picks = HashMap::from([("spec.bundled.mtu".parse().expect("a path"), side)]);
            let TextMerge::Merged(text) = merge_picking(Some(BASE), &ours, &theirs, &picks, None) else {
                panic!("not settled")
            };
            assert!(text.contains(&format!("mtu: {mtu}\n")) && text.contains("E1/9"), "{text}");
        }
    }

    #[test]
    fn both_may_add_the_same_object() {
        let (ours, theirs) = ("a: 1\nb: # b\n  c: 1\n", "a: 1\nb:\n  d: 2 # two\n");
        let TextMerge::Merged(text) = merge_texts(None, ours, theirs) else { panic!("no merge") };
        assert_eq!(text, "a: 1\nb: # b\n  c: 1\n  d: 2 # two\n");
        assert_eq!(paths(None, "a: 1\n", "a: 2\n"), ["a"]);
    }

    #[test]
    fn flow_style_quotes_anchors_and_line_ends_survive() {
        let base = "m: {a: 1, b: 2}\nn: 1\n";
        assert_eq!(
            merged(base, "m: {a: 5, b: 2}\nn: 1\n", "m: {a: 1, b: 6}\nn: 1\n"),
            "m: {a: 5, b: 6}\nn: 1\n"
        );
        let crlf = |text: &str| text.replace('\n', "\r\n");
        let base = "a: 1\nb: 2\n";
        assert_eq!(merged(&crlf(base), &crlf("a: 9\nb: 2\n"), &crlf("a: 1\nb: 8\n")), crlf("a: 9\nb: 8\n"));
        // Three line breaks, of which two are blank lines of the text.
        let base = "a: 1\nb: x\r\r\n\n y\n";
        assert_eq!(
            merged(base, "a: 9\nb: x\r\r\n\n y\n", &format!("{base}c: 1\n")),
            "a: 9\nb: x\r\r\n\n y\nc: 1\n"
        );
        let base = "x: &a {k: 1}\ny: *a\nz: 1\n";
        let text = merged(base, "x: &a {k: 2}\ny: *a\nz: 1\n", "x: &a {k: 1}\ny: *a\nz: 3\n");
        assert_eq!(text, "x: &a {k: 2}\ny: *a\nz: 3\n");
        let base = "\"a b\": '1'\nc: |\n  two\n  lines\nd: 1\n";
        let text = merged(base, &base.replace("'1'", "\"2\""), &base.replace("lines\n", "lines\n  more\n"));
        assert_eq!(text, "\"a b\": \"2\"\nc: |\n  two\n  lines\n  more\nd: 1\n");
    }

    #[test]
    fn comments_that_both_added_in_one_place_are_both_kept() {
        let text = merged("a: 1\n", "a: 1\n# ours\n", "a: 1\n# theirs\n");
        assert_eq!(text, "a: 1\n# ours\n# theirs\n");
        let text = merged("a:\n  b: 1\n", "a:\n  b: 2 # two\n", "a:\n  # why\n  b: 1\n# end\n");
        assert_eq!(text, "a:\n  # why\n  b: 2 # two\n# end\n");
        // On one line there is room for one.
        assert_eq!(merged("a: 1\n", "a: 1 # ours\n", "a: 1 # theirs\n"), "a: 1 # ours\n");
    }

    #[test]
    fn what_is_no_object_is_left_to_a_person() {
        for broken in ["a: [", "a: 1\n---\nb: 2\n", "- a\n", ""] {
            assert_eq!(merge_texts(Some("a: 1\n"), broken, "a: 2\n"), TextMerge::Unreadable, "{broken:?}");
        }
    }

    /// An object as lines: keys, nested keys, a keyed list, comments.
    fn object() -> impl Strategy<Value = String> {
        let entry = ("[a-e]", 0..4_u32, any::<bool>());
        let link = (1..5_u32, 0..4_u32, any::<bool>());
        (prop::collection::btree_map("[a-e]", (0..4_u32, any::<bool>()), 1..5), prop::collection::vec(entry, 0..4), prop::collection::btree_map(1..5_u32, link, 0..4)).prop_map(
            |(top, nested, links)| {
                let comment = |wanted: bool, n: u32| if wanted { format!(" # note {n}") } else { String::new() };
                let mut text = "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Connection\nmetadata:\n  name: c\n".to_owned();
                for (key, (value, noted)) in top {
                    text += &format!("{key}: {value}{}\n", comment(noted, value));
                }
                text += "spec:\n  bundled:\n    mtu: 1\n";
                let mut seen = std::collections::HashSet::new();
                for (key, value, noted) in nested {
                    if seen.insert(key.clone()) {
                        if noted {
                            text += &format!("    # about {key}\n");
                        }
                        text += &format!("    {key}: {value}\n");
                    }
                }
                if !links.is_empty() {
                    text += "    links:\n";
                }
                for (server, (_, switch, noted)) in links {
                    text += &format!("      - server:\n          port: s/{server}{}\n        switch:\n          port: l/{switch}\n", comment(noted, server));
                }
                text
            },
        )
    }

    proptest! {
        #[test]
        fn a_side_that_changed_nothing_changes_nothing(base in object(), other in object()) {
            let same = TextMerge::Merged(other.clone());
            prop_assert_eq!(&merge_texts(Some(&base), &base, &other), &same);
            prop_assert_eq!(&merge_texts(Some(&base), &other, &base), &same);
            prop_assert_eq!(&merge_texts(Some(&base), &other, &other), &same);
        }

        #[test]
        fn both_ways_round_it_is_the_same(base in object(), ours in object(), theirs in object()) {
            let one = merge_texts(Some(&base), &ours, &theirs);
            let other = merge_texts(Some(&base), &theirs, &ours);
            match (one, other) {
                (TextMerge::Merged(one), TextMerge::Merged(other)) => {
                    let read = |text: &str| Sheet::read(text).expect("one object").node;
                    prop_assert!(same_value(&read(&one), &read(&other)), "{one}\n{other}");
                }
                (TextMerge::Conflicts(one), TextMerge::Conflicts(other)) => {
                    let paths = |fields: Vec<FieldConflict>| {
                        let mut paths: Vec<_> = fields.into_iter().map(|field| field.path).collect();
                        paths.sort();
                        paths
                    };
                    prop_assert_eq!(paths(one), paths(other));
                }
                (one, other) => prop_assert!(false, "{one:?}\n{other:?}"),
            }
        }

        #[test]
        fn every_merge_finds_a_text(base in object(), ours in object(), theirs in object()) {
            if let TextMerge::Conflicts(fields) = merge_texts(Some(&base), &ours, &theirs) {
                prop_assert!(fields.iter().all(|field| *field.path.as_str() != *""), "{ours}\n{theirs}");
                let settled = merge_picking(Some(&base), &ours, &theirs, &HashMap::new(), Some(Side::Theirs));
                prop_assert!(matches!(settled, TextMerge::Merged(_)), "{settled:?}\n{ours}\n{theirs}");
            }
        }
    }
}
