//! Accounts: who this desktop is for each remote, and which way it takes there.

use std::path::PathBuf;

use crate::account::{Account, Method, NewAccount, Place};
use crate::error::{Error, ErrorCode, Result};
use crate::git::{Access, Identity, Trust};
use crate::id::{AccountId, FabricId, RemoteUrl};
use crate::operation::{OperationKind, Trigger};
use crate::secrets::Secret;
use crate::settings;
use crate::sync::Errand;
use crate::view::{AuthorSettings, NetworkSettings, SecretStore, SignIn};

use super::run::Job;
use super::{Engine, Inner, lock};

/// The app's own host keys, in its data directory.
const KNOWN_HOSTS: &str = "known_hosts";

impl Engine {
    /// The accounts of this desktop, by place; their secrets are not among it.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        self.blocking(|engine| engine.store.accounts()).await
    }

    /// Keeps an account, in place of one for the same host or repository. Fabrics that waited for a sign-in
    /// are synced.
    ///
    /// # Errors
    /// `AccountInvalid`, `UrlInvalid`; `NoKeychain` or `SecretsLocked` where the secret can't be kept as it
    /// was asked for. Nothing is kept then.
    pub async fn add_account(&self, account: NewAccount) -> Result<Account> {
        self.blocking(move |engine| {
            let kept = engine.add_account(account)?;
            engine.try_again()?;
            Ok(kept)
        })
        .await
    }

    /// Forgets an account and its secret. What it may do at the host is unchanged.
    pub async fn remove_account(&self, id: AccountId) -> Result<()> {
        self.blocking(move |engine| {
            // The secret first: one whose account is gone would never be found again.
            engine.forget_secret(&engine.store.account(&id)?)?;
            engine.store.remove_account(&id)
        })
        .await
    }

    /// Where secrets can be kept on this machine.
    pub async fn secret_store(&self) -> Result<SecretStore> {
        self.blocking(|engine| Ok(engine.secrets.store())).await
    }

    /// Opens the encrypted file of secrets, and makes it where there is none. Fabrics that waited for it are
    /// synced.
    ///
    /// # Errors
    /// `PassphraseWrong`; `AccountInvalid` for a passphrase that is too short for a new file.
    pub async fn unlock_secrets(&self, passphrase: String) -> Result<SecretStore> {
        self.blocking(move |engine| {
            engine.secrets.unlock(&Secret::new(passphrase))?;
            engine.try_again()?;
            Ok(engine.secrets.store())
        })
        .await
    }

    /// Keeps a sign-in for a fabric's remote, for its whole host where that has no account yet, and syncs the
    /// fabric.
    ///
    /// # Errors
    /// As [`Engine::add_account`]; `NoRemote`.
    pub async fn sign_in(&self, id: FabricId, sign_in: SignIn) -> Result<Account> {
        self.blocking(move |engine| {
            let fabric = engine.store.fabric(&id)?;
            let repo = engine.open_repo(&fabric)?;
            let remote = repo.remote(&fabric.branch)?.ok_or(Error::NoRemote)?;
            let account = engine.keep_sign_in(&remote.url, sign_in)?;
            engine.enqueue(Job {
                fabric: id,
                kind: OperationKind::Sync,
                trigger: Trigger::Click,
                errand: Errand::Whatever,
                reply: None,
            })?;
            engine.try_again()?;
            Ok(account)
        })
        .await
    }

    /// How this desktop gets to the network.
    pub async fn network_settings(&self) -> Result<NetworkSettings> {
        self.blocking(|engine| engine.store.chosen(settings::NETWORK)).await
    }

    /// Changes how this desktop gets to the network; gives back what is kept.
    ///
    /// # Errors
    /// `SettingInvalid` for a proxy that is no URL or holds a password, or a file without certificates.
    pub async fn set_network_settings(&self, network: NetworkSettings) -> Result<NetworkSettings> {
        self.blocking(move |engine| {
            let network = settings::checked_network(network)?;
            engine.store.choose(settings::NETWORK, &network)?;
            Ok(network)
        })
        .await
    }

    /// Who commits on this desktop.
    pub async fn author_settings(&self) -> Result<AuthorSettings> {
        self.blocking(|engine| engine.store.chosen(settings::AUTHOR)).await
    }

    /// Changes who commits; gives back what is kept.
    ///
    /// # Errors
    /// `SettingInvalid` for what Git would not take.
    pub async fn set_author_settings(&self, author: AuthorSettings) -> Result<AuthorSettings> {
        self.blocking(move |engine| {
            let author = settings::checked_author(author)?;
            engine.store.choose(settings::AUTHOR, &author)?;
            Ok(author)
        })
        .await
    }
}

/// What is offered for an account.
pub(super) fn identity_of(account: &Account, secret: Option<Secret>) -> Identity {
    let user = account.user.clone();
    match account.method {
        Method::Nobody => Identity::Nobody,
        Method::Helper => Identity::Helper(user),
        Method::SshAgent => Identity::Agent(user),
        Method::SshKey => {
            let file = account.key_file.clone().unwrap_or_default().into();
            Identity::KeyFile { user, file, passphrase: secret }
        }
        Method::Token | Method::Password => Identity::SignIn(SignIn {
            // Beside a token any name does, and none is not taken everywhere.
            user: user.unwrap_or_else(|| "git".to_owned()),
            secret: secret.map(|secret| secret.expose().to_owned()).unwrap_or_default(),
            keep: account.kept.unwrap_or_default(),
        }),
    }
}

impl Inner {
    /// How to get to a remote: by the account that fits it best, or as Git itself would.
    pub(super) fn access_to(&self, remote: &RemoteUrl) -> Result<Access> {
        let identity = match self.store.account_for(remote)? {
            Some(account) => self.identity(&account, remote)?,
            None => Identity::Usual,
        };
        Ok(Access { identity, trust: self.trust()?, ..Access::default() })
    }

