//! Text from strangers, as it may be shown: what would hide, turn the writing around or steer a terminal is
//! written out.
//!
//! The window does the same with the same characters (`ui/src/visible.ts`).

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character can't be seen, or changes how its neighbours are shown. A line's end and a tab are
/// neither.
pub fn deceives(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with each such character as its number: `⟨U+202E⟩`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(deceives) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if deceives(c) {
            // Writing to a String does not fail.
            let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// A JSON text with each such character as JSON's own escape: it means the same, and steers no terminal.
pub fn visible_json(json: &str) -> Cow<'_, str> {
    if !json.contains(deceives) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if deceives(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_deceives_is_written_out() {
        for (text, shown) in [
            ("leaf-01\n\tü β 漢字", "leaf-01\n\tü β 漢字"),
            ("\u{1b}[2Jgone", "⟨U+001B⟩[2Jgone"),
            ("a\rb\u{7f}\u{9b}31m", "a⟨U+000D⟩b⟨U+007F⟩⟨U+009B⟩31m"),
            ("lab\u{202e}gnp.exe", "lab⟨U+202E⟩gnp.exe"),
            ("zero\u{200b}width\u{feff}", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
            ("tag\u{e0041}", "tag⟨U+E0041⟩"),
        ] {
            assert_eq!(visible(text), shown, "{text:?}");
        }
    }

    #[test]
    fn json_means_the_same() {
        let value = serde_json::json!({ "a\u{202e}": ["\u{9b}31m", "\u{e0041}", "plain\n"] });
        let text = serde_json::to_string_pretty(&value).expect("JSON");
        let shown = visible_json(&text);
        assert!(!shown.contains(deceives), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).expect("JSON"), value);
    }
}
