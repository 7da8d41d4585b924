//! What `fgd` can be told.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::accounts::AccountsCommand;
use crate::conflicts::ResolveArguments;
use crate::diagram::DiagramArguments;
use crate::get::GetArguments;
use crate::history::{LogArguments, UndoArguments};
use crate::serve::ServeArguments;
use crate::show::ShowArguments;

/// Keeps a Hedgehog fabric's GitOps directory right: ingests raw/, commits, pushes, pulls.
#[derive(Debug, Parser)]
#[command(name = "fgd", version, about, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Print one JSON object on stdout instead of sentences.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print no progress on stderr.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Where the operation log and settings are kept, instead of the app's own data directory.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// A file whose first line opens the encrypted file of secrets.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  fgd init fabrics/lab             make the directory's structure and commit it
  cp wiring.yaml fabrics/lab/raw/
  fgd sync fabrics/lab             fetch, merge, ingest, commit, push
  fgd sync --json | jq .documents  the same from inside the directory, for a script
  fgd validate fabrics/lab         check what stands and what waits; change nothing
  fgd watch fabrics/lab            keep syncing until Ctrl-C

Exit codes:
  0  done
  1  done, but documents were rejected or conflicts wait (validate: an error was found;
     repair --dry-run: something is not right)
  2  wrong usage
  3  could not be done";

