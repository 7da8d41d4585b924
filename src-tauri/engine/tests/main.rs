//! The engine from outside: real repositories, a real watcher, every event.

mod lab;
mod onboarding;
mod refusals;
mod syncing;
