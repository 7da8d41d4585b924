//! Tables of what waits, what stands, and what must come of it.

use std::collections::HashMap;

use super::*;
use crate::fgd::fabric_file::{ArchiveStrategy, ValidationPolicy};
use crate::fgd::inbox::{Reading, SourceFile};
use crate::finding::Code;

const FABRIC: &str = "Lab";

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect(text)
}

fn switch(name: &str, role: &str) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: {name}\nspec:\n  role: {role}\n"
    )
}

/// A directory at the repository's root, with what waits in it and what stands in it.
#[derive(Default)]
struct Scene {
    raw: Vec<(&'static str, String)>,
    managed: Vec<(String, String)>,
    edited: HashSet<RepoPath>,
    archived: HashMap<RepoPath, ContentHash>,
    log: Option<ArchiveLog>,
    policy: ValidationPolicy,
    archive_strategy: Option<ArchiveStrategy>,
}

impl Scene {
    fn plan(&self) -> Plan {
        let managed: Vec<_> =
            self.managed.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let mut managed = ManagedIndex::of(&managed);
        let reading = Reading { fabric_name: FABRIC, managed: &managed, schemas: None };
        let files = self.raw.iter().map(|(name, text)| {
            SourceFile::parse(path(&format!("raw/{name}")), text.clone().into_bytes(), reading)
        });
        let inbox = Inbox { files: files.collect(), unreadable: Vec::new() };
        let fabric = FabricFile {
            fabric_name: FABRIC.to_owned(),
            archive_strategy: self.archive_strategy.unwrap_or(ArchiveStrategy::RenameWithExtension),
            validation_policy: self.policy,
        };
        let no_log = ArchiveLog::empty();
        let given = Given {
            layout: &Layout::new(RepoPath::root()),
            fabric: &fabric,
            edited: &self.edited,
            log: self.log.as_ref().unwrap_or(&no_log),
            log_on_disk: None,
            archive_taken: &|path| self.archived.get(path).copied(),
        };
        Plan::new(&given, inbox, &mut managed).expect("a plan")
    }

