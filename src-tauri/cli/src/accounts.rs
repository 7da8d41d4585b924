//! How `fgd` signs in to remotes: `fgd accounts`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use fgd_engine::{
    Account, ConnectionReport, Engine, Error, GitHubSignInEnd, GitHubSignInStart, Keeping, Method,
    NewAccount, Place, Proxy, SealedFile,
};
use serde_json::json;

use crate::terminal::tell;
use crate::{ATTENTION, DONE, FAILED, report, secret};

/// What `fgd accounts` can be told.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// Show the accounts, without their secrets.
    List,
    /// Keep an account. Its secret is the first line of stdin, or is asked for on the terminal.
    #[command(after_help = "Examples:\n  fgd accounts add https://github.com --method token < token.txt\n  \
        fgd accounts add git@git.example.org:net/lab.git --method ssh-key --key ~/.ssh/fgd")]
    Add(AddArguments),
    /// Sign in to GitHub by a code that is entered in a browser.
    #[command(
        after_help = "Examples:\n  fgd accounts sign-in\n  fgd accounts sign-in ghe.example.org --keep file"
    )]
    SignIn {
        /// github.com, or a company's GitHub.
        #[arg(default_value = "github.com")]
        host: String,
        /// Where the token is kept.
        #[arg(long, default_value = "keychain")]
        keep: Keep,
    },
    /// Forget an account and its secret.
    Remove {
        /// The host or repository, as `fgd accounts list` shows it.
        place: String,
    },
    /// Really connect: read the repository, and say whether it may be pushed to.
    Test {
        /// A repository's URL.
        url: String,
    },
    /// Trust the host key that an SSH server shows, if it has this fingerprint.
    #[command(after_help = "Example:\n  fgd accounts trust git@git.example.org:net/lab.git SHA256:…")]
    Trust {
        /// A repository's URL.
        url: String,
        /// The fingerprint that the server's owner publishes.
        fingerprint: String,
    },
    /// Show or change how remotes are reached.
    #[command(
        after_help = "Example:\n  fgd accounts network --proxy http://proxy.example.org:3128 --ca-file ca.pem"
    )]
    Network {
        /// `system` for the one that Git or the environment names, `none`, or a URL.
        #[arg(long, value_name = "PROXY")]
        proxy: Option<String>,
        /// A PEM file of authorities that are trusted beside the system's; `none` for no such file.
        #[arg(long, value_name = "FILE")]
        ca_file: Option<String>,
    },
    /// Show or change who commits. An empty text stands for Git's own configuration.
    Author {
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        email: Option<String>,
    },
}

/// What `fgd accounts add` can be told.
#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// A host, `https://github.com`, or one repository's URL.
    place: String,
    /// What shows the remote who is asking.
    #[arg(long)]
    method: By,
    /// The user name; with a token most hosts take any.
    #[arg(long, required_if_eq("method", "password"))]
    user: Option<String>,
    /// The private key's file.
    #[arg(long, value_name = "FILE", required_if_eq("method", "ssh-key"))]
    key: Option<PathBuf>,
    /// The key has a passphrase: read it as the secret.
    #[arg(long, requires = "key")]
    passphrase: bool,
    /// Where the secret is kept.
    #[arg(long, default_value = "keychain")]
    keep: Keep,
    /// The address of an Enterprise Server's API, `https://ghe.example.org/api/v3`.
    #[arg(long, value_name = "URL")]
    github_api: Option<String>,
}

/// What shows the remote who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// A token over HTTPS.
    Token,
    /// A user name and a password over HTTPS.
    Password,
    /// The SSH agent's keys.
    SshAgent,
    /// A key file.
    SshKey,
    /// Git's credential helpers.
    Helper,
    /// Nothing: the remote is open to everybody.
    Nobody,
}

/// Where a secret is kept. A command ends too soon to keep one in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Keep {
    /// The operating system's keychain.
    Keychain,
    /// A file that is encrypted with a passphrase.
    File,
}

impl AddArguments {
    /// What to ask for, where the method has a secret.
    fn secret(&self) -> Option<&'static str> {
        match self.method {
            By::Token => Some("Token"),
            By::Password => Some("Password"),
            By::SshKey if self.passphrase => Some("Passphrase of the key"),
            By::SshKey | By::SshAgent | By::Helper | By::Nobody => None,
        }
    }
}

