//! Whether a file is still what it was, by what the system tells of it without reading it.

use std::fs::Metadata;
use std::time::{Duration, SystemTime};

/// How far apart two writes are at least that a file's time tells apart: two ticks of the slowest kernel's clock.
const TICK: Duration = Duration::from_millis(20);
/// The same where file times are whole seconds, or two of them.
const COARSE_TICK: Duration = Duration::from_secs(3);

/// A file as it was read or written, where each later write shows in what the system tells of it.
#[derive(Debug)]
#[cfg_attr(not(unix), allow(dead_code, reason = "nothing there tells one file from another"))]
pub(super) struct Seen(Metadata);

impl Seen {
    /// `metadata` is what was told of the file by then; `now` is at the latest when it is read, or when the next
    /// write may come. `None` where a write from `now` on could have the time of the last one.
    pub(super) fn of(metadata: Metadata, now: SystemTime) -> Option<Self> {
        tells_writes_apart(&metadata, now).then_some(Self(metadata))
    }

    /// Whether that is the same file and nobody has written to it, or changed its mode or its time, since.
    #[cfg(unix)]
    pub(super) fn is_still(&self, found: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;
        let changed = |file: &Metadata| (file.ctime(), file.ctime_nsec());
        self.is_renamed(found) && changed(&self.0) == changed(found)
    }

    /// Whether that is the same file with the same bytes, under another name: a rename alone may change what the
    /// system tells of when it was changed.
    #[cfg(unix)]
    pub(super) fn is_renamed(&self, found: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;
        let of = |file: &Metadata| (file.dev(), file.ino(), file.size(), file.mtime(), file.mtime_nsec());
        of(&self.0) == of(found)
    }

    /// Nothing here says that a file is the same one.
    #[cfg(not(unix))]
    pub(super) fn is_still(&self, _found: &Metadata) -> bool {
        false
    }

    /// Nothing here says that a file is the same one.
    #[cfg(not(unix))]
    pub(super) fn is_renamed(&self, _found: &Metadata) -> bool {
        false
    }
}

/// Whether a write from `now` on gets another time than the last one got.
fn tells_writes_apart(written: &Metadata, now: SystemTime) -> bool {
    let Ok(at) = written.modified() else { return false };
    // A time without a fraction may be one of a system that counts in seconds.
    let is_whole = at.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since.subsec_nanos() == 0);
    let tick = if is_whole { COARSE_TICK } else { TICK };
    let is_older = |time: SystemTime| now.duration_since(time).is_ok_and(|age| age > tick);
    is_older(at) && changed_at(written).is_none_or(is_older)
}

/// When anything of a file was changed last; a program may set the time of its bytes to any other.
#[cfg(unix)]
fn changed_at(file: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    let since = Duration::new(file.ctime().try_into().ok()?, file.ctime_nsec().try_into().ok()?);
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(not(unix))]
fn changed_at(_file: &Metadata) -> Option<SystemTime> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, File, FileTimes};

    use super::*;

    /// As found a minute from now: what is young is old by then.
    fn seen_later(path: &std::path::Path) -> Seen {
        let later = SystemTime::now() + Duration::from_secs(60);
        Seen::of(fs::metadata(path).expect("there"), later).expect("old")
    }

    #[test]
    fn a_young_file_is_read_again() {
        let dir = tempfile::tempdir().expect("directory");
        let path = dir.path().join("x");
        fs::write(&path, "1").expect("written");
        assert!(Seen::of(fs::metadata(&path).expect("there"), SystemTime::now()).is_none());
        // Its bytes are said to be old, and were written a moment ago.
        let old = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::new(1_000_000, 5));
        File::options().write(true).open(&path).expect("opened").set_times(old).expect("set");
        assert!(Seen::of(fs::metadata(&path).expect("there"), SystemTime::now()).is_none());
        // Somebody's clock was ahead.
        let ahead = FileTimes::new().set_modified(SystemTime::now() + Duration::from_secs(3600));
        File::options().write(true).open(&path).expect("opened").set_times(ahead).expect("set");
        let later = SystemTime::now() + Duration::from_secs(60);
        assert!(Seen::of(fs::metadata(&path).expect("there"), later).is_none());
    }

    #[test]
    fn another_file_a_write_and_a_set_time_show() {
        let dir = tempfile::tempdir().expect("directory");
        let path = dir.path().join("x");
        let now = || fs::metadata(&path).expect("there");
        fs::write(&path, "1").expect("written");
        let seen = seen_later(&path);
        assert!(seen.is_still(&now()));
        std::thread::sleep(TICK);

        let time = now().modified().expect("a time");
        fs::write(&path, "2").expect("written");
        assert!(!seen.is_still(&now()) && !seen.is_renamed(&now()), "written to");
        let back = FileTimes::new().set_modified(time);
        File::options().write(true).open(&path).expect("opened").set_times(back).expect("set");
        assert!(!seen.is_still(&now()), "of the same size, with the old time put back");

        let seen = seen_later(&path);
        std::thread::sleep(TICK);
        fs::rename(&path, dir.path().join("y")).expect("renamed");
        fs::rename(dir.path().join("y"), &path).expect("renamed");
        assert!(seen.is_renamed(&now()), "the same file");
        fs::write(dir.path().join("other"), "2").expect("written");
        fs::rename(dir.path().join("other"), &path).expect("renamed");
        assert!(!seen.is_still(&now()) && !seen.is_renamed(&now()), "another file");
    }
}