    /// The same, with a sign-in that is not kept yet.
    pub(super) fn access_with(&self, remote: &RemoteUrl, given: Option<&SignIn>) -> Result<Access> {
        match given {
            Some(given) => Ok(Access {
                identity: Identity::SignIn(given.clone()),
                trust: self.trust()?,
                ..Access::default()
            }),
            None => self.access_to(remote),
        }
    }

    /// Who is believed, and by which way remotes are reached.
    pub(super) fn trust(&self) -> Result<Trust> {
        let network: NetworkSettings = self.store.chosen(settings::NETWORK)?;
        Ok(Trust {
            own_known_hosts: Some(self.home.join(KNOWN_HOSTS)),
            accept: None,
            ca_file: network.ca_file.map(PathBuf::from),
            proxy: network.proxy,
        })
    }

    fn identity(&self, account: &Account, remote: &RemoteUrl) -> Result<Identity> {
        let secret = self.secret_of(account)?;
        if secret.is_none() && matches!(account.method, Method::Token | Method::Password) {
            // It is to be asked for after each start.
            return Err(Error::AuthRequired { remote: remote.clone() });
        }
        Ok(identity_of(account, secret))
    }

    /// An account's secret; none where it has none, or where it has to be asked for again.
    pub(super) fn secret_of(&self, account: &Account) -> Result<Option<Secret>> {
        account.kept.map_or(Ok(None), |kept| self.secrets.get(account.id.as_str(), kept))
    }

    fn forget_secret(&self, account: &Account) -> Result<()> {
        account.kept.map_or(Ok(()), |kept| self.secrets.forget(account.id.as_str(), kept))
    }

    pub(super) fn add_account(&self, account: NewAccount) -> Result<Account> {
        let (account, secret) = account.checked(AccountId::random())?;
        // The secret first: an account without its secret would ask again and again.
        if let Some(secret) = secret {
            self.secrets.put(account.id.as_str(), account.kept.unwrap_or_default(), Secret::new(secret))?;
        }
        let replaced = self.store.set_account(&account).inspect_err(|_| {
            if let Err(error) = self.forget_secret(&account) {
                tracing::warn!(%error, "a secret that belongs to no account could not be forgotten");
            }
        })?;
        if let Some(replaced) = replaced
            && let Err(error) = self.forget_secret(&replaced)
        {
            tracing::warn!(%error, "the secret of a replaced account could not be forgotten");
        }
        Ok(account)
    }

    /// Keeps a sign-in that was entered for one remote: as the host's account where that has none; in place of
    /// the account that did not do; for this repository alone where that account does for others.
    pub(super) fn keep_sign_in(&self, remote: &RemoteUrl, sign_in: SignIn) -> Result<Account> {
        let invalid = || Error::UrlInvalid { url: remote.to_string() };
        let own = Place::of(remote).ok_or_else(invalid)?;
        let place = match self.store.account_for(remote)? {
            Some(account) if self.does_for_others(&account, remote)? => own,
            Some(account) => account.place,
            None => Place::host_of(remote).ok_or_else(invalid)?,
        };
        let SignIn { user, secret, keep } = sign_in;
        // A host takes a name with a token or not at all; a password is one of the two with a name that counts.
        let method = if user.trim().is_empty() { Method::Token } else { Method::Password };
        self.add_account(NewAccount {
            place: place.as_str().to_owned(),
            method,
            user: Some(user),
            key_file: None,
            secret: Some(secret),
            keep,
            github_api: None,
        })
    }

    /// Whether an account is used for another remote, and was not refused there.
    fn does_for_others(&self, account: &Account, remote: &RemoteUrl) -> Result<bool> {
        if self.secret_of(account).ok().flatten().is_none() && account.kept.is_some() {
            return Ok(false);
        }
        let others: Vec<RemoteUrl> = lock(&self.live)
            .values()
            .filter_map(|live| {
                let state = live.state();
                let works = state.error.as_ref().is_none_or(|error| error.code != ErrorCode::AuthRefused);
                state.url().filter(|url| works && url != remote)
            })
            .collect();
        for other in others {
            if self.store.account_for(&other)?.is_some_and(|used| used.id == account.id) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Syncs every fabric of the list that could not be synced for want of a sign-in.
    pub(super) fn try_again(self: &std::sync::Arc<Self>) -> Result<()> {
        use ErrorCode as C;
        for fabric in self.store.listed_fabrics()? {
            let waited = lock(&self.live).get(&fabric.id).is_some_and(|live| {
                let state = live.state();
                let code = state.error.as_ref().map(|error| error.code);
                matches!(code, Some(C::AuthRequired | C::AuthRefused | C::SecretsLocked | C::HostKeyUnknown))
            });
            if waited {
                self.wake(&fabric.id, Trigger::FollowUp);
            }
        }
        Ok(())
    }

    /// Trusts the key that a server shows, if it is the one with that fingerprint.
    pub(super) fn trust_host_key(
        self: &std::sync::Arc<Self>,
        remote: &RemoteUrl,
        fingerprint: &str,
    ) -> Result<()> {
        let mut access = self.access_to(remote)?;
        access.trust.accept = Some(fingerprint.to_owned());
        access.stall = super::inspect::STALL;
        match crate::git::inspect(remote, &access, &crate::git::Watch::unwatched()) {
            // The key comes first; that somebody may not read is another matter.
            Ok(_)
            | Err(Error::AuthRequired { .. } | Error::AuthRefused { .. } | Error::RemoteMissing { .. }) => {}
            Err(error) => return Err(error),
        }
        self.try_again()
    }
}
