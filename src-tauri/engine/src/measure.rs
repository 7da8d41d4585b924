//! What the benchmarks run: the steps of an ingestion by themselves, without Git. Only with the feature
//! `measure`, since none of it is for users.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::catalog::{Catalog, Entry, ResourceQuery};
use crate::error::{Error, Result};
use crate::fgd::{
    ArchiveLog, FabricFile, Given, Inbox, Layout, ManagedIndex, Plan, Reading, SourceFile, only_object,
};
use crate::finding::Severity;
use crate::id::RepoPath;
use crate::schema::{Fabric, Key, Object, Spec};

/// Ingests one file into an empty directory as a sync does, and writes the files as an editor would: neither
/// staged nor synced, and no commit. Says how many objects were written.
pub fn ingest(source: &Path, directory: &Path) -> Result<usize> {
    let plan = plan(source)?;
    // Threads that make files in one directory only wait for each other.
    let mut places: BTreeMap<PathBuf, Vec<(PathBuf, &[u8])>> = BTreeMap::new();
    for change in &plan.changes {
        let path = change.path.under(directory);
        if let (Some(bytes), Some(parent)) = (&change.after, path.parent()) {
            places.entry(parent.to_path_buf()).or_default().push((path, bytes));
        }
    }
    for parent in places.keys() {
        std::fs::create_dir_all(parent).map_err(Error::io(parent))?;
    }
    places.par_iter().try_for_each(|(_, files)| {
        files.iter().try_for_each(|(path, bytes)| std::fs::write(path, bytes).map_err(Error::io(path)))
    })?;
    Ok(plan.counts().created as usize)
}

/// What the parts of checking a file's objects as one fabric take.
#[derive(Debug)]
pub struct Checking {
    /// How many objects there are.
    pub objects: usize,
    /// How many errors they have.
    pub errors: usize,
    /// Reading the file: split, parse, typed specs, and what each object says alone.
    pub read: Duration,
    /// Checking all objects against each other, from nothing.
    pub all: Duration,
    /// Checking again after each of a hundred objects was changed, one after the other: the slowest.
    pub one: Duration,
}

/// Reads a file's objects and checks them as one fabric.
pub fn check(source: &Path) -> Result<Checking> {
    let began = Instant::now();
    let bytes = std::fs::read(source).map_err(Error::io(source))?;
    let managed = ManagedIndex::default();
    let reading = Reading { fabric_name: "measure", managed: &managed, schemas: None };
    let file = SourceFile::parse(RepoPath::parse("raw/drop.yaml")?, bytes, reading);
    let documents = file.documents.unwrap_or_default().into_iter();
    let read_objects = documents.filter_map(|document| document.object.ok()).map(|read| read.object);
    let objects: Vec<(Key, Arc<Object>)> =
        read_objects.filter_map(|object| Some((object.key.clone()?, object))).collect();
    let read = began.elapsed();

    let began = Instant::now();
    let mut fabric = Fabric::default();
    for (key, object) in &objects {
        fabric.set(key, Some(Arc::clone(object)));
    }
    fabric.recheck();
    let all = began.elapsed();

    let mut one = Duration::ZERO;
    for (key, object) in objects.iter().step_by((objects.len() / 100).max(1)) {
        let began = Instant::now();
        fabric.set(key, None);
        fabric.set(key, Some(Arc::clone(object)));
        fabric.recheck();
        one = one.max(began.elapsed());
    }
    let errors = fabric.findings().iter().filter(|finding| finding.severity == Severity::Error).count();
    Ok(Checking { objects: objects.len(), errors, read, all, one })
}

fn plan(source: &Path) -> Result<Plan> {
    let layout = Layout::new(RepoPath::root());
    let fabric =
        FabricFile::read(&layout.fabric_file(), FabricFile::text("measure").as_bytes(), layout.root())?;
    let bytes = std::fs::read(source).map_err(Error::io(source))?;
    let mut managed = ManagedIndex::default();
    let reading = Reading { fabric_name: &fabric.fabric_name, managed: &managed, schemas: None };
    let file = SourceFile::parse(RepoPath::parse("raw/drop.yaml")?, bytes, reading);
    let inbox = Inbox { files: vec![file], unreadable: Vec::new() };
    let given = Given {
        layout: &layout,
        fabric: &fabric,
        edited: &Default::default(),
        log: &ArchiveLog::empty(),
        log_on_disk: None,
        archive_taken: &|_| None,
    };
    Plan::new(&given, inbox, &mut managed)
}

/// Objects, arranged for being searched.
#[derive(Debug)]
pub struct Searching {
    catalog: Catalog,
    entries: Vec<Arc<Entry>>,
    /// From texts to objects that can be searched, on all cores.
    pub read: Duration,
    /// From those to a table of all of them.
    pub arranged: Duration,
}

impl Searching {
    /// Reads texts, each of one object, and arranges them.
    pub fn new(texts: &[String]) -> Self {
        let began = Instant::now();
        let entry = |(at, text): (usize, &String)| {
            let path = RepoPath::root().join(&format!("managed/{at}.yaml"));
            let read = only_object(&path, text.as_bytes(), None).ok()?;
            let shape = Spec::shape(&read.object.id.kind);
            Entry::read(&read.object, text.as_bytes(), shape.as_ref()).map(Arc::new)
        };
        let entries: Vec<Arc<Entry>> = texts.par_iter().enumerate().filter_map(entry).collect();
        let read = began.elapsed();
        let began = Instant::now();
        let catalog = Catalog::new(entries.clone(), Default::default());
        Self { catalog, entries, read, arranged: began.elapsed() }
    }

    /// Arranges the same objects once more, as after a change; says how long that takes.
    pub fn again(&self) -> Duration {
        let began = Instant::now();
        drop(Catalog::new(self.entries.clone(), Default::default()));
        began.elapsed()
    }

    /// Searches once, for the first hundred rows; says how many objects match.
    pub fn search(&self, text: &str, sort: Option<&str>) -> (u32, Duration) {
        let query = ResourceQuery {
            text: text.to_owned(),
            sort: sort.map(str::to_owned),
            limit: 100,
            ..ResourceQuery::default()
        };
        let began = Instant::now();
        let page = self.catalog.page(&query);
        (page.total, began.elapsed())
    }
}
