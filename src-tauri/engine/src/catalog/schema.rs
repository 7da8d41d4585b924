//! What an object of a kind may hold, for completion and help while somebody writes.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::docs::{doc, is_required, values};
use super::query::lower;
use super::references::named_kind;
use super::view::{FieldType, SchemaField};
use crate::schema::{KINDS, Shape, Spec};

/// The fields of a kind, parents before children; of a kind that the table lacks, those that every object has.
pub(crate) fn schema_of(kind: &str) -> Vec<SchemaField> {
    let mut fields = head(kind);
    if let Some(spec) = Spec::shape(kind) {
        let mut gather = Gather { kind, fields: &mut fields };
        let needed = matches!(&spec, Shape::Object { name, fields } if fields.iter().any(|(key, _)| is_required(name, key)));
        gather.field("spec", &spec, "What the fabric is to make of the object.", Vec::new(), needed);
    }
    fields
}

/// What every object has.
fn head(kind: &str) -> Vec<SchemaField> {
    let info = KINDS.iter().find(|info| info.kind == kind);
    let version = info.map(|info| format!("{}/{}", info.group, info.version));
    let known = info.map(|info| info.kind.to_owned());
    let field = |path: &str, is: FieldType, doc: &str, values: Vec<String>, required: bool| SchemaField {
        path: path.to_owned(),
        is,
        doc: doc.to_owned(),
        values,
        refers: None,
        required,
    };
    vec![
        field(
            "apiVersion",
            FieldType::String,
            "The API group and its version.",
            version.into_iter().collect(),
            true,
        ),
        field("kind", FieldType::String, "What sort of object it is.", known.into_iter().collect(), true),
        field(
            "metadata",
            FieldType::Object,
            "What names the object and what is noted about it.",
            Vec::new(),
            true,
        ),
        field(
            "metadata.name",
            FieldType::String,
            "The object's name: lower-case letters, digits and dashes. It can't change later.",
            Vec::new(),
            true,
        ),
        field(
            "metadata.namespace",
            FieldType::String,
            "The Kubernetes namespace; the fabric serves default, which is meant where this is absent.",
            vec!["default".to_owned()],
            false,
        ),
        field(
            "metadata.labels",
            FieldType::Map,
            "Short marks to find and group objects by.",
            Vec::new(),
            false,
        ),
        field("metadata.labels.*", FieldType::String, "The value of the label.", Vec::new(), false),
        field("metadata.annotations", FieldType::Map, "Notes for people and programs.", Vec::new(), false),
        field("metadata.annotations.*", FieldType::String, "The text of the note.", Vec::new(), false),
    ]
}

struct Gather<'a> {
    kind: &'a str,
    fields: &'a mut Vec<SchemaField>,
}

impl Gather<'_> {
    fn field(&mut self, path: &str, shape: &Shape, doc: &str, values: Vec<String>, required: bool) {
        self.fields.push(SchemaField {
            path: path.to_owned(),
            is: match shape {
                Shape::Text => FieldType::String,
                Shape::Integer => FieldType::Integer,
                Shape::Truth => FieldType::Boolean,
                Shape::Anything | Shape::Object { .. } => FieldType::Object,
                Shape::List(_) => FieldType::List,
                Shape::Map(_) => FieldType::Map,
            },
            doc: doc.to_owned(),
            refers: named_kind(self.kind, path).map(str::to_owned),
            required,
            values: match shape {
                Shape::Truth => vec!["true".to_owned(), "false".to_owned()],
                // They are those of its items.
                Shape::List(_) | Shape::Map(_) => Vec::new(),
                _ => values.clone(),
            },
        });
        match shape {
            Shape::List(item) => self.field(&format!("{path}[]"), item, doc, values, false),
            Shape::Map(value) => self.field(&format!("{path}.*"), value, doc, values, false),
            Shape::Object { name, fields } => {
                for (key, shape) in fields {
                    let path = format!("{path}.{key}");
                    self.field(
                        &path,
                        shape,
                        self::doc(name, key),
                        self::values(name, key),
                        is_required(name, key),
                    );
                }
            }
            _ => {}
        }
    }
}

/// Whether any kind has a field whose path, in lower case and without places in lists, is this or ends so.
pub(super) fn is_known_field(path: &str) -> bool {
    static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let paths = KINDS.iter().flat_map(|info| schema_of(info.kind)).map(|field| field.path);
        let mut known = HashSet::new();
        for path in paths {
            let path = lower(&path.replace("[]", ""));
            known.extend(path.match_indices('.').map(|(dot, _)| path[dot + 1..].to_owned()));
            known.insert(path);
        }
        known
    });
    KNOWN.contains(path)
}
