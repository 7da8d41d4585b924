//! Whether a remote is who it says: host keys against known_hosts, certificates against an own authority.
//!
//! libgit2 reads `~/.ssh/known_hosts` itself, but can't say whether a key is new or another one, knows no file
//! beside that, and has its setting for an own authority behind `unsafe`. So its callback is answered here.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use git2::cert::Cert;
use git2::{CertificateCheckStatus, ErrorClass, ErrorCode, ProxyOptions};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};
use ssh2::{CheckResult, KnownHostFileKind};
use url::Url;

use super::durable::sync_dir;
use crate::error::Error;
use crate::id::RemoteUrl;
use crate::view::Proxy;

/// Who is believed, and by which way remotes are reached.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trust {
    /// The app's own file of host keys, beside the user's and the system's.
    pub(crate) own_known_hosts: Option<PathBuf>,
    /// The fingerprint that the user has just called right: such a key is written into that file.
    pub(crate) accept: Option<String>,
    /// A PEM file of authorities that are trusted beside the system's.
    pub(crate) ca_file: Option<PathBuf>,
    /// The proxy for HTTP.
    pub(crate) proxy: Proxy,
}

/// One talk's judge: what it finds wrong is kept, since libgit2 hands on nothing but a text.
#[derive(Clone)]
pub(super) struct Judge {
    trust: Trust,
    remote: RemoteUrl,
    verdict: Arc<Mutex<Option<Error>>>,
}

/// What is known of a host key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It is the host's.
    Yes,
    /// Nothing is known of it.
    No,
    /// The host has another key of the same sort, or the key was revoked.
    Otherwise,
}

impl Trust {
    /// The proxy, in libgit2's words.
    pub(super) fn proxy(&self) -> ProxyOptions<'static> {
        let mut options = ProxyOptions::new();
        match &self.proxy {
            Proxy::System => drop(options.auto()),
            Proxy::Direct => {}
            Proxy::At { url } => drop(options.url(url)),
        }
        options
    }

    fn files(&self) -> Vec<PathBuf> {
        let user = std::env::home_dir().map(|home| home.join(".ssh/known_hosts"));
        let system = PathBuf::from("/etc/ssh/ssh_known_hosts");
        user.into_iter().chain([system]).chain(self.own_known_hosts.clone()).collect()
    }
}

impl Judge {
    pub(super) fn new(trust: &Trust, remote: &RemoteUrl) -> Self {
        Self { trust: trust.clone(), remote: remote.clone(), verdict: Arc::default() }
    }

    /// What was found wrong, once.
    pub(super) fn verdict(&self) -> Option<Error> {
        self.verdict.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Answers libgit2.
    pub(super) fn check(&self, cert: &Cert<'_>, host: &str) -> Result<CertificateCheckStatus, git2::Error> {
        if let Some(key) = cert.as_hostkey() {
            let Some(blob) = key.hostkey() else {
                return Err(refused("the server's key can't be read"));
            };
            return self.check_host_key(host, blob);
        }
        match (cert.as_x509(), &self.trust.ca_file) {
            (Some(cert), Some(file)) if is_vouched_for(file, cert.data(), host) => {
                Ok(CertificateCheckStatus::CertificateOk)
            }
            // The system's authorities decide.
            _ => Ok(CertificateCheckStatus::CertificatePassthrough),
        }
    }

    fn check_host_key(&self, host: &str, blob: &[u8]) -> Result<CertificateCheckStatus, git2::Error> {
        let port = port_of(&self.remote);
        let (kind, fingerprint) = (key_kind(blob), fingerprint(blob));
        let known = known(&self.trust.files(), host, port, blob);
        let (remote, host) = (self.remote.clone(), name_with_port(host, port));
        let error = match known {
            Known::Yes => return Ok(CertificateCheckStatus::CertificateOk),
            Known::Otherwise => Error::HostKeyChanged { remote, host, kind, fingerprint },
            Known::No if self.trust.accept.as_ref() == Some(&fingerprint) => {
                match self.trust.own_known_hosts.as_deref().map(|own| remember(own, &host, &kind, blob)) {
                    None | Some(Ok(())) => return Ok(CertificateCheckStatus::CertificateOk),
                    Some(Err(error)) => error,
                }
            }
            Known::No => Error::HostKeyUnknown { remote, host, kind, fingerprint },
        };
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Err(refused("the server's key is not trusted"))
    }
}

fn refused(why: &str) -> git2::Error {
    git2::Error::new(ErrorCode::Certificate, ErrorClass::Ssh, why)
}

/// What the known_hosts files say of a key.
fn known(files: &[PathBuf], host: &str, port: u16, blob: &[u8]) -> Known {
    let texts = files.iter().filter_map(|file| std::fs::read(file).ok());
    known_by(texts, host, port, blob)
}

/// What the texts of known_hosts files say of a key.
pub(crate) fn known_by(
    texts: impl IntoIterator<Item = Vec<u8>>,
    host: &str,
    port: u16,
    blob: &[u8],
) -> Known {
    let kind = key_kind(blob);
    let encoded = BASE64_STANDARD.encode(blob);
    let Ok(session) = ssh2::Session::new() else { return Known::No };
    let Ok(mut hosts) = session.known_hosts() else { return Known::No };
    for text in texts {
        for line in String::from_utf8_lossy(&text).lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["@revoked", _, _, key, ..] if *key == encoded => return Known::Otherwise,
                // A key of another sort says nothing about this one; a line that libssh2 can't read is
                // nobody's key.
                [_, sort, _, ..] if *sort == kind.as_str() => {
                    let _read = hosts.read_str(line, KnownHostFileKind::OpenSSH);
                }
                _ => {}
            }
        }
    }
    // With a port, libssh2 would take the key of the host's usual port too.
    match hosts.check(&name_with_port(host, port), blob) {
        CheckResult::Match => Known::Yes,
        CheckResult::Mismatch => Known::Otherwise,
        CheckResult::NotFound | CheckResult::Failure => Known::No,
    }
}

