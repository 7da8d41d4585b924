//! The dialect of JSON Schema that CRDs are written in, which is OpenAPI's, and plain JSON Schema out of it.

use serde_json::{Map, Value as Json, json};

/// Plain JSON Schema. What it does not know it leaves out, so no `$ref` gets through.
pub(super) fn json_schema(openapi: &Json) -> Json {
    let Json::Object(from) = openapi else { return openapi.clone() };
    let mut to = Map::new();
    for (keyword, value) in from {
        if let Some(value) = same_in_both(keyword, value) {
            to.insert(keyword.clone(), value);
        }
    }
    exclusive_bounds(openapi, &mut to);
    if is_set(openapi, "x-kubernetes-int-or-string") {
        to.insert("type".to_owned(), json!(["integer", "string"]));
    } else if openapi["type"] == "integer" {
        let (least, most) = integer_range(openapi["format"].as_str());
        to.entry("minimum").or_insert(least);
        to.entry("maximum").or_insert(most);
    }
    if is_set(openapi, "nullable") {
        allow_null(&mut to);
    }
    Json::Object(to)
}

/// What a keyword says in JSON Schema, where it is one of both.
fn same_in_both(keyword: &str, value: &Json) -> Option<Json> {
    Some(match (keyword, value) {
        ("properties", Json::Object(fields)) => {
            fields.iter().map(|(name, field)| (name.clone(), json_schema(field))).collect()
        }
        ("items" | "not", schema) | ("additionalProperties", schema @ Json::Object(_)) => json_schema(schema),
        ("allOf" | "anyOf" | "oneOf", Json::Array(schemas)) => schemas.iter().map(json_schema).collect(),
        ("format", Json::String(format)) if is_shared_format(format) => value.clone(),
        (
            "type" | "enum" | "pattern" | "minLength" | "maxLength" | "minItems" | "maxItems" | "uniqueItems"
            | "required" | "minProperties" | "maxProperties" | "multipleOf" | "minimum" | "maximum",
            value,
        ) => value.clone(),
        _ => return None,
    })
}

/// Bounds that are no longer within: numbers, or, as in OpenAPI 3.0, a word about the other bound.
fn exclusive_bounds(openapi: &Json, to: &mut Map<String, Json>) {
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        let limit = match &openapi[exclusive] {
            Json::Bool(true) => to.remove(bound),
            limit @ Json::Number(_) => Some(limit.clone()),
            _ => None,
        };
        if let Some(limit) = limit {
            to.insert(exclusive.to_owned(), limit);
        }
    }
}

fn allow_null(to: &mut Map<String, Json>) {
    match to.get_mut("type") {
        Some(Json::Array(types)) => types.push(json!("null")),
        Some(one @ Json::String(_)) => *one = json!([one, "null"]),
        _ => {}
    }
    if let Some(Json::Array(options)) = to.get_mut("enum") {
        options.push(Json::Null);
    }
}

/// What the API server can hold in an integer of a format.
fn integer_range(format: Option<&str>) -> (Json, Json) {
    match format {
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        Some("uint32") => (0.into(), u32::MAX.into()),
        Some("uint64") => (0.into(), u64::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

/// Whether Kubernetes and JSON Schema mean the same by a text's format. Others are left to the API server.
fn is_shared_format(format: &str) -> bool {
    matches!(format, "date" | "date-time" | "ipv4" | "ipv6" | "uuid")
}

/// Whether a schema says yes to a keyword.
pub(super) fn is_set(schema: &Json, keyword: &str) -> bool {
    schema[keyword] == true
}

/// The schema of a field, where the schema of its mapping has one.
pub(super) fn field_schema<'s>(schema: &'s Json, name: &str) -> Option<&'s Json> {
    let known = schema["properties"].get(name);
    known.or_else(|| Some(&schema["additionalProperties"]).filter(|schema| schema.is_object()))
}
