//! Sign-ins: kept in the operating system's keychain, and nowhere else on disk.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};
use crate::id::RemoteUrl;
use crate::view::SignIn;

/// The keychain's name for what is ours.
const SERVICE: &str = "fgd-sync";

/// Where a sign-in went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In the keychain.
    Keychain,
    /// In memory: the machine has no keychain that can be used.
    UntilExit,
}

impl Kept {
    /// What to tell the user.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Keychain => "The sign-in is kept in this machine's keychain.",
            Self::UntilExit => {
                "This machine has no keychain that can be used: the sign-in is kept until the app is closed, and is written nowhere."
            }
        }
    }
}

/// The sign-ins of this desktop, one a remote.
#[derive(Default)]
pub(crate) struct SignIns {
    /// What is known of each remote that was asked for: its sign-in, or that there is none.
    memory: Mutex<HashMap<RemoteUrl, Option<SignIn>>>,
}

impl SignIns {
    /// The sign-in for a remote, where there is one. A locked keychain counts as having none.
    pub(crate) fn get(&self, remote: &RemoteUrl) -> Option<SignIn> {
        if let Some(known) = self.memory().get(remote) {
            return known.clone();
        }
        // Asking a keychain can take a while, and may ask the user: once while the app runs is enough,
        // whatever it answers.
        let found = ask(remote);
        self.memory().insert(remote.clone(), found.clone());
        found
    }

    /// Whether the machine has a keychain that can be used.
    pub(crate) fn has_keychain(&self) -> bool {
        keyring::Entry::store_status().is_ok()
    }

    /// Keeps a sign-in for a remote.
    pub(crate) fn put(&self, remote: &RemoteUrl, sign_in: &SignIn) -> Result<Kept> {
        if sign_in.user.contains('\n') {
            return Err(Error::Keychain { detail: "a user name can't span lines".to_owned() });
        }
        self.memory().insert(remote.clone(), Some(sign_in.clone()));
        let stored = format!("{}\n{}", sign_in.user, sign_in.secret);
        match entry(remote).and_then(|entry| entry.set_password(&stored)) {
            Ok(()) => Ok(Kept::Keychain),
            Err(error) => {
                tracing::warn!(%remote, %error, "the keychain can't be used");
                Ok(Kept::UntilExit)
            }
        }
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<RemoteUrl, Option<SignIn>>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ask(remote: &RemoteUrl) -> Option<SignIn> {
    let stored = match entry(remote).and_then(|entry| entry.get_password()) {
        Ok(stored) => stored,
        Err(error) => {
            tracing::debug!(%remote, %error, "no sign-in in the keychain");
            return None;
        }
    };
    let (user, secret) = stored.split_once('\n')?;
    Some(SignIn { user: user.to_owned(), secret: secret.to_owned() })
}

fn entry(remote: &RemoteUrl) -> keyring::Result<keyring::Entry> {
    keyring::Entry::new(SERVICE, remote.as_str())
}
