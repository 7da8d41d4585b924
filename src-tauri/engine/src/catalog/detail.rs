//! One object with its fields and what it names.

use super::entry::only_node;
use super::references::{Naming, id_of, named_by, named_by_absence};
use super::table::Catalog;
use super::view::{DetailField, Reference};
use super::walk::{Step, walk};
use crate::manifest::Manifest;

/// What the text of a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Detailed {
    pub(crate) fields: Vec<DetailField>,
    pub(crate) refers_to: Vec<Reference>,
}

/// Takes a text apart into its fields; nothing where it is no object.
pub(crate) fn detailed(text: &str, catalog: &Catalog) -> Detailed {
    let Some(node) = only_node(text.as_bytes()) else { return Detailed::default() };
    let Ok(head) = Manifest::of(&node) else { return Detailed::default() };
    let namespace = head.namespace.as_deref().unwrap_or("default");
    let mut detailed = Detailed::default();
    let mut namings = Vec::new();
    walk(&node, &head.kind, &mut |visit| {
        let naming = named_by(&head.kind, namespace, visit);
        let to = naming.as_ref().map(|naming| id_of(&naming.to));
        namings.extend(naming);
        detailed.fields.push(DetailField {
            path: visit.path.to_owned(),
            label: match visit.step {
                Step::Key(key) | Step::OwnKey(key) => key.to_owned(),
                Step::Item(index) => (index + 1).to_string(),
            },
            value: visit.text().map(str::to_owned),
            depth: visit.depth,
            line: visit.line,
            to,
        });
    });
    namings.extend(named_by_absence(&head.kind, namespace, &node));
    let shown = |naming: Naming| {
        let id = id_of(&naming.to);
        let file = catalog.file_of(&id).cloned();
        (file.is_some() || !naming.optional).then_some(Reference {
            id,
            kind: naming.to.kind,
            name: naming.to.name,
            file,
            path: naming.path,
        })
    };
    detailed.refers_to = namings.into_iter().filter_map(shown).collect();
    // A link that leads nowhere is none: what is missing is told among the references.
    for field in &mut detailed.fields {
        field.to = field.to.take().filter(|id| catalog.file_of(id).is_some());
    }
    detailed
}
