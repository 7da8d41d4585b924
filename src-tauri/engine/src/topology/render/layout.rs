//! Where everything stands: gateways and externals on top, spines, leaves in the boxes of their groups, and the
//! servers under the leaves that they are cabled to. In CSS pixels, y downwards.

use super::look::CHANGES;
use super::scene::{Scene, Shelf, Tier, tier_of};
use super::words::{label, note};
use crate::topology::view::NodeKind;

mod routes;

pub(super) use routes::Route;

/// An upright rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub(super) fn middle(&self) -> f64 {
        self.x + self.width / 2.0
    }
}

/// A box around nodes that belong together.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) rect: Rect,
    pub(super) label: String,
    pub(super) members: Vec<usize>,
}

/// Where everything stands. All of it is inside of `width` and `height`, with room for a heading above and the
/// legend below.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Of each node of the scene.
    pub(super) nodes: Vec<Rect>,
    pub(super) frames: Vec<Frame>,
    /// Of each line of the scene.
    pub(super) routes: Vec<Route>,
    /// Where the legend begins.
    pub(super) legend: f64,
    /// How many entries of it stand in one row.
    pub(super) legend_columns: usize,
}

pub(super) const MARGIN: f64 = 32.0;
/// For the fabric's name and what it consists of.
const HEADING: f64 = 72.0;
pub(super) const LEGEND_ROW: f64 = 22.0;
pub(super) const LEGEND_COLUMN: f64 = 176.0;
/// What a letter of a name takes.
pub(super) const LETTER: f64 = 7.0;
/// What one of a smaller line takes.
pub(super) const SMALL_LETTER: f64 = 5.6;
/// Between clusters of leaves, and between other nodes of a row.
const GAP: f64 = 36.0;
/// Between leaves of a cluster: room to see what runs from one to the other.
const LEAF_GAP: f64 = 40.0;
/// Between servers beside each other, where one row of them is all.
const SERVER_GAP: f64 = 14.0;
/// The same where cables to the rows below pass between them.
const CHANNEL: f64 = 30.0;
/// Between two rows.
const LEAST_FALL: f64 = 96.0;
const MOST_FALL: f64 = 420.0;
const SERVER_ROW_GAP: f64 = 14.0;
const FRAME_PAD: f64 = 12.0;
const FRAME_HEAD: f64 = 22.0;
/// As many servers stand in one row under any leaf.
const ONE_ROW: usize = 4;
const MOST_SERVER_ROWS: usize = 8;

/// How much room a node of a row takes.
#[derive(Debug, Clone, Copy)]
struct Size {
    width: f64,
    height: f64,
}

impl Layout {
    pub(super) fn new(scene: &Scene<'_>) -> Self {
        let mut placing = Placing {
            scene,
            sizes: [Tier::Top, Tier::Spine, Tier::Leaf, Tier::Server].map(|tier| size(scene, tier)),
            nodes: vec![Rect::default(); scene.nodes.len()],
            frames: Vec::new(),
            grids: Vec::new(),
        };
        placing.leaves_and_servers();
        placing.spines();
        placing.top();
        placing.rows();
        placing.finished()
    }
}

/// As wide as the longest text of the row, within reason.
fn size(scene: &Scene<'_>, tier: Tier) -> Size {
    let (least, most, height) = if tier == Tier::Server { (64.0, 150.0, 28.0) } else { (116.0, 200.0, 44.0) };
    let wide = |text: &str, letter: f64, around: f64| text.chars().count() as f64 * letter + around;
    let width = scene.row(tier).map(|at| {
        let node = scene.nodes[at];
        let note = if tier == Tier::Server { "" } else { note(node) };
        wide(&node.name, LETTER, 20.0).max(wide(note, SMALL_LETTER, 16.0))
    });
    Size { width: width.fold(0.0, f64::max).clamp(least, most).ceil(), height }
}

/// Servers of a shelf in rows and columns.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) members: Vec<usize>,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