impl Keep {
    fn keeping(self) -> Keeping {
        match self {
            Self::Keychain => Keeping::Keychain,
            Self::File => Keeping::File,
        }
    }
}

impl By {
    fn method(self) -> Method {
        match self {
            Self::Token => Method::Token,
            Self::Password => Method::Password,
            Self::SshAgent => Method::SshAgent,
            Self::SshKey => Method::SshKey,
            Self::Helper => Method::Helper,
            Self::Nobody => Method::Nobody,
        }
    }
}

/// Opens the encrypted file of secrets with the passphrase on the first line of `file`.
pub(crate) async fn unlock(engine: &Engine, file: &Path) -> Result<(), Error> {
    let io = |source| Error::Io { path: file.to_path_buf(), source };
    let text = std::fs::read_to_string(file).map_err(io)?;
    let passphrase = text.lines().next().unwrap_or_default().to_owned();
    engine.unlock_secrets(passphrase).await.map(drop)
}

/// Does what was asked for.
pub(crate) async fn run(engine: &Engine, command: AccountsCommand, as_json: bool) -> Result<u8, Error> {
    match command {
        AccountsCommand::List => {
            let accounts = engine.accounts().await?;
            if as_json {
                report::print_json(&json!({ "accounts": accounts }));
            } else {
                report::say(&list_text(&accounts));
            }
            Ok(DONE)
        }
        AccountsCommand::Add(arguments) => {
            let added = add(engine, arguments).await?;
            if as_json {
                report::print_json(&json!({ "added": added }));
            } else {
                report::say(&added_text(&added));
            }
            Ok(DONE)
        }
        AccountsCommand::SignIn { host, keep } => sign_in(engine, host, keep, as_json).await,
        AccountsCommand::Remove { place } => {
            let place = Place::parse(&place)?;
            let known = engine.accounts().await?.into_iter().find(|account| account.place == place);
            let account = known.ok_or(Error::AccountUnknown)?;
            engine.remove_account(account.id).await?;
            if as_json {
                report::print_json(&json!({ "removed": place }));
            } else {
                report::say(&format!(
                    "{place} is forgotten here; what the secret allows there is unchanged."
                ));
            }
            Ok(DONE)
        }
        AccountsCommand::Test { url } => {
            let tested = engine.test_connection(url, None).await?;
            if as_json {
                report::print_json(&tested);
            } else {
                report::say(&test_text(&tested));
            }
            Ok(test_code(&tested))
        }
        AccountsCommand::Network { proxy, ca_file } => network(engine, proxy, ca_file, as_json).await,
        AccountsCommand::Author { name, email } => author(engine, name, email, as_json).await,
        AccountsCommand::Trust { url, fingerprint } => {
            engine.trust_host_key(url.clone(), fingerprint.clone()).await?;
            if as_json {
                report::print_json(&json!({ "trusted": fingerprint }));
            } else {
                report::say(&format!("The key {fingerprint} is trusted from now on."));
            }
            Ok(DONE)
        }
    }
}

/// The code goes to stderr: a script wants what comes of it.
async fn sign_in(engine: &Engine, host: String, keep: Keep, as_json: bool) -> Result<u8, Error> {
    let refused = |reason: String| Error::GitHubRefused { what: "the sign-in".to_owned(), reason };
    if keep == Keep::File && engine.secret_store().await?.file != SealedFile::Open {
        engine.unlock_secrets(secret::read("Passphrase of the file with the secrets").await?).await?;
    }
    let code = match engine.begin_github_sign_in(Some(host)).await? {
        GitHubSignInStart::Code { code } => code,
        GitHubSignInStart::NotOffered { reason } => return Err(refused(reason)),
        GitHubSignInStart::NotSetUp => {
            let reason = "this build is not known to GitHub; use a token, or set FGD_GITHUB_CLIENT_ID";
            return Err(refused(reason.to_owned()));
        }
    };
    tell(&format!("Enter {} at {}", code.user_code, code.verification_url));
    let ended = tokio::select! {
        ended = engine.finish_github_sign_in(keep.keeping()) => ended?,
        _ = tokio::signal::ctrl_c() => return Err(Error::Cancelled),
    };
    match ended {
        GitHubSignInEnd::SignedIn { account, login } => {
            if as_json {
                report::print_json(&json!({ "added": account, "login": login }));
            } else {
                report::say(&format!("Signed in as {login}. {}", added_text(&account)));
            }
            Ok(DONE)
        }
        GitHubSignInEnd::Expired => Err(refused("nobody entered the code in time".to_owned())),
        GitHubSignInEnd::Denied => Err(refused("it was refused in the browser".to_owned())),
        GitHubSignInEnd::Refused { reason } => Err(refused(reason)),
    }
}

