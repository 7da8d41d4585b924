//! What stands in `managed/` and `unmanaged/`, known by identity, and checked as one fabric.

use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rayon::prelude::*;

use crate::beneath;
use crate::change::{BELIEVED, ContentHash, Heard};
use crate::error::Result;
use crate::fgd::inbox::{ObjectRead, finding, is_hedgehog};
use crate::fgd::layout::Layout;
use crate::fgd::walk::{FileEntry, LARGEST, read_plain, yaml_files};
use crate::finding::{Code, Finding, in_order};
use crate::id::RepoPath;
use crate::manifest;
use crate::schema::{Classified, CrdSchemas, Fabric, Object, ResourceId, classify};

/// An object that stands in the directory.
#[derive(Debug, Clone)]
pub(crate) struct ManagedObject {
    /// Its apiVersion's group.
    pub(crate) group: String,
    /// Its identity, its spec, and what is wrong with it alone.
    pub(crate) object: Arc<Object>,
    /// The hash of its value, without our annotations.
    pub(crate) content: ContentHash,
    /// The hash of its author's comments.
    comments: Option<ContentHash>,
    /// The hash of the file's bytes.
    pub(crate) file: ContentHash,
    /// Whether it stands where objects of its kind do.
    in_place: bool,
}

impl ManagedObject {
    /// Whether a document says nothing new of the object: the same value, and no other comments. A document
    /// without comments says nothing about them. Of what is kept byte for byte, each byte counts.
    pub(crate) fn says_the_same(&self, read: &ObjectRead, text: &str) -> bool {
        if !read.is_hedgehog() {
            return self.file == ContentHash::of(text.as_bytes());
        }
        self.content == read.content && (read.comments.is_none() || read.comments == self.comments)
    }
}

#[derive(Debug, Clone)]
struct Known {
    entry: FileEntry,
    object: Result<ManagedObject, Box<Finding>>,
}

/// An identity, and whether it is one of the fabric's own kinds: the same words can name either.
type Identity = (ResourceId, bool);

/// The objects of a directory, by the file they stand in. Kept between runs: a file is read again only
/// when its size or time has changed, so a run costs what changed and a listing.
#[derive(Debug, Default)]
pub(crate) struct ManagedIndex {
    files: HashMap<RepoPath, Known>,
    /// Where each object stands; of several files the first by path counts.
    standing: HashMap<Identity, Vec<RepoPath>>,
    fabric: Fabric,
    /// What could not even be listed.
    unlisted: Vec<Finding>,
    schemas: Schemas,
    /// The last change that was heard of before the last look, and when all files were looked at.
    looked: Option<(u64, Instant)>,
}

/// What was heard of the directory since the change of a number; without one, only the last change's number.
pub(crate) type Hear<'a> = &'a dyn Fn(Option<u64>) -> Option<Heard>;

/// The schemas of the directory's own CRDs, and the files that they were read from.
#[derive(Debug, Default)]
struct Schemas {
    files: Vec<FileEntry>,
    read: Option<CrdSchemas>,
    /// Why they could not be read.
    broken: Option<Finding>,
}

/// A file that was written this recently is read again next time: its time may not tell the next write.
const RACY: Duration = Duration::from_secs(2);
/// How many files are read between two looks at whether the run is still wanted.
const AT_ONCE: usize = 512;

