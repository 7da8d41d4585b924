//! What whoever answers for GitHub may put into an answer: it is shown as what it is, and leads nowhere.

use serde_json::json;

use super::openapi::description;
use super::*;
use crate::error::ErrorCode;
use crate::visible::deceives;

const DECEIT: &str = "\u{202e}gnp\u{200b}\u{1b}[2J\r\n\u{7}<img src=x onerror=alert(1)>";

/// A client of something that is not GitHub.
fn strange(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Lab {
    Lab::with(None, Bounds::default(), answer)
}

#[tokio::test]
async fn a_repository_is_cloned_from_the_host_and_from_nowhere_else() {
    let Some(description) = description() else { return };
    let example = description.example("get", "/user/repos", 200)[0].clone();
    let urls =
        ["file:///etc", "/etc/passwd", "ext::sh -c id", "https://evil.example/x.git", "--upload-pack=x"];
    let names = [
        "acme/fabrics",
        "../../etc",
        "acme/..",
        "a/b/c",
        "-x/y",
        "acme/<script>",
        "acme/\u{202e}x",
        "acme/x y",
        "",
    ];
    let lab = strange(move |_| {
        let of = |(name, url): (&str, &str)| {
            let changes = json!({ "full_name": name, "clone_url": url, "html_url": "javascript:alert(1)", "archived": false,
                "description": DECEIT, "default_branch": "--upload-pack=x", "permissions": { "push": true } });
            patched(example.clone(), changes)
        };
        let page: Vec<Value> = names.iter().flat_map(|name| urls.map(|url| of((name, url)))).collect();
        Reply::json(200, json!(page))
    });
    let list = lab.github.repositories("").await.expect("list").repositories;
    assert!(!list.is_empty());
    for repository in &list {
        assert_eq!(repository.url.as_str(), format!("{}/{}.git", lab.fake.base, repository.full_name));
        assert!(!repository.full_name.contains(deceives) && !repository.full_name.contains(['<', ' ']));
        assert_eq!(repository.default_branch, None, "no option is a branch");
        assert!(!repository.description.as_deref().unwrap_or_default().contains('\n'));
    }
}

#[tokio::test]
async fn names_are_one_line_and_numbers_have_an_end() {
    let lab =
        strange(|_| Reply::json(200, json!({ "login": format!("a{DECEIT}"), "name": DECEIT.repeat(100) })));
    let account = lab.github.account().await.expect("an account");
    for text in [Some(account.login), account.name].into_iter().flatten() {
        assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
    }
    for number in ["1e300", "-1", "18446744073709551616", "99999999999999999999999999", "1.5", "\"12\""] {
        let lab = strange(move |_| {
            let body = format!(
                "{{\"number\": {number}, \"state\": \"open\", \"head\": {{\"ref\": \"x\", \"sha\": \"x\"}}}}"
            );
            Reply::odd(200, "application/json", body)
        });
        let error = lab.github.pull_request(&fabrics(), 12).await.expect_err(number);
        assert_eq!(error.code(), ErrorCode::GitHub, "{number}: {error}");
    }
}

#[tokio::test]
async fn a_wait_of_years_is_not_believed() {
    for (status, headers) in [
        (429, vec![("retry-after", "31536000000")]),
        (403, vec![("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")]),
        (
            403,
            vec![
                ("x-ratelimit-limit", "60"),
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "99999999999999"),
            ],
        ),
        (429, vec![("retry-after", "-1")]),
        (429, vec![("retry-after", "184467440737095516160")]),
    ] {
        let lab = strange(move |_| {
            headers.iter().fold(Reply::error(status, "wait"), |reply, (name, value)| reply.with(name, value))
        });
        let error = lab.github.account().await.expect_err("limited");
        let crate::error::Error::GitHubLimited { until, .. } = error else { panic!("{status}: {error}") };
        let wait = until.as_millis() - lab.clock.now().as_millis();
        assert!((0..=65 * 60 * 1000).contains(&wait), "{wait}");
    }
}
