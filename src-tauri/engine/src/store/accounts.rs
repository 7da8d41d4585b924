//! Accounts, without their secrets.

use rusqlite::{Row, params};

use crate::account::{Account, Keeping, Method, Place};
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{AccountId, RemoteUrl};
use crate::store::Store;

pub(super) const TABLE: &str = "
    CREATE TABLE accounts (
        id         TEXT PRIMARY KEY,
        place      TEXT NOT NULL UNIQUE,
        method     TEXT NOT NULL,
        user       TEXT,
        key_file   TEXT,
        kept       TEXT,
        github_api TEXT
    ) STRICT;
";

fn read(row: &Row<'_>) -> Result<Account> {
    let word = |text: String| serde_json::Value::String(text);
    let odd =
        |error: serde_json::Error| Error::Internal { detail: format!("an account can't be read: {error}") };
    let method: Method = serde_json::from_value(word(row.get("method")?)).map_err(odd)?;
    let kept: Option<String> = row.get("kept")?;
    let kept: Option<Keeping> =
        kept.map(|text| serde_json::from_value(word(text))).transpose().map_err(odd)?;
    Ok(Account {
        id: AccountId::from_stored(row.get("id")?),
        place: Place::from_stored(row.get("place")?),
        method,
        user: row.get("user")?,
        key_file: row.get("key_file")?,
        kept,
        github_api: row.get("github_api")?,
    })
}

/// An enum's name as serde writes it.
fn word(value: impl serde::Serialize) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        _ => Err(Error::Internal { detail: "a word that is none".to_owned() }),
    }
}

impl Store {
    /// All accounts, by place.
    pub(crate) fn accounts(&self) -> Result<Vec<Account>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT * FROM accounts ORDER BY place")?;
        let mut rows = statement.query([])?;
        let mut accounts = Vec::new();
        while let Some(row) = rows.next()? {
            accounts.push(read(row)?);
        }
        Ok(accounts)
    }

    /// The account for a remote: the one whose place fits it most closely.
    pub(crate) fn account_for(&self, remote: &RemoteUrl) -> Result<Option<Account>> {
        let fitting =
            self.accounts()?.into_iter().filter_map(|account| Some((account.place.covers(remote)?, account)));
        Ok(fitting.max_by_key(|(closeness, _)| *closeness).map(|(_, account)| account))
    }

    /// Keeps an account; the one that had its place before is replaced and given back.
    pub(crate) fn set_account(&self, account: &Account) -> Result<Option<Account>> {
        let before = self.accounts()?.into_iter().find(|known| known.place == account.place);
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute(
            "DELETE FROM accounts WHERE place = ?1 OR id = ?2",
            params![account.place.as_str(), account.id.as_str()],
        )?;
        transaction.execute(
            "INSERT INTO accounts (id, place, method, user, key_file, kept, github_api)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                account.id.as_str(),
                account.place.as_str(),
                word(account.method)?,
                account.user,
                account.key_file,
                account.kept.map(word).transpose()?,
                account.github_api,
            ],
        )?;
        pass(Point::StoreAccount)?;
        transaction.commit()?;
        pass(Point::StoreAccountCommitted)?;
        Ok(before)
    }

    /// The account with that identifier.
    pub(crate) fn account(&self, id: &AccountId) -> Result<Account> {
        let known = self.accounts()?.into_iter().find(|account| account.id == *id);
        known.ok_or(Error::AccountUnknown)
    }

    /// Forgets an account.
    pub(crate) fn remove_account(&self, id: &AccountId) -> Result<()> {
        self.lock().execute("DELETE FROM accounts WHERE id = ?1", [id.as_str()])?;
        pass(Point::StoreAccountRemoved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(place: &str, method: Method) -> Account {
        Account {
            id: AccountId::random(),
            place: Place::parse(place).expect(place),
            method,
            user: Some("bob".to_owned()),
            key_file: None,
            kept: method.has_secret().then_some(Keeping::File),
            github_api: None,
        }
    }

    #[test]
    fn the_closest_account_is_taken_and_a_place_has_one() {
        let store = Store::in_memory();
        let remote = |text: &str| RemoteUrl::from_clean(text.to_owned());
        assert_eq!(store.account_for(&remote("https://h/x.git")).expect("none"), None);
        let (host, one) =
            (account("https://h", Method::Token), account("https://h/acme/lab", Method::Nobody));
        for account in [&host, &one] {
            assert_eq!(store.set_account(account).expect("kept"), None);
        }
        let found = |text: &str| store.account_for(&remote(text)).expect("asked").map(|account| account.id);
        assert_eq!(found("https://h/x.git"), Some(host.id.clone()));
        assert_eq!(found("https://h/acme/lab.git"), Some(one.id.clone()));
        assert_eq!(found("https://other/x.git"), None);

        let newer = account("https://h", Method::Helper);
        assert_eq!(store.set_account(&newer).expect("kept").as_ref(), Some(&host));
        assert_eq!(store.accounts().expect("all"), vec![newer.clone(), one.clone()]);
        assert_eq!(store.account(&newer.id).expect("known"), newer);
        store.remove_account(&newer.id).expect("removed");
        assert!(matches!(store.account(&newer.id), Err(Error::AccountUnknown)));
    }
}
