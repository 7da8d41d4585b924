//! One pack of new objects and its index, in Git's formats.
//!
//! Written here, since libgit2 looks for deltas among new objects, compresses them on one core and then unpacks
//! and hashes all of it once more to index it: most of the time that a large drop took.

use std::cell::RefCell;
use std::io::{self, Write};

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use git2::{ObjectType, Oid};
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

use crate::error::{Error, Result};

/// The bit of a short offset that says that the offset is a long one, in the table behind.
const LONG: u32 = 1 << 31;
/// Room for an object's head: its kind and size, seven bits a byte.
const LONGEST_HEAD: usize = 11;

/// An object as a pack holds it.
pub(super) struct Packed {
    pub(super) id: Oid,
    crc: u32,
    /// Its head and its compressed bytes.
    bytes: Vec<u8>,
}

thread_local! {
    /// Making a compressor costs more than compressing an object: each thread keeps one.
    static COMPRESSOR: RefCell<Option<(u32, Compress)>> = const { RefCell::new(None) };
}

impl Packed {
    /// Compresses an object of this name; `level` is zlib's, 0 to 9.
    pub(super) fn new(id: Oid, kind: ObjectType, content: &[u8], level: u32) -> Result<Self> {
        let mut bytes = Vec::with_capacity(LONGEST_HEAD + content.len() / 2 + 64);
        head(kind, content.len(), &mut bytes)?;
        compress(content, level, &mut bytes)?;
        let mut crc = Crc::new();
        crc.update(&bytes);
        Ok(Self { id, crc: crc.sum(), bytes })
    }
}

fn head(kind: ObjectType, size: usize, out: &mut Vec<u8>) -> Result<()> {
    let kind = match kind {
        ObjectType::Commit => 1,
        ObjectType::Tree => 2,
        ObjectType::Blob => 3,
        ObjectType::Tag => 4,
        other => return Err(failed(format!("a {other} is no object to pack"))),
    };
    let (mut first, mut rest) = (kind << 4 | (size & 0xf) as u8, size >> 4);
    while rest > 0 {
        out.push(first | 0x80);
        first = (rest & 0x7f) as u8;
        rest >>= 7;
    }
    out.push(first);
    Ok(())
}

/// The bytes, compressed as zlib does.
pub(super) fn deflated(content: &[u8], level: u32) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(content.len() / 2 + 64);
    compress(content, level, &mut out)?;
    Ok(out)
}

fn compress(content: &[u8], level: u32, out: &mut Vec<u8>) -> Result<()> {
    COMPRESSOR.with_borrow_mut(|kept| {
        let (_, compressor) = match kept {
            Some(kept) if kept.0 == level => kept,
            kept => kept.insert((level, Compress::new(Compression::new(level), true))),
        };
        compressor.reset();
        compress_by(compressor, content, out)
    })
}

fn compress_by(compressor: &mut Compress, content: &[u8], out: &mut Vec<u8>) -> Result<()> {
    loop {
        let done = usize::try_from(compressor.total_in()).unwrap_or(usize::MAX);
        let rest = content.get(done..).unwrap_or_default();
        let status = compressor
            .compress_vec(rest, out, FlushCompress::Finish)
            .map_err(|error| failed(error.to_string()))?;
        match status {
            Status::StreamEnd => return Ok(()),
            // It needs more room.
            Status::Ok | Status::BufError => out.reserve(rest.len() / 2 + 64),
        }
    }
}

fn failed(detail: String) -> Error {
    Error::Internal { detail: format!("a pack could not be written: {detail}") }
}

/// Writes a pack of these objects, each of which is there once. Returns its checksum.
pub(super) fn write_pack(objects: &[Packed], out: &mut impl Write) -> io::Result<[u8; 20]> {
    let mut out = Hashing::new(out);
    let count = u32::try_from(objects.len()).map_err(io::Error::other)?;
    out.write_all(b"PACK")?;
    out.write_all(&2_u32.to_be_bytes())?;
    out.write_all(&count.to_be_bytes())?;
    for object in objects {
        out.write_all(&object.bytes)?;
    }
    out.finish()
}

