//! What is wrong with a value, in an operator's words.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::types::JsonType;
use serde_json::Value as Json;

use crate::manifest::{Node, Resolved, Value};

/// What is wrong, as the end of a sentence that begins with the path.
pub(super) fn complaint(error: &ValidationError<'_>, node: &Node) -> String {
    let is = quoted(node);
    let has = |bound: &str, limit: u64, part: &str| {
        format!("must have {bound} {}, and has {}", plural(limit, part), count(error.instance()))
    };
    match error.kind() {
        Kind::Type { kind } => format!("must be {}, and is {}", type_name(kind), described(node)),
        Kind::Enum { options } => format!("must be {}, and is {is}", one_of(options)),
        Kind::Minimum { limit } => format!("must be at least {limit}, and is {is}"),
        Kind::Maximum { limit } => format!("must be at most {limit}, and is {is}"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}, and is {is}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}, and is {is}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}, and is {is}"),
        Kind::MinItems { limit } => has("at least", *limit, "item"),
        Kind::MaxItems { limit } => has("at most", *limit, "item"),
        Kind::UniqueItems => "must not have the same item twice".to_owned(),
        Kind::MinProperties { limit } => has("at least", *limit, "field"),
        Kind::MaxProperties { limit } => has("at most", *limit, "field"),
        Kind::MinLength { limit } => has("at least", *limit, "character"),
        Kind::MaxLength { limit } => has("at most", *limit, "character"),
        Kind::Pattern { pattern } => format!("must match {pattern}, and is {is}"),
        Kind::Format { format } => format!("must be {}, and is {is}", format_name(format)),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            "fits none of the forms that it may have".to_owned()
        }
        Kind::OneOfMultipleValid { .. } => "fits several forms of which it may have only one".to_owned(),
        _ => format!("is not valid: {error}"),
    }
}

/// How many parts a value has, whichever they are.
fn count(value: &Json) -> String {
    let count = match value {
        Json::Array(items) => items.len(),
        Json::Object(fields) => fields.len(),
        Json::String(text) => text.chars().count(),
        _ => 0,
    };
    if count == 0 { "none".to_owned() } else { count.to_string() }
}

fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn type_name(kind: &TypeKind) -> String {
    let name = |kind: JsonType| match kind {
        JsonType::Null => "empty",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a text",
        JsonType::Array => "a list",
        JsonType::Object => "a mapping",
    };
    match kind {
        TypeKind::Single(kind) => name(*kind).to_owned(),
        TypeKind::Multiple(kinds) => {
            let names: Vec<_> = kinds.iter().filter(|kind| *kind != JsonType::Null).map(name).collect();
            names.join(" or ")
        }
    }
}

fn format_name(format: &str) -> &str {
    match format {
        "date" => "a date such as 2006-01-02",
        "date-time" => "a time such as 2006-01-02T15:04:05Z",
        "ipv4" => "an IPv4 address",
        "ipv6" => "an IPv6 address",
        "uuid" => "a UUID",
        other => other,
    }
}

/// What may be chosen from, without end where it is much.
fn one_of(options: &Json) -> String {
    const SHOWN: usize = 12;
    let word = |option: &&Json| match option {
        Json::String(text) if !text.is_empty() => text.clone(),
        other => other.to_string(),
    };
    let options: Vec<&Json> =
        options.as_array().into_iter().flatten().filter(|option| !option.is_null()).collect();
    let words: Vec<String> = options.iter().take(SHOWN).map(word).collect();
    let one_of = if options.len() > 1 { "one of " } else { "" };
    let more = if options.len() > SHOWN { ", …" } else { "" };
    format!("{one_of}{}{more}", words.join(", "))
}

/// A value in a sentence, as it is written.
fn quoted(node: &Node) -> String {
    let Some(scalar) = node.scalar() else { return described(node) };
    match scalar.resolved() {
        Resolved::Str(text) => {
            let cut: String = text.chars().take(60).collect();
            format!("{cut:?}{}", if cut.len() < text.len() { "…" } else { "" })
        }
        // `0777` is 511.
        Resolved::Int(number) => number.to_string(),
        Resolved::Null => "empty".to_owned(),
        Resolved::Bool(_) | Resolved::Float(_) => scalar.text.clone(),
    }
}

