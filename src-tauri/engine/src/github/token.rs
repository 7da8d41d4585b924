//! The secret that says who is asking.

use std::fmt;

use octocrab::secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A token of GitHub. It can't be printed.
#[derive(Clone)]
pub(crate) struct Token(SecretString);

/// Stands for a token where two must be told apart: a hash, from which the token can't be had.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Fingerprint(String);

impl Token {
    /// Takes a token as it was pasted. None where no token can look like that: an empty one, or one with
    /// spaces, line ends or anything else that a header can't hold.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty() && text.len() <= 1024 && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(SecretString::from(text)))
    }

    /// The token itself, for the request and for the keychain.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The token's stand-in.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let hash = Sha256::digest(format!("fgd-sync/github/{}", self.expose()));
        Fingerprint(hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }

    /// `text` with the token taken out, should somebody have repeated it.
    pub(super) fn redact(&self, text: &str) -> String {
        text.replace(self.expose(), "<redacted>")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(<redacted>)")
    }
}

impl Fingerprint {
    /// The stand-in as text, for a key.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_as_pasted_and_never_shown() {
        let token = Token::parse(" ghp_secret\n").expect("token");
        assert_eq!(token.expose(), "ghp_secret");
        assert!(!format!("{token:?} {:?}", token.fingerprint()).contains("secret"));
        assert_eq!(token.redact("bad ghp_secret!"), "bad <redacted>!");
        for bad in ["", "  ", "a b", "a\nb", "a\u{0}b", "tökén"] {
            assert!(Token::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_fingerprint_tells_tokens_apart() {
        let print = |text: &str| Token::parse(text).expect("token").fingerprint();
        assert_eq!(print("a"), print("a"));
        assert_ne!(print("a"), print("b"));
    }
}
