//! Git's store kept small: many small packs and loose objects of ours become one pack.
//!
//! No object ever leaves the store. What is joined is every object of the old packs, reachable or not, so
//! nobody has to know what is still needed; only second copies are removed, once the new pack is synced and
//! was seen to hold all of them. So a kill or a power cut at any moment leaves an object once too often, and
//! never once too few. Packs of others, packs that somebody keeps, and packs with promises, cruft or bitmaps stay
//! as they are, and so does every loose object of others.
//!
//! Work is bounded by joining geometrically: a pack is written anew only together with others that are at
//! least half as large, so that each byte is moved a few times in its life; and large packs never are.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use git2::{Config, Indexer, Oid, Repository};
use memchr::memmem;

use super::objects::{STAGING, put_in_place};
use super::ours::{self, Ours};
use super::pack_index;
use super::repo::Repo;
use super::whole_file::remove_if_there;
use crate::error::{Error, Result};

/// Git's own limits, where the user sets none.
const MOST_LOOSE: i32 = 6700;
const MOST_PACKS: i32 = 50;
/// Packs from this size on are left alone: to write one anew takes longer than it is worth.
const LARGE: u64 = 256 << 20;
/// How often it is looked whether somebody waits.
const GLANCE: Duration = Duration::from_millis(50);
/// What a killed process left half written is removed after this time.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);
/// After a failure, it is not tried again for this long.
const AFTER_FAILURE: Duration = Duration::from_secs(24 * 60 * 60);
/// For how long a lock of Git's own housekeeping is believed; Git believes its own for as long.
const GIT_AT_WORK: Duration = Duration::from_secs(12 * 60 * 60);
/// Where a failure is noted.
const FAILED: &str = "housekeeping-failed";
/// Beside a pack, each of these says that it is not for us to move.
const KEPT_BY: [&str; 4] = ["keep", "promisor", "mtimes", "bitmap"];
/// How files begin that are being written into the directory of packs, by us and by libgit2.
const UNFINISHED: [&str; 2] = [STAGING, "pack_git2_"];

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Housekeeping {
    /// There was nothing to do.
    Nothing,
    /// Somebody wanted the repository: nothing was changed, and it is still due.
    PutOff,
    /// So many packs and loose objects became one pack.
    Joined {
        /// The packs that are gone.
        packs: usize,
        /// The loose objects that are gone.
        loose: usize,
    },
}

/// From when on there is something to do.
struct Limits {
    loose: u64,
    packs: usize,
    large: u64,
}

impl Limits {
    /// As the user's configuration has it; none where the store is to be left alone.
    fn read(git: &Repository) -> Option<Self> {
        let config = git.config().and_then(|mut config| config.snapshot()).ok()?;
        let number = |name: &str, usual: i64| config.get_i64(name).unwrap_or(usual);
        let (loose, packs) =
            (number("gc.auto", MOST_LOOSE.into()), number("gc.autoPackLimit", MOST_PACKS.into()));
        if loose <= 0 || is_precious(&config) {
            return None;
        }
        let large = u64::try_from(number("gc.bigPackThreshold", 0)).unwrap_or(0);
        Some(Self {
            loose: u64::try_from(loose).ok()?,
            packs: if packs <= 0 { usize::MAX } else { usize::try_from(packs).unwrap_or(usize::MAX) },
            large: if large == 0 { LARGE } else { LARGE.min(large) },
        })
    }
}

/// Whether the store may lose no file, since others stand on it.
fn is_precious(config: &Config) -> bool {
    config.get_bool("extensions.preciousObjects").unwrap_or(false)
}

/// A pack of ours that may be joined with others.
struct Pack {
    name: String,
    bytes: u64,
}

/// The directory of packs.
struct Packs {
    path: PathBuf,
}

impl Packs {
    fn of(git: &Repository) -> Self {
        Self { path: git.commondir().join("objects/pack") }
    }

    fn file(&self, name: &str, extension: &str) -> PathBuf {
        self.path.join(format!("pack-{name}.{extension}"))
    }