async fn network(
    engine: &Engine,
    proxy: Option<String>,
    ca_file: Option<String>,
    as_json: bool,
) -> Result<u8, Error> {
    let mut settings = engine.network_settings().await?;
    if proxy.is_some() || ca_file.is_some() {
        match proxy.as_deref() {
            None => {}
            Some("system") => settings.proxy = Proxy::System,
            Some("none") => settings.proxy = Proxy::Direct,
            Some(url) => settings.proxy = Proxy::At { url: url.to_owned() },
        }
        match ca_file.as_deref() {
            None => {}
            Some("none" | "") => settings.ca_file = None,
            Some(file) => {
                let path =
                    std::path::absolute(file).map_err(|source| Error::Io { path: file.into(), source })?;
                settings.ca_file = Some(path.to_string_lossy().into_owned());
            }
        }
        settings = engine.set_network_settings(settings).await?;
    }
    if as_json {
        report::print_json(&settings);
    } else {
        let proxy = match &settings.proxy {
            Proxy::System => "the one that Git or the environment names",
            Proxy::Direct => "none",
            Proxy::At { url } => url,
        };
        report::say(&format!("Proxy: {proxy}"));
        report::say(&format!("Own authorities: {}", settings.ca_file.as_deref().unwrap_or("none")));
    }
    Ok(DONE)
}

async fn author(
    engine: &Engine,
    name: Option<String>,
    email: Option<String>,
    as_json: bool,
) -> Result<u8, Error> {
    let mut author = engine.author_settings().await?;
    if name.is_some() || email.is_some() {
        author.name = name.or(author.name);
        author.email = email.or(author.email);
        author = engine.set_author_settings(author).await?;
    }
    if as_json {
        report::print_json(&author);
    } else {
        let or_git =
            |text: &Option<String>| text.clone().unwrap_or_else(|| "as Git's configuration says".to_owned());
        report::say(&format!("Name: {}", or_git(&author.name)));
        report::say(&format!("E-mail: {}", or_git(&author.email)));
    }
    Ok(DONE)
}

async fn add(engine: &Engine, arguments: AddArguments) -> Result<Account, Error> {
    let secret = match arguments.secret() {
        Some(asked) => Some(secret::read(asked).await?),
        None => None,
    };
    if secret.is_some()
        && arguments.keep == Keep::File
        && engine.secret_store().await?.file != SealedFile::Open
    {
        engine.unlock_secrets(secret::read("Passphrase of the file with the secrets").await?).await?;
    }
    let key_file = match &arguments.key {
        Some(key) => {
            Some(std::path::absolute(key).map_err(|source| Error::Io { path: key.clone(), source })?)
        }
        None => None,
    };
    let account = NewAccount {
        place: arguments.place,
        method: arguments.method.method(),
        user: arguments.user,
        key_file: key_file.map(|key| key.to_string_lossy().into_owned()),
        secret,
        keep: arguments.keep.keeping(),
        github_api: arguments.github_api,
    };
    engine.add_account(account).await
}

fn added_text(account: &Account) -> String {
    let where_to = match account.kept {
        None => "there is no secret to keep",
        Some(Keeping::Keychain) => "its secret is in this machine's keychain",
        Some(Keeping::File) => "its secret is in the encrypted file",
        Some(Keeping::Session) => "its secret is kept until the app ends",
    };
    format!("{} has an account now; {where_to}.", account.place)
}

fn test_code(tested: &ConnectionReport) -> u8 {
    match (&tested.error, tested.may_push) {
        (Some(_), _) => FAILED,
        (None, Some(false)) => ATTENTION,
        (None, _) => DONE,
    }
}

