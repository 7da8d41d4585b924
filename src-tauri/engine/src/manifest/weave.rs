//! A merge put into text: each entry and item as its author wrote it, with the comments that belong to it.
//!
//! Nothing here has to be right about every corner of YAML: `together` reads the result again and compares.

use crate::manifest::Node;
use crate::manifest::flow::flow;
use crate::manifest::lines::{Lines, dedented};
use crate::manifest::node::Value;
use crate::manifest::sheet::Sheet;
use crate::manifest::three_way::{Merged, Part, Side, Trio, tree_of};

/// The three texts, read.
pub(super) struct Sheets<'a> {
    pub(super) base: Option<&'a Sheet<'a>>,
    pub(super) ours: &'a Sheet<'a>,
    pub(super) theirs: &'a Sheet<'a>,
}

/// The merge as text, along the lines of the `canvas` side; none where this does not know how. With `by_line`,
/// what both sides changed inside one entry without changing its value (comments) comes together by line.
pub(super) fn weave(
    sheets: &Sheets<'_>,
    merged: &Merged<'_>,
    versions: &Trio<'_>,
    canvas: Side,
    by_line: bool,
) -> Option<String> {
    let pages = [sheets.base.map(page), Some(page(sheets.ours)), Some(page(sheets.theirs))];
    let loom = Loom { pages: &pages, canvas, by_line };
    let sheet = if canvas == Side::Ours { sheets.ours } else { sheets.theirs };
    let ends =
        [sheets.base.map_or(0, |sheet| sheet.text.len()), sheets.ours.text.len(), sheets.theirs.text.len()];
    let Merged::Mapping(parts) = merged else { return None };
    let top = loom.regions(versions, &ends)?;
    let first = top[at(canvas)].as_ref()?.chunks.first()?.start;
    let woven = loom.entries(parts, &top)?;
    let indent = top[at(canvas)].as_ref()?.indent;
    let body = indented(&woven, indent);
    let end = loom.tail(&top, &ends, &[None, None, None]);
    Some(format!("{}{}{}{}{}", sheet.head, &sheet.text[..first], body, end, sheet.tail))
}

struct Page<'t> {
    lines: Lines<'t>,
    text: &'t str,
}

fn page<'t>(sheet: &Sheet<'t>) -> Page<'t> {
    Page { lines: sheet.lines(), text: sheet.text }
}

struct Loom<'a, 't> {
    pages: &'a [Option<Page<'t>>; 3],
    canvas: Side,
    by_line: bool,
}

/// The entries of a mapping, or the items of a list, in one text.
struct Region {
    chunks: Vec<Chunk>,
    /// The column of its keys or dashes.
    indent: usize,
    /// Where it ends: comments below it that are indented less belong to what is around it.
    end: usize,
}

/// An entry or an item with the comments above it, up to the next one.
struct Chunk {
    /// Where its key or its item begins.
    node: usize,
    start: usize,
    end: usize,
}

fn at(side: Side) -> usize {
    match side {
        Side::Base => 0,
        Side::Ours => 1,
        Side::Theirs => 2,
    }
}

const SIDES: [Side; 3] = [Side::Base, Side::Ours, Side::Theirs];

impl Loom<'_, '_> {
    /// The regions of a collection in each text that has it in block style; `ends` is where each ends.
    fn regions(&self, values: &Trio<'_>, ends: &[usize; 3]) -> Option<[Option<Region>; 3]> {
        let mut regions = [None, None, None];
        for side in SIDES {
            if let (Some(page), Some(node)) = (&self.pages[at(side)], values.get(side)) {
                regions[at(side)] = page.region(node, ends[at(side)]);
            }
        }
        regions[at(self.canvas)].is_some().then_some(regions)
    }