    fn is_whole(&self, name: &str) -> bool {
        ["pack", "idx"].iter().all(|part| self.file(name, part).is_file())
    }

    fn is_kept(&self, name: &str) -> bool {
        KEPT_BY.iter().any(|part| self.file(name, part).exists())
    }

    /// Those of ours that may be joined, the smallest first.
    fn joinable(&self, names: &BTreeSet<String>, large: u64) -> Vec<Pack> {
        let listed = Listed::read(&self.path);
        let mut packs: Vec<Pack> = names
            .iter()
            .filter(|name| self.is_whole(name) && !self.is_kept(name) && !listed.has(name))
            .filter_map(|name| {
                let bytes = fs::metadata(self.file(name, "pack")).ok()?.len();
                (bytes < large).then(|| Pack { name: name.clone(), bytes })
            })
            .collect();
        packs.sort_by(|a, b| (a.bytes, &a.name).cmp(&(b.bytes, &b.name)));
        packs
    }

    /// Removes a pack of ours. The index first: without it nobody takes the rest for a pack.
    fn remove(&self, name: &str) -> Result<()> {
        for part in ["idx", "rev", "pack"] {
            remove_if_there(&self.file(name, part))?;
        }
        Ok(())
    }

    /// What killed processes left half written or half removed, long ago.
    fn abandoned(&self, ours: &BTreeSet<String>) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(&self.path) else { return Vec::new() };
        let unfinished = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let has_no_index =
                |name: &str| ours.contains(name) && !self.file(name, "idx").exists() && !self.is_kept(name);
            UNFINISHED.iter().any(|beginning| name.starts_with(beginning))
                || ours::pack_name(path).is_some_and(has_no_index)
        };
        let paths = entries.flatten().map(|entry| entry.path());
        paths.filter(|path| unfinished(path) && is_older(path, ABANDONED)).collect()
    }
}

/// The packs that Git has an index over several packs of, since its own housekeeping looks after those.
struct Listed {
    index: Vec<u8>,
    is_chain: bool,
}

impl Listed {
    fn read(packs: &Path) -> Self {
        Self {
            index: fs::read(packs.join("multi-pack-index")).unwrap_or_default(),
            is_chain: packs.join("multi-pack-index.d").exists(),
        }
    }

    fn has(&self, name: &str) -> bool {
        // The names stand in it as they are.
        self.is_chain || memmem::find(&self.index, format!("pack-{name}.").as_bytes()).is_some()
    }
}

impl Repo {
    /// Whether [`keep_house`](Self::keep_house) would find something to do. Costs a listing of the packs.
    pub(crate) fn housekeeping_is_due(&self) -> bool {
        let git = self.git();
        let Some(limits) = Limits::read(git) else { return false };
        let failed = git.commondir().join("fgd").join(FAILED);
        if failed.exists() && !is_older(&failed, AFTER_FAILURE) {
            return false;
        }
        let (packs, ours) = (Packs::of(git), ours::packs(git));
        let is_many = |ours: &BTreeSet<String>| {
            ours.len() > limits.packs && packs.joinable(ours, limits.large).len() > limits.packs
        };
        is_many(&ours) || ours::count_loose(git) > limits.loose || !packs.abandoned(&ours).is_empty()
    }

    /// Joins what has become too many. Whoever calls this holds the repository's lock; `go_on` is asked all
    /// the time, and as soon as it says no, or somebody else waits for the lock, nothing is changed.
    ///
    /// # Errors
    /// Whatever keeps an object from being read or written: then all stays as it was, and it is not due again
    /// for a day.
    pub(crate) fn keep_house(&self, go_on: &dyn Fn() -> bool) -> Result<Housekeeping> {
        let git = self.git();
        let Some(limits) = Limits::read(git) else { return Ok(Housekeeping::Nothing) };
        if git_is_at_work(git) {
            return Ok(Housekeeping::PutOff);
        }
        self.forget_who_waits();
        // Noted as a run is: what it leaves when it is killed, the next run removes.
        self.begin_run()?;
        let waiting = Waiting { repo: self, go_on, looked: None, said: true };
        let done = join(git, &limits, waiting);
        self.end_run()?;
        let failed = self.state_dir()?.join(FAILED);
        match &done {
            Ok(Housekeeping::Joined { .. }) => remove_if_there(&failed)?,
            Ok(_) => {}
            Err(error) => fs::write(&failed, error.to_string()).map_err(Error::io(failed))?,
        }
        done
    }
}

