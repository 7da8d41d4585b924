//! What people change below `managed/` and `unmanaged/` with their own editors: checked, and committed.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use crate::change::{ContentHash, FileChange};
use crate::error::{Error, Result};
use crate::fgd::{self, FabricFile, Layout};
use crate::finding::{Code, Finding, Severity, Weight};
use crate::git::Repo;
use crate::id::{RepoPath, Revision};
use crate::operation::{Step, Unit};
use crate::sync::flow::Flow;
use crate::sync::ingest::read_if_there;
use crate::sync::message;
use crate::sync::sight::Sight;
use crate::sync::status::count;

/// Editors save in more than one step. A file that changed within this is looked at twice.
const FRESH: Duration = Duration::from_millis(400);
/// How long the two looks are apart.
const SETTLE: Duration = Duration::from_millis(60);
/// From how many deletions on they need somebody who means it.
const MANY: usize = 20;

/// A file's size and time; none where it is gone.
pub(crate) type Seen = Option<(u64, SystemTime)>;

/// What differs on disk from what is committed, and when that was looked at.
pub(crate) struct Differed {
    /// Each file, and how it was seen then.
    files: Vec<(RepoPath, Seen)>,
    at: Instant,
}

impl Differed {
    fn look(sight: &Sight, repo: &Repo, head: &Revision, root: &RepoPath) -> Result<Self> {
        let edits = sight.edits(repo, Some(head), root)?;
        let files = edits.into_iter().map(|path| {
            let seen = seen(repo.work_tree(), &path);
            (path, seen)
        });
        Ok(Self { files: files.collect(), at: Instant::now() })
    }
}