    /// The text of entries in their order, its keys in the first column.
    fn entries(&self, parts: &[Part<'_>], regions: &[Option<Region>; 3]) -> Option<String> {
        let mut text = String::new();
        for part in parts {
            let piece = match &part.merged {
                Merged::Same => self.as_one(part, regions, self.canvas)?,
                Merged::As(side) => self.as_one(part, regions, *side)?,
                Merged::Mapping(parts) | Merged::Sequence(parts) => self.inside(part, parts, regions)?,
            };
            text.push_str(&piece);
            if !text.ends_with('\n') {
                text.push('\n');
            }
        }
        Some(text)
    }

    /// An entry as one side has it; by line together with the other, where that is wanted and works.
    fn as_one(&self, part: &Part<'_>, regions: &[Option<Region>; 3], side: Side) -> Option<String> {
        let piece = |side: Side| self.piece(part.at.get(side)?, regions, side);
        let own =
            piece(side).or_else(|| matches!(part.merged, Merged::Same).then(|| piece(side.other()))?)?;
        if self.by_line
            && let (Some(base), Some(ours), Some(theirs)) =
                (piece(Side::Base), piece(Side::Ours), piece(Side::Theirs))
        {
            let other = if own == ours { &theirs } else { &ours };
            return Some(
                diffy::merge(&base, &ours, &theirs).unwrap_or_else(|_| with_comments(&own, &base, other)),
            );
        }
        Some(own)
    }

    /// The comments below the parts of an entry that are the entry's own.
    fn tail(&self, inner: &[Option<Region>; 3], ends: &[usize; 3], regions: &[Option<Region>; 3]) -> String {
        let of = |side: Side| {
            let (page, region) = (self.pages[at(side)].as_ref()?, inner[at(side)].as_ref()?);
            let indent = regions[at(side)].as_ref().map_or(0, |region| region.indent);
            Some(page.cut(region.end, ends[at(side)], indent))
        };
        let [base, ours, theirs] = SIDES.map(|side| of(side).unwrap_or_default());
        let own = if self.canvas == Side::Ours { &ours } else { &theirs };
        match diffy::merge(&base, &ours, &theirs) {
            Ok(merged) if self.by_line => merged,
            Err(_) if self.by_line => {
                let other = if self.canvas == Side::Ours { &theirs } else { &ours };
                with_comments(own, &base, other)
            }
            _ => own.clone(),
        }
    }

    fn piece(&self, node: &Node, regions: &[Option<Region>; 3], side: Side) -> Option<String> {
        let (page, region) = (self.pages[at(side)].as_ref()?, regions[at(side)].as_ref()?);
        if node.borrowed {
            return None;
        }
        let chunk = region.chunks.iter().find(|chunk| chunk.node == node.span.start)?;
        Some(page.cut(chunk.start, chunk.end, region.indent))
    }

    /// An entry of which parts come from both sides: its head as the canvas has it, then the parts.
    fn inside(&self, part: &Part<'_>, parts: &[Part<'_>], regions: &[Option<Region>; 3]) -> Option<String> {
        let (page, region) = (self.pages[at(self.canvas)].as_ref()?, regions[at(self.canvas)].as_ref()?);
        let key = part.at.get(self.canvas)?;
        let value = part.values.get(self.canvas)?;
        if key.borrowed || value.borrowed {
            return None;
        }
        let chunk = region.chunks.iter().find(|chunk| chunk.node == key.span.start)?;
        if is_flow(value) {
            let tree = tree_of(&part.merged, &part.values)?;
            let (before, after) =
                (&page.text[chunk.start..value.span.start], &page.text[value.span.end..chunk.end]);
            return Some(dedent_from(
                page,
                chunk.start,
                &format!("{before}{}{after}", flow(&tree, false)),
                region.indent,
            ));
        }
        if parts.is_empty() {
            // Each side took away what the other had left.
            let tree = tree_of(&part.merged, &part.values)?;
            let is_entry = key.span.start < value.span.start;
            let head = page.cut(chunk.start, key.span.end, region.indent);
            return is_entry.then(|| format!("{head}: {}\n", flow(&tree, false)));
        }
        let mut ends = [0; 3];
        for side in SIDES {
            if let (Some(region), Some(node)) = (&regions[at(side)], part.at.get(side)) {
                let chunk = region.chunks.iter().find(|chunk| chunk.node == node.span.start);
                ends[at(side)] = chunk.map_or(0, |chunk| chunk.end);
            }
        }
        let inner = self.regions(&part.values, &ends)?;
        let own = inner[at(self.canvas)].as_ref()?;
        let first = own.chunks.first()?.start;
        let head = page.cut(chunk.start, first, region.indent);
        let body = indented(&self.entries(parts, &inner)?, own.indent.checked_sub(region.indent)?);
        let tail = self.tail(&inner, &ends, regions);
        // An item's first key stands behind its dash.
        Some(match head.ends_with('\n') {
            true => head + &body + &tail,
            false => head + body.trim_start_matches(' ') + &tail,
        })
    }
}