    /// The scene after the plan was applied and the disk looked at again.
    fn after(&self, plan: &Plan) -> Self {
        let mut managed: BTreeMap<String, String> = self.managed.iter().cloned().collect();
        let (mut archived, mut log) = (self.archived.clone(), self.log.clone());
        for change in &plan.changes {
            let Some(after) = &change.after else { continue };
            let text = String::from_utf8(after.clone()).expect("text");
            if change.path.as_str().starts_with("managed/") || change.path.as_str().starts_with("unmanaged/")
            {
                managed.insert(change.path.to_string(), text);
            } else if change.path.file_name() == "archive-log.yaml" {
                log = Some(ArchiveLog::read(&change.path, after).expect("log"));
            } else {
                archived.insert(change.path.clone(), ContentHash::of(after));
            }
        }
        let raw = self.raw.iter().filter(|(name, _)| plan.waiting.contains(&path(&format!("raw/{name}"))));
        Self {
            raw: raw.cloned().collect(),
            managed: managed.into_iter().collect(),
            archived,
            log,
            policy: self.policy,
            archive_strategy: self.archive_strategy,
            ..Self::default()
        }
    }
}

fn paths(plan: &Plan) -> Vec<&str> {
    plan.changes.iter().map(|change| change.path.as_str()).collect()
}

/// What is wrong with texts and identities; what the objects mean is in tests of its own.
fn codes(plan: &Plan) -> Vec<Code> {
    let codes = plan.findings.iter().chain(&plan.standing).map(|finding| finding.code);
    codes.filter(|code| code.as_str() < "FGD-400").collect()
}

fn counts(plan: &Plan) -> [u32; 6] {
    let counts = plan.counts();
    [counts.total, counts.created, counts.updated, counts.unchanged, counts.unmanaged, counts.rejected]
}

#[test]
fn a_drop_becomes_one_file_an_object_and_its_source_is_archived() {
    let scene = Scene {
        raw: vec![(
            "leafs.yaml",
            format!("{}---\n{}", switch("leaf-01", "server-leaf"), switch("leaf-02", "spine")),
        )],
        ..Scene::default()
    };
    let plan = scene.plan();
    assert_eq!(
        paths(&plan),
        [
            ".hnp/archive-log.yaml",
            "managed/switches/leaf-01.yaml",
            "managed/switches/leaf-02.yaml",
            "raw/leafs.yaml",
            "raw/leafs.yaml.archived"
        ]
    );
    assert_eq!(counts(&plan), [2, 2, 0, 0, 0, 0]);
    let written = String::from_utf8(plan.changes[2].after.clone().expect("text")).expect("text");
    assert_eq!(
        written,
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-02\n  annotations:\n    \
         hnp.githedgehog.com/managed-by: fgd-sync\n    hnp.githedgehog.com/fabric: Lab\n    \
         hnp.githedgehog.com/original-file: leafs.yaml\n    hnp.githedgehog.com/original-document-index: '1'\n    \
         hnp.githedgehog.com/ingestion-version: '1.0'\nspec:\n  role: spine\n"
    );

    let again = Scene { raw: scene.raw.clone(), ..scene.after(&plan) }.plan();
    assert_eq!(counts(&again), [2, 0, 0, 2, 0, 0], "the same drop once more changes nothing");
    assert_eq!(paths(&again), [".hnp/archive-log.yaml", "raw/leafs.yaml"], "its source needs no second copy");
    assert!(scene.after(&plan).plan().is_empty(), "an empty inbox is an empty plan");
}

#[test]
fn an_object_met_again_is_updated_where_it_stands() {
    let scene = Scene {
        raw: vec![("leaf.yaml", switch("leaf-01", "spine"))],
        managed: vec![("managed/switches/odd-name.yaml".into(), switch("leaf-01", "server-leaf"))],
        ..Scene::default()
    };
    let plan = scene.plan();
    assert_eq!(counts(&plan), [1, 0, 1, 0, 0, 0]);
    let change = &plan.changes[1];
    assert_eq!(change.path.as_str(), "managed/switches/odd-name.yaml");
    assert_eq!(change.before, Some(ContentHash::of(scene.managed[0].1.as_bytes())));
}

#[test]
fn a_comment_that_changed_is_taken_and_one_that_is_missing_is_kept() {
    let standing = format!("# old\n{}", switch("leaf-01", "spine"));
    for (comment, expected) in
        [("", [1, 0, 0, 1, 0, 0]), ("# old\n", [1, 0, 0, 1, 0, 0]), ("# new\n", [1, 0, 1, 0, 0, 0])]
    {
        let scene = Scene {
            raw: vec![("leaf.yaml", format!("{comment}{}", switch("leaf-01", "spine")))],
            managed: vec![("managed/switches/leaf-01.yaml".into(), standing.clone())],
            ..Scene::default()
        };
        assert_eq!(counts(&scene.plan()), expected, "{comment}");
    }
}

#[test]
fn a_broken_document_stays_and_the_others_go_on_once() {
    let text = format!("{}---\na: [\n---\n{}", switch("leaf-01", "spine"), switch("leaf-02", "spine"));
    let scene = Scene { raw: vec![("mixed.yaml", text)], ..Scene::default() };
    let plan = scene.plan();
    assert_eq!(counts(&plan), [3, 2, 0, 0, 0, 1]);
    assert_eq!(codes(&plan), [Code::Syntax]);
    assert!(plan.waiting.contains(&path("raw/mixed.yaml")) && plan.archived.is_empty());

    // Somebody edits an object that came from it: the file that still waits does not undo that.
    let mut later = scene.after(&plan);
    later.managed[0].1 = later.managed[0].1.replace("role: spine", "role: border-leaf");
    let again = later.plan();
    assert_eq!(counts(&again), [3, 0, 0, 2, 0, 1]);
    assert!(again.is_empty(), "{:?}", paths(&again));

    // The broken document is mended: only it is taken, and the file goes.
    later.raw[0].1 = later.raw[0].1.replace("a: [\n", &switch("leaf-03", "spine"));
    let mended = later.plan();
    assert_eq!(counts(&mended), [3, 1, 0, 2, 0, 0]);
    assert!(mended.archived.contains_key(&path("raw/mixed.yaml")));
}

#[test]
fn the_same_object_twice_counts_once_or_not_at_all() {
    let twice = |second: &str| Scene {
        raw: vec![("a.yaml", switch("leaf-01", "spine")), ("b.yaml", switch("leaf-01", second))],
        ..Scene::default()
    };
    assert_eq!(counts(&twice("spine").plan()), [2, 1, 0, 1, 0, 0]);
    let contradiction = twice("server-leaf").plan();
    assert_eq!(counts(&contradiction), [2, 0, 0, 0, 0, 2]);
    let first = &contradiction.findings[0];
    assert_eq!(first.code, Code::DuplicateObject);
    assert!(first.message.contains("b.yaml line 1"), "{first:?}");
    assert!(contradiction.is_empty());
}

#[test]
fn every_kind_finds_its_place() {
    let object = |api: &str, kind: &str| format!("apiVersion: {api}\nkind: {kind}\nmetadata:\n  name: x\n");
    for (api, kind, expected, code) in [
        ("vpc.githedgehog.com/v1beta1", "VPC", "managed/vpcs/x.yaml", None),
        ("gateway.githedgehog.com/v1alpha1", "Gateway", "managed/gateways/x.yaml", None),
        ("wiring.githedgehog.com/v1alpha2", "Switch", "managed/switches/x.yaml", Some(Code::OldApiVersion)),
        (
            "wiring.githedgehog.com/v1beta1",
            "SwitchProfile",
            "managed/switchprofiles/x.yaml",
            Some(Code::UnknownKind),
        ),
        ("agent.githedgehog.com/v1beta1", "Agent", "managed/agents/x.yaml", Some(Code::SystemMade)),
        ("v1", "ConfigMap", "unmanaged/configmap-x.yaml", Some(Code::NotHedgehog)),
    ] {
        let plan = Scene { raw: vec![("x.yaml", object(api, kind))], ..Scene::default() }.plan();
        assert!(paths(&plan).contains(&expected), "{kind}: {:?}", paths(&plan));
        assert_eq!(codes(&plan).first().copied(), code, "{kind}");
    }
    let refused = Scene { raw: vec![("x.yaml", object("v1", "../x"))], ..Scene::default() }.plan();
    assert_eq!((codes(&refused), refused.is_empty()), (vec![Code::NotAnObject], true));
}

#[test]
fn a_text_that_cannot_be_kept_is_told() {
    let text =
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nx: &m {name: leaf-01}\nmetadata: *m\n";
    let plan = Scene { raw: vec![("x.yaml", text.to_owned())], ..Scene::default() }.plan();
    assert_eq!((codes(&plan), counts(&plan)), (vec![Code::TextRewritten], [1, 1, 0, 0, 0, 0]));
    // Nothing is changed for the sake of comments that can't be kept.
    let managed = plan.changes.iter().find(|change| change.path.as_str().starts_with("managed/"));
    let written = String::from_utf8(managed.and_then(|change| change.after.clone()).expect("a text"));
    let scene = Scene {
        raw: vec![("y.yaml", format!("# of the rack\n{text}"))],
        managed: vec![("managed/switches/leaf-01.yaml".to_owned(), written.expect("text"))],
        ..Scene::default()
    };
    assert_eq!(counts(&scene.plan()), [1, 0, 0, 1, 0, 0]);
}

#[test]
fn a_foreign_object_is_kept_byte_for_byte() {
    let text = "apiVersion: v1\nkind: ConfigMap # odd\nmetadata: {name: x}\n";
    let plan = Scene { raw: vec![("x.yaml", text.to_owned())], ..Scene::default() }.plan();
    let kept =
        plan.changes.iter().find(|change| change.path.as_str().starts_with("unmanaged/")).expect("kept");
    assert_eq!(kept.after.as_deref(), Some(text.as_bytes()));
}

#[test]
fn json_is_written_as_yaml_and_what_is_not_the_fabrics_stays_json() {
    let json = |api: &str, kind: &str| {
        format!("{{\"apiVersion\": \"{api}\", \"kind\": \"{kind}\", \"metadata\": {{\"name\": \"x\"}}}}")
    };
    let (ours, foreign) = (json("wiring.githedgehog.com/v1beta1", "Server"), json("v1", "ConfigMap"));
    let scene = Scene { raw: vec![("a.json", ours), ("b.json", foreign.clone())], ..Scene::default() };
    let plan = scene.plan();
    assert_eq!(counts(&plan), [2, 1, 0, 0, 1, 0]);
    assert_eq!(codes(&plan), [Code::TextRewritten, Code::NotHedgehog]);
    let written = |start: &str| {
        let change = plan.changes.iter().find(|change| change.path.as_str().starts_with(start)).expect(start);
        String::from_utf8(change.after.clone().expect("a text")).expect("text")
    };
    assert!(
        written("managed/")
            .starts_with("apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n")
    );
    assert_eq!(written("unmanaged/"), foreign);
    let again = Scene { raw: scene.raw.clone(), ..scene.after(&plan) }.plan();
    assert_eq!(counts(&again), [2, 0, 0, 2, 0, 0]);
}

#[test]
fn names_that_would_collide_become_distinct() {
    let namespaced = |namespace: &str, name: &str| {
        switch(name, "spine").replace("metadata:\n", &format!("metadata:\n  namespace: {namespace}\n"))
    };
    let raw = vec![("x.yaml", format!("{}---\n{}", namespaced("lab", "a-b"), namespaced("lab-a", "b")))];
    let plan = Scene { raw, ..Scene::default() }.plan();
    let managed: Vec<_> = paths(&plan).into_iter().filter(|path| path.starts_with("managed/")).collect();
    assert_eq!(managed, ["managed/switches/lab-a-b-2.yaml", "managed/switches/lab-a-b.yaml"]);
}

#[test]
fn an_uncommitted_edit_is_not_written_over() {
    let file = "managed/switches/leaf-01.yaml";
    let scene = Scene {
        raw: vec![("leaf.yaml", switch("leaf-01", "spine"))],
        managed: vec![(file.into(), switch("leaf-01", "server-leaf"))],
        edited: HashSet::from([path(file)]),
        ..Scene::default()
    };
    let plan = scene.plan();
    assert_eq!((codes(&plan), counts(&plan)), (vec![Code::EditedByHand], [1, 0, 0, 0, 0, 1]));
    assert!(plan.is_empty());
}

#[test]
fn an_archive_never_replaces_another() {
    let taken = path("raw/leaf.yaml.archived");
    let scene = Scene {
        raw: vec![("leaf.yaml", switch("leaf-01", "spine"))],
        archived: HashMap::from([(taken, ContentHash::of(b"another"))]),
        ..Scene::default()
    };
    assert!(paths(&scene.plan()).contains(&"raw/leaf.yaml.archived.1"));
}

/// A directory in which nothing can be looked at says of each name that something else is there.
#[test]
fn an_archive_has_a_place_whatever_its_source_is_called() {
    let long: &'static str = format!("{}.yaml", "x".repeat(250)).leak();
    let numbers = (1..=999).map(|n| format!("raw/leaf.yaml.archived.{n}"));
    let all = std::iter::once("raw/leaf.yaml.archived".to_owned()).chain(numbers);
    let scene = Scene {
        raw: vec![("leaf.yaml", switch("leaf-01", "spine")), (long, switch("leaf-02", "spine"))],
        archived: all.map(|taken| (path(&taken), ContentHash::of(b"another"))).collect(),
        ..Scene::default()
    };
    let plan = scene.plan();
    let archives: Vec<&str> = paths(&plan).into_iter().filter(|path| path.contains(".archived")).collect();
    assert_eq!(archives.len(), 2, "{archives:?}");
    assert!(archives.iter().all(|path| path.rsplit('/').next().is_some_and(|name| name.len() <= 255)));
    assert!(archives.iter().any(|path| path.starts_with("raw/leaf.yaml.archived.") && path.len() > 30));
}

#[test]
fn what_stands_twice_or_broken_is_told() {
    let scene = Scene {
        managed: vec![
            ("managed/switches/a.yaml".into(), switch("leaf-01", "spine")),
            ("managed/switches/b.yaml".into(), switch("leaf-01", "spine")),
            ("managed/switches/c.yaml".into(), "a: [".into()),
        ],
        ..Scene::default()
    };
    assert_eq!(codes(&scene.plan()), [Code::ManagedTwice, Code::Syntax]);
}

/// A document that is dropped or stands: its kind, its name and the lines of its spec.
fn object(kind: &str, name: &str, spec: &str) -> String {
    let group = if kind.starts_with("VPC") { "vpc" } else { "wiring" };
    format!(
        "apiVersion: {group}.githedgehog.com/v1beta1\nkind: {kind}\nmetadata:\n  name: {name}\nspec: {{{spec}}}\n"
    )
}

fn vpc(name: &str, subnet: &str, vlan: u16) -> String {
    object("VPC", name, &format!("subnets: {{front: {{subnet: {subnet}, vlan: {vlan}}}}}"))
}

fn attachment(name: &str, vpc: &str, connection: &str) -> String {
    object("VPCAttachment", name, &format!("subnet: {vpc}/front, connection: {connection}"))
}

fn connection(name: &str, kind: &str) -> String {
    let ends = format!("server: {{port: {name}/nic1}}, switch: {{port: leaf-01/E1/1}}");
    let link = if kind == "unbundled" { format!("link: {{{ends}}}") } else { format!("links: [{{{ends}}}]") };
    object("Connection", name, &format!("{kind}: {{{link}}}"))
}

fn joined(documents: &[String]) -> String {
    documents.join("---\n")
}

/// What is told of what was dropped and touched, and of what stands all the same: name and code, once each.
/// Warnings are in tests of their own.
fn told(findings: &[Finding]) -> Vec<String> {
    let errors = findings.iter().filter(|finding| finding.severity == crate::finding::Severity::Error);
    let told: BTreeSet<String> = errors
        .map(|finding| format!("{} {}", finding.name.as_deref().unwrap_or("?"), &finding.code.as_str()[4..]))
        .collect();
    told.into_iter().collect()
}

/// The names of what is rejected, in the order of the documents.
fn rejected(plan: &Plan) -> Vec<&str> {
    let name = |planned: &'_ Planned| match &planned.outcome {
        Outcome::Rejected(finding) => Some(finding.name.clone().unwrap_or_default()),
        _ => None,
    };
    plan.documents.iter().filter_map(name).map(|name| &*name.leak()).collect()
}