impl ManagedIndex {
    /// Looks at the disk; afterwards the index is what is there. Where it was heard what was done since the last look,
    /// at that only. `step` is told (done, total).
    pub(crate) fn refresh(
        &mut self,
        work_tree: &Path,
        layout: &Layout,
        hear: Hear<'_>,
        step: &mut dyn FnMut(usize, usize) -> Result<()>,
    ) -> Result<()> {
        let looked = self.looked.take().filter(|(_, at)| at.elapsed() < BELIEVED);
        // Before anything is looked at: what changes from now on is heard of after it.
        let heard = hear(looked.map(|(heard, _)| heard));
        let at = Instant::now();
        if let (Some((_, at)), Some(Heard { at: heard, paths: Some(paths) })) = (looked, &heard)
            && let Some(found) = self.found_among(work_tree, layout, paths)
        {
            let total = self.files.len();
            let there: HashSet<&RepoPath> = found.iter().map(|entry| &entry.path).collect();
            let gone: Vec<RepoPath> = paths.iter().filter(|path| !there.contains(path)).cloned().collect();
            drop(there);
            self.take(work_tree, layout, found, gone, (total, step))?;
            self.looked = Some((*heard, at));
            return Ok(());
        }
        let (mut found, mut unlisted) = yaml_files(work_tree, &layout.managed())?;
        let (others, other_unlisted) = yaml_files(work_tree, &layout.unmanaged())?;
        found.extend(others);
        unlisted.extend(other_unlisted);
        self.unlisted = unlisted;
        if self.schemas.refresh(work_tree, layout, &mut self.unlisted)? {
            // Whatever was read before was checked by other schemas.
            *self = Self {
                unlisted: std::mem::take(&mut self.unlisted),
                schemas: std::mem::take(&mut self.schemas),
                ..Self::default()
            };
        }
        let total = found.len();
        let there: HashSet<&RepoPath> = found.iter().map(|entry| &entry.path).collect();
        let gone: Vec<RepoPath> = self.files.keys().filter(|path| !there.contains(path)).cloned().collect();
        drop(there);
        self.take(work_tree, layout, found, gone, (total, step))?;
        self.looked = heard.map(|heard| (heard.at, at));
        Ok(())
    }

