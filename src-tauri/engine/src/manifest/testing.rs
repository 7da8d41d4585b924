//! What the tests of this module share: a text, parsed.

use crate::manifest::{Node, TextError, parse, split};

/// The first document of a text, parsed.
pub(crate) fn parsed(text: &str) -> Result<Node, TextError> {
    parse(split(text).first().expect("a document"))
}

/// The first document of a text that is known to be good.
pub(crate) fn tree(text: &str) -> Node {
    parsed(text).unwrap_or_else(|error| panic!("{text:?}: {error:?}"))
}
#[test]
fn probe() {
    for t in [
        "a:\n  b:\n# c\nc: 1\n",
        "a:\n  b: # x\n  # y\n\nc:\n- \n- # z\n-\n# w\nd:",
        "a:\n- |\n  x\n\n\n- >+\n  y\n\n\nb: 1\n",
        "a: {b, c: , d: 1}\n",
        "a: &x\n  b: 1\nc: |\n    deep\n # no\nd: 1\n",
        "a: !!map\nb: 1\n",
        "a: &x\nb: *x\n",
        "a: x\n  y\n\nb: 1\n",
    ] {
        fn show(n: &Node, t: &str, d: usize) {
            println!("{}{:?} {:?} b={}", " ".repeat(d), n.span, &t[n.span.clone()], n.borrowed);
            match &n.value {
                crate::manifest::Value::Mapping { entries, .. } => {
                    for (k, v) in entries {
                        show(k, t, d + 1);
                        show(v, t, d + 2)
                    }
                }
                crate::manifest::Value::Sequence { items, .. } => {
                    for i in items {
                        show(i, t, d + 1)
                    }
                }
                _ => {}
            }
        }
        println!("---- {t:?}");
        show(&tree(t), t, 0);
    }
}
