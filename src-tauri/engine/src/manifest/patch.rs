//! Annotations as changes of a text: where they go, and how they are written there.
//!
//! Nothing here has to be right about every corner of YAML: `annotate` reads the result again and compares.

use saphyr_parser::ScalarStyle;

use crate::manifest::Node;
use crate::manifest::comments::comments;
use crate::manifest::compare::{key_in_place, same_value};
use crate::manifest::node::Value;
use crate::manifest::parse::parse;
use crate::manifest::scalar::{double_quoted, scalar};
use crate::manifest::split::split;

/// The text with the annotations in it; none where this does not know how.
pub(super) fn patch(text: &str, node: &Node, annotations: &[(&str, &str)]) -> Option<String> {
    let mut patch = Patch { text, edits: Vec::new() };
    let (key, metadata) = node.entry("metadata")?;
    patch.annotate(key, metadata, annotations)?;
    Some(patch.apply())
}

/// A text that is one mapping, with a plain word as the value of one of its keys; none where this does not know
/// how. Only a value that differs is written; all else says what it said, and the comments stay.
pub(crate) fn set_entry(text: &str, key: &str, word: &str) -> Option<String> {
    let documents = split(text);
    let [document] = documents.as_slice() else { return None };
    let node = parse(document).ok()?;
    let Value::Mapping { flow, .. } = node.value else { return None };
    let mut patch = Patch { text: document.text, edits: Vec::new() };
    match node.entry(key) {
        Some((_, value)) if value.as_str() == Some(word) => {}
        Some((own, value)) => {
            let is_double = value.scalar()?.style == ScalarStyle::DoubleQuoted;
            patch.replace(own, value, if is_double { double_quoted(word) } else { scalar(word) })?;
        }
        None if flow => {
            let (first, _) = own_entries(&node).next()?;
            patch.add_to_flow(&node, is_json(first), &[(key, Item::Text(word))])?;
        }
        None => {
            let (first, _) = own_entries(&node).next()?;
            let indent = patch.indent_of(first)?;
            patch.add_lines(&node, indent.len(), &format!("{indent}{key}: {}\n", scalar(word)));
        }
    }
    let changed = patch.apply();
    let (before, after) = (&text[..document.span.start], &text[document.span.end..]);
    only_differs_in(key, document.text, node, &changed).then(|| format!("{before}{changed}{after}"))
}

/// Whether two texts of one mapping say the same beside the value of one key, with the same comments.
fn only_differs_in(key: &str, before: &str, node: Node, after: &str) -> bool {
    let documents = split(after);
    let [document] = documents.as_slice() else { return false };
    let Ok(changed) = parse(document) else { return false };
    comments(before, &node) == comments(document.text, &changed)
        && same_value(&without(key, node), &without(key, changed))
}

fn without(key: &str, mut node: Node) -> Node {
    if let Value::Mapping { entries, .. } = &mut node.value {
        entries.retain(|(own, _)| key_in_place(own) != key);
    }
    node
}

/// A text, and what is to change in it.
struct Patch<'t> {
    text: &'t str,
    edits: Vec<Edit>,
}

/// The bytes from `start` to `end` become `text`.
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

impl<'t> Patch<'t> {
    fn annotate(&mut self, key: &Node, metadata: &Node, annotations: &[(&str, &str)]) -> Option<()> {
        let Value::Mapping { flow, .. } = metadata.value else { return None };
        if key.borrowed || metadata.borrowed {
            return None;
        }
        let Some((own, there)) = metadata.entry("annotations") else {
            return if flow {
                self.add_to_flow(metadata, is_json(key), &[("annotations", Item::Annotations(annotations))])
            } else {
                let (first, _) = own_entries(metadata).next()?;
                let (indent, below) = self.indents(key, first)?;
                let lines = block_lines(&below, annotations);
                self.add_lines(metadata, indent.len(), &format!("{indent}annotations:\n{lines}"));
                Some(())
            };
        };
        if own.borrowed || there.borrowed {
            return None;
        }
        match &there.value {
            Value::Mapping { .. } => self.join_annotations(own, there, annotations),
            // Nothing is written there: the lines below are free.
            Value::Scalar(empty) if empty.text.is_empty() && there.span.is_empty() && !flow => {
                let (indent, below) = self.indents(key, own)?;
                self.add_lines(own, indent.len(), &block_lines(&below, annotations));
                Some(())
            }
            Value::Scalar(_) if there.is_null() => {
                let entries = inline(annotations, is_json(own));
                self.replace(own, there, entries)
            }
            _ => None,
        }
    }

