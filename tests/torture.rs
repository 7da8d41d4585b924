//! The product among faults: what it promises holds whatever breaks.
//!
//! The short form runs with the other tests; `make torture` sets `FGD_LONG`, and takes hours instead of minutes.

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod desk;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod disk;
#[cfg(all(unix, feature = "failpoints"))]
mod failpoints;
#[cfg(unix)]
mod hostile;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod hosts;
mod housekeeping;
mod model;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod power;
#[cfg(all(unix, feature = "failpoints"))]
mod recovery;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod shim;
mod soak;
mod table;
