//! What a webhook says, read from its bytes.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::Deserialize;

use super::hint::{Hint, addresses};
use super::secret::WebhookSecret;
use super::signature::Signature;
use crate::change::ContentHash;
use crate::id::BranchName;

/// A delivery, as far as it can be believed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Its signature is missing, malformed or wrong. Nothing else of it was looked at.
    Refused,
    /// It comes from somebody who knows the secret.
    Genuine {
        /// What its body is known by.
        signature: Signature,
        /// The hash of the number that the sender gave it.
        id: Option<ContentHash>,
        /// What it says.
        says: Says,
    },
}

/// What a genuine delivery says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// The webhook was set up.
    Ping,
    /// A branch moved.
    Push(Hint),
    /// Something that is of no use here.
    Other,
    /// It calls itself a push and is none.
    Malformed,
}

/// Reads a delivery. Nothing is parsed before its signature was found right on the bytes as they came.
pub(crate) fn read_delivery(headers: &HeaderMap, body: &[u8], secrets: &[WebhookSecret]) -> Delivery {
    let Some(signature) = Signature::check(headers, body, secrets) else { return Delivery::Refused };
    let says = match header(headers, EVENT) {
        Some(b"ping") => Says::Ping,
        Some(b"push") => read_push(headers, body),
        _ => Says::Other,
    };
    Delivery::Genuine { signature, id: header(headers, ID).map(ContentHash::of), says }
}

/// Gitea and Forgejo send GitHub's names beside their own.
const EVENT: &str = "x-github-event";
const ID: &str = "x-github-delivery";

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    headers.get(name).map(|value| value.as_bytes()).filter(|value| !value.is_empty())
}

/// What is read of a push. The rest of the body is not trusted, and not needed.
#[derive(Deserialize)]
struct Push {
    #[serde(rename = "ref")]
    reference: Option<String>,
    repository: Repository,
}

#[derive(Deserialize)]
struct Repository {
    clone_url: Option<String>,
    ssh_url: Option<String>,
    html_url: Option<String>,
    full_name: Option<String>,
}