struct Placing<'s, 'a> {
    scene: &'s Scene<'a>,
    sizes: [Size; 4],
    nodes: Vec<Rect>,
    frames: Vec<Frame>,
    grids: Vec<Grid>,
}

impl Placing<'_, '_> {
    fn size(&self, tier: Tier) -> Size {
        self.sizes[tier as usize]
    }

    /// Column by column: a cluster with the servers of its own under it, or servers that hang on several clusters,
    /// between those. Rows are left for later; y is within the row.
    fn leaves_and_servers(&mut self) {
        let scene = self.scene;
        let mut shelves = scene.shelves.iter().peekable();
        let mut left = 0.0;
        for (place, cluster) in scene.clusters.iter().enumerate() {
            // What belongs between the clusters before and this one.
            while let Some(shelf) = shelves.next_if(|shelf| is_before(shelf, place)) {
                left += self.shelf(shelf, left, None) + GAP;
            }
            let leaf = self.size(Tier::Leaf);
            let count = cluster.members.len() as f64;
            let pad = if cluster.label.is_some() { FRAME_PAD } else { 0.0 };
            let inner = count * leaf.width + (count - 1.0) * LEAF_GAP;
            let width = inner + 2.0 * pad;
            let own = shelves.next_if(|shelf| shelf.homes == [place]);
            let below = own.map_or(0.0, |shelf| self.shelf(shelf, left, Some(width)));
            let column = width.max(below);
            if let (Some(shelf), true) = (own, below < column) {
                for &at in &shelf.members {
                    self.nodes[at].x += (column - below) / 2.0;
                }
            }
            let from = left + (column - width) / 2.0;
            for (place, &at) in cluster.members.iter().enumerate() {
                let x = from + pad + place as f64 * (leaf.width + LEAF_GAP);
                self.nodes[at] = Rect { x, y: 0.0, width: leaf.width, height: leaf.height };
            }
            if let Some(label) = label(cluster) {
                let height = leaf.height + FRAME_HEAD + FRAME_PAD;
                let rect = Rect { x: from, y: -FRAME_HEAD, width, height };
                self.frames.push(Frame { rect, label, members: cluster.members.clone() });
            }
            left += column + GAP;
        }
        for shelf in shelves {
            left += self.shelf(shelf, left, None) + GAP;
        }
    }

    /// Puts servers in rows that are as full as each other, and tells how wide they are. Under a cluster they
    /// take its width where they can.
    fn shelf(&mut self, shelf: &Shelf, left: f64, under: Option<f64>) -> f64 {
        let server = self.size(Tier::Server);
        let count = shelf.members.len();
        let is_one_row = count <= ONE_ROW;
        let gap = if is_one_row { SERVER_GAP } else { CHANNEL };
        let fit = under.map_or(2, |width| (width / (server.width + gap)) as usize).max(2);
        let most =
            if is_one_row { count } else { fit.max(count.div_ceil(MOST_SERVER_ROWS).min(side(count))) };
        let rows = count.div_ceil(most.max(1)).max(1);
        let columns = count.div_ceil(rows);
        // Cables to a grid come down left of each column, so that there is a channel before the first one too.
        let lead = if rows == 1 { 0.0 } else { CHANNEL };
        let gap = if rows == 1 { SERVER_GAP } else { gap };
        for (place, &at) in shelf.members.iter().enumerate() {
            let (row, column) = (place / columns, place % columns);
            self.nodes[at] = Rect {
                x: left + lead + column as f64 * (server.width + gap),
                y: row as f64 * (server.height + SERVER_ROW_GAP),
                width: server.width,
                height: server.height,
            };
        }
        self.grids.push(Grid { members: shelf.members.clone(), columns, rows });
        lead + columns as f64 * (server.width + gap) - gap
    }