/// Writes the index of a pack that holds these objects in this order.
pub(super) fn write_index(objects: &[Packed], pack: [u8; 20], out: &mut impl Write) -> io::Result<()> {
    let mut at = 12_u64;
    let mut sorted: Vec<(&Packed, u64)> = Vec::with_capacity(objects.len());
    for object in objects {
        sorted.push((object, at));
        at += object.bytes.len() as u64;
    }
    sorted.sort_unstable_by(|(a, _), (b, _)| a.id.as_bytes().cmp(b.id.as_bytes()));

    let mut out = Hashing::new(out);
    out.write_all(b"\xfftOc")?;
    out.write_all(&2_u32.to_be_bytes())?;
    let mut fan = [0_u32; 256];
    for (object, _) in &sorted {
        fan[usize::from(object.id.as_bytes()[0])] += 1;
    }
    let mut so_far = 0;
    for count in fan {
        so_far += count;
        out.write_all(&so_far.to_be_bytes())?;
    }
    for (object, _) in &sorted {
        out.write_all(object.id.as_bytes())?;
    }
    for (object, _) in &sorted {
        out.write_all(&object.crc.to_be_bytes())?;
    }
    let mut long = Vec::new();
    for (_, at) in &sorted {
        let short = match u32::try_from(*at) {
            Ok(at) if at < LONG => at,
            _ => {
                let place = u32::try_from(long.len()).map_err(io::Error::other)?;
                long.push(*at);
                LONG | place
            }
        };
        out.write_all(&short.to_be_bytes())?;
    }
    for at in long {
        out.write_all(&at.to_be_bytes())?;
    }
    out.write_all(&pack)?;
    out.finish().map(drop)
}

/// Hashes what it passes on. The checksum finds damage; what an object is called is not decided here.
struct Hashing<'a, W> {
    out: &'a mut W,
    hash: Context,
}

impl<'a, W: Write> Hashing<'a, W> {
    fn new(out: &'a mut W) -> Self {
        Self { out, hash: Context::new(&SHA1_FOR_LEGACY_USE_ONLY) }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }

    /// Ends with the hash of all before it.
    fn finish(self) -> io::Result<[u8; 20]> {
        let mut sum = [0; 20];
        sum.copy_from_slice(self.hash.finish().as_ref());
        self.out.write_all(&sum)?;
        self.out.flush()?;
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    fn packed(kind: ObjectType, content: &[u8], level: u32) -> Packed {
        let id = Oid::hash_object(kind, content).expect("a name");
        Packed::new(id, kind, content, level).expect("packed")
    }

    /// What `git` finds in a pack of these objects, indexed by us.
    fn read_by_git(objects: &[Packed]) -> String {
        let home = tempfile::tempdir().expect("a folder");
        let git = |words: &[&str]| {
            let done = Command::new("git").arg("-C").arg(home.path()).args(words).output().expect("git runs");
            assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
            String::from_utf8(done.stdout).expect("text")
        };
        git(&["init", "-q"]);
        let at = |name: &str| home.path().join(".git/objects/pack").join(name);
        let (mut pack, mut index) = (Vec::new(), Vec::new());
        let sum = write_pack(objects, &mut pack).expect("written");
        write_index(objects, sum, &mut index).expect("written");
        std::fs::write(at("pack-x.pack"), pack).expect("a pack");
        std::fs::write(at("pack-x.idx"), &index).expect("an index");
        git(&["verify-pack", ".git/objects/pack/pack-x.idx"]);
        // Git's own index of it has the same bytes.
        git(&["index-pack", "-o", "own.idx", ".git/objects/pack/pack-x.pack"]);
        assert_eq!(std::fs::read(home.path().join("own.idx")).expect("its index"), index);
        git(&["cat-file", "--batch-check", "--batch-all-objects"])
    }

    #[test]
    fn git_reads_what_is_packed() {
        let long = "leaf\n".repeat(100_000);
        let (blob, tree) = (packed(ObjectType::Blob, long.as_bytes(), 6), packed(ObjectType::Tree, b"", 1));
        let listed = read_by_git(&[blob, tree, packed(ObjectType::Blob, b"", 0)]);
        for line in [" blob 500000\n", " tree 0\n", " blob 0\n"] {
            assert!(listed.contains(line), "{listed}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn any_bytes_come_back(
            contents in prop::collection::btree_set(prop::collection::vec(any::<u8>(), 0..3000), 1..40),
            level in 0_u32..=9,
        ) {
            let objects: Vec<Packed> =
                contents.iter().map(|content| packed(ObjectType::Blob, content, level)).collect();
            let mut lines: Vec<String> =
                objects.iter().zip(&contents).map(|(o, content)| format!("{} blob {}\n", o.id, content.len())).collect();
            lines.sort();
            prop_assert_eq!(read_by_git(&objects), lines.concat());
        }
    }
}
