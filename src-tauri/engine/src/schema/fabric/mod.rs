//! All objects of a fabric together: who refers to whom, and who claims what only one may have.
//!
//! A change rechecks what it touches and nothing else. Each check notes every object that it looked up, there
//! or not; so whoever looked up what has changed is checked anew, and so is whoever shares a claim or
//! overlaps with it.

mod claims;
mod look;
mod prefixes;
mod rules;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::finding::{Code, Finding, in_order};
use crate::schema::object::{Key, KindId, Object};
use crate::schema::read::Problem;
use claims::{Claim, claims};
use look::Look;
use prefixes::Prefixes;

/// An object, or the place of one that is only referred to.
type Slot = u32;

#[derive(Debug)]
struct Entry {
    key: Key,
    object: Option<Arc<Object>>,
    /// Whoever looked this one up when it was checked last.
    dependents: HashSet<Slot>,
    /// Whom it looked up when it was checked last.
    looked_up: Vec<Slot>,
    /// What is wrong with it because of others.
    problems: Vec<Problem>,
}

impl Entry {
    /// What is wrong with it, by itself and because of others.
    fn findings(&self) -> Vec<Finding> {
        let Some(object) = &self.object else { return Vec::new() };
        let mut problems: Vec<&Problem> = object.problems.iter().chain(&self.problems).collect();
        problems.sort_by_key(|problem| problem.place);
        problems.into_iter().map(|problem| object.finding(problem)).collect()
    }
}

/// The objects of a fabric, checked against each other.
#[derive(Debug, Default)]
pub(crate) struct Fabric {
    slots: HashMap<Key, Slot>,
    entries: Vec<Entry>,
    /// How many objects there are of each kind.
    counts: [u32; KindId::COUNT],
    /// The names of each kind, for hints.
    names: Vec<BTreeSet<Box<str>>>,
    /// Who has what, in the order of keys.
    claims: HashMap<Claim, Vec<Slot>>,
    prefixes: Prefixes,
    /// The ASNs of the spines, each with how many have it.
    spine_asns: BTreeMap<u32, usize>,
    stale: Stale,
    /// Objects of a drop that are not taken: whoever refers to one is told so.
    refused: HashSet<Key>,
}

/// What must be checked anew.
#[derive(Debug, Default)]
struct Stale {
    slots: BTreeSet<Slot>,
    /// How often something was marked since the last check.
    marks: usize,
    /// Whether so much is touched that all of it is checked: who else is touched need not be found out.
    all: bool,
}

impl Stale {
    /// Marks these, of a fabric with so many entries.
    fn mark(&mut self, slots: impl IntoIterator<Item = Slot>, entries: usize) {
        for slot in slots {
            if self.all {
                return;
            }
            self.slots.insert(slot);
            self.marks += 1;
            // Thousands who share one claim would else be marked for each that joins them.
            self.all = self.marks > 8 * entries + 1_000;
        }
    }
}

/// The name that stands for "any of the kind": no object has it.
const ANY: &str = "*";
/// The name that stands for "all of the kind": no object has it either.
const ALL: &str = "**";
/// From how many on it pays to check on all cores.
const MANY: usize = 256;

impl Fabric {
    /// Puts an object in its place, or takes it away; gives back what was there.
    pub(crate) fn set(&mut self, key: &Key, object: Option<Arc<Object>>) -> Option<Arc<Object>> {
        let slot = self.slot(key);
        let before = self.entries[slot as usize].object.take();
        if let Some(before) = &before {
            self.release(slot, before);
        }
        if let Some(object) = &object {
            self.claim(slot, object);
        }
        let count = &mut self.counts[key.kind.index()];
        let was_empty = *count == 0;
        *count = *count + u32::from(object.is_some()) - u32::from(before.is_some());
        if (*count == 0) != was_empty {
            self.recheck_dependents(&Key { kind: key.kind, name: ANY.into() });
        }
        if object.is_some() != before.is_some() {
            self.recheck_dependents(&Key { kind: key.kind, name: ALL.into() });
        }
        if object.is_some() != before.is_some() {
            if self.names.is_empty() {
                self.names = vec![BTreeSet::new(); KindId::COUNT];
            }
            let names = &mut self.names[key.kind.index()];
            if object.is_some() {
                names.insert(key.name.clone())
            } else {
                names.remove(&key.name)
            };
        }
        let entries = self.entries.len();
        let entry = &mut self.entries[slot as usize];
        entry.object = object;
        self.stale.mark(entry.dependents.iter().copied().chain([slot]), entries);
        before
    }

