//! What strangers send to the listener.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::git::parse_remote_url;
use crate::listener::{Delivery, Hint, SIGNATURE, Says, WebhookSecret, read_delivery, sign};

const SECRET: &str = "swordfish";

/// Header lines, a blank line and a body: nobody is believed without the secret; who has it says no more than
/// where to look, and that takes no more room than it was sent in and holds no sign-in.
pub fn webhook(bytes: &[u8]) {
    let (mut headers, body) = request(bytes);
    let secrets = [WebhookSecret::new(SECRET).expect("a secret")];
    let right = sign(body, SECRET);
    let is_right = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(right.as_bytes());
    let was_signed = headers.get_all(SIGNATURE).iter().any(is_right);
    let as_sent = read_delivery(&headers, body, &secrets);
    assert!(was_signed || as_sent == Delivery::Refused, "{as_sent:?}");
    assert_eq!(read_delivery(&headers, body, &[]), Delivery::Refused, "without a secret nobody is believed");

    headers.insert(SIGNATURE, HeaderValue::from_str(&right).expect("digits"));
    let Delivery::Genuine { says, .. } = read_delivery(&headers, body, &secrets) else {
        panic!("it is signed")
    };
    let mut changed = body.to_vec();
    match changed.first_mut() {
        Some(byte) => *byte ^= 1,
        None => changed.push(0),
    }
    assert_eq!(read_delivery(&headers, &changed, &secrets), Delivery::Refused, "every byte is signed");
    headers.append(SIGNATURE, HeaderValue::from_str(&right).expect("digits"));
    assert_eq!(read_delivery(&headers, body, &secrets), Delivery::Refused, "two signatures are none");
    if let Says::Push(hint) = says {
        is_a_hint(&hint, body);
    }
}

fn is_a_hint(hint: &Hint, body: &[u8]) {
    assert!(!hint.urls.is_empty() || hint.full_name.is_some(), "of some repository");
    let length = hint.urls.iter().map(|url| url.as_str().len()).sum::<usize>()
        + hint.full_name.as_ref().map_or(0, String::len)
        + hint.branch.as_ref().map_or(0, |branch| branch.as_str().len());
    // A byte that is no text becomes a character of three, and one of a URL is written as `%xx`.
    assert!(length <= 9 * body.len(), "{length} bytes of {}", body.len());
    for url in &hint.urls {
        let (again, sign_in) = parse_remote_url(url.as_str()).expect("an address");
        assert_eq!((&again, sign_in), (url, None), "no sign-in is in it");
    }
}

/// The headers and the body of what was sent; lines that are no header are left out, as a server would.
fn request(bytes: &[u8]) -> (HeaderMap, &[u8]) {
    let mut headers = HeaderMap::new();
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = &rest[..end];
        rest = &rest[end + 1..];
        if line.is_empty() {
            break;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(line[colon + 1..].trim_ascii()))
        {
            headers.append(name, value);
        }
    }
    (headers, rest)
}
