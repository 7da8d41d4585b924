//! GitHub: every octocrab call, and nothing else calls octocrab.

use octocrab::Octocrab;

use crate::error::{Error, Result};
use crate::id::RemoteUrl;

/// A repository on github.com, by its owner and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repository {
    owner: String,
    name: String,
}

/// What a token may do with a repository, as GitHub says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenAccess {
    /// Whether it may push.
    push: bool,
    /// Whether the repository is archived: then nobody may.
    archived: bool,
}

impl Repository {
    /// The repository that a remote is, if it is one of github.com.
    pub(crate) fn of(url: &RemoteUrl) -> Option<Self> {
        let text = url.as_str();
        let path = ["https://github.com/", "ssh://git@github.com/", "git@github.com:"]
            .iter()
            .find_map(|prefix| text.strip_prefix(prefix))?;
        let (owner, name) = path.trim_end_matches('/').split_once('/')?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        let plain = |part: &str| !part.is_empty() && !part.contains('/');
        (plain(owner) && plain(name)).then(|| Self { owner: owner.to_owned(), name: name.to_owned() })
    }
}

impl TokenAccess {
    /// What the user should know before going on.
    pub(crate) fn notes(self) -> Vec<String> {
        if self.archived {
            vec!["The repository is archived on GitHub: nothing can be pushed to it.".to_owned()]
        } else if !self.push {
            vec!["This token may read the repository but not push to it.".to_owned()]
        } else {
            Vec::new()
        }
    }
}

/// Asks what a token may do. `base` replaces the API's address, for GitHub Enterprise.
pub(crate) async fn access(repository: &Repository, token: &str, base: Option<&str>) -> Result<TokenAccess> {
    let failed = |error: octocrab::Error| Error::GitHub { detail: describe(&error) };
    let mut builder = Octocrab::builder().personal_token(token.to_owned());
    if let Some(base) = base {
        builder = builder.base_uri(base).map_err(failed)?;
    }
    let github = builder.build().map_err(failed)?;
    let found = github.repos(&repository.owner, &repository.name).get().await.map_err(failed)?;
    Ok(TokenAccess {
        push: found.permissions.is_some_and(|permissions| permissions.push),
        archived: found.archived.unwrap_or(false),
    })
}

/// The reason without the request that it was about: a request can hold a token.
fn describe(error: &octocrab::Error) -> String {
    match error {
        octocrab::Error::GitHub { source, .. } => {
            format!("{} ({})", source.message, source.status_code.as_u16())
        }
        _ => "no usable answer".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn github_is_known_by_its_urls() {
        let repository = |url: &str| Repository::of(&RemoteUrl::from_clean(url.to_owned()));
        let lab = Repository { owner: "acme".into(), name: "fabrics".into() };
        for url in [
            "https://github.com/acme/fabrics.git",
            "https://github.com/acme/fabrics",
            "git@github.com:acme/fabrics.git",
            "ssh://git@github.com/acme/fabrics",
        ] {
            assert_eq!(repository(url), Some(lab.clone()), "{url}");
        }
        for url in
            ["https://gitlab.com/acme/fabrics", "https://github.com/acme", "https://github.com.evil.org/a/b"]
        {
            assert_eq!(repository(url), None, "{url}");
        }
    }

    /// Answers one request on loopback with this status and body; gives the request's text back.
    fn answer(status: &str, body: &str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("port");
        let base = format!("http://{}", listener.local_addr().expect("address"));
        let reply = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("request");
            stream.set_read_timeout(Some(std::time::Duration::from_secs(5))).expect("timeout");
            let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                let read = stream.read(&mut buffer).expect("request");
                request.extend_from_slice(&buffer[..read]);
            }
            stream.write_all(reply.as_bytes()).expect("answer");
            String::from_utf8_lossy(&request).into_owned()
        });
        (base, served)
    }

    #[tokio::test]
    async fn a_token_that_may_only_read_is_told_of() {
        let body = r#"{"id": 1, "name": "fabrics", "url": "https://api.github.com/repos/acme/fabrics",
            "archived": false, "permissions": {"admin": false, "push": false, "pull": true}}"#;
        let (base, served) = answer("200 OK", body);
        let lab = Repository { owner: "acme".into(), name: "fabrics".into() };
        let access = access(&lab, "the-token", Some(&base)).await.expect("answer");
        assert_eq!(access, TokenAccess { push: false, archived: false });
        assert_eq!(access.notes().len(), 1);
        let request = served.join().expect("server").to_lowercase();
        assert!(request.starts_with("get /repos/acme/fabrics "), "{request}");
        assert!(request.contains("authorization: bearer the-token"), "{request}");
    }

    #[tokio::test]
    async fn a_refusal_names_no_token() {
        let (base, _served) =
            answer("401 Unauthorized", r#"{"message": "Bad credentials", "documentation_url": "x"}"#);
        let lab = Repository { owner: "acme".into(), name: "fabrics".into() };
        let error = access(&lab, "the-token", Some(&base)).await.expect_err("refused").to_string();
        assert_eq!(error, "GitHub: Bad credentials (401)");
    }
}
