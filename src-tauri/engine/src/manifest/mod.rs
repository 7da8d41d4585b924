//! The text of one object: split a stream, parse, say what it is, annotate, compare. Pure.

mod annotate;
mod compare;
mod identity;
mod node;
mod source;
mod split;

pub(crate) use annotate::annotate;
pub(crate) use compare::{comments, content_hash};
pub(crate) use identity::Manifest;
pub(crate) use node::{Node, TextError, Value, parse};
pub(crate) use source::Source;
pub(crate) use split::{Document, split};
