//! What is drawn, before anybody knows where.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::topology::view::{
    LinkKind, NodeKind, PendingSource, TopologyChange, TopologyLink, TopologyNode, TopologyView,
};

use super::look::{LOOKS, Look};
use super::order::by_name;

/// The rows of a drawing, from the top down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Tier {
    /// Gateways, and what is outside.
    Top,
    Spine,
    /// Leaves, and switches whose role says nothing: that is where most switches are.
    Leaf,
    Server,
}

pub(super) const fn tier_of(kind: NodeKind) -> Tier {
    match kind {
        NodeKind::Gateway | NodeKind::External => Tier::Top,
        NodeKind::Spine => Tier::Spine,
        NodeKind::Leaf | NodeKind::Switch => Tier::Leaf,
        NodeKind::Server => Tier::Server,
    }
}

/// A link between two nodes of the scene, turned so that it runs down.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) link: &'a TopologyLink,
    pub(super) upper: usize,
    pub(super) upper_port: &'a Option<String>,
    pub(super) lower: usize,
    pub(super) lower_port: &'a Option<String>,
}

/// Leaves that stand beside each other: a redundancy group, a pair that has no name, or one leaf alone.
#[derive(Debug)]
pub(super) struct Cluster {
    /// The group's name; none has no box around it.
    pub(super) label: Option<String>,
    /// `eslag` or `mclag`.
    pub(super) kind: Option<String>,
    pub(super) members: Vec<usize>,
}

/// Servers that are cabled to the same clusters.
#[derive(Debug)]
pub(super) struct Shelf {
    /// Those clusters, in order. None are servers that hang on no leaf.
    pub(super) homes: Vec<usize>,
    pub(super) members: Vec<usize>,
}

/// The parts of a drawing, in an order that is the view's no more.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    /// From the top down, in a row by name.
    pub(super) nodes: Vec<&'a TopologyNode>,
    /// From the top down and from the left.
    pub(super) lines: Vec<Line<'a>>,
    /// Every leaf is in one.
    pub(super) clusters: Vec<Cluster>,
    /// Every server is in one. From the left; those without a home are last.
    pub(super) shelves: Vec<Shelf>,
    pub(super) pending: Vec<PendingSource>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(view: &'a TopologyView) -> Self {
        let mut nodes: Vec<&TopologyNode> = view.nodes.iter().collect();
        nodes.sort_by(|a, b| {
            let row = |node: &TopologyNode| (tier_of(node.kind), node.kind == NodeKind::External);
            row(a).cmp(&row(b)).then_with(|| by_name(&a.name, &b.name)).then_with(|| a.id.cmp(&b.id))
        });
        nodes.dedup_by(|a, b| a.id == b.id);
        let at: HashMap<&str, usize> =
            nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
        let mut lines: Vec<Line<'_>> = view.links.iter().filter_map(|link| line(link, &nodes, &at)).collect();
        lines.sort_by(|a, b| {
            (a.upper, a.lower).cmp(&(b.upper, b.lower)).then_with(|| by_name(&a.link.id, &b.link.id))
        });
        let clusters = clusters(&nodes, &lines);
        let shelves = shelves(&nodes, &lines, &clusters);
        let mut pending = view.pending.clone();
        pending.sort_by_key(|source| *source as u8);
        pending.dedup();
        Self { nodes, lines, clusters, shelves, pending }
    }

    /// Whether anything in it has this to come.
    pub(super) fn has(&self, change: TopologyChange) -> bool {
        self.nodes.iter().any(|node| node.change == Some(change))
            || self.lines.iter().any(|line| line.link.change == Some(change))
    }

    /// The kinds of links that occur, in the order of the legend.
    pub(super) fn looks(&self) -> Vec<&'static Look> {
        let kinds: HashSet<LinkKind> = self.lines.iter().map(|line| line.link.kind).collect();
        LOOKS.iter().filter(|look| kinds.contains(&look.kind)).collect()
    }

    /// The nodes of a row.
    pub(super) fn row(&self, tier: Tier) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(move |&at| tier_of(self.nodes[at].kind) == tier)
    }
}

