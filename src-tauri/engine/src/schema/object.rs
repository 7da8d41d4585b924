//! An object as the checks know it: its identity, its place and its spec, and what is wrong with it alone.

use crate::finding::{Code, Finding, Weight};
use crate::id::RepoPath;
use crate::manifest::{Manifest, Node};
use crate::schema::check;
use crate::schema::crd::CrdSchemas;
use crate::schema::kinds::{Classified, KINDS, classify};
use crate::schema::read::{Place, Problem, Reader};
use crate::schema::resource::ResourceId;
use crate::schema::spec::Spec;

/// A kind that references are made to: one of the table, or a model of switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct KindId(u8);

/// Kinds that references are made to and that the table lacks.
const MORE: [&str; 1] = ["SwitchProfile"];

impl KindId {
    /// How many there are.
    pub(crate) const COUNT: usize = KINDS.len() + MORE.len();

    /// The kind of that name, where references to it are checked.
    pub(crate) fn of(kind: &str) -> Option<Self> {
        let known = KINDS.iter().map(|info| info.kind).chain(MORE);
        known.zip(0..).find(|(name, _)| *name == kind).map(|(_, index)| Self(index))
    }

    /// Its place among all.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Whether objects of it are what a fabric directory is for. Others come with the fabric itself.
    pub(crate) fn is_managed(self) -> bool {
        self.index() < KINDS.len()
    }

    pub(crate) fn name(self) -> &'static str {
        KINDS.get(self.index()).map_or(MORE[0], |info| info.kind)
    }
}

/// The identity of an object among those that references are made to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) kind: KindId,
    /// Its name; `namespace/name` outside of `default`.
    pub(crate) name: Box<str>,
}

impl Key {
    pub(crate) fn new(kind: KindId, namespace: &str, name: &str) -> Self {
        let name = if namespace == "default" { name.into() } else { format!("{namespace}/{name}").into() };
        Self { kind, name }
    }
}

/// An object, read and checked by itself.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) id: ResourceId,
    /// Its key, where its kind is one that is checked.
    pub(crate) key: Option<Key>,
    /// The file that it stands in.
    pub(crate) file: RepoPath,
    /// Where its name stands.
    pub(crate) at: Place,
    /// Whether it is written in the version that is served today. Of any other only references to it are
    /// checked, since its fields may mean something else.
    pub(crate) current: bool,
    pub(crate) spec: Spec,
    /// What is wrong with it, whatever else there is.
    pub(crate) problems: Vec<Problem>,
}

impl Object {
    /// Reads an object and checks it by itself, and by its CRD's schema where there is one.
    pub(crate) fn read(
        manifest: &Manifest,
        node: &Node,
        file: &RepoPath,
        schemas: Option<&CrdSchemas>,
    ) -> Self {
        let id = ResourceId {
            kind: manifest.kind.clone(),
            namespace: manifest.namespace.clone().unwrap_or_else(|| "default".to_owned()),
            name: manifest.name.clone(),
        };
        let at = Place { line: manifest.position.0, column: manifest.position.1 };
        let classified = classify(&manifest.group, &manifest.version, &manifest.kind);
        let (known, current) = match classified {
            Some(Classified::Known { old, .. }) => (true, !old),
            Some(Classified::UnknownHedgehog { .. }) => (manifest.kind == "SwitchProfile", false),
            _ => (false, false),
        };
        let mut problems = Vec::new();
        let mut reader = Reader::default();
        let spec = if known { Spec::read(&manifest.kind, node, &mut reader) } else { Spec::Unknown };
        if current {
            problems.extend(reader.into_problems());
            check::metadata(manifest, node, &mut problems);
            check::spec(&spec, at, &mut problems);
        }
        if let Some(schemas) = schemas {
            add_schema_problems(schemas, manifest, node, &mut problems);
        }
        problems.sort_by_key(|problem| problem.place);
        let key =
            KindId::of(&manifest.kind).filter(|_| known).map(|kind| Key::new(kind, &id.namespace, &id.name));
        Self { id, key, file: file.clone(), at, current, spec, problems }
    }

    /// A problem of this object as a finding.
    pub(crate) fn finding(&self, problem: &Problem) -> Finding {
        let mut finding = Finding::new(problem.code, problem.message.clone())
            .in_file(&self.file)
            .at(problem.place.line, problem.place.column)
            .about(&self.id.kind, &self.id.name);
        finding.hint.clone_from(&problem.hint);
        finding
    }

    /// The first problem for which the fabric's API would not even take the object.
    pub(crate) fn refusal(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.code.weight() == Weight::Refused)
    }
}

/// What a schema finds, unless our own checks have said it of the same place.
fn add_schema_problems(schemas: &CrdSchemas, manifest: &Manifest, node: &Node, out: &mut Vec<Problem>) {
    for found in schemas.check(&manifest.group, &manifest.version, &manifest.kind, node) {
        let place = Place { line: found.line, column: found.column };
        if out.iter().any(|problem| problem.place == place) {
            continue;
        }
        let code = if found.unknown_field { Code::SchemaUnknownField } else { Code::SchemaViolation };
        let hint = match found.near {
            Some(near) => format!("Did you mean {near}?"),
            None => "The schema of its CRD says so.".to_owned(),
        };
        out.push(Problem::new(code, place, found.message).hint(hint));
    }
}
