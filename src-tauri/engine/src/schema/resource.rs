//! The identity of an object.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What makes an object the same object: kind, namespace and name, and never the file it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub(crate) struct ResourceId {
    /// The kind, as written.
    pub(crate) kind: String,
    /// The namespace; `default` where none is given.
    pub(crate) namespace: String,
    /// The name.
    pub(crate) name: String,
}

impl ResourceId {
    /// The file name that the object gets: `{name}.yaml`, or `{namespace}-{name}.yaml` outside `default`.
    pub(crate) fn file_name(&self) -> String {
        if self.namespace == "default" {
            format!("{}.yaml", self.name)
        } else {
            format!("{}-{}.yaml", self.namespace, self.name)
        }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace == "default" {
            write!(f, "{} {}", self.kind, self.name)
        } else {
            write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
        }
    }
}
