//! Documents as most are written, read without the parser: mappings and lists in block style, with plain keys and
//! one-line values.
//!
//! The tree is the very one that the parser's events would make, to the last place. Whatever is not plainly such
//! a document is left to the parser, and so is every mistake: nothing is refused here.

use saphyr_parser::ScalarStyle;

use crate::manifest::node::{Scalar, Value};
use crate::manifest::resolve::{Resolved, resolve};
use crate::manifest::text_error::place;
use crate::manifest::{Document, Node};

/// The deepest nesting that is read here.
const DEEPEST: usize = 30;
/// The longest text that is read here: it has fewer nodes than a document may have.
const LONGEST: usize = 1 << 20;
/// The most keys of a mapping: each is compared with all before it.
const MOST_KEYS: usize = 64;
/// The longest key: the parser takes no more than 1024 characters for one.
const LONGEST_KEY: usize = 256;

/// The tree of a document that is written plainly; none where that is not certain.
pub(super) fn read_plainly(document: &Document<'_>) -> Option<Node> {
    let text = document.text.as_bytes();
    if text.len() > LONGEST || !text.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) {
        return None;
    }
    let mut reader = Reader { text: document.text, first: document.line, lines: lines(text), at: 0 };
    let root = match reader.lines.first() {
        Some(line) if line.indent == 0 => reader.mapping(line.start, 0, 0)?,
        _ => return None,
    };
    (reader.at == reader.lines.len()).then_some(root)
}

/// A line that holds more than a comment.
#[derive(Clone, Copy)]
struct Line {
    /// From 0.
    number: usize,
    indent: usize,
    /// Where its text begins, in bytes.
    start: usize,
    /// Where the line ends, without its line end.
    end: usize,
}

fn lines(text: &[u8]) -> Vec<Line> {
    let (mut found, mut at) = (Vec::with_capacity(text.len() / 16), 0);
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let indent = line.iter().take_while(|byte| **byte == b' ').count();
        if line.get(indent).is_some_and(|byte| *byte != b'#') {
            found.push(Line { number, indent, start: at + indent, end: at + line.len() });
        }
        at += line.len() + 1;
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    /// The file's line on which the document begins.
    first: u32,
    lines: Vec<Line>,
    /// The line that is read.
    at: usize,
}

