//! The subnets of all VPCs, by namespace: who overlaps with whom.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::Slot;
use crate::schema::object::Object;
use crate::schema::spec::Spec;

/// A prefix as it is sorted: namespace, first address and length, of either family in one space.
type PrefixKey = (Box<str>, u128, u8);

/// The prefixes, each with the VPCs that have it. Two prefixes overlap only if one holds the other.
#[derive(Debug, Default)]
pub(super) struct Prefixes(BTreeMap<PrefixKey, Vec<Slot>>);

impl Prefixes {
    /// Adds an object's prefixes; says with whom they overlap.
    pub(super) fn insert(&mut self, slot: Slot, object: &Object) -> Vec<Slot> {
        let mut touched = Vec::new();
        for (namespace, net) in prefixes(object) {
            touched.extend(self.overlapping(namespace, net));
            let slots = self.0.entry(key(namespace, net)).or_default();
            if !slots.contains(&slot) {
                slots.push(slot);
            }
        }
        touched
    }

    /// Takes an object's prefixes away; says with whom they overlapped.
    pub(super) fn remove(&mut self, slot: Slot, object: &Object) -> Vec<Slot> {
        let mut touched = Vec::new();
        for (namespace, net) in prefixes(object) {
            let key = key(namespace, net);
            if let Some(slots) = self.0.get_mut(&key) {
                slots.retain(|other| *other != slot);
                if slots.is_empty() {
                    self.0.remove(&key);
                }
            }
            touched.extend(self.overlapping(namespace, net));
        }
        touched
    }

    /// Who has a prefix that overlaps with this one.
    pub(super) fn overlapping(&self, namespace: &str, net: IpNet) -> Vec<Slot> {
        let (namespace, start, length) = key(namespace, net);
        let mut found = Vec::new();
        for shorter in 0..length {
            let start = if shorter == 0 { 0 } else { start & (u128::MAX << (128 - u32::from(shorter))) };
            found.extend(self.0.get(&(namespace.clone(), start, shorter)).into_iter().flatten().copied());
        }
        let last = if length == 0 {
            u128::MAX
        } else {
            start | (u128::MAX.checked_shr(u32::from(length)).unwrap_or(0))
        };
        let range = (namespace.clone(), start, length)..=(namespace, last, u8::MAX);
        found.extend(self.0.range(range).flat_map(|(_, slots)| slots).copied());
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn prefixes(object: &Object) -> impl Iterator<Item = (&str, IpNet)> {
    let spec = match &object.spec {
        Spec::Vpc(spec) if object.current => Some(spec),
        _ => None,
    };
    spec.into_iter().flat_map(|spec| {
        let nets = spec.subnets.iter().filter_map(|entry| entry.value.subnet.as_ref());
        nets.map(|net| (spec.ipv4_namespace(), net.value))
    })
}

fn key(namespace: &str, net: IpNet) -> PrefixKey {
    let (start, length) = match net.network() {
        IpAddr::V4(ip) => (u128::from(ip.to_ipv6_mapped()), net.prefix_len() + 96),
        IpAddr::V6(ip) => (u128::from(ip), net.prefix_len()),
    };
    (namespace.into(), start, length)
}
