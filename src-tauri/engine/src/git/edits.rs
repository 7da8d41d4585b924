//! What differs on disk from what is committed.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};

use git2::{DiffOptions, ErrorClass, Oid};

use super::compare::{Entry, TreePaths, repo_path};
use super::disk::{OnDisk, Unopened, find, look};
use super::read::blob_id;
use super::repo::Repo;
use crate::beneath;
use crate::cloud;
use crate::error::{Error, Result};
use crate::id::{RepoPath, Revision};

/// Files of ours that are being written. They are nobody's work.
pub(super) const TEMPORARY: &str = ".fgd-";
/// A change of these may change what all other files count as.
const RULES: [&str; 2] = [".gitignore", ".gitattributes"];
/// How deep a fabric's own directories are below its root, as `managed/switches`.
const OWN_LEVELS: usize = 2;

/// A file of ours that is being written, or the mark of one that is elsewhere.
fn is_nobodys(path: &RepoPath) -> bool {
    path.file_name().starts_with(TEMPORARY) || cloud::marked(path.file_name()).is_some()
}

impl Repo {
    /// Plain files below `dir` whose bytes on disk differ from the commit's: changed, new or gone.
    /// Sorted. What `.gitignore` ignores is left out while it is not committed.
    ///
    /// Symbolic links, submodules and other things that are no files are not looked into, on
    /// either side. What can't be read counts as changed: nobody is to write over it. `head` is the commit to compare with, `None` before the first one. Quick where
    /// the clone's index is fresh: it then reads the changed files only.
    pub(crate) fn local_edits(&self, head: Option<&Revision>, dir: &RepoPath) -> Result<Vec<RepoPath>> {
        self.require_plain_rules(dir)?;
        let git = self.git();
        let root = self.tree_of(head)?;
        let tree = root.map(|id| git.find_tree(id)).transpose()?;
        let mut paths = TreePaths::new(git, root)?;
        let mut options = DiffOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).ignore_submodules(true);
        options.skip_binary_check(true).disable_pathspec_match(true);
        if !dir.is_root() {
            options.pathspec(dir.as_str());
        }
        self.read_index()?;
        let diff = match git.diff_tree_to_workdir_with_index(tree.as_ref(), Some(&mut options)) {
            // It gives up at the first file that can't be read.
            Err(error) if error.class() == ErrorClass::Os => {
                return self.edits_one_by_one(head, dir, &mut paths);
            }
            diff => diff?,
        };

