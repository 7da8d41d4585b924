//! Secrets: in the operating system's keychain, in a file encrypted with a passphrase, or in memory; by the
//! user's choice, and never anywhere in the clear.

mod keychain;
mod sealed;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::account::Keeping;
use crate::error::{Error, Result};
use crate::view::{SealedFile, SecretStore};

use sealed::Sealed;

/// The file's name in the app's data directory.
const FILE: &str = "secrets.sealed";

/// A token, password or passphrase. It can't be printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// Takes a secret as it was entered.
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for whoever must tell it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// The secrets of this desktop.
pub(crate) struct Secrets {
    path: PathBuf,
    /// What was entered or found since the start.
    memory: Mutex<HashMap<String, Secret>>,
    /// The encrypted file, once it was opened.
    sealed: Mutex<Option<Sealed>>,
}

#[cfg(unix)]
fn no_core_dump() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let none = Rlimit { current: Some(0), ..getrlimit(Resource::Core) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "a crash may leave a picture of the memory");
    }
}

/// Windows makes none unless an administrator asks for it.
#[cfg(not(unix))]
fn no_core_dump() {}

impl Secrets {
    /// The secrets of the app whose data directory is `home`. Nothing is read yet. From now on the system makes no
    /// picture of this process's memory when it crashes: secrets would be in it.
    pub(crate) fn new(home: &Path) -> Self {
        no_core_dump();
        Self { path: home.join(FILE), memory: Mutex::default(), sealed: Mutex::default() }
    }

    /// Where secrets can be kept here.
    pub(crate) fn store(&self) -> SecretStore {
        let file = match (lock(&self.sealed).is_some(), self.path.exists()) {
            (true, _) => SealedFile::Open,
            (false, true) => SealedFile::Locked,
            (false, false) => SealedFile::Missing,
        };
        SecretStore { keychain: keychain::is_there(), file }
    }

    /// The secret of that name, from where it is kept; none where it has to be asked for again.
    ///
    /// # Errors
    /// `SecretsLocked` while the encrypted file is not open; `Keychain` where it does not answer.
    pub(crate) fn get(&self, name: &str, kept: Keeping) -> Result<Option<Secret>> {
        // A keychain may take its time, or ask the user: once while the app runs is enough.
        if let Some(known) = lock(&self.memory).get(name) {
            return Ok(Some(known.clone()));
        }
        let found = match kept {
            Keeping::Session => None,
            Keeping::Keychain => keychain::get(name)?,
            Keeping::File => {
                let mut sealed = lock(&self.sealed);
                let open = sealed.as_mut().ok_or(Error::SecretsLocked)?;
                // Another process may have kept one since.
                open.refresh()?;
                open.get(name)
            }
        };
        if let Some(found) = &found {
            lock(&self.memory).insert(name.to_owned(), found.clone());
        }
        Ok(found)
    }

    /// Keeps a secret under a name.
    ///
    /// # Errors
    /// `NoKeychain`, `SecretsLocked`, and those of the disk; nothing is kept then.
    pub(crate) fn put(&self, name: &str, kept: Keeping, secret: Secret) -> Result<()> {
        match kept {
            Keeping::Session => {}
            Keeping::Keychain => keychain::put(name, &secret)?,
            Keeping::File => {
                let mut sealed = lock(&self.sealed);
                sealed.as_mut().ok_or(Error::SecretsLocked)?.set(name, Some(&secret))?;
            }
        }
        lock(&self.memory).insert(name.to_owned(), secret);
        Ok(())
    }

    /// Forgets a secret, everywhere.
    pub(crate) fn forget(&self, name: &str, kept: Keeping) -> Result<()> {
        lock(&self.memory).remove(name);
        match kept {
            Keeping::Session => Ok(()),
            Keeping::Keychain => keychain::remove(name),
            Keeping::File => {
                // What stays in a locked file belongs to nothing, and nobody can read it.
                lock(&self.sealed).as_mut().map_or(Ok(()), |open| open.set(name, None))
            }
        }
    }

