//! The engine from outside: real repositories, a real watcher, every event.

mod bad_input;
mod changes;
mod delivering;
mod lab;
mod listening;
mod onboarding;
mod refusals;
mod resources;
mod syncing;
mod topology;
mod two_way;
