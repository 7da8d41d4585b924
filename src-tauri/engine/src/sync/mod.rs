//! The flows and what wakes them: the one way from a trigger to the disk, to Git and to the remote.

mod by_hand;
mod change;
mod draft;
mod exchange;
mod flow;
mod ingest;
mod message;
mod progress;
mod propose;
mod rules;
mod schedule;
mod settle;
mod sight;
mod status;
mod tidy;
mod turn;
mod undo;
mod watch;

pub(crate) use by_hand::{Seen, seen};
pub(crate) use exchange::onboard_clone;
pub(crate) use flow::{
    Errand, Flow, FlowResult, Found, IsWaitedFor, Proposal, adding_steps, by_file, is_exchange, steps,
};
pub(crate) use message::summary;
pub(crate) use progress::{OnStep, Reporter};
pub(crate) use schedule::Schedule;
pub(crate) use sight::Sight;
pub(crate) use status::{Facts, count, derive};
pub(crate) use turn::Turn;
pub(crate) use undo::Undone;
pub(crate) use watch::{DEBOUNCE, Watch};