        let mut edits = Vec::new();
        for delta in diff.deltas() {
            let file = delta.new_file().path_bytes().or_else(|| delta.old_file().path_bytes());
            let Some(path) = file.and_then(repo_path) else { continue };
            if path.below(dir).is_none() || is_nobodys(&path) {
                continue;
            }
            // The index takes part in the comparison, and it may be anything: the bytes decide.
            let found = find(self.work_tree(), &path)?;
            if self.differs(&path, &found, paths.leaf(&path)?)? {
                edits.push(path);
            }
        }
        edits.sort();
        edits.dedup();
        Ok(edits)
    }

    /// Makes sure that what says which files are ignored can be read to its end: Git opens whatever has that name, and
    /// would wait at a pipe. Looked for above `dir` and so far below it as a fabric has directories of its own.
    fn require_plain_rules(&self, dir: &RepoPath) -> Result<()> {
        let whole = dir.as_str();
        let mut directories = vec![RepoPath::root()];
        directories.extend(whole.match_indices('/').map(|(end, _)| RepoPath::root().join(&whole[..end])));
        let mut level = vec![dir.clone()];
        for _ in 0..OWN_LEVELS {
            let mut below = Vec::new();
            for directory in &level {
                let entries = fs::read_dir(directory.under(self.work_tree())).into_iter().flatten().flatten();
                let inner = entries.filter(|entry| entry.file_type().is_ok_and(|is| is.is_dir()));
                let names = inner.filter_map(|entry| entry.file_name().into_string().ok());
                below.extend(names.filter(|name| name != ".git").map(|name| directory.join(&name)));
            }
            directories.append(&mut level);
            level = below;
        }
        directories.append(&mut level);
        for path in directories.iter().flat_map(|directory| RULES.map(|name| directory.join(name))) {
            let path = path.under(self.work_tree());
            if fs::metadata(&path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
                return Err(Error::io(path)(beneath::no_plain_file()));
            }
        }
        Ok(())
    }

    /// The same, with each file looked at.
    fn edits_one_by_one(
        &self,
        head: Option<&Revision>,
        dir: &RepoPath,
        committed: &mut TreePaths<'_>,
    ) -> Result<Vec<RepoPath>> {
        let mut among: BTreeSet<RepoPath> = BTreeSet::new();
        if let Some(head) = head {
            among.extend(self.list(head, dir)?.into_iter().map(|file| file.path));
        }
        let mut pending = vec![dir.clone()];
        while let Some(directory) = pending.pop() {
            let path = directory.under(self.work_tree());
            for entry in fs::read_dir(&path).map_err(Error::io(&path))? {
                let entry = entry.map_err(Error::io(&path))?;
                let name = entry.file_name();
                let below = directory.join(&name.to_string_lossy());
                let Some(below) = repo_path(below.as_str().as_bytes()).filter(|_| name.to_str().is_some())
                else {
                    continue;
                };
                let is = entry.file_type().map_err(Error::io(&path))?;
                // Another repository in this one is nobody's edit.
                let is_dir = is.is_dir() && entry.path().join(".git").symlink_metadata().is_err();
                if !(is_dir || is.is_file()) || self.git().is_path_ignored(below.as_str())? {
                    continue;
                }
                if is_dir {
                    pending.push(below);
                } else {
                    among.insert(below);
                }
            }
        }
        let mut edits = Vec::new();
        for path in among.into_iter().filter(|path| !is_nobodys(path)) {
            let found = find(self.work_tree(), &path)?;
            if self.differs(&path, &found, committed.leaf(&path)?)? {
                edits.push(path);
            }
        }
        Ok(edits)
    }

    /// Those of these paths that [`local_edits`](Self::local_edits) would name. None where more may differ than they
    /// say: with a directory of that name go its files, and with a rule what is ignored.
    pub(crate) fn edits_among(
        &self,
        head: &Revision,
        dir: &RepoPath,
        among: &BTreeSet<RepoPath>,
    ) -> Result<Option<Vec<RepoPath>>> {
        let mut committed = TreePaths::new(self.git(), self.tree_of(Some(head))?)?;
        let mut edits = Vec::new();
        for path in among {
            if path.below(dir).is_none() || is_nobodys(path) {
                continue;
            }
            let in_git = committed.leaf(path)?;
            let found = find(self.work_tree(), path)?;
            let is_more = match &found {
                Unopened::Blocked(_) => true,
                Unopened::File(_) => in_git.is_none() && self.git().is_path_ignored(path.as_str())?,
                Unopened::Absent => false,
            };
            if is_more || committed.has_dir(path)? || RULES.contains(&path.file_name()) {
                return Ok(None);
            }
            if self.differs(path, &found, in_git)? {
                edits.push(path.clone());
            }
        }
        Ok(Some(edits))
    }

    /// Whether what was found at a path is not what was committed there.
    fn differs(&self, path: &RepoPath, found: &Unopened, in_git: Option<Entry>) -> Result<bool> {
        Ok(match (found, self.for_disk(in_git)?) {
            (Unopened::File(metadata), Some(entry)) => self.is_another(path, metadata, entry.id)?,
            // It is not opened: it may be larger than any memory.
            (Unopened::File(_), None) => in_git.is_none(),
            (Unopened::Absent, Some(_)) => !cloud::is_elsewhere(self.work_tree(), path),
            (Unopened::Absent, None) | (Unopened::Blocked(_), _) => false,
        })
    }

    /// Whether a file's bytes are others than the blob's. One of another size is not read.
    fn is_another(&self, path: &RepoPath, metadata: &Metadata, blob: Oid) -> Result<bool> {
        let (size, _) = self.git().odb()?.read_header(blob)?;
        if metadata.len() != size as u64 {
            return Ok(true);
        }
        match look(self.work_tree(), path) {
            Ok(OnDisk::File { bytes, .. }) => Ok(blob_id(&bytes)? != blob.to_string()),
            Ok(OnDisk::Absent) => Ok(true),
            Ok(OnDisk::Blocked(_)) => Ok(false),
            Err(Error::Io { source, .. }) => {
                tracing::debug!(%path, error = %source, "it can't be read, and counts as changed");
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }
}