    fn join_annotations(&mut self, own: &Node, there: &Node, annotations: &[(&str, &str)]) -> Option<()> {
        let Value::Mapping { flow, .. } = there.value else { return None };
        let mut missing = Vec::new();
        for (key, value) in annotations {
            match there.entry(key) {
                // A plain `0` would be a number, and an annotation is a text.
                Some((_, known)) if known.as_str() == Some(value) => {}
                Some((own, known)) => {
                    let is_double = known.scalar()?.style == ScalarStyle::DoubleQuoted;
                    self.replace(own, known, if is_double { double_quoted(value) } else { scalar(value) })?;
                }
                None => missing.push((*key, *value)),
            }
        }
        if missing.is_empty() {
            return Some(());
        }
        if flow {
            let items: Vec<_> = missing.iter().map(|(key, value)| (*key, Item::Text(value))).collect();
            return self.add_to_flow(there, is_json(own), &items);
        }
        let (first, _) = own_entries(there).next()?;
        let indent = self.indent_of(first)?;
        self.add_lines(there, indent.len(), &block_lines(indent, &missing));
        Some(())
    }

    /// Writes another value for a key.
    fn replace(&mut self, key: &Node, value: &Node, text: String) -> Option<()> {
        let old = self.text.get(value.span.clone())?;
        let style = value.scalar()?.style;
        if key.borrowed || value.borrowed || old.starts_with(['&', '!', '*']) {
            return None;
        }
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return None;
        }
        if !old.is_empty() {
            self.edit(value.span.start, value.span.end, text);
            return Some(());
        }
        let colon = self.after_colon(key.span.end)?;
        self.edit(colon, colon, format!(" {text}"));
        Some(())
    }

    /// Adds lines below a block collection's last one, or below a key that has no value. Comments that are
    /// indented deeper than `indent` go on with what stands above them, and stay there.
    fn add_lines(&mut self, last: &Node, indent: usize, lines: &str) {
        let end =
            if keeps_blank_lines(last) { last.span.end } else { self.text[..last.span.end].trim_end().len() };
        let mut at = if self.text[..end].ends_with('\n') { end } else { self.line_end(end) };
        while let Some(line) = self.text[at..].split_inclusive('\n').next() {
            let code = line.trim_start_matches(' ');
            if !code.starts_with('#') || line.len() - code.len() <= indent {
                break;
            }
            at += line.len();
        }
        let above = &self.text[..at];
        let is_crlf =
            if above.ends_with('\n') { above.ends_with("\r\n") } else { self.text.contains("\r\n") };
        let eol = if is_crlf { "\r\n" } else { "\n" };
        let lines = lines.replace('\n', eol);
        let lines = if above.is_empty() || above.ends_with('\n') {
            lines
        } else {
            // The text has no line end at its end, and gets none.
            format!("{eol}{}", lines.strip_suffix(eol).unwrap_or(&lines))
        };
        self.edit(at, at, lines);
    }

    /// Adds items at the end of a mapping in braces: on its last line, or on lines of their own where that is
    /// how the last entry stands.
    fn add_to_flow(&mut self, mapping: &Node, is_json: bool, items: &[(&str, Item<'_>)]) -> Option<()> {
        let Some((key, value)) = own_entries(mapping).last() else {
            let open = mapping.span.start + self.text.get(mapping.span.clone())?.find('{')? + 1;
            let inside = self.text.get(open..mapping.span.end.checked_sub(1)?)?;
            let items = written(items, is_json).join(", ");
            return inside.trim().is_empty().then(|| self.edit(open, open, items));
        };
        let is_json = matches!(key.scalar()?.style, ScalarStyle::DoubleQuoted);
        let end = if value.span.is_empty() && !value.borrowed {
            self.after_colon(key.span.end).unwrap_or(key.span.end)
        } else {
            value.span.end
        };
        let line_end = self.line_end(end);
        let rest = self.text.get(end..line_end)?.trim();
        let after_comma = rest.strip_prefix(',').map(str::trim_start);
        let is_last_on_line =
            after_comma.unwrap_or(rest).is_empty() || after_comma.unwrap_or(rest).starts_with('#');
        let Some(indent) = self.line_start(key).filter(|_| is_last_on_line && line_end < mapping.span.end)
        else {
            self.edit(end, end, format!(", {}", written(items, is_json).join(", ")));
            return Some(());
        };
        if after_comma.is_none() {
            self.edit(end, end, ",".to_owned());
        }
        let eol = if self.text[..line_end].ends_with("\r\n") { "\r\n" } else { "\n" };
        let mut lines = written(items, is_json).join(&format!(",{eol}{indent}"));
        if after_comma.is_some() {
            lines.push(',');
        }
        self.edit(line_end, line_end, format!("{indent}{lines}{eol}"));
        Some(())
    }

    fn edit(&mut self, start: usize, end: usize, text: String) {
        self.edits.push(Edit { start, end, text });
    }

    fn apply(mut self) -> String {
        self.edits.sort_by_key(|edit| edit.start);
        let mut out =
            String::with_capacity(self.text.len() + self.edits.iter().map(|e| e.text.len()).sum::<usize>());
        let mut at = 0;
        for edit in &self.edits {
            out.push_str(&self.text[at..edit.start]);
            out.push_str(&edit.text);
            at = edit.end;
        }
        out.push_str(&self.text[at..]);
        out
    }

    /// The start of the next line.
    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |offset| at + offset + 1)
    }

    /// The white space that a line begins with, where this is the first thing on it.
    fn line_start(&self, key: &Node) -> Option<&'t str> {
        let start = self.text[..key.span.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &self.text[start..key.span.start];
        before.trim_start_matches([' ', '\t']).is_empty().then_some(before)
    }

    /// The indentation of a block key; none where it is not the first thing on its line.
    fn indent_of(&self, key: &Node) -> Option<&'t str> {
        self.line_start(key).filter(|indent| !indent.contains('\t'))
    }

    /// The indentation of an entry, and of what would stand below it: as much deeper as it is below its parent.
    fn indents(&self, parent: &Node, entry: &Node) -> Option<(&'t str, String)> {
        let indent = self.indent_of(entry)?;
        let step = indent.strip_prefix(self.indent_of(parent)?).filter(|step| !step.is_empty())?;
        Some((indent, format!("{indent}{step}")))
    }

    /// The place after the colon that follows a key.
    fn after_colon(&self, key_end: usize) -> Option<usize> {
        let rest = &self.text[key_end..];
        let colon = rest.trim_start_matches(' ').strip_prefix(':')?;
        Some(key_end + rest.len() - colon.len())
    }
}

