//! What CustomResourceDefinitions say about objects, checked here as the API server would check it.
//!
//! A CRD's schema is OpenAPI's dialect of JSON Schema: [`openapi`] makes plain JSON Schema of it, [`validate`] holds an
//! object to that, and [`complaint`] tells what comes out of it in an operator's words. Fields that the schema does not
//! have are looked for in [`unknown`]. Rules in CEL (`x-kubernetes-validations`) and list types
//! (`x-kubernetes-list-type`) are not checked.

mod complaint;
mod definition;
mod files;
mod json;
mod openapi;
mod patterns;
mod problem;
mod unknown;
mod validate;

#[cfg(test)]
mod testing;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use serde_json::Value as Json;

use crate::error::Result;
use crate::manifest::Node;
use definition::Crd;
use patterns::Patterns;
use problem::SchemaProblem;
use validate::Schema;

/// The schemas of custom resources, read from CustomResourceDefinitions.
#[derive(Debug, Default)]
pub(crate) struct CrdSchemas {
    /// By group, version and kind.
    kinds: HashMap<(String, String, String), Schema>,
    patterns: Patterns,
}

impl CrdSchemas {
    /// Reads a file, or every YAML and JSON file at any depth below a folder, hidden ones aside.
    ///
    /// Documents that are no CRD are skipped, lists of them (`kubectl get crds -o yaml`) are looked into. A
    /// file that can't be read, a CRD whose schema does not compile, and two CRDs that contradict one another
    /// are errors that name the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let mut schemas = Self::default();
        for file in files::below(path)? {
            schemas.add_file(&file, &files::bytes_of(&file)?)?;
        }
        Ok(schemas)
    }

    /// The schemas of one file, which need not be on a disk.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn of(file: &Path, bytes: &[u8]) -> Result<Self> {
        let mut schemas = Self::default();
        schemas.add_file(file, bytes)?;
        Ok(schemas)
    }

    /// Takes in what is in a file.
    pub(crate) fn add_file(&mut self, file: &Path, bytes: &[u8]) -> Result<()> {
        files::documents(file, bytes)
            .and_then(|documents| documents.into_iter().try_for_each(|document| self.add(document)))
            .map_err(|detail| files::unreadable(file, detail))
    }

    /// How many schemas there are: one for each version of each kind.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// What is wrong with an object by its schema, in the order of the text. Empty where there is no schema
    /// for it.
    pub(crate) fn check(&self, group: &str, version: &str, kind: &str, node: &Node) -> Vec<SchemaProblem> {
        let key = (group.to_owned(), version.to_owned(), kind.to_owned());
        let Some(schema) = self.kinds.get(&key) else { return Vec::new() };
        let mut problems = schema.problems(node);
        unknown::fields(node, &schema.openapi, &mut problems);
        problems.sort_by(|a, b| (a.line, a.column, &a.path).cmp(&(b.line, b.column, &b.path)));
        problems.dedup();
        problems
    }

    /// Takes a document in, if it is a CRD or a list with some.
    fn add(&mut self, mut document: Json) -> Result<(), String> {
        if document["kind"].as_str().is_some_and(|kind| kind.ends_with("List")) {
            let Json::Array(items) = document["items"].take() else { return Ok(()) };
            return items.into_iter().try_for_each(|item| self.add(item));
        }
        if document["kind"] != "CustomResourceDefinition" {
            return Ok(());
        }
        let crd = Crd::read(document)?.spec;
        for version in crd.versions {
            let what = format!("{} of {}/{}", crd.names.kind, crd.group, version.name);
            let schema = Schema::compile(version.schema.openapi, &mut self.patterns)
                .map_err(|error| format!("the schema of {what} is wrong: {error}"))?;
            match self.kinds.entry((crd.group.clone(), version.name, crd.names.kind.clone())) {
                Entry::Vacant(place) => {
                    place.insert(schema);
                }
                Entry::Occupied(other) if other.get().openapi == schema.openapi => {}
                Entry::Occupied(_) => return Err(format!("{what} is defined twice, in different words")),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::json::json_of;
    use super::testing::{crd, problems, schemas, told};
    use super::*;
    use crate::manifest::testing::tree;
    use crate::manifest::{Manifest, Source, parse, split};

    #[test]
    fn what_the_api_server_takes_is_no_problem() {
        let schema = "{type: object, properties: {n: {type: string, nullable: true, enum: [x]}, s: {type: string}, \
                      ios: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}, \
                      i: {type: integer, format: int64}, f: {type: number}, d: {type: string, format: duration}, \
                      o: {type: object, default: {}, required: [p], properties: {p: {type: string, default: x}}}}, \
                      required: [o], anyOf: [{required: [o]}]}";
        for spec in [
            "spec: {n: }",
            "spec: {n: x, s: }",
            "spec: {ios: 80}",
            "spec: {ios: 80%}",
            "spec: {i: 1.0}",
            "spec: {i: 0x10}",
            "spec: {i: 9223372036854775807}",
            "spec: {f: 1}",
            "spec: {d: 1h30m}",
            "spec: &s {s: x}",
            "spec:",
        ] {
            assert_eq!(problems(schema, spec), [""; 0], "{spec}");
        }
        let schemas = schemas(&crd(schema)).expect("schemas");
        let wrong = tree("spec: {s: 1}");
        for (group, version, kind) in
            [("example.com", "v1", "Thing"), ("example.org", "v2", "Thing"), ("example.org", "v1", "Other")]
        {
            assert_eq!(schemas.check(group, version, kind, &wrong), [], "there is no schema for it");
        }
    }

    #[test]
    fn definitions_are_read_wherever_they_stand() {
        let folder = tempfile::tempdir().expect("folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            fs::write(path, text).expect("written");
        };
        assert!(CrdSchemas::read(folder.path()).expect("an empty folder").len() == 0);
        let of_kind = |kind: &str| crd("{type: object}").replace("Thing", kind);
        let as_json = |kind: &str| json_of(&tree(&of_kind(kind)));
        write("a.yaml", &format!("kind: ConfigMap\n---\n{}---\n{}", of_kind("A"), of_kind("B")));
        write("deep/er/c.yml", &of_kind("C"));
        write("d.json", &format!("{}\n{}", as_json("D"), json!({"kind": "List", "items": [as_json("E")]})));
        // The same once more is no contradiction; what is hidden or no YAML is not looked at.
        write("again.yaml", &of_kind("A"));
        write(".git/x.yaml", ": [");
        write("README.md", ": [");
        let schemas = CrdSchemas::read(folder.path()).expect("schemas");
        let mut kinds: Vec<_> = schemas.kinds.keys().map(|(_, _, kind)| kind.as_str()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["A", "B", "C", "D", "E"]);
        assert_eq!(CrdSchemas::read(&folder.path().join("deep/er/c.yml")).expect("one file").len(), 1);
    }

    #[test]
    fn what_is_no_definition_is_an_error_that_names_the_file() {
        let two = format!("{}---\n{}", crd("{type: object}"), crd("{type: string}"));
        for (documents, detail) in [
            ("a: [", "line 2: "),
            ("\u{0}", "The file holds a NUL byte"),
            (
                "kind: CustomResourceDefinition\n",
                "its CustomResourceDefinition is not complete: missing field `spec`",
            ),
            (&crd("{type: strange}"), "the schema of Thing of example.org/v1 is wrong: "),
            (&crd("{type: string, pattern: '('}"), "the schema of Thing of example.org/v1 is wrong: "),
            (&two, "Thing of example.org/v1 is defined twice, in different words"),
        ] {
            let error = schemas(documents).expect_err(documents).to_string();
            assert!(error.contains("crds.yaml can't be used as a schema: "), "{error}");
            assert!(error.contains(detail), "{error}");
        }
        let error = CrdSchemas::read(Path::new("/nowhere/at/all")).expect_err("not there").to_string();
        assert_eq!(error, "/nowhere/at/all can't be used as a schema: it does not exist");
    }

    #[test]
    fn thousands_of_files_are_read() {
        let folder = tempfile::tempdir().expect("folder");
        for n in 0..3_000 {
            let text = crd("{type: string, pattern: '^[a-z]{1,63}$'}").replace("Thing", &format!("Thing{n}"));
            fs::write(folder.path().join(format!("{n}.yaml")), text).expect("written");
        }
        let begun = std::time::Instant::now();
        assert_eq!(CrdSchemas::read(folder.path()).expect("schemas").len(), 3_000);
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{:?}", begun.elapsed());
    }

    /// The fabric's own definitions and real objects, where the machine has them.
    #[test]
    fn the_fabrics_own_objects_fit_its_schemas() {
        let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
        if !corpus.join("crds").is_dir() {
            eprintln!("SKIPPED: there is no {}", corpus.join("crds").display());
            return;
        }
        let schemas = CrdSchemas::read(&corpus.join("crds")).expect("schemas");
        assert_eq!(schemas.len(), 22);
        let mut valid = vec![corpus.join("invalid/00-valid-base.yaml")];
        valid.extend(files::below(&corpus.join("original")).expect("files"));
        let generated = files::below(&corpus.join("generated")).expect("files");
        valid.extend(generated.into_iter().filter(|file| file.to_string_lossy().contains(".hydrated.")));
        let (mut checked, mut found) = (0, Vec::new());
        for file in &valid {
            let of_file = check_file(&schemas, file);
            checked += of_file.len();
            found.extend(
                of_file.into_iter().flatten().map(|problem| format!("{}: {problem}", file.display())),
            );
        }
        assert_eq!(found, [""; 0]);
        assert!(checked > 900, "{checked}");

        for (name, expected) in [
            (
                "73-vlan-as-string.yaml",
                r#"652:13 spec.subnets.default.vlan must be an integer, and is the text "1001"."#,
            ),
            ("61-unknown-field.yaml", "664:3 spec.subnet is not a known field. Did you mean subnets?"),
            (
                "55-switch-bad-role.yaml",
                r#"97:9 spec.role must be one of spine, server-leaf, border-leaf, mixed-leaf, virtual-edge, and is "leaf"."#,
            ),
        ] {
            let found = check_file(&schemas, &corpus.join("invalid").join(name));
            assert_eq!(found.concat(), [expected], "{name}");
        }
    }

    /// The problems of each object of a file.
    fn check_file(schemas: &CrdSchemas, file: &Path) -> Vec<Vec<String>> {
        let bytes = fs::read(file).expect("file");
        let source = Source::decode(&bytes).expect("text");
        let documents = split(source.text());
        let check = |document| {
            let node = parse(document).expect("parses");
            let head = Manifest::of(&node).expect("an object");
            let key = (head.group.clone(), head.version.clone(), head.kind.clone());
            assert!(schemas.kinds.contains_key(&key), "there is no schema for {key:?}");
            let problems = schemas.check(&head.group, &head.version, &head.kind, &node);
            problems.iter().map(told).collect()
        };
        documents.iter().map(check).collect()
    }
}
