//! What is not right with a directory's structure, and what puts it right. Pure: whoever asks has looked at
//! the disk, and whoever is answered writes to it.
//!
//! Nothing is lost by a repair: bytes move, and a file goes only where another holds the same bytes or the
//! same object.

use std::collections::{BTreeMap, HashSet};

use crate::change::{ContentHash, FileChange};
use crate::fgd::archive_log::ArchiveLog;
use crate::fgd::fabric_file::FabricFile;
use crate::fgd::inbox::ObjectRead;
use crate::fgd::layout::{Layout, numbered};
use crate::fgd::onboard::missing_structure;
use crate::id::RepoPath;
use crate::manifest::{self, Document, Source, TextError};
use crate::schema::{Classified, ResourceId, classify};

/// One thing that is not as it should be, and what puts it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repair {
    /// What is wrong and what is done, for an operator. Paths in it are relative to the directory.
    pub(crate) sentence: String,
    /// What to write and remove, in no file twice and in no other repair's file.
    pub(crate) changes: Vec<FileChange>,
}

/// A file of the directory, as far as repair needs it.
#[derive(Debug)]
pub(crate) struct Standing<'a> {
    /// Its path in the repository.
    pub(crate) path: RepoPath,
    /// Its bytes, as they are on disk.
    pub(crate) bytes: &'a [u8],
}

/// The repairs that a fabric directory needs; `name` is the fabric's, for files that must be made anew.
///
/// `files` are the plain files of the directory, in any order: all below `.hnp/`, `managed/`, `unmanaged/`
/// and `raw/` (hidden ones too: a `.gitkeep` holds its directory), the root's YAML and JSON, and its
/// `README.md`. What is not among them counts as not there. The same files give the same repairs on every
/// machine, and none once these are done.
pub(crate) fn repairs(layout: &Layout, name: &str, files: &[Standing<'_>]) -> Vec<Repair> {
    let mut planner = Planner::new(layout, files);
    planner.damaged(
        &layout.fabric_file(),
        |file, bytes| FabricFile::read(file, bytes, layout.root()).is_err(),
        &FabricFile::text(name),
        "a new one with the default archive strategy",
    );
    planner.damaged(
        &layout.archive_log(),
        |file, bytes| ArchiveLog::read(file, bytes).is_err(),
        &ArchiveLog::empty_text(),
        "a new, empty one",
    );
    planner.managed();
    planner.loose();
    planner.structure(name);
    planner.repairs
}

/// These say what is applied, and hold no object of a fabric.
const STEERING: [&str; 2] = ["kustomization.yaml", "kustomization.yml"];

/// A file below `managed/` that holds one object.
struct Object<'a> {
    file: &'a Standing<'a>,
    /// The hash of its value, without our annotations.
    content: ContentHash,
    /// Its author's comments.
    comments: Option<ContentHash>,
}

impl Object<'_> {
    fn is_the_same(&self, other: &Self) -> bool {
        self.content == other.content && self.comments == other.comments
    }
}

/// Why a file below `managed/` does not hold one object.
enum Misfit {
    /// It holds this many documents: none, or several.
    Documents(usize),
    /// What it holds can't be read.
    Broken(TextError),
}

fn read(bytes: &[u8]) -> Result<ObjectRead, Misfit> {
    let source = Source::decode(bytes).map_err(Misfit::Broken)?;
    match manifest::split(source.text()).as_slice() {
        [document] => object(document).map_err(Misfit::Broken),
        documents => Err(Misfit::Documents(documents.len())),
    }
}

fn object(document: &Document<'_>) -> Result<ObjectRead, TextError> {
    ObjectRead::bare(&RepoPath::root(), document.text, &manifest::parse(document)?, None)
}

struct Planner<'a> {
    layout: &'a Layout,
    standing: BTreeMap<&'a RepoPath, &'a Standing<'a>>,
    /// Paths where something stands or will, in lower case, since not every file system tells cases apart.
    /// What moves away leaves its path taken, so that no other repair writes there.
    taken: HashSet<String>,
    repairs: Vec<Repair>,
}

