//! The engine: one object that the window and the command line drive.

mod accounts;
mod add;
mod changes;
mod changes_view;
mod connection;
mod deliver;
mod demo;
mod github_repositories;
mod github_sign_in;
mod hosting;
mod housekeeping;
mod inspect;
mod listen;
mod live;
mod pages;
mod preview;
mod proposals;
mod resources;
mod run;
mod survey;
#[cfg(test)]
mod tests;
mod topology;
mod two_way;
mod wake;
mod webhooks;
mod window;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Semaphore, oneshot};

use crate::beneath;
use crate::error::{Error, Result};
use crate::event::{Emit, Event};
use crate::fgd::{self, FabricFile, FabricRules, Layout};
use crate::finding::Finding;
use crate::git::{Handle, Head, Repo};
use crate::github::{Budgets, Connector, WayOut};
use crate::id::{BranchName, FabricId, OperationId, RemoteUrl, RepoPath, RepositoryId};
use crate::listener::Tally;
use crate::operation::{DocumentCounts, Operation, OperationKind, Trigger};
use crate::schema::CrdSchemas;
use crate::secrets::Secrets;
use crate::settings::FabricSettings;
use crate::store::{Store, StoredFabric, StoredRepository};
use crate::sync::Errand;
use crate::view::{
    AddFabric, FabricFindings, FabricRun, FabricView, InboxText, Preview, Source, SourceReport,
    StructureReport,
};

pub use changes_view::{ChangeKind, ChangesView, CommitChanges, CommitView, ObjectChange};
pub use deliver::Delivery;
pub use demo::Demo;
use live::Live;
use run::{Job, Worker};

/// How many repositories are worked on at once: enough to hide slow networks, few enough for a laptop.
const AT_ONCE: usize = 4;

/// The engine. Cheap to clone; every clone is the same engine. Dropping the last one ends its watches.
///
/// Its methods are safe to call from any task; those that work with the disk or a network run apart from
/// the caller's thread.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    home: PathBuf,
    store: Store,
    secrets: Secrets,
    budgets: Budgets,
    /// Connections to hosts, and by which way they go.
    connector: Mutex<Option<(WayOut, Connector)>>,
    /// A sign-in by code under way.
    device: Mutex<Option<github_sign_in::UnderWay>>,
    hearing: webhooks::Hearing,
    emit: Emit,
    tally: Arc<Tally>,
    live: Mutex<HashMap<FabricId, Arc<Live>>>,
    workers: Mutex<HashMap<RepositoryId, Worker>>,
    gate: Arc<Semaphore>,
    runtime: tokio::runtime::Handle,
    /// How often in a row each remote did not answer.
    silent: Mutex<HashMap<RemoteUrl, u32>>,
    /// A remote that was silent has answered: others may too.
    back_again: AtomicBool,
    /// When the timer last ticked, in milliseconds; 0 before the first time.
    ticked: AtomicI64,
}

/// Checks files of any sort as one fabric: these, and the YAML and JSON files below these directories. Nothing
/// of this machine is looked at beside them but `schemas`, a file or a folder with the fabric's CRDs.
///
/// # Errors
/// `Io` for a path that is not there, `SchemaUnreadable` for CRDs that can't be read.
pub fn validate(paths: &[PathBuf], schemas: Option<&Path>) -> Result<Check> {
    let schemas = schemas.map(CrdSchemas::read).transpose()?;
    let checked = fgd::check_files(paths, schemas)?;
    Ok(Check {
        findings: checked.findings,
        documents: checked.documents,
        objects: u32::try_from(checked.objects).unwrap_or(u32::MAX),
    })
}

