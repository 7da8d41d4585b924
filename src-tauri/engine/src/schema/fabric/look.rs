//! A look at a fabric from one object: whatever is looked up is noted.

use std::collections::BTreeMap;
use std::ops::Bound;

use ipnet::IpNet;

use super::claims::{Claim, claims};
use super::{ALL, ANY, Checked, Fabric, Slot};
use crate::finding::Code;
use crate::schema::check::did_you_mean;
use crate::schema::object::{Key, KindId, Object};
use crate::schema::read::{At, Place, Problem};

/// How many names are looked through for one that is near.
const FEW: usize = 64;

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
        self.at(self.key(kind, name)?)
    }

    fn key(&self, kind: &str, name: &str) -> Option<Key> {
        Some(Key::new(KindId::of(kind)?, &self.object.id.namespace, name))
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
        let by_the_fabric = self.key(kind, name).is_some_and(|key| is_made_by_the_fabric(&key));
        if found.is_none() && self.has_any(kind) && !by_the_fabric {
            let hint = if self.is_refused(kind, name) {
                "It was dropped too, and was rejected: mend it first.".to_owned()
            } else {
                did_you_mean(name, self.names(kind, name).into_iter())
            };
            self.problem(Code::DanglingReference, place, format!("There is no {kind} {name}."), hint);
        }
        found
    }

    fn is_refused(&self, kind: &str, name: &str) -> bool {
        self.key(kind, name).is_some_and(|key| self.fabric.refused.contains(&key))
    }

    /// The object that the fabric would refer to by itself, since the field is absent.
    pub(super) fn refer_by_default(&mut self, kind: &'static str) -> Option<&'a Object> {
        self.get(kind, "default")
    }

    /// Names that there are of a kind, for a hint: all of a few, or those that are sorted beside the wrong one.
    fn names(&mut self, kind: &str, beside: &str) -> Vec<&'a str> {
        let Some(kind) = KindId::of(kind) else { return Vec::new() };
        // What is looked up has no object, and is told when any comes or goes.
        self.at(Key { kind, name: ALL.into() });
        let Some(names) = self.fabric.names.get(kind.index()) else { return Vec::new() };
        if names.len() <= FEW {
            return names.iter().map(|name| &**name).collect();
        }
        let before =
            names.range::<str, (Bound<&str>, Bound<&str>)>((Bound::Unbounded, Bound::Excluded(beside)));
        let after =
            names.range::<str, (Bound<&str>, Bound<&str>)>((Bound::Included(beside), Bound::Unbounded));
        let mut near: Vec<&str> =
            before.rev().take(FEW / 4).chain(after.take(FEW / 4)).map(|name| &**name).collect();
        near.sort_unstable();
        near
    }

    /// The others who share a claim, in the order of their names.
    pub(super) fn sharing(&self, claim: &Claim) -> impl Iterator<Item = &'a Object> + use<'a> {
        self.others(self.fabric.claims.get(claim).into_iter().flatten().copied())
    }

    /// The ASNs of the spines, each with how many have it.
    pub(super) fn spine_asns(&self) -> &'a BTreeMap<u32, usize> {
        &self.fabric.spine_asns
    }

    /// The other VPCs that overlap with a prefix, in an order that who came first does not change.
    pub(super) fn overlapping(
        &self,
        namespace: &str,
        net: IpNet,
    ) -> impl Iterator<Item = &'a Object> + use<'a> {
        self.others(self.fabric.prefixes.overlapping(namespace, net))
    }

    fn others<S: Iterator<Item = Slot>>(&self, slots: S) -> impl Iterator<Item = &'a Object> + use<'a, S> {
        let (fabric, own) = (self.fabric, self.slot);
        slots
            .filter(move |slot| *slot != own)
            .filter_map(move |slot| fabric.entries[slot as usize].object.as_deref())
    }

    /// Tells of each claim that another object has too.
    pub(super) fn one_each(&mut self) {
        for (claim, place) in claims(self.object) {
            let Some(code) = claim.code() else { continue };
            let Some(first) = self.sharing(&claim).next().map(|other| &other.id) else { continue };
            // The first and this one are two of them.
            let more = self.fabric.claims.get(&claim).map_or(0, Vec::len).saturating_sub(2);
            let other = if more == 0 { first.to_string() } else { format!("{first} and {more} more") };
            self.problem(code, place, claim.message(&other), "Change one of them.");
        }
    }
}
