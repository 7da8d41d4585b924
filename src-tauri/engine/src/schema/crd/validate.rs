//! One schema, compiled, and what an object's values are by it: what is wrong and what is missing.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::paths::Location;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value as Json;

use super::complaint::complaint;
use super::json::{json_of, prepare};
use super::openapi::json_schema;
use super::patterns::Patterns;
use super::problem::{SchemaProblem, join, subject};
use crate::manifest::{Node, Value, key_text};

/// A schema of one version of one kind.
#[derive(Debug)]
pub(super) struct Schema {
    /// As the CRD has it.
    pub(super) openapi: Json,
    validator: Validator,
}

impl Schema {
    /// Compiles a CRD's schema. What it says of the status is left out: that is written by the fabric.
    pub(super) fn compile(openapi: Json, patterns: &mut Patterns) -> Result<Self, String> {
        let mut object = json_schema(&openapi);
        patterns.take(&object)?;
        if let Some(Json::Object(properties)) = object.get_mut("properties") {
            properties.remove("status");
        }
        if let Some(Json::Array(required)) = object.get_mut("required") {
            required.retain(|field| field != "status");
        }
        let validator = patterns
            .within(jsonschema::options())
            .with_draft(Draft::Draft7)
            .should_validate_formats(true)
            .offline()
            .build(&object)
            .map_err(|error| match error.instance_path().as_str() {
                "" => error.to_string(),
                at => format!("{error}, at {at}"),
            })?;
        Ok(Self { openapi, validator })
    }

    /// Checks what is there in an object, and whether something is missing.
    pub(super) fn problems(&self, object: &Node) -> Vec<SchemaProblem> {
        let mut value = json_of(object);
        prepare(&mut value, &self.openapi);
        let errors: Vec<_> = self.validator.iter_errors(&value).collect();
        let is_type = |error: &&ValidationError<'_>| matches!(error.kind(), Kind::Type { .. });
        let mistyped: Vec<_> = errors.iter().filter(is_type).map(|error| error.instance_path()).collect();
        // What else is wrong with a value of a wrong type follows from that.
        errors
            .iter()
            .filter(|error| is_type(error) || !mistyped.contains(&error.instance_path()))
            .map(|error| problem(error, object))
            .collect()
    }
}

fn problem(error: &ValidationError<'_>, object: &Node) -> SchemaProblem {
    let (path, node) = locate(error.instance_path(), object);
    let Kind::Required { property: Json::String(name) } = error.kind() else {
        let message = format!("{} {}", subject(&path), complaint(error, node));
        return SchemaProblem::new(node, path, message);
    };
    let field = join(&path, name);
    if let Some((key, _)) = entry(node, name) {
        let message = format!("{field} must have a value, and is empty");
        SchemaProblem::new(key, field, message)
    } else {
        SchemaProblem::new(node, field, format!("{} is missing {name}", subject(&path)))
    }
}

/// Follows a JSON pointer; it ends early where the tree does.
fn locate<'n>(location: &Location, object: &'n Node) -> (String, &'n Node) {
    let (mut path, mut node) = (String::new(), object);
    for segment in location {
        let name = segment.to_string();
        if let Value::Sequence { items, .. } = &node.value {
            let Some(item) = name.parse().ok().and_then(|index: usize| items.get(index)) else { break };
            (path, node) = (format!("{path}[{name}]"), item);
        } else {
            let Some((_, value)) = entry(node, &name) else { break };
            (path, node) = (join(&path, &name), value);
        }
    }
    (path, node)
}

fn entry<'n>(node: &'n Node, name: &str) -> Option<(&'n Node, &'n Node)> {
    node.entries().iter().find(|(key, _)| key_text(key) == name).map(|(key, value)| (key, value))
}

#[cfg(test)]
mod tests {
    use crate::manifest::testing::tree;
    use crate::schema::crd::testing::{crd, problems, schemas};

