//! Fields that a schema does not know.

use serde_json::Value as Json;

use super::openapi::{field_schema, is_set};
use super::problem::{SchemaProblem, join};
use crate::manifest::{Node, Value, key_text};
use crate::schema::nearest::nearest;

/// What every object has, whatever its schema says: the API server looks after these by itself, and the
/// fabric's controllers write the status.
const IMPLIED: [&str; 4] = ["apiVersion", "kind", "metadata", "status"];

/// Looks for them in an object.
pub(super) fn fields(object: &Node, schema: &Json, out: &mut Vec<SchemaProblem>) {
    look(object, schema, "", true, out);
}

/// `is_object`: whether here is a whole object, which has [`IMPLIED`] fields too.
fn look(node: &Node, schema: &Json, path: &str, is_object: bool, out: &mut Vec<SchemaProblem>) {
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                look(item, &schema["items"], &format!("{path}[{index}]"), false, out);
            }
        }
        Value::Mapping { entries, .. } => {
            let closed = schema["type"] == "object"
                && !is_set(schema, "x-kubernetes-preserve-unknown-fields")
                && !is_set(schema, "additionalProperties");
            for (key, value) in entries {
                let name = key_text(key);
                if is_object && IMPLIED.contains(&name.as_str()) {
                    continue;
                }
                let path = join(path, &name);
                if let Some(schema) = field_schema(schema, &name) {
                    look(value, schema, &path, is_set(schema, "x-kubernetes-embedded-resource"), out);
                } else if closed {
                    let message = format!("{path} is not a known field");
                    let near = near(&name, schema, is_object).map(str::to_owned);
                    out.push(SchemaProblem {
                        unknown_field: true,
                        near,
                        ..SchemaProblem::new(key, path, message)
                    });
                }
            }
        }
    }
}

/// The known field that is nearly what was written.
fn near<'s>(name: &str, schema: &'s Json, is_object: bool) -> Option<&'s str> {
    let known = schema["properties"].as_object()?.keys().map(String::as_str);
    nearest(name, known.chain(IMPLIED.into_iter().filter(|_| is_object)))
}

#[cfg(test)]
mod tests {
    use crate::manifest::testing::tree;
    use crate::schema::crd::testing::{crd, problems, schemas};

    #[test]
    fn unknown_fields_are_told_with_the_nearest_known_one() {
        let schema = "{type: object, properties: {vlanNamespace: {type: string}, ip: {type: string}, \
                      kept: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: \
                      {known: {type: object, properties: {x: {type: string}}}}}, \
                      any: {type: object, additionalProperties: true}, none: {type: object}, \
                      pod: {type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}, \
                      list: {type: array, items: {type: object, properties: {port: {type: string}}}}}}";
        for (object, expected) in [
            (
                "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a, labels: {x: y}}\nstatus: {x: 1}\nspec: {ip: x}",
                &[][..],
            ),
            ("metdata: {}", &["1:1 metdata is not a known field. Did you mean metadata?"]),
            (
                "spec:\n  vlannamespaces: x\n",
                &["2:3 spec.vlannamespaces is not a known field. Did you mean vlanNamespace?"],
            ),
            ("spec: {colour: red}", &["1:8 spec.colour is not a known field."]),
            ("spec: {asn: }", &["1:8 spec.asn is not a known field."]),
            (
                "spec: {list: [{}, {prot: x}]}",
                &["1:20 spec.list[1].prot is not a known field. Did you mean port?"],
            ),
            (
                "spec: {kept: {x: 1, known: {z: 1}}}",
                &["1:29 spec.kept.known.z is not a known field. Did you mean x?"],
            ),
            ("spec: {any: {x: {y: 1}}}", &[]),
            ("spec: {none: {x: 1}}", &["1:15 spec.none.x is not a known field."]),
            ("spec: {pod: {kind: A, metadata: {name: a}, spec: {}}}", &[]),
            // What is no mapping by the schema has no fields.
            ("spec: {ip: {x: 1}}", &["1:12 spec.ip must be a text, and is a mapping."]),
        ] {
            assert_eq!(problems(schema, object), expected, "{object}");
        }
        let schemas = schemas(&crd(schema)).expect("schemas");
        let unknown = schemas.check("example.org", "v1", "Thing", &tree("spec: {ipp: x}"));
        assert_eq!((unknown[0].path.as_str(), unknown[0].unknown_field), ("spec.ipp", true));
    }
}
