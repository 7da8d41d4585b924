//! What a failed talk with a remote means to an operator.

use git2::{ErrorClass, ErrorCode};

use super::auth::Credentials;
use crate::error::Error;
use crate::id::RemoteUrl;

/// What only libgit2's text tells. It has one code for most of what a server can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// The server answered with this HTTP status.
    Status(u16),
    /// The server answered with something that is not Git, such as a web page.
    NotGit,
    /// There is no such repository, or not for us.
    Missing,
    /// No connection came about.
    NoConnection,
    /// The connection ended in the middle.
    BrokenOff,
    /// The server leads to another host, which wants to know who is asking.
    Elsewhere,
    /// The server could not store what was pushed.
    NotStored,
    /// Something else.
    Other,
}

/// Reads libgit2's text: the one place where text decides, as libgit2 gives nothing else.
pub(super) fn said(message: &str) -> Said {
    let message = message.to_lowercase();
    let has = |needles: &[&str]| needles.iter().any(|needle| message.contains(needle));
    if let Some((_, status)) = message.split_once("unexpected http status code: ")
        && let Ok(status) = status.trim().parse()
    {
        return Said::Status(status);
    }
    let not_git = ["invalid content-type", "no content-type", "unexpected redirect", "invalid packet line"];
    if has(&not_git) || has(&["invalid hex digit in length", "bad packet length"]) {
        return Said::NotGit;
    }
    let missing = ["repository not found", "does not appear to be a git repository", "not exported"];
    if has(&missing)
        || has(&["no such repository", "repository does not exist", "project you were looking for"])
    {
        return Said::Missing;
    }
    if has(&["unpacking the sent packfile failed"]) {
        return Said::NotStored;
    }
    if has(&["leads to another host"]) {
        return Said::Elsewhere;
    }
    let broken_off = ["unexpected eof", "early eof", "invalid eof state", "unexpectedly large parse"];
    if has(&broken_off) || has(&["data from socket", "connection reset", "broken pipe"]) {
        return Said::BrokenOff;
    }
    if has(&["failed to connect", "failed to resolve address", "could not resolve host", "connection"]) {
        return Said::NoConnection;
    }
    Said::Other
}

/// The error of a talk with `remote`, in the product's words.
pub(super) fn explain(error: git2::Error, remote: &RemoteUrl, credentials: &Credentials) -> Error {
    let remote = remote.clone();
    let detail = credentials.redact(error.message());
    let unreachable = |detail: String| Error::RemoteUnreachable { remote: remote.clone(), detail };
    let auth = || match credentials.were_offered() {
        true => Error::AuthRefused { remote: remote.clone() },
        false => Error::AuthRequired { remote: remote.clone() },
    };
    match (error.code(), error.class()) {
        (ErrorCode::User, _) => Error::Cancelled,
        (ErrorCode::Certificate, _) => Error::RemoteUntrusted { remote, detail },
        // Where a callback leaves the decision to libgit2, its code is lost on the way.
        (_, ErrorClass::Ssl) if detail.contains("certificate") => Error::RemoteUntrusted { remote, detail },
        (ErrorCode::Auth, _) if said(&detail) == Said::Elsewhere => unreachable(ELSEWHERE.to_owned()),
        (ErrorCode::Auth, _) => auth(),
        (ErrorCode::Eof, _) => unreachable(BROKEN_OFF.to_owned()),
        (ErrorCode::Timeout, _) => unreachable(detail),
        // A local path: there is nothing, or nothing of Git's.
        (ErrorCode::NotFound, ErrorClass::Os | ErrorClass::Repository | ErrorClass::Filesystem) => {
            Error::RemoteMissing { remote }
        }
        (_, ErrorClass::Http | ErrorClass::Net | ErrorClass::Ssh | ErrorClass::Ssl) => match said(&detail) {
            Said::Status(401 | 403 | 407) => auth(),
            Said::Status(404 | 410) | Said::Missing => Error::RemoteMissing { remote },
            Said::Status(429) => unreachable("it takes no more requests for now (status 429)".to_owned()),
            Said::Status(status @ 500..) => {
                unreachable(format!("the server has trouble of its own (status {status})"))
            }
            Said::Status(status) => unreachable(format!("the server answered with status {status}")),
            Said::BrokenOff => unreachable(BROKEN_OFF.to_owned()),
            Said::NotGit => unreachable(NOT_GIT.to_owned()),
            Said::Elsewhere => unreachable(ELSEWHERE.to_owned()),
            Said::NoConnection | Said::NotStored | Said::Other => unreachable(detail),
        },
        (_, ErrorClass::Os) if said(&detail) == Said::NoConnection => unreachable(detail),
        // Only what comes from the remote is indexed or unpacked in a talk with it.
        (_, ErrorClass::Indexer | ErrorClass::Zlib) => match said(&detail) {
            Said::BrokenOff => unreachable(BROKEN_OFF.to_owned()),
            _ => unreachable(format!("what it sent is damaged ({detail})")),
        },
        _ => Error::Git(error),
    }
}