    /// Those of these paths at which a listing would find a file. None where it may find something else than that:
    /// a directory of that name, what can't be listed, other schemas.
    fn found_among(&self, work_tree: &Path, layout: &Layout, paths: &[RepoPath]) -> Option<Vec<FileEntry>> {
        if !self.unlisted.is_empty() {
            return None;
        }
        let (mut found, mut absent) = (Vec::new(), Vec::new());
        for path in paths {
            if path.below(&layout.schemas()).is_some() {
                return None;
            }
            let tops = [layout.managed(), layout.unmanaged()];
            let Some(below) = tops.iter().find_map(|top| path.below(top)) else {
                // One of the two, or a directory above them.
                if tops.iter().any(|top| top.below(path).is_some()) {
                    return None;
                }
                continue;
            };
            if below.split('/').any(|part| part.starts_with('.')) {
                continue;
            }
            match beneath::open(work_tree, path) {
                Ok(opened) if Layout::takes(path.file_name()) => {
                    let metadata = opened.metadata();
                    let (bytes, modified) = (metadata.len(), metadata.modified().ok());
                    found.push(FileEntry { path: path.clone(), bytes, modified });
                }
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    absent.push(path);
                }
                Err(_) => return None,
            }
        }
        // What was there and is no file that was known may have been a directory, and took its files with it.
        absent.retain(|path| !self.files.contains_key(*path));
        let is_gone = |file: &RepoPath| absent.iter().any(|path| file.below(path).is_some());
        (absent.is_empty() || !self.files.keys().any(is_gone)).then_some(found)
    }

    /// Reads what of the found files is not known as it is, and forgets what is gone.
    fn take(
        &mut self,
        work_tree: &Path,
        layout: &Layout,
        found: Vec<FileEntry>,
        gone: Vec<RepoPath>,
        (total, step): (usize, &mut dyn FnMut(usize, usize) -> Result<()>),
    ) -> Result<()> {
        step(0, total)?;
        let now = SystemTime::now();
        let is_known = |entry: &FileEntry| {
            let settled = entry.modified.is_some_and(|at| now.duration_since(at).is_ok_and(|age| age > RACY));
            settled && self.files.get(&entry.path).is_some_and(|known| known.entry == *entry)
        };
        let fresh: Vec<FileEntry> = found.into_iter().filter(|entry| !is_known(entry)).collect();
        let schemas = self.schemas.read.as_ref();
        let mut done = total.saturating_sub(fresh.len());
        let mut read: Vec<(RepoPath, Option<Known>)> = Vec::with_capacity(fresh.len());
        for some in fresh.chunks(AT_ONCE) {
            step(done, total)?;
            read.par_extend(
                some.par_iter()
                    .map(|entry| (entry.path.clone(), self::read(work_tree, entry, layout, schemas))),
            );
            done += some.len();
        }
        step(total, total)?;
        self.replace(gone.into_iter().map(|path| (path, None)).chain(read));
        Ok(())
    }

    /// Takes note of files that are as these say; then the fabric is checked as far as that touches it.
    fn replace(&mut self, files: impl Iterator<Item = (RepoPath, Option<Known>)>) {
        let mut touched: HashSet<Identity> = HashSet::new();
        for (path, known) in files {
            if let Some(before) = self.files.remove(&path).and_then(|known| known.object.ok()) {
                let identity = before.identity();
                if let Some(paths) = self.standing.get_mut(&identity) {
                    paths.retain(|other| *other != path);
                    if paths.is_empty() {
                        self.standing.remove(&identity);
                    }
                }
                touched.insert(identity);
            }
            let Some(known) = known else { continue };
            if let Ok(object) = &known.object {
                let identity = object.identity();
                let paths = self.standing.entry(identity.clone()).or_default();
                // The one that has the object's own name first: others are copies of it.
                let own = identity.0.file_name();
                let place = |path: &RepoPath| (path.file_name() != own, path.clone());
                let at = paths.partition_point(|other| place(other) < place(&path));
                paths.insert(at, path.clone());
                touched.insert(identity);
            }
            self.files.insert(path, known);
        }
        for (id, is_hedgehog) in touched {
            let Some(kind) = crate::schema::KindId::of(&id.kind).filter(|_| is_hedgehog) else { continue };
            let key = crate::schema::Key::new(kind, &id.namespace, &id.name);
            let object = self.get(&id, true).map(|standing| Arc::clone(&standing.object));
            // A kind of that name in another group is none that the fabric refers to.
            let object = object.filter(|object| object.key.as_ref() == Some(&key));
            self.fabric.set(&key, object);
        }
        self.fabric.recheck();
    }

    /// The schemas that objects are checked by.
    pub(crate) fn schemas(&self) -> Option<&CrdSchemas> {
        self.schemas.read.as_ref()
    }

    /// The same index, which checks by these schemas. It is an empty one.
    pub(crate) fn with_schemas(schemas: Option<CrdSchemas>) -> Self {
        Self { schemas: Schemas { read: schemas, ..Schemas::default() }, ..Self::default() }
    }

    /// The object of an identity, where it stands.
    pub(crate) fn get(&self, id: &ResourceId, is_hedgehog: bool) -> Option<&ManagedObject> {
        self.find(id, is_hedgehog).map(|(_, object)| object)
    }

    /// The object of an identity and the file that it stands in.
    pub(crate) fn find(&self, id: &ResourceId, is_hedgehog: bool) -> Option<(&RepoPath, &ManagedObject)> {
        let path = self.standing.get(&(id.clone(), is_hedgehog))?.first()?;
        let object = self.files.get(path)?.object.as_ref().ok()?;
        Some((path, object))
    }

    /// The other files in which the object of this file stands too.
    pub(crate) fn twins<'a>(&'a self, path: &'a RepoPath) -> impl Iterator<Item = &'a RepoPath> {
        let object = self.files.get(path).and_then(|known| known.object.as_ref().ok());
        let standing = object.and_then(|object| self.standing.get(&object.identity()));
        standing.into_iter().flatten().filter(move |other| *other != path)
    }

    /// The file of an object, its kind in any case.
    pub(crate) fn file_of(&self, kind: &str, namespace: &str, name: &str) -> Option<RepoPath> {
        let is_it = |id: &ResourceId| {
            id.kind.eq_ignore_ascii_case(kind) && id.namespace == namespace && id.name == name
        };
        let mut found = self.standing.iter().filter(|((id, _), _)| is_it(id));
        found.find_map(|(_, paths)| paths.first().cloned())
    }

    /// The objects below `managed/`, each with its file, in no order.
    pub(crate) fn objects<'a>(
        &'a self,
        layout: &Layout,
    ) -> impl Iterator<Item = (&'a RepoPath, &'a ManagedObject)> + use<'a> {
        let managed = layout.managed();
        let read = self.files.iter().filter_map(|(path, known)| Some((path, known.object.as_ref().ok()?)));
        read.filter(move |(path, _)| path.below(&managed).is_some())
    }

    /// How many objects there are.
    pub(crate) fn len(&self) -> usize {
        self.standing.len()
    }

    /// The objects, checked as one fabric.
    pub(crate) fn fabric_mut(&mut self) -> &mut Fabric {
        &mut self.fabric
    }

    /// The objects, checked as one fabric.
    pub(crate) fn fabric(&self) -> &Fabric {
        &self.fabric
    }

    /// What is wrong with the directory itself: what can't be read, what stands twice or in the wrong place.
    pub(crate) fn misplaced(&self) -> Vec<Finding> {
        let mut findings = self.unlisted.clone();
        findings.extend(self.schemas.broken.clone());
        for (path, known) in &self.files {
            match &known.object {
                Err(finding) => findings.push((**finding).clone()),
                Ok(object) if !object.in_place => findings.push(object.out_of_place(path)),
                Ok(_) => {}
            }
        }
        for (identity, paths) in self.standing.iter().filter(|(_, paths)| paths.len() > 1) {
            let first = &paths[0];
            findings.extend(paths[1..].iter().map(|path| twice(&identity.0, path, first)));
        }
        in_order(&mut findings);
        findings
    }

    /// That the object of this file stands in that one too.
    pub(crate) fn twice(&self, path: &RepoPath, other: &RepoPath) -> Option<Finding> {
        let object = self.files.get(path)?.object.as_ref().ok()?;
        Some(twice(&object.identity().0, path, other))
    }

    /// All that is wrong with what stands, in the order of files.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let mut findings = self.misplaced();
        findings.extend(self.fabric.findings());
        in_order(&mut findings);
        findings
    }

    /// Whether there is a file of that path which can't be read: what it holds is not known.
    pub(crate) fn is_unread(&self, path: &RepoPath) -> bool {
        let is_told =
            |finding: &Finding| finding.code == Code::Unreadable && finding.file.as_ref() == Some(path);
        let object = self.files.get(path).map(|known| &known.object);
        object.is_some_and(|object| object.as_ref().is_err_and(|finding| is_told(finding)))
            || self.unlisted.iter().any(is_told)
    }

    /// Whether there is a file of that path.
    pub(crate) fn has(&self, path: &RepoPath) -> bool {
        self.files.contains_key(path)
    }

    /// The index of files that are on no disk.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let layout = Layout::new(RepoPath::root());
        let read = files.iter().map(|(path, text)| {
            let path = RepoPath::parse(path).expect("path");
            let entry = FileEntry { path: path.clone(), bytes: text.len() as u64, modified: None };
            let known = known(&entry, text.as_bytes(), &layout, None);
            (path, known)
        });
        let mut index = Self::default();
        index.replace(read.collect::<Vec<_>>().into_iter());
        index
    }
}