#[test]
fn by_the_policy_a_mistake_of_meaning_is_taken_or_not() {
    let dangling = [vpc("web", "10.0.1.0/24", 1001), attachment("at", "wob", "box-1")];
    for (what, documents, warn, strict, codes) in [
        ("a reference to nothing", &dangling[..], vec![], vec!["at"], vec!["at 501"]),
        ("no VLAN", &[vpc("web", "10.0.1.0/24", 0)][..], vec![], vec!["web"], vec!["web 433"]),
        (
            "both of a pair",
            &[vpc("a", "10.0.1.0/24", 1001), vpc("b", "10.0.1.0/25", 1002)][..],
            vec![],
            vec!["a", "b"],
            vec!["a 510", "b 510"],
        ),
        (
            "what the API would not read",
            &[vpc("web", "10.0.1.0", 1001)][..],
            vec!["web"],
            vec!["web"],
            vec!["web 404"],
        ),
        ("a warning", &[object("Server", "box-1", "colour: red")][..], vec![], vec![], vec![]),
    ] {
        for (policy, expected) in [(ValidationPolicy::Warn, warn), (ValidationPolicy::Strict, strict)] {
            let scene = Scene { raw: vec![("x.yaml", joined(documents))], policy, ..Scene::default() };
            let plan = scene.plan();
            assert_eq!(rejected(&plan), expected, "{what}, {policy:?}");
            assert_eq!(told(&plan.findings), codes, "{what}, {policy:?}");
            assert_eq!(plan.waiting.is_empty(), expected.is_empty(), "{what}, {policy:?}");
        }
    }
}

