//! A secret on its way to where it is kept, and where that can be.

use serde::{Deserialize, Serialize};

use crate::account::Keeping;

/// A user name and a secret, on their way from the dialog to the keychain.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// The user name; most hosts take any with a token.
    pub user: String,
    /// The token or password.
    pub secret: String,
    /// Where it is to be kept.
    #[serde(default)]
    pub keep: Keeping,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A name alone may be a token: some hosts take it so.
        let user = if self.secret.is_empty() { "<redacted>" } else { &self.user };
        f.debug_struct("SignIn").field("user", &user).field("secret", &"<redacted>").finish()
    }
}

/// Where secrets can be kept on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SecretStore {
    /// Whether there is a keychain that can be used.
    pub keychain: bool,
    /// How the encrypted file stands.
    pub file: SealedFile,
}

/// How the encrypted file of secrets stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SealedFile {
    /// There is none.
    Missing,
    /// Its passphrase has to be entered.
    Locked,
    /// It can be used.
    Open,
}