/// The fabric directory that a command works on.
#[derive(Debug, Args)]
pub(crate) struct Folder {
    /// A fabric directory inside a Git work tree.
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the directory's structure where it is missing, and commit it.
    #[command(after_help = "Example:\n  fgd init fabrics/lab --name \"Lab fabric\"")]
    Init {
        #[command(flatten)]
        folder: Folder,
        /// The fabric's name; the directory's own name if left out.
        #[arg(long)]
        name: Option<String>,
        /// Say what would be made, and do nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Say how the fabric stands; changes nothing and asks no remote.
    #[command(after_help = "Example:\n  fgd status fabrics/lab")]
    Status {
        #[command(flatten)]
        folder: Folder,
    },
    /// Take what waits in raw/: write the objects, archive the sources, commit.
    #[command(after_help = "Example:\n  fgd ingest fabrics/lab --dry-run")]
    Ingest {
        #[command(flatten)]
        folder: Folder,
        /// Say what would become of each document, and do nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Put the directory's structure right: missing parts, objects in the wrong place, loose YAML. One commit.
    #[command(after_help = "Example:\n  fgd repair fabrics/lab --dry-run")]
    Repair {
        #[command(flatten)]
        folder: Folder,
        /// Say what is not right, and do nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// The whole flow: fetch, merge, ingest, commit, push.
    #[command(after_help = "Example:\n  fgd sync fabrics/lab")]
    Sync {
        #[command(flatten)]
        folder: Folder,
    },
    /// Fetch, and fast-forward or merge.
    #[command(after_help = "Example:\n  fgd pull fabrics/lab")]
    Pull {
        #[command(flatten)]
        folder: Folder,
    },
    /// Push what is committed, and read the remote back.
    #[command(after_help = "Example:\n  fgd push fabrics/lab")]
    Push {
        #[command(flatten)]
        folder: Folder,
    },
    /// Check a fabric directory and what waits in its raw/, or any files as one fabric; changes nothing.
    #[command(
        after_help = "Examples:\n  fgd validate fabrics/lab --json | jq '.findings[]'\n  fgd validate wiring.yaml vpcs/ --crds crds/"
    )]
    Validate {
        /// A fabric directory; or files, and directories with files, that are checked together.
        #[arg(default_value = ".", value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// A file or a folder with CustomResourceDefinitions: files are checked by their schemas too. A fabric
        /// directory has its own in .hnp/crds/.
        #[arg(long, value_name = "PATH")]
        crds: Option<PathBuf>,
    },
    /// Sync whenever something changes here or on the remote, until Ctrl-C.
    #[command(after_help = "Example:\n  fgd watch fabrics/lab")]
    Watch {
        #[command(flatten)]
        folder: Folder,
    },
    /// List the objects that fit a search: kind, name, what matters most, what is wrong.
    #[command(
        after_help = "Examples:\n  fgd get kind:Switch role:spine -d fabrics/lab\n  fgd get 'leaf-01 -kind:Connection' --json\n  fgd get has:error"
    )]
    Get(GetArguments),
    /// Show one object: its text, what it names, who names it, what is wrong.
    #[command(after_help = "Example:\n  fgd show Switch/leaf-01 -d fabrics/lab")]
    Show(ShowArguments),
    /// Draw the fabric from its wiring, with what is incoming and what waits marked; changes nothing.
    #[command(
        after_help = "Examples:\n  fgd diagram fabrics/lab --output lab.svg\n  fgd diagram fabrics/lab --format mermaid\n  fgd diagram fabrics/lab --format dot | dot -Tpdf -o lab.pdf"
    )]
    Diagram(DiagramArguments),
    /// Show what was done, newest first; or the versions of one object.
    #[command(
        after_help = "Examples:\n  fgd log fabrics/lab -n 5\n  fgd log --object Switch/default/leaf-01"
    )]
    Log(LogArguments),
    /// Take an operation back, by a new commit.
    #[command(
        override_usage = "fgd undo [OPTIONS] [DIR] OPERATION\n       fgd undo [OPTIONS] [DIR] --last",
        after_help = "Examples:\n  fgd undo 1a2b3c4d\n  fgd undo fabrics/lab --last"
    )]
    Undo(UndoArguments),
    /// Show what both sides changed and no merge could settle. Exit code 1 where there is any.
    #[command(after_help = "Example:\n  fgd conflicts fabrics/lab")]
    Conflicts {
        #[command(flatten)]
        folder: Folder,
    },
    /// Settle a conflict: by a side, or field by field.
    #[command(
        override_usage = "fgd resolve [OPTIONS] [DIR] OBJECT <--ours|--theirs|--base|--field PATH=SIDE>\n       fgd resolve [OPTIONS] [DIR] --all <--ours|--theirs|--base>",
        after_help = "Examples:\n  fgd resolve Switch/default/leaf-01 --theirs\n  fgd resolve fabrics/lab Switch/leaf-01 --ours --field spec.role=theirs\n  fgd resolve --all --ours"
    )]
    Resolve(ResolveArguments),
    /// Where a rule refuses the push: push to a branch of its own, and open a pull request on GitHub.
    #[command(after_help = "Example:\n  fgd propose fabrics/lab")]
    Propose {
        #[command(flatten)]
        folder: Folder,
    },
    /// Look after fabrics without a screen, until SIGINT or SIGTERM: as `watch`, for many, with webhooks and
    /// metrics. The webhook secret is in FGD_WEBHOOK_SECRET.
    #[command(
        after_help = "Examples:\n  fgd serve fabrics/lab fabrics/prod --interval 60\n  fgd serve --all-listed --listen 127.0.0.1:9443 --json"
    )]
    Serve(ServeArguments),
    /// Say who you are for each remote: tokens, passwords, SSH keys.
    #[command(after_help = "Example:\n  fgd accounts test https://github.com/acme/fabrics.git")]
    Accounts {
        #[command(subcommand)]
        command: AccountsCommand,
    },
    /// Print completions for a shell.
    #[command(
        after_help = "Example:\n  fgd completions bash > ~/.local/share/bash-completion/completions/fgd"
    )]
    Completions {
        /// Which one.
        shell: Shell,
    },
    /// Print the manual, or write all its pages into a directory.
    #[command(after_help = "Examples:\n  fgd man | man -l -\n  fgd man --out ~/.local/share/man/man1")]
    Man {
        /// Where the pages go: fgd.1, fgd-sync.1, …
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Make a demo fabric whose remote is a bare repository beside it.
    #[command(after_help = "Example:\n  fgd demo /tmp/fgd-demo --walk")]
    Demo {
        #[command(flatten)]
        folder: Folder,
        /// Run the whole flow over it and show each step.
        #[arg(long)]
        walk: bool,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_make_sense() {
        Arguments::command().debug_assert();
    }
}
