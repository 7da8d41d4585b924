//! The three-way merge of two sets of differences from one base, path by path.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::compare::{Difference, Entry};

/// What is to be done to our tree at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Take what they have there.
    Take(Option<Entry>),
    /// Write this file, in which both sides' changes are.
    Write { bytes: Vec<u8>, executable: bool },
}

/// Steps by path.
type Steps = Vec<(Vec<u8>, Step)>;

/// How the two sides come together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Merged {
    /// What makes the merged tree of our tree.
    pub(super) steps: BTreeMap<Vec<u8>, Step>,
    /// Paths that cannot come together, and are in no step.
    pub(super) collisions: BTreeSet<Vec<u8>>,
}

/// What becomes of a path that both sides changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Settled {
    /// A file of these bytes.
    File(Vec<u8>),
    /// No file.
    Gone,
    /// What they have there, and a file of these bytes, which is new to both, at another path.
    Beside {
        /// The other path.
        path: Vec<u8>,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// Brings two sides together. `settle` is asked about each path that both changed, each in its own way, and
/// says what becomes of it, where it can.
///
/// A delete against a change is a collision, as are a file against a directory of its name, and
/// two new files whose names differ in case only: no disk of a colleague's may lose one of them.
pub(super) fn merge<E>(
    ours: &[Difference],
    theirs: &[Difference],
    mut settle: impl FnMut(&Difference, &Difference) -> Result<Option<Settled>, E>,
) -> Result<Merged, E> {
    let mut merged = Merged::default();
    let by_path: HashMap<&[u8], &Difference> = ours.iter().map(|diff| (diff.path.as_slice(), diff)).collect();
    for their in theirs {
        let Some(our) = by_path.get(their.path.as_slice()) else {
            merged.steps.insert(their.path.clone(), Step::Take(their.new));
            continue;
        };
        if our.new == their.new {
            continue;
        }
        if let Some(steps) = settle_both(our, their, &mut settle)? {
            merged.steps.extend(steps);
        } else {
            merged.collisions.insert(their.path.clone());
        }
    }
    name_clashes(ours, theirs, &mut merged.collisions);
    merged.leave_out_collisions();
    Ok(merged)
}

fn settle_both<E>(
    our: &Difference,
    their: &Difference,
    settle: &mut impl FnMut(&Difference, &Difference) -> Result<Option<Settled>, E>,
) -> Result<Option<Steps>, E> {
    let at = |step: Step| vec![(their.path.clone(), step)];
    let is_file = |entry: Option<Entry>| entry.is_none_or(Entry::is_file);
    if !is_file(our.new) || !is_file(their.new) {
        return Ok(None);
    }
    let (Some(ours), Some(theirs)) = (our.new, their.new) else {
        // One deleted what the other changed.
        let executable = our.new.or(their.new).is_some_and(Entry::is_executable);
        return Ok(settle(our, their)?.map(|settled| settled.steps(their, executable)));
    };
    // The side that changed the mode decides it; a new file is executable if either says so.
    let executable = match our.old {
        Some(base) if base.is_executable() == ours.is_executable() => theirs.is_executable(),
        Some(_) => ours.is_executable(),
        None => ours.is_executable() || theirs.is_executable(),
    };
    if ours.id == theirs.id {
        return Ok(Some(at(Step::Take(Some(Entry::file(ours.id, executable))))));
    }
    let base = our.old.map(|base| base.id);
    if base == Some(ours.id) {
        return Ok(Some(at(Step::Take(Some(Entry::file(theirs.id, executable))))));
    }
    if base == Some(theirs.id) {
        return Ok(Some(at(Step::Take(Some(Entry::file(ours.id, executable))))));
    }
    Ok(settle(our, their)?.map(|settled| settled.steps(their, executable)))
}

impl Merged {
    /// Leaves these paths, and what stands below them, as they are on our side.
    pub(super) fn hold_back(&mut self, paths: impl IntoIterator<Item = Vec<u8>>) {
        self.collisions.extend(paths);
        self.leave_out_collisions();
    }

    fn leave_out_collisions(&mut self) {
        if self.collisions.is_empty() {
            return;
        }
        let collisions = &self.collisions;
        let is_held = |path: &Vec<u8>| {
            let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(end, _)| end);
            collisions.contains(path) || ends.into_iter().any(|end| collisions.contains(&path[..end]))
        };
        let (held, steps) = std::mem::take(&mut self.steps).into_iter().partition(|(path, _)| is_held(path));
        self.steps = steps;
        let held: BTreeMap<Vec<u8>, Step> = held;
        self.collisions.extend(held.into_keys());
    }
}

impl Settled {
    fn steps(self, their: &Difference, executable: bool) -> Steps {
        let here = their.path.clone();
        match self {
            Self::File(bytes) => vec![(here, Step::Write { bytes, executable })],
            Self::Gone => vec![(here, Step::Take(None))],
            Self::Beside { path, bytes } => {
                vec![(here, Step::Take(their.new)), (path, Step::Write { bytes, executable: false })]
            }
        }
    }
}

