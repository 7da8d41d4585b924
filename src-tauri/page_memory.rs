//! What the page's processes keep of the memory that they no longer need.

/// How the C library is to serve the processes that WebKit starts, each by the name of its variable in
/// [mallopt(3)](https://man7.org/linux/man-pages/man3/mallopt.3.html): what is drawn into comes and goes in large pieces.
/// Each that goes would raise the size from which on such a piece is given back to the system, up to 32 MiB, and in a
/// window that is open all day all of them would be kept, in one heap a thread.
const FRUGAL: [(&str, &str); 3] =
    [("MALLOC_MMAP_THRESHOLD_", "131072"), ("MALLOC_TRIM_THRESHOLD_", "262144"), ("MALLOC_ARENA_MAX", "2")];

/// Has the processes that this one starts from now on keep little; what somebody has set stays. To be called before there
/// is a second thread. An editor or a browser that the app opens has it from here too: there it costs a little speed at
/// most.
pub(crate) fn keep_little() {
    for (name, value) in FRUGAL {
        // Fails for names that no system takes, and these are none.
        drop(glib::setenv(name, value, false));
    }
}