    /// Opens the encrypted file; where there is none, it is made with this passphrase.
    ///
    /// # Errors
    /// `PassphraseWrong`, `AccountInvalid` for a passphrase that is too short for a new file.
    pub(crate) fn unlock(&self, passphrase: &Secret) -> Result<()> {
        let open = Sealed::open(&self.path, passphrase)?;
        *lock(&self.sealed) = Some(open);
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these guard is replaced whole, so a panic elsewhere leaves nothing half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_session_s_secret_ends_with_it() {
        let home = tempfile::tempdir().expect("directory");
        let kept = Keeping::Session;
        let secrets = Secrets::new(home.path());
        assert_eq!(secrets.get("one", kept).expect("asked"), None);
        secrets.put("one", kept, secret("hunter2")).expect("kept");
        assert_eq!(secrets.get("one", kept).expect("asked"), Some(secret("hunter2")));
        assert_eq!(Secrets::new(home.path()).get("one", kept).expect("asked"), None);
        assert_eq!(std::fs::read_dir(home.path()).expect("listed").count(), 0, "nothing is written");
        secrets.forget("one", kept).expect("forgotten");
        assert_eq!(secrets.get("one", kept).expect("asked"), None);
    }

    #[test]
    fn the_file_opens_with_its_passphrase_only() {
        let home = tempfile::tempdir().expect("directory");
        let kept = Keeping::File;
        let secrets = Secrets::new(home.path());
        assert_eq!(secrets.store().file, SealedFile::Missing);
        assert!(matches!(secrets.put("one", kept, secret("hunter2")), Err(Error::SecretsLocked)));
        assert!(matches!(secrets.unlock(&secret("short")), Err(Error::AccountInvalid { .. })));
        secrets.unlock(&secret("correct horse")).expect("made");
        secrets.put("one", kept, secret("hunter2")).expect("kept");
        let bytes = std::fs::read(home.path().join(FILE)).expect("the file");
        assert!(!bytes.windows(7).any(|window| window == b"hunter2"));

        let later = Secrets::new(home.path());
        assert_eq!(later.store().file, SealedFile::Locked);
        assert!(matches!(later.get("one", kept), Err(Error::SecretsLocked)));
        assert!(matches!(later.unlock(&secret("correct house")), Err(Error::PassphraseWrong)));
        later.unlock(&secret("correct horse")).expect("opened");
        assert_eq!(later.get("one", kept).expect("asked"), Some(secret("hunter2")));
        assert_eq!(later.store().file, SealedFile::Open);
        later.forget("one", kept).expect("forgotten");
        // The other process has it in memory until it ends; a new one does not get it any more.
        let last = Secrets::new(home.path());
        last.unlock(&secret("correct horse")).expect("opened");
        assert_eq!(last.get("one", kept).expect("asked"), None);
    }

    #[test]
    fn two_processes_share_the_file() {
        let home = tempfile::tempdir().expect("directory");
        let kept = Keeping::File;
        let (here, there) = (Secrets::new(home.path()), Secrets::new(home.path()));
        for secrets in [&here, &there] {
            secrets.unlock(&secret("correct horse")).expect("opened");
        }
        here.put("one", kept, secret("1")).expect("kept");
        there.put("two", kept, secret("2")).expect("kept");
        assert_eq!(there.get("one", kept).expect("asked"), Some(secret("1")));
        assert_eq!(here.get("two", kept).expect("asked"), Some(secret("2")));
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().expect("directory");
        Secrets::new(home.path()).unlock(&secret("correct horse")).expect("made");
        let mode = std::fs::metadata(home.path().join(FILE)).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_crash_leaves_no_picture_of_the_memory() {
        let home = tempfile::tempdir().expect("a directory");
        let _secrets = Secrets::new(home.path());
        let limits = std::fs::read_to_string("/proc/self/limits").expect("the limits");
        let line = limits.lines().find(|line| line.starts_with("Max core file size")).expect("its limit");
        assert_eq!(line.split_whitespace().nth(4), Some("0"), "{line}");
    }
}