impl<'a> Planner<'a> {
    fn new(layout: &'a Layout, files: &'a [Standing<'a>]) -> Self {
        let standing: BTreeMap<_, _> = files.iter().map(|file| (&file.path, file)).collect();
        let taken = standing.keys().map(|path| path.as_str().to_lowercase()).collect();
        Self { layout, standing, taken, repairs: Vec::new() }
    }

    /// A file of the directory's own that can't be read: it moves aside, and a new one takes its place.
    fn damaged(
        &mut self,
        file: &RepoPath,
        is_damaged: impl Fn(&RepoPath, &[u8]) -> bool,
        new: &str,
        what_is_new: &str,
    ) {
        let Some(bytes) = self.standing.get(file).map(|standing| standing.bytes) else { return };
        if !is_damaged(file, bytes) {
            return;
        }
        let mut changes = Vec::new();
        let (aside, _) = self.keep(&mut changes, bytes, |n| match n {
            1 => RepoPath::root().join(&format!("{file}.damaged")),
            n => RepoPath::root().join(&format!("{file}.damaged.{}", n - 1)),
        });
        changes.push(FileChange::write(file.clone(), Some(ContentHash::of(bytes)), new.as_bytes().to_vec()));
        let sentence = format!(
            "{} can't be read. What it holds is kept in {}; {what_is_new} takes its place.",
            self.shown(file),
            self.shown(&aside)
        );
        self.repairs.push(Repair { sentence, changes });
    }

    fn managed(&mut self) {
        let managed = self.layout.managed();
        let mut objects: BTreeMap<(ResourceId, Option<String>), Vec<Object<'a>>> = BTreeMap::new();
        for file in self.visible(&managed) {
            if STEERING.contains(&file.path.file_name()) {
                continue;
            }
            let read = match read(file.bytes) {
                Ok(read) => read,
                Err(misfit) => {
                    self.back_to_the_inbox(file, &misfit);
                    continue;
                }
            };
            objects.entry((read.id().clone(), directory(&read))).or_default().push(Object {
                file,
                content: read.content,
                comments: read.comments,
            });
        }
        for ((id, directory), files) in objects {
            match directory {
                Some(directory) => self.hedgehog(&id, &managed.join(&directory), files),
                None => self.foreign(&id, &files),
            }
        }
    }

    /// A file that does not hold one object: ingestion makes files of its objects, or says what is wrong.
    fn back_to_the_inbox(&mut self, file: &Standing<'_>, misfit: &Misfit) {
        let (holds, so_that) = match misfit {
            Misfit::Documents(0) => ("holds no object.".to_owned(), "so that it is archived"),
            Misfit::Documents(count) => {
                (format!("holds {count} documents."), "so that each object gets its own file")
            }
            Misfit::Broken(error) => (
                format!("can't be read, at line {}: {}", error.line, error.message),
                "so that it is shown in the inbox with its problem",
            ),
        };
        let mut changes = Vec::new();
        let fate = self.move_to_raw(&mut changes, file, so_that);
        let sentence = format!("{} {holds} It {fate}.", self.shown(&file.path));
        self.repairs.push(Repair { sentence, changes });
    }

    /// The files of one object: one of them stays, or moves to where it belongs; the others go.
    fn hedgehog(&mut self, id: &ResourceId, home: &RepoPath, mut files: Vec<Object<'_>>) {
        let wished = id.file_name();
        let is_home = |path: &RepoPath| path.below(home).is_some();
        files.sort_by_key(|object| {
            let path = &object.file.path;
            (path.file_name() != wished, !is_home(path), path)
        });
        let Some((first, others)) = files.split_first() else { return };
        let (mut sentences, mut changes) = (Vec::new(), Vec::new());
        let here = self.shown(&first.file.path).to_owned();
        if !is_home(&first.file.path) {
            let to = self.free(|n| match n {
                1 => home.join(first.file.path.file_name()),
                n => home.join(&numbered(&wished, n - 1)),
            });
            changes.push(FileChange::write(to.clone(), None, first.file.bytes.to_vec()));
            changes.push(remove(first.file));
            sentences.push(format!(
                "{here} holds {id}, which belongs in {}/. It moves to {}.",
                self.shown(home),
                self.shown(&to)
            ));
        }
        let stem = wished.strip_suffix(".yaml").unwrap_or(&wished);
        let duplicate = format!("{}-{stem}.duplicate.yaml", id.kind.to_ascii_lowercase());
        let mut kept = vec![first];
        for other in others {
            let there = self.shown(&other.file.path).to_owned();
            if let Some(same) = kept.iter().find(|object| object.is_the_same(other)) {
                let same = self.shown(&same.file.path);
                sentences.push(format!("{there} holds the same {id} as {same}. It is removed."));
            } else {
                let unmanaged = self.layout.unmanaged();
                let (to, moved) =
                    self.keep(&mut changes, other.file.bytes, |n| unmanaged.join(&numbered(&duplicate, n)));
                let what = if first.content == other.content { "comments" } else { "contents" };
                let fate = self.fate(&to, moved);
                sentences.push(format!(
                    "{here} and {there} both hold {id}, with different {what}. The first counts; {there} \
                     {fate}. Compare the two."
                ));
                kept.push(other);
            }
            changes.push(remove(other.file));
        }
        if !changes.is_empty() {
            self.repairs.push(Repair { sentence: sentences.join(" "), changes });
        }
    }

    /// The files of one object that is none of Hedgehog's: all of them go to `unmanaged/`, byte for byte.
    fn foreign(&mut self, id: &ResourceId, files: &[Object<'_>]) {
        let name = format!("{}-{}", id.kind.to_ascii_lowercase(), id.file_name());
        let unmanaged = self.layout.unmanaged();
        let (mut sentences, mut changes) = (Vec::new(), Vec::new());
        for Object { file, .. } in files {
            let (to, moved) = self.keep(&mut changes, file.bytes, |n| unmanaged.join(&numbered(&name, n)));
            changes.push(remove(file));
            sentences.push(format!(
                "{} holds {id}, which is no Hedgehog object. It {}.",
                self.shown(&file.path),
                self.fate(&to, moved)
            ));
        }
        self.repairs.push(Repair { sentence: sentences.join(" "), changes });
    }

    /// Files of Hedgehog objects that were dropped beside the inbox. What else is there is not ours.
    fn loose(&mut self) {
        for file in self.visible(self.layout.root()) {
            let is_direct = !self.shown(&file.path).contains('/');
            if !is_direct || STEERING.contains(&file.path.file_name()) || !holds_hedgehog(file.bytes) {
                continue;
            }
            let mut changes = Vec::new();
            let fate = self.move_to_raw(&mut changes, file, "so that its objects are taken");
            let sentence = format!("{} stands beside the inbox. It {fate}.", self.shown(&file.path));
            self.repairs.push(Repair { sentence, changes });
        }
    }

    /// What is missing, and what would be once the other repairs are done. Must be the last to plan.
    fn structure(&mut self, name: &str) {
        let before: HashSet<RepoPath> = self.standing.keys().map(|path| (*path).clone()).collect();
        let missing: HashSet<RepoPath> =
            missing_structure(self.layout, name, &before).into_iter().map(|change| change.path).collect();
        let mut after = before;
        for change in self.repairs.iter().flat_map(|repair| &repair.changes) {
            if change.after.is_some() {
                after.insert(change.path.clone());
            } else {
                after.remove(&change.path);
            }
        }
        let (missing, emptied): (Vec<_>, Vec<_>) = missing_structure(self.layout, name, &after)
            .into_iter()
            .partition(|change| missing.contains(&change.path));
        for keep in emptied {
            let directory = keep.path.as_str().trim_end_matches(".gitkeep");
            let empties =
                |change: &FileChange| change.after.is_none() && change.path.as_str().starts_with(directory);
            let last = self.repairs.iter_mut().rfind(|repair| repair.changes.iter().any(empties));
            if let Some(repair) = last {
                repair.changes.push(keep);
            }
        }
        if missing.is_empty() {
            return;
        }
        let names: Vec<&str> =
            missing.iter().map(|change| self.shown(&change.path).trim_end_matches(".gitkeep")).collect();
        let sentence = match names.as_slice() {
            [one] => format!("{one} is missing. It is made."),
            [most @ .., last] => format!("{} and {last} are missing. They are made.", most.join(", ")),
            [] => return,
        };
        self.repairs.insert(0, Repair { sentence, changes: missing });
    }

    /// Moves a file to the inbox, and says so.
    fn move_to_raw(&mut self, changes: &mut Vec<FileChange>, file: &Standing<'_>, so_that: &str) -> String {
        let raw = self.layout.raw();
        let (to, moved) = self.keep(changes, file.bytes, |n| raw.join(&numbered(file.path.file_name(), n)));
        changes.push(remove(file));
        let fate = self.fate(&to, moved);
        if moved { format!("{fate}, {so_that}") } else { fate }
    }

    /// Sees to it that these bytes stand at one of the candidates (counted from 1): the first that holds
    /// them already, by what stands or by the repair's own `changes`, or that is free. Says which one it
    /// is, and whether the bytes are written there. Candidates must be where no repair takes files away.
    fn keep(
        &mut self,
        changes: &mut Vec<FileChange>,
        bytes: &[u8],
        candidate: impl Fn(usize) -> RepoPath,
    ) -> (RepoPath, bool) {
        let mut n = 0;
        loop {
            n += 1;
            let path = candidate(n);
            let planned = changes.iter().find(|change| change.path == path);
            let held = planned.and_then(|change| change.after.as_deref());
            if held.or_else(|| self.standing.get(&path).map(|file| file.bytes)) == Some(bytes) {
                return (path, false);
            }
            if self.take(&path) {
                changes.push(FileChange::write(path.clone(), None, bytes.to_vec()));
                return (path, true);
            }
        }
    }

    /// The first of the candidates, counted from 1, that is free; it is taken from now on.
    fn free(&mut self, candidate: impl Fn(usize) -> RepoPath) -> RepoPath {
        let mut n = 1;
        while !self.take(&candidate(n)) {
            n += 1;
        }
        candidate(n)
    }

    fn take(&mut self, path: &RepoPath) -> bool {
        self.taken.insert(path.as_str().to_lowercase())
    }

    /// The files below `top` that ingestion would take by their names, in the order of their paths.
    fn visible(&self, top: &RepoPath) -> Vec<&'a Standing<'a>> {
        let is_visible = |path: &RepoPath| {
            path.below(top).is_some_and(|rest| !rest.split('/').any(|part| part.starts_with('.')))
                && Layout::takes(path.file_name())
        };
        self.standing.values().copied().filter(|file| is_visible(&file.path)).collect()
    }

    /// What becomes of a file whose bytes are kept at `to`.
    fn fate(&self, to: &RepoPath, moved: bool) -> String {
        let to = self.shown(to);
        if moved { format!("moves to {to}") } else { format!("is removed, since {to} is the same file") }
    }

    /// A path as an operator knows it.
    fn shown<'p>(&self, path: &'p RepoPath) -> &'p str {
        path.below(self.layout.root()).unwrap_or(path.as_str())
    }
}