/// What a look at a fabric found, without changing anything.
#[derive(Debug, Clone)]
pub struct Check {
    /// Problems and warnings, of what stands and of what waits.
    pub findings: Vec<Finding>,
    /// What would become of the documents that wait in the inbox.
    pub documents: DocumentCounts,
    /// How many objects stand in the directory.
    pub objects: u32,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these guard is replaced whole, so a panic elsewhere leaves nothing half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine {
    /// How long a directory must be quiet before what arrived there is looked at.
    pub const DEBOUNCE: std::time::Duration = crate::sync::DEBOUNCE;

    /// Opens the engine over a data directory (`home`), which is made if it is not there. Must be called
    /// inside a tokio runtime. Nothing is watched and nothing runs until [`Engine::start`] or a command.
    pub fn open(home: &Path, emit: Emit) -> Result<Self> {
        #[cfg(feature = "failpoints")]
        crate::failpoint::read_environment();
        let tally = Arc::new(Tally::default());
        let inner = Inner {
            home: home.to_path_buf(),
            store: Store::open(home)?,
            secrets: Secrets::new(home),
            budgets: Budgets::default(),
            connector: Mutex::default(),
            device: Mutex::default(),
            hearing: webhooks::Hearing::default(),
            emit: tally.counting(emit),
            tally,
            live: Mutex::default(),
            workers: Mutex::default(),
            gate: Arc::new(Semaphore::new(AT_ONCE)),
            runtime: tokio::runtime::Handle::current(),
            silent: Mutex::default(),
            back_again: AtomicBool::new(false),
            ticked: AtomicI64::new(0),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The data directory that the window and the command line share: the operating system's place for an
    /// application's data. None where the user has no home.
    pub fn default_home() -> Option<PathBuf> {
        dirs::data_dir().map(|data| data.join("com.githedgehog.fgd-sync"))
    }

    /// The data directory.
    pub fn home(&self) -> &Path {
        &self.inner.home
    }

    /// The fabrics of the list, by name, as far as they are known now: this does not wait for the disk.
    pub async fn fabrics(&self) -> Result<Vec<FabricView>> {
        self.blocking(|engine| {
            engine.store.listed_fabrics()?.iter().map(|fabric| engine.view(fabric)).collect()
        })
        .await
    }

    /// One fabric, measured anew.
    pub async fn fabric(&self, id: FabricId) -> Result<FabricView> {
        self.blocking(move |engine| {
            let fabric = engine.store.fabric(&id)?;
            engine.measure(&fabric)?;
            engine.view(&fabric)
        })
        .await
    }

    /// The fabric whose directory is `path`, inside a Git work tree, on the branch that is checked out
    /// there. It becomes known, and is not put in the list. The directory need not exist yet.
    pub async fn fabric_at(&self, path: PathBuf) -> Result<FabricId> {
        self.blocking(move |engine| engine.fabric_at(&path)).await
    }

    /// Looks at a source without changing anything: says what is there or what is wrong with it.
    pub async fn inspect(&self, source: Source) -> Result<SourceReport> {
        self.blocking(move |engine| engine.inspect(source)).await
    }

    /// Adds a fabric to the list: clones where needed, makes the directory's structure where it is missing,
    /// commits and pushes that. A failure before the commit leaves nothing behind. Once the fabric is in
    /// the list, a push that fails is in its status and its log, and not an error here.
    pub async fn add(&self, request: AddFabric) -> Result<FabricView> {
        let view = self.blocking(move |engine| engine.add(request)).await?;
        self.look_after(&view.id);
        Ok(view)
    }

    /// Puts a fabric that is known in the list; one that is there already stays as it is.
    pub async fn list(&self, id: FabricId) -> Result<FabricView> {
        let listed = id.clone();
        let view = self
            .blocking(move |engine| {
                let fabric = engine.store.fabric(&listed)?;
                if !fabric.listed {
                    engine.store.list_fabric(&listed, &fabric.name)?;
                }
                engine.measure(&fabric)?;
                engine.view(&fabric)
            })
            .await?;
        self.look_after(&id);
        Ok(view)
    }

    /// Gives a fabric that has no structure yet the name that its structure will carry.
    pub async fn rename(&self, id: FabricId, name: String) -> Result<()> {
        self.blocking(move |engine| engine.store.rename_fabric(&id, &name)).await
    }

    /// Takes a fabric from the list. Nothing is deleted, on disk or on the remote.
    pub async fn remove(&self, id: FabricId) -> Result<()> {
        self.blocking(move |engine| {
            engine.store.unlist_fabric(&id)?;
            let live = lock(&engine.live).remove(&id);
            if let Some(live) = live {
                live.cancel();
            }
            (engine.emit)(Event::Removed(id));
            Ok(())
        })
        .await
    }

    /// Runs an operation on a fabric, after those that wait for the same repository, and says what came of
    /// it. A failure of the run is an outcome of it, in the returned operation.
    pub async fn run(&self, id: FabricId, kind: OperationKind, trigger: Trigger) -> Result<Operation> {
        self.run_on(id, kind, Errand::Whatever, trigger).await
    }

    /// Takes a file out of a fabric's inbox. Its bytes stay in the clone's object store, under
    /// `refs/fgd/discarded/`.
    pub async fn discard(&self, id: FabricId, file: RepoPath, trigger: Trigger) -> Result<Operation> {
        let file = RepoPath::parse(file.as_str())?;
        self.run_on(id, OperationKind::Discard, Errand::File(file), trigger).await
    }

    /// Moves a file from a fabric's inbox to `unmanaged/`, byte for byte.
    pub async fn move_to_unmanaged(
        &self,
        id: FabricId,
        file: RepoPath,
        trigger: Trigger,
    ) -> Result<Operation> {
        let file = RepoPath::parse(file.as_str())?;
        self.run_on(id, OperationKind::MoveToUnmanaged, Errand::File(file), trigger).await
    }

    async fn run_on(
        &self,
        id: FabricId,
        kind: OperationKind,
        errand: Errand,
        trigger: Trigger,
    ) -> Result<Operation> {
        let (reply, outcome) = oneshot::channel();
        self.inner.enqueue(Job { fabric: id.clone(), kind, trigger, errand, reply: Some(reply) })?;
        let operation =
            outcome.await.map_err(|_| Error::Internal { detail: "the worker is gone".to_owned() })??;
        // What was done by hand is to be pushed, and what was moved to the inbox is to be taken, in one go.
        let by_hand = matches!(
            kind,
            OperationKind::Repair
                | OperationKind::Discard
                | OperationKind::MoveToUnmanaged
                | OperationKind::Edit
                | OperationKind::Undo
        );
        if by_hand && operation.commit.is_some() {
            self.inner.wake_after_changes(&id);
        }
        Ok(operation)
    }

    /// Asks a run to stop at its next safe point. One that has ended already is left alone.
    pub fn cancel(&self, operation: &OperationId) {
        let all: Vec<_> = lock(&self.inner.live).values().cloned().collect();
        for live in all {
            live.cancel_if(operation);
        }
    }

    /// Says whether the app syncs a fabric by itself.
    pub async fn set_auto_sync(&self, id: FabricId, on: bool) -> Result<FabricView> {
        let changed = id.clone();
        let view = self
            .blocking(move |engine| {
                engine.store.set_auto_sync(&changed, on)?;
                let fabric = engine.store.fabric(&changed)?;
                engine.live(&changed).set_paused(!on);
                let view = engine.view(&fabric)?;
                (engine.emit)(Event::Fabric(Box::new(view.clone())));
                Ok(view)
            })
            .await?;
        if on {
            self.inner.wake(&id, Trigger::Start);
        }
        Ok(view)
    }

    /// Runs an operation on all fabrics of the list at once, each for itself: what one can't do holds up no
    /// other. Says what came of each, in the order of the list.
    pub async fn run_all(&self, kind: OperationKind, trigger: Trigger) -> Result<Vec<FabricRun>> {
        let fabrics = self.blocking(|engine| engine.store.listed_fabrics()).await?;
        let runs: Vec<_> = fabrics
            .into_iter()
            .map(|fabric| {
                let (engine, id) = (self.clone(), fabric.id.clone());
                let run = self.inner.runtime.spawn(async move { engine.run(id, kind, trigger).await });
                (fabric.id, run)
            })
            .collect();
        let mut outcomes = Vec::with_capacity(runs.len());
        for (id, run) in runs {
            let outcome = run.await.map_err(|error| Error::Internal { detail: error.to_string() });
            outcomes.push(match outcome.and_then(|outcome| outcome) {
                Ok(operation) => FabricRun { fabric: id, operation: Some(operation), error: None },
                Err(error) => FabricRun { fabric: id, operation: None, error: Some(error.report()) },
            });
        }
        Ok(outcomes)
    }

    /// What a person prefers for a fabric.
    pub async fn settings(&self, id: FabricId) -> Result<FabricSettings> {
        self.blocking(move |engine| engine.store.settings(&id)).await
    }

    /// Changes what a person prefers for a fabric; gives back what is kept.
    pub async fn set_settings(&self, id: FabricId, settings: FabricSettings) -> Result<FabricSettings> {
        let settings = settings.checked()?;
        let (of, kept) = (id.clone(), settings.clone());
        self.blocking(move |engine| {
            engine.store.fabric(&of)?;
            engine.store.set_settings(&of, &kept)
        })
        .await?;
        self.inner.wake(&id, Trigger::FollowUp);
        Ok(settings)
    }

    /// What decides a fabric's tree, as its directory says it.
    pub async fn rules(&self, id: FabricId) -> Result<FabricRules> {
        self.blocking(move |engine| {
            let fabric = engine.store.fabric(&id)?;
            engine.only_look(&fabric, |flow| flow.rules())
        })
        .await
    }

    /// Changes that, by a commit; a sync follows. With the rules that it has already, there is none.
    pub async fn set_rules(&self, id: FabricId, rules: FabricRules, trigger: Trigger) -> Result<Operation> {
        self.run_on(id, OperationKind::Edit, Errand::Rules(rules), trigger).await
    }

    /// The window came to the front: the remotes of those fabrics that want it are asked.
    pub fn focused(&self) {
        let engine = Arc::clone(&self.inner);
        drop(self.inner.runtime.spawn_blocking(move || engine.focused()));
    }

    /// The last runs of a fabric that have ended, newest first.
    pub async fn operations(&self, id: FabricId, limit: u32) -> Result<Vec<Operation>> {
        self.blocking(move |engine| {
            let running = engine.live(&id).state().running.as_ref().map(|running| running.operation());
            let mut operations = engine.store.operations(&id, limit)?;
            operations.retain(|operation| Some(&operation.id) != running.as_ref());
            Ok(operations)
        })
        .await
    }

    /// Checks what stands in a fabric's directory and what waits in its inbox, and changes nothing.
    pub async fn check(&self, id: FabricId) -> Result<Check> {
        self.blocking(move |engine| engine.check(&id)).await
    }

    /// What a sync would do with what waits in the inbox; changes nothing.
    pub async fn preview(&self, id: FabricId) -> Result<Preview> {
        self.blocking(move |engine| engine.preview(&id)).await
    }

    /// What is wrong with what stands in a fabric's directory.
    pub async fn findings(&self, id: FabricId) -> Result<FabricFindings> {
        self.blocking(move |engine| engine.findings(&id)).await
    }

    /// What is not right with the structure of a fabric's directory, and what [`OperationKind::Repair`] would
    /// do about it.
    pub async fn check_structure(&self, id: FabricId) -> Result<StructureReport> {
        self.blocking(move |engine| engine.check_structure(&id)).await
    }

    /// The text of a file that waits in a fabric's inbox, for showing a problem in its place. What is not
    /// text is shown as far as it is.
    pub async fn inbox_text(&self, id: FabricId, file: RepoPath) -> Result<InboxText> {
        let path = self.inbox(id, Some(file)).await?;
        self.blocking(move |_| preview::inbox_text(&path)).await
    }

    /// Where a fabric's inbox is on this machine, or a plain file that waits in it. Nothing else in the
    /// repository or outside of it can be named: the file's path comes from the page.
    pub async fn inbox(&self, id: FabricId, file: Option<RepoPath>) -> Result<PathBuf> {
        self.blocking(move |engine| {
            let fabric = engine.store.fabric(&id)?;
            let work_tree = engine.repository(&fabric)?.path;
            let raw = Layout::new(fabric.directory).raw();
            let Some(file) = file else { return Ok(raw.under(&work_tree)) };
            let file = RepoPath::parse(file.as_str())?;
            let path = file.under(&work_tree);
            let waits = file.below(&raw).is_some_and(|rest| !rest.is_empty())
                && Layout::takes(file.file_name())
                && beneath::open(&work_tree, &file).is_ok();
            if waits { Ok(path) } else { Err(Error::NotInTheInbox { file }) }
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Arc<Inner>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = Arc::clone(&self.inner);
        let done = self.inner.runtime.spawn_blocking(move || work(&inner)).await;
        done.map_err(|error| Error::Internal { detail: error.to_string() })?
    }
}

impl Inner {
    fn repository(&self, fabric: &StoredFabric) -> Result<StoredRepository> {
        self.store.repository(&fabric.repository)?.ok_or(Error::FabricUnknown)
    }

    fn open_repo(&self, fabric: &StoredFabric) -> Result<Handle> {
        let author = self.store.chosen(crate::settings::AUTHOR)?;
        let live = self.live(&fabric.id);
        live.state().used = Some(Instant::now());
        live.shelf.open(&self.repository(fabric)?.path, author)
    }

    fn live(&self, id: &FabricId) -> Arc<Live> {
        Arc::clone(lock(&self.live).entry(id.clone()).or_default())
    }

    fn fabric_at(&self, path: &Path) -> Result<FabricId> {
        let (repo, directory) = discover(path)?;
        let branch = match repo.head()? {
            Head::Branch { name, .. } => name,
            Head::Detached(_) => return Err(Error::DetachedHead),
        };
        let name = propose_name(&repo, &directory, &branch)?;
        let repository = self.store.repository_at(repo.work_tree(), false)?;
        Ok(self.store.fabric_at(FabricId::random(), &repository.id, &branch, &directory, &name)?.id)
    }
}

/// The work tree that holds `path`, which need not exist, and the path's place in it.
fn discover(path: &Path) -> Result<(Repo, RepoPath)> {
    let path = std::path::absolute(path).map_err(Error::io(path))?;
    let existing = path
        .ancestors()
        .find(|ancestor| ancestor.is_dir())
        .ok_or_else(|| Error::FolderMissing { path: path.clone() })?;
    let (repo, place) = Repo::discover(existing)?;
    let rest = path.strip_prefix(existing).unwrap_or(Path::new(""));
    let rest =
        rest.to_str().ok_or_else(|| Error::DirectoryOutside { directory: path.display().to_string() })?;
    let rest = RepoPath::parse(&rest.replace(std::path::MAIN_SEPARATOR, "/"))?;
    Ok((repo, place.join(rest.as_str())))
}

/// The name that the directory's own file gives it, or that its path suggests.
fn propose_name(repo: &Repo, directory: &RepoPath, branch: &BranchName) -> Result<String> {
    let file = Layout::new(directory.clone()).fabric_file();
    if let Ok(Some(bytes)) = fgd::read_plain(repo.work_tree(), &file)
        && let Ok(read) = FabricFile::read(&file, &bytes, directory)
    {
        return Ok(read.fabric_name);
    }
    if !directory.is_root() {
        return Ok(directory.file_name().to_owned());
    }
    let remote = repo.remote(branch)?.map(|remote| crate::git::display_name(&remote.url));
    let folder = repo.work_tree().file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(remote.or(folder).unwrap_or_else(|| "fabric".to_owned()))
}
