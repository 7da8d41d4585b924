//! What waits in `raw/`.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rayon::prelude::*;

use crate::change::ContentHash;
use crate::error::Result;
use crate::fgd::compose::compose;
use crate::fgd::layout::Layout;
use crate::fgd::managed::ManagedIndex;
use crate::fgd::walk::{FileEntry, read_plain, yaml_files};
use crate::finding::Finding;
use crate::id::RepoPath;
use crate::manifest::{self, ANNOTATION_PREFIX, Annotated, Document, Item, Manifest, Node, TextError};
use crate::schema::{CrdSchemas, Object, ResourceId};

/// The files of an inbox, read.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    /// The files, in the order of their paths.
    pub(crate) files: Vec<SourceFile>,
    /// Files that could not be read, each with its finding.
    pub(crate) unreadable: Vec<Finding>,
}

impl Inbox {
    /// How many documents all files have.
    pub(crate) fn document_count(&self) -> usize {
        self.files.iter().map(SourceFile::document_count).sum()
    }
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

/// A document, parsed as far as it goes. Of its tree nothing is kept but what comparing, checking and writing
/// it need.
#[derive(Debug)]
pub(crate) struct DocumentRead {
    /// Its place in the file, from 0; each item of a List counts.
    pub(crate) index: u32,
    /// Line in the file of the document's first line, from 1.
    pub(crate) line: u32,
    /// The object, or why it is none.
    pub(crate) object: Result<ObjectRead, Box<Finding>>,
}

/// An object, with what comparing and writing it need.
#[derive(Debug)]
pub(crate) struct ObjectRead {
    /// Its group, as its apiVersion has it.
    pub(crate) group: String,
    /// Its version in the group.
    pub(crate) version: String,
    /// Its identity, place and spec, and what is wrong with it.
    pub(crate) object: Arc<Object>,
    /// The hash of its value, without our annotations.
    pub(crate) content: ContentHash,
    /// The hash of its author's comments; none where there are none.
    pub(crate) comments: Option<ContentHash>,
    /// The text to write; none where what stands says the same.
    pub(crate) text: Option<Composed>,
}

/// The text of an object that is to be written.
#[derive(Debug)]
pub(crate) enum Composed {
    /// With our annotations, for `managed/`.
    Managed(Annotated),
    /// As the author wrote it, for `unmanaged/`.
    Verbatim(String),
    /// There is no place for our annotations; the sentence says why.
    Impossible(String),
}

/// What reading needs to know of the fabric.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// The fabric's name, as the annotations carry it.
    pub(crate) fabric_name: &'a str,
    /// What stands: of an object that is there already nothing is composed.
    pub(crate) managed: &'a ManagedIndex,
    /// The schemas to check against, where there are some.
    pub(crate) schemas: Option<&'a CrdSchemas>,
}

/// How long two looks at a fresh file are apart, to tell whether it is still being written.
const SETTLE: Duration = Duration::from_millis(60);
/// A file that was written longer ago than this is not being written any more.
const FRESH: Duration = Duration::from_millis(400);

/// A look at `raw/`, and when that was.
#[derive(Debug)]
pub(crate) struct Look {
    /// The files that wait, at any depth, in the order of their paths.
    pub(crate) entries: Vec<FileEntry>,
    /// Why others can't be listed.
    pub(crate) unreadable: Vec<Finding>,
    at: Instant,
}

impl Look {
    /// Finds the files that wait in `raw/`. Hidden files and directories and whatever is no plain file are left
    /// alone.
    pub(crate) fn at(work_tree: &Path, layout: &Layout) -> Result<Self> {
        let at = Instant::now();
        let (entries, unreadable) = yaml_files(work_tree, &layout.raw())?;
        Ok(Self { entries, unreadable, at })
    }