/// Whether anybody waits for the repository.
struct Waiting<'a> {
    repo: &'a Repo,
    go_on: &'a dyn Fn() -> bool,
    looked: Option<Instant>,
    said: bool,
}

impl Waiting<'_> {
    fn go_on(&mut self) -> bool {
        if self.said && self.looked.is_none_or(|looked| looked.elapsed() > GLANCE) {
            self.looked = Some(Instant::now());
            self.said = (self.go_on)() && !self.repo.is_waited_for()();
        }
        self.said
    }
}

fn join(git: &Repository, limits: &Limits, mut waiting: Waiting<'_>) -> Result<Housekeeping> {
    let packs = Packs::of(git);
    let mut ours = Ours::read(git);
    for path in packs.abandoned(&ours.packs) {
        tracing::info!(path = %path.display(), "removed: whoever wrote it is gone");
        let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        gone.map_err(Error::io(path))?;
    }
    let loose = Loose::of(git, &ours);
    let old = packs.joinable(&ours.packs, limits.large);
    let is_due = old.len() > limits.packs || loose.objects.len() as u64 > limits.loose;
    let together = rolled_up(loose.bytes, old.iter().map(|pack| pack.bytes));
    // What was noted and is no more is noted no longer.
    ours.packs.retain(|name| packs.file(name, "pack").exists());
    ours.loose = loose.objects.clone();
    if !is_due || (together == 0 && loose.objects.is_empty()) {
        ours.write(git)?;
        return Ok(Housekeeping::Nothing);
    }
    let old = &old[..together];
    let new = match write(git, &packs, old, &loose.objects, &mut waiting) {
        Ok(Some(new)) => new,
        Ok(None) => return Ok(Housekeeping::PutOff),
        // Another Git has joined them meanwhile.
        Err(_) if old.iter().any(|pack| !packs.is_whole(&pack.name)) => return Ok(Housekeeping::PutOff),
        Err(error) => return Err(error),
    };
    ours.packs.insert(new.clone());

    // From here on nothing can be lost: all of it is in the new pack, and that survives a power cut.
    let mut gone = 0;
    for pack in old.iter().filter(|pack| pack.name != new) {
        // Another Git may have joined the new one with others, or somebody wants to keep an old one.
        if packs.is_whole(&new) && !packs.is_kept(&pack.name) {
            packs.remove(&pack.name)?;
            ours.packs.remove(&pack.name);
            gone += 1;
        }
    }
    for id in &loose.objects {
        if packs.is_whole(&new) {
            remove_if_there(&loose_file(git, *id))?;
            ours.loose.remove(id);
        }
    }
    ours.write(git)?;
    Ok(Housekeeping::Joined { packs: gone, loose: loose.objects.len() })
}

