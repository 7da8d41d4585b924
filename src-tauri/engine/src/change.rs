//! What is to become of files: the currency between the plan, the commit and the work tree.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::id::RepoPath;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The SHA-256 of a file's bytes: says whether a file is still what it was when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ContentHash([u8; 32]);

impl ContentHash {
    /// The hash of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash that is written as 64 hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One by one, a fabric's hashes took longer to write than to make.
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        f.write_str(&String::from_utf8_lossy(&digits))
    }
}

impl Serialize for ContentHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a SHA-256 in hexadecimal"))
    }
}

/// For how long a look at a whole directory is believed while it is heard what is done in it: not everything is told to
/// a watch.
pub(crate) const BELIEVED: Duration = Duration::from_secs(60);

/// What was done in a fabric's directory since some time, as far as it was heard of.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// The number of the last change: from here on it can be asked next.
    pub(crate) at: u64,
    /// The paths that something was done to; none where only a look at everything can tell.
    pub(crate) paths: Option<Vec<RepoPath>>,
}

/// One file that is to be written or deleted.
///
/// A file on disk that is neither `before` nor `after` is never written over: somebody changed it
/// since it was read, and what they wrote is worth more than the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileChange {
    /// The file, inside the repository.
    pub(crate) path: RepoPath,
    /// What the disk held when it was read; `None` where there was no file.
    pub(crate) before: Option<ContentHash>,
    /// What it is to hold; `None` to delete it.
    pub(crate) after: Option<Vec<u8>>,
    /// Whether it is to be executable; `None` leaves that as it is (a new file is not).
    pub(crate) executable: Option<bool>,
}

impl FileChange {
    /// Writes a file.
    pub(crate) fn write(path: RepoPath, before: Option<ContentHash>, after: Vec<u8>) -> Self {
        Self { path, before, after: Some(after), executable: None }
    }

    /// Deletes a file that held `before`.
    pub(crate) fn delete(path: RepoPath, before: ContentHash) -> Self {
        Self { path, before: Some(before), after: None, executable: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_survives_its_text_form() {
        let hash = ContentHash::of(b"");
        assert_eq!(hash.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let json = serde_json::to_string(&hash).expect("json");
        assert_eq!(serde_json::from_str::<ContentHash>(&json).expect("hash"), hash);
    }

    #[test]
    fn only_64_digits_are_a_hash() {
        for bad in ["", "e3b0", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(ContentHash::parse(bad), None, "{bad}");
        }
    }
}
