//! Names, namespaces, labels and annotations.

use crate::finding::Code;
use crate::manifest::{Manifest, Node};
use crate::schema::read::{Map, Place, Problem, Read, Reader};

/// The longest name of a VPC, an External or an IPv4Namespace: switches build names of their own from it.
const LONGEST: usize = 11;

/// Checks what the fabric asks of an object's metadata beyond what Kubernetes does.
pub(crate) fn metadata(manifest: &Manifest, object: &Node, out: &mut Vec<Problem>) {
    let (kind, name) = (manifest.kind.as_str(), manifest.name.as_str());
    let name_at = Place { line: manifest.position.0, column: manifest.position.1 };
    let Some(node) = object.get("metadata") else { return };
    if let (Some(namespace), Some(at)) = (&manifest.namespace, node.get("namespace"))
        && namespace != "default"
    {
        let message =
            format!("The fabric takes objects of the namespace default only, and this is in {namespace}.");
        out.push(
            Problem::new(Code::NamespaceNotDefault, Place::of(at), message)
                .hint("Write `namespace: default`, or leave the line out."),
        );
    }
    if matches!(kind, "VPC" | "External" | "IPv4Namespace") && name.len() > LONGEST {
        let message = format!("The name {name} has {} characters; a {kind} may have {LONGEST}.", name.len());
        out.push(Problem::new(Code::NameTooLong, name_at, message).hint("Choose a shorter name."));
    }
    if kind == "VPC" && name.starts_with("ext.") {
        let message = format!("The name {name} begins with ext., which stands for an External.");
        out.push(Problem::new(Code::NameReserved, name_at, message).hint("Choose a name without it."));
    }
    for key in ["labels", "annotations"] {
        if let Some(texts) = node.get(key).filter(|texts| !texts.is_null()) {
            let mut reader = Reader::at(&format!("metadata.{key}"));
            let _: Option<Map<String>> = Map::read(texts, &mut reader);
            out.append(&mut reader.into_problems());
        }
    }
}
