//! The desktop app's entry.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use mimalloc::MiMalloc;

// Over weeks, and with many threads, the C library's own keeps twice what is in use.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> std::process::ExitCode {
    fgd_sync::run(std::env::args_os().skip(1))
}
