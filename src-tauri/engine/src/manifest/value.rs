//! A tree as a plain value, for reading it into types.

use serde_yaml::{Mapping, Number, Value as Plain};

use crate::manifest::Node;
use crate::manifest::compare::key_text;
use crate::manifest::node::Value;
use crate::manifest::resolve::Resolved;

/// The value of a tree, with its places and its writing forgotten; keys are texts, as in Kubernetes.
///
/// A whole number beyond 64 bits is the nearest floating-point number, as JSON readers have it.
#[cfg_attr(not(test), allow(dead_code, reason = "for the typed specs"))]
pub(crate) fn to_value(node: &Node) -> Plain {
    match &node.value {
        Value::Scalar(scalar) => match scalar.resolved() {
            Resolved::Null => Plain::Null,
            Resolved::Bool(value) => Plain::Bool(value),
            Resolved::Int(value) => Plain::Number(number(value)),
            Resolved::Float(value) => Plain::Number(value.into()),
            Resolved::Str(text) => Plain::String(text.to_owned()),
        },
        Value::Sequence { items, .. } => Plain::Sequence(items.iter().map(to_value).collect()),
        Value::Mapping { entries, .. } => {
            let entry = |(key, value): &(Node, Node)| (Plain::String(key_text(key)), to_value(value));
            Plain::Mapping(entries.iter().map(entry).collect::<Mapping>())
        }
    }
}

fn number(value: i128) -> Number {
    let unsigned = || u64::try_from(value).map(Number::from);
    i64::try_from(value)
        .map(Number::from)
        .or_else(|_| unsigned())
        .unwrap_or_else(|_| Number::from(value as f64))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::manifest::testing::tree;

    #[test]
    fn a_tree_reads_into_types() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Spec {
            vlan: u16,
            boot: bool,
            mode: u32,
            time: String,
            port: Option<String>,
            ranges: Vec<f64>,
        }
        let text = "base: &base {vlan: 0x10, boot: yes}\nspec:\n  <<: *base\n  mode: 0777\n  time: 12:30:45\n  port: ~\n  ranges: [1, 2.5]\n";
        let value = to_value(&tree(text));
        let spec = Spec::deserialize(value.get("spec").expect("spec")).expect("typed");
        let expected = Spec {
            vlan: 16,
            boot: true,
            mode: 511,
            time: "12:30:45".into(),
            port: None,
            ranges: vec![1.0, 2.5],
        };
        assert_eq!(spec, expected);
        // As Kubernetes has it: `on` is true, and keys are texts.
        assert_eq!(to_value(&tree("on: a\n")).get("true"), Some(&Plain::from("a")));
        assert_eq!(to_value(&tree("1: 18446744073709551615\n")).get("1"), Some(&Plain::from(u64::MAX)));
    }
}
