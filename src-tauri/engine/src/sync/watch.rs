//! Watching a directory. An event is a hint that something may be there, and nothing more.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, EventKindMask, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use crate::git::{identity, is_staged};

/// How long a directory must be quiet before the hint is given.
pub(crate) const DEBOUNCE: Duration = Duration::from_millis(300);
/// After how long the hint is given in a directory that is never quiet: what is still written there is left
/// alone by whoever looks.
const AT_LAST: Duration = Duration::from_millis(1500);
/// How often a directory is looked through where the system gives no events.
const POLL: Duration = Duration::from_secs(3);

/// How long a mark is waited for: the system tells of it as soon as it has told of all before it.
const PATIENCE: Duration = Duration::from_millis(100);

/// How many paths are remembered of what was heard: after more, a look at everything costs less.
const REMEMBERED: usize = 16_384;
/// What two watches count is never the same: each begins this far after the one before.
const APART: u64 = 1 << 32;
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A watch over a fabric's directory. Dropping it ends it. While nothing happens it costs nothing.
pub(crate) struct Watch {
    directory: PathBuf,
    /// Which directory that was when the watch began, where the system tells.
    identity: Option<(u64, u64)>,
    _watcher: Mutex<Box<dyn Watcher + Send>>,
    heard: Arc<Heard>,
    /// Where marks are made; none where the order of events is not known.
    marks: Option<TempDir>,
}

/// What was heard of a directory so far.
struct Heard {
    directory: PathBuf,
    marks: Option<PathBuf>,
    so_far: Mutex<SoFar>,
    marked: Condvar,
}

struct SoFar {
    /// Changes, and gaps in what was heard.
    changes: u64,
    /// The paths that something was done to, each with the number of the last change.
    paths: HashMap<PathBuf, u64>,
    /// Up to which change it is not remembered what was done to.
    forgotten: u64,
    /// The marks that were made, and the newest that was heard of.
    made: u64,
    mark: u64,
    /// Whether what is done from now on may be heard of no more.
    is_blind: bool,
}

impl SoFar {
    /// Takes note of a change to these paths; to any, where there are none.
    fn change(&mut self, paths: &[PathBuf]) {
        self.changes += 1;
        // What is written beside its place is heard of again when it is put there.
        for path in paths.iter().filter(|path| !is_staged(path)) {
            self.paths.insert(path.clone(), self.changes);
        }
        if paths.is_empty() || self.paths.len() > REMEMBERED {
            self.paths.clear();
            self.forgotten = self.changes;
        }
    }
}

/// What was done in a directory since some time.
pub(crate) struct Changed {
    /// The number of the last change.
    pub(crate) at: u64,
    /// The paths below the directory that something was done to; none where that is not known.
    pub(crate) paths: Option<Vec<PathBuf>>,
}

impl Heard {
    fn new(directory: &Path, marks: Option<&Path>) -> Self {
        let begin = NEXT.fetch_add(1, Ordering::Relaxed).saturating_mul(APART);
        let so_far = SoFar {
            changes: begin,
            paths: HashMap::new(),
            forgotten: begin,
            made: 0,
            mark: 0,
            is_blind: false,
        };
        Self {
            directory: directory.to_owned(),
            marks: marks.map(Path::to_owned),
            so_far: Mutex::new(so_far),
            marked: Condvar::new(),
        }
    }

    fn so_far(&self) -> MutexGuard<'_, SoFar> {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of an event; whether it is one of the directory.
    fn take(&self, event: &notify::Result<notify::Event>) -> bool {
        let mut so_far = self.so_far();
        let event = match event {
            Ok(event) => event,
            // What was missed is not known: look.
            Err(error) => {
                tracing::debug!(%error, "file events were lost");
                // Of a new directory nothing will be told.
                so_far.is_blind |= matches!(error.kind, notify::ErrorKind::MaxFilesWatch);
                so_far.change(&[]);
                return true;
            }
        };
        if event.need_rescan() {
            so_far.change(&[]);
            return true;
        }
        let is_mark = |marks: &PathBuf| event.paths.iter().all(|path| path.starts_with(marks));
        if !event.paths.is_empty() && self.marks.as_ref().is_some_and(is_mark) {
            let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u64>().ok();
            so_far.mark = event.paths.iter().filter_map(number).fold(so_far.mark, u64::max);
            self.marked.notify_all();
            return false;
        }
        // Of a write through memory nothing is told but its end.
        let is_end = event.kind == EventKind::Access(AccessKind::Close(AccessMode::Write));
        if event.kind.is_access() && !is_end {
            return false;
        }
        // What gets its name next is another directory.
        let is_gone = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
        so_far.is_blind |= is_gone && event.paths.contains(&self.directory);
        so_far.change(&event.paths);
        !is_end
    }
}

