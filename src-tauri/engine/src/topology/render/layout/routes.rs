//! How cables run.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::topology::view::TopologyChange;

use super::super::scene::{Line, Scene, Tier, tier_of};
use super::{CHANNEL, Grid, Rect};

type Point = (f64, f64);

/// The way of a cable.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Route {
    /// From point to point; two at least.
    Straight(Vec<Point>),
    /// One curve, with the two points that pull it.
    Bent([Point; 4]),
}

impl Route {
    /// Where a mark stands: in the middle, or, of a cable that runs beside others at first, on its last part.
    pub(in super::super) fn mark(&self) -> Point {
        let middle = |a: Point, b: Point| (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1));
        match self {
            Self::Straight(points) => match points.as_slice() {
                [.., a, b] => middle(*a, *b),
                _ => (0.0, 0.0),
            },
            Self::Bent([a, b, c, d]) => {
                middle(middle(middle(*a, *b), middle(*b, *c)), middle(middle(*b, *c), middle(*c, *d)))
            }
        }
    }

    /// Where it begins and where it ends.
    pub(in super::super) fn ends(&self) -> (Point, Point) {
        match self {
            Self::Straight(points) => match points.as_slice() {
                [first, .., last] => (*first, *last),
                _ => ((0.0, 0.0), (0.0, 0.0)),
            },
            Self::Bent([first, .., last]) => (*first, *last),
        }
    }

    /// The points between.
    pub(in super::super) fn between(&self) -> &[Point] {
        match self {
            Self::Straight(points) => points.get(1..points.len().saturating_sub(1)).unwrap_or_default(),
            Self::Bent(points) => &points[1..3],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Side {
    Top,
    Right,
    Bottom,
    Left,
}

/// What a cable does.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Down to another row.
    Down,
    /// Down beside a column of servers, and into one from its left.
    Channel { x: f64, top: f64 },
    /// To the neighbour.
    Across,
    /// Over the neighbours.
    Over,
    /// Back to where it came from.
    Loop,
}

/// Where a cable is plugged in: cables with the same plug share their first part.
#[derive(Debug)]
struct Plug {
    node: usize,
    side: Side,
    /// What the plugs of a side are ordered by.
    towards: f64,
    bundle: usize,
    line: usize,
    is_upper: bool,
}

pub(super) fn routes(scene: &Scene<'_>, nodes: &[Rect], grids: &[Grid]) -> Vec<Route> {
    let ways = ways(scene, nodes, grids);
    let plugs = plugs(scene, nodes, &ways);
    let mut ends = vec![((0.0, 0.0), (0.0, 0.0)); scene.lines.len()];
    for plugs in plugs.chunk_by(|a, b| (a.node, a.side) == (b.node, b.side)) {
        let bundles = plugs.chunk_by(|a, b| a.bundle == b.bundle);
        let count = bundles.clone().count() as f64;
        for (place, bundle) in bundles.enumerate() {
            for plug in bundle {
                let end = on_side(&nodes[plug.node], plug.side, (place as f64 + 1.0) / (count + 1.0));
                let ends = &mut ends[plug.line];
                if plug.is_upper { ends.0 = end } else { ends.1 = end }
            }
        }
    }
    let spine_bottom = scene.row(Tier::Spine).next().map(|at| nodes[at].bottom());
    ways.iter()
        .zip(ends)
        .zip(&scene.lines)
        .map(|((way, (from, to)), line)| match *way {
            Way::Across => Route::Straight(vec![from, to]),
            Way::Channel { x, top } => Route::Straight(vec![from, (x, top), (x, to.1), to]),
            Way::Over => {
                let up = (18.0 + (to.0 - from.0).abs() * 0.16).min(76.0);
                Route::Bent([from, (from.0, from.1 - up), (to.0, to.1 - up), to])
            }
            Way::Loop => {
                let down = 14.0 + (to.0 - from.0).abs() * 0.3;
                Route::Bent([from, (from.0, from.1 + down), (to.0, to.1 + down), to])
            }
            Way::Down => {
                let tiers = (tier_of(scene.nodes[line.upper].kind), tier_of(scene.nodes[line.lower].kind));
                match (tiers, spine_bottom) {
                    // Past the spines first, and then to where it goes.
                    ((Tier::Top, Tier::Leaf | Tier::Server), Some(past)) => {
                        Route::Straight(vec![from, (from.0, past), to])
                    }
                    _ => Route::Straight(vec![from, to]),
                }
            }
        })
        .collect()
}

fn ways(scene: &Scene<'_>, nodes: &[Rect], grids: &[Grid]) -> Vec<Way> {
    let channels = channels(nodes, grids);
    // In a channel, cables of one kind from one leaf share a lane.
    let lane = |line: &Line<'_>| {
        let is_gone = line.link.change == Some(TopologyChange::Removed);
        (line.upper, line.link.kind as u8, is_gone)
    };
    let mut lanes: HashMap<usize, BTreeSet<(usize, u8, bool)>> = HashMap::new();
    for line in &scene.lines {
        if let Some(channel) = channels.get(&line.lower) {
            lanes.entry(channel.number).or_default().insert(lane(line));
        }
    }
    let lanes: HashMap<usize, Vec<(usize, u8, bool)>> =
        lanes.into_iter().map(|(number, lanes)| (number, lanes.into_iter().collect())).collect();
    let mut neighbours = HashSet::new();
    for cluster in &scene.clusters {
        neighbours.extend(cluster.members.windows(2).map(|pair| (pair[0], pair[1])));
    }
    let way = |line: &Line<'_>| {
        let (upper, lower) = (line.upper, line.lower);
        if upper == lower {
            return Way::Loop;
        }
        if tier_of(scene.nodes[upper].kind) == tier_of(scene.nodes[lower].kind) {
            let pair = (upper.min(lower), upper.max(lower));
            return if neighbours.contains(&pair) { Way::Across } else { Way::Over };
        }
        let Some(channel) = channels.get(&lower) else { return Way::Down };
        let lanes = lanes.get(&channel.number).map(Vec::as_slice).unwrap_or_default();
        let place = lanes.binary_search(&lane(line)).unwrap_or_default() as f64;
        Way::Channel { x: channel.x + place * (LANES / lanes.len() as f64).min(5.0), top: channel.top }
    };
    scene.lines.iter().map(way).collect()
}

