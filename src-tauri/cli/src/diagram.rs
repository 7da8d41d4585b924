//! `fgd diagram`: a fabric as a picture.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use fgd_engine::{DiagramFormat, Engine, Error, TopologyView};
use serde_json::json;

use crate::{DONE, report, terminal};

/// What `fgd diagram` can be told.
#[derive(Debug, Args)]
pub(crate) struct DiagramArguments {
    /// A fabric directory inside a Git work tree.
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// What the picture is written as. If left out, what the name of FILE says, or else svg.
    #[arg(long, short = 'f', value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Write the picture to this file, whole or not at all, instead of to stdout. A file that is there is replaced.
    #[arg(long, short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A picture, for browsers and documents.
    Svg,
    /// A flowchart, for a page in Markdown.
    Mermaid,
    /// A graph, for Graphviz.
    Dot,
    /// A file for diagrams.net.
    Drawio,
}

impl Format {
    /// What a file's name says.
    fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "svg" => Some(Self::Svg),
            "mmd" | "mermaid" => Some(Self::Mermaid),
            "dot" | "gv" => Some(Self::Dot),
            "drawio" => Some(Self::Drawio),
            _ => None,
        }
    }
}

impl From<Format> for DiagramFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Svg => Self::Svg,
            Format::Mermaid => Self::Mermaid,
            Format::Dot => Self::Dot,
            Format::Drawio => Self::Drawio,
        }
    }
}

/// Draws the fabric from its wiring, with what pends.
pub(crate) async fn run(engine: &Engine, arguments: DiagramArguments, as_json: bool) -> Result<u8, Error> {
    let DiagramArguments { dir, format, output } = arguments;
    let format = format.or_else(|| output.as_deref().and_then(Format::of)).unwrap_or(Format::Svg);
    let id = engine.fabric_at(dir).await?;
    let name = engine.fabric(id.clone()).await?.name;
    let view = engine.topology(id).await?;
    let text = fgd_engine::diagram(&view, &name, format.into());
    if let Some(file) = &output {
        write(file, &text).map_err(|source| Error::Io { path: file.clone(), source })?;
    }
    if as_json {
        let word = format.to_possible_value().map(|value| value.get_name().to_owned());
        report::print_json(&json!({
            "format": word,
            "nodes": view.nodes.len(),
            "links": view.links.len(),
            "pending": view.pending,
            "file": output.as_ref().map(|file| file.display().to_string()),
            "diagram": output.is_none().then_some(text),
        }));
    } else if let Some(file) = &output {
        report::say(&sentence(&view, file));
    } else {
        terminal::hand_over(&text);
    }
    Ok(DONE)
}

fn sentence(view: &TopologyView, file: &Path) -> String {
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let marked = if view.pending.is_empty() { "" } else { "; what would change is marked" };
    let (nodes, links) = (counted(view.nodes.len(), "node"), counted(view.links.len(), "link"));
    format!("{}: {nodes}, {links}{marked}.", file.display())
}

/// Writes a file, whole or not at all. What is no file, such as a pipe, is written to as it is.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    // A link stays one, and what it leads to is replaced.
    let path = match std::fs::canonicalize(path) {
        Ok(path) => path,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => path.to_path_buf(),
        Err(error) => return Err(error),
    };
    let standing = std::fs::metadata(&path).ok();
    if standing.as_ref().is_some_and(|standing| !standing.is_file()) {
        return std::fs::write(&path, text);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".fgd-diagram-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: what the user's mask leaves of it.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Some(standing) = standing {
        file.as_file().set_permissions(standing.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_says_what_it_is() {
        for (file, format) in [
            ("lab.svg", Some(Format::Svg)),
            ("doc/lab.MMD", Some(Format::Mermaid)),
            ("lab.mermaid", Some(Format::Mermaid)),
            ("lab.dot", Some(Format::Dot)),
            ("lab.gv", Some(Format::Dot)),
            ("lab.drawio", Some(Format::Drawio)),
            ("lab.png", None),
            ("svg", None),
        ] {
            assert_eq!(Format::of(Path::new(file)), format, "{file}");
        }
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().expect("a directory");
        let file = folder.path().join("lab.svg");
        for text in ["first, and longer", "second"] {
            write(&file, text).expect("written");
            assert_eq!(std::fs::read_to_string(&file).expect("a file"), text);
        }
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a directory").count(),
            1,
            "and nothing beside it"
        );
        assert!(write(&folder.path().join("absent/lab.svg"), "").is_err());
        assert!(write(folder.path(), "").is_err(), "a directory is no file");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_who_may_read_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a directory");
        let (file, link) = (folder.path().join("lab.svg"), folder.path().join("link.svg"));
        std::fs::write(&file, "old").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("set");
        symlink(&file, &link).expect("a link");
        write(&link, "new").expect("written");
        assert_eq!(std::fs::read_to_string(&file).expect("a file"), "new");
        assert!(link.symlink_metadata().expect("there").is_symlink());
        assert_eq!(file.metadata().expect("there").permissions().mode() & 0o777, 0o640);
    }
}
