//! What a spec may hold, by the types that it is read into.

/// The shape of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Integer,
    Truth,
    /// Whatever somebody writes: it is neither read nor checked.
    Anything,
    List(Box<Shape>),
    /// A mapping with keys of the author's own.
    Map(Box<Shape>),
    /// A mapping with known fields.
    Object {
        /// The name of the type that it is read into.
        name: &'static str,
        fields: Vec<(&'static str, Shape)>,
    },
}

impl Shape {
    /// The shape of a field, or of any value of a map.
    pub(crate) fn below(&self, key: &str) -> Option<&Shape> {
        match self {
            Self::Map(value) => Some(value),
            Self::Object { fields, .. } => {
                fields.iter().find(|(name, _)| *name == key).map(|(_, shape)| shape)
            }
            _ => None,
        }
    }

    /// The shape of a list's items.
    pub(crate) fn item(&self) -> Option<&Shape> {
        match self {
            Self::List(item) => Some(item),
            _ => None,
        }
    }
}
