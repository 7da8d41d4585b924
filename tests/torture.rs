//! The product among faults: what it promises holds whatever breaks.
//!
//! The short form runs with the other tests; `make torture` sets `FGD_LONG`, and takes hours instead of minutes.

#[cfg(all(unix, feature = "failpoints"))]
mod failpoints;
#[cfg(all(unix, feature = "failpoints"))]
mod recovery;