/// How a file is now.
pub(crate) fn seen(work_tree: &Path, path: &RepoPath) -> Seen {
    let metadata = path.under(work_tree).symlink_metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

/// A change by hand that can be committed.
struct Sound {
    change: FileChange,
    /// The object, or the file where it holds none.
    name: String,
    is_new: bool,
}

impl Flow<'_> {
    /// Commits what was changed by hand and is sound. What is not is told, and left as it is: it shows as an
    /// edit, and nothing writes over it.
    pub(super) fn take_edits(&mut self) -> Result<()> {
        let head = self.repo.tip(self.branch)?;
        let Some(head) = head else {
            self.report.skip(Step::Edits, "nothing is committed yet");
            return Ok(());
        };
        let edited = self.edits(&head)?;
        if edited.files.is_empty() {
            self.report.skip(Step::Edits, "none");
            return Ok(());
        }
        self.report.begin(Step::Edits, Some(Unit::Files))?;
        // Whatever is done between the two looks costs no time.
        self.look_at_what_stands(None)?;
        let edited = self.settled(edited);
        let sound = self.sound(&head, &edited)?;
        self.result.unsound = edited.len() - sound.len();
        if sound.is_empty() {
            self.report.end(Step::Edits, "none can be committed");
            return Ok(());
        }
        self.report.loud();
        let changes: Vec<FileChange> = sound.iter().map(|sound| sound.change.clone()).collect();
        let names = |wanted: &dyn Fn(&Sound) -> bool| -> Vec<String> {
            sound.iter().filter(|sound| wanted(sound)).map(|sound| sound.name.clone()).collect()
        };
        let sorts = [
            ("Added", names(&|sound| sound.is_new)),
            ("Changed", names(&|sound| !sound.is_new && sound.change.after.is_some())),
            ("Deleted", names(&|sound| sound.change.after.is_none())),
        ];
        let what = match sound.as_slice() {
            [one] => format!("edit {} by hand", one.name),
            many => format!("edit {} by hand", count(many.len(), "object", "objects")),
        };
        let text = message::changes(&what, &sorts, self.layout.root(), &self.report.operation());
        self.commit(Some(&head), &changes, changes.len(), &text)?;
        let committed: HashSet<&RepoPath> = changes.iter().map(|change| &change.path).collect();
        if let Some(differed) = &mut self.result.differed {
            differed.retain(|(path, _)| !committed.contains(path));
        }
        self.result.edits += u32::try_from(sound.len()).unwrap_or(u32::MAX);
        self.report.end(Step::Edits, format!("{} committed", count(sound.len(), "file", "files")));
        Ok(())
    }

    /// What differs on disk from what is committed, and is somebody's work on objects.
    fn edits(&mut self, head: &Revision) -> Result<Differed> {
        let mut differed = match self.differed.take() {
            Some(differed) => differed?,
            None => Differed::look(self.sight, self.repo, head, self.layout.root())?,
        };
        self.result.differed = Some(differed.files.clone());
        let (managed, unmanaged) = (self.layout.managed(), self.layout.unmanaged());
        let is_objects = |path: &RepoPath| path.below(&managed).or(path.below(&unmanaged)).is_some();
        let mut taken = Vec::new();
        for (path, seen) in differed.files.into_iter().filter(|(path, _)| is_objects(path)) {
            // An editor's own files are nobody's object; what is tracked already is.
            if Layout::takes(path.file_name()) || self.repo.read_file(head, &path)?.is_some() {
                taken.push((path, seen));
            }
        }
        differed.files = taken;
        Ok(differed)
    }

    /// Begins to look for what differs on disk, on a thread of its own; none before the first commit, and where a look
    /// later will cost next to nothing.
    pub(super) fn look_for_edits(&self) -> Result<Option<JoinHandle<Result<Differed>>>> {
        let Some(head) = self.repo.tip(self.branch)? else { return Ok(None) };
        if self.sight.is_quick() {
            return Ok(None);
        }
        let (work_tree, root) = (self.repo.work_tree().to_owned(), self.layout.root().clone());
        let sight = Arc::clone(self.sight);
        // libgit2's handles stay where they were made.
        let look = move || Differed::look(&sight, &Repo::open(&work_tree)?, &head, &root);
        let looking = std::thread::Builder::new().name("edits".to_owned()).spawn(look);
        // Without a thread it is looked for later.
        Ok(looking.ok())
    }

    /// Leaves out what is still being written: whoever writes it wakes us again.
    fn settled(&self, edited: Differed) -> Vec<RepoPath> {
        let work_tree = self.repo.work_tree();
        let now = SystemTime::now();
        // A file that is gone may be on its way back: some editors save by way of another name.
        let is_fresh =
            |seen: &Seen| seen.is_none_or(|(_, at)| now.duration_since(at).map_or(true, |age| age < FRESH));
        if edited.files.iter().any(|(_, seen)| is_fresh(seen)) {
            std::thread::sleep(SETTLE.saturating_sub(edited.at.elapsed()));
        }
        let still = edited.files.into_iter().filter(|(path, first)| seen(work_tree, path) == *first);
        still.map(|(path, _)| path).collect()
    }

    /// The changes that can be committed. Why others can't be becomes a finding.
    fn sound(&mut self, head: &Revision, edited: &[RepoPath]) -> Result<Vec<Sound>> {
        let strict = self.fabric_file().is_ok_and(|file| file.is_strict());
        let mut problems = self.problems_by_hand(head, edited)?;
        let paths: HashSet<&RepoPath> = edited.iter().collect();
        let of_edited = |finding: &Finding| finding.file.as_ref().is_some_and(|file| paths.contains(file));
        problems.extend(self.index.findings().into_iter().filter(of_edited));
        for second in self.second_files(head, edited)? {
            if !problems.contains(&second) {
                problems.push(second);
            }
        }
        let prevents = |finding: &&Finding| match finding.code.weight() {
            Weight::Refused => true,
            Weight::Wrong => strict || matches!(finding.code, Code::ManagedBroken | Code::ManagedTwice),
            Weight::Warning => false,
        };
        let prevented: HashSet<RepoPath> =
            problems.iter().filter(prevents).filter_map(|finding| finding.file.clone()).collect();
        let work_tree = self.repo.work_tree();
        let mut sound = Vec::new();
        let mut deleted = 0;
        for path in edited.iter().filter(|path| !prevented.contains(path)) {
            let before = self.repo.read_file(head, path)?;
            let after = match read_if_there(work_tree, path) {
                // Known from a look before it went elsewhere.
                Err(Error::Io { source, .. }) => {
                    problems.push(fgd::unreadable(path, &source));
                    continue;
                }
                after => after?,
            };
            let (change, bytes) = match (&before, after) {
                (_, Some(bytes)) => {
                    let hash = Some(ContentHash::of(&bytes));
                    (
                        FileChange {
                            path: path.clone(),
                            before: hash,
                            after: Some(bytes.clone()),
                            executable: None,
                        },
                        bytes,
                    )
                }
                (Some(before), None) => {
                    deleted += 1;
                    (FileChange::delete(path.clone(), ContentHash::of(before)), before.clone())
                }
                (None, None) => continue,
            };
            let object = fgd::only_object(path, &bytes, None);
            let name = object.map_or_else(|_| path.file_name().to_owned(), |read| read.id().to_string());
            sound.push(Sound { change, name, is_new: before.is_none() });
        }
        if let Some(finding) = self.too_many_gone(head, deleted)? {
            sound.retain(|sound| sound.change.after.is_some());
            problems.push(finding);
        }
        problems.retain(|finding| finding.severity == Severity::Error);
        self.result.findings.extend(problems);
        Ok(sound)
    }

    /// New files with an object that stands in a committed file already, and goes on to stand there.
    fn second_files(&self, head: &Revision, edited: &[RepoPath]) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for path in edited {
            if self.repo.read_file(head, path)?.is_some() {
                continue;
            }
            for twin in self.index.twins(path) {
                if self.repo.read_file(head, twin)?.is_some() {
                    findings.extend(self.index.twice(path, twin));
                }
            }
        }
        Ok(findings)
    }

    /// A directory that is gone, or half of it, is rather a disk that is not there than somebody's wish.
    fn too_many_gone(&self, head: &Revision, deleted: usize) -> Result<Option<Finding>> {
        if deleted == 0 {
            return Ok(None);
        }
        let objects = self.repo.list(head, &self.layout.managed())?;
        let objects = objects.iter().filter(|file| Layout::takes(file.path.file_name())).count();
        let is_there = self.layout.managed().under(self.repo.work_tree()).is_dir();
        if is_there && (deleted < MANY || deleted * 2 < objects) {
            return Ok(None);
        }
        let message =
            format!("{deleted} of {objects} objects are gone from managed/; nobody may have meant that.");
        Ok(Some(
            Finding::new(Code::ManyGone, message)
                .hint("Bring them back with `git restore`, or commit their deletion with git if it is meant.")
                .in_file(&self.layout.managed()),
        ))
    }

    /// What is wrong with changes by hand beyond what is wrong with what stands there now: types that can't
    /// change, and deletions of what is referred to.
    fn problems_by_hand(&mut self, head: &Revision, edited: &[RepoPath]) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for path in edited {
            let Some(before) = self.repo.read_file(head, path)? else { continue };
            let Ok(before) = fgd::only_object(path, &before, None) else { continue };
            let after = self.index.get(before.id(), before.is_hedgehog());
            let after = after.map(|standing| std::sync::Arc::clone(&standing.object));
            let problems = self.index.fabric().change_problems(&before.object, after.as_deref());
            let about = after.as_ref().unwrap_or(&before.object);
            findings.extend(problems.iter().map(|problem| about.finding(problem)));
        }
        Ok(findings)
    }

    /// The problems of all that is changed by hand and in no commit.
    pub(crate) fn changes_by_hand(&mut self) -> Result<Vec<Finding>> {
        let Some(head) = self.repo.tip(self.branch)? else { return Ok(Vec::new()) };
        let edited = self.edits_below(Some(&head), &self.layout.managed())?;
        self.problems_by_hand(&head, &edited)
    }

    /// Files below a directory of the fabric that differ on disk from what is committed.
    pub(crate) fn edits_below(&self, head: Option<&Revision>, directory: &RepoPath) -> Result<Vec<RepoPath>> {
        let mut edits = self.sight.edits(self.repo, head, self.layout.root())?;
        edits.retain(|path| path.below(directory).is_some());
        Ok(edits)
    }
}

impl FabricFile {
    fn is_strict(&self) -> bool {
        self.validation_policy == fgd::ValidationPolicy::Strict
    }
}
