//! What becomes of a drawing.

use std::collections::{HashMap, HashSet};

use crate::id::RepoPath;
use crate::topology::view::{TopologyChange, TopologyLink, TopologyNode, TopologyView, VpcReach};

/// A part of a drawing that may come, go, or change.
trait Part: Clone {
    fn id(&self) -> &str;
    fn file(&self) -> Option<&RepoPath>;
    fn mark(&mut self, change: TopologyChange);
    /// Whether it is another, whatever its file says.
    fn differs(&self, before: &Self) -> bool;
}

impl Part for TopologyNode {
    fn id(&self) -> &str {
        &self.id
    }
    fn file(&self) -> Option<&RepoPath> {
        self.file.as_ref()
    }
    fn mark(&mut self, change: TopologyChange) {
        self.change = Some(change);
    }
    fn differs(&self, before: &Self) -> bool {
        self != before
    }
}

impl Part for TopologyLink {
    fn id(&self) -> &str {
        &self.id
    }
    fn file(&self) -> Option<&RepoPath> {
        self.file.as_ref()
    }
    fn mark(&mut self, change: TopologyChange) {
        self.change = Some(change);
    }
    fn differs(&self, before: &Self) -> bool {
        self != before
    }
}

impl Part for VpcReach {
    fn id(&self) -> &str {
        &self.id
    }
    fn file(&self) -> Option<&RepoPath> {
        None
    }
    fn mark(&mut self, change: TopologyChange) {
        self.change = Some(change);
    }
    fn differs(&self, before: &Self) -> bool {
        self != before
    }
}

/// The drawing `after`, with what is new in it against `before`, what is another, and what goes: that stays in
/// it, marked. `files` are those whose objects say something else, be it nothing that is drawn.
pub(crate) fn compare(before: &TopologyView, after: TopologyView, files: &HashSet<RepoPath>) -> TopologyView {
    TopologyView {
        nodes: marked(&before.nodes, after.nodes, files),
        links: marked(&before.links, after.links, files),
        vpcs: marked(&before.vpcs, after.vpcs, files),
        pending: after.pending,
    }
}

fn marked<P: Part>(before: &[P], mut after: Vec<P>, files: &HashSet<RepoPath>) -> Vec<P> {
    let mut known: HashMap<&str, &P> = before.iter().map(|part| (part.id(), part)).collect();
    for part in &mut after {
        match known.remove(part.id()) {
            None => part.mark(TopologyChange::Added),
            Some(old) if part.differs(old) || part.file().is_some_and(|file| files.contains(file)) => {
                part.mark(TopologyChange::Changed);
            }
            Some(_) => {}
        }
    }
    let mut gone: Vec<P> = known.into_values().cloned().collect();
    for part in &mut gone {
        part.mark(TopologyChange::Removed);
    }
    after.extend(gone);
    after.sort_by(|a, b| a.id().cmp(b.id()));
    after
}
