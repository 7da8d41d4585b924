//! The text of a managed file: the author's own, with our annotations.

use crate::fgd::layout::ANNOTATION_PREFIX;
use crate::manifest::{self, Annotated, Node};

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
        ("managed-by", "fgd-sync"),
        ("fabric", fabric_name),
        ("original-file", source_name),
        ("original-document-index", index.as_str()),
        ("ingestion-version", "1.0"),
    ]
    .map(|(key, value)| (format!("{ANNOTATION_PREFIX}{key}"), value));
    let annotations: Vec<(&str, &str)> =
        annotations.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    manifest::annotate(text, node, &annotations)
}
