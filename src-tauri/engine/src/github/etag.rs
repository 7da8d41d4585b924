//! What GitHub says that an answer was, to be asked "is it still?".

use sha2::{Digest, Sha256};

use crate::github::Fingerprint;

/// The ETag of an answer, bound to the token and the address that it was given for. GitHub answers for what
/// a token may see: for another token the same ETag would tell nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ETag {
    key: String,
    value: String,
}

impl ETag {
    /// The ETag of an answer. None where the value can't be sent back.
    pub(super) fn new(token: &Fingerprint, address: &str, value: &str) -> Option<Self> {
        let fits = (1..=256).contains(&value.len()) && value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        fits.then(|| Self { key: key(token, address), value: value.to_owned() })
    }

    /// The value, if it was given for that token and address.
    pub(super) fn value_for(&self, token: &Fingerprint, address: &str) -> Option<&str> {
        (self.key == key(token, address)).then_some(self.value.as_str())
    }

    /// The ETag as text, for the store: it holds no token.
    pub(crate) fn to_stored(&self) -> String {
        format!("{} {}", self.key, self.value)
    }

    /// The ETag as it was stored.
    pub(crate) fn from_stored(text: &str) -> Option<Self> {
        let (key, value) = text.split_once(' ')?;
        Some(Self { key: key.to_owned(), value: value.to_owned() })
    }
}

fn key(token: &Fingerprint, address: &str) -> String {
    let hash = Sha256::digest(format!("{} {address}", token.as_str()));
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::github::Token;

    #[test]
    fn an_etag_is_for_one_token_and_one_address() {
        let print = |text: &str| Token::parse(text).expect("token").fingerprint();
        let etag = ETag::new(&print("a"), "https://h/x", "W/\"1 2\"").expect("etag");
        let etag = ETag::from_stored(&etag.to_stored()).expect("stored");
        assert_eq!(etag.value_for(&print("a"), "https://h/x"), Some("W/\"1 2\""));
        assert_eq!(etag.value_for(&print("b"), "https://h/x"), None);
        assert_eq!(etag.value_for(&print("a"), "https://h/y"), None);
        assert!(ETag::new(&print("a"), "x", "a\r\nb").is_none());
        assert!(ETag::new(&print("a"), "x", "").is_none());
    }
}
