//! What the sender of a webhook and this machine both know.

use std::fmt;

/// The secret that webhooks are signed with. It can't be printed.
#[derive(Clone)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// The secret that somebody typed or a variable holds: without the white space around it. None for an
    /// empty one, since everybody can sign with nothing.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_something_and_is_never_shown() {
        for empty in ["", " ", "\r\n"] {
            assert!(WebhookSecret::new(empty).is_none(), "{empty:?}");
        }
        let secret = WebhookSecret::new("hunter2\n").expect("a secret");
        assert_eq!(secret.bytes(), b"hunter2");
        assert!(!format!("{secret:?}").contains("hunter2"));
    }
}
