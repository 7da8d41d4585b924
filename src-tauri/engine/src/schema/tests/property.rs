//! However a fabric came to be, it is checked as if all of it were new.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::{Fabric, Object, base, fabric, objects};
use crate::schema::Key;

/// What one text becomes, to make others of the same object.
const CHANGES: [(&str, &str); 24] = [
    ("1001", "1002"),
    ("1010", "1001"),
    ("leaf-3", "leaf-1"),
    ("leaf-2", "leaf-9"),
    ("leaf-1", "leaf-2"),
    ("spine-1", "spine-2"),
    ("10.20.1.", "10.20.8."),
    ("10.20.2.0/24", "10.20.0.0/16"),
    ("asn: 65101", "asn: 65102"),
    ("asn: 65100", "asn: 65199"),
    ("type: eslag", "type: mclag"),
    ("pair", "trio"),
    ("web", "data"),
    ("data", "dat"),
    ("E1/1}", "E1/2}"),
    ("E1/2}", "E1/1/1}"),
    ("edge", "default"),
    ("name: edge", "name: edges"),
    ("lab", "default"),
    ("default", "lab"),
    ("role: spine", "role: border-leaf"),
    ("v1beta1", "v1alpha2"),
    ("static", "fixed"),
    ("172.30.128.4/31", "172.30.128.0/31"),
];

/// The objects that come and go: those of the base, and others in their places.
static OBJECTS: LazyLock<Vec<Arc<Object>>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for text in base().values() {
        let head = text.find("spec:").expect("a spec");
        let changed = CHANGES.iter().filter_map(|(from, to)| {
            let spec = text[head..].replace(from, to);
            (spec != text[head..]).then(|| format!("{}{spec}", &text[..head]))
        });
        let old = text.contains("kind: VPC").then(|| text.replacen("v1beta1", "v1alpha2", 1));
        for text in std::iter::once(text.clone()).chain(changed).chain(old) {
            // What is no mapping any more is not tried.
            if std::panic::catch_unwind(|| objects(&text)).is_ok() {
                all.extend(objects(&text));
            }
        }
    }
    all
});

#[derive(Debug, Clone)]
enum Step {
    Set(usize),
    Remove(usize),
    Refuse(Vec<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<prop::sample::Index>().prop_map(|at| Step::Set(at.index(OBJECTS.len()))),
        3 => any::<prop::sample::Index>().prop_map(|at| Step::Remove(at.index(OBJECTS.len()))),
        1 => prop::collection::vec(any::<prop::sample::Index>(), 0..4)
            .prop_map(|all| Step::Refuse(all.iter().map(|at| at.index(OBJECTS.len())).collect())),
    ]
}

fn key(at: usize) -> Key {
    OBJECTS[at].key.clone().expect("a kind that is checked")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_changes_is_checked_and_all_that_it_touches(
        whole in any::<bool>(),
        steps in prop::collection::vec(step(), 1..20),
    ) {
        let start: Vec<Arc<Object>> = if whole { objects(&base().into_values().collect::<Vec<_>>().join("---\n")) } else { Vec::new() };
        let mut standing: BTreeMap<Key, Arc<Object>> =
            start.iter().map(|object| (object.key.clone().expect("a key"), Arc::clone(object))).collect();
        let mut refused = HashSet::new();
        let mut changed: Fabric = fabric(start.iter());
        for (number, step) in steps.into_iter().enumerate() {
            match &step {
                Step::Set(at) => {
                    standing.insert(key(*at), Arc::clone(&OBJECTS[*at]));
                    changed.set(&key(*at), Some(Arc::clone(&OBJECTS[*at])));
                }
                Step::Remove(at) => {
                    standing.remove(&key(*at));
                    changed.set(&key(*at), None);
                }
                Step::Refuse(all) => {
                    refused = all.iter().map(|at| key(*at)).collect();
                    changed.refuse(refused.clone());
                }
            }
            changed.recheck();
            // Who comes first must not show either.
            let mut fresh = Fabric::default();
            fresh.refuse(refused.clone());
            let mut all: Vec<_> = standing.iter().collect();
            if number % 2 == 0 {
                all.reverse();
            }
            for (key, object) in all {
                fresh.set(key, Some(Arc::clone(object)));
            }
            fresh.recheck();
            prop_assert_eq!(changed.findings(), fresh.findings(), "after {:?}", step);
        }
    }
}
