//! What must hold for any bytes at all, for fuzz targets and for property tests: each function panics where it
//! does not hold. No part of the product.

mod archive_log;
mod crd;
mod credentials;
mod fabric_file;
mod ingest;
mod link;
mod merge;
#[cfg(test)]
mod mutated;
mod query;
mod stream;
mod webhook;

pub use archive_log::archive_log;
pub use crd::crd;
pub use credentials::credentials;
pub use fabric_file::fabric_file;
pub use ingest::ingest;
pub use link::link;
pub use merge::merge;
pub use query::query;
pub use stream::{patch, split};
pub use webhook::webhook;

/// What must hold for these bytes: it panics where it does not.
pub type Property = fn(&[u8]);

/// Every property by the name of its fuzz target, whose seeds are in `fuzz/corpus/<name>`.
pub const TARGETS: [(&str, Property); 11] = [
    ("split", split),
    ("patch", patch),
    ("ingest", ingest),
    ("merge", merge),
    ("fabric_file", fabric_file),
    ("archive_log", archive_log),
    ("webhook", webhook),
    ("credentials", credentials),
    ("link", link),
    ("query", query),
    ("crd", crd),
];

/// The parts of an input that is several texts, with a line of `====` between them; what is missing is empty.
fn parts<const N: usize>(bytes: &[u8]) -> Option<[&str; N]> {
    let mut rest = std::str::from_utf8(bytes).ok()?.splitn(N, "\n====\n");
    Some(std::array::from_fn(|_| rest.next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pieces of streams of objects, good and bad, whose mixture is nearly right.
    const PIECES: &str = "(apiVersion: wiring\\.githedgehog\\.com/v1beta1\n|apiVersion: v1\n|kind: Switch\n|kind: List\nitems:\n|metadata:\n  name: leaf-01\n|metadata: \\{name: x\\}\n|spec:\n  role: spine\n|spec: \\{role: spine\\}\n|  annotations:\n    a: b # c\n|---\n|--- # c\n|\\.\\.\\.\n|# c\n|- |  |a: \\|\\+\n  x\n\n|<<: \\*a\n|&a |\"x|'|\\[|\\{|\\}|\\]|,|: |\t|\r\n|\r|\n|ü|\u{85}|\u{2028}|%YAML 1\\.2\n|\\? |!!str |\u{feff}|<<<<<<< x\n)";

    fn stream() -> impl Strategy<Value = String> {
        let good = "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-02\n";
        (prop::collection::vec(PIECES, 0..14), any::<bool>()).prop_map(move |(pieces, begins_well)| {
            format!("{}{}", if begins_well { good } else { "" }, pieces.concat())
        })
    }

    #[test]
    fn what_was_found_once() {
        let twice = "apiVersion: v1\nkind: A\nmetadata: {name: a}\n---\n".repeat(2);
        let rewritten = "# c\napiVersion: v.githedgehog.com/2\nkind: PC\nmetadata:\r   name: c";
        for text in ["\r...\n", &format!("{twice}a: [\n"), rewritten] {
            for property in [split, patch, ingest] {
                property(text.as_bytes());
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

        #[test]
        fn a_stream_is_its_documents(text in stream()) {
            split(text.as_bytes());
        }

        #[test]
        fn annotating_and_reading_change_places(text in stream()) {
            patch(text.as_bytes());
        }

        #[test]
        fn all_that_is_dropped_is_accounted_for(text in stream()) {
            ingest(text.as_bytes());
        }

        #[test]
        fn any_bytes_are_accounted_for(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            split(&bytes);
            patch(&bytes);
            ingest(&bytes);
        }
    }
}
