//! Watching a directory. An event is a hint that something may be there, and nothing more.

use std::path::Path;
use std::time::Duration;

use notify::{PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use notify_debouncer_full::{DebounceEventResult, Debouncer, NoCache, new_debouncer_opt};

/// How long a directory must be quiet before the hint is given.
pub(crate) const DEBOUNCE: Duration = Duration::from_millis(300);
/// How often a directory is looked through where the system gives no events.
const POLL: Duration = Duration::from_secs(3);

/// A watch over a fabric's directory. Dropping it ends it.
pub(crate) struct Watch {
    _watcher: Either,
}

enum Either {
    Events(#[allow(dead_code, reason = "kept alive")] Debouncer<RecommendedWatcher, NoCache>),
    Polling(#[allow(dead_code, reason = "kept alive")] Debouncer<PollWatcher, NoCache>),
}

impl Watch {
    /// Calls `hint` when something below `directory` has changed and been quiet since, and when events
    /// were lost. Where the system can't watch (too many watches, say), the directory is polled.
    pub(crate) fn new(directory: &Path, hint: impl Fn() + Clone + Send + 'static) -> notify::Result<Self> {
        match watch::<RecommendedWatcher>(directory, notify::Config::default(), hint.clone()) {
            Ok(watcher) => Ok(Self { _watcher: Either::Events(watcher) }),
            Err(error) => {
                tracing::warn!(directory = %directory.display(), %error, "no file events; looking every few seconds");
                let config = notify::Config::default().with_poll_interval(POLL);
                Ok(Self { _watcher: Either::Polling(watch::<PollWatcher>(directory, config, hint)?) })
            }
        }
    }
}

fn watch<W: Watcher>(
    directory: &Path,
    config: notify::Config,
    hint: impl Fn() + Send + 'static,
) -> notify::Result<Debouncer<W, NoCache>> {
    let handler = move |result: DebounceEventResult| match result {
        Ok(events) => {
            let told = |event: &notify::Event| event.need_rescan() || !event.kind.is_access();
            if events.iter().any(|event| told(&event.event)) {
                hint();
            }
        }
        // What was missed is not known: look.
        Err(errors) => {
            tracing::debug!(?errors, "file events were lost");
            hint();
        }
    };
    let mut debouncer = new_debouncer_opt::<_, W, _>(DEBOUNCE, None, handler, NoCache, config)?;
    debouncer.watch(directory, RecursiveMode::Recursive)?;
    Ok(debouncer)
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

    #[test]
    fn a_new_file_is_hinted_at() {
        sees_a_file(|path, sender| {
            Box::new(Watch::new(path, move || sender.send(()).expect("heard")).expect("watch"))
        });
    }

    #[test]
    fn so_it_is_where_there_are_no_events() {
        sees_a_file(|path, sender| {
            let config = notify::Config::default().with_poll_interval(Duration::from_millis(50));
            Box::new(
                super::watch::<PollWatcher>(path, config, move || sender.send(()).expect("heard"))
                    .expect("watch"),
            )
        });
    }
}
