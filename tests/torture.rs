//! The product among faults: a short form in each run of the tests, and a long one when `FGD_LONG` is set.

#[cfg(unix)]
mod hostile;