    /// The files that are written to their end: those that are not fresh, and those that are the same in two looks
    /// that are far enough apart. Whoever writes the others will wake us again. What is done between the two
    /// looks costs no time.
    pub(crate) fn settled(self, work_tree: &Path, layout: &Layout) -> Result<Self> {
        let now = SystemTime::now();
        let is_fresh = |entry: &FileEntry| {
            entry.modified.is_none_or(|at| now.duration_since(at).map_or(true, |age| age < FRESH))
        };
        // A file that was not fresh in a look of a while ago may have been written since.
        if self.at.elapsed() < SETTLE && !self.entries.iter().any(is_fresh) {
            return Ok(self);
        }
        std::thread::sleep(SETTLE.saturating_sub(self.at.elapsed()));
        let again = Self::at(work_tree, layout)?;
        if again.entries.iter().all(|entry| !is_fresh(entry) || self.entries.contains(entry)) {
            return Ok(again);
        }
        // Some came, or grew, in the meantime: they get two looks of their own.
        std::thread::sleep(SETTLE);
        let mut last = Self::at(work_tree, layout)?;
        last.entries.retain(|entry| again.entries.contains(entry));
        Ok(last)
    }
}

impl SourceFile {
    /// Reads a file whole and parses each of its documents. A file that is gone by now is `None`.
    pub(crate) fn read(
        work_tree: &Path,
        path: &RepoPath,
        reading: Reading<'_>,
    ) -> Result<Option<Self>, Box<Finding>> {
        Ok(read_plain(work_tree, path)?.map(|bytes| Self::parse(path.clone(), bytes, reading)))
    }

    /// Parses a file's bytes, on all cores. Every document is there, broken or not.
    pub(crate) fn parse(path: RepoPath, bytes: Vec<u8>, reading: Reading<'_>) -> Self {
        let hash = ContentHash::of(&bytes);
        let documents = match manifest::Source::decode(&bytes) {
            Ok(source) => {
                let split = manifest::split(source.text());
                let mut read: Vec<Vec<DocumentRead>> =
                    split.par_iter().map(|document| read_document(&path, document, reading)).collect();
                // The items of a List move the places of all that follow it; these are read again.
                let known = read.iter().position(|documents| documents.len() != 1).map(|list| list + 1);
                read.truncate(known.unwrap_or(split.len()));
                let mut documents: Vec<_> = read.into_iter().flatten().collect();
                for document in &split[known.unwrap_or(split.len())..] {
                    let index = u32::try_from(documents.len()).unwrap_or(u32::MAX);
                    documents.extend(read_document(&path, &Document { index, ..document.clone() }, reading));
                }
                Ok(documents)
            }
            Err(error) => Err(finding(&path, error)),
        };
        Self { path, bytes, hash, documents }
    }

    /// How many documents the file has; one that can't be decoded counts as one.
    pub(crate) fn document_count(&self) -> usize {
        self.documents.as_ref().map_or(1, Vec::len)
    }
}

/// A document of a stream, or the items of the List that it is.
fn read_document(path: &RepoPath, document: &Document<'_>, reading: Reading<'_>) -> Vec<DocumentRead> {
    let (index, line) = (document.index, document.line);
    let failed =
        |error: TextError| vec![DocumentRead { index, line, object: Err(Box::new(finding(path, error))) }];
    let node = match manifest::parse(document) {
        Ok(node) => node,
        Err(error) => return failed(error),
    };
    match manifest::items(document, &node) {
        None => {
            let json = manifest::from_json(document, &node);
            let read = match &json {
                Some(item) => ObjectRead::new(path, index, item.into(), document.text, reading),
                None => {
                    let own = Text { text: document.text, node: &node, kept: true };
                    ObjectRead::new(path, index, own, document.text, reading)
                }
            };
            let object = read.map_err(|error| Box::new(finding(path, error)));
            vec![DocumentRead { index, line, object }]
        }
        Some(Err(error)) => failed(error),
        Some(Ok(items)) => items
            .into_par_iter()
            .enumerate()
            .map(|(place, item)| {
                let index = index.saturating_add(u32::try_from(place).unwrap_or(u32::MAX));
                let object = ObjectRead::new(path, index, (&item).into(), &item.text, reading);
                DocumentRead {
                    index,
                    line: item.line,
                    object: object.map_err(|error| Box::new(finding(path, error))),
                }
            })
            .collect(),
    }
}