fn read_push(headers: &HeaderMap, body: &[u8]) -> Says {
    let form = header(headers, CONTENT_TYPE.as_str())
        .is_some_and(|kind| kind.starts_with(b"application/x-www-form-urlencoded"));
    let read = if form {
        // What GitHub sends unless it is told to send JSON.
        let mut pairs = url::form_urlencoded::parse(body);
        pairs.find(|(name, _)| name == "payload").and_then(|(_, text)| serde_json::from_str(&text).ok())
    } else {
        serde_json::from_slice(body).ok()
    };
    let Some(Push { reference, repository }) = read else { return Says::Malformed };
    let urls = [&repository.clone_url, &repository.ssh_url, &repository.html_url];
    let urls = addresses(urls.into_iter().flatten().map(String::as_str));
    let full_name = repository.full_name.filter(|name| !name.trim_matches('/').is_empty());
    if urls.is_empty() && full_name.is_none() {
        return Says::Malformed;
    }
    let branch = match reference.as_deref().map(|reference| reference.strip_prefix("refs/heads/")) {
        None => None,
        Some(Some(branch)) => match BranchName::parse(branch) {
            Ok(branch) => Some(branch),
            Err(_) => return Says::Malformed,
        },
        // A tag, or a note.
        Some(None) => return Says::Other,
    };
    Says::Push(Hint { urls, full_name, branch })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::super::signature::{HEADER, testing::sign};
    use super::*;

    const SECRET: &str = "swordfish";
    const PUSH: &str = r#"{"ref":"refs/heads/main","repository":{"full_name":"net/lab","clone_url":"https://git.lab/net/lab.git","ssh_url":"git@git.lab:net/lab.git","html_url":"https://git.lab/net/lab"},"commits":[{"message":"x"}]}"#;

    fn read(event: &str, body: &str) -> Says {
        read_as(event, "application/json", body)
    }

    fn read_as(event: &str, content_type: &str, body: &str) -> Says {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, sign(body.as_bytes(), SECRET).parse().expect("a value"));
        headers.insert(EVENT, HeaderValue::from_str(event).expect("a value"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).expect("a value"));
        match read_delivery(&headers, body.as_bytes(), &[WebhookSecret::new(SECRET).expect("a secret")]) {
            Delivery::Genuine { says, .. } => says,
            Delivery::Refused => panic!("the signature is right: {body}"),
        }
    }

    fn branch_of(says: Says) -> Option<String> {
        match says {
            Says::Push(hint) => hint.branch.map(|branch| branch.to_string()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_push_names_its_repository_and_branch() {
        let Says::Push(hint) = read("push", PUSH) else { panic!("a push") };
        assert_eq!(
            hint.urls.iter().map(|url| url.as_str()).collect::<Vec<_>>(),
            ["https://git.lab/net/lab.git", "git@git.lab:net/lab.git", "https://git.lab/net/lab"]
        );
        assert_eq!(
            (hint.full_name.as_deref(), hint.branch.expect("one").as_str()),
            (Some("net/lab"), "main")
        );
        assert_eq!(branch_of(read("push", &PUSH.replace("main", "team/a"))).as_deref(), Some("team/a"));
        assert_eq!(branch_of(read("push", r#"{"repository":{"full_name":"a/b"}}"#)), None);
    }

    #[test]
    fn a_form_holds_the_same_push() {
        let form: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", PUSH).finish();
        let kind = "application/x-www-form-urlencoded";
        assert_eq!(read_as("push", kind, &form), read("push", PUSH));
        assert_eq!(read_as("push", kind, "other=1"), Says::Malformed);
        assert_eq!(read_as("push", kind, PUSH), Says::Malformed);
    }

    #[test]
    fn what_is_no_push_of_a_branch_is_told_apart() {
        for (event, body, says) in [
            ("ping", r#"{"zen":"x"}"#, Says::Ping),
            ("ping", "", Says::Ping),
            ("issues", "{}", Says::Other),
            ("Push", PUSH, Says::Other),
            ("", PUSH, Says::Other),
            ("push", &PUSH.replace("heads", "tags"), Says::Other),
            ("push", "", Says::Malformed),
            ("push", "{}", Says::Malformed),
            ("push", "[]", Says::Malformed),
            ("push", "{\"repository\":{}}", Says::Malformed),
            ("push", "{\"repository\":{\"full_name\":7}}", Says::Malformed),
            ("push", "{\"repository\":{\"clone_url\":\"ext::sh\"}}", Says::Malformed),
            ("push", &PUSH.replace("main", "-main"), Says::Malformed),
            ("push", &PUSH.replace("main", "a..b"), Says::Malformed),
            ("push", &PUSH[..PUSH.len() - 1], Says::Malformed),
            ("push", &"[".repeat(100_000), Says::Malformed),
        ] {
            assert_eq!(read(event, body), says, "{event} {}", body.get(..80).unwrap_or(body));
        }
    }

    #[test]
    fn nothing_is_read_of_what_is_not_signed() {
        let mut headers = HeaderMap::new();
        headers.insert(EVENT, HeaderValue::from_static("push"));
        let secrets = [WebhookSecret::new(SECRET).expect("a secret")];
        assert_eq!(read_delivery(&headers, PUSH.as_bytes(), &secrets), Delivery::Refused);
        let of_another = sign(PUSH.as_bytes(), "guess");
        headers.insert(HEADER, of_another.parse().expect("a value"));
        assert_eq!(read_delivery(&headers, PUSH.as_bytes(), &secrets), Delivery::Refused);
    }

    /// Pieces of pushes whose mixture is nearly right.
    const PIECES: &str = "(\\{|\\}|\"repository\":|\"ref\":|\"refs/heads/|\"full_name\":|\"clone_url\":|\"a/b\"|\"https://u:p@h/a.git\"|,|null|\\[|\\]|\"|\\\\u0000|-|é|payload=|%7B|&)";

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        #[test]
        fn any_signed_text_is_read(pieces in prop::collection::vec(PIECES, 0..12), form in any::<bool>()) {
            let kind = if form { "application/x-www-form-urlencoded" } else { "application/json" };
            if let Says::Push(hint) = read_as("push", kind, &pieces.concat()) {
                prop_assert!(!hint.urls.is_empty() || hint.full_name.is_some());
                prop_assert!(hint.urls.iter().all(|url| !url.as_str().contains("u:p@")));
            }
        }

        #[test]
        fn what_is_not_signed_is_refused(
            body in prop::collection::vec(any::<u8>(), 0..100),
            values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 4),
        ) {
            let mut headers = HeaderMap::new();
            for (name, value) in [HEADER, EVENT, ID, "content-type"].into_iter().zip(&values) {
                if let Ok(value) = HeaderValue::from_bytes(value) {
                    headers.append(name, value);
                }
            }
            let secrets = [WebhookSecret::new(SECRET).expect("a secret")];
            prop_assert_eq!(read_delivery(&headers, &body, &secrets), Delivery::Refused);
        }
    }
}