/// What a new entry of a mapping in braces holds.
enum Item<'a> {
    Text(&'a str),
    Annotations(&'a [(&'a str, &'a str)]),
}

fn written(items: &[(&str, Item<'_>)], is_json: bool) -> Vec<String> {
    let write = if is_json { double_quoted } else { scalar };
    let item = |(key, item): &(&str, Item<'_>)| match item {
        Item::Text(value) => format!("{}: {}", write(key), write(value)),
        Item::Annotations(annotations) => format!("{}: {}", write(key), inline(annotations, is_json)),
    };
    items.iter().map(item).collect()
}

/// Annotations as a mapping in braces.
fn inline(annotations: &[(&str, &str)], is_json: bool) -> String {
    let items: Vec<_> = annotations.iter().map(|(key, value)| (*key, Item::Text(value))).collect();
    format!("{{{}}}", written(&items, is_json).join(", "))
}

/// Annotations as lines of a block, each with its line end.
fn block_lines(indent: &str, annotations: &[(&str, &str)]) -> String {
    let mut lines = String::new();
    for (key, value) in annotations {
        lines.extend([indent, &scalar(key), ": ", &scalar(value), "\n"]);
    }
    lines
}

/// The entries that stand in the mapping itself.
fn own_entries(mapping: &Node) -> impl Iterator<Item = &(Node, Node)> {
    mapping.entries().iter().filter(|(key, _)| !key.borrowed)
}

/// Whether a key is in double quotes, as JSON has it.
fn is_json(key: &Node) -> bool {
    key.scalar().is_some_and(|scalar| scalar.style == ScalarStyle::DoubleQuoted)
}

/// Whether a node ends with a block scalar to which the blank lines below belong.
fn keeps_blank_lines(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(scalar) => {
            let is_block = matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded);
            is_block && (scalar.text.ends_with("\n\n") || scalar.text == "\n")
        }
        Value::Sequence { items, .. } => items.last().is_some_and(keeps_blank_lines),
        Value::Mapping { .. } => own_entries(node).last().is_some_and(|(_, value)| keeps_blank_lines(value)),
    }
}