#[test]
fn what_is_wrong_without_the_rejected_is_rejected_too() {
    let vpcs = [vpc("web", "10.0.1.0/31", 1001), vpc("data", "10.0.2.0/24", 1002)];
    let others = [
        attachment("at", "web", "box-1"),
        connection("box-1", "unbundled"),
        object("VPCPeering", "web-data", "permit: [{web: {}, data: {}}]"),
    ];
    let raw = vec![("a.yaml", joined(&others)), ("b.yaml", joined(&vpcs))];
    let scene = Scene { raw: raw.clone(), policy: ValidationPolicy::Strict, ..Scene::default() };
    let plan = scene.plan();
    assert_eq!(rejected(&plan), ["at", "web-data", "web"]);
    assert_eq!(told(&plan.findings), ["at 501", "web 431", "web-data 501"]);
    let hint = plan.findings.iter().find(|finding| finding.code == Code::DanglingReference);
    let hint = hint.and_then(|finding| finding.hint.as_deref());
    assert_eq!(hint, Some("It was dropped too, and was rejected: mend it first."));
    assert_eq!(counts(&plan), [5, 2, 0, 0, 0, 3]);

    // Mended, all of it is taken.
    let mut later = scene.after(&plan);
    later.raw[1].1 = later.raw[1].1.replace("/31", "/24");
    assert_eq!((rejected(&later.plan()), counts(&later.plan())), (vec![], [5, 3, 0, 2, 0, 0]));
    let warned = Scene { raw, ..Scene::default() }.plan();
    assert_eq!((rejected(&warned), told(&warned.findings)), (vec![], vec!["web 431".to_owned()]));
}

