//! The identity of an object.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::change::ContentHash;

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
    /// The file name that the object gets: `{name}.yaml`, or `{namespace}-{name}.yaml` outside `default`; a shorter
    /// one where a disk would not take that.
    pub(crate) fn file_name(&self) -> String {
        if self.namespace == "default" {
            short_enough(&format!("{}.yaml", self.name))
        } else {
            short_enough(&format!("{}-{}.yaml", self.namespace, self.name))
        }
    }

    /// The file name where objects of all kinds stand together: with the kind before it.
    pub(crate) fn file_name_with_kind(&self) -> String {
        short_enough(&format!("{}-{}", self.kind.to_ascii_lowercase(), self.file_name()))
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

/// The longest name that is given to a file, in bytes. Disks take 255; what is put before and behind it by us and
/// by others needs room too.
const LONGEST_NAME: usize = 200;

/// The name, or where it is too long its beginning, a mark that tells it from others, and its ending.
pub(crate) fn short_enough(name: &str) -> String {
    if name.len() <= LONGEST_NAME {
        return name.to_owned();
    }
    let mark: String = ContentHash::of(name.as_bytes()).to_string().chars().take(12).collect();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let ending = if ending.is_empty() { String::new() } else { format!(".{ending}") };
    let kept = stem.floor_char_boundary(LONGEST_NAME.saturating_sub(mark.len() + 1 + ending.len()));
    format!("{}-{mark}{ending}", stem[..kept].trim_end_matches(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_on_a_disk_and_stays_its_own() {
        let long = |end: &str| format!("{}{end}", "x".repeat(250));
        for (name, shown) in [
            ("leaf-01.yaml".to_owned(), "leaf-01.yaml".to_owned()),
            (long(".yaml"), "x".repeat(LONGEST_NAME)),
            (long(""), "x".repeat(LONGEST_NAME)),
        ] {
            let short = short_enough(&name);
            assert_eq!(short.len(), shown.len(), "{short}");
            assert_eq!(short.starts_with("xx"), name.starts_with("xx"), "{short}");
            assert_eq!(short_enough(&short), short, "what is short enough stays");
        }
        assert_ne!(short_enough(&long("a.yaml")), short_enough(&long("b.yaml")));
        let id = ResourceId { kind: "K".repeat(63), namespace: "lab".into(), name: "x".repeat(253) };
        let beside_all = id.file_name_with_kind();
        assert!(beside_all.len() <= LONGEST_NAME && beside_all.starts_with("kkk"), "{beside_all}");
        let umlauts = short_enough(&format!("{}.yaml", "ü".repeat(150)));
        assert!(umlauts.len() <= LONGEST_NAME && umlauts.ends_with(".yaml"), "{umlauts}");
    }
}