/// The text that an object is written with, and its tree.
struct Text<'a> {
    text: &'a str,
    node: &'a Node,
    /// Whether it is the author's own.
    kept: bool,
}

impl<'a> From<&'a Item> for Text<'a> {
    fn from(item: &'a Item) -> Self {
        Self { text: &item.text, node: &item.node, kept: item.kept }
    }
}

impl ObjectRead {
    /// Reads an object out of its text; `verbatim` is what is kept of one that is not the fabric's.
    fn new(
        path: &RepoPath,
        index: u32,
        Text { text, node, kept }: Text<'_>,
        verbatim: &str,
        reading: Reading<'_>,
    ) -> Result<Self, TextError> {
        let mut read = Self::bare(path, text, node, reading.schemas)?;
        let standing = reading.managed.get(&read.object.id, read.is_hedgehog());
        if standing.is_some_and(|standing| standing.says_the_same(&read, verbatim)) {
            return Ok(read);
        }
        let says_the_same_value =
            |read: &Self| standing.is_some_and(|standing| standing.content == read.content);
        read.text = Some(if read.is_hedgehog() {
            match compose(reading.fabric_name, path.file_name(), index, text, node) {
                // Its comments would be lost either way, so they are no news.
                Ok(annotated) if annotated.canonical && says_the_same_value(&read) => return Ok(read),
                Ok(mut annotated) => {
                    annotated.canonical |= !kept;
                    Composed::Managed(annotated)
                }
                Err(why) => Composed::Impossible(why),
            }
        } else {
            Composed::Verbatim(verbatim.to_owned())
        });
        Ok(read)
    }

    /// Reads an object of which nothing is to be written.
    pub(crate) fn bare(
        path: &RepoPath,
        text: &str,
        node: &Node,
        schemas: Option<&CrdSchemas>,
    ) -> Result<Self, TextError> {
        let manifest = Manifest::of(node)?;
        let comments = manifest::comments(text, node);
        Ok(Self {
            object: Arc::new(Object::read(&manifest, node, path, schemas)),
            group: manifest.group,
            version: manifest.version,
            content: manifest::content_hash(node, ANNOTATION_PREFIX),
            comments: (!comments.is_empty()).then(|| ContentHash::of(comments.join("\n").as_bytes())),
            text: None,
        })
    }

    /// Its identity.
    pub(crate) fn id(&self) -> &ResourceId {
        &self.object.id
    }

    /// Whether it is one of the fabric's own.
    pub(crate) fn is_hedgehog(&self) -> bool {
        is_hedgehog(&self.group)
    }
}

/// Whether an API group is one of the fabric's own.
pub(crate) fn is_hedgehog(group: &str) -> bool {
    group.ends_with(".githedgehog.com")
}

