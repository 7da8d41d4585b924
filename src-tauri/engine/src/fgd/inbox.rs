//! What waits in `raw/`.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::change::ContentHash;
use crate::error::Result;
use crate::fgd::layout::{ANNOTATION_PREFIX, Layout};
use crate::fgd::walk::{FileEntry, unreadable, yaml_files};
use crate::finding::Finding;
use crate::id::RepoPath;
use crate::manifest::{self, Manifest, Node, TextError};

/// The files of an inbox, read.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    /// The files, in the order of their paths.
    pub(crate) files: Vec<SourceFile>,
    /// Files that could not be read, each with its finding.
    pub(crate) unreadable: Vec<Finding>,
}

/// A file of the inbox, read and parsed.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Its path in the repository.
    pub(crate) path: RepoPath,
    /// Its bytes, as they are on disk.
    pub(crate) bytes: Vec<u8>,
    /// The hash of those bytes.
    pub(crate) hash: ContentHash,
    /// Its documents, in order; or why there are none to be had.
    pub(crate) documents: Result<Vec<DocumentRead>, Finding>,
}

/// A document, parsed as far as it goes.
#[derive(Debug)]
pub(crate) struct DocumentRead {
    /// Its place in the stream, from 0.
    pub(crate) index: u32,
    /// Line in the file of the document's first line, from 1.
    pub(crate) line: u32,
    /// Its own text.
    pub(crate) text: String,
    /// The object, or why it is none.
    pub(crate) object: Result<ObjectRead, Finding>,
}

/// An object, with what comparing and writing it need.
#[derive(Debug)]
pub(crate) struct ObjectRead {
    /// Its identity and version.
    pub(crate) manifest: Manifest,
    /// Its tree.
    pub(crate) node: Node,
    /// The hash of its value, without our annotations.
    pub(crate) content: String,
    /// Its author's comments.
    pub(crate) comments: Vec<String>,
}

/// How long two looks at a fresh file are apart, to tell whether it is still being written.
const SETTLE: Duration = Duration::from_millis(60);
/// A file that was written longer ago than this is not being written any more.
const FRESH: Duration = Duration::from_millis(400);

/// Finds the files that wait in `raw/`, at any depth, in the order of their paths.
///
/// Hidden files and directories, symbolic links and whatever is no plain file are left alone, and so are
/// files that grew between two looks: whoever writes them will wake us again.
pub(crate) fn scan(work_tree: &Path, layout: &Layout) -> Result<(Vec<FileEntry>, Vec<Finding>)> {
    let (entries, findings) = yaml_files(work_tree, &layout.raw())?;
    let now = SystemTime::now();
    let is_fresh = |entry: &FileEntry| {
        entry.modified.is_none_or(|at| now.duration_since(at).map_or(true, |age| age < FRESH))
    };
    if !entries.iter().any(is_fresh) {
        return Ok((entries, findings));
    }
    std::thread::sleep(SETTLE);
    let (again, findings) = yaml_files(work_tree, &layout.raw())?;
    let settled = again.into_iter().filter(|entry| entries.contains(entry)).collect();
    Ok((settled, findings))
}

impl SourceFile {
    /// Reads a file whole and parses each of its documents. A file that is gone by now is `None`.
    pub(crate) fn read(work_tree: &Path, entry: &FileEntry) -> Result<Option<Self>, Box<Finding>> {
        match fs::read(entry.path.under(work_tree)) {
            Ok(bytes) => Ok(Some(Self::parse(entry.path.clone(), bytes))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Box::new(unreadable(&entry.path, &error))),
        }
    }

    /// Parses a file's bytes. Every document is there, broken or not.
    pub(crate) fn parse(path: RepoPath, bytes: Vec<u8>) -> Self {
        let hash = ContentHash::of(&bytes);
        let documents = match manifest::Source::decode(&bytes) {
            Ok(source) => Ok(manifest::split(source.text())
                .into_iter()
                .map(|document| DocumentRead {
                    index: document.index,
                    line: document.line,
                    text: document.text.to_owned(),
                    object: ObjectRead::parse(&document).map_err(|error| finding(&path, error)),
                })
                .collect()),
            Err(error) => Err(finding(&path, error)),
        };
        Self { path, bytes, hash, documents }
    }

    /// How many documents the file has; one that can't be decoded counts as one.
    pub(crate) fn document_count(&self) -> usize {
        self.documents.as_ref().map_or(1, Vec::len)
    }
}

impl ObjectRead {
    pub(crate) fn parse(document: &manifest::Document<'_>) -> Result<Self, TextError> {
        let node = manifest::parse(document)?;
        let manifest = Manifest::of(&node)?;
        let content = manifest::content_hash(&node, ANNOTATION_PREFIX);
        let comments = manifest::comments(document.text, &node);
        Ok(Self { manifest, node, content, comments })
    }
}

/// A text error as a finding in a file.
pub(crate) fn finding(path: &RepoPath, error: TextError) -> Finding {
    let mut finding = Finding::new(error.code, error.message).in_file(path).at(error.line, error.column);
    finding.hint = error.hint;
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_visible_yaml_and_json_files_are_found() {
        let home = tempfile::tempdir().expect("directory");
        let raw = home.path().join("lab/raw");
        fs::create_dir_all(raw.join("deep/er")).expect("directory");
        fs::create_dir_all(raw.join(".hidden")).expect("directory");
        for name in ["b.yaml", "deep/er/a.YML", "c.json", ".hidden/x.yaml", ".x.yaml", "old.yaml.archived"] {
            fs::write(raw.join(name), "a: 1\n").expect("file");
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/hostname", raw.join("link.yaml")).expect("link");
        let layout = Layout::new(RepoPath::parse("lab").expect("path"));
        let (entries, findings) = scan(home.path(), &layout).expect("scan");
        let paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["lab/raw/b.yaml", "lab/raw/c.json", "lab/raw/deep/er/a.YML"]);
        assert_eq!(findings, vec![]);
    }

    #[test]
    fn a_directory_without_an_inbox_has_nothing_waiting() {
        let home = tempfile::tempdir().expect("directory");
        let (entries, _) = scan(home.path(), &Layout::new(RepoPath::root())).expect("scan");
        assert!(entries.is_empty());
    }

    #[test]
    fn a_broken_document_does_not_hide_the_others() {
        let text = "apiVersion: v1\nkind: A\nmetadata: {name: a}\n---\nb: [\n---\napiVersion: v1\nkind: C\nmetadata:\n  name: c\n";
        let path = RepoPath::parse("raw/x.yaml").expect("path");
        let file = SourceFile::parse(path, text.as_bytes().to_vec());
        let documents = file.documents.expect("decoded");
        let read: Vec<_> = documents.iter().map(|document| document.object.is_ok()).collect();
        assert_eq!(read, [true, false, true]);
        let finding = documents[1].object.as_ref().expect_err("broken");
        assert_eq!(finding.file.as_ref().map(RepoPath::as_str), Some("raw/x.yaml"));
        assert!(finding.line.is_some_and(|line| line >= 5), "{finding:?}");
    }
}
