//! How `fgd` signs in to remotes: `fgd accounts`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use fgd_engine::{Engine, Error};
use serde_json::json;

use crate::answers::{self, Account, Method, Tested};
use crate::{ATTENTION, DONE, FAILED, report, secret};

/// What `fgd accounts` can be told.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// Show the accounts, without their secrets.
    List,
    /// Keep an account. Its secret is read from stdin, or asked for on the terminal.
    #[command(after_help = "Examples:\n  fgd accounts add https://github.com --method token < token.txt\n  \
        fgd accounts add git@git.example.org:net/lab.git --method ssh-key --key ~/.ssh/fgd")]
    Add(AddArguments),
    /// Forget an account and its secret.
    Remove {
        /// The host or repository, as `fgd accounts list` shows it.
        remote: String,
    },
    /// Really connect: read the remote, and say whether it may be pushed to.
    Test {
        /// A repository's URL.
        remote: String,
    },
}

/// What `fgd accounts add` can be told.
#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// A host, `https://github.com`, or one repository's URL.
    remote: String,
    /// What shows the remote who is asking.
    #[arg(long)]
    method: Method,
    /// The user name; with a token most hosts take any.
    #[arg(long, required_if_eq("method", "password"))]
    user: Option<String>,
    /// The private key's file.
    #[arg(long, value_name = "FILE", required_if_eq("method", "ssh-key"))]
    key: Option<PathBuf>,
    /// The key has a passphrase: read it as the secret.
    #[arg(long, requires = "key")]
    passphrase: bool,
}

impl AddArguments {
    /// What to ask for, where the method has a secret.
    fn secret(&self) -> Option<&'static str> {
        match self.method {
            Method::Token => Some("Token"),
            Method::Password => Some("Password"),
            Method::SshKey if self.passphrase => Some("Passphrase of the key"),
            Method::SshKey | Method::SshAgent | Method::Helper | Method::None => None,
        }
    }
}

/// Does what was asked for.
pub(crate) async fn run(engine: &Engine, command: AccountsCommand, as_json: bool) -> Result<u8, Error> {
    match command {
        AccountsCommand::List => {
            let accounts = answers::accounts(engine).await?;
            if as_json {
                report::print_json(&json!({ "accounts": accounts }));
            } else {
                report::say(&list_text(&accounts));
            }
            Ok(DONE)
        }
        AccountsCommand::Add(arguments) => {
            let secret = match arguments.secret() {
                Some(asked) => Some(secret::read(asked).await?),
                None => None,
            };
            let AddArguments { remote, method, user, key, .. } = arguments;
            let account = Account { remote, method, user, key };
            let kept = answers::add_account(engine, account.clone(), secret).await?;
            if as_json {
                report::print_json(&json!({ "added": account, "kept": kept }));
            } else {
                report::say(&kept);
            }
            Ok(DONE)
        }
        AccountsCommand::Remove { remote } => {
            answers::remove_account(engine, &remote).await?;
            if as_json {
                report::print_json(&json!({ "removed": remote }));
            } else {
                report::say(&format!("{remote} is forgotten here; what it allows on the host is unchanged."));
            }
            Ok(DONE)
        }
        AccountsCommand::Test { remote } => {
            let tested = answers::test_account(engine, &remote).await?;
            if as_json {
                report::print_json(&tested);
            } else {
                report::say(&test_text(&tested));
            }
            Ok(test_code(&tested))
        }
    }
}

fn test_code(tested: &Tested) -> u8 {
    match (tested.reads, tested.may_push) {
        (false, _) => FAILED,
        (true, Some(false)) => ATTENTION,
        (true, _) => DONE,
    }
}

fn list_text(accounts: &[Account]) -> String {
    if accounts.is_empty() {
        return "There are no accounts: Git's credential helpers and the SSH agent are asked.".to_owned();
    }
    let line = |account: &Account| {
        let user = account.user.as_ref().map(|user| format!("  as {user}")).unwrap_or_default();
        let key = account.key.as_ref().map(|key| format!("  with {}", key.display())).unwrap_or_default();
        format!("{:<9}  {}{user}{key}", report::word(&account.method), account.remote)
    };
    accounts.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn test_text(tested: &Tested) -> String {
    let mut lines = vec![match (tested.reads, tested.may_push) {
        (false, _) => format!("{} can't be read.", tested.remote),
        (true, Some(true)) => format!("{} can be read and pushed to.", tested.remote),
        (true, Some(false)) => format!("{} can be read, and not pushed to.", tested.remote),
        (true, None) => {
            format!("{} can be read; a push will show whether it may be pushed to.", tested.remote)
        }
    }];
    lines.extend(tested.default_branch.as_ref().map(|branch| format!("Default branch: {branch}")));
    lines.extend(tested.notes.iter().map(|note| format!("- {note}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

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
            ("https://h --method none", Some(None)),
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
        let account = |remote: &str, method, user: Option<&str>, key: Option<&str>| Account {
            remote: remote.to_owned(),
            method,
            user: user.map(str::to_owned),
            key: key.map(PathBuf::from),
        };
        assert!(list_text(&[]).starts_with("There are no accounts"));
        assert_eq!(
            list_text(&[
                account("https://github.com", Method::Token, Some("tess"), None),
                account("git@h:net/lab.git", Method::SshKey, None, Some("/home/t/.ssh/fgd")),
            ]),
            "\
token      https://github.com  as tess
ssh-key    git@h:net/lab.git  with /home/t/.ssh/fgd"
        );
        let tested = Tested {
            remote: "https://h/lab.git".to_owned(),
            reads: true,
            may_push: Some(false),
            default_branch: Some("main".to_owned()),
            notes: vec!["main is protected.".to_owned()],
        };
        assert_eq!(
            test_text(&tested),
            "https://h/lab.git can be read, and not pushed to.\nDefault branch: main\n- main is protected."
        );
        for (reads, may_push, code) in
            [(true, Some(true), 0), (true, None, 0), (true, Some(false), 1), (false, None, 3)]
        {
            assert_eq!(test_code(&Tested { reads, may_push, ..tested.clone() }), code);
        }
    }
}
