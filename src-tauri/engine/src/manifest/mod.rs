//! The text of one object: split a stream, parse, say what it is, annotate, compare. Pure.
//!
//! Bytes become a [`Source`], a source [`split`]s into [`Document`]s, a document [`parse`]s into a tree of
//! [`Node`]s that know their places, and a tree is a [`Manifest`] or says why it is none. [`annotate`] is the
//! only one that writes, and it writes into the author's own text.

mod annotate;
mod block;
mod comments;
mod compare;
mod cut;
mod extent;
mod field_path;
mod fields;
mod flow;
mod identity;
mod lines;
mod list;
mod merge_keys;
mod natural_keys;
mod node;
mod parse;
mod patch;
mod plain_blocks;
mod resolve;
mod scalar;
mod sheet;
mod source;
mod split;
mod syntax;
mod text_error;
mod three_way;
mod together;
mod weave;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use annotate::set_annotations;
pub(crate) use annotate::{Annotated, annotate};
pub(crate) use comments::comments;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use compare::same_value;
pub(crate) use compare::{content_hash, key_text};
pub use field_path::{FieldPath, NotAFieldPath};
pub use fields::FieldChange;
pub(crate) use fields::field_changes;
pub(crate) use identity::Manifest;
pub(crate) use list::{Item, from_json, items};
pub(crate) use node::{Node, Value};
pub(crate) use parse::parse;
pub(crate) use patch::set_entry;
pub(crate) use resolve::Resolved;
pub(crate) use source::Source;
pub(crate) use split::{Document, split};
pub(crate) use text_error::TextError;
pub(crate) use three_way::ANNOTATION_PREFIX;
pub use three_way::Side;
pub use together::FieldConflict;
pub(crate) use together::{TextMerge, merge_picking, merge_texts};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod yaml_suite;
