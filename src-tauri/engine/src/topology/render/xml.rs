//! Text in XML.

/// A text as XML may hold it, between tags and in attributes. Names come from YAML and may be a tag, a quote, or
/// a character that no XML can hold: that one becomes the sign for what can't be shown.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // As they are, attributes would turn them into spaces.
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(c))),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_markup() {
        for (text, written) in [
            ("leaf-01", "leaf-01"),
            ("<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"),
            ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
            ("]]>", "]]&gt;"),
            ("a\nb\tc\r", "a&#10;b&#9;c&#13;"),
            ("\0\u{b}\u{1f}\u{fffe}", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ("bücher 書 🦀", "bücher 書 🦀"),
        ] {
            assert_eq!(escaped(text), written, "{text:?}");
        }
    }
}