/// A text error as a finding in a file.
pub(crate) fn finding(path: &RepoPath, error: TextError) -> Finding {
    let mut finding = Finding::new(error.code, error.message).in_file(path).at(error.line, error.column);
    finding.hint = error.hint;
    finding
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        let layout = Layout::new(RepoPath::parse("lab").expect("path"));
        let look = Look::at(home.path(), &layout).and_then(|look| look.settled(home.path(), &layout));
        let look = look.expect("a look");
        let paths: Vec<_> = look.entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["lab/raw/b.yaml", "lab/raw/c.json", "lab/raw/deep/er/a.YML"]);
        assert_eq!(look.unreadable, vec![]);
    }

    #[test]
    fn a_file_is_waited_for_until_it_is_written() {
        let home = tempfile::tempdir().expect("directory");
        let at = |name: &str| home.path().join("raw").join(name);
        let layout = Layout::new(RepoPath::root());
        fs::create_dir(home.path().join("raw")).expect("directory");
        fs::write(at("a.yaml"), "a: 1\n").expect("file");
        fs::write(at("b.yaml"), "b: 1\n").expect("file");
        let look = Look::at(home.path(), &layout).expect("a look");
        // One grows after the look, another one comes.
        fs::write(at("b.yaml"), "b: 1\nc: 2\n").expect("file");
        fs::write(at("d.yaml"), "d: 1\n").expect("file");
        let settled = look.settled(home.path(), &layout).expect("a look");
        let found: Vec<_> = settled.entries.iter().map(|e| (e.path.file_name(), e.bytes)).collect();
        assert_eq!(found, [("a.yaml", 5), ("b.yaml", 10), ("d.yaml", 5)]);
    }

    #[test]
    fn documents_are_counted_through_lists() {
        let item = "{apiVersion: v1, kind: A, metadata: {name: a}}";
        let list =
            |items: usize| format!("apiVersion: v1\nkind: List\nitems: [{}]\n", vec![item; items].join(", "));
        let text =
            [item.to_owned(), list(2), item.to_owned(), list(0), "a: [".to_owned(), list(1)].join("\n---\n");
        let managed = ManagedIndex::default();
        let reading = Reading { fabric_name: "Lab", managed: &managed, schemas: None };
        let path = RepoPath::parse("raw/x.yaml").expect("path");
        let file = SourceFile::parse(path, text.into_bytes(), reading);
        let documents = file.documents.expect("decoded");
        let read: Vec<_> = documents.iter().map(|document| (document.index, document.line)).collect();
        assert_eq!(read, [(0, 1), (1, 5), (2, 5), (3, 8), (4, 15), (5, 19)]);
    }

    #[test]
    fn what_is_gone_or_no_file_any_more_when_it_is_read_is_none() {
        let home = tempfile::tempdir().expect("directory");
        let managed = ManagedIndex::default();
        let reading = Reading { fabric_name: "Lab", managed: &managed, schemas: None };
        let path = RepoPath::parse("x.yaml").expect("path");
        let read = || SourceFile::read(home.path(), &path, reading).expect("no finding").is_some();
        let at = home.path().join("x.yaml");
        fs::write(&at, "a: 1\n").expect("file");
        assert!(read());
        fs::remove_file(&at).expect("deleted");
        assert!(!read());
        fs::create_dir(&at).expect("directory");
        assert!(!read());
        fs::remove_dir(&at).expect("deleted");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc/hostname", &at).expect("link");
            assert!(!read());
        }
    }

    #[test]
    fn a_directory_without_an_inbox_has_nothing_waiting() {
        let home = tempfile::tempdir().expect("directory");
        let look = Look::at(home.path(), &Layout::new(RepoPath::root())).expect("a look");
        assert!(look.entries.is_empty());
    }

    #[test]
    fn a_broken_document_does_not_hide_the_others() {
        let text = "apiVersion: v1\nkind: A\nmetadata: {name: a}\n---\nb: [\n---\napiVersion: v1\nkind: C\nmetadata:\n  name: c\n";
        let path = RepoPath::parse("raw/x.yaml").expect("path");
        let managed = ManagedIndex::default();
        let reading = Reading { fabric_name: "Lab", managed: &managed, schemas: None };
        let file = SourceFile::parse(path, text.as_bytes().to_vec(), reading);
        let documents = file.documents.expect("decoded");
        let read: Vec<_> = documents.iter().map(|document| document.object.is_ok()).collect();
        assert_eq!(read, [true, false, true]);
        let finding = documents[1].object.as_ref().expect_err("broken");
        assert_eq!(finding.file.as_ref().map(RepoPath::as_str), Some("raw/x.yaml"));
        assert!(finding.line.is_some_and(|line| line >= 5), "{finding:?}");
    }
}