impl Reader<'_> {
    fn line(&self) -> Option<Line> {
        self.lines.get(self.at).copied()
    }

    fn node(&self, line: Line, start: usize, end: usize, value: Value) -> Node {
        Node {
            value,
            span: start..end,
            line: self.first.saturating_add(place(line.number)),
            column: place(line.indent + (start - line.start) + 1),
            borrowed: false,
        }
    }

    /// The mapping whose first key is at `start` in the line that is read, in this column, from 0.
    fn mapping(&mut self, start: usize, column: usize, depth: usize) -> Option<Node> {
        let first = self.line().filter(|_| depth < DEEPEST)?;
        let (mut entries, mut key_at) = (Vec::with_capacity(4), start);
        loop {
            let (key, after) = self.key(self.line()?, key_at)?;
            let is_same = |(other, _): &(Node, Node)| {
                other.scalar().map(|key| &key.text) == key.scalar().map(|key| &key.text)
            };
            if entries.len() == MOST_KEYS || entries.iter().any(is_same) {
                return None;
            }
            let value = self.value(after, column, depth)?;
            entries.push((key, value));
            match self.line() {
                Some(next) if next.indent == column => key_at = next.start,
                Some(next) if next.indent > column => return None,
                _ => break,
            }
        }
        let end = entries.last()?.1.span.end;
        Some(self.node(first, start, end, Value::Mapping { entries, flow: false }))
    }

    /// The key that begins here, and where its colon ends.
    fn key(&self, line: Line, start: usize) -> Option<(Node, usize)> {
        let rest = self.text.get(start..line.end)?;
        let length = key_length(rest)?;
        let text = &rest[..length];
        // Others may be the same key, written otherwise.
        matches!(resolve(text), Resolved::Str(_)).then_some(())?;
        let scalar = Scalar { text: text.to_owned(), style: ScalarStyle::Plain, tag: None };
        Some((self.node(line, start, start + length, Value::Scalar(scalar)), start + length + 1))
    }

    /// The value behind a key's colon, or below it. Afterwards the line that follows is the one that is read.
    fn value(&mut self, after: usize, column: usize, depth: usize) -> Option<Node> {
        let line = self.line()?;
        let start = after + self.text[after..line.end].bytes().take_while(|byte| *byte == b' ').count();
        if start < line.end && self.text.as_bytes()[start] != b'#' {
            return self.scalar(line, start, column);
        }
        self.at += 1;
        let below = self.line()?;
        let is_list = self.text[below.start..below.end].starts_with("- ");
        match (is_list, below.indent) {
            (true, indent) if indent >= column => self.list(column, depth + 1),
            (false, indent) if indent > column => self.mapping(below.start, indent, depth + 1),
            _ => None,
        }
    }

    /// The list whose first dash begins the line that is read, below a key in this column.
    fn list(&mut self, column: usize, depth: usize) -> Option<Node> {
        let first = self.line().filter(|_| depth < DEEPEST)?;
        let dash = first.indent;
        let (mut items, mut begins) = (Vec::with_capacity(4), None);
        loop {
            let line = self.line()?;
            let rest = self.text[line.start..line.end].strip_prefix('-')?;
            let spaces = rest.bytes().take_while(|byte| *byte == b' ').count();
            let start = line.start + 1 + spaces;
            if spaces == 0 || start >= line.end {
                return None;
            }
            begins.get_or_insert(start);
            let item = if key_length(&self.text[start..line.end]).is_some() {
                self.mapping(start, dash + 1 + spaces, depth + 1)?
            } else {
                self.scalar(line, start, dash)?
            };
            items.push(item);
            match self.line() {
                Some(next) if next.indent == dash && self.text[next.start..next.end].starts_with("- ") => {}
                Some(next) if next.indent > dash || (next.indent == dash && dash > column) => return None,
                _ => break,
            }
        }
        // One that is no deeper than its key begins, to the parser, behind its first dash.
        let start = if dash == column { begins? } else { first.start };
        let end = items.last()?.span.end;
        Some(self.node(first, start, end, Value::Sequence { items, flow: false }))
    }

    /// The value that begins here and ends on its line, of a parent in this column.
    fn scalar(&mut self, line: Line, start: usize, column: usize) -> Option<Node> {
        let rest = self.text.get(start..line.end)?;
        let (style, text, length) = match rest.as_bytes()[0] {
            quote @ (b'\'' | b'"') => {
                let (text, behind) = rest[1..].split_once(char::from(quote))?;
                let is_end = behind.trim_start_matches(' ').is_empty() || is_comment(behind);
                if !is_end || text.contains('\\') && quote == b'"' {
                    return None;
                }
                let style = if quote == b'"' { ScalarStyle::DoubleQuoted } else { ScalarStyle::SingleQuoted };
                (style, text, text.len() + 2)
            }
            _ => {
                let text = plain(rest)?;
                (ScalarStyle::Plain, text, text.len())
            }
        };
        self.at += 1;
        // Deeper, it would go on.
        if self.line().is_some_and(|next| next.indent > column) {
            return None;
        }
        let scalar = Scalar { text: text.to_owned(), style, tag: None };
        Some(self.node(line, start, start + length, Value::Scalar(scalar)))
    }
}

/// How long the key is with which a text begins, if it does with one and its colon.
fn key_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
    let length = bytes.iter().take_while(|byte| is_key(byte)).count();
    let is_good = bytes.first()?.is_ascii_alphabetic()
        && length <= LONGEST_KEY
        && bytes.get(length) == Some(&b':')
        && bytes.get(length + 1).is_none_or(|byte| *byte == b' ');
    is_good.then_some(length)
}

/// Whether what follows a value is a comment.
fn is_comment(behind: &str) -> bool {
    behind.starts_with(' ') && behind.trim_start_matches(' ').starts_with('#')
}

