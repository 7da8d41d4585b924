//! What the engine said, kept until the page comes for it.
//!
//! The page asks and waits, instead of being sent each event: what Tauri sends is a script that the web view
//! evaluates, and WebKitGTK keeps every script that it evaluated, so that a window that is open all day grows. An
//! answer to a command is data, and gone when it was read.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fgd_engine::{Event, FabricId, OperationId};
use tokio::sync::Notify;

/// What waits for the page. There is one page: whoever asked last has the answer.
#[derive(Default)]
pub(crate) struct Events {
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Default)]
struct Waiting {
    events: Vec<Event>,
    /// How often the page asked.
    asked: u64,
}

impl Events {
    /// So long an answer waits for something to be said. Some systems give up a request after a minute.
    const PATIENCE: Duration = Duration::from_secs(25);
    /// What is said within this time is one answer: less than a frame, so that nobody sees it.
    const TOGETHER: Duration = Duration::from_millis(12);
    /// More wait only for a page that hangs: the oldest are let go, since each event is the whole of its matter.
    const AT_MOST: usize = 2_000;

    /// Keeps an event for the page. It takes the place of what it makes old.
    pub(crate) fn add(&self, event: Event) {
        let events = &mut self.waiting().events;
        events.retain(|known| !supersedes(&event, known));
        if events.len() == Self::AT_MOST {
            events.remove(0);
        }
        events.push(event);
        self.changed.notify_waiters();
    }

    /// All that was said and not taken yet, as soon as there is something; nothing when nothing was said for
    /// [`Self::PATIENCE`], or when the page asked again meanwhile, since it is another page then.
    pub(crate) async fn take(&self) -> Vec<Event> {
        let turn = {
            let mut waiting = self.waiting();
            waiting.asked += 1;
            waiting.asked
        };
        self.changed.notify_waiters();
        let said = self.until(|waiting| waiting.asked != turn || !waiting.events.is_empty());
        if tokio::time::timeout(Self::PATIENCE, said).await.is_err() {
            return Vec::new();
        }
        tokio::time::sleep(Self::TOGETHER).await;
        let mut waiting = self.waiting();
        if waiting.asked == turn { std::mem::take(&mut waiting.events) } else { Vec::new() }
    }

    async fn until(&self, is_so: impl Fn(&Waiting) -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // From here on a change is heard, so that none slips in between the look and the wait.
            changed.as_mut().enable();
            if is_so(&self.waiting()) {
                return;
            }
            changed.await;
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether nobody needs the one who has the other.
fn supersedes(new: &Event, known: &Event) -> bool {
    match (new, known) {
        (Event::Progress(_) | Event::Finished(_), Event::Progress(_)) => operation(new) == operation(known),
        (Event::Fabric(_) | Event::Removed(_), Event::Fabric(_)) => fabric(new) == fabric(known),
        _ => false,
    }
}

fn operation(event: &Event) -> Option<&OperationId> {
    match event {
        Event::Progress(progress) => Some(&progress.operation),
        Event::Finished(operation) => Some(&operation.id),
        Event::Fabric(_) | Event::Removed(_) => None,
    }
}

fn fabric(event: &Event) -> Option<&FabricId> {
    match event {
        Event::Fabric(view) => Some(&view.id),
        Event::Removed(id) => Some(id),
        Event::Progress(_) | Event::Finished(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use fgd_engine::{OperationKind, Progress, Timestamp, Trigger};

    use super::*;

    fn progress(operation: &OperationId, current: &str) -> Event {
        Event::Progress(Progress {
            operation: operation.clone(),
            fabric: fabric_id(1),
            kind: OperationKind::Sync,
            trigger: Trigger::Timer,
            started_at: Timestamp::now(),
            steps: Vec::new(),
            current: Some(current.to_owned()),
            cancelling: false,
        })
    }

    fn fabric_id(n: u32) -> FabricId {
        serde_json::from_value(format!("fabric-{n}").into()).expect("an id")
    }

    fn operation_id(n: u32) -> OperationId {
        serde_json::from_value(format!("00000000-0000-4000-8000-{n:012}").into()).expect("an id")
    }

    #[tokio::test]
    async fn what_was_said_is_taken_once_in_order_and_without_what_is_old() {
        let (events, one, two) = (Events::default(), operation_id(1), operation_id(2));
        for event in [progress(&one, "a"), progress(&two, "b"), progress(&one, "c")] {
            events.add(event);
        }
        events.add(Event::Removed(fabric_id(2)));
        let left = [progress(&two, "b"), progress(&one, "c"), Event::Removed(fabric_id(2))];
        let taken = events.take().await;
        let shape = |events: &[Event]| -> Vec<(Option<OperationId>, Option<FabricId>)> {
            events.iter().map(|event| (operation(event).cloned(), fabric(event).cloned())).collect()
        };
        assert_eq!(shape(&taken), shape(&left));
        let Event::Progress(last) = &taken[1] else { panic!("progress") };
        assert_eq!(last.current.as_deref(), Some("c"));
        let more = tokio::time::timeout(4 * Events::TOGETHER, events.take()).await;
        assert!(more.is_err(), "there is no more, so the next one waits");
    }

    #[tokio::test]
    async fn whoever_waits_is_told_and_a_page_that_is_gone_takes_nothing_away() {
        let events = Arc::new(Events::default());
        let ask = || {
            let events = events.clone();
            tokio::spawn(async move { events.take().await })
        };
        let gone = ask();
        tokio::task::yield_now().await;
        let here = ask();
        tokio::task::yield_now().await;
        events.add(Event::Removed(fabric_id(1)));
        assert_eq!(gone.await.expect("an answer"), []);
        assert_eq!(here.await.expect("an answer"), [Event::Removed(fabric_id(1))]);
    }

    #[tokio::test]
    async fn a_page_that_hangs_does_not_fill_the_memory() {
        let events = Events::default();
        let more = u32::try_from(Events::AT_MOST).expect("a number") + 10;
        (0..more).for_each(|n| events.add(Event::Removed(fabric_id(n))));
        let taken = events.take().await;
        assert_eq!(taken.len(), Events::AT_MOST);
        assert_eq!(taken.last(), Some(&Event::Removed(fabric_id(more - 1))), "the newest are there");
    }
}
