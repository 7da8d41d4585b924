//! One thing that is wrong with an object by its schema, and how the field that it is about is named.

use crate::manifest::Node;

/// One thing that is wrong with an object by its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemaProblem {
    /// The field that it is about, `spec.links[0].port`; empty for the whole object. Of a missing field, where
    /// it would be.
    pub(crate) path: String,
    /// One sentence, in an operator's words.
    pub(crate) message: String,
    /// Line in the file, from 1. Of a missing field, where the mapping begins that lacks it.
    pub(crate) line: u32,
    /// Column in the line, from 1, in characters.
    pub(crate) column: u32,
    /// Whether it is a field that the schema does not know: the API server drops it, or refuses the object.
    pub(crate) unknown_field: bool,
    /// The known field that it may be meant to be.
    pub(crate) near: Option<String>,
}

impl SchemaProblem {
    /// A problem with a value, or the lack of one. The sentence gets its full stop here.
    pub(super) fn new(at: &Node, path: String, message: String) -> Self {
        let message = if message.ends_with('.') { message } else { format!("{message}.") };
        Self { path, message, line: at.line, column: at.column, unknown_field: false, near: None }
    }
}

/// The path of a field of a mapping. A name that would make the path ambiguous stands in quotes.
pub(super) fn join(path: &str, name: &str) -> String {
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || ".[]\"".contains(c)) {
        format!("{path}[{name:?}]")
    } else if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// What a path names, as a sentence begins with it.
pub(super) fn subject(path: &str) -> &str {
    if path.is_empty() { "The object" } else { path }
}