impl Watch {
    /// Calls `hint`, on a thread that may block, when something below `directory` has changed and been quiet
    /// since, and when events were lost. Where the system can't watch (too many watches, say), the directory
    /// is polled.
    pub(crate) fn new(
        directory: &Path,
        runtime: &Handle,
        hint: impl Fn() + Clone + Send + 'static,
    ) -> notify::Result<Self> {
        // Before it is watched: where it is replaced meanwhile, that shows.
        let identity = directory.metadata().ok().and_then(|found| identity(&found));
        // Only of Linux it is known that one queue has the events of all directories, in their order.
        let marks = if cfg!(target_os = "linux") { tempfile::tempdir().ok() } else { None };
        let heard = Arc::new(Heard::new(directory, marks.as_ref().map(TempDir::path)));
        let watched =
            watch::<RecommendedWatcher>(directory, marks.as_ref(), &heard, runtime, told(), hint.clone());
        let (watcher, marks): (Box<dyn Watcher + Send>, _) = match watched {
            Ok(watcher) => (Box::new(watcher), marks),
            Err(error) => {
                let config = told().with_poll_interval(POLL);
                let polling = watch::<PollWatcher>(directory, None, &heard, runtime, config, hint)?;
                tracing::warn!(directory = %directory.display(), %error, "no file events; looking every few seconds");
                (Box::new(polling), None)
            }
        };
        Ok(Self { directory: directory.to_owned(), identity, _watcher: Mutex::new(watcher), heard, marks })
    }

    /// The watched directory, as it was named.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether some of what is done may be heard of no more: another watch is to be made. The directory is gone, or was,
    /// or another one has its name, as when a clone is replaced; or no more directories can be watched, which the next
    /// watch knows from its beginning.
    pub(crate) fn is_blind(&self) -> bool {
        let is_another = || self.directory.metadata().map_or(true, |found| identity(&found) != self.identity);
        self.heard.so_far().is_blind || is_another()
    }

