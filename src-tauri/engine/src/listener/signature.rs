//! Whether a delivery comes from somebody who knows the secret.

use axum::http::HeaderMap;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::secret::WebhookSecret;

/// The header that GitHub signs with; Gitea and Forgejo send the same one.
pub(crate) const HEADER: &str = "x-hub-signature-256";

/// A signature that was found right: what the body is known by, since no other body has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Signature([u8; 32]);

impl Signature {
    /// The signature of a delivery, if there is exactly one and one of the secrets makes it of these bytes.
    ///
    /// Every secret is tried and compared in constant time, so that how long it takes tells nobody how near
    /// a guess was.
    pub(super) fn check(headers: &HeaderMap, body: &[u8], secrets: &[WebhookSecret]) -> Option<Self> {
        let mut given = headers.get_all(HEADER).iter();
        let (Some(one), None) = (given.next(), given.next()) else { return None };
        let claimed = Self::parse(one.as_bytes())?;
        let right = secrets.iter().filter(|secret| claimed.is_of(body, secret)).count();
        (right > 0).then_some(claimed)
    }

    /// `sha256=` and 64 hexadecimal digits.
    fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.strip_prefix(b"sha256=").filter(|digits| digits.len() == 64)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
            *byte = u8::try_from(high? * 16 + low?).ok()?;
        }
        Some(Self(bytes))
    }

    fn is_of(&self, body: &[u8], secret: &WebhookSecret) -> bool {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.bytes()) else { return false };
        mac.update(body);
        mac.verify_slice(&self.0).is_ok()
    }
}

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod testing {
    use super::*;

    /// The header's value for a body.
    pub(crate) fn sign(body: &[u8], secret: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
        mac.update(body);
        let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256={digits}")
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    // The example of GitHub's documentation.
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const RIGHT: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn check(signatures: &[&str], body: &[u8], secrets: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for signature in signatures {
            headers.append(HEADER, HeaderValue::from_bytes(signature.as_bytes()).expect("a value"));
        }
        let secrets: Vec<_> = secrets.iter().filter_map(|secret| WebhookSecret::new(secret)).collect();
        Signature::check(&headers, body, &secrets).is_some()
    }

    #[test]
    fn only_whoever_knows_the_secret_signs_right() {
        assert_eq!(testing::sign(BODY, SECRET), RIGHT);
        let upper = format!("sha256={}", RIGHT[7..].to_uppercase());
        for right in [RIGHT, &upper] {
            assert!(check(&[right], BODY, &[SECRET]), "{right}");
            assert!(check(&[right], BODY, &["another", SECRET]), "{right}");
        }
        let wrong_digit = RIGHT.replace("757107", "757108");
        let short = &RIGHT[..RIGHT.len() - 1];
        let long = format!("{RIGHT}0");
        let letters = RIGHT.replace("757107", "75710g");
        let bad = [
            "",
            "sha256=",
            &RIGHT[7..],
            &wrong_digit,
            short,
            &long,
            &letters,
            "SHA256=00",
            "sha1=00",
            &RIGHT.replace("sha256=", "sha256: "),
            "sha256=ééééééééééééééééééééééééééééééééé",
        ];
        for bad in bad {
            assert!(!check(&[bad], BODY, &[SECRET]), "{bad:?}");
        }
        assert!(!check(&[], BODY, &[SECRET]), "a signature is mandatory");
        assert!(!check(&[RIGHT, RIGHT], BODY, &[SECRET]), "two signatures are none");
        assert!(!check(&[RIGHT], b"Hello, World", &[SECRET]), "the raw bytes count");
        assert!(!check(&[RIGHT], BODY, &["it's a secret to everybody"]));
        assert!(!check(&[RIGHT], BODY, &[]), "without a secret nobody is believed");
    }
}
