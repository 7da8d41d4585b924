//! What a commit of ours says of remote work that it took over while some of it still waits for a person.
//!
//! Such a commit has one parent, so no Git, ours or the user's own, takes it for a finished merge: a push of
//! it is refused by any remote. What it took and what it left is in its message, in trailers:
//!
//! ```text
//! FGD-Adopted: <the remote's commit>
//! FGD-Held: <blob of the base, or -> <path, percent-encoded>
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;

use git2::{Oid, Repository};

use super::compare::Entry;
use crate::error::Result;

const ADOPTED: &str = "FGD-Adopted: ";
const HELD: &str = "FGD-Held: ";
/// How far back such a commit is looked for: more commits than anybody keeps unpushed.
const LOOKED_AT: usize = 10_000;

/// What was taken over, and what was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Adopted {
    /// The remote's commit whose work was taken over.
    pub(super) theirs: Oid,
    /// The paths that were left as they are here, each with what both sides had before they parted.
    pub(super) held: BTreeMap<Vec<u8>, Option<Entry>>,
}

impl Adopted {
    /// The newest such commit among those that lead to `ours` by first parents and that the remote lacks.
    pub(super) fn find(git: &Repository, ours: Oid, theirs: Oid) -> Result<Option<Self>> {
        let mut walk = git.revwalk()?;
        walk.simplify_first_parent()?;
        walk.push(ours)?;
        walk.hide(theirs)?;
        for id in walk.take(LOOKED_AT) {
            let commit = git.find_commit(id?)?;
            if commit.parent_count() > 1 {
                // A finished merge: what it has for a base, Git knows.
                return Ok(None);
            }
            let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
            if let Some(adopted) = Self::read(&message) {
                return Ok(Some(adopted));
            }
        }
        Ok(None)
    }

    fn read(message: &str) -> Option<Self> {
        let theirs = message.lines().find_map(|line| line.strip_prefix(ADOPTED))?;
        let mut held = BTreeMap::new();
        for line in message.lines().filter_map(|line| line.strip_prefix(HELD)) {
            let (base, path) = line.split_once(' ')?;
            let base = match base.split_once(':') {
                None => None,
                Some((mode, id)) => {
                    let mode = i32::from_str_radix(mode, 8).ok()?;
                    Some(Entry { id: Oid::from_str(id).ok()?, mode })
                }
            };
            held.insert(decode(path), base);
        }
        Some(Self { theirs: Oid::from_str(theirs.trim()).ok()?, held })
    }

    /// The trailers, to follow others.
    pub(super) fn trailers(&self) -> String {
        let mut text = format!("{ADOPTED}{}\n", self.theirs);
        for (path, base) in &self.held {
            let base = base.map_or_else(|| "-".to_owned(), |base| format!("{:o}:{}", base.mode, base.id));
            // Writing into a String can't fail.
            let _ = writeln!(text, "{HELD}{base} {}", encode(path));
        }
        text
    }
}

fn encode(path: &[u8]) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path {
        match byte {
            b'!'..=b'$' | b'&'..=b'~' => text.push(char::from(*byte)),
            _ => drop(write!(text, "%{byte:02X}")),
        }
    }
    text
}

fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut path = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(|digits| str::from_utf8(digits).ok());
        match digits.filter(|_| bytes[at] == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                path.push(byte);
                at += 3;
            }
            None => {
                path.push(bytes[at]);
                at += 1;
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use git2::ObjectType;

    use super::*;

    #[test]
    fn trailers_come_back_as_they_were() {
        let id = Oid::hash_object(ObjectType::Blob, b"x").expect("hash");
        let held = [
            (b"lab/managed/switches/a.yaml".to_vec(), Some(Entry::file(id, true))),
            ("ü %41\n\u{1}".as_bytes().to_vec(), None),
            (b"\xff".to_vec(), Some(Entry::file(id, false))),
        ];
        let adopted = Adopted { theirs: id, held: held.into_iter().collect() };
        let message = format!("Subject\n\nBody\n\nFGD-Operation: 1\n{}", adopted.trailers());
        assert_eq!(Adopted::read(&message), Some(adopted));
        assert_eq!(Adopted::read("Subject\n\nFGD-Operation: 1\n"), None);
    }
}