fn list_text(accounts: &[Account]) -> String {
    if accounts.is_empty() {
        return "There are no accounts: Git's credential helpers and the SSH agent are asked.".to_owned();
    }
    let line = |account: &Account| {
        let user = account.user.as_ref().map(|user| format!("  as {user}")).unwrap_or_default();
        let key = account.key_file.as_ref().map(|key| format!("  with {key}")).unwrap_or_default();
        format!("{:<14}  {}{user}{key}", method_word(account.method), account.place)
    };
    accounts.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn method_word(method: Method) -> &'static str {
    match method {
        Method::Token => "token",
        Method::Password => "password",
        Method::SshAgent => "SSH agent",
        Method::SshKey => "SSH key",
        Method::Helper => "Git's helpers",
        Method::Nobody => "nobody",
    }
}

fn test_text(tested: &ConnectionReport) -> String {
    let url = &tested.url;
    if let Some(error) = &tested.error {
        return format!("{}\n{}", error.message, error.hint);
    }
    let mut lines = vec![match tested.may_push {
        Some(true) => format!("{url} can be read and pushed to."),
        Some(false) => format!("{url} can be read, and not pushed to."),
        None => format!("{url} can be read; only a push shows whether it may be pushed to."),
    }];
    lines.extend(tested.default_branch.as_ref().map(|branch| format!("Main branch: {branch}")));
    lines.extend(tested.protection.clone());
    lines.extend(tested.lacks.iter().map(|lack| format!("- lacking for {lack}")));
    lines.extend(tested.notes.iter().map(|note| format!("- {note}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;

    use super::*;
    use crate::arguments::{Arguments, Command};

    #[test]
    fn a_secret_is_asked_for_where_there_is_one_and_is_no_argument() {
        let read = |words: &str| {
            let words = ["fgd", "accounts", "add"].into_iter().chain(words.split(' '));
            match Arguments::try_parse_from(words).ok()?.command {
                Command::Accounts { command: AccountsCommand::Add(arguments) } => Some(arguments.secret()),
                other => panic!("{other:?}"),
            }
        };
        for (words, asked) in [
            ("https://h --method token", Some(Some("Token"))),
            ("https://h --method password --user tess", Some(Some("Password"))),
            ("git@h:x --method ssh-key --key k", Some(None)),
            ("git@h:x --method ssh-key --key k --passphrase", Some(Some("Passphrase of the key"))),
            ("git@h:x --method ssh-agent", Some(None)),
            ("https://h --method helper", Some(None)),
            ("https://h --method nobody", Some(None)),
            ("https://h", None),
            ("https://h --method password", None),
            ("git@h:x --method ssh-key", None),
            ("https://h --method token --token abc", None),
            ("https://h --method token abc", None),
        ] {
            assert_eq!(read(words), asked, "{words}");
        }
    }

    #[test]
    fn the_list_and_the_test_are_lines() {
        assert!(list_text(&[]).starts_with("There are no accounts"));
        let account = |place: &str, method: &str, user: Option<&str>, key: Option<&str>| -> Account {
            let account = json!({
                "id": "1", "place": place, "method": method, "user": user, "keyFile": key, "kept": null,
                "githubApi": null,
            });
            serde_json::from_value(account).expect("an account")
        };
        assert_eq!(
            list_text(&[
                account("https://github.com", "token", Some("tess"), None),
                account("ssh://h/net/lab", "sshKey", None, Some("/home/t/.ssh/fgd")),
            ]),
            "\
token           https://github.com  as tess
SSH key         ssh://h/net/lab  with /home/t/.ssh/fgd"
        );
        let tested: ConnectionReport = serde_json::from_value(json!({
            "url": "https://h/lab.git", "account": null, "error": null, "mayPush": false,
            "defaultBranch": "main", "branches": ["main"], "protection": "main takes pull requests only.",
            "lacks": ["webhooks: the token lacks the scope admin:repo_hook"], "notes": [],
        }))
        .expect("a report");
        assert_eq!(
            test_text(&tested),
            "\
https://h/lab.git can be read, and not pushed to.
Main branch: main
main takes pull requests only.
- lacking for webhooks: the token lacks the scope admin:repo_hook"
        );
        let error = Some(Error::Cancelled.report());
        for (error, may_push, code) in [
            (None, Some(true), DONE),
            (None, None, DONE),
            (None, Some(false), ATTENTION),
            (error, None, FAILED),
        ] {
            assert_eq!(test_code(&ConnectionReport { error, may_push, ..tested.clone() }), code);
        }
    }
}
