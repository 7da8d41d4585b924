//! The objects of a fabric as a person looks through them, and a draft before it is saved.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::catalog::{self, Catalog, Entry, Marks};
use crate::catalog::{
    Draft, DraftReport, ResourceDetail, ResourcePage, ResourceQuery, ResourceRow, SchemaField,
};
use crate::error::{Error, Result};
use crate::fgd::{Layout, ManagedIndex, read_plain};
use crate::finding::{Finding, Severity};
use crate::id::{FabricId, RepoPath, Revision};
use crate::schema::{Object, Shape, Spec};
use crate::store::StoredFabric;

use super::live::Edited;
use super::preview::line_diff;
use super::{Engine, Inner, lock};

/// After how long without a look a fabric's objects are arranged no more.
const RESTS_AFTER: Duration = Duration::from_secs(10 * 60);
/// Of how many fabrics the objects are held arranged.
const HELD: usize = 3;

/// The objects of a fabric, arranged, and what they were arranged from.
#[derive(Debug, Clone)]
pub(super) struct Held {
    at: Standing,
    used: Instant,
    catalog: Arc<Catalog>,
}

/// Where a fabric stands: another commit or another edit makes another catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Standing {
    head: Option<Revision>,
    edits: Vec<Edited>,
}

impl Held {
    /// Whether nobody has looked for long.
    pub(super) fn rests(&self) -> bool {
        self.used.elapsed() > RESTS_AFTER
    }
}

impl Engine {
    /// The objects of a fabric that fit a search. The first look reads them all; after that it costs what has
    /// changed, and a search over a hundred thousand takes milliseconds. While a run is under way the objects
    /// may be those from before it.
    pub async fn resources(&self, id: FabricId, query: ResourceQuery) -> Result<ResourcePage> {
        self.blocking(move |engine| {
            let fabric = engine.store.fabric(&id)?;
            Ok(engine.catalog(&fabric)?.page(&query))
        })
        .await
    }

    /// One object, by its file, with what it names and who names it. A file that can't be read as an object is
    /// shown as it is.
    pub async fn resource(&self, id: FabricId, file: RepoPath) -> Result<ResourceDetail> {
        self.blocking(move |engine| engine.resource(&id, &file)).await
    }

    /// The file of an object that somebody names as in [`ResourceRow::id`], whatever the case; none where there
    /// is none.
    pub async fn resource_file(&self, id: FabricId, object: String) -> Result<Option<RepoPath>> {
        self.blocking(move |engine| {
            let fabric = engine.store.fabric(&id)?;
            let catalog = engine.catalog(&fabric)?;
            Ok(catalog.file_of(&object).or_else(|| catalog.file_of_any_case(&object)).cloned())
        })
        .await
    }

    /// What saving a draft would come to. Nothing is written.
    pub async fn check_draft(&self, id: FabricId, draft: Draft) -> Result<DraftReport> {
        self.blocking(move |engine| engine.check_draft(&id, draft)).await
    }

    /// What an object of this kind may hold.
    pub fn schema_of(kind: &str) -> Vec<SchemaField> {
        catalog::schema_of(kind)
    }

    /// A text that a new object of this kind can begin with.
    pub fn new_object(kind: &str, name: &str) -> String {
        catalog::new_object(kind, name)
    }
}

impl Inner {
    /// The objects of a fabric, as they stand now.
    fn catalog(&self, fabric: &StoredFabric) -> Result<Arc<Catalog>> {
        let live = self.live(&fabric.id);
        let at = self.standing(fabric)?;
        let held = |at: &Standing| {
            let mut state = live.state();
            let held = state.catalog.as_mut().filter(|held| held.at == *at)?;
            held.used = Instant::now();
            Some(Arc::clone(&held.catalog))
        };
        if let Some(catalog) = held(&at) {
            return Ok(catalog);
        }
        let _arranging = lock(&live.arranging);
        // Somebody else may have done it meanwhile.
        let at = self.standing(fabric)?;
        if let Some(catalog) = held(&at) {
            return Ok(catalog);
        }
        let before = live.state().catalog.clone();
        let catalog = match (live.index.try_lock(), &before) {
            (Ok(mut index), _) => {
                self.arrange(fabric, &mut index, &at, before.as_ref().map(|held| &*held.catalog))?
            }
            // A run works with the objects. Nobody waits for it: it is looked at again when it has ended.
            (Err(_), Some(before)) => return Ok(Arc::clone(&before.catalog)),
            (Err(_), None) => self.arrange(fabric, &mut ManagedIndex::default(), &at, None)?,
        };
        let catalog = Arc::new(catalog);
        live.state().catalog = Some(Held { at, used: Instant::now(), catalog: Arc::clone(&catalog) });
        self.keep_few_catalogs();
        Ok(catalog)
    }

    /// Lets go of all catalogs but those that were looked at last.
    pub(super) fn keep_few_catalogs(&self) {
        let mut used: Vec<_> = lock(&self.live)
            .values()
            .filter_map(|live| Some((live.state().catalog.as_ref()?.used, Arc::clone(live))))
            .collect();
        used.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        for (_, live) in used.into_iter().skip(HELD) {
            live.state().catalog = None;
        }
    }

