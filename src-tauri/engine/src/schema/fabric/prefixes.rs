//! The subnets of all VPCs, by namespace: who overlaps with whom.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::Slot;
use crate::schema::object::{Key, Object};
use crate::schema::spec::Spec;

/// A prefix as it is sorted: namespace, first address and length, of either family in one space.
type PrefixKey = (Box<str>, u128, u8);

/// The prefixes, each with the VPCs that have it. Two prefixes overlap only if one holds the other.
#[derive(Debug, Default)]
pub(super) struct Prefixes(BTreeMap<PrefixKey, Vec<Slot>>);

impl Prefixes {
    /// Adds a prefix of an object; those who have the same one stay in the order of their keys.
    pub(super) fn insert<'k>(
        &mut self,
        slot: Slot,
        namespace: &str,
        net: IpNet,
        key_of: &dyn Fn(Slot) -> &'k Key,
    ) {
        let slots = self.0.entry(key(namespace, net)).or_default();
        if let Err(at) = slots.binary_search_by(|other| key_of(*other).cmp(key_of(slot))) {
            slots.insert(at, slot);
        }
    }

    /// Takes a prefix of an object away.
    pub(super) fn remove(&mut self, slot: Slot, namespace: &str, net: IpNet) {
        let key = key(namespace, net);
        if let Some(slots) = self.0.get_mut(&key) {
            slots.retain(|other| *other != slot);
            if slots.is_empty() {
                self.0.remove(&key);
            }
        }
    }

    /// Who has a prefix that overlaps with this one: first those that hold it, then those inside of it, each
    /// as often as they have one.
    pub(super) fn overlapping(&self, namespace: &str, net: IpNet) -> impl Iterator<Item = Slot> + use<'_> {
        let (namespace, start, length) = key(namespace, net);
        let holding = (0..length).filter_map({
            let namespace = namespace.clone();
            move |shorter| {
                let start = if shorter == 0 { 0 } else { start & (u128::MAX << (128 - u32::from(shorter))) };
                self.0.get(&(namespace.clone(), start, shorter))
            }
        });
        let last = if length == 0 {
            u128::MAX
        } else {
            start | u128::MAX.checked_shr(u32::from(length)).unwrap_or(0)
        };
        let range = (namespace.clone(), start, length)..=(namespace, last, u8::MAX);
        let inside = self.0.range(range).map(|(_, slots)| slots);
        holding.chain(inside).flatten().copied()
    }
}

/// The prefixes of a VPC, each with its namespace.
pub(super) fn prefixes(object: &Object) -> impl Iterator<Item = (&str, IpNet)> {
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