    /// What was done since the change of that number, of this watch, when all that happened before this call is
    /// known; but for what the system tells nobody (a write through another name of a file, or through memory).
    /// Without a number, only the last change's. None where nothing can be known.
    pub(crate) fn changed(&self, since: Option<u64>) -> Option<Changed> {
        let marks = self.marks.as_ref().filter(|_| !self.is_blind())?.path();
        let mut so_far = self.heard.so_far();
        let [before, mark] = [so_far.made, so_far.made + 1];
        so_far.made = mark;
        // The same file under the next name: some file systems take long to make one.
        let file = |number: u64| marks.join(number.to_string());
        std::fs::rename(file(before), file(mark)).or_else(|_| std::fs::write(file(mark), "")).ok()?;
        let waited = self.heard.marked.wait_timeout_while(so_far, PATIENCE, |so_far| so_far.mark < mark);
        let (so_far, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (so_far.mark >= mark && !so_far.is_blind).then(|| {
            let known = since.filter(|since| (so_far.forgotten..=so_far.changes).contains(since));
            let paths = known.map(|since| {
                let later = so_far.paths.iter().filter(|(_, change)| **change > since);
                later.map(|(path, _)| path.clone()).collect()
            });
            Changed { at: so_far.changes, paths }
        })
    }
}

/// What is asked of the system: changes, and the end of each writing, but nothing of whoever only reads. The app itself
/// reads most. A link leads nowhere: what is behind one is not the fabric's, and may be the whole disk.
fn told() -> notify::Config {
    let kinds = EventKindMask::CORE | EventKindMask::ACCESS_CLOSE;
    notify::Config::default().with_event_kinds(kinds).with_follow_symlinks(false)
}

fn watch<W: Watcher>(
    directory: &Path,
    marks: Option<&TempDir>,
    heard: &Arc<Heard>,
    runtime: &Handle,
    config: notify::Config,
    hint: impl Fn() + Clone + Send + 'static,
) -> notify::Result<W> {
    let (sender, events) = unbounded_channel();
    let hears = Arc::clone(heard);
    let take = move |event: notify::Result<notify::Event>| {
        if hears.take(&event) {
            // The task goes with the watch.
            let _ended = sender.send(());
        }
    };
    let mut watcher = W::new(take, config)?;
    watcher.watch(directory, RecursiveMode::Recursive)?;
    if let Some(marks) = marks {
        watcher.watch(marks.path(), RecursiveMode::NonRecursive)?;
    }
    runtime.spawn(join(events, hint));
    Ok(watcher)
}

/// Makes one hint of the events of a file that is still written. Ends when the watch is dropped.
async fn join(mut events: UnboundedReceiver<()>, hint: impl Fn() + Clone + Send + 'static) {
    while events.recv().await.is_some() {
        let at_last = Instant::now() + AT_LAST;
        loop {
            let quiet = (Instant::now() + DEBOUNCE).min(at_last);
            match timeout_at(quiet, events.recv()).await {
                Ok(Some(())) if Instant::now() < at_last => {}
                Ok(None) => return,
                Ok(Some(())) | Err(_) => break,
            }
        }
        let hint = hint.clone();
        if let Err(error) = tokio::task::spawn_blocking(hint).await {
            tracing::error!(%error, "a hint ended in a defect");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use notify::event::{RemoveKind, RenameMode};

    use super::*;

    fn heard(directory: &Path) -> Arc<Heard> {
        Arc::new(Heard::new(directory, None))
    }

    fn sees_a_file(watch: impl FnOnce(&Path, mpsc::Sender<()>) -> Box<dyn std::any::Any>) {
        let home = tempfile::tempdir().expect("directory");
        let (sender, hints) = mpsc::channel();
        let _watch = watch(home.path(), sender);
        std::fs::write(home.path().join("a.yaml"), "a: 1\n").expect("file");
        hints.recv_timeout(Duration::from_secs(20)).expect("a hint");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_new_file_is_hinted_at() {
        let here = Handle::current();
        sees_a_file(|path, sender| {
            Box::new(Watch::new(path, &here, move || sender.send(()).unwrap_or(())).expect("watch"))
        });
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_that_is_written_in_many_steps_is_hinted_at_once_and_one_without_end_at_last() {
        let home = tempfile::tempdir().expect("directory");
        let (sender, hints) = mpsc::channel();
        let _watch = Watch::new(home.path(), &Handle::current(), move || sender.send(()).unwrap_or(()))
            .expect("watch");
        let file = home.path().join("a.yaml");
        let write = |times: usize| {
            for n in 0..times {
                std::fs::write(&file, format!("a: {n}\n")).expect("file");
                std::thread::sleep(Duration::from_millis(50));
            }
        };
        write(10);
        hints.recv_timeout(Duration::from_secs(20)).expect("a hint");
        assert!(hints.recv_timeout(DEBOUNCE * 2).is_err(), "one is enough");
        write(60);
        assert!(hints.try_recv().is_ok(), "nobody waits for ever");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn so_it_is_where_there_are_no_events() {
        let here = Handle::current();
        sees_a_file(|path, sender| {
            let config = told().with_poll_interval(Duration::from_millis(50));
            Box::new(
                super::watch::<PollWatcher>(path, None, &heard(path), &here, config, move || {
                    sender.send(()).unwrap_or(());
                })
                .expect("watch"),
            )
        });
    }

    #[cfg(target_os = "linux")]
    #[tokio::test(flavor = "multi_thread")]
    async fn what_happened_before_is_known() {
        let home = tempfile::tempdir().expect("directory");
        std::fs::create_dir(home.path().join("deep")).expect("directory");
        let (sender, hints) = mpsc::channel();
        let hint = move || sender.send(()).unwrap_or(());
        let watch = Watch::new(home.path(), &Handle::current(), hint).expect("watch");
        let changed = |since: u64| {
            let changed = watch.changed(Some(since)).expect("heard");
            (changed.at, changed.paths.expect("known"))
        };
        let begin = watch.changed(None).expect("heard").at;
        let mut last = begin;
        for n in 0..50 {
            assert_eq!(changed(last), (last, Vec::new()), "marks are no changes, and nothing happened");
            let file = home.path().join(format!("deep/{n}.yaml"));
            std::fs::write(&file, "a: 1\n").expect("file");
            let (now, paths) = changed(last);
            assert!(now > last && paths == [file], "the write before is known: {paths:?}");
            last = now;
        }
        let (_, mut paths) = changed(begin);
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), 50, "each path once");
        let other = Watch::new(home.path(), &Handle::current(), || {}).expect("watch");
        assert!(
            other.changed(Some(last)).expect("heard").paths.is_none(),
            "another watch counts differently"
        );
        hints.recv_timeout(Duration::from_secs(20)).expect("a hint");
        std::thread::sleep(DEBOUNCE * 2);
        while hints.try_recv().is_ok() {}
        assert!(watch.changed(None).is_some());
        assert!(hints.recv_timeout(DEBOUNCE * 2).is_err(), "a mark is no hint");
        let marks = watch.marks.as_ref().expect("marks").path();
        std::fs::remove_dir_all(marks).expect("removed");
        assert!(watch.changed(None).is_none(), "nothing is known without marks");
    }

    /// Where 30 fabrics are searched through at once, each open would be an event: more than the system keeps, and then
    /// nothing is known of what was written meanwhile.
    #[test]
    fn whoever_only_reads_wakes_nobody() {
        let home = tempfile::tempdir().expect("directory");
        let file = home.path().join("a.yaml");
        std::fs::write(&file, "a: 1\n").expect("file");
        let (sender, events) = mpsc::channel();
        let mut watcher = RecommendedWatcher::new(sender, told()).expect("watcher");
        watcher.watch(home.path(), RecursiveMode::Recursive).expect("watch");
        for _ in 0..100 {
            assert_eq!(std::fs::read(&file).expect("read"), b"a: 1\n");
            assert_eq!(std::fs::read_dir(home.path()).expect("read").count(), 1);
        }
        std::fs::remove_file(&file).expect("removed");
        let first = events.recv_timeout(Duration::from_secs(20)).expect("an event").expect("no error");
        assert!(first.kind.is_remove(), "{first:?}");
    }

    #[test]
    fn a_gap_in_what_was_heard_is_a_change_of_anything() {
        let overflow = notify::Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
        let broken = Err(notify::Error::generic("the queue is gone"));
        for gap in [Ok(overflow), broken] {
            let heard = heard(Path::new("lab"));
            let changes = |heard: &Heard| {
                let so_far = heard.so_far();
                (so_far.changes, so_far.forgotten, so_far.paths.len())
            };
            let written = notify::Event::new(EventKind::Any).add_path("a.yaml".into());
            assert!(heard.take(&Ok(written)), "a hint");
            let (before, _, paths) = changes(&heard);
            assert_eq!(paths, 1);
            assert!(heard.take(&gap), "a hint too");
            assert_eq!(changes(&heard), (before + 1, before + 1, 0), "whatever was done is not known");
            assert!(!heard.so_far().is_blind, "what is done now is heard of");
        }
    }

    #[test]
    fn a_watch_knows_when_it_hears_no_more() {
        let root = PathBuf::from("lab");
        let of = |kind: EventKind, path: PathBuf| Ok(notify::Event::new(kind).add_path(path));
        let gone =
            [EventKind::Remove(RemoveKind::Folder), EventKind::Modify(ModifyKind::Name(RenameMode::From))];
        let full = || Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch));
        let [removed, moved] = gone.map(|kind| of(kind, root.clone()));
        let [below, beside] = gone.map(|kind| of(kind, root.join("managed")));
        let changed = of(EventKind::Modify(ModifyKind::Any), root.clone());
        for (event, is_blind) in [
            (removed, true),
            (moved, true),
            (full(), true),
            (below, false),
            (beside, false),
            (changed, false),
        ] {
            let heard = heard(&root);
            assert!(heard.take(&event), "{event:?}");
            assert_eq!(heard.so_far().is_blind, is_blind, "{event:?}");
        }
    }

    #[cfg(unix)]
    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_behind_a_link_is_not_watched() {
        let (home, outside) =
            (tempfile::tempdir().expect("directory"), tempfile::tempdir().expect("directory"));
        std::os::unix::fs::symlink(outside.path(), home.path().join("link")).expect("link");
        let (sender, hints) = mpsc::channel();
        let hint = move || sender.send(()).unwrap_or(());
        let _watch = Watch::new(home.path(), &Handle::current(), hint).expect("watch");
        std::fs::write(outside.path().join("a.yaml"), "a: 1\n").expect("file");
        assert!(hints.recv_timeout(DEBOUNCE * 3).is_err(), "it is none of the fabric's");
        std::fs::write(home.path().join("a.yaml"), "a: 1\n").expect("file");
        hints.recv_timeout(Duration::from_secs(20)).expect("a hint");
    }

    #[test]
    fn only_so_much_is_remembered() {
        let path = |n: usize| PathBuf::from(format!("{n}.yaml"));
        let heard = heard(Path::new("lab"));
        let mut so_far = heard.so_far();
        let begin = so_far.changes;
        (0..REMEMBERED).for_each(|n| so_far.change(&[path(n)]));
        assert_eq!((so_far.paths.len(), so_far.forgotten), (REMEMBERED, begin));
        so_far.change(&[path(REMEMBERED)]);
        assert_eq!((so_far.paths.len(), so_far.forgotten), (0, so_far.changes));
        so_far.change(&[path(1)]);
        assert_eq!((so_far.paths.len(), so_far.forgotten), (1, so_far.changes - 1));
        // A gap may hide anything.
        so_far.change(&[]);
        assert_eq!((so_far.paths.len(), so_far.forgotten), (0, so_far.changes));
    }
}