impl Schemas {
    /// Reads them anew if their files have changed; says whether they have. Those that can't be read are
    /// told, and nothing is checked by them. What can't be listed goes to `unlisted`.
    fn refresh(&mut self, work_tree: &Path, layout: &Layout, unlisted: &mut Vec<Finding>) -> Result<bool> {
        let top = layout.schemas();
        let there = top.under(work_tree).symlink_metadata();
        let files = if there.is_ok_and(|there| !there.is_dir() && !there.is_symlink()) {
            let finding =
                Finding::new(Code::Unreadable, "It is no directory, so there are no schemas in it.").hint(
                    "Put a directory in its place, with the CustomResourceDefinitions in it, or remove it.",
                );
            unlisted.push(finding.in_file(&top));
            Vec::new()
        } else {
            let (files, findings) = yaml_files(work_tree, &top)?;
            unlisted.extend(findings);
            files
        };
        if files == self.files {
            return Ok(false);
        }
        (self.read, self.broken) = if files.is_empty() {
            (None, None)
        } else {
            match read_schemas(work_tree, &top, &files) {
                Ok(schemas) => (Some(schemas), None),
                Err(finding) => (None, Some(*finding)),
            }
        };
        self.files = files;
        Ok(true)
    }
}

/// The schemas in these files of `top`, all of them.
fn read_schemas(work_tree: &Path, top: &RepoPath, files: &[FileEntry]) -> Result<CrdSchemas, Box<Finding>> {
    const HINT: &str = "Objects are not checked by these schemas until it is mended.";
    let mut schemas = CrdSchemas::default();
    let mut total = 0;
    for file in files {
        let Some(bytes) = read_plain(work_tree, &file.path)? else { continue };
        total += bytes.len() as u64;
        if total > LARGEST {
            let message = format!("The schemas are larger than {} MiB together.", LARGEST >> 20);
            return Err(Box::new(Finding::new(Code::TooLarge, message).hint(HINT).in_file(top)));
        }
        schemas.add_file(Path::new(file.path.as_str()), &bytes).map_err(|error| {
            let message = error.to_string();
            let end = if message.ends_with('.') { "" } else { "." };
            Finding::new(Code::Unreadable, format!("{message}{end}")).hint(HINT).in_file(&file.path)
        })?;
    }
    Ok(schemas)
}