    #[test]
    fn places_are_those_of_the_value() {
        let schema = "{type: object, properties: {list: {type: array, items: {type: object, properties: \
                      {b: {type: integer}}}}, map: {type: object, additionalProperties: {type: string}}}}";
        for (object, expected) in [
            (
                "kind: Thing\nspec:\n  list:\n  - b: 1\n  - b: x\n",
                r#"5:8 spec.list[1].b must be an integer, and is the text "x"."#,
            ),
            ("spec:\n  list:\n  - b: 1\n  -\n", "4:4 spec.list[1] must be a mapping, and is empty."),
            // What an alias brings in stands where its anchor is.
            (
                "metadata: {x: &x {b: ''}}\nspec: {list: [*x]}",
                r#"1:22 spec.list[0].b must be an integer, and is the text ""."#,
            ),
            (
                "spec: {map: {10.0.0.0/8: 1}}",
                r#"1:26 spec.map["10.0.0.0/8"] must be a text, and is the number 1."#,
            ),
            // A name that is a number is no index.
            ("spec: {map: {0: 1}}", "1:17 spec.map.0 must be a text, and is the number 1."),
            ("spec: 5", "1:7 spec must be a mapping, and is the number 5."),
            ("[]", "1:1 The object must be a mapping, and is a list."),
        ] {
            assert_eq!(problems(schema, object), [expected], "{object}");
        }
    }

    #[test]
    fn what_is_missing_is_told_where_it_should_be() {
        let schema = "{type: object, required: [a, b], properties: {a: {type: string}, \
                      b: {type: string, default: x}, c: {type: object, required: [d], properties: {d: {type: string}}}}}";
        for (spec, expected) in [
            ("spec: {a: x}", &[][..]),
            ("spec: {}", &["1:7 spec is missing a."]),
            ("kind: Thing", &[]),
            ("spec:\n  a: x\n  c:\n    {}\n", &["4:5 spec.c is missing d."]),
            ("spec:\n  a:\n  b:\n", &["2:3 spec.a must have a value, and is empty."]),
            ("kind: Thing\nspec: {c: {}}", &["2:7 spec is missing a.", "2:11 spec.c is missing d."]),
        ] {
            assert_eq!(problems(schema, spec), expected, "{spec}");
        }
        let schemas = schemas(&crd(schema)).expect("schemas");
        let missing = schemas.check("example.org", "v1", "Thing", &tree("spec: {}"));
        assert_eq!((missing[0].path.as_str(), missing[0].unknown_field), ("spec.a", false));
    }

    #[test]
    fn a_reference_leads_nowhere_and_a_ring_of_them_has_no_end_to_find() {
        let reference = "{type: object, properties: {a: {$ref: '#/properties/spec/properties/a'}, \
                         b: {$ref: 'http://127.0.0.1:1/x'}, c: {type: integer}}}";
        let object = "spec: {a: {a: {a: {}}}, b: 1, c: x}";
        assert_eq!(problems(reference, object), [r#"1:34 spec.c must be an integer, and is the text "x"."#]);
    }

    /// As deep as it is read, it is checked too, on a thread with little room.
    #[test]
    fn a_deep_schema_is_no_shaft() {
        let nested =
            |opens: &str, closes: &str, depth| format!("{}{{}}{}", opens.repeat(depth), closes.repeat(depth));
        for (opens, closes) in
            [("{type: object, properties: {a: ", "}}"), ("{allOf: [", "]}"), ("{not: ", "}")]
        {
            let depth = 84 / opens.matches(['{', '[']).count();
            let schemas = schemas(&crd(&nested(opens, closes, depth))).expect("as deep as it may be");
            let object = format!("spec: {}", nested("{a: ", "}", depth));
            let check = move || schemas.check("example.org", "v1", "Thing", &tree(&object)).len();
            let small = std::thread::Builder::new().stack_size(1 << 20).spawn(check).expect("a thread");
            small.join().expect("no overflow");
        }
    }
}
