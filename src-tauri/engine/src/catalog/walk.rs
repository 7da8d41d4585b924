//! Every field of an object, in the order of the text.

use crate::manifest::{Node, Value};
use crate::schema::{Shape, Spec};

/// A field, on the way through an object.
pub(super) struct Visit<'n> {
    /// Where it is, as people write it: `spec.links[0].leaf.port`.
    pub(super) path: &'n str,
    /// The same for all fields of its sort: `spec.links[].leaf.port`; `*` for a key of the author's own.
    pub(super) pattern: &'n str,
    /// Its key; of an item of a list, its place.
    pub(super) step: Step<'n>,
    /// How deep it is, from 0.
    pub(super) depth: u32,
    pub(super) node: &'n Node,
    /// Where it stands; none where it is here by an alias.
    pub(super) line: Option<u32>,
}

/// The last step to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'n> {
    /// A key that the kind has.
    Key(&'n str),
    /// A key of the author's own.
    OwnKey(&'n str),
    Item(usize),
}

impl Visit<'_> {
    /// Its value on one line of its own; none where it has fields.
    pub(super) fn text(&self) -> Option<&str> {
        self.node.scalar().map(|scalar| if self.node.is_null() { "" } else { scalar.text.as_str() })
    }
}

/// Tells `visit` of every field of an object, parents before children.
pub(super) fn walk(object: &Node, kind: &str, visit: &mut dyn FnMut(&Visit<'_>)) {
    walk_shaped(object, Spec::shape(kind).as_ref(), visit);
}

/// The same, with the shape of the kind's spec; whoever walks many objects makes it once.
pub(super) fn walk_shaped(object: &Node, spec: Option<&Shape>, visit: &mut dyn FnMut(&Visit<'_>)) {
    let mut walk = Walk { path: String::new(), pattern: String::new(), depth: 0, borrowed: false, visit };
    for (key, value) in object.entries() {
        let Some(key) = key.scalar().map(|scalar| scalar.text.as_str()) else { continue };
        let shape = if key == "spec" { spec } else { None };
        walk.below(key, Step::Key(key), value, value_line(object, key), shape);
    }
}

struct Walk<'v> {
    path: String,
    pattern: String,
    depth: u32,
    borrowed: bool,
    visit: &'v mut dyn FnMut(&Visit<'_>),
}

impl Walk<'_> {
    fn below(&mut self, key: &str, step: Step<'_>, node: &Node, line: u32, shape: Option<&Shape>) {
        let (path, pattern) = (self.path.len(), self.pattern.len());
        match step {
            Step::Item(index) => {
                self.path.push_str(&format!("[{index}]"));
                self.pattern.push_str("[]");
            }
            _ => {
                if path > 0 {
                    self.path.push('.');
                    self.pattern.push('.');
                }
                self.path.push_str(key);
                self.pattern.push_str(if matches!(step, Step::OwnKey(_)) { "*" } else { key });
            }
        }
        let was_borrowed = self.borrowed;
        (self.visit)(&Visit {
            path: &self.path,
            pattern: &self.pattern,
            step,
            depth: self.depth,
            node,
            line: (!was_borrowed).then_some(line),
        });
        self.borrowed = was_borrowed || node.borrowed;
        self.depth += 1;
        match &node.value {
            Value::Scalar(_) => {}
            Value::Sequence { items, .. } => {
                let shape = shape.and_then(Shape::item);
                for (index, item) in items.iter().enumerate() {
                    self.below("", Step::Item(index), item, item.line, shape);
                }
            }
            Value::Mapping { entries, .. } => {
                let own = matches!(shape, Some(Shape::Map(_)));
                for (key, value) in entries {
                    let Some(text) = key.scalar().map(|scalar| scalar.text.as_str()) else { continue };
                    let step = if own { Step::OwnKey(text) } else { Step::Key(text) };
                    self.below(text, step, value, key.line, shape.and_then(|shape| shape.below(text)));
                }
            }
        }
        self.depth -= 1;
        self.borrowed = was_borrowed;
        self.path.truncate(path);
        self.pattern.truncate(pattern);
    }
}

fn value_line(object: &Node, key: &str) -> u32 {
    object.entry(key).map_or(1, |(key, _)| key.line)
}