    /// Says which objects of a drop are not taken. Whoever refers to one is checked anew.
    pub(crate) fn refuse(&mut self, refused: HashSet<Key>) {
        let before = std::mem::replace(&mut self.refused, refused);
        let changed: Vec<Key> = before.symmetric_difference(&self.refused).cloned().collect();
        for key in &changed {
            self.recheck_dependents(key);
        }
    }

    fn recheck_dependents(&mut self, key: &Key) {
        if let Some(slot) = self.slots.get(key) {
            let dependents = self.entries[*slot as usize].dependents.iter().copied();
            self.stale.mark(dependents, self.entries.len());
        }
    }

    /// Checks what has changed since, and what that touches. Says whose problems may have changed.
    pub(crate) fn recheck(&mut self) -> Vec<Key> {
        let stale = std::mem::take(&mut self.stale);
        let stale: Vec<Slot> = if stale.all {
            (0..).take(self.entries.len()).collect()
        } else {
            stale.slots.into_iter().collect()
        };
        let checked: Vec<Checked> = if stale.len() >= MANY {
            stale.par_iter().map(|slot| self.check(*slot)).collect()
        } else {
            stale.iter().map(|slot| self.check(*slot)).collect()
        };
        for (slot, checked) in stale.iter().zip(checked) {
            self.keep(*slot, checked);
        }
        stale.iter().map(|slot| self.entries[*slot as usize].key.clone()).collect()
    }

    /// What is wrong with an object, by itself and because of others.
    pub(crate) fn findings_of(&self, key: &Key) -> Vec<Finding> {
        self.slots.get(key).map(|slot| self.entries[*slot as usize].findings()).unwrap_or_default()
    }

