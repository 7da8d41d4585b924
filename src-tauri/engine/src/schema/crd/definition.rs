//! What is read of a CustomResourceDefinition.

use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
pub(super) struct Crd {
    pub(super) spec: CrdSpec,
}

#[derive(Deserialize)]
pub(super) struct CrdSpec {
    pub(super) group: String,
    pub(super) names: CrdNames,
    pub(super) versions: Vec<CrdVersion>,
}

#[derive(Deserialize)]
pub(super) struct CrdNames {
    pub(super) kind: String,
}

#[derive(Deserialize)]
pub(super) struct CrdVersion {
    pub(super) name: String,
    pub(super) schema: CrdSchema,
}

#[derive(Deserialize)]
pub(super) struct CrdSchema {
    #[serde(rename = "openAPIV3Schema")]
    pub(super) openapi: Json,
}

impl Crd {
    /// Reads one, or says what is wrong with it.
    pub(super) fn read(document: Json) -> Result<Self, String> {
        serde_json::from_value(document)
            .map_err(|error| format!("its CustomResourceDefinition is not complete: {error}"))
    }
}
