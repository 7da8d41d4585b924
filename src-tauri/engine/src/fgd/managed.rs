//! What stands in `managed/` and `unmanaged/`, known by identity.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::change::ContentHash;
use crate::error::Result;
use crate::fgd::inbox::{ObjectRead, finding};
use crate::fgd::layout::Layout;
use crate::fgd::walk::{FileEntry, unreadable, yaml_files};
use crate::finding::{Code, Finding};
use crate::id::RepoPath;
use crate::manifest;
use crate::schema::ResourceId;

/// An object that stands in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ManagedObject {
    /// Its identity.
    pub(crate) id: ResourceId,
    /// Its apiVersion's group.
    pub(crate) group: String,
    /// The hash of its value, without our annotations.
    pub(crate) content: String,
    /// Its author's comments.
    pub(crate) comments: Vec<String>,
    /// The hash of the file's bytes.
    pub(crate) file: ContentHash,
}

#[derive(Debug, Clone)]
struct Known {
    entry: FileEntry,
    object: Result<ManagedObject, Box<Finding>>,
}

/// The objects of a directory, by the file they stand in. Kept between runs: a file is read again only
/// when its size or time has changed, so a run costs what changed and a listing.
#[derive(Debug, Default)]
pub(crate) struct ManagedIndex {
    files: HashMap<RepoPath, Known>,
    /// What could not even be listed.
    unlisted: Vec<Finding>,
}

/// A file that was written this recently is read again next time: its time may not tell the next write.
const RACY: std::time::Duration = std::time::Duration::from_secs(2);

impl ManagedIndex {
    /// Looks at the disk; afterwards the index is what is there. `step` is told (done, total).
    pub(crate) fn refresh(
        &mut self,
        work_tree: &Path,
        layout: &Layout,
        step: &mut dyn FnMut(usize, usize) -> Result<()>,
    ) -> Result<()> {
        let (mut found, mut unlisted) = yaml_files(work_tree, &layout.managed())?;
        let (others, other_unlisted) = yaml_files(work_tree, &layout.unmanaged())?;
        found.extend(others);
        unlisted.extend(other_unlisted);
        let now = SystemTime::now();
        let mut files = HashMap::with_capacity(found.len());
        let total = found.len();
        for (done, entry) in found.into_iter().enumerate() {
            step(done, total)?;
            let settled = entry.modified.is_some_and(|at| now.duration_since(at).is_ok_and(|age| age > RACY));
            let known = match self.files.remove(&entry.path) {
                Some(known) if settled && known.entry == entry => known,
                _ => match read(work_tree, entry) {
                    Some(known) => known,
                    None => continue,
                },
            };
            files.insert(known.entry.path.clone(), known);
        }
        self.files = files;
        self.unlisted = unlisted;
        Ok(())
    }

    /// The objects, each with the file it stands in, in no order.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (&RepoPath, &ManagedObject)> {
        self.files.iter().filter_map(|(path, known)| known.object.as_ref().ok().map(|object| (path, object)))
    }

    /// What is there and holds no object that can be read.
    pub(crate) fn broken(&self) -> impl Iterator<Item = &Finding> {
        let files =
            self.files.values().filter_map(|known| known.object.as_ref().err().map(|finding| &**finding));
        files.chain(&self.unlisted)
    }

    /// Whether there is a file of that path.
    pub(crate) fn has(&self, path: &RepoPath) -> bool {
        self.files.contains_key(path)
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| {
                let path = RepoPath::parse(path).expect("path");
                let entry = FileEntry { path: path.clone(), bytes: text.len() as u64, modified: None };
                (path, parse(entry, text.as_bytes()))
            })
            .collect();
        Self { files, unlisted: Vec::new() }
    }
}

/// A file that is gone by now is none.
fn read(work_tree: &Path, entry: FileEntry) -> Option<Known> {
    match fs::read(entry.path.under(work_tree)) {
        Ok(text) => Some(parse(entry, &text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            let object = Err(Box::new(unreadable(&entry.path, &error)));
            Some(Known { entry, object })
        }
    }
}

fn parse(entry: FileEntry, bytes: &[u8]) -> Known {
    let object = object(&entry.path, bytes);
    Known { entry, object }
}

fn object(path: &RepoPath, bytes: &[u8]) -> Result<ManagedObject, Box<Finding>> {
    let source = manifest::Source::decode(bytes).map_err(|error| Box::new(finding(path, error)))?;
    let documents = manifest::split(source.text());
    let [document] = documents.as_slice() else {
        let count = documents.len();
        let finding = Finding::new(
            Code::ManagedBroken,
            format!("The file holds {count} documents; a file under managed/ holds one object."),
        );
        let finding = finding.hint("Move the file to raw/: each object gets its own file.").in_file(path);
        return Err(Box::new(finding));
    };
    let read = ObjectRead::parse(document).map_err(|error| Box::new(finding(path, error)))?;
    Ok(ManagedObject {
        id: read.id(),
        group: read.manifest.group,
        content: read.content,
        comments: read.comments,
        file: ContentHash::of(bytes),
    })
}

impl ObjectRead {
    /// The object's identity.
    pub(crate) fn id(&self) -> ResourceId {
        ResourceId {
            kind: self.manifest.kind.clone(),
            namespace: self.manifest.namespace.clone().unwrap_or_else(|| "default".to_owned()),
            name: self.manifest.name.clone(),
        }
    }
}