    /// From the left to the right of what stands so far.
    fn span(&self, tiers: &[Tier]) -> Option<(f64, f64)> {
        let rects = (0..self.nodes.len())
            .filter(|&at| tiers.contains(&tier_of(self.scene.nodes[at].kind)))
            .map(|at| &self.nodes[at]);
        rects.fold(None, |span, rect| {
            let (left, right) = span.unwrap_or((rect.x, rect.right()));
            Some((left.min(rect.x), right.max(rect.right())))
        })
    }

    /// Spines are spread over the middle of what is below, so that their fans can be told apart.
    fn spines(&mut self) {
        let spines: Vec<usize> = self.scene.row(Tier::Spine).collect();
        let (left, right) = self.span(&[Tier::Leaf]).unwrap_or_default();
        let size = self.size(Tier::Spine);
        let count = spines.len() as f64;
        let spread = ((right - left) * 0.6 - count * size.width) / count;
        self.in_row(&spines, size, spread.clamp(GAP, 900.0), f64::midpoint(left, right));
    }

    fn in_row(&mut self, nodes: &[usize], size: Size, gap: f64, middle: f64) {
        let count = nodes.len() as f64;
        let from = middle - (count * (size.width + gap) - gap) / 2.0;
        for (place, &at) in nodes.iter().enumerate() {
            let x = from + place as f64 * (size.width + gap);
            self.nodes[at] = Rect { x, y: 0.0, width: size.width, height: size.height };
        }
    }

