//! What a pull request says: which objects changed. A name is shown and is never markup.

use std::fmt::Write;

use crate::schema::ResourceId;

/// The longest text that is made, in bytes; GitHub takes 65,536 characters.
const LONGEST: usize = 60_000;
/// The longest name that is shown, in characters. Kubernetes takes 253.
const NAME: usize = 300;

/// The objects that a pull request changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Changes {
    /// Those that are new.
    pub(crate) created: Vec<ResourceId>,
    /// Those that are different.
    pub(crate) updated: Vec<ResourceId>,
    /// Those that go.
    pub(crate) deleted: Vec<ResourceId>,
}

/// The text of a pull request, in Markdown: what it is for, then the objects, as many as fit.
///
/// `fabric` and every object are named in code spans, in which GitHub knows no mention, reference, link or
/// HTML. The order is that of the lists.
pub(crate) fn pull_request_body(fabric: &str, changes: &Changes) -> String {
    let sections =
        [("Created", &changes.created), ("Updated", &changes.updated), ("Deleted", &changes.deleted)];
    let total: usize = sections.iter().map(|(_, ids)| ids.len()).sum();
    let objects = if total == 1 { "object" } else { "objects" };
    let mut text = format!(
        "Changes {total} {objects} of the fabric {}. Opened by FGD Sync because a direct push is refused by a \
         rule of this branch.\n",
        code(fabric)
    );
    for (title, ids) in sections.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        // Writing to a String does not fail.
        let _ = write!(text, "\n### {title}: {}\n\n", ids.len());
        for (shown, id) in ids.iter().enumerate() {
            let line = format!("- {}\n", code(&id.to_string()));
            if text.len() + line.len() > LONGEST {
                let _ = writeln!(text, "- and {} more", ids.len() - shown);
                break;
            }
            text.push_str(&line);
        }
    }
    text
}

/// A name as a code span: fenced by more backticks in a row than it holds, and in one line.
fn code(name: &str) -> String {
    let cut: String = name.chars().take(NAME).map(visible).collect();
    let more = if name.chars().nth(NAME).is_some() { "…" } else { "" };
    let longest = cut.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A span loses a space at either end where both are there, and would run into a backtick.
    format!("{fence} {cut}{more} {fence}")
}

/// The character, or a stand-in for one that ends a line, is not seen, or turns the text around.
fn visible(c: char) -> char {
    let hidden = matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}'
    );
    if c.is_control() || hidden { '\u{fffd}' } else { c }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(name: &str) -> ResourceId {
        ResourceId { kind: "Switch".to_owned(), namespace: "default".to_owned(), name: name.to_owned() }
    }

    #[test]
    fn a_body_lists_what_changed() {
        let changes = Changes {
            created: vec![id("leaf-01"), id("leaf-02")],
            updated: vec![],
            deleted: vec![id("spine-01")],
        };
        let text = pull_request_body("lab", &changes);
        let expected = "Changes 3 objects of the fabric ` lab `. Opened by FGD Sync because a direct push is \
            refused by a rule of this branch.\n\n### Created: 2\n\n- ` Switch leaf-01 `\n- ` Switch leaf-02 `\n\n\
            ### Deleted: 1\n\n- ` Switch spine-01 `\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_body_is_bounded_and_counts_what_it_leaves_out() {
        let ids: Vec<ResourceId> = (0..20_000).map(|n| id(&format!("leaf-{n:05}"))).collect();
        let text = pull_request_body("lab", &Changes { created: ids.clone(), updated: ids, deleted: vec![] });
        assert!(text.len() < 65_000, "{}", text.len());
        let shown = text.lines().filter(|line| line.starts_with("- `")).count();
        let left_out: usize = text
            .lines()
            .filter_map(|line| line.strip_prefix("- and ")?.strip_suffix(" more")?.parse::<usize>().ok())
            .sum();
        assert_eq!(shown + left_out, 40_000);
    }

    #[test]
    fn a_name_is_shown_and_never_markup() {
        let cases = [
            ("@everyone", "` @everyone `"),
            ("a`b", "`` a`b ``"),
            ("``", "``` `` ```"),
            ("x\n# Title", "` x\u{fffd}# Title `"),
            ("<img src=x>", "` <img src=x> `"),
            ("\u{202e}evil", "` \u{fffd}evil `"),
        ];
        for (name, expected) in cases {
            assert_eq!(code(name), expected);
        }
    }

    proptest! {
        /// CommonMark: a code span ends at the first run of backticks as long as the one that began it. So
        /// nothing of a name is outside its span when no run inside is that long and no line ends.
        #[test]
        fn no_name_leaves_its_span(name in "[`@#<>a-z \n\r\\\\]{0,40}|\\PC{0,400}") {
            let span = code(&name);
            let fence = span.chars().take_while(|c| *c == '`').count();
            let inner = &span[fence..span.len() - fence];
            prop_assert!(inner.starts_with(' ') && inner.ends_with(' '));
            prop_assert!(inner.split(|c| c != '`').all(|run| run.len() < fence));
            let one_line = !span.contains(['\n', '\r', '\u{2028}']);
            prop_assert!(one_line);
            prop_assert!(span.chars().count() <= 2 * (NAME + 1) + NAME + 3);
        }
    }
}
