//! What a screen or a terminal shows of a fabric's objects.

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::id::RepoPath;
use crate::view::DiffLine;

/// What is asked of a fabric's objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ResourceQuery {
    /// The search: words, and filters such as `kind:Switch role:spine -has:error`.
    pub text: String,
    /// The key of the column to sort by; by kind and name if none.
    pub sort: Option<String>,
    /// Whether the order is turned around.
    pub descending: bool,
    /// How many rows to leave out at the beginning.
    pub offset: u32,
    /// How many rows are wanted, at most 500.
    pub limit: u32,
}

/// A part of the objects that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ResourcePage {
    /// How many objects match.
    pub total: u32,
    /// How many objects there are.
    pub all: u32,
    /// How many rows are left out at the beginning.
    pub offset: u32,
    /// The objects.
    pub rows: Vec<ResourceRow>,
    /// How many of each kind match everything but the filter by kind, in the order of the kinds table.
    pub kinds: Vec<KindTotal>,
    /// The columns of the kind that is shown; none where there are several.
    pub columns: Vec<ResourceColumn>,
    /// What of the search is no filter that is known.
    pub unread: Option<String>,
}

/// How many objects of a kind match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KindTotal {
    /// The kind.
    pub kind: String,
    /// How many.
    pub count: u32,
}

/// A column that objects of one kind have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ResourceColumn {
    /// What it is sorted by.
    pub key: String,
    /// What stands above it.
    pub label: String,
}

/// An object, on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ResourceRow {
    /// `Switch/leaf-01`; `Switch/lab/leaf-01` outside of the namespace `default`. Of a file that holds no
    /// object, its path.
    pub id: String,
    /// The kind; empty where the file holds no object.
    pub kind: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The file.
    pub file: RepoPath,
    /// What matters most of it.
    pub summary: String,
    /// The values of the page's columns.
    pub cells: Vec<String>,
    /// How many errors there are with it.
    pub errors: u32,
    /// How many warnings.
    pub warnings: u32,
    /// How many labels it has.
    pub labels: u32,
    /// Whether it differs from what is committed.
    pub is_edited: bool,
}

/// All that is known of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ResourceDetail {
    /// Its row; without cells.
    pub row: ResourceRow,
    /// Its fields, in the order of the text; none where the text can't be read.
    pub fields: Vec<DetailField>,
    /// Its text.
    pub text: String,
    /// Git's name for its bytes, to base an edit on.
    pub blob: Option<String>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// What it names, in the order of the text.
    pub refers_to: Vec<Reference>,
    /// Who names it.
    pub referred_by: Vec<Reference>,
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DetailField {
    /// Where it is: `spec.links[0].leaf.port`.
    pub path: String,
    /// Its own name; of an item of a list, its number from 1.
    pub label: String,
    /// Its value; none where it has fields of its own.
    pub value: Option<String>,
    /// How deep it is, from 0.
    pub depth: u32,
    /// Its line in the text, from 1; none where it is there by an alias.
    pub line: Option<u32>,
    /// The object that it names.
    pub to: Option<String>,
}

/// One object names another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    /// The other one.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its file; none where it does not stand in the directory.
    pub file: Option<RepoPath>,
    /// The field that names it.
    pub path: String,
}

/// A text that somebody writes and has not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// The object's file; none for a new object.
    pub file: Option<RepoPath>,
    /// Git's name for the bytes that it began with; none for a new object.
    pub base: Option<String>,
    /// The text.
    pub text: String,
}

/// What saving a draft would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DraftReport {
    /// What would be wrong with the object, and with others because of it.
    pub findings: Vec<Finding>,
    /// The object that the text is of; none where it can't be read.
    pub id: Option<String>,
    /// Whether there is no such file yet.
    pub is_new: bool,
    /// The file that holds the object already, where it is another than the draft's.
    pub collides: Option<RepoPath>,
    /// What would change, line by line.
    pub diff: Vec<DiffLine>,
    /// The text as it would be saved.
    pub text: String,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum FieldType {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// Known fields, or anything.
    Object,
    /// A list.
    List,
    /// Keys of the author's own.
    Map,
}

/// A field that an object of a kind may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SchemaField {
    /// Where it is: `spec.links[].leaf.port`; `*` stands for a key of the author's own.
    pub path: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub is: FieldType,
    /// What it is for.
    pub doc: String,
    /// The values that it takes, where there are few.
    pub values: Vec<String>,
    /// The kind of object that it names.
    pub refers: Option<String>,
    /// Whether the object is wrong without it.
    pub required: bool,
}
