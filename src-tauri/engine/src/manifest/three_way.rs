//! The three-way merge of an object's value: what is to be taken from which side.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::manifest::Node;
use crate::manifest::compare::{key_text, same_value};
use crate::manifest::field_path::{FieldPath, Step};
use crate::manifest::natural_keys::{item_key, kind_of, named};
use crate::manifest::node::Value;

/// Annotations that ingestion adds, and that are never a difference, have this prefix.
pub(crate) const ANNOTATION_PREFIX: &str = "hnp.githedgehog.com/";

/// One of the three versions that a merge is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// What both sides had before they changed it.
    Base,
    /// What is here.
    Ours,
    /// What comes from the remote.
    Theirs,
}

impl Side {
    /// The other one of the two that changed the base.
    pub(super) fn other(self) -> Self {
        if self == Self::Ours { Self::Theirs } else { Self::Ours }
    }
}

/// The same place in the three versions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trio<'n> {
    pub(super) base: Option<&'n Node>,
    pub(super) ours: Option<&'n Node>,
    pub(super) theirs: Option<&'n Node>,
}

impl<'n> Trio<'n> {
    pub(super) fn get(&self, side: Side) -> Option<&'n Node> {
        match side {
            Side::Base => self.base,
            Side::Ours => self.ours,
            Side::Theirs => self.theirs,
        }
    }
}

/// What becomes of a value.
#[derive(Debug)]
pub(super) enum Merged<'n> {
    /// Both sides say the same.
    Same,
    /// It is as one version has it.
    As(Side),
    /// A mapping, of which each side has changed something.
    Mapping(Vec<Part<'n>>),
    /// A list with named items, of which each side has changed something.
    Sequence(Vec<Part<'n>>),
}

/// An entry of a mapping, or an item of a list.
#[derive(Debug)]
pub(super) struct Part<'n> {
    /// The keys, or the items themselves.
    pub(super) at: Trio<'n>,
    /// The values, or the items themselves.
    pub(super) values: Trio<'n>,
    /// What becomes of it.
    pub(super) merged: Merged<'n>,
}

/// How conflicts are settled.
#[derive(Debug, Default)]
pub(super) struct Picks<'p> {
    /// By field.
    pub(super) by_field: Option<&'p HashMap<FieldPath, Side>>,
    /// Of all other fields.
    pub(super) rest: Option<Side>,
}

/// Two sides changed a field in different ways.
#[derive(Debug)]
pub(super) struct Clash<'n> {
    pub(super) path: FieldPath,
    pub(super) values: Trio<'n>,
}

/// Merges three objects, the base an empty one where there is none. Fields that both sides changed differently
/// and that no pick settles are clashes; then what is merged counts for nothing.
///
/// A mapping is merged by key, a list whose items have natural keys by item, and all else is one field. Both
/// ways round, a merge comes to the same value: items and keys that both sides add in one place are sorted.
pub(super) fn merge<'n>(versions: Trio<'n>, picks: &Picks<'_>) -> (Merged<'n>, Vec<Clash<'n>>) {
    let kind = |side| versions.get(side).map(kind_of).unwrap_or_default();
    // An object that changes its kind has no lists that could be compared by item.
    let kind = if kind(Side::Ours) == kind(Side::Theirs) { kind(Side::Ours) } else { "" };
    let newer = newer_origin(&versions);
    let mut merge = Merge { kind, picks, newer, path: Vec::new(), clashes: Vec::new() };
    let merged = merge.value(versions).unwrap_or(Merged::As(Side::Ours));
    (merged, merge.clashes)
}

/// The side whose annotations of ours count where both changed them: a rule that is the same both ways round.
fn newer_origin(versions: &Trio<'_>) -> Side {
    let origin = |side| {
        let annotations = versions.get(side).and_then(|node| node.get("metadata")?.get("annotations"));
        let entries = annotations.map(Node::entries).unwrap_or_default().iter();
        let mut ours: Vec<(String, String)> = entries
            .filter_map(|(key, value)| Some((key_text(key), value.scalar()?.text.clone())))
            .filter(|(key, _)| key.starts_with(ANNOTATION_PREFIX))
            .collect();
        ours.sort_unstable();
        ours
    };
    if origin(Side::Ours) >= origin(Side::Theirs) { Side::Ours } else { Side::Theirs }
}

