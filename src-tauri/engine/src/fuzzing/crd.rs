//! Objects held against the schemas of CustomResourceDefinitions.

use std::path::Path;

use crate::manifest::{Manifest, parse, split};
use crate::schema::CrdSchemas;

/// A file of definitions and a stream of objects: whatever the schemas are, what is wrong is told as a sentence,
/// at a place in the text, in the order of the text, and the same each time.
pub fn crd(bytes: &[u8]) {
    let Some([definitions, objects]) = super::parts(bytes) else { return };
    for file in ["crds.yaml", "crds.json"] {
        let schemas = match CrdSchemas::of(Path::new(file), definitions.as_bytes()) {
            Ok(schemas) => schemas,
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains(file) && text.len() > file.len(), "{text}");
                continue;
            }
        };
        for document in split(objects) {
            let Ok(node) = parse(&document) else { continue };
            let Ok(object) = Manifest::of(&node) else { continue };
            let check = || schemas.check(&object.group, &object.version, &object.kind, &node);
            let problems = check();
            assert_eq!(check(), problems, "the same each time");
            assert!(problems.is_sorted_by_key(|problem| (problem.line, problem.column)));
            let breaks = document.text.matches(['\n', '\r']).count();
            let last = document.line + u32::try_from(breaks).expect("short");
            for problem in &problems {
                assert!(problem.message.ends_with('.') && problem.message.len() > 1, "{problem:?}");
                assert!((document.line..=last).contains(&problem.line) && problem.column >= 1, "{problem:?}");
                assert!(problem.near.is_none() || problem.unknown_field, "{problem:?}");
            }
        }
    }
}
