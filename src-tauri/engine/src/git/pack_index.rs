//! The index of a pack (`.idx`, version 2): which objects are in it.

use std::fs;
use std::path::Path;

use git2::Oid;

use crate::error::{Error, Result};

const MAGIC: &[u8] = b"\xfftOc\0\0\0\x02";
/// 256 counts of 4 bytes: how many objects have a first byte up to that one.
const FANOUT: usize = 256 * 4;
const NAME: usize = 20;

/// The objects that the index lists, sorted.
///
/// # Errors
/// `Internal` for a file that is no such index.
pub(super) fn objects(index: &Path) -> Result<Vec<Oid>> {
    let bytes = fs::read(index).map_err(Error::io(index))?;
    listed(&bytes)
        .ok_or_else(|| Error::Internal { detail: format!("{} is no index of a pack", index.display()) })
}

fn listed(bytes: &[u8]) -> Option<Vec<Oid>> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (fanout, rest) = rest.split_at_checked(FANOUT)?;
    let count = u32::from_be_bytes(*fanout.last_chunk()?) as usize;
    let names = rest.get(..count.checked_mul(NAME)?)?;
    names.chunks_exact(NAME).map(|name| Oid::from_bytes(name).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_index_lists_nothing() {
        let mut bytes = [MAGIC, &[0; FANOUT]].concat();
        assert_eq!(listed(&bytes), Some(Vec::new()));
        *bytes.last_mut().expect("a count") = 2;
        bytes.extend([7; NAME]);
        assert_eq!(listed(&bytes), None, "one of two is missing");
        bytes.extend([8; NAME]);
        let names: Vec<String> =
            listed(&bytes).expect("two").iter().map(|id| id.to_string()[..2].to_owned()).collect();
        assert_eq!(names, ["07", "08"]);
        assert_eq!(listed(b"\xfftOc\0\0\0\x01"), None);
        assert_eq!(listed(b""), None);
    }
}