    /// What is wrong with all of it, in the order of files.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.entries.iter().flat_map(Entry::findings).collect();
        findings.extend(self.absences(None));
        in_order(&mut findings);
        findings
    }

    /// What is referred to and kept elsewhere, it seems: one warning for each kind of which there is not one
    /// object, and for each namespace called `default`, which a fabric's installer makes. With `of`, only
    /// what those objects refer to.
    pub(crate) fn absences(&self, of: Option<&HashSet<Key>>) -> Vec<Finding> {
        let mut findings: Vec<(&Key, Finding)> = Vec::new();
        let mut referrers: HashMap<KindId, (usize, Option<Slot>)> = HashMap::new();
        for entry in self.entries.iter().filter(|entry| entry.object.is_none() && !is_a_stand_in(&entry.key))
        {
            let key = |slot: &&Slot| &self.entries[**slot as usize].key;
            let interested = |slot: &&Slot| of.is_none_or(|of| of.contains(key(slot)));
            let dependents: Vec<Slot> = entry.dependents.iter().filter(interested).copied().collect();
            let Some(first) =
                dependents.iter().min_by_key(|slot| &self.entries[**slot as usize].key).copied()
            else {
                continue;
            };
            if look::is_made_by_the_fabric(&entry.key) {
                let finding = self.absence(
                    Code::DefaultAbsent,
                    first,
                    format!("The {} default does not stand in this directory.", entry.key.kind.name()),
                    "The fabric's installer makes it; what refers to it could not be checked against it.",
                );
                findings.push((&entry.key, finding));
            } else if self.counts[entry.key.kind.index()] == 0 && entry.key.kind.is_managed() {
                let (count, earliest) = referrers.entry(entry.key.kind).or_default();
                *count += dependents.len();
                *earliest = earliest.map_or(Some(first), |earliest| {
                    Some(std::cmp::min_by_key(earliest, first, |slot| {
                        self.entries[*slot as usize].key.clone()
                    }))
                });
            }
        }
        findings.sort_by_key(|(key, _)| *key);
        let mut findings: Vec<Finding> = findings.into_iter().map(|(_, finding)| finding).collect();
        let mut referrers: Vec<_> = referrers.into_iter().collect();
        referrers.sort();
        for (kind, (count, first)) in referrers {
            let Some(first) = first else { continue };
            let what =
                if count == 1 { "1 reference was".to_owned() } else { format!("{count} references were") };
            findings.push(self.absence(
                Code::KindAbsent,
                first,
                format!("Not one {} stands in this directory, so {what} not checked.", kind.name()),
                "Nothing is to be done if they are kept elsewhere.",
            ));
        }
        findings
    }

    fn absence(&self, code: Code, first: Slot, message: String, hint: &str) -> Finding {
        let finding = Finding::new(code, message).hint(hint);
        match &self.entries[first as usize].object {
            Some(object) => finding
                .in_file(&object.file)
                .at(object.at.line, object.at.column)
                .about(&object.id.kind, &object.id.name),
            None => finding,
        }
    }

    /// The objects that refer to this one, in order.
    pub(crate) fn referrers(&self, key: &Key) -> Vec<&Arc<Object>> {
        let Some(slot) = self.slots.get(key) else { return Vec::new() };
        let dependents = &self.entries[*slot as usize].dependents;
        let mut objects: Vec<&Arc<Object>> =
            dependents.iter().filter_map(|slot| self.entries[*slot as usize].object.as_ref()).collect();
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        objects
    }

    /// Why an object can't become another, or nothing: its errors of change.
    pub(crate) fn change_problems(&self, before: &Object, after: Option<&Object>) -> Vec<Problem> {
        rules::change(self, before, after)
    }

    fn slot(&mut self, key: &Key) -> Slot {
        if let Some(slot) = self.slots.get(key) {
            return *slot;
        }
        let slot = Slot::try_from(self.entries.len()).unwrap_or(Slot::MAX);
        self.slots.insert(key.clone(), slot);
        self.entries.push(Entry {
            key: key.clone(),
            object: None,
            dependents: HashSet::new(),
            looked_up: Vec::new(),
            problems: Vec::new(),
        });
        slot
    }

    fn claim(&mut self, slot: Slot, object: &Object) {
        let entries = &self.entries;
        if let Some(asn) = claims::spine_asn(object) {
            *self.spine_asns.entry(asn).or_default() += 1;
        }
        for (claim, _) in claims(object) {
            let holders = self.claims.entry(claim).or_default();
            self.stale.mark(holders.iter().copied(), entries.len());
            // In the order of names: who came first must not show.
            let at = holders
                .binary_search_by(|other| entries[*other as usize].key.cmp(&entries[slot as usize].key));
            if let Err(at) = at {
                holders.insert(at, slot);
            }
        }
        for (namespace, net) in prefixes::prefixes(object) {
            if !self.stale.all {
                self.stale.mark(self.prefixes.overlapping(namespace, net), entries.len());
            }
            self.prefixes.insert(slot, namespace, net, &|slot| &entries[slot as usize].key);
        }
    }

    fn release(&mut self, slot: Slot, object: &Object) {
        if let Some(asn) = claims::spine_asn(object)
            && let Some(count) = self.spine_asns.get_mut(&asn)
        {
            *count -= 1;
            if *count == 0 {
                self.spine_asns.remove(&asn);
            }
        }
        for (claim, _) in claims(object) {
            if let Some(holders) = self.claims.get_mut(&claim) {
                holders.retain(|holder| *holder != slot);
                self.stale.mark(holders.iter().copied(), self.entries.len());
                if holders.is_empty() {
                    self.claims.remove(&claim);
                }
            }
        }
        for (namespace, net) in prefixes::prefixes(object) {
            self.prefixes.remove(slot, namespace, net);
            if !self.stale.all {
                self.stale.mark(self.prefixes.overlapping(namespace, net), self.entries.len());
            }
        }
    }

    fn check(&self, slot: Slot) -> Checked {
        let Some(object) = &self.entries[slot as usize].object else { return Checked::default() };
        let mut look = Look::new(self, slot, object);
        if object.current {
            rules::check(&mut look);
        }
        look.done()
    }

    fn keep(&mut self, slot: Slot, checked: Checked) {
        for other in std::mem::take(&mut self.entries[slot as usize].looked_up) {
            self.entries[other as usize].dependents.remove(&slot);
        }
        let mut looked_up = checked.looked_up;
        for key in checked.unheard_of {
            looked_up.push(self.slot(&key));
        }
        looked_up.sort_unstable();
        looked_up.dedup();
        for other in &looked_up {
            self.entries[*other as usize].dependents.insert(slot);
        }
        let entry = &mut self.entries[slot as usize];
        entry.looked_up = looked_up;
        entry.problems = checked.problems;
    }
}

/// Whether a key is that of no object, and stands for more than one.
fn is_a_stand_in(key: &Key) -> bool {
    [ANY, ALL].contains(&&*key.name)
}

/// What a check of one object found.
#[derive(Debug, Default)]
struct Checked {
    problems: Vec<Problem>,
    looked_up: Vec<Slot>,
    /// Keys that it looked up and that nobody has named before.
    unheard_of: Vec<Key>,
}