/// The room left of a column of servers.
#[derive(Debug, Clone, Copy)]
struct Channel {
    number: usize,
    x: f64,
    top: f64,
}

/// What of a channel cables may take.
const LANES: f64 = CHANNEL - 12.0;

/// The channel of each server that stands in several rows with others.
fn channels(nodes: &[Rect], grids: &[Grid]) -> HashMap<usize, Channel> {
    let mut channels = HashMap::new();
    let mut number = 0;
    for grid in grids.iter().filter(|grid| grid.rows > 1) {
        for (place, &at) in grid.members.iter().enumerate() {
            let column = place % grid.columns;
            let first = nodes[grid.members[column]];
            let channel =
                Channel { number: number + column, x: first.x - CHANNEL + 6.0, top: first.y - 12.0 };
            channels.insert(at, channel);
        }
        number += grid.columns;
    }
    channels
}

/// All plugs, in the order in which they stand on the sides of their nodes.
fn plugs(scene: &Scene<'_>, nodes: &[Rect], ways: &[Way]) -> Vec<Plug> {
    let mut bundles: HashMap<(usize, u64, u64), usize> = HashMap::new();
    let mut plugs = Vec::with_capacity(2 * ways.len());
    for (at, (line, way)) in scene.lines.iter().zip(ways).enumerate() {
        let (upper, lower) = (line.upper, line.lower);
        let (upper_x, lower_x) = (nodes[upper].middle(), nodes[lower].middle());
        let mut plug = |is_upper: bool, side: Side, towards: f64, bundle: usize| {
            let node = if is_upper { upper } else { lower };
            plugs.push(Plug { node, side, towards, bundle, line: at, is_upper });
        };
        match *way {
            Way::Down => {
                plug(true, Side::Bottom, lower_x, at);
                plug(false, Side::Top, upper_x, at);
            }
            Way::Channel { x, top } => {
                let bundle = *bundles.entry((upper, x.to_bits(), top.to_bits())).or_insert(at);
                plug(true, Side::Bottom, x, bundle);
                plug(false, Side::Left, at as f64, at);
            }
            Way::Across => {
                let (from, to) =
                    if upper_x < lower_x { (Side::Right, Side::Left) } else { (Side::Left, Side::Right) };
                plug(true, from, at as f64, at);
                plug(false, to, at as f64, at);
            }
            Way::Over => {
                plug(true, Side::Top, lower_x, at);
                plug(false, Side::Top, upper_x, at);
            }
            // At the right end, one inside of the other.
            Way::Loop => {
                plug(true, Side::Bottom, 1e12 - at as f64, at);
                plug(false, Side::Bottom, 1e12 + at as f64, ways.len() + at);
            }
        }
    }
    plugs.sort_by(|a, b| {
        (a.node, a.side)
            .cmp(&(b.node, b.side))
            .then_with(|| a.towards.total_cmp(&b.towards))
            .then_with(|| (a.bundle, a.line).cmp(&(b.bundle, b.line)))
    });
    plugs
}

fn on_side(rect: &Rect, side: Side, part: f64) -> Point {
    match side {
        Side::Top => (rect.x + rect.width * part, rect.y),
        Side::Bottom => (rect.x + rect.width * part, rect.bottom()),
        Side::Left => (rect.x, rect.y + rect.height * part),
        Side::Right => (rect.right(), rect.y + rect.height * part),
    }
}
