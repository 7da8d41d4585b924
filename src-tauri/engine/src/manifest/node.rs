//! A document's tree, with the place of everything in it.

use std::ops::Range;

use saphyr_parser::ScalarStyle;

use crate::manifest::resolve::{Resolved, resolve, resolve_tagged};

/// A value with its place. Its depth is bounded by [`parse`](crate::manifest::parse), so walking it or
/// dropping it needs little stack.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// What it is.
    pub(crate) value: Value,
    /// Where it is in the document's text, in bytes, with its anchor and tag. A block collection ends with
    /// its last value, a block scalar begins with its first line. Of a borrowed node, where its alias is.
    pub(crate) span: Range<usize>,
    /// Line in the file, from 1.
    pub(crate) line: u32,
    /// Column in the line, from 1, in characters.
    pub(crate) column: u32,
    /// Whether it is here by an alias or a merge key: what is below it stands elsewhere in the text.
    pub(crate) borrowed: bool,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A single value.
    Scalar(Scalar),
    /// A list; `flow` where it is written in brackets.
    Sequence { items: Vec<Node>, flow: bool },
    /// Keys and values, in the order of the text; then what merge keys (`<<`) bring in. `flow` where it is
    /// written in braces.
    Mapping { entries: Vec<(Node, Node)>, flow: bool },
}

/// A single value, as it is written.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    /// The text, without quotes, escapes and folding.
    pub(crate) text: String,
    /// How it is written.
    pub(crate) style: ScalarStyle,
    /// Its tag in full (`tag:yaml.org,2002:str`, `!own`), where it has one.
    pub(crate) tag: Option<String>,
}

impl Scalar {
    /// What the text stands for, by the rules of Kubernetes' own loader.
    pub(crate) fn resolved(&self) -> Resolved<'_> {
        match &self.tag {
            Some(tag) => resolve_tagged(tag, &self.text),
            None if self.style == ScalarStyle::Plain => resolve(&self.text),
            None => Resolved::Str(&self.text),
        }
    }
}

impl Node {
    /// A text that stands nowhere yet.
    pub(super) fn unplaced(text: &str) -> Self {
        let scalar = Scalar { text: text.to_owned(), style: ScalarStyle::SingleQuoted, tag: None };
        Self { value: Value::Scalar(scalar), span: 0..0, line: 0, column: 0, borrowed: false }
    }

    /// The entries of a mapping; none of anything else.
    pub(crate) fn entries(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Mapping { entries, .. } => entries,
            _ => &[],
        }
    }

    /// A key and its value, where this is a mapping that has it.
    pub(crate) fn entry(&self, key: &str) -> Option<(&Node, &Node)> {
        self.entries().iter().find(|(node, _)| node.as_str() == Some(key)).map(|(key, value)| (key, value))
    }

    /// The value of a key, where this is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The scalar, where it is one.
    pub(crate) fn scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar that is a text to Kubernetes: quoted, or nothing that reads as another type.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self.scalar()?.resolved() {
            Resolved::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is null, written or left out.
    pub(crate) fn is_null(&self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.resolved() == Resolved::Null)
    }
}
