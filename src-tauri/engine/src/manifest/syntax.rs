//! The parser's complaints, said so that an operator can act on them.

/// Where the parser gave up.
pub(super) struct Broken<'a> {
    /// The document.
    pub(super) text: &'a str,
    /// Line in the document, from 1.
    pub(super) line: usize,
    /// Column in the line, from 0.
    pub(super) column: usize,
    /// The line in the file of the bracket that is open there, if one is.
    pub(super) open: Option<u32>,
}

/// What to tell instead, and where: the place of the mistake, as far as it can be told.
pub(super) struct Explained {
    pub(super) message: String,
    pub(super) hint: String,
    /// Line in the document, from 1.
    pub(super) line: usize,
    /// Column in the line, from 0.
    pub(super) column: usize,
}

/// Says what is wrong, by what the parser said and what stands there.
pub(super) fn explain(info: &str, broken: &Broken<'_>) -> Explained {
    let has = |part: &str| info.contains(part);
    if let Some((line, column)) = tab_near(broken).filter(|_| broken.open.is_none()) {
        let (message, hint) = told("A tab indents this line.", "Indent with spaces.");
        return Explained { message, hint, line, column };
    }
    if has("simple key") || has("mapping keys") {
        let (message, hint) =
            told("This line has no `: ` after its key.", "Write `key: value`, with a space after the colon.");
        let (line, column) = line_that_ends(broken);
        return Explained { message, hint, line, column };
    }
    let (message, hint) = if has("mapping values are not allowed") {
        second_colon(broken)
    } else if has("unexpected end of stream") || has("invalid indentation in quoted scalar") {
        told("A quote is opened here and not closed.", "Close the quote on the same line.")
    } else if has("invalid trailing content") {
        told("Text follows a closing quote.", "Put the whole value in one pair of quotes.")
    } else if has("escape") || has("hexadecimal") {
        told(
            "A backslash in double quotes is not followed by a known escape.",
            "Use single quotes, or write `\\\\`.",
        )
    } else if let Some(character) =
        info.strip_prefix("unexpected character: `").and_then(|rest| rest.chars().next())
    {
        told(&format!("A value can't begin with `{character}`."), "Put the value in quotes.")
    } else if has("unknown anchor") {
        told(
            "This alias names an anchor that does not stand above it.",
            "Put a value that begins with `*` in quotes.",
        )
    } else if has("anchor or alias") {
        told(
            "An `&` or a `*` is not followed by a name.",
            "Put a value that begins with `&` or `*` in quotes.",
        )
    } else if has("tag") || has("handle") {
        told("This tag is not known.", "Put a value that begins with `!` in quotes.")
    } else if has("misplaced bracket") {
        told("A closing bracket stands here that none opened.", "Remove it, or put the value in quotes.")
    } else if let Some(line) = broken.open {
        let hint = "Close it, or look for a missing comma between its values.";
        told(&format!("The bracket that line {line} opens is not closed before this."), hint)
    } else if has("directive") || has("document start") {
        told("A line that begins with `%` is a directive, and this one is wrong.", "Remove the line.")
    } else if has("expected '-' indicator") {
        told(
            "This line does not go on with the list above it.",
            "Begin it with `- `, or indent it like the list's key.",
        )
    } else if has("block sequence entries") {
        told("A list can't begin here.", "Begin it with `- ` on a line of its own, below its key.")
    } else if has("comment intercepting") {
        told("A comment stands in the middle of a value.", "Put the comment on a line above.")
    } else if has("comments must be separated") {
        told(
            "A comment begins without a space before its `#`.",
            "Put a space before it, or the value in quotes.",
        )
    } else if has("indentation") || has("indented") || has("did not find expected key") {
        told(
            "This line's indentation fits none of the lines above it.",
            "Indent it like the keys that it belongs with.",
        )
    } else {
        let hint = "Look at the indentation here and in the line above.";
        told(&format!("This is not YAML: {info}."), hint)
    };
    Explained { message, hint, line: broken.line, column: broken.column }
}

fn told(message: &str, hint: &str) -> (String, String) {
    (message.to_owned(), hint.to_owned())
}

/// A `: ` where the parser wants none: the second one of a value, or one on a line that is indented too far.
fn second_colon(broken: &Broken<'_>) -> (String, String) {
    let line = broken.text.lines().nth(broken.line.saturating_sub(1)).unwrap_or_default();
    let before: String = line.chars().take(broken.column).collect();
    if before.contains(": ") {
        return told("A value holds a second `: `.", "Put the value in quotes.");
    }
    told("This key is part of the value above it.", "Indent it like the keys that it belongs with.")
}

