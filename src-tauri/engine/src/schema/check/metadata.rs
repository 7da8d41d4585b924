//! Names, namespaces, labels and annotations.

use crate::finding::Code;
use crate::manifest::{Manifest, Node};
use crate::schema::read::{Map, Place, Problem, Read, Reader, prefix, shown};

/// The longest name of a VPC, an External or an IPv4Namespace: switches build names of their own from it.
const LONGEST: usize = 11;
/// Says which /31 an attachment of a hostBGP subnet has.
const P2P_LINK: &str = "fabric.githedgehog.com/p2p-link";

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
    let p2p_link = node.get("annotations").and_then(|texts| texts.get(P2P_LINK));
    if let Some(at) = p2p_link.filter(|_| kind == "VPCAttachment") {
        let text = at.as_str().unwrap_or_default();
        if !prefix(text).is_some_and(|net| net.addr().is_ipv4() && net.prefix_len() == 31) {
            let message = format!("The annotation {P2P_LINK} is {}, and no /31.", shown(text));
            out.push(
                Problem::new(Code::LinkAddresses, Place::of(at), message)
                    .hint("Write the /31 of the link, as in 10.99.0.0/31."),
            );
        }
    }
    for key in ["labels", "annotations"] {
        if let Some(texts) = node.get(key).filter(|texts| !texts.is_null()) {
            let mut reader = Reader::at(&format!("metadata.{key}"));
            let _: Option<Map<String>> = Map::read(texts, &mut reader);
            out.append(&mut reader.into_problems());
        }
    }
}