fn line<'a>(link: &'a TopologyLink, nodes: &[&TopologyNode], at: &HashMap<&str, usize>) -> Option<Line<'a>> {
    let (a, b) = (*at.get(link.a.as_str())?, *at.get(link.b.as_str())?);
    // The view has externals at the bottom of everything; here they are above.
    let turned = tier_of(nodes[a].kind) > tier_of(nodes[b].kind);
    let (upper, lower) = if turned { (b, a) } else { (a, b) };
    let (upper_port, lower_port) =
        if turned { (&link.b_port, &link.a_port) } else { (&link.a_port, &link.b_port) };
    Some(Line { link, upper, upper_port, lower, lower_port })
}

/// Leaves by their redundancy group. Those without one stand beside their MCLAG peer, or beside who shares a
/// server's LAG with them.
fn clusters(nodes: &[&TopologyNode], lines: &[Line<'_>]) -> Vec<Cluster> {
    let is_leaf = |at: usize| tier_of(nodes[at].kind) == Tier::Leaf;
    let is_alone = |at: usize| is_leaf(at) && nodes[at].group.is_none();
    let mut pairs = Pairs((0..nodes.len()).collect());
    let mut of_object: HashMap<&str, usize> = HashMap::new();
    for line in lines {
        match line.link.kind {
            LinkKind::MclagPeer | LinkKind::MclagSession if is_alone(line.upper) && is_alone(line.lower) => {
                pairs.join(line.upper, line.lower);
            }
            LinkKind::Mclag | LinkKind::Eslag if is_alone(line.upper) => {
                let first = *of_object.entry(&line.link.object).or_insert(line.upper);
                pairs.join(first, line.upper);
            }
            _ => {}
        }
    }
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    for at in (0..nodes.len()).filter(|&at| is_leaf(at)) {
        let key = match &nodes[at].group {
            Some(group) => Key::Group(group),
            None => Key::Pair(pairs.first(at)),
        };
        let place = *known.entry(key).or_insert_with(|| {
            clusters.push(Cluster { label: nodes[at].group.clone(), kind: None, members: Vec::new() });
            clusters.len() - 1
        });
        clusters[place].members.push(at);
        if clusters[place].kind.is_none() {
            clusters[place].kind.clone_from(&nodes[at].group_type);
        }
    }
    for cluster in clusters.iter_mut().filter(|cluster| cluster.label.is_none()) {
        cluster.kind = None;
    }
    clusters
}

#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Group(&'a str),
    Pair(usize),
}

/// Who belongs together, each pointing to one that comes before it, or to itself.
struct Pairs(Vec<usize>);

impl Pairs {
    fn first(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }
}

fn shelves(nodes: &[&TopologyNode], lines: &[Line<'_>], clusters: &[Cluster]) -> Vec<Shelf> {
    let mut cluster_of = HashMap::new();
    for (place, cluster) in clusters.iter().enumerate() {
        cluster_of.extend(cluster.members.iter().map(|&at| (at, place)));
    }
    let mut homes: HashMap<usize, Vec<usize>> = HashMap::new();
    for line in lines {
        if let Some(&place) = cluster_of.get(&line.upper) {
            homes.entry(line.lower).or_default().push(place);
        }
    }
    let mut shelves: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for at in (0..nodes.len()).filter(|&at| tier_of(nodes[at].kind) == Tier::Server) {
        let mut homes = homes.remove(&at).unwrap_or_default();
        homes.sort_unstable();
        homes.dedup();
        shelves.entry(homes).or_default().push(at);
    }
    let mut shelves: Vec<Shelf> =
        shelves.into_iter().map(|(homes, members)| Shelf { homes, members }).collect();
    // Under the middle of their homes, in halves to stay with whole numbers.
    shelves.sort_by_key(|shelf| {
        let middle = match (shelf.homes.first(), shelf.homes.last()) {
            (Some(first), Some(last)) => first + last,
            _ => usize::MAX,
        };
        // Where one home is all, that is where they hang; others make way.
        (middle, shelf.homes.len(), shelf.homes.clone())
    });
    shelves
}
