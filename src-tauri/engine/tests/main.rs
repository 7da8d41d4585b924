//! The engine from outside: real repositories, a real watcher, every event.

mod bad_input;
mod changes;
mod delivering;
#[path = "../../../tests/support/git_server.rs"]
mod git_server;
mod lab;
mod listening;
mod making_way;
mod onboarding;
mod refusals;
mod resources;
mod syncing;
mod topology;
mod two_way;
