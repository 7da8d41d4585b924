//! An object as the API server gets it: as JSON, and prepared for validation.

use serde_json::Value as Json;

use super::openapi::{field_schema, is_set};
use crate::manifest::{Node, Resolved, Value, key_text};

/// The value of a node.
pub(super) fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Scalar(scalar) => match scalar.resolved() {
            Resolved::Null => Json::Null,
            Resolved::Bool(value) => value.into(),
            Resolved::Int(value) => i64::try_from(value)
                .map(Json::from)
                .or_else(|_| u64::try_from(value).map(Json::from))
                .unwrap_or_else(|_| Json::from(value as f64)),
            Resolved::Float(value) if value.is_finite() => value.into(),
            // JSON has no such number.
            Resolved::Float(_) => scalar.text.clone().into(),
            Resolved::Str(text) => text.into(),
        },
        Value::Sequence { items, .. } => items.iter().map(json_of).collect(),
        Value::Mapping { entries, .. } => {
            entries.iter().map(|(key, value)| (key_text(key), json_of(value))).collect()
        }
    }
}

/// Does what the API server does before it validates: a field that is null and must not be is not there at
/// all, and one that is not there has its default.
pub(super) fn prepare(value: &mut Json, schema: &Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(|item| prepare(item, &schema["items"])),
        Json::Object(fields) => {
            let may_be_null =
                |name: &str| field_schema(schema, name).is_none_or(|schema| is_set(schema, "nullable"));
            fields.retain(|name, value| !value.is_null() || may_be_null(name));
            for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                if !field["default"].is_null() && !fields.contains_key(name) {
                    fields.insert(name.clone(), field["default"].clone());
                }
            }
            for (name, value) in fields {
                if let Some(schema) = field_schema(schema, name) {
                    prepare(value, schema);
                }
            }
        }
        _ => {}
    }
}