    fn standing(&self, fabric: &StoredFabric) -> Result<Standing> {
        let head = self.open_repo(fabric)?.tip(&fabric.branch)?;
        let live = self.live(&fabric.id);
        let measured = live.state().edits();
        let edits = match measured {
            Some(edits) => edits,
            None => {
                self.measure(fabric)?;
                live.state().edits().unwrap_or_default()
            }
        };
        Ok(Standing { head, edits })
    }

    /// Reads what is new, and arranges all of it.
    fn arrange(
        &self,
        fabric: &StoredFabric,
        index: &mut ManagedIndex,
        at: &Standing,
        before: Option<&Catalog>,
    ) -> Result<Catalog> {
        let layout = Layout::new(fabric.directory.clone());
        let repo = self.open_repo(fabric)?;
        let work_tree = repo.work_tree();
        let live = self.live(&fabric.id);
        let hear = |since| live.sight.hear(layout.root(), since);
        index.refresh(work_tree, &layout, &hear, &mut |_, _| Ok(()))?;
        let objects: Vec<_> = index.objects(&layout).collect();
        let mut shapes: HashMap<&str, Option<Shape>> = HashMap::new();
        for (_, managed) in &objects {
            let kind = managed.object.id.kind.as_str();
            if !shapes.contains_key(kind) {
                shapes.insert(kind, shape_of(&managed.object));
            }
        }
        let entry = |(path, managed): &(&RepoPath, &crate::fgd::ManagedObject)| {
            let known = before.and_then(|before| before.entry(path));
            if let Some(known) = known.filter(|known| known.hash == managed.file) {
                return Some(Arc::clone(known));
            }
            // One that is gone or broken by now is told when that is noticed.
            let bytes = read_plain(work_tree, path).ok().flatten()?;
            let shape = shapes.get(managed.object.id.kind.as_str()).and_then(Option::as_ref);
            Entry::read(&managed.object, &bytes, shape).map(Arc::new)
        };
        let entries: Vec<Arc<Entry>> = objects.par_iter().filter_map(entry).collect();
        let mut marks: HashMap<RepoPath, Marks> = HashMap::new();
        for finding in index.findings() {
            if let Some(file) = finding.file.clone() {
                marks.entry(file).or_default().findings.push(finding);
            }
        }
        for edited in &at.edits {
            marks.entry(edited.path().clone()).or_default().is_edited = true;
        }
        Ok(Catalog::new(entries, marks))
    }

    fn resource(&self, id: &FabricId, file: &RepoPath) -> Result<ResourceDetail> {
        let fabric = self.store.fabric(id)?;
        let managed = Layout::new(fabric.directory.clone()).managed();
        let read = self.object_text(id, file)?;
        if read.blob.is_none() || read.file.below(&managed).is_none_or(str::is_empty) {
            return Err(Error::NoObjectFile { file: read.file });
        }
        let catalog = self.catalog(&fabric)?;
        let findings = catalog.findings_of(&read.file).to_vec();
        let row = catalog
            .row(&read.file)
            .unwrap_or_else(|| no_object(&read.file, &findings, catalog.is_edited(&read.file)));
        let detailed = catalog::detailed(&read.text, &catalog);
        Ok(ResourceDetail {
            referred_by: catalog.referrers(&row.id),
            row,
            fields: detailed.fields,
            refers_to: detailed.refers_to,
            text: read.text,
            blob: read.blob,
            findings,
        })
    }

    fn check_draft(&self, id: &FabricId, draft: Draft) -> Result<DraftReport> {
        let fabric = self.store.fabric(id)?;
        if let Some(file) = &draft.file {
            let file = RepoPath::parse(file.as_str())?;
            let managed = Layout::new(fabric.directory.clone()).managed();
            if file.below(&managed).is_none_or(str::is_empty) {
                return Err(Error::NoObjectFile { file });
            }
        }
        let tried = self.only_look(&fabric, |flow| flow.try_draft(&draft))?;
        let standing = tried.standing.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        Ok(DraftReport {
            findings: tried.findings,
            id: tried.id.as_ref().map(catalog::id_of),
            is_new: tried.standing.is_none(),
            collides: tried.collides,
            diff: line_diff(&standing, &draft.text),
            text: draft.text,
        })
    }
}

/// What the spec of an object may hold. A kind of that name in another group is another kind.
fn shape_of(object: &Object) -> Option<Shape> {
    object.key.as_ref().and_then(|_| Spec::shape(&object.id.kind))
}

/// The row of a file that holds no object.
fn no_object(file: &RepoPath, findings: &[Finding], is_edited: bool) -> ResourceRow {
    let of = |severity| {
        let count = findings.iter().filter(|finding| finding.severity == severity).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    ResourceRow {
        id: file.to_string(),
        kind: String::new(),
        namespace: String::new(),
        name: file.file_name().to_owned(),
        file: file.clone(),
        summary: String::new(),
        cells: Vec::new(),
        errors: of(Severity::Error),
        warnings: of(Severity::Warning),
        labels: 0,
        is_edited,
    }
}