/// Writes a key that the user called right into the app's own file.
fn remember(own: &Path, host: &str, kind: &str, blob: &[u8]) -> crate::error::Result<()> {
    let failed = |error| Error::io(own)(error);
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(own).map_err(failed)?;
    let line = format!("{host} {kind} {}\n", BASE64_STANDARD.encode(blob));
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    own.parent().map_or(Ok(()), sync_dir)
}

/// The sort of a key, `ssh-ed25519`: its bytes begin with it, after its length.
fn key_kind(blob: &[u8]) -> String {
    let length = blob.first_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes) as usize);
    let name = blob.get(4..4_usize.saturating_add(length)).unwrap_or_default();
    String::from_utf8_lossy(name).chars().filter(char::is_ascii_graphic).take(64).collect()
}

/// A key's fingerprint, as `ssh` shows it.
fn fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", BASE64_STANDARD_NO_PAD.encode(Sha256::digest(blob)))
}

/// A host as known_hosts has it.
fn name_with_port(host: &str, port: u16) -> String {
    if port == 22 { host.to_owned() } else { format!("[{host}]:{port}") }
}

fn port_of(remote: &RemoteUrl) -> u16 {
    Url::parse(remote.as_str()).ok().and_then(|url| url.port()).unwrap_or(22)
}

/// How many certificates a PEM file holds; in words, why it can't be read.
pub(crate) fn count_certificates(file: &Path) -> Result<usize, String> {
    let text = std::fs::read(file).map_err(|error| error.to_string())?;
    Ok(CertificateDer::pem_slice_iter(&text).filter_map(Result::ok).count())
}