fn remove(file: &Standing<'_>) -> FileChange {
    FileChange::delete(file.path.clone(), ContentHash::of(file.bytes))
}

/// The directory of an object below `managed/`; none where it is not Hedgehog's.
fn directory(object: &ObjectRead) -> Option<String> {
    match classify(&object.group, &object.version, &object.id().kind)? {
        Classified::Known { info, .. } => Some(info.directory.to_owned()),
        Classified::UnknownHedgehog { directory, .. } => Some(directory),
        Classified::Foreign => None,
    }
}

fn holds_hedgehog(bytes: &[u8]) -> bool {
    let Ok(source) = Source::decode(bytes) else { return false };
    manifest::split(source.text())
        .iter()
        .filter_map(|document| object(document).ok())
        .any(|object| directory(&object).is_some())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    const NAME: &str = "Lab";
    const VPC: &str = "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {name: vpc-1}\n";
    const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\n";

    /// Files by their path.
    type Files = BTreeMap<RepoPath, Vec<u8>>;

    fn path(text: &str) -> RepoPath {
        RepoPath::parse(text).expect(text)
    }

    fn lab() -> Layout {
        Layout::new(path("fabrics/lab"))
    }

    fn switch(name: &str, role: &str) -> String {
        format!(
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: {name}\n\
             spec:\n  role: {role}\n"
        )
    }

    /// The directory `fabrics/lab`, whole, with these files in it.
    fn whole_with(files: &[(&str, &str)]) -> Files {
        let mut all = Files::new();
        apply(&mut all, &missing_structure(&lab(), NAME, &HashSet::new()));
        all.extend(files.iter().map(|(name, text)| (lab().root().join(name), text.as_bytes().to_vec())));
        all
    }

    fn plan(files: &Files) -> Vec<Repair> {
        let standing: Vec<_> = files
            .iter()
            .map(|(path, bytes)| Standing { path: path.clone(), bytes: bytes.as_slice() })
            .collect();
        repairs(&lab(), NAME, &standing)
    }

    /// Does what the disk does: a file that is not what the change was planned for is a defect here.
    fn apply(files: &mut Files, changes: &[FileChange]) {
        for change in changes {
            let before = files.get(&change.path).map(|bytes| ContentHash::of(bytes));
            assert_eq!(before, change.before, "{}", change.path);
            match &change.after {
                Some(after) => files.insert(change.path.clone(), after.clone()),
                None => files.remove(&change.path),
            };
        }
    }

    /// What the repairs say and do to these files in a whole directory: a line for each sentence, then one
    /// for each change. Whatever they do, a second run finds nothing.
    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let mut all = whole_with(files);
        let repairs = plan(&all);
        let below = |change: &FileChange| {
            let sign = if change.after.is_some() { "+" } else { "-" };
            format!("{sign} {}", change.path.below(lab().root()).expect("below the directory"))
        };
        let lines = repairs
            .iter()
            .flat_map(|repair| {
                std::iter::once(repair.sentence.clone()).chain(repair.changes.iter().map(below))
            })
            .collect();
        for repair in &repairs {
            apply(&mut all, &repair.changes);
        }
        assert_eq!(plan(&all), vec![], "a second run");
        lines
    }

    #[test]
    fn a_whole_directory_needs_no_repair() {
        let two = format!("{VPC}---\n{CONFIG}");
        let leaf = switch("leaf-01", "server-leaf");
        for files in [
            &[][..],
            &[("managed/switches/leaf-01.yaml", leaf.as_str()), ("managed/vpcs/other-name.yml", VPC)],
            // A team may sort a kind's objects into directories of its own.
            &[("managed/switches/rack-1/leaf-01.yaml", &leaf)],
            &[("unmanaged/x.yaml", CONFIG), ("unmanaged/y.yaml", &leaf), ("unmanaged/z.yaml", ": [")],
            &[("raw/x.yaml", &two), ("raw/deep/y.yaml", ": ["), ("raw/z.yaml.archived", &leaf)],
            &[
                ("managed/.draft.yaml", CONFIG),
                ("managed/.git-stash/x.yaml", CONFIG),
                ("managed/notes.txt", ": ["),
            ],
            &[("managed/kustomization.yaml", "resources: [vpcs/vpc-1.yaml]\n")],
            &[("docker-compose.yml", "services: {}\n"), ("broken.yaml", ": ["), ("config.yaml", CONFIG)],
            &[("kustomization.yaml", "resources: [managed]\n"), (".ci.yaml", &leaf), ("x.json", "[]")],
            &[("topologies/x.yaml", &leaf)],
        ] {
            assert_eq!(told(files), Vec::<String>::new(), "{files:?}");
        }
    }

    #[test]
    fn what_is_missing_is_one_repair() {
        let mut files = whole_with(&[]);
        for gone in ["raw/.gitkeep", "managed/vpcs/.gitkeep", ".hnp/archive-log.yaml"] {
            files.remove(&lab().root().join(gone)).expect(gone);
        }
        let repairs = plan(&files);
        let [repair] = repairs.as_slice() else { panic!("{repairs:?}") };
        assert_eq!(
            repair.sentence,
            ".hnp/archive-log.yaml, managed/vpcs/ and raw/ are missing. They are made."
        );
        assert_eq!(repair.changes.len(), 3);
        apply(&mut files, &repair.changes);
        assert_eq!(files, whole_with(&[]));

        files.remove(&lab().root().join("README.md"));
        assert_eq!(plan(&files)[0].sentence, "README.md is missing. It is made.");
        assert_eq!(plan(&Files::new())[0].changes.len(), 17, "a directory of nothing");
    }

    #[test]
    fn a_damaged_manifest_moves_aside() {
        let sentence = ".hnp/manifest.yaml can't be read. What it holds is kept in \
                        .hnp/manifest.yaml.damaged; a new one with the default archive strategy \
                        takes its place.";
        assert_eq!(
            told(&[(".hnp/manifest.yaml", "<<<<<<< ours\n")]),
            [sentence, "+ .hnp/manifest.yaml.damaged", "+ .hnp/manifest.yaml"]
        );
        assert_eq!(
            told(&[(".hnp/manifest.yaml", "{"), (".hnp/manifest.yaml.damaged", "{")]),
            [sentence, "+ .hnp/manifest.yaml"],
            "the same bytes once are enough"
        );
        let taken = [".hnp/manifest.yaml.damaged", ".hnp/manifest.yaml.damaged.1"];
        let lines = told(&[(".hnp/manifest.yaml", "{"), (taken[0], "["), (taken[1], "")]);
        assert_eq!(lines[1..], ["+ .hnp/manifest.yaml.damaged.2", "+ .hnp/manifest.yaml"]);
    }

    #[test]
    fn a_damaged_log_moves_aside() {
        assert_eq!(
            told(&[(".hnp/archive-log.yaml", "operations: 7\n")]),
            [
                ".hnp/archive-log.yaml can't be read. What it holds is kept in \
                 .hnp/archive-log.yaml.damaged; a new, empty one takes its place.",
                "+ .hnp/archive-log.yaml.damaged",
                "+ .hnp/archive-log.yaml"
            ]
        );
    }

    #[test]
    fn an_object_moves_to_the_directory_of_its_kind() {
        let leaf = switch("leaf-01", "spine");
        assert_eq!(
            told(&[("managed/vpcs/x.yml", &leaf)]),
            [
                "managed/vpcs/x.yml holds Switch leaf-01, which belongs in managed/switches/. It moves to \
                 managed/switches/x.yml.",
                "+ managed/switches/x.yml",
                "- managed/vpcs/x.yml"
            ]
        );
        assert_eq!(
            told(&[("managed/x.yaml", &leaf)])[1..],
            ["+ managed/switches/x.yaml", "- managed/x.yaml"]
        );
        let other = switch("leaf-02", "spine");
        let third = switch("leaf-03", "spine");
        for (taken, to) in [
            (vec![("managed/switches/X.yaml", &other)], "leaf-01.yaml"),
            (
                vec![("managed/switches/x.yaml", &other), ("managed/switches/leaf-01.yaml", &third)],
                "leaf-01-2.yaml",
            ),
        ] {
            let mut files = vec![("managed/x.yaml", leaf.as_str())];
            files.extend(taken.iter().map(|(path, text)| (*path, text.as_str())));
            assert_eq!(told(&files)[1], format!("+ managed/switches/{to}"));
        }
        let profile =
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: SwitchProfile\nmetadata: {name: vs}\n";
        assert_eq!(told(&[("managed/x.yaml", profile)])[1], "+ managed/switchprofiles/x.yaml");
    }

    #[test]
    fn two_that_move_do_not_meet() {
        let (a, b) = (switch("leaf-01", "spine"), switch("leaf-02", "spine"));
        assert_eq!(
            told(&[("managed/a/x.yaml", &b), ("managed/b/x.yaml", &a)])
                .iter()
                .filter(|line| line.starts_with('+'))
                .collect::<Vec<_>>(),
            ["+ managed/switches/x.yaml", "+ managed/switches/leaf-02.yaml"],
        );
    }

    #[test]
    fn what_is_not_hedgehogs_moves_to_unmanaged() {
        assert_eq!(
            told(&[("managed/tests/x.yaml", CONFIG)]),
            [
                "managed/tests/x.yaml holds ConfigMap notes, which is no Hedgehog object. It moves to \
                 unmanaged/configmap-notes.yaml.",
                "+ unmanaged/configmap-notes.yaml",
                "- managed/tests/x.yaml"
            ]
        );
        let other = format!("{CONFIG}data: {{}}\n");
        assert_eq!(
            told(&[("managed/x.yaml", CONFIG), ("unmanaged/configmap-notes.yaml", &other)])[1..],
            ["+ unmanaged/configmap-notes-2.yaml", "- managed/x.yaml"]
        );
        assert_eq!(
            told(&[("managed/x.yaml", CONFIG), ("unmanaged/configmap-notes.yaml", CONFIG)]),
            [
                "managed/x.yaml holds ConfigMap notes, which is no Hedgehog object. It is removed, since \
                 unmanaged/configmap-notes.yaml is the same file.",
                "- managed/x.yaml"
            ]
        );
        assert_eq!(
            told(&[("managed/a.yaml", CONFIG), ("managed/b.yaml", &other), ("managed/c.yaml", CONFIG)])[1..],
            [
                "+ unmanaged/configmap-notes.yaml",
                "- managed/a.yaml",
                "+ unmanaged/configmap-notes-2.yaml",
                "- managed/b.yaml",
                "- managed/c.yaml"
            ],
            "one repair for one object"
        );
    }

    #[test]
    fn a_file_of_several_documents_goes_back_to_the_inbox() {
        let two = format!("{VPC}---\n{CONFIG}");
        assert_eq!(
            told(&[("managed/vpcs/two.yaml", &two), ("raw/two.yaml", VPC)]),
            [
                "managed/vpcs/two.yaml holds 2 documents. It moves to raw/two-2.yaml, so that each object \
                 gets its own file.",
                "+ raw/two-2.yaml",
                "- managed/vpcs/two.yaml"
            ]
        );
        assert_eq!(
            told(&[("managed/vpcs/none.yaml", "# later\n")])[0],
            "managed/vpcs/none.yaml holds no object. It moves to raw/none.yaml, so that it is archived."
        );
    }

    #[test]
    fn a_file_that_can_not_be_read_goes_back_to_the_inbox() {
        assert_eq!(
            told(&[("managed/vpcs/x.yaml", "apiVersion: v1\nkind: VPC\nmetadata: {name: Vpc_1}\n")]),
            [
                "managed/vpcs/x.yaml can't be read, at line 3: The name \"Vpc_1\" is not valid in \
                 Kubernetes. It moves to raw/x.yaml, so that it is shown in the inbox with its problem.",
                "+ raw/x.yaml",
                "- managed/vpcs/x.yaml"
            ]
        );
        assert_eq!(
            told(&[("managed/x.yaml", ": ["), ("raw/x.yaml", ": [")])[1..],
            ["- managed/x.yaml"],
            "it is there already"
        );
    }

    #[test]
    fn of_two_equal_files_the_rightly_named_stays() {
        let leaf = switch("leaf-01", "spine");
        let annotated =
            leaf.replace("spec:", "  annotations:\n    hnp.githedgehog.com/original-file: x.yaml\nspec:");
        assert_eq!(
            told(&[("managed/switches/a.yaml", &annotated), ("managed/switches/leaf-01.yaml", &leaf)]),
            [
                "managed/switches/a.yaml holds the same Switch leaf-01 as managed/switches/leaf-01.yaml. \
                 It is removed.",
                "- managed/switches/a.yaml"
            ]
        );
        for (files, gone) in [
            (["managed/switches/a.yaml", "managed/switches/b.yaml"], "managed/switches/b.yaml"),
            (["managed/a.yaml", "managed/switches/b.yaml"], "managed/a.yaml"),
            (["managed/leaf-01.yaml", "managed/switches/leaf-01.yaml"], "managed/leaf-01.yaml"),
        ] {
            assert_eq!(
                told(&files.map(|file| (file, leaf.as_str())))[1..],
                [format!("- {gone}")],
                "{files:?}"
            );
        }
    }

    #[test]
    fn of_two_different_files_one_moves_where_both_are_safe() {
        let (spine, leaf) = (switch("leaf-01", "spine"), switch("leaf-01", "server-leaf"));
        assert_eq!(
            told(&[("managed/switches/a.yaml", &spine), ("managed/switches/leaf-01.yaml", &leaf)]),
            [
                "managed/switches/leaf-01.yaml and managed/switches/a.yaml both hold Switch leaf-01, with \
                 different contents. The first counts; managed/switches/a.yaml moves to \
                 unmanaged/switch-leaf-01.duplicate.yaml. Compare the two.",
                "+ unmanaged/switch-leaf-01.duplicate.yaml",
                "- managed/switches/a.yaml"
            ]
        );
        let commented = format!("# rack 7\n{leaf}");
        let lines = told(&[
            ("managed/leaf-01.yaml", &leaf),
            ("managed/switches/a.yaml", &commented),
            ("managed/switches/b.yaml", &spine),
            ("managed/switches/c.yaml", &commented),
            ("unmanaged/switch-leaf-01.duplicate.yaml", VPC),
        ]);
        assert!(lines[0].contains("with different comments"), "{}", lines[0]);
        assert_eq!(
            lines[1..],
            [
                "+ managed/switches/leaf-01.yaml",
                "- managed/leaf-01.yaml",
                "+ unmanaged/switch-leaf-01.duplicate-2.yaml",
                "- managed/switches/a.yaml",
                "+ unmanaged/switch-leaf-01.duplicate-3.yaml",
                "- managed/switches/b.yaml",
                "- managed/switches/c.yaml"
            ]
        );
    }

    #[test]
    fn a_file_that_was_dropped_beside_the_inbox_moves_there() {
        let mixed = format!("{CONFIG}---\n: [\n---\n{VPC}");
        assert_eq!(
            told(&[("topology.yaml", &mixed), ("raw/topology.yaml", CONFIG)]),
            [
                "topology.yaml stands beside the inbox. It moves to raw/topology-2.yaml, so that its \
                 objects are taken.",
                "+ raw/topology-2.yaml",
                "- topology.yaml"
            ]
        );
    }

    #[test]
    fn a_directory_of_the_structure_stays_when_its_last_file_goes() {
        let mut files = whole_with(&[("managed/vpcs/a.yaml", CONFIG), ("managed/vpcs/b.yaml", ": [")]);
        files.remove(&path("fabrics/lab/managed/vpcs/.gitkeep"));
        files.remove(&path("fabrics/lab/raw/.gitkeep"));
        let repairs = plan(&files);
        let kept = |repair: &Repair| {
            repair.changes.iter().any(|change| change.path.as_str().ends_with("managed/vpcs/.gitkeep"))
        };
        assert_eq!(repairs.iter().map(kept).collect::<Vec<_>>(), [false, true]);
        for repair in &repairs {
            apply(&mut files, &repair.changes);
        }
        assert_eq!(plan(&files), vec![], "raw/ has its file, vpcs/ its .gitkeep");
    }

    #[test]
    fn a_directory_of_the_netbox_plugin_is_repaired_as_little_as_can_be() {
        let root =
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/existing-fgd/fabric-1"));
        if !root.is_dir() {
            eprintln!("\n*** SKIPPED: the existing directory is not here ({}) ***\n", root.display());
            return;
        }
        let mut files = Files::new();
        let mut pending = vec![(root.to_path_buf(), lab().root().clone())];
        while let Some((directory, place)) = pending.pop() {
            for entry in std::fs::read_dir(directory).expect("directory") {
                let entry = entry.expect("entry");
                let place = place.join(entry.file_name().to_str().expect("a name"));
                if entry.path().is_dir() {
                    pending.push((entry.path(), place));
                } else {
                    files.insert(place, std::fs::read(entry.path()).expect("file"));
                }
            }
        }
        let repairs = plan(&files);
        let (missing, others): (Vec<_>, Vec<_>) =
            repairs.iter().partition(|repair| repair.sentence.contains("missing"));
        assert!(missing.iter().flat_map(|repair| &repair.changes).all(|change| change.before.is_none()));
        let sentences: Vec<_> = others.iter().map(|repair| repair.sentence.as_str()).collect();
        assert_eq!(
            sentences,
            ["managed/tests/api-test-1754460358.yaml holds ConfigMap api-test-1754460358, which is no \
                 Hedgehog object. It moves to unmanaged/configmap-api-test-1754460358.yaml."]
        );
        for repair in &repairs {
            apply(&mut files, &repair.changes);
        }
        assert_eq!(plan(&files), vec![]);
    }

    fn any_text() -> impl Strategy<Value = Vec<u8>> {
        let leaf = switch("leaf-01", "spine");
        let texts = [
            leaf.clone(),
            switch("leaf-01", "server-leaf"),
            switch("leaf-02", "spine"),
            format!("# rack 7\n{leaf}"),
            leaf.replace("spec:", "  annotations: {hnp.githedgehog.com/fabric: Lab}\nspec:"),
            VPC.to_owned(),
            CONFIG.to_owned(),
            format!("{CONFIG}data: {{}}\n"),
            format!("{leaf}---\n{VPC}"),
            format!("{CONFIG}---\n: [\n"),
            ": [".to_owned(),
            "# nothing\n".to_owned(),
            String::new(),
            FabricFile::text("Old"),
            ArchiveLog::empty_text(),
        ];
        prop::sample::select(
            texts.map(String::into_bytes).into_iter().chain([vec![0xFF]]).collect::<Vec<_>>(),
        )
    }

    fn any_path() -> impl Strategy<Value = RepoPath> {
        let directory = prop::sample::select(vec![
            "",
            "managed",
            "managed",
            "managed/switches",
            "managed/switches/rack-1",
            "managed/vpcs",
            "managed/tests",
            "managed/.x",
            "unmanaged",
            "raw",
        ]);
        let name = prop::sample::select(vec![
            "a.yaml",
            "A.yaml",
            "a-2.yaml",
            "b.json",
            "leaf-01.yaml",
            "leaf-01-2.yaml",
            ".gitkeep",
            "README.md",
            "kustomization.yaml",
            "configmap-notes.yaml",
            "switch-leaf-01.duplicate.yaml",
        ]);
        let own = prop::sample::select(vec![
            "manifest.yaml",
            "manifest.yaml.damaged",
            "archive-log.yaml",
            "archive-log.yaml.damaged",
            "archive-log.yaml.damaged.1",
        ]);
        let below = |(directory, name): (&str, &str)| lab().root().join(directory).join(name);
        prop_oneof![
            6 => (directory, name).prop_map(below),
            1 => own.prop_map(|name| lab().root().join(".hnp").join(name)),
        ]
    }

    /// An object by all that its author wrote of it.
    fn essence(bytes: &[u8]) -> Option<(ResourceId, ContentHash, Option<ContentHash>)> {
        read(bytes).ok().map(|read| (read.id().clone(), read.content, read.comments))
    }

    /// Every text that stood before stands somewhere after, or the same object does.
    fn nothing_is_lost(before: &Files, after: &Files) -> Result<(), TestCaseError> {
        for (path, bytes) in before {
            let is_same = |other: &Vec<u8>| {
                other == bytes || essence(bytes).is_some_and(|object| essence(other) == Some(object))
            };
            prop_assert!(after.values().any(is_same), "{path} is lost");
        }
        Ok(())
    }

    /// Each file that counts below `managed/` holds one object, in its kind's directory, and no other does.
    fn managed_is_right(files: &Files) -> Result<(), TestCaseError> {
        let mut objects = HashSet::new();
        for (path, bytes) in files {
            let Some(rest) = path.below(&lab().managed()) else { continue };
            let hidden = rest.split('/').any(|part| part.starts_with('.'));
            if hidden || !Layout::takes(path.file_name()) || STEERING.contains(&path.file_name()) {
                continue;
            }
            let Ok(read) = read(bytes) else {
                return Err(TestCaseError::fail(format!("{path} holds no object")));
            };
            let home = directory(&read).map(|home| format!("{home}/"));
            prop_assert!(home.is_some_and(|home| rest.starts_with(&home)), "{path} is not at home");
            prop_assert!(objects.insert(read.id().clone()), "{} stands twice", read.id());
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn whatever_stands_one_repair_is_enough_and_loses_nothing(
            before in prop::collection::btree_map(any_path(), any_text(), 0..12),
            whole in any::<bool>(),
            seed in any::<prop::sample::Index>(),
        ) {
            let mut files = if whole { whole_with(&[]) } else { Files::new() };
            files.extend(before);
            let before = files.clone();
            let repairs = plan(&before);

            let mut reversed: Vec<_> =
                before.iter().map(|(path, bytes)| Standing { path: path.clone(), bytes }).collect();
            reversed.reverse();
            prop_assert_eq!(&repairs, &super::repairs(&lab(), NAME, &reversed), "the files' order counts");
            let mut paths = HashSet::new();
            for change in repairs.iter().flat_map(|repair| &repair.changes) {
                prop_assert!(paths.insert(&change.path), "{} is changed twice", change.path);
            }

            for repair in &repairs {
                prop_assert!(!repair.changes.is_empty() && repair.sentence.ends_with('.'));
                apply(&mut files, &repair.changes);
            }
            nothing_is_lost(&before, &files)?;
            managed_is_right(&files)?;
            prop_assert_eq!(plan(&files), vec![]);

            if !repairs.is_empty() {
                let mut alone = before.clone();
                apply(&mut alone, &seed.get(&repairs).changes);
                nothing_is_lost(&before, &alone)?;
            }
        }
    }
}
