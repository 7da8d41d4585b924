//! Answering a remote that wants to know who is asking.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use git2::{Cred, CredentialType, ErrorClass, ErrorCode};
use url::Url;

use crate::id::RemoteUrl;
use crate::secrets::Secret;
use crate::view::SignIn;

/// Key files that `ssh` itself would try, in its order.
const KEY_FILES: [&str; 3] = ["id_ed25519", "id_ecdsa", "id_rsa"];

/// Who is asking, as far as that was decided.
#[derive(Debug, Clone, Default)]
pub(crate) enum Identity {
    /// Nobody decided: a sign-in from the configured URL, the SSH agent, the usual key files and Git's
    /// credential helpers are offered, as Git itself would.
    #[default]
    Usual,
    /// A user name and a token or password.
    SignIn(SignIn),
    /// The SSH agent's keys, for that user where the address names none.
    Agent(Option<String>),
    /// One key file, with its passphrase where it has one.
    KeyFile { user: Option<String>, file: PathBuf, passphrase: Option<Secret> },
    /// Git's credential helpers.
    Helper(Option<String>),
    /// Nothing is offered.
    Nobody,
}

impl Identity {
    fn user(&self) -> Option<&str> {
        let user = match self {
            Self::SignIn(sign_in) => Some(sign_in.user.as_str()),
            Self::Agent(user) | Self::Helper(user) | Self::KeyFile { user, .. } => user.as_deref(),
            Self::Usual | Self::Nobody => None,
        };
        user.filter(|user| !user.is_empty())
    }

    /// What no error text may hold.
    fn secret(&self) -> Option<&str> {
        let secret = match self {
            Self::SignIn(sign_in) => Some(sign_in.secret.as_str()),
            Self::KeyFile { passphrase, .. } => passphrase.as_ref().map(Secret::expose),
            _ => None,
        };
        secret.filter(|secret| !secret.is_empty())
    }

    /// What can be offered, in order, each once: a remote that refused it will refuse it again.
    fn offers(&self) -> Vec<Offer> {
        // Without an agent there is nothing to offer, and the error should say so.
        let agent = || {
            let there = std::env::var_os("SSH_AUTH_SOCK").is_some() || cfg!(windows);
            there.then_some(Offer::Agent)
        };
        let usual_keys = || {
            let home = std::env::home_dir().into_iter();
            home.flat_map(|home| KEY_FILES.map(|name| home.join(".ssh").join(name)))
                .filter(|key| key.is_file())
                .map(Offer::KeyFile)
        };
        match self {
            Self::Usual => agent().into_iter().chain(usual_keys()).chain([Offer::Helper]).collect(),
            // A passphrase in an SSH address is for the usual keys.
            Self::SignIn(_) => {
                let mut offers = vec![Offer::SignIn];
                offers.extend(agent());
                offers.extend(usual_keys());
                offers.extend([Offer::Helper, Offer::UserAlone]);
                offers
            }
            Self::Agent(_) => agent().into_iter().collect(),
            Self::KeyFile { file, .. } => vec![Offer::KeyFile(file.clone())],
            Self::Helper(_) => vec![Offer::Helper],
            Self::Nobody => Vec::new(),
        }
    }
}

/// What can be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Offer {
    /// The user name and the secret that were given.
    SignIn,
    /// Whatever keys the SSH agent holds.
    Agent,
    /// A key file without a passphrase, or with the secret as passphrase.
    KeyFile(PathBuf),
    /// Git's credential helpers.
    Helper,
    /// A user name with an empty password: some hosts take a token as user name.
    UserAlone,
}

/// Git's credential helpers, as the user's and the system's configuration name them, started away from any
/// clone: what a `git credential-…` does not find installed it looks for among the aliases of the repository that
/// it is started in, and those are whoever's.
struct Helpers {
    config: git2::Config,
    /// It is read while the helpers are asked.
    _file: tempfile::NamedTempFile,
}