/// Whether an authority of that file vouches for a certificate, or the file holds that very one.
fn is_vouched_for(file: &Path, leaf: &[u8], host: &str) -> bool {
    let Ok(certificates) = CertificateDer::pem_file_iter(file) else { return false };
    let trusted: Vec<CertificateDer<'_>> = certificates.filter_map(Result::ok).collect();
    let leaf = CertificateDer::from(leaf);
    let Ok(end) = webpki::EndEntityCert::try_from(&leaf) else { return false };
    let Ok(name) = ServerName::try_from(host) else { return false };
    if end.verify_is_valid_for_subject_name(&name).is_err() {
        return false;
    }
    if trusted.contains(&leaf) {
        return true;
    }
    let anchors: Vec<_> =
        trusted.iter().filter_map(|certificate| webpki::anchor_from_trusted_cert(certificate).ok()).collect();
    let usage = webpki::KeyUsage::server_auth();
    let algorithms = webpki::ALL_VERIFICATION_ALGS;
    end.verify_for_usage(algorithms, &anchors, &trusted, UnixTime::now(), usage, None, None).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(kind: &str, key: &[u8]) -> Vec<u8> {
        let part = |bytes: &[u8]| {
            let length = u32::try_from(bytes.len()).expect("short");
            [length.to_be_bytes().as_slice(), bytes].concat()
        };
        [part(kind.as_bytes()), part(key)].concat()
    }

    #[test]
    fn keys_are_known_new_or_others() {
        let home = tempfile::tempdir().expect("directory");
        let file = home.path().join("known_hosts");
        let (right, wrong) = (blob("ssh-ed25519", &[1; 32]), blob("ssh-ed25519", &[2; 32]));
        let (other_sort, revoked) = (blob("ssh-rsa", &[3; 32]), blob("ssh-ed25519", &[4; 32]));
        let text = |key: &[u8]| BASE64_STANDARD.encode(key);
        // The hash of `hashed.example`, made with OpenSSL: HMAC-SHA1 keyed with twenty zero bytes.
        let hashed = "|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|jIFFEspqmha9A38gAcMzPm2TXIY=";
        let lines = [
            "# a comment".to_owned(),
            "broken".to_owned(),
            format!("git.example,10.0.0.1 ssh-ed25519 {}", text(&right)),
            format!("[git.example]:2222 ssh-ed25519 {}", text(&wrong)),
            format!("rsa.example ssh-rsa {}", text(&other_sort)),
            format!("{hashed} ssh-ed25519 {}", text(&right)),
            format!("@revoked * ssh-ed25519 {}", text(&revoked)),
        ];
        std::fs::write(&file, lines.join("\n")).expect("written");
        let of = |host: &str, port: u16, key: &[u8]| {
            known(&[home.path().join("missing"), file.clone()], host, port, key)
        };
        for (host, port, key, expected) in [
            ("git.example", 22, &right, Known::Yes),
            ("10.0.0.1", 22, &right, Known::Yes),
            ("git.example", 22, &wrong, Known::Otherwise),
            ("git.example", 2222, &wrong, Known::Yes),
            ("git.example", 2222, &right, Known::Otherwise),
            ("other.example", 22, &right, Known::No),
            ("rsa.example", 22, &right, Known::No),
            ("rsa.example", 22, &other_sort, Known::Yes),
            ("hashed.example", 22, &right, Known::Yes),
            ("hashed.example", 22, &wrong, Known::Otherwise),
            ("git.example", 22, &revoked, Known::Otherwise),
            ("other.example", 22, &revoked, Known::Otherwise),
        ] {
            assert_eq!(of(host, port, key), expected, "{host}:{port} {}", fingerprint(key));
        }
    }

    #[test]
    fn an_accepted_key_is_known_from_then_on() {
        let home = tempfile::tempdir().expect("directory");
        let own = home.path().join("known_hosts");
        let key = blob("ssh-ed25519", &[1; 32]);
        let remote = RemoteUrl::from_clean("ssh://git@new.example:2222/x.git".to_owned());
        let judge = |accept: Option<&str>| {
            let trust = Trust {
                own_known_hosts: Some(own.clone()),
                accept: accept.map(str::to_owned),
                ..Trust::default()
            };
            let judge = Judge::new(&trust, &remote);
            judge.check_host_key("new.example", &key).map_err(|_| judge.verdict().expect("a verdict"))
        };
        let Err(Error::HostKeyUnknown { host, kind, fingerprint, .. }) = judge(None) else {
            panic!("it is new");
        };
        assert_eq!((host.as_str(), kind.as_str()), ("[new.example]:2222", "ssh-ed25519"));
        assert!(matches!(judge(Some("SHA256:other")), Err(Error::HostKeyUnknown { .. })));
        assert!(!own.exists(), "nothing is written for another key");
        assert!(judge(Some(&fingerprint)).is_ok());
        assert!(judge(None).is_ok());
        std::fs::write(&own, std::fs::read_to_string(&own).expect("text").replace("AAAAIAEB", "AAAAIAIB"))
            .expect("written");
        assert!(
            matches!(judge(Some(&fingerprint)), Err(Error::HostKeyChanged { .. })),
            "a changed one stops"
        );
    }

    #[test]
    fn odd_keys_have_a_kind() {
        for (bytes, kind) in
            [(&b""[..], ""), (&[0, 0, 0, 9, b'x'], ""), (&[0xff; 8], ""), (&[0, 0, 0, 2, b'a', b'b'], "ab")]
        {
            assert_eq!(key_kind(bytes), kind);
        }
    }
}