/// An entry with the comment lines that the other side added to it: those above it above, all others below.
fn with_comments(own: &str, base: &str, other: &str) -> String {
    let is_comment = |line: &&str| line.trim_start().starts_with('#');
    let is_new = |line: &&str| !base.contains(line.trim()) && !own.contains(line.trim());
    let head =
        other.split_inclusive('\n').take_while(|line| is_comment(line) || line.trim().is_empty()).count();
    let lines: Vec<&str> = other.split_inclusive('\n').collect();
    let pick = |lines: &[&str]| -> String {
        let new = lines.iter().filter(|line| is_comment(line) && is_new(line));
        new.map(|line| format!("{}\n", line.trim_end())).collect()
    };
    let (above, below) = lines.split_at(head);
    let end = if own.ends_with('\n') { "" } else { "\n" };
    format!("{}{own}{end}{}", pick(above), pick(below))
}

impl Page<'_> {
    /// The entries of a mapping or the items of a list in block style; none for all else.
    fn region(&self, node: &Node, end: usize) -> Option<Region> {
        if node.borrowed {
            return None;
        }
        let places: Vec<(usize, usize)> = match &node.value {
            Value::Mapping { entries, flow: false } => entries
                .iter()
                .filter(|(key, _)| !key.borrowed)
                .map(|(key, _)| (key.span.start, key.span.start))
                .collect(),
            Value::Sequence { items, flow: false } => items
                .iter()
                .map(|item| Some((item.span.start, self.lines.dash_of(item)?)))
                .collect::<Option<_>>()?,
            _ => return None,
        };
        let indent = self.lines.column(places.first()?.1);
        let mut starts = Vec::with_capacity(places.len());
        for (_, place) in &places {
            let line = self.lines.line_start(*place);
            let alone = self.text[line..*place].trim().is_empty();
            starts.push(if alone { self.lines.start_with_comments(*place, indent) } else { *place });
        }
        let end = self.inner_end(starts.last().copied()?, end, indent);
        let nexts = starts.iter().skip(1).copied().chain([end]);
        let chunks = places.iter().zip(&starts).zip(nexts);
        let chunks =
            chunks.map(|(((node, _), start), end)| Chunk { node: *node, start: *start, end }).collect();
        Some(Region { chunks, indent, end })
    }

    /// The end without the comments at it that are indented less than this.
    fn inner_end(&self, start: usize, end: usize, indent: usize) -> usize {
        let mut inner = end;
        let mut line = end;
        while let Some((above, text)) = self.lines.above(line).filter(|(above, _)| *above > start) {
            let depth = text.len() - text.trim_start_matches(' ').len();
            if self.lines.is_comment(above + depth) && depth < indent {
                inner = above;
            } else if !text.trim().is_empty() {
                break;
            }
            line = above;
        }
        inner
    }

    /// A part of the text with so many spaces less before each line.
    fn cut(&self, start: usize, end: usize, indent: usize) -> String {
        dedent_from(self, start, self.text.get(start..end).unwrap_or_default(), indent)
    }
}

/// A text that begins at `start`, which may be in the middle of a line.
fn dedent_from(page: &Page<'_>, start: usize, text: &str, indent: usize) -> String {
    if page.lines.column(start) == 0 {
        return dedented(text, indent);
    }
    let first = text.find('\n').map_or(text.len(), |end| end + 1);
    text[..first].to_owned() + &dedented(&text[first..], indent)
}

fn indented(text: &str, indent: usize) -> String {
    let spaces = " ".repeat(indent);
    let line = |line: &str| if line.trim().is_empty() { line.to_owned() } else { format!("{spaces}{line}") };
    text.split_inclusive('\n').map(line).collect()
}

fn is_flow(node: &Node) -> bool {
    matches!(node.value, Value::Mapping { flow: true, .. } | Value::Sequence { flow: true, .. })
}
