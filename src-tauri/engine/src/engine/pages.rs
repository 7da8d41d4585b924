//! Pages that a person may be led to. An address comes from the window, and what is in it may come from a
//! commit, a server or a link: only pages of hosts that this desktop works with anyway are opened.

use url::Url;

use crate::account::Place;
use crate::error::{Error, Result};
use crate::github::Host;
use crate::id::RemoteUrl;

use super::{Engine, Inner, lock};

impl Engine {
    /// The address as it may be given to a browser.
    ///
    /// # Errors
    /// `UrlInvalid` unless it is `https` at the host of a fabric's remote, of an account or of GitHub, with
    /// nobody's name or password in it.
    pub async fn page(&self, url: String) -> Result<String> {
        self.blocking(move |engine| {
            let parsed = Url::parse(&url).ok().filter(|page| is_page(&url, page));
            match parsed {
                Some(page) if engine.hosts()?.iter().any(|host| is_at(&page, host)) => Ok(page.into()),
                _ => Err(Error::UrlInvalid { url }),
            }
        })
        .await
    }
}

impl Inner {
    /// `https://HOST` of all that this desktop has to do with.
    fn hosts(&self) -> Result<Vec<String>> {
        let mut hosts = vec![Host::github().web().to_owned()];
        hosts.extend(self.store.accounts()?.iter().map(|account| account.place.host().to_string()));
        hosts.extend(lock(&self.device).as_ref().map(|under_way| under_way.web().to_owned()));
        let lives: Vec<_> = lock(&self.live).values().cloned().collect();
        let urls = lives.iter().filter_map(|live| live.state().url());
        hosts.extend(urls.filter_map(|url: RemoteUrl| Place::host_of(&url)).map(|host| host.to_string()));
        Ok(hosts)
    }
}

/// Whether a text is the address of a web page, and shows as what it is.
fn is_page(text: &str, page: &Url) -> bool {
    let plain = |c: char| !c.is_whitespace() && !crate::visible::deceives(c) && c != '\\';
    page.scheme() == "https"
        && page.username().is_empty()
        && page.password().is_none()
        && text.chars().all(plain)
}

/// Whether a page is at that host. The port of one that is reached by SSH says nothing of its pages.
fn is_at(page: &Url, host: &str) -> bool {
    let Ok(host) = Url::parse(host) else { return false };
    let same_port = host.scheme() == "ssh" || page.port_or_known_default() == host.port_or_known_default();
    page.host_str() == host.host_str() && same_port
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::account::{Keeping, Method, NewAccount};

    #[tokio::test]
    async fn only_pages_of_hosts_that_are_worked_with_are_opened() {
        let home = tempfile::tempdir().expect("directory");
        let engine = Engine::open(home.path(), Arc::new(|_| ())).expect("an engine");
        let account = |place: &str, method| NewAccount {
            place: place.to_owned(),
            method,
            user: Some("ada".to_owned()),
            key_file: None,
            secret: (method == Method::Token).then(|| "hunter2".to_owned()),
            keep: Keeping::Session,
            github_api: None,
        };
        engine.add_account(account("https://ghe.example:8443", Method::Token)).await.expect("added");
        engine.add_account(account("ssh://git@git.example:2222", Method::SshAgent)).await.expect("added");
        for good in [
            "https://github.com/acme/fabrics/pull/12",
            "https://ghe.example:8443/acme/fabrics/commit/0123",
            "https://git.example/acme/fabrics",
        ] {
            assert_eq!(engine.page(good.to_owned()).await.expect(good), good);
        }
        for bad in [
            "",
            "github.com",
            "http://github.com/acme",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "vscode://open",
            "--help",
            "https://evil.example/",
            "https://github.com.evil.example/",
            "https://github.com@evil.example/",
            "https://evil.example/https://github.com/",
            "https://ada@github.com/",
            "https://github.com:444/",
            "https://ghe.example/acme",
            "https://github.com/a b",
            "https://github.com/a\u{202e}b",
            "https://github.com\\@evil.example/",
            "https://github.com/\n",
        ] {
            let refused = engine.page(bad.to_owned()).await.expect_err(bad);
            assert!(matches!(refused, Error::UrlInvalid { .. }), "{bad}: {refused}");
        }
    }
}
