//! What stands in `managed/` and `unmanaged/`, known by identity.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::change::ContentHash;
use crate::error::{Error, Result};
use crate::fgd::inbox::{ObjectRead, finding};
use crate::fgd::layout::Layout;
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
    bytes: u64,
    modified: Option<SystemTime>,
    object: Result<ManagedObject, Box<Finding>>,
}

/// The objects of a directory, by the file they stand in. Kept between runs: a file is read again only
/// when its size or time has changed, so a run costs what changed and a listing.
#[derive(Debug, Default)]
pub(crate) struct ManagedIndex {
    files: HashMap<RepoPath, Known>,
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
        let mut found = Vec::new();
        for directory in [layout.managed(), layout.unmanaged()] {
            list(work_tree, directory, &mut found)?;
        }
        let now = SystemTime::now();
        let mut files = HashMap::with_capacity(found.len());
        let total = found.len();
        for (done, (path, bytes, modified)) in found.into_iter().enumerate() {
            step(done, total)?;
            let settled = modified.is_some_and(|at| now.duration_since(at).is_ok_and(|age| age > RACY));
            let known = match self.files.remove(&path) {
                Some(known) if settled && known.bytes == bytes && known.modified == modified => known,
                _ => match read(work_tree, &path, bytes, modified)? {
                    Some(known) => known,
                    None => continue,
                },
            };
            files.insert(path, known);
        }
        self.files = files;
        Ok(())
    }

    /// The objects, each with the file it stands in, in no order.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (&RepoPath, &ManagedObject)> {
        self.files.iter().filter_map(|(path, known)| known.object.as_ref().ok().map(|object| (path, object)))
    }

    /// Files that hold no object that can be read.
    pub(crate) fn broken(&self) -> impl Iterator<Item = &Finding> {
        self.files.values().filter_map(|known| known.object.as_ref().err().map(|finding| &**finding))
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
                let known = parse(&path, text.as_bytes(), None);
                (path, known)
            })
            .collect();
        Self { files }
    }
}

fn list(work_tree: &Path, top: RepoPath, found: &mut Vec<(RepoPath, u64, Option<SystemTime>)>) -> Result<()> {
    let mut pending = vec![top];
    while let Some(directory) = pending.pop() {
        let path = directory.under(work_tree);
        let listing = match fs::read_dir(&path) {
            Ok(listing) => listing,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::io(path)(error)),
        };
        for entry in listing {
            let entry = entry.map_err(Error::io(&path))?;
            let name = entry.file_name();
            let (Some(name), Ok(file_type)) = (name.to_str(), entry.file_type()) else { continue };
            if name.starts_with('.') || RepoPath::parse(name).is_err() {
                continue;
            }
            if file_type.is_dir() {
                pending.push(directory.join(name));
            } else if file_type.is_file() && Layout::takes(name) {
                let Ok(metadata) = entry.metadata() else { continue };
                found.push((directory.join(name), metadata.len(), metadata.modified().ok()));
            }
        }
    }
    Ok(())
}

fn read(
    work_tree: &Path,
    path: &RepoPath,
    bytes: u64,
    modified: Option<SystemTime>,
) -> Result<Option<Known>> {
    match fs::read(path.under(work_tree)) {
        Ok(text) => Ok(Some(Known { bytes, ..parse(path, &text, modified) })),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let finding =
                Finding::new(Code::Unreadable, format!("It could not be read: {error}.")).in_file(path);
            Ok(Some(Known { bytes, modified, object: Err(Box::new(finding)) }))
        }
    }
}

fn parse(path: &RepoPath, bytes: &[u8], modified: Option<SystemTime>) -> Known {
    let hash = ContentHash::of(bytes);
    let object = object(path, bytes, &hash);
    Known { bytes: bytes.len() as u64, modified, object }
}

fn object(path: &RepoPath, bytes: &[u8], hash: &ContentHash) -> Result<ManagedObject, Box<Finding>> {
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
        file: *hash,
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