/// Finds new paths of one side that have no room beside the new paths of the other.
fn name_clashes(ours: &[Difference], theirs: &[Difference], collisions: &mut BTreeSet<Vec<u8>>) {
    let new = |side: &'_ [Difference]| -> Vec<Vec<u8>> {
        side.iter().filter(|d| d.old.is_none() && d.new.is_some()).map(|d| d.path.clone()).collect()
    };
    let (ours, theirs) = (new(ours), new(theirs));
    for (files, others) in [(&ours, &theirs), (&theirs, &ours)] {
        let files: HashSet<&[u8]> = files.iter().map(Vec::as_slice).collect();
        for other in others {
            let ends = other.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(end, _)| end);
            for dir in ends.map(|end| &other[..end]).filter(|dir| files.contains(dir)) {
                collisions.insert(dir.to_vec());
            }
        }
    }
    let folded: HashMap<String, &Vec<u8>> = ours.iter().map(|path| (fold(path), path)).collect();
    for their in &theirs {
        if let Some(our) = folded.get(&fold(their))
            && *our != their
        {
            collisions.insert(our.to_vec());
            collisions.insert(their.clone());
        }
    }
}

/// The path as a file system that ignores case sees it.
fn fold(path: &[u8]) -> String {
    String::from_utf8_lossy(path).to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use git2::{ObjectType, Oid};

    use super::*;

    fn file(text: &str) -> Entry {
        Entry::file(Oid::hash_object(ObjectType::Blob, text.as_bytes()).expect("hash"), false)
    }

    fn diff(path: &str, old: &str, new: &str) -> Difference {
        let entry = |text: &str| (!text.is_empty()).then(|| file(text));
        Difference { path: path.into(), old: entry(old), new: entry(new) }
    }

    fn merged(ours: &[Difference], theirs: &[Difference]) -> Merged {
        merge(ours, theirs, |_, _| Ok::<_, Infallible>(None)).expect("merge")
    }

    fn collisions(ours: &[Difference], theirs: &[Difference]) -> Vec<String> {
        let found = merged(ours, theirs).collisions;
        found.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
    }

    #[test]
    fn a_path_that_one_side_changed_is_taken() {
        let got = merged(&[diff("a", "1", "2")], &[diff("b", "1", "3"), diff("c", "1", "")]);
        assert!(got.collisions.is_empty());
        assert_eq!(got.steps[b"b".as_slice()], Step::Take(Some(file("3"))));
        assert_eq!(got.steps[b"c".as_slice()], Step::Take(None));
        assert_eq!(got.steps.len(), 2);
    }

    #[test]
    fn the_same_change_twice_is_no_change_more() {
        assert_eq!(merged(&[diff("a", "1", "2")], &[diff("a", "1", "2")]), Merged::default());
        assert_eq!(merged(&[diff("a", "1", "")], &[diff("a", "1", "")]), Merged::default());
    }

    #[test]
    fn both_changed_is_settled_or_collides() {
        let (ours, theirs) = ([diff("a", "1", "2")], [diff("a", "1", "3")]);
        assert_eq!(collisions(&ours, &theirs), ["a"]);
        let settled = merge(&ours, &theirs, |_, _| Ok::<_, Infallible>(Some(Settled::File(b"23".to_vec()))))
            .expect("merge");
        assert_eq!(settled.steps[b"a".as_slice()], Step::Write { bytes: b"23".to_vec(), executable: false });
    }

    #[test]
    fn a_delete_against_a_change_collides() {
        assert_eq!(collisions(&[diff("a", "1", "")], &[diff("a", "1", "2")]), ["a"]);
        assert_eq!(collisions(&[diff("a", "1", "2")], &[diff("a", "1", "")]), ["a"]);
    }

    #[test]
    fn names_that_have_no_room_beside_each_other_collide() {
        assert_eq!(collisions(&[diff("a", "", "1")], &[diff("a/b", "", "1")]), ["a", "a/b"]);
        assert_eq!(collisions(&[diff("x/a/b/c", "", "1")], &[diff("x/a", "", "1")]), ["x/a"]);
        assert_eq!(collisions(&[diff("Leaf", "", "1")], &[diff("leaf", "", "1")]), ["Leaf", "leaf"]);
        assert!(collisions(&[diff("a", "", "1")], &[diff("ab/c", "", "1")]).is_empty());
    }

    #[test]
    fn a_changed_mode_and_changed_bytes_come_together() {
        let base = file("1");
        let ours = Difference { path: b"a".to_vec(), old: Some(base), new: Some(Entry::file(base.id, true)) };
        let got = merged(&[ours], &[diff("a", "1", "2")]);
        assert_eq!(got.steps[b"a".as_slice()], Step::Take(Some(Entry::file(file("2").id, true))));
    }
}
