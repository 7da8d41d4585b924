//! How long a search over a hundred thousand objects takes, on one core.
//!
//! `make bench` prints one line a search: how many objects match, the median and the slowest of the runs. The
//! objects are those of a data hall: servers, their connections to leaves, switches and VPCs.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::time::Duration;

use fgd_engine::measure::Searching;

const OBJECTS: usize = 100_000;
const RUNS: usize = 50;
/// What people type, and what they sort by.
const SEARCHES: [(&str, Option<&str>); 12] = [
    ("", None),
    ("e", None),
    ("leaf-0417", None),
    ("leaf server", None),
    ("nothing-like-it", None),
    ("kind:Switch role:spine", None),
    ("kind:Connection leaf-0417 -E1/7", None),
    ("asn:65101", None),
    ("ref:Switch/leaf-0417", None),
    ("label:rack=17", None),
    ("server", Some("name")),
    ("kind:Connection", Some("to")),
];

fn main() {
    let texts: Vec<String> = (0..OBJECTS).map(object).collect();
    let searching = Searching::new(&texts);
    println!(
        "{OBJECTS} objects: read in {:.0?}, arranged in {:.0?}, once more in {:.0?}",
        searching.read,
        searching.arranged,
        searching.again()
    );
    println!("  {:<36}{:>9}   median       slowest      (one core)", "search", "found");
    for (text, sort) in SEARCHES {
        // An order is found once and kept.
        let (found, first) = searching.search(text, sort);
        let mut times: Vec<Duration> = (0..RUNS).map(|_| searching.search(text, sort).1).collect();
        times.sort();
        let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
        let shown = match sort {
            Some(sort) => format!("{text:?} by {sort}, first {first:.0?}"),
            None => format!("{text:?}"),
        };
        println!("  {shown:<36}{found:>9}   {median:<10.1?}   {slowest:<10.1?}");
    }
}

fn object(n: usize) -> String {
    let (kind, name, spec) = match n % 100 {
        0 => (
            "wiring.githedgehog.com/v1beta1\nkind: Switch",
            format!("leaf-{:04}", n / 100),
            format!(
                "role: {}\n  profile: dell-s5248f-on\n  asn: {}\n  description: row {} rack {}\n  \
                 boot:\n    serial: SN{n:08}\n  ip: 172.30.{}.{}/21",
                if n.is_multiple_of(3_000) { "spine" } else { "server-leaf" },
                65_100 + n / 100,
                n / 4_000,
                n / 100,
                n / 25_000,
                n / 100 % 250
            ),
        ),
        1..=4 => (
            "vpc.githedgehog.com/v1beta1\nkind: VPC",
            format!("vpc-{n}"),
            format!(
                "ipv4Namespace: default\n  vlanNamespace: default\n  subnets:\n    default:\n      \
                 subnet: 10.{}.{}.0/24\n      vlan: {}",
                n / 256 % 256,
                n % 256,
                1_000 + n % 2_000
            ),
        ),
        5..=45 => (
            "wiring.githedgehog.com/v1beta1\nkind: Server",
            format!("server-{n}"),
            format!("description: rack {} unit {}", n / 40, n % 40),
        ),
        _ => (
            "wiring.githedgehog.com/v1beta1\nkind: Connection",
            format!("server-{n}--unbundled--leaf-{:04}", n / 100),
            format!(
                "unbundled:\n    link:\n      server:\n        port: server-{n}/enp2s1\n      switch:\n        \
                 port: leaf-{:04}/E1/{}",
                n / 100,
                n % 100 - 45
            ),
        ),
    };
    format!(
        "apiVersion: {kind}\nmetadata:\n  name: {name}\n  namespace: default\n  labels:\n    rack: \"{}\"\n  \
         annotations:\n    hnp.githedgehog.com/original-file: hall.yaml\nspec:\n  {spec}\n",
        n / 1_000
    )
}