/// The beginning of the line that ends where the parser gave up: the parser is one ahead at a line's start.
fn line_that_ends(broken: &Broken<'_>) -> (usize, usize) {
    let lines: Vec<&str> = broken.text.lines().take(broken.line).collect();
    let until_here = |(index, line): (usize, &&str)| {
        let seen = if index + 1 == broken.line { broken.column } else { line.len() };
        let indent = line.chars().take(seen).position(|c| c != ' ')?;
        Some((index + 1, indent))
    };
    lines.iter().enumerate().rev().find_map(until_here).unwrap_or((broken.line, broken.column))
}

/// The first tab in the indentation of the line where the parser gave up, or of the next that is not blank.
fn tab_near(broken: &Broken<'_>) -> Option<(usize, usize)> {
    let mut lines = broken.text.lines().enumerate().skip(broken.line.saturating_sub(1));
    let (here, line) = lines.next()?;
    let next = lines.find(|(_, line)| !line.trim().is_empty());
    std::iter::once((here, line)).chain(next).find_map(|(index, line)| {
        let indent = line.len() - line.trim_start().len();
        line.get(..indent)?.find('\t').map(|column| (index + 1, column))
    })
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::manifest::testing::parsed;

    #[test]
    fn mistakes_are_told_with_place_and_advice() {
        for (text, place, message, hint) in [
            ("a: 1\n\tb: 2\n", (2, 1), "A tab indents this line.", "Indent with spaces."),
            ("a:\n\t- x\n", (2, 1), "A tab indents", "spaces"),
            ("a:\n  b: 1\n \tc: 2\n", (3, 2), "A tab indents", "spaces"),
            ("a: b: c\n", (1, 5), "A value holds a second `: `.", "Put the value in quotes."),
            ("a: 1\n  b: 2\n", (2, 4), "This key is part of the value above it.", "Indent it like"),
            ("a: 'x\nb: y\n", (1, 4), "A quote is opened here and not closed.", "Close the quote"),
            ("a: \"x\n", (1, 4), "A quote is opened", "Close"),
            ("a: \"x\" y\n", (1, 8), "Text follows a closing quote.", "one pair of quotes"),
            ("a: \"C:\\Users\"\n", (1, 4), "A backslash in double quotes", "single quotes"),
            ("a: @x\n", (1, 4), "A value can't begin with `@`.", "Put the value in quotes."),
            ("a: `x`\n", (1, 4), "A value can't begin with ``", "quotes"),
            ("a: *x\n", (1, 4), "This alias names an anchor", "quotes"),
            ("a: !b!c x\n", (1, 4), "This tag is not known.", "quotes"),
            ("a: [1\nb: 2\n", (2, 2), "The bracket that line 1 opens is not closed", "missing comma"),
            ("a: {b: 1\nc: 2}\n", (2, 2), "The bracket that line 1 opens", "Close it"),
            ("a: [b, c]]\n", (1, 10), "A closing bracket stands here that none opened.", "Remove it"),
            ("%YAML 1.2\n", (2, 1), "A line that begins with `%`", "Remove"),
            ("- a\nb: 1\n", (2, 1), "This line does not go on with the list above it.", "`- `"),
            ("a: - b\n", (1, 4), "A list can't begin here.", "a line of its own"),
            ("a: 1\nfoo\nb: 2\n", (2, 1), "This line has no `: ` after its key.", "key: value"),
            ("a: x #c\n  y\n", (1, 6), "A comment stands in the middle of a value.", "a line above"),
            ("a:\n  b: 1\n c: 2\n", (3, 2), "This line's indentation fits none", "Indent it like"),
        ] {
            let error = parsed(text).expect_err(text);
            assert_eq!(error.code, Code::Syntax, "{text:?} {error:?}");
            assert!(error.message.starts_with(message), "{text:?}: {error:?}");
            assert!(error.hint.as_deref().is_some_and(|told| told.contains(hint)), "{text:?}: {error:?}");
            assert_eq!((error.line, error.column), place, "{text:?}: {error:?}");
        }
    }

    #[test]
    fn places_are_those_of_the_file() {
        let documents = crate::manifest::split("a: 1\n---\nü: é: x\n---\nb: [\n");
        let place = |index: usize| {
            let error = crate::manifest::parse(&documents[index]).expect_err("broken");
            (error.line, error.column)
        };
        assert_eq!((place(1), place(2)), ((3, 5), (6, 1)));
    }
}
