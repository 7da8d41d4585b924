//! Texts as YAML scalars that read back as those texts, for every reader.

use crate::manifest::resolve::{Resolved, resolve};

/// A text as a scalar: without quotes where no reader takes it for anything else, else in single quotes, and
/// in double ones where it has what only escapes can say.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.contains(needs_escape) {
        double_quoted(text)
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// A text in double quotes; without line breaks and the like it is a JSON string as well.
pub(super) fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Control characters, what YAML 1.1 takes for line breaks, and marks that no editor shows.
pub(super) fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Whether a text is safe without quotes, in blocks and in brackets. Narrower than YAML allows.
fn is_plain(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
        && !text.ends_with(' ')
        && !ends_with_a_dash(text)
        && text.chars().all(|c| c.is_alphanumeric() || "-_./ +@".contains(c))
        && matches!(resolve(text), Resolved::Str(_))
}

/// Whether a text's last word ends with a dash: with a comma or a bracket behind it, the parser takes that for the
/// beginning of a list.
pub(super) fn ends_with_a_dash(text: &str) -> bool {
    text.contains(' ') && text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::node::Value;
    use crate::manifest::testing::tree;

    #[test]
    fn quotes_are_for_what_needs_them() {
        for (text, expected) in [
            ("fgd-sync", "fgd-sync"),
            ("hnp.githedgehog.com/fabric", "hnp.githedgehog.com/fabric"),
            ("Lab 1", "Lab 1"),
            ("größe", "größe"),
            ("", "''"),
            ("0", "'0'"),
            ("1.0", "'1.0'"),
            ("1e3", "'1e3'"),
            ("12:30", "'12:30'"),
            ("2025-08-06", "'2025-08-06'"),
            ("yes", "'yes'"),
            ("n", "'n'"),
            ("null", "'null'"),
            ("~", "'~'"),
            ("it's", "'it''s'"),
            ("a: b", "'a: b'"),
            ("a #b", "'a #b'"),
            ("a, b", "'a, b'"),
            ("[a]", "'[a]'"),
            (" x", "' x'"),
            ("x ", "'x '"),
            ("x -", "'x -'"),
            ("x-", "x-"),
            ("-", "'-'"),
            ("*x", "'*x'"),
            ("---", "'---'"),
            ("<<", "'<<'"),
            ("say \"x\"", "'say \"x\"'"),
            ("a\nb\t\"\\", "\"a\\nb\\t\\\"\\\\\""),
            ("a\u{85}\u{2028}", "\"a\\u0085\\u2028\""),
        ] {
            assert_eq!(scalar(text), expected);
        }
    }

    proptest! {
        #[test]
        fn a_text_reads_back(text in "(\\PC|[\n\r\t\0\u{85}\u{2028}\u{FEFF}]|[-:#'\" ?,{}&*!|>%@`\\[\\]]){0,12}") {
            for written in [scalar(&text), double_quoted(&text)] {
                let block = tree(&format!("a: {written}\n"));
                prop_assert_eq!(block.get("a").and_then(|node| node.as_str()), Some(text.as_str()));
                let flow = tree(&format!("{{a: [{written}, b]}}\n"));
                let Some(Value::Sequence { items, .. }) = flow.get("a").map(|node| &node.value) else { panic!("{flow:?}") };
                prop_assert_eq!(items.first().and_then(|node| node.as_str()), Some(text.as_str()));
                let key = tree(&format!("{written}: a\n"));
                prop_assert!(key.get(&text).is_some());
            }
            prop_assert_eq!(serde_yaml::from_str::<String>(&scalar(&text)).ok(), Some(text));
        }
    }
}