struct Merge<'n, 'p> {
    kind: &'n str,
    picks: &'p Picks<'p>,
    newer: Side,
    path: Vec<Step>,
    clashes: Vec<Clash<'n>>,
}

impl<'n> Merge<'n, '_> {
    /// What becomes of a value; none where it is to go.
    fn value(&mut self, values: Trio<'n>) -> Option<Merged<'n>> {
        match (values.ours, values.theirs) {
            (None, None) => None,
            (Some(ours), Some(theirs)) if same_value(ours, theirs) => Some(Merged::Same),
            (Some(ours), Some(theirs)) => self.inside(values, ours, theirs).or_else(|| self.whole(values)),
            _ => self.whole(values),
        }
    }

    /// The merge by parts, where there are such.
    fn inside(&mut self, values: Trio<'n>, ours: &'n Node, theirs: &'n Node) -> Option<Merged<'n>> {
        match (&ours.value, &theirs.value) {
            (Value::Mapping { .. }, Value::Mapping { .. }) => {
                let parts = [values.base, Some(ours), Some(theirs)].map(Children::of_mapping);
                Some(Merged::Mapping(self.parts(&parts)))
            }
            (Value::Sequence { .. }, Value::Sequence { .. }) => {
                let key = item_key(self.kind, &self.path)?;
                let read = |list: Option<&'n Node>| match list.map(|list| &list.value) {
                    Some(Value::Sequence { items, .. }) => Some(Children::of_list(named(items, key)?, items)),
                    _ => Some(Children::default()),
                };
                let parts = [read(values.base)?, read(Some(ours))?, read(Some(theirs))?];
                Some(Merged::Sequence(self.parts(&parts)))
            }
            _ => None,
        }
    }

    fn parts(&mut self, sides: &[Children<'n>; 3]) -> Vec<Part<'n>> {
        let [base, ours, theirs] = sides;
        let mut kept: HashMap<&str, Part<'n>> = HashMap::new();
        let added = theirs.steps.iter().filter(|step| !ours.index.contains_key(step.name()));
        for step in ours.steps.iter().chain(added) {
            let find = |side: &Children<'n>| side.index.get(step.name()).map(|at| side.nodes[*at]);
            let found = [find(base), find(ours), find(theirs)];
            let [at, values] = [0, 1].map(|part| {
                let [base, ours, theirs] =
                    found.map(|pair| pair.map(|pair| if part == 0 { pair.0 } else { pair.1 }));
                Trio { base, ours, theirs }
            });
            self.path.push(step.clone());
            if let Some(merged) = self.value(values) {
                kept.insert(step.name(), Part { at, values, merged });
            }
            self.path.pop();
        }
        let names = |side: &'_ Children<'n>| -> Vec<String> {
            side.steps.iter().map(|step| step.name().to_owned()).collect()
        };
        let order = in_order([names(base), names(ours), names(theirs)], |name| kept.contains_key(name));
        order.iter().filter_map(|name| kept.remove(name.as_str())).collect()
    }

    /// One side's value as a whole; none where that is none.
    fn whole(&mut self, values: Trio<'n>) -> Option<Merged<'n>> {
        let side = if same(values.base, values.ours) {
            Side::Theirs
        } else if same(values.base, values.theirs) {
            Side::Ours
        } else if self.is_origin() {
            self.newer
        } else {
            let path = FieldPath::of(&self.path);
            let picked = self.picks.by_field.and_then(|picks| picks.get(&path).copied()).or(self.picks.rest);
            picked.unwrap_or_else(|| {
                self.clashes.push(Clash { path, values });
                if values.ours.is_some() { Side::Ours } else { Side::Theirs }
            })
        };
        values.get(side).map(|_| Merged::As(side))
    }

    /// Whether this is an annotation of ours, which says where an object came from and nothing to the fabric.
    fn is_origin(&self) -> bool {
        matches!(self.path.as_slice(), [Step::Key(metadata), Step::Key(annotations), Step::Key(key)]
            if metadata == "metadata" && annotations == "annotations" && key.starts_with(ANNOTATION_PREFIX))
    }
}

fn same(a: Option<&Node>, b: Option<&Node>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same_value(a, b),
        _ => false,
    }
}

/// The parts of a mapping or a list, by name.
#[derive(Default)]
pub(super) struct Children<'n> {
    pub(super) steps: Vec<Step>,
    /// Keys with values; items twice.
    pub(super) nodes: Vec<(&'n Node, &'n Node)>,
    pub(super) index: HashMap<String, usize>,
}

impl<'n> Children<'n> {
    /// The entries of a mapping; nothing else has any.
    pub(super) fn of_mapping(node: Option<&'n Node>) -> Self {
        let entries = node.map(Node::entries).unwrap_or_default();
        let steps = entries.iter().map(|(key, _)| Step::Key(key_text(key))).collect();
        Self::of(steps, entries.iter().map(|(key, value)| (key, value)).collect())
    }

    pub(super) fn of_list(steps: Vec<Step>, items: &'n [Node]) -> Self {
        Self::of(steps, items.iter().map(|item| (item, item)).collect())
    }

    fn of(steps: Vec<Step>, nodes: Vec<(&'n Node, &'n Node)>) -> Self {
        let index = steps.iter().enumerate().map(|(at, step)| (step.name().to_owned(), at)).collect();
        Self { steps, nodes, index }
    }
}

/// The order of the names that are kept, out of the orders of base, ours and theirs: the same both ways round.
///
/// What both sides have keeps the order that one side changed it to. What only one has stands behind what it
/// follows there; where both have such in one place, they are sorted.
fn in_order(sides: [Vec<String>; 3], is_kept: impl Fn(&str) -> bool) -> Vec<String> {
    let [base, ours, theirs] = sides.map(|mut names| {
        names.retain(|name| is_kept(name));
        names
    });
    let set = |names: &[String]| names.iter().cloned().collect::<HashSet<String>>();
    let (in_ours, in_theirs) = (set(&ours), set(&theirs));
    let shared = |names: &[String]| -> Vec<String> {
        names.iter().filter(|name| in_ours.contains(*name) && in_theirs.contains(*name)).cloned().collect()
    };
    let [before, here, there] = [shared(&base), shared(&ours), shared(&theirs)];
    let shared = if here == there || before == there {
        here
    } else if before == here || here > there {
        there
    } else {
        here
    };
    let anchors = set(&shared);
    let followers = |names: Vec<String>| {
        let mut found: HashMap<Option<String>, Vec<String>> = HashMap::new();
        let mut anchor = None;
        for name in names {
            if anchors.contains(&name) {
                anchor = Some(name);
            } else {
                found.entry(anchor.clone()).or_default().push(name);
            }
        }
        found
    };
    let (mut ours, mut theirs) = (followers(ours), followers(theirs));
    let mut order = Vec::new();
    for anchor in std::iter::once(None).chain(shared.into_iter().map(Some)) {
        let (ours, theirs) =
            (ours.remove(&anchor).unwrap_or_default(), theirs.remove(&anchor).unwrap_or_default());
        order.extend(anchor);
        let both = !ours.is_empty() && !theirs.is_empty();
        let mut new: Vec<String> = ours.into_iter().chain(theirs).collect();
        if both {
            new.sort_unstable();
        }
        order.extend(new);
    }
    order
}

/// The tree that a merge comes to.
pub(super) fn tree_of(merged: &Merged<'_>, values: &Trio<'_>) -> Option<Node> {
    let parts_of = |parts: &[Part<'_>]| -> Vec<(Node, Node)> {
        let pair = |part: &Part<'_>| {
            let key = part.at.ours.or(part.at.theirs).or(part.at.base)?;
            Some((key.clone(), tree_of(&part.merged, &part.values)?))
        };
        parts.iter().filter_map(pair).collect()
    };
    let value = match merged {
        Merged::Same => return values.ours.cloned(),
        Merged::As(side) => return values.get(*side).cloned(),
        Merged::Mapping(parts) => Value::Mapping { entries: parts_of(parts), flow: false },
        Merged::Sequence(parts) => Value::Sequence {
            items: parts_of(parts).into_iter().map(|(_, item)| item).collect(),
            flow: false,
        },
    };
    let place = values.ours.or(values.theirs)?;
    Some(Node { value, span: 0..0, line: place.line, column: place.column, borrowed: false })
}
