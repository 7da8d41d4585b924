//! What the tests of this module share: the schema of a spec, and what is wrong with objects by it.

use std::path::Path;

use super::CrdSchemas;
use super::problem::SchemaProblem;
use crate::error::Result;
use crate::manifest::testing::tree;

/// A CRD of `example.org/v1 Thing`, whose spec has this schema.
pub(super) fn crd(spec: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  group: example.org\n  \
         names: {{kind: Thing}}\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n        \
         type: object\n        properties:\n          spec: {spec}\n"
    )
}

/// The schemas of these definitions.
pub(super) fn schemas(documents: &str) -> Result<CrdSchemas> {
    CrdSchemas::of(Path::new("crds.yaml"), documents.as_bytes())
}

/// Place, sentence and hint.
pub(super) fn told(problem: &SchemaProblem) -> String {
    let near = problem.near.as_ref().map_or(String::new(), |near| format!(" Did you mean {near}?"));
    format!("{}:{} {}{near}", problem.line, problem.column, problem.message)
}

/// What is wrong with a thing, by the schema of its spec.
pub(super) fn problems(schema: &str, thing: &str) -> Vec<String> {
    let schemas = schemas(&crd(schema)).unwrap_or_else(|error| panic!("{schema}: {error}"));
    assert_eq!(schemas.len(), 1);
    schemas.check("example.org", "v1", "Thing", &tree(thing)).iter().map(told).collect()
}
