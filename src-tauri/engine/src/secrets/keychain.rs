//! The operating system's keychain.

use crate::error::{Error, Result};
use crate::secrets::Secret;

/// The keychain's name for what is ours.
const SERVICE: &str = "fgd-sync";

/// Whether this machine has a keychain that can be used.
pub(super) fn is_there() -> bool {
    keyring::Entry::store_status().is_ok()
}

/// The secret of that name, where there is one.
pub(super) fn get(name: &str) -> Result<Option<Secret>> {
    match entry(name)?.get_password() {
        Ok(secret) => Ok(Some(Secret::new(secret))),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(failed(&error)),
    }
}

/// Keeps a secret.
pub(super) fn put(name: &str, secret: &Secret) -> Result<()> {
    entry(name)?.set_password(secret.expose()).map_err(|error| failed(&error))
}

/// Forgets a secret.
pub(super) fn remove(name: &str) -> Result<()> {
    match entry(name)?.delete_credential() {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(failed(&error)),
    }
}

fn entry(name: &str) -> Result<keyring::Entry> {
    if !is_there() {
        return Err(Error::NoKeychain);
    }
    keyring::Entry::new(SERVICE, name).map_err(|error| failed(&error))
}

fn failed(error: &keyring::Error) -> Error {
    Error::Keychain { detail: error.to_string() }
}