/// The plain scalar with which a text begins.
fn plain(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let is_good = match bytes {
        [b'-' | b'+', next, ..] => next.is_ascii_alphanumeric(),
        [first, ..] => first.is_ascii_alphanumeric() || b"/_($".contains(first),
        [] => false,
    };
    if !is_good {
        return None;
    }
    let mut end = bytes.len();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b':' if bytes.get(at + 1).is_none_or(|next| *next == b' ') => return None,
            b'#' if bytes[at - 1] == b' ' => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    Some(text[..end].trim_end_matches(' '))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::manifest::parse::parse_slowly;
    use crate::manifest::split;

    /// Whether a document is read here; then the parser has the same to say, to the last place.
    fn is_read(document: &Document<'_>) -> bool {
        let Some(node) = read_plainly(document) else { return false };
        let other = parse_slowly(document).unwrap_or_else(|error| panic!("{}\n{error:?}", document.text));
        assert_eq!(format!("{node:?}"), format!("{other:?}"), "{}", document.text);
        true
    }

    #[test]
    fn plain_documents_are_read() {
        for text in [
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-1\n  annotations:\n    \
             hnp.githedgehog.com/managed-by: fgd-sync # ours\nspec:\n  asn: 65101\n  ip: 172.30.0.9/21\n  groups:\n  - a\n  \
             - 'b c'\n  links:\n    - a: 1 # one\n      b: \"x\"\n    -   c: d e\n        f: -1\n",
            "# head\na: 1\n\n# c\nb: # d\n   # e\n   c: 'x' # f\n# tail",
            "a:\n- b: 1\n  c:\n  - d\n- e: 2\nf: $(x)  \n",
            "a: b:c#d,[e]{f} 'g'\nb: +1\n",
        ] {
            for document in split(text) {
                assert!(is_read(&document), "{text}");
            }
        }
    }

    #[test]
    fn others_are_left_to_the_parser() {
        for text in [
            "a: 1\na: 2\n",
            "a:\n",
            "a: x\n  y\n",
            "a: 'x\n  y'\n",
            "a: |\n  x\n",
            "a: [x]\n",
            "a: {}\n",
            "a: &b c\n",
            "a: \"\\n\"\n",
            "a: 'it''s'\n",
            "yes: 1\n",
            "? a\n: b\n",
            "- a\n",
            "a:\n- - b\n",
            "a:\n  - b\n  c: d\n",
            "a: b: c\n",
            "a: x\n- y\n",
            " a: 1\n",
            "a: 1\n b: 2\n",
            "a:\tb\n",
            "a: \u{e4}\n",
            "a: 1\r\n",
            "a: 'x'y\n",
            "<<: a\n",
            "--- # c\na: 1\n",
            "a: @b\n",
            "a: `b`\n",
            "a: %b\n",
            "a: !b c\n",
            "a: *b\n",
            "a:\n  -\n    b: c\n",
            "a: 'x'#y\n",
        ] {
            for document in split(text) {
                assert!(!is_read(&document), "{text}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn whatever_is_read_is_read_as_the_parser_does(
            text in "(( ){0,5}(- |-  |)(a|b|key/x|c-d|yes|#|\\? |--- |)(: |:|:  | :|)(v|'q'|\"q\"|x y|1|-1|'|\"|\\||>|\\[a\\]|\\{\\}|&a|a:b|#c|~|null|\\.|)( # c|#c| |)\n){1,7}"
        ) {
            for document in split(&text) {
                is_read(&document);
            }
        }

        #[test]
        fn so_are_trees_of_any_shape(
            lines in prop::collection::vec((0_usize..5, any::<bool>(), 0_usize..6, 0_usize..3), 1..12),
            step in 1_usize..4,
        ) {
            let mut text = String::new();
            for (n, (depth, dash, value, comment)) in lines.into_iter().enumerate() {
                let value = ["", " x", " 'y z'", " \"w\"", " 12", " a b "][value];
                let comment = ["", " # c", "\n  # d"][comment];
                text += &format!("{}{}k{n}:{value}{comment}\n", " ".repeat(depth * step), if dash { "- " } else { "" });
            }
            for document in split(&text) {
                is_read(&document);
            }
        }
    }
}
