//! The product under test, as its users meet it: `fgd` in a terminal, and the app's own window.

mod accounts;
mod checks;
mod cli;
mod converge;
mod crash;
mod faults;
mod journeys;
mod serving;
mod support;
mod torture;
mod window;
