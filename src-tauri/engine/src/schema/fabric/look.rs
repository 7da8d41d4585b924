//! A look at a fabric from one object: whatever is looked up is noted.

use ipnet::IpNet;

use super::claims::{Claim, claims};
use super::{ANY, Checked, Fabric, Slot};
use crate::finding::Code;
use crate::schema::check::did_you_mean;
use crate::schema::object::{Key, KindId, Object};
use crate::schema::read::{At, Place, Problem};

pub(super) struct Look<'a> {
    fabric: &'a Fabric,
    slot: Slot,
    pub(super) object: &'a Object,
    checked: Checked,
}

/// Whether the fabric's installer makes an object of this name by itself.
pub(super) fn is_made_by_the_fabric(key: &Key) -> bool {
    &*key.name == "default" && matches!(key.kind.name(), "IPv4Namespace" | "VLANNamespace" | "GatewayGroup")
}

impl<'a> Look<'a> {
    pub(super) fn new(fabric: &'a Fabric, slot: Slot, object: &'a Object) -> Self {
        Self { fabric, slot, object, checked: Checked::default() }
    }

    pub(super) fn done(self) -> Checked {
        self.checked
    }

    pub(super) fn problem(
        &mut self,
        code: Code,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.checked.problems.push(Problem::new(code, place, message).hint(hint));
    }

    /// The object of that kind and name, in the namespace of the one that looks.
    pub(super) fn get(&mut self, kind: &str, name: &str) -> Option<&'a Object> {
        let kind = KindId::of(kind)?;
        self.at(Key::new(kind, &self.object.id.namespace, name))
    }

    fn at(&mut self, key: Key) -> Option<&'a Object> {
        match self.fabric.slots.get(&key) {
            Some(slot) => {
                self.checked.looked_up.push(*slot);
                self.fabric.entries[*slot as usize].object.as_deref()
            }
            None => {
                self.checked.unheard_of.push(key);
                None
            }
        }
    }

    /// Whether there is any object of the kind at all.
    pub(super) fn has_any(&mut self, kind: &str) -> bool {
        let Some(kind) = KindId::of(kind) else { return false };
        // What is looked up has no object, and is told when the first comes or the last goes.
        self.at(Key { kind, name: ANY.into() });
        self.fabric.counts[kind.index()] > 0
    }

    /// The object that a field refers to; a problem where there is none, unless it may be kept elsewhere.
    pub(super) fn refer(&mut self, kind: &'static str, name: &At<String>) -> Option<&'a Object> {
        self.refer_to(kind, &name.value, name.place)
    }

    pub(super) fn refer_to(&mut self, kind: &'static str, name: &str, place: Place) -> Option<&'a Object> {
        let found = self.get(kind, name);
        let by_the_fabric = name == "default" && matches!(kind, "IPv4Namespace" | "VLANNamespace");
        if found.is_none() && self.has_any(kind) && !by_the_fabric {
            let hint = if self.is_refused(kind, name) {
                "It was dropped too, and was rejected: mend it first.".to_owned()
            } else {
                did_you_mean(name, self.names(kind).into_iter())
            };
            self.problem(Code::DanglingReference, place, format!("There is no {kind} {name}."), hint);
        }
        found
    }

    fn is_refused(&self, kind: &str, name: &str) -> bool {
        let key = KindId::of(kind).map(|kind| Key::new(kind, &self.object.id.namespace, name));
        key.is_some_and(|key| self.fabric.refused.contains(&key))
    }

    /// The object that the fabric would refer to by itself, since the field is absent.
    pub(super) fn refer_by_default(&mut self, kind: &'static str) -> Option<&'a Object> {
        self.get(kind, "default")
    }

    /// The names that there are of a kind, for a hint.
    fn names(&self, kind: &str) -> Vec<&'a str> {
        let Some(kind) = KindId::of(kind) else { return Vec::new() };
        let of_kind = |entry: &&'a super::Entry| entry.key.kind == kind && entry.object.is_some();
        let mut names: Vec<&str> =
            self.fabric.entries.iter().filter(of_kind).map(|entry| &*entry.key.name).collect();
        names.sort_unstable();
        names
    }

    /// The others who share a claim.
    pub(super) fn sharing(&self, claim: &Claim) -> impl Iterator<Item = &'a Object> {
        let slot = self.slot;
        let holders = self.fabric.claims.get(claim).into_iter().flatten();
        holders
            .filter(move |holder| **holder != slot)
            .filter_map(|holder| self.fabric.entries[*holder as usize].object.as_deref())
    }

    /// The other VPCs that overlap with a prefix.
    pub(super) fn overlapping(&self, namespace: &str, net: IpNet) -> Vec<&'a Object> {
        let others = self.fabric.prefixes.overlapping(namespace, net).into_iter();
        let others = others.filter(|slot| *slot != self.slot);
        others.filter_map(|slot| self.fabric.entries[slot as usize].object.as_deref()).collect()
    }

    /// Tells of each claim that another object has too.
    pub(super) fn one_each(&mut self) {
        for (claim, place) in claims(self.object) {
            let Some(code) = claim.code() else { continue };
            let mut others: Vec<String> = self.sharing(&claim).map(|other| other.id.to_string()).collect();
            others.sort_unstable();
            let Some(first) = others.first() else { continue };
            let other = match others.len() {
                1 => first.clone(),
                more => format!("{first} and {} more", more - 1),
            };
            self.problem(code, place, claim.message(&other), "Change one of them.");
        }
    }
}