/// A value in a sentence, with its type.
fn described(node: &Node) -> String {
    let scalar = match &node.value {
        Value::Sequence { .. } => return "a list".to_owned(),
        Value::Mapping { .. } => return "a mapping".to_owned(),
        Value::Scalar(scalar) => scalar,
    };
    match scalar.resolved() {
        Resolved::Null => "empty".to_owned(),
        Resolved::Bool(value) if scalar.text == value.to_string() => scalar.text.clone(),
        Resolved::Bool(value) => format!("{}, which means {value} in YAML", scalar.text),
        Resolved::Int(value) if scalar.text == value.to_string() => format!("the number {value}"),
        Resolved::Int(value) => format!("{}, which means the number {value} in YAML", scalar.text),
        Resolved::Float(_) => format!("the number {}", scalar.text),
        Resolved::Str(_) => format!("the text {}", quoted(node)),
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::crd::testing::problems;

    const INT_OR_STRING: &str = "x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]";

    #[test]
    fn what_the_schema_forbids_is_told() {
        for (schema, value, complaint) in [
            // Types, as YAML resolves what is written; a wrong type is told once.
            ("type: integer", "'1001'", r#"must be an integer, and is the text "1001""#),
            ("type: integer", "1.5", "must be an integer, and is the number 1.5"),
            ("type: integer", "[1]", "must be an integer, and is a list"),
            ("type: string", "7", "must be a text, and is the number 7"),
            ("type: string", "010", "must be a text, and is 010, which means the number 8 in YAML"),
            ("type: string", "on", "must be a text, and is on, which means true in YAML"),
            ("type: string, enum: [p, q]", "7", "must be a text, and is the number 7"),
            ("type: boolean", "'true'", r#"must be true or false, and is the text "true""#),
            ("type: number", ".nan", "must be a number, and is the number .nan"),
            ("type: array, items: {type: string}", "x", r#"must be a list, and is the text "x""#),
            ("type: object", "true", "must be a mapping, and is true"),
            (INT_OR_STRING, "true", "must be an integer or a text, and is true"),
            // Choices and bounds.
            ("type: string, enum: [p, q]", "z", r#"must be one of p, q, and is "z""#),
            ("type: string, enum: [p]", "z", r#"must be p, and is "z""#),
            (
                "type: integer, enum: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]",
                "0",
                "must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …, and is 0",
            ),
            (r#"type: string, nullable: true, enum: ["", p]"#, "z", r#"must be one of "", p, and is "z""#),
            ("type: integer, minimum: 1", "0", "must be at least 1, and is 0"),
            ("type: integer, maximum: 8", "011", "must be at most 8, and is 9"),
            ("type: integer, minimum: 1, exclusiveMinimum: true", "1", "must be more than 1, and is 1"),
            ("type: integer, maximum: 1, exclusiveMaximum: true", "1", "must be less than 1, and is 1"),
            ("type: integer, exclusiveMinimum: 1", "1", "must be more than 1, and is 1"),
            ("type: integer, multipleOf: 2", "3", "must be a multiple of 2, and is 3"),
            ("type: integer, format: int32", "2147483648", "must be at most 2147483647, and is 2147483648"),
            ("type: integer, format: uint32", "-1", "must be at least 0, and is -1"),
            (
                "type: integer",
                "99999999999999999999",
                "must be at most 9223372036854775807, and is 99999999999999999999",
            ),
            // Texts.
            ("type: string, minLength: 1", "''", "must have at least 1 character, and has none"),
            ("type: string, maxLength: 2", "äöü", "must have at most 2 characters, and has 3"),
            (r"type: string, pattern: '^\d+$'", "5x", r#"must match ^\d+$, and is "5x""#),
            ("type: string, format: ipv4", "10.0.0.256", r#"must be an IPv4 address, and is "10.0.0.256""#),
            // Lists and mappings.
            (
                "type: array, minItems: 1, items: {type: string}",
                "[]",
                "must have at least 1 item, and has none",
            ),
            (
                "type: array, maxItems: 1, items: {type: string}",
                "[a, b]",
                "must have at most 1 item, and has 2",
            ),
            ("type: array, uniqueItems: true", "[a, a]", "must not have the same item twice"),
            ("type: object, minProperties: 2", "{a: b}", "must have at least 2 fields, and has 1"),
            // Combinations.
            (
                "type: string, anyOf: [{minLength: 5}, {enum: [p]}]",
                "q",
                "fits none of the forms that it may have",
            ),
            (
                "type: string, oneOf: [{minLength: 1}, {maxLength: 1}]",
                "x",
                "fits several forms of which it may have only one",
            ),
        ] {
            let schema = format!(
                "{{type: object, properties: {{a: {{x-kubernetes-preserve-unknown-fields: true, {schema}}}}}}}"
            );
            let expected = format!("1:11 spec.a {complaint}.");
            assert_eq!(problems(&schema, &format!("spec: {{a: {value}}}")), [expected], "{schema}: {value}");
        }
    }
}