    /// What is wired to spines stands over them; what is wired past them stands beside, so that its cables
    /// pass nothing.
    fn top(&mut self) {
        let scene = self.scene;
        let size = self.size(Tier::Top);
        let has_spines = scene.row(Tier::Spine).next().is_some();
        let mut reached: Vec<(f64, f64)> = vec![(0.0, 0.0); scene.nodes.len()];
        let mut is_past = vec![false; scene.nodes.len()];
        for line in scene.lines.iter().filter(|line| tier_of(scene.nodes[line.upper].kind) == Tier::Top) {
            let tier = tier_of(scene.nodes[line.lower].kind);
            if tier == Tier::Top {
                continue;
            }
            let (sum, count) = reached[line.upper];
            reached[line.upper] = (sum + self.nodes[line.lower].middle(), count + 1.0);
            is_past[line.upper] |= has_spines && tier != Tier::Spine;
        }
        let middle =
            self.span(&[Tier::Spine, Tier::Leaf]).map_or(0.0, |(left, right)| f64::midpoint(left, right));
        let is_beside = |at: usize| is_past[at] || scene.nodes[at].kind == NodeKind::External;
        let (beside, above): (Vec<usize>, Vec<usize>) = scene.row(Tier::Top).partition(|&at| is_beside(at));
        self.in_row(&above, size, GAP, middle);
        let above_span = self.row_span(&above);
        let spine_span = self.span(&[Tier::Spine]);
        let taken =
            [above_span, spine_span].into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let mut wanted: Vec<(f64, usize)> = beside
            .into_iter()
            .map(|at| match reached[at] {
                (sum, count) if count > 0.0 => (sum / count, at),
                _ => (f64::INFINITY, at),
            })
            .collect();
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let Some((left, right)) = taken else {
            self.as_wanted(&wanted, size, middle);
            return;
        };
        let half = f64::midpoint(left, right);
        let (to_left, to_right): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|(x, _)| *x < half);
        let mut end = left - GAP;
        for (x, at) in to_left.into_iter().rev() {
            let from = (x - size.width / 2.0).min(end - size.width);
            self.nodes[at] = Rect { x: from, y: 0.0, width: size.width, height: size.height };
            end = from - GAP;
        }
        let mut start = right + GAP;
        for (x, at) in to_right {
            let from = if x.is_finite() { (x - size.width / 2.0).max(start) } else { start };
            self.nodes[at] = Rect { x: from, y: 0.0, width: size.width, height: size.height };
            start = from + size.width + GAP;
        }
    }

    fn row_span(&self, nodes: &[usize]) -> Option<(f64, f64)> {
        let (first, last) = (nodes.first()?, nodes.last()?);
        Some((self.nodes[*first].x, self.nodes[*last].right()))
    }

    /// Each over what it is wired to, as far as its neighbours let it.
    fn as_wanted(&mut self, wanted: &[(f64, usize)], size: Size, middle: f64) {
        let mut start = f64::NEG_INFINITY;
        let mut pushed = 0.0;
        for &(x, at) in wanted {
            let x = if x.is_finite() { x } else { middle };
            let from = (x - size.width / 2.0).max(start);
            pushed += from - (x - size.width / 2.0);
            self.nodes[at] = Rect { x: from, y: 0.0, width: size.width, height: size.height };
            start = from + size.width + GAP;
        }
        // They were pushed to the right only: share that between both sides.
        let back = pushed / (wanted.len() as f64).max(1.0);
        for &(_, at) in wanted {
            self.nodes[at].x -= back;
        }
    }

    /// Puts the rows under each other, the further apart the farther cables go to the side: else they run flat.
    fn rows(&mut self) {
        let (left, _) = self.span(&[Tier::Top, Tier::Spine, Tier::Leaf, Tier::Server]).unwrap_or_default();
        let mut aside = [0.0_f64; 4];
        for line in &self.scene.lines {
            let of = &mut aside[tier_of(self.scene.nodes[line.upper].kind) as usize];
            *of = of.max((self.nodes[line.upper].middle() - self.nodes[line.lower].middle()).abs());
        }
        let head = if self.frames.is_empty() { 0.0 } else { FRAME_HEAD };
        let mut top = HEADING;
        let mut start = [0.0; 4];
        for (row, tier) in [Tier::Top, Tier::Spine, Tier::Leaf, Tier::Server].into_iter().enumerate() {
            if self.scene.row(tier).next().is_none() {
                continue;
            }
            start[row] = match tier {
                // Room for what runs from leaf to leaf above them.
                Tier::Leaf if top == HEADING => HEADING + head + LEAST_FALL / 2.0,
                Tier::Leaf => top + head,
                _ => top,
            };
            let fall = (aside[row] / 8.0).clamp(LEAST_FALL, MOST_FALL).round();
            top = start[row] + self.size(tier).height + fall;
        }
        let by = MARGIN - left;
        for (at, rect) in self.nodes.iter_mut().enumerate() {
            rect.x += by;
            rect.y += start[tier_of(self.scene.nodes[at].kind) as usize];
        }
        for frame in &mut self.frames {
            frame.rect.x += by;
            frame.rect.y += start[Tier::Leaf as usize];
        }
    }

    fn finished(self) -> Layout {
        let routes = routes::routes(self.scene, &self.nodes, &self.grids);
        let right =
            self.nodes.iter().map(Rect::right).chain(self.frames.iter().map(|frame| frame.rect.right()));
        let width = (right.fold(0.0, f64::max) + MARGIN).max(2.0 * MARGIN + 3.0 * LEGEND_COLUMN).ceil();
        let bottom = self.nodes.iter().map(Rect::bottom).fold(HEADING, f64::max);
        // Boxes and loops reach lower than nodes.
        let legend = bottom + 48.0;
        let legend_columns = (((width - 2.0 * MARGIN) / LEGEND_COLUMN) as usize).clamp(1, 7);
        let has_changes = CHANGES.iter().any(|change| self.scene.has(*change));
        let rows = self.scene.looks().len().div_ceil(legend_columns) + usize::from(has_changes);
        let height = (legend + rows as f64 * LEGEND_ROW + 8.0).ceil();
        Layout { width, height, nodes: self.nodes, frames: self.frames, routes, legend, legend_columns }
    }
}

/// Whether servers stand left of a cluster.
fn is_before(shelf: &Shelf, cluster: usize) -> bool {
    match (shelf.homes.first(), shelf.homes.last()) {
        (Some(first), Some(last)) => first + last < 2 * cluster,
        _ => false,
    }
}

/// The side of the smallest square that holds so many.
fn side(count: usize) -> usize {
    (1..).find(|side| side * side >= count).unwrap_or(1)
}