const ELSEWHERE: &str = "it leads to another host, which is told neither name nor token";
const BROKEN_OFF: &str = "the connection broke off";
const NOT_GIT: &str =
    "it answered, but not as a Git server does; the network's own sign-in page may be in the way";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode as Code;
    use crate::git::Identity;

    #[test]
    fn texts_are_read() {
        let cases = [
            ("unexpected http status code: 503", Said::Status(503)),
            ("invalid content-type: 'text/html'", Said::NotGit),
            ("no content-type header in response", Said::NotGit),
            ("unexpected redirect", Said::NotGit),
            ("ERROR: Repository not found.", Said::Missing),
            ("remote error: access denied or repository not exported: /x", Said::Missing),
            ("fatal: '/x' does not appear to be a git repository", Said::Missing),
            ("failed to connect to host: Connection refused", Said::NoConnection),
            ("failed to resolve address for host: Name or service not known", Said::NoConnection),
            ("unpacking the sent packfile failed on the remote", Said::NotStored),
            ("early EOF", Said::BrokenOff),
            ("http parser did not consume entire buffer: Invalid EOF state", Said::BrokenOff),
            ("error receiving data from socket: Connection reset by peer", Said::BrokenOff),
            ("out of memory", Said::Other),
        ];
        for (text, meaning) in cases {
            assert_eq!(said(text), meaning, "{text}");
        }
    }

    #[test]
    fn failures_have_codes() {
        use ErrorClass as Class;
        let remote = RemoteUrl::from_clean("https://host/x.git".to_owned());
        let cases = [
            (ErrorCode::Auth, Class::Http, "unexpected authentication failure", Code::AuthRequired),
            (ErrorCode::GenericError, Class::Http, "unexpected http status code: 404", Code::RemoteMissing),
            (
                ErrorCode::GenericError,
                Class::Http,
                "unexpected http status code: 429",
                Code::RemoteUnreachable,
            ),
            (
                ErrorCode::GenericError,
                Class::Http,
                "invalid content-type: 'text/html'",
                Code::RemoteUnreachable,
            ),
            (ErrorCode::Certificate, Class::Ssl, "the SSL certificate is invalid", Code::RemoteUntrusted),
            (ErrorCode::GenericError, Class::Ssl, "the SSL certificate is invalid", Code::RemoteUntrusted),
            (
                ErrorCode::Certificate,
                Class::Ssh,
                "invalid or unknown remote ssh hostkey",
                Code::RemoteUntrusted,
            ),
            (ErrorCode::NotFound, Class::Os, "failed to resolve path '/x'", Code::RemoteMissing),
            (ErrorCode::GenericError, Class::Os, "failed to connect to host", Code::RemoteUnreachable),
            (ErrorCode::GenericError, Class::Net, "curl error", Code::RemoteUnreachable),
            (ErrorCode::GenericError, Class::Ssh, "ERROR: Repository not found.", Code::RemoteMissing),
            (ErrorCode::GenericError, Class::Indexer, "early EOF", Code::RemoteUnreachable),
            (ErrorCode::GenericError, Class::Odb, "disk full", Code::Git),
        ];
        for (code, class, text, expected) in cases {
            let credentials = Credentials::new(&remote, Identity::Usual);
            let error = explain(git2::Error::new(code, class, text), &remote, &credentials);
            assert_eq!(error.code(), expected, "{text}");
        }
    }
}