#[test]
fn a_rejected_update_leaves_what_stands() {
    let scene = Scene {
        raw: vec![("x.yaml", joined(&[connection("box-1", "bundled"), vpc("web", "10.0.1.0/31", 1001)]))],
        managed: vec![
            ("managed/connections/box-1.yaml".into(), connection("box-1", "unbundled")),
            ("managed/vpcs/web.yaml".into(), vpc("web", "10.0.1.0/24", 1001)),
            ("managed/vpcattachments/at.yaml".into(), attachment("at", "web", "box-1")),
        ],
        policy: ValidationPolicy::Strict,
        ..Scene::default()
    };
    let plan = scene.plan();
    assert_eq!(rejected(&plan), ["box-1", "web"]);
    assert_eq!(told(&plan.findings), ["box-1 601", "web 431"], "the attachment still has its VPC");
    assert_eq!((plan.is_empty(), told(&plan.standing)), (true, vec![]));
}

#[test]
fn what_stands_is_told_where_the_drop_makes_it_wrong() {
    let standing = vec![
        ("managed/vpcs/web.yaml".into(), vpc("web", "10.0.1.0/24", 1001)),
        ("managed/vpcs/old.yaml".into(), vpc("old", "10.0.9.0/31", 1009)),
        ("managed/vpcattachments/at.yaml".into(), attachment("at", "wob", "box-1")),
        ("managed/vpcattachments/in.yaml".into(), attachment("in", "web", "box-1")),
        ("managed/connections/box-1.yaml".into(), connection("box-1", "unbundled")),
    ];
    let (warn, strict) = (ValidationPolicy::Warn, ValidationPolicy::Strict);
    for (what, policy, drop, findings, all_the_same) in [
        ("nothing to do with it", warn, vpc("far", "10.0.5.0/24", 1005), vec![], vec!["at 501", "old 431"]),
        (
            "it overlaps",
            warn,
            vpc("new", "10.0.1.0/25", 1005),
            vec!["new 510", "web 510"],
            vec!["at 501", "old 431"],
        ),
        (
            "it would overlap",
            strict,
            vpc("new", "10.0.1.0/25", 1005),
            vec!["new 510"],
            vec!["at 501", "old 431"],
        ),
        ("it mends", warn, vpc("wob", "10.0.3.0/24", 1005), vec![], vec!["old 431"]),
        (
            "it would mend",
            strict,
            vpc("wob", "10.0.3.0/31", 1005),
            vec!["wob 431"],
            vec!["at 501", "old 431"],
        ),
        (
            "it takes a subnet",
            warn,
            vpc("web", "10.0.1.0/24", 1001).replace("front", "back"),
            vec!["in 501"],
            vec!["at 501", "old 431"],
        ),
        ("the same as stands", warn, vpc("old", "10.0.9.0/31", 1009), vec![], vec!["at 501", "old 431"]),
        ("as wrong as before", warn, vpc("old", "10.0.8.0/31", 1009), vec!["old 431"], vec!["at 501"]),
    ] {
        let scene =
            Scene { raw: vec![("x.yaml", drop)], managed: standing.clone(), policy, ..Scene::default() };
        let plan = scene.plan();
        assert_eq!(
            (told(&plan.findings), told(&plan.standing)),
            (strings(findings), strings(all_the_same)),
            "{what}"
        );
    }
}