impl Helpers {
    fn of_the_user() -> Result<Self, git2::Error> {
        let own = git2::Config::open_default()?.snapshot()?;
        let file = tempfile::NamedTempFile::new().map_err(|error| nothing_to_offer(&error.to_string()))?;
        let mut config = git2::Config::open(file.path())?;
        let mut names = Vec::new();
        own.entries(Some("^credential\\."))?
            .for_each(|entry| names.extend(entry.name().ok().map(str::to_owned)))?;
        for name in names {
            let value = own.get_string(&name)?;
            let value = if name.ends_with(".helper") { started_apart(&value) } else { value };
            config.set_str(&name, &value)?;
        }
        Ok(Self { config, _file: file })
    }
}

/// A helper's command, started in the root directory. On Windows it may have to do without a shell.
fn started_apart(helper: &str) -> String {
    if helper.is_empty() || cfg!(windows) {
        return helper.to_owned();
    }
    match helper.strip_prefix('!') {
        Some(command) => format!("!cd / && {command}"),
        None if helper.starts_with('/') => format!("!cd / && {helper}"),
        None => format!("!cd / && git credential-{helper}"),
    }
}

/// Credentials for one talk with a remote.
#[derive(Clone)]
pub(super) struct Credentials {
    remote: RemoteUrl,
    identity: Identity,
    left: Arc<Mutex<Vec<Offer>>>,
    offered: Arc<AtomicBool>,
}

impl Credentials {
    /// Credentials for `remote`.
    pub(super) fn new(remote: &RemoteUrl, identity: Identity) -> Self {
        let left = Arc::new(Mutex::new(identity.offers()));
        Self { remote: remote.clone(), identity, left, offered: Arc::default() }
    }

    /// Whether anything was offered: a refusal then is about that, and not about its absence.
    pub(super) fn were_offered(&self) -> bool {
        self.offered.load(Ordering::Relaxed)
    }

    /// `text` with our secret taken out, should the remote have repeated it.
    pub(super) fn redact(&self, text: &str) -> String {
        match self.identity.secret() {
            Some(secret) => text.replace(secret, "<redacted>"),
            None => text.to_owned(),
        }
    }

    /// Answers libgit2, which asks again after each refusal.
    pub(super) fn answer(
        &self,
        asked_by: &str,
        user: Option<&str>,
        allowed: CredentialType,
    ) -> Result<Cred, git2::Error> {
        if !self.is_same_host(asked_by) {
            return Err(nothing_to_offer("the remote leads to another host, which is told nothing"));
        }
        let user = user.or(self.identity.user());
        if allowed.contains(CredentialType::USERNAME) {
            return Cred::username(user.unwrap_or("git"));
        }
        while let Some(offer) = self.next_offer() {
            if let Some(credential) = self.make(&offer, asked_by, user, allowed) {
                self.offered.store(true, Ordering::Relaxed);
                return Ok(credential);
            }
        }
        Err(nothing_to_offer("no more credentials to offer"))
    }

    fn next_offer(&self) -> Option<Offer> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.is_empty() { None } else { Some(left.remove(0)) }
    }

    fn make(&self, offer: &Offer, url: &str, user: Option<&str>, allowed: CredentialType) -> Option<Cred> {
        let password = allowed.contains(CredentialType::USER_PASS_PLAINTEXT);
        let key = allowed.contains(CredentialType::SSH_KEY);
        let given = match &self.identity {
            Identity::SignIn(given) => Some(given),
            _ => None,
        };
        match offer {
            Offer::SignIn if password => {
                let given = given.filter(|given| !given.secret.is_empty())?;
                Cred::userpass_plaintext(&given.user, &given.secret).ok()
            }
            Offer::UserAlone if password => {
                let given = given.filter(|given| given.secret.is_empty() && !given.user.is_empty())?;
                Cred::userpass_plaintext(&given.user, "").ok()
            }
            Offer::Agent if key => Cred::ssh_key_from_agent(user?).ok(),
            Offer::KeyFile(file) if key => Cred::ssh_key(user?, None, file, self.identity.secret()).ok(),
            Offer::Helper if password => {
                // The user's and the system's configuration: a repository's own may name any program.
                let helpers = Helpers::of_the_user().ok()?;
                Cred::credential_helper(&helpers.config, url, user).ok()
            }
            _ => None,
        }
    }

    /// A secret is told to the host that it was given for, whatever a redirect says.
    fn is_same_host(&self, asked_by: &str) -> bool {
        let (asked, ours) = match (Url::parse(asked_by), Url::parse(self.remote.as_str())) {
            (Ok(asked), Ok(ours)) => (asked, ours),
            // `user@host:path` is no URL, and SSH knows no redirects: it asks as it was asked.
            (Err(_), Err(_)) => return asked_by == self.remote.as_str(),
            _ => return false,
        };
        let same_scheme = asked.scheme() == ours.scheme() || asked.scheme() == "https";
        let default = |url: &Url| url.port() == url.port_or_known_default() || url.port().is_none();
        let same_port = asked.port_or_known_default() == ours.port_or_known_default()
            || (asked.scheme() != ours.scheme() && default(&asked) && default(&ours));
        asked.host_str() == ours.host_str() && same_scheme && same_port
    }
}

