//! The text of a managed file: the author's own, with our annotations.

use crate::manifest::{self, ANNOTATION_PREFIX, Annotated, Node};

/// The text that an object's file gets: the document's own, with the annotations that say where it came
/// from. The same document gives the same bytes on every machine. `Err` says why it can't have them.
pub(crate) fn compose(
    fabric_name: &str,
    source_name: &str,
    index: u32,
    text: &str,
    node: &Node,
) -> Result<Annotated, String> {
    let index = index.to_string();
    let annotations = [
        ("hnp.githedgehog.com/managed-by", "fgd-sync"),
        ("hnp.githedgehog.com/fabric", fabric_name),
        ("hnp.githedgehog.com/original-file", source_name),
        ("hnp.githedgehog.com/original-document-index", index.as_str()),
        ("hnp.githedgehog.com/ingestion-version", "1.0"),
    ];
    debug_assert!(annotations.iter().all(|(key, _)| key.starts_with(ANNOTATION_PREFIX)));
    manifest::annotate(text, node, &annotations)
}