impl ManagedObject {
    fn identity(&self) -> Identity {
        (self.object.id.clone(), is_hedgehog(&self.group))
    }

    fn out_of_place(&self, path: &RepoPath) -> Finding {
        let id = &self.object.id;
        let finding = if is_hedgehog(&self.group) {
            Finding::new(Code::Misplaced, format!("{id} does not stand in the directory of its kind."))
        } else {
            Finding::new(Code::NotHedgehog, format!("{id} is no Hedgehog object, and stands in managed/."))
        };
        finding
            .hint("Check structure moves it to its place.")
            .in_file(path)
            .at(self.object.at.line, self.object.at.column)
            .about(&id.kind, &id.name)
    }
}

/// A file that is gone by now is none.
fn read(work_tree: &Path, entry: &FileEntry, layout: &Layout, schemas: Option<&CrdSchemas>) -> Option<Known> {
    match read_plain(work_tree, &entry.path) {
        Ok(Some(bytes)) => known(entry, &bytes, layout, schemas),
        Ok(None) => None,
        Err(finding) => Some(Known { entry: entry.clone(), object: Err(finding) }),
    }
}

/// What a file holds. What is no object is a finding under `managed/`; below `unmanaged/` anything may stand,
/// and what is one of the fabric's own kinds there stands in for nothing.
fn known(entry: &FileEntry, bytes: &[u8], layout: &Layout, schemas: Option<&CrdSchemas>) -> Option<Known> {
    if Layout::steers(entry.path.file_name()) {
        return None;
    }
    let object = object(&entry.path, bytes, layout, schemas);
    if entry.path.below(&layout.managed()).is_none()
        && object.as_ref().map_or(true, |object| is_hedgehog(&object.group))
    {
        return None;
    }
    Some(Known { entry: entry.clone(), object })
}

/// Reads the one object of a file.
pub(crate) fn only_object(
    path: &RepoPath,
    bytes: &[u8],
    schemas: Option<&CrdSchemas>,
) -> Result<ObjectRead, Box<Finding>> {
    let source = manifest::Source::decode(bytes).map_err(|error| Box::new(finding(path, error)))?;
    let documents = manifest::split(source.text());
    let [document] = documents.as_slice() else {
        let count = documents.len();
        let finding = Finding::new(
            Code::ManagedBroken,
            format!("The file holds {count} documents; a file under managed/ holds one object."),
        );
        let finding =
            finding.hint("Move the file to raw/: each object gets its own file.").in_file(path).at(1, 1);
        return Err(Box::new(finding));
    };
    let read =
        manifest::parse(document).and_then(|node| ObjectRead::bare(path, document.text, &node, schemas));
    read.map_err(|error| Box::new(finding(path, error)))
}

fn object(
    path: &RepoPath,
    bytes: &[u8],
    layout: &Layout,
    schemas: Option<&CrdSchemas>,
) -> Result<ManagedObject, Box<Finding>> {
    let read = only_object(path, bytes, schemas)?;
    let below = path.below(&layout.managed());
    let in_place = match classify(&read.group, &read.version, &read.id().kind) {
        Some(Classified::Known { info, .. }) => {
            below.is_some_and(|below| below.split_once('/').is_some_and(|(dir, _)| dir == info.directory))
        }
        Some(Classified::UnknownHedgehog { .. }) => true,
        _ => below.is_none(),
    };
    Ok(ManagedObject {
        in_place,
        object: read.object,
        group: read.group,
        content: read.content,
        comments: read.comments,
        file: ContentHash::of(bytes),
    })
}

fn twice(id: &ResourceId, path: &RepoPath, other: &RepoPath) -> Finding {
    Finding::new(Code::ManagedTwice, format!("{id} stands in {other} too."))
        .hint("Keep one of the two files.")
        .in_file(path)
        .about(&id.kind, &id.name)
}