fn nothing_to_offer(why: &str) -> git2::Error {
    git2::Error::new(ErrorCode::Auth, ErrorClass::Callback, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Keeping;

    fn credentials(remote: &str) -> Credentials {
        let sign_in = SignIn { user: "bob".to_owned(), secret: "hunter2".to_owned(), keep: Keeping::Session };
        Credentials::new(&RemoteUrl::from_clean(remote.to_owned()), Identity::SignIn(sign_in))
    }

    #[test]
    fn a_sign_in_is_offered_once() {
        let credentials = credentials("https://host/x.git");
        let ask = || credentials.answer("https://host/x.git", None, CredentialType::USER_PASS_PLAINTEXT);
        assert!(!credentials.were_offered());
        assert!(ask().is_ok());
        assert!(credentials.were_offered());
        // Whatever helpers the machine has, they end too.
        assert!((0..10).any(|_| ask().is_err()));
    }

    #[test]
    fn what_was_decided_is_offered_and_nothing_else() {
        let key = PathBuf::from("/k");
        let key_file = Identity::KeyFile { user: None, file: key.clone(), passphrase: None };
        for (identity, offers) in [
            (Identity::Nobody, vec![]),
            (Identity::Helper(None), vec![Offer::Helper]),
            (key_file, vec![Offer::KeyFile(key)]),
        ] {
            assert_eq!(identity.offers(), offers, "{identity:?}");
        }
        let nobody = Credentials::new(&RemoteUrl::from_clean("https://h/x".to_owned()), Identity::Nobody);
        assert!(nobody.answer("https://h/x", None, CredentialType::USER_PASS_PLAINTEXT).is_err());
        assert!(!nobody.were_offered());
    }

    #[test]
    fn another_host_is_told_nothing() {
        let credentials = credentials("https://host/x.git");
        for other in ["https://evil/x.git", "https://host:8443/x.git", "http://host/x.git"] {
            let answer = credentials.answer(other, None, CredentialType::USER_PASS_PLAINTEXT);
            assert!(answer.is_err(), "{other}");
        }
        assert!(!credentials.were_offered());
        let credentials = self::credentials("git@host:x.git");
        for other in ["https://evil/x.git", "https://host/x.git", "git@evil:x.git"] {
            let answer = credentials.answer(other, None, CredentialType::USER_PASS_PLAINTEXT);
            assert!(answer.is_err(), "{other}");
        }
        assert!(credentials.answer("git@host:x.git", None, CredentialType::USERNAME).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_helper_is_started_away_from_any_clone() {
        for (helper, command) in [
            ("", ""),
            ("store --file x", "!cd / && git credential-store --file x"),
            ("/usr/bin/helper", "!cd / && /usr/bin/helper"),
            ("!f() { echo x; }; f", "!cd / && f() { echo x; }; f"),
        ] {
            assert_eq!(started_apart(helper), command);
        }
    }

    #[test]
    fn a_secret_is_taken_out_of_what_a_remote_says() {
        let text = credentials("https://host/x.git").redact("bad token hunter2!");
        assert_eq!(text, "bad token <redacted>!");
    }
}
