//! What the tests of this module share: a text, parsed.

use crate::manifest::{Node, TextError, parse, split};

/// The first document of a text, parsed.
pub(crate) fn parsed(text: &str) -> Result<Node, TextError> {
    parse(split(text).first().expect("a document"))
}

/// The first document of a text that is known to be good.
pub(crate) fn tree(text: &str) -> Node {
    parsed(text).unwrap_or_else(|error| panic!("{text:?}: {error:?}"))
}
