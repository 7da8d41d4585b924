//! Who the token is, what it may, and the repositories that it sees.

use serde_json::{Value, json};

use super::openapi::{Description, description};
use super::*;
use crate::github::access::RepositoryFacts;
use crate::github::view::Ability;
use crate::github::{CreateOutcome, NewRepository, Owner, RepositoryCheck, SharedBudget};

fn repository(description: &Description, changes: Value) -> Value {
    let example = description.example("get", "/repos/{owner}/{repo}", 200);
    let ours = json!({
        "full_name": "acme/fabrics", "name": "fabrics", "private": true, "default_branch": "trunk",
        "permissions": { "admin": false, "push": true, "pull": true },
        // What GitHub's example leaves out of what its description requires.
        "language": null, "source": { "language": null },
    });
    patched(patched(example, ours), changes)
}

#[tokio::test]
async fn a_token_says_who_it_is() {
    let Some(description) = description() else { return };
    let user = description.example("get", "/user", 200);
    let lab = Lab::new(description, move |_| {
        Reply::json(200, patched(user.clone(), json!({ "login": "ann", "name": "Ann\nB" })))
            .with("x-oauth-scopes", "repo, admin:repo_hook")
            .with("github-authentication-token-expiration", "2026-07-01 12:12:13 +0200")
    });
    let account = lab.github.account().await.expect("account");
    assert_eq!((account.login.as_str(), account.name.as_deref()), ("ann", Some("Ann B")));
    assert_eq!(account.scopes.as_deref(), Some(&["repo".to_owned(), "admin:repo_hook".to_owned()][..]));
    assert_eq!(account.expires, Some(Timestamp::from_millis(1_782_900_733_000)));
    assert_eq!(account.view(&lab.github).login, "ann");
    let seen = lab.fake.seen();
    assert_eq!(seen[0].line(), "GET /user");
    assert_eq!(seen[0].headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(seen[0].headers["x-github-api-version"], "2022-11-28");
    assert_eq!(seen[0].headers["accept"], "application/vnd.github+json");
    assert!(!format!("{:?}", lab.github).contains(TOKEN));
}

#[tokio::test]
async fn a_fine_grained_token_has_no_scopes_to_show() {
    let Some(description) = description() else { return };
    let user = description.example("get", "/user", 200);
    let lab = Lab::new(description, move |_| Reply::json(200, user.clone()));
    let account = lab.github.account().await.expect("account");
    assert_eq!((account.scopes, account.expires), (None, None));
}

/// What the check of one answer finds.
async fn checked(description: &'static Description, reply: Reply) -> RepositoryCheck {
    let lab = Lab::new(description, move |_| reply.clone());
    lab.github.check(&fabrics()).await.expect("check")
}

fn facts(check: RepositoryCheck) -> RepositoryFacts {
    let RepositoryCheck::Found(facts) = check else { panic!("{check:?}") };
    facts
}

#[tokio::test]
async fn a_repository_says_what_it_allows() {
    let Some(description) = description() else { return };
    let scoped = |changes| Reply::json(200, repository(description, changes)).with("x-oauth-scopes", "repo");
    let found = facts(checked(description, scoped(json!({}))).await);
    assert_eq!(found.default_branch, Some(branch("trunk")));
    assert_eq!((&found.abilities.push, found.notes().len()), (&Ability::Yes, 0));
    assert!(matches!(found.abilities.webhooks, Ability::No { .. }));

    let reader = facts(checked(description, scoped(json!({ "permissions": { "push": false } }))).await);
    assert_eq!(
        reader.notes(),
        ["This token may read the repository but not push to it: the account has no write right there."]
    );
    let archived = facts(checked(description, scoped(json!({ "archived": true }))).await);
    assert_eq!(archived.notes(), ["The repository is archived on GitHub: nothing can be pushed to it."]);
    assert!(matches!(archived.abilities.push, Ability::No { .. }));
    let disabled = facts(checked(description, scoped(json!({ "disabled": true }))).await);
    assert!(disabled.disabled && disabled.notes()[0].contains("disabled"));

    let missing = checked(description, Reply::error(404, "Not Found")).await;
    assert_eq!(missing, RepositoryCheck::Missing);
    let blocked = checked(description, Reply::error(403, "Repository access blocked")).await;
    assert_eq!(blocked, RepositoryCheck::Blocked { reason: "Repository access blocked".to_owned() });
}

#[tokio::test]
async fn a_renamed_repository_is_followed_and_named() {
    let Some(description) = description() else { return };
    let moved = repository(description, json!({ "full_name": "acme/networks", "name": "networks" }));
    let lab = Lab::new(description, move |seen| match seen.path.as_str() {
        "/repos/acme/fabrics" => Reply::error(301, "Moved Permanently").with("location", "/repositories/7"),
        _ => Reply::json(200, moved.clone()),
    });
    let found = facts(lab.github.check(&fabrics()).await.expect("check"));
    assert!(found.renamed);
    assert_eq!(found.repository, Repository::parse("acme/networks").expect("name"));
    assert!(found.notes()[0].contains("acme/networks"));
    assert_eq!(lab.fake.lines(), ["GET /repos/acme/fabrics", "GET /repositories/7"]);
    assert_eq!(lab.fake.seen()[1].headers["authorization"], format!("Bearer {TOKEN}"));
}

#[tokio::test]
async fn repositories_are_listed_page_by_page() {
    let Some(description) = description() else { return };
    let example = description.example("get", "/user/repos", 200)[0].clone();
    let lab = Lab::new(description, move |seen| {
        let one = |name: &str, push: bool, archived: bool| {
            let changes = json!({
                "full_name": name, "private": true, "archived": archived, "pushed_at": "2026-07-01T10:12:13Z",
                "clone_url": format!("https://github.com/{name}.git"), "default_branch": "main",
                "permissions": { "admin": false, "push": push, "pull": true },
            });
            patched(example.clone(), changes)
        };
        if seen.query.ends_with("&page=1") {
            let page = [one("acme/fabrics", true, false), one("acme/read-only", false, false)];
            Reply::json(200, json!(page)).with("link", "<https://x/?page=2>; rel=\"next\"")
        } else {
            let page =
                [one("acme/old", true, true), one("Acme/Lab", true, false), one("a b/bad", true, false)];
            Reply::json(200, json!(page))
        }
    });
    let list = lab.github.repositories("").await.expect("list");
    let names: Vec<&str> = list.repositories.iter().map(|one| one.full_name.as_str()).collect();
    assert_eq!((names, list.more), (vec!["acme/fabrics", "Acme/Lab"], false));
    let url = format!("{}/acme/fabrics.git", lab.fake.base);
    assert_eq!(list.repositories[0].url.as_str(), url, "never what the answer says");
    assert_eq!(list.repositories[0].pushed, Some(Timestamp::from_millis(1_782_900_733_000)));
    let filtered = lab.github.repositories(" LAB").await.expect("list");
    assert_eq!(filtered.repositories.len(), 1);
    assert!(
        lab.fake.seen()[0].query.contains("sort=pushed") && lab.fake.seen()[0].query.contains("per_page=100")
    );
}

#[tokio::test]
async fn a_list_without_end_is_left_after_a_thousand() {
    let Some(description) = description() else { return };
    let page = description.example("get", "/user/repos", 200);
    let lab = Lab::new(description, move |_| {
        Reply::json(200, page.clone()).with("link", "<https://x/?page=9>; rel=\"next\"")
    });
    assert!(lab.github.repositories("").await.expect("list").more);
    assert_eq!(lab.fake.seen().len(), 10);
}

#[tokio::test]
async fn a_repository_is_made_private() {
    let Some(description) = description() else { return };
    let made = repository(description, json!({ "clone_url": "https://github.com/acme/fabrics.git" }));
    let lab = Lab::new(description, move |seen| match seen.path.as_str() {
        "/user/repos" => Reply::json(201, made.clone()),
        "/orgs/acme/repos" => Reply::json(
            422,
            json!({
                "message": "Repository creation failed.", "documentation_url": "https://docs.github.com",
                "errors": [{ "resource": "Repository", "code": "custom", "field": "name",
                    "message": "name already exists on this account" }],
            }),
        ),
        _ => Reply::error(403, "You need admin access to the organization"),
    });
    let wanted = |owner| NewRepository::private(owner, "fabrics").expect("name").described("the lab");
    let created = lab.github.create_repository(&wanted(Owner::Me)).await.expect("answer");
    let CreateOutcome::Created(repository) = created else { panic!("{created:?}") };
    assert_eq!(repository.full_name, "acme/fabrics");
    let body = lab.fake.seen()[0].body.clone().expect("body");
    assert_eq!((&body["private"], &body["name"]), (&json!(true), &json!("fabrics")));
    let taken = lab.github.create_repository(&wanted(Owner::Organisation("acme".to_owned()))).await;
    let reason = "Repository creation failed.; name already exists on this account".to_owned();
    assert_eq!(taken.expect("answer"), CreateOutcome::NotTaken { reason });
    let other = lab.github.create_repository(&wanted(Owner::Organisation("other".to_owned()))).await;
    assert!(matches!(other.expect("answer"), CreateOutcome::NotAllowed { .. }));
    // The second and third change waited for their turn.
    assert_eq!(lab.clock.slept(), [1, 1]);
}

#[tokio::test]
async fn a_token_that_may_only_read_is_told_of() {
    let Some(description) = description() else { return };
    let body = repository(description, json!({ "permissions": { "push": false } }));
    let fake = Fake::start(Some(description), move |_| Reply::json(200, body.clone()));
    let token = Token::parse(TOKEN).expect("a token");
    let github =
        GitHub::new(&Host::at(&fake.base), &token, SharedBudget::default(), &direct()).expect("client");
    let RepositoryCheck::Found(found) = github.check(&fabrics()).await.expect("answer") else {
        panic!("it is there");
    };
    assert_eq!((found.notes().len(), found.may_push()), (1, Some(false)));
    assert!(found.lacks()[0].starts_with("pushing: "), "{:?}", found.lacks());
}
