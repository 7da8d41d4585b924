//! Watching a directory. An event is a hint that something may be there, and nothing more.

use std::path::Path;
use std::time::Duration;

use notify::{PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout_at};

/// How long a directory must be quiet before the hint is given.
pub(crate) const DEBOUNCE: Duration = Duration::from_millis(300);
/// After how long the hint is given in a directory that is never quiet: what is still written there is left
/// alone by whoever looks.
const AT_LAST: Duration = Duration::from_millis(1500);
/// How often a directory is looked through where the system gives no events.
const POLL: Duration = Duration::from_secs(3);

/// A watch over a fabric's directory. Dropping it ends it. While nothing happens it costs nothing.
pub(crate) struct Watch {
    _watcher: Box<dyn Watcher + Send>,
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
        match watch::<RecommendedWatcher>(directory, runtime, notify::Config::default(), hint.clone()) {
            Ok(watcher) => Ok(Self { _watcher: Box::new(watcher) }),
            Err(error) => {
                tracing::warn!(directory = %directory.display(), %error, "no file events; looking every few seconds");
                let config = notify::Config::default().with_poll_interval(POLL);
                let watcher = watch::<PollWatcher>(directory, runtime, config, hint)?;
                Ok(Self { _watcher: Box::new(watcher) })
            }
        }
    }
}

fn watch<W: Watcher>(
    directory: &Path,
    runtime: &Handle,
    config: notify::Config,
    hint: impl Fn() + Clone + Send + 'static,
) -> notify::Result<W> {
    let (sender, events) = unbounded_channel();
    let heard = move |result: notify::Result<notify::Event>| {
        let told = match result {
            Ok(event) => event.need_rescan() || !event.kind.is_access(),
            // What was missed is not known: look.
            Err(error) => {
                tracing::debug!(%error, "file events were lost");
                true
            }
        };
        if told {
            // The task goes with the watch.
            let _ended = sender.send(());
        }
    };
    let mut watcher = W::new(heard, config)?;
    watcher.watch(directory, RecursiveMode::Recursive)?;
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

    use super::*;

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
            let config = notify::Config::default().with_poll_interval(Duration::from_millis(50));
            Box::new(
                super::watch::<PollWatcher>(path, &here, config, move || sender.send(()).unwrap_or(()))
                    .expect("watch"),
            )
        });
    }
}
