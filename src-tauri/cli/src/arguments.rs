//! What `fgd` can be told.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
    dir: PathBuf,
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

impl Command {
    /// The directory that the command is about.
    pub(crate) fn folder(&self) -> PathBuf {
        match self {
            Self::Init { folder, .. }
            | Self::Status { folder }
            | Self::Ingest { folder, .. }
            | Self::Repair { folder, .. }
            | Self::Sync { folder }
            | Self::Pull { folder }
            | Self::Push { folder }
            | Self::Watch { folder }
            | Self::Demo { folder, .. } => folder.dir.clone(),
            Self::Validate { paths, .. } => paths.first().cloned().unwrap_or_default(),
        }
    }
}