fn strings(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

#[test]
fn a_trial_leaves_the_fabric_as_it_was() {
    for policy in [ValidationPolicy::Warn, ValidationPolicy::Strict] {
        let managed = [
            ("managed/vpcs/web.yaml", vpc("web", "10.0.1.0/24", 1001)),
            ("managed/vpcattachments/at.yaml", attachment("at", "wob", "box-1")),
            ("managed/connections/box-1.yaml", connection("box-1", "unbundled")),
        ];
        let managed: Vec<(&str, &str)> = managed.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let mut index = ManagedIndex::of(&managed);
        let before = index.findings();
        let documents = [
            vpc("wob", "10.0.1.0/24", 1001),
            vpc("web", "10.0.2.0/24", 1002),
            vpc("web2", "10.0.2.0/31", 1003),
            connection("box-1", "bundled"),
            attachment("in", "web2", "box-9"),
        ];
        let fabric = FabricFile {
            fabric_name: FABRIC.to_owned(),
            archive_strategy: ArchiveStrategy::None,
            validation_policy: policy,
        };
        let log = ArchiveLog::empty();
        let mut plan = || {
            let reading = Reading { fabric_name: FABRIC, managed: &index, schemas: None };
            let file = SourceFile::parse(path("raw/x.yaml"), joined(&documents).into_bytes(), reading);
            let given = Given {
                layout: &Layout::new(RepoPath::root()),
                fabric: &fabric,
                edited: &HashSet::new(),
                log: &log,
                log_on_disk: None,
                archive_taken: &|_| None,
            };
            let plan = Plan::new(&given, Inbox { files: vec![file], unreadable: Vec::new() }, &mut index)
                .expect("a plan");
            (plan.documents, plan.findings, plan.standing, plan.changes, index.findings())
        };
        let (first, again) = (plan(), plan());
        assert_eq!(first, again, "{policy:?}");
        assert_eq!(first.4, before, "{policy:?}");
    }
}