/// Writes one pack of all that is in the old ones and of these loose objects, and puts it in its place; none if
/// somebody waits for the repository.
fn write(
    git: &Repository,
    packs: &Packs,
    old: &[Pack],
    loose: &BTreeSet<Oid>,
    waiting: &mut Waiting<'_>,
) -> Result<Option<String>> {
    let mut objects = loose.clone();
    for pack in old {
        objects.extend(pack_index::objects(&packs.file(&pack.name, "idx"))?);
    }
    let staging = tempfile::Builder::new().prefix(STAGING).tempdir_in(&packs.path);
    let staging = staging.map_err(Error::io(&packs.path))?;
    let mut builder = git.packbuilder()?;
    // Beside whatever else this machine does.
    builder.set_threads(1);
    for id in &objects {
        if !waiting.go_on() {
            return Ok(None);
        }
        builder.insert_object(*id, None)?;
    }
    // Through an indexer: it works each object's name out anew from what was written.
    let mut indexer = Indexer::new(None, staging.path(), 0o444, false)?;
    let mut failed = None;
    let written = builder.foreach(|bytes| {
        if !waiting.go_on() {
            return false;
        }
        failed = indexer.write_all(bytes).err();
        failed.is_none()
    });
    if !waiting.said {
        return Ok(None);
    }
    if let Some(error) = failed {
        return Err(Error::io(staging.path())(error));
    }
    written?;
    let name = indexer.commit()?;
    let index = staging.path().join(format!("pack-{name}.idx"));
    let there: BTreeSet<Oid> = pack_index::objects(&index)?.into_iter().collect();
    if there != objects {
        let detail = format!("the joined pack {name} lacks an object; the old ones stay");
        return Err(Error::Internal { detail });
    }
    put_in_place(git, staging.path(), &name)?;
    Ok(Some(name))
}

/// How many of the packs, given by size and the smallest first, are joined, together with so many other bytes:
/// those after which each one left is at least twice as large as all before it.
fn rolled_up(others: u64, sizes: impl Iterator<Item = u64>) -> usize {
    let (mut before, mut together) = (others, 0);
    for (place, size) in sizes.enumerate() {
        if size < before.saturating_mul(2) {
            together = place + 1;
        }
        before = before.saturating_add(size);
    }
    together
}

/// The loose objects of ours that are there.
struct Loose {
    objects: BTreeSet<Oid>,
    bytes: u64,
}

impl Loose {
    fn of(git: &Repository, ours: &Ours) -> Self {
        let mut found = Self { objects: BTreeSet::new(), bytes: 0 };
        for id in &ours.loose {
            if let Ok(file) = fs::symlink_metadata(loose_file(git, *id)) {
                found.objects.insert(*id);
                found.bytes += file.len();
            }
        }
        found
    }
}

fn loose_file(git: &Repository, id: Oid) -> PathBuf {
    let name = id.to_string();
    let (first, rest) = name.split_at(2);
    git.commondir().join("objects").join(first).join(rest)
}

/// Whether Git's own housekeeping is under way.
fn git_is_at_work(git: &Repository) -> bool {
    ["gc.pid", "objects/maintenance.lock"]
        .iter()
        .map(|lock| git.commondir().join(lock))
        .any(|lock| lock.exists() && !is_older(&lock, GIT_AT_WORK))
}

fn is_older(path: &Path, than: Duration) -> bool {
    let modified = fs::symlink_metadata(path).and_then(|file| file.modified()).ok();
    let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
    age.is_some_and(|age| age > than)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_packs_are_joined_and_large_ones_stay() {
        for (others, sizes, together) in [
            (0, vec![], 0),
            (0, vec![5], 0),
            (0, vec![1, 2, 6, 18], 0),
            (0, vec![1, 1, 1, 1, 100], 4),
            (0, vec![1, 1, 1, 1, 7], 5),
            (0, vec![1, 2, 3, 100, 150], 5),
            (60, vec![1, 100, 1000], 2),
            (1, vec![2, 6], 0),
        ] {
            assert_eq!(rolled_up(others, sizes.iter().copied()), together, "{others} and {sizes:?}");
        }
    }

    /// What a store of thousands of small packs costs: how often each byte is written anew.
    #[test]
    fn a_byte_is_moved_a_few_times_in_its_life() {
        let (mut packs, mut written) = (Vec::<u64>::new(), 0);
        for new in std::iter::repeat_n(1, 20_000) {
            packs.push(new);
            if packs.len() > 50 {
                packs.sort_unstable();
                let together = rolled_up(0, packs.iter().copied());
                let joined: u64 = packs.drain(..together).sum();
                written += joined;
                packs.push(joined);
            }
        }
        assert!(packs.len() <= 51, "{}", packs.len());
        assert!(written < 20_000 * 10, "each was written {} times", written / 20_000);
    }
}
