//! A file of secrets, encrypted with a passphrase: Argon2id makes the key, XChaCha20-Poly1305 seals the whole.
//!
//! It is JSON, `{"version":1,"memory":…,"passes":…,"salt":…,"nonce":…,"sealed":…}`, with base64 for bytes. What is
//! sealed is a JSON object from names to secrets, and nobody can tell how many there are or change one
//! unnoticed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::aead::rand_core::RngCore;
use chacha20poly1305::aead::{Aead, AeadCore, KeyInit, OsRng};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::secrets::Secret;

/// What OWASP's Password Storage Cheat Sheet asks of Argon2id at least: 19 MiB and two passes.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// A file from elsewhere must not make this machine think for hours.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 16;
/// A passphrase shorter than this is guessed in no time.
const SHORTEST: usize = 8;
const VERSION: u32 = 1;
const SALT: usize = 16;

/// The open file.
pub(super) struct Sealed {
    path: PathBuf,
    cipher: XChaCha20Poly1305,
    head: Head,
    /// The file's bytes when it was last read or written.
    seen: Vec<u8>,
    secrets: BTreeMap<String, String>,
}

/// How the key was made. It is no secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    version: u32,
    memory: u32,
    passes: u32,
    salt: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    head: Head,
    nonce: String,
    sealed: String,
}

impl Sealed {
    /// Opens the file at `path`; makes it where there is none.
    pub(super) fn open(path: &Path, passphrase: &Secret) -> Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => {
                let stored = parse(&bytes)?;
                let cipher = cipher(&stored.head, passphrase)?;
                let secrets = unseal(&cipher, &stored)?;
                Ok(Self { path: path.to_path_buf(), cipher, head: stored.head, seen: bytes, secrets })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if passphrase.expose().chars().count() < SHORTEST {
                    let detail = format!("the passphrase needs at least {SHORTEST} characters");
                    return Err(Error::AccountInvalid { detail });
                }
                let mut salt = [0; SALT];
                OsRng.fill_bytes(&mut salt);
                let head = Head {
                    version: VERSION,
                    memory: MEMORY_KIB,
                    passes: PASSES,
                    salt: BASE64_STANDARD.encode(salt),
                };
                let cipher = cipher(&head, passphrase)?;
                let (seen, secrets) = (Vec::new(), BTreeMap::new());
                let mut made = Self { path: path.to_path_buf(), cipher, head, seen, secrets };
                made.write()?;
                Ok(made)
            }
            Err(error) => Err(Error::io(path)(error)),
        }
    }

    /// Reads again what another process has written since.
    pub(super) fn refresh(&mut self) -> Result<()> {
        let bytes = std::fs::read(&self.path).map_err(Error::io(&self.path))?;
        if bytes == self.seen {
            return Ok(());
        }
        let stored = parse(&bytes)?;
        if stored.head != self.head {
            // Made anew with another passphrase: it has to be asked for.
            return Err(Error::SecretsLocked);
        }
        self.secrets = unseal(&self.cipher, &stored)?;
        self.seen = bytes;
        Ok(())
    }

    /// The secret of that name.
    pub(super) fn get(&self, name: &str) -> Option<Secret> {
        self.secrets.get(name).cloned().map(Secret::new)
    }

    /// Keeps a secret, or forgets it.
    pub(super) fn set(&mut self, name: &str, secret: Option<&Secret>) -> Result<()> {
        // Held until the file is replaced: another process that keeps one meanwhile would be written over.
        let beside = self.path.with_extension("lock");
        let lock = File::create(&beside).map_err(Error::io(&beside))?;
        lock.lock().map_err(Error::io(&beside))?;
        self.refresh()?;
        let before = self.secrets.clone();
        match secret {
            Some(secret) => self.secrets.insert(name.to_owned(), secret.expose().to_owned()),
            None => self.secrets.remove(name),
        };
        self.write().inspect_err(|_| self.secrets = before)
    }

    /// Replaces the file whole.
    fn write(&mut self) -> Result<()> {
        let plain = serde_json::to_vec(&self.secrets).map_err(|error| damaged(&error.to_string()))?;
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let sealed =
            self.cipher.encrypt(&nonce, plain.as_slice()).map_err(|_| damaged("it can't be sealed"))?;
        let stored = Stored {
            head: self.head.clone(),
            nonce: BASE64_STANDARD.encode(nonce),
            sealed: BASE64_STANDARD.encode(sealed),
        };
        let bytes = serde_json::to_vec(&stored).map_err(|error| damaged(&error.to_string()))?;
        let failed = |error| Error::io(&self.path)(error);
        let directory = self.path.parent().unwrap_or(Path::new("."));
        // A temporary file is its owner's alone, and the rename keeps that.
        let mut file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
        file.write_all(&bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        pass(Point::SecretsStaged)?;
        file.persist(&self.path).map_err(|error| failed(error.error))?;
        if cfg!(unix) {
            // Its name is to survive a power cut too.
            File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed)?;
        }
        self.seen = bytes;
        pass(Point::SecretsPlaced)
    }
}

fn parse(bytes: &[u8]) -> Result<Stored> {
    let stored: Stored = serde_json::from_slice(bytes).map_err(|error| damaged(&error.to_string()))?;
    let head = &stored.head;
    let fits =
        (MEMORY_KIB..=MOST_MEMORY_KIB).contains(&head.memory) && (1..=MOST_PASSES).contains(&head.passes);
    match head.version {
        VERSION if fits => Ok(stored),
        VERSION => Err(damaged("its numbers make no sense")),
        _ => Err(damaged("a later version of FGD Sync wrote it")),
    }
}

fn cipher(head: &Head, passphrase: &Secret) -> Result<XChaCha20Poly1305> {
    let salt = BASE64_STANDARD.decode(&head.salt).map_err(|_| damaged("its salt is no base64"))?;
    let params =
        Params::new(head.memory, head.passes, 1, None).map_err(|error| damaged(&error.to_string()))?;
    let mut key = Key::default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose().as_bytes(), &salt, &mut key)
        .map_err(|error| damaged(&error.to_string()))?;
    Ok(XChaCha20Poly1305::new(&key))
}

fn unseal(cipher: &XChaCha20Poly1305, stored: &Stored) -> Result<BTreeMap<String, String>> {
    let bytes = |text: &str| BASE64_STANDARD.decode(text).map_err(|_| damaged("it is no base64"));
    let (nonce, sealed) = (bytes(&stored.nonce)?, bytes(&stored.sealed)?);
    if nonce.len() != 24 {
        return Err(damaged("its nonce has another length"));
    }
    // A wrong key and a changed byte look the same.
    let plain =
        cipher.decrypt(XNonce::from_slice(&nonce), sealed.as_slice()).map_err(|_| Error::PassphraseWrong)?;
    serde_json::from_slice(&plain).map_err(|_| damaged("what is in it is no list of secrets"))
}

fn damaged(detail: &str) -> Error {
    Error::Keychain { detail: format!("the file with the secrets is damaged: {detail}") }
}
