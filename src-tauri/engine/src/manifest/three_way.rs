//! stand-in until the field merge lands
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FieldConflict {
    /// Where.
    pub path: String,
    /// Before.
    pub base: Option<String>,
    /// Here.
    pub ours: Option<String>,
    /// There.
    pub theirs: Option<String>,
}

/// Whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// o
    Ours,
    /// t
    Theirs,
    /// b
    Base,
}

pub(crate) enum TextMerge {
    Merged(String),
    Conflicts(Vec<FieldConflict>),
    #[allow(dead_code)]
    Unreadable,
}

pub(crate) fn merge_texts(base: Option<&str>, ours: &str, theirs: &str) -> TextMerge {
    match diffy::merge(base.unwrap_or(""), ours, theirs) {
        Ok(text) => TextMerge::Merged(text),
        Err(_) => TextMerge::Conflicts(vec![]),
    }
}

pub(crate) fn merge_picking(
    base: Option<&str>,
    ours: &str,
    theirs: &str,
    _picks: &HashMap<String, Side>,
    rest: Option<Side>,
) -> TextMerge {
    match rest {
        Some(Side::Ours) => TextMerge::Merged(ours.to_owned()),
        Some(Side::Theirs) => TextMerge::Merged(theirs.to_owned()),
        Some(Side::Base) => TextMerge::Merged(base.unwrap_or("").to_owned()),
        None => merge_texts(base, ours, theirs),
    }
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// Where.
    pub path: String,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}
pub(crate) fn field_changes(_before: Option<&str>, _after: Option<&str>) -> Vec<FieldChange> {
    Vec::new()
}
