//! What a person brings to the inbox: files dropped on the window, a text that was pasted, a broken file mended.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::fgd::{self, Layout};
use crate::git;
use crate::id::{FabricId, RepoPath};
use crate::view::{Delivered, Preview, RefusedFile};
use crate::windows;

use super::{Engine, Inner};

/// Below a directory that is brought, more files than this are none that somebody meant.
const MOST: usize = 10_000;
/// The longest name of a file that is kept, in bytes: file systems end at 255.
const LONGEST: usize = 200;
/// Hidden, so that neither ingestion nor Git takes what is not whole yet.
const UNFINISHED: &str = ".fgd-";

/// Something for the inbox.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// A file or a directory of this machine. It is copied and stays where it is.
    Path(PathBuf),
    /// A text, and the name that it is to have.
    Text {
        /// The file's name.
        name: String,
        /// What is in it.
        text: String,
    },
}

impl Engine {
    /// Puts files into a fabric's inbox, each whole or not at all and never over another one: a name that is
    /// taken gets a number. Of a directory, the YAML and JSON files in it are taken. What can't be taken is
    /// said, and holds up nothing else. A sync that takes them follows by itself, unless the fabric is paused.
    ///
    /// # Errors
    /// `NotInitialised` where the fabric has no inbox.
    pub async fn deliver(&self, id: FabricId, deliveries: Vec<Delivery>) -> Result<Delivered> {
        self.blocking(move |engine| engine.deliver(&id, deliveries)).await
    }

    /// What a sync would do with a text, if it were a file of the inbox with this name. Writes nothing.
    pub async fn preview_text(&self, id: FabricId, name: String, text: String) -> Result<Preview> {
        self.blocking(move |engine| engine.preview_text(&id, &file_name(&name), text)).await
    }

    /// Writes a file of the inbox anew, if it still holds `before`; whether it did.
    ///
    /// # Errors
    /// `NotInTheInbox` where it is not there any more.
    pub async fn mend(&self, id: FabricId, file: RepoPath, before: String, text: String) -> Result<bool> {
        let path = self.inbox(id, Some(file)).await?;
        self.blocking(move |_| {
            let there = std::fs::read(&path).map_err(Error::io(&path))?;
            if there != before.as_bytes() {
                return Ok(false);
            }
            let unfinished = unfinished(path.parent().unwrap_or(&path), text.as_bytes())?;
            unfinished.persist(&path).map_err(|error| Error::io(&path)(error.error))?;
            git::sync_dir(path.parent().unwrap_or(&path))?;
            Ok(true)
        })
        .await
    }
}

impl Inner {
    fn deliver(&self, id: &FabricId, deliveries: Vec<Delivery>) -> Result<Delivered> {
        let fabric = self.store.fabric(id)?;
        let work_tree = self.repository(&fabric)?.path;
        let raw = Layout::new(fabric.directory.clone()).raw();
        let inbox = raw.under(&work_tree);
        if !inbox.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(Error::NotInitialised { directory: fabric.directory });
        }
        clear_after_killed(&inbox);
        let mut delivered = Delivered { taken: Vec::new(), refused: Vec::new() };
        let mut take = |name: &str, bytes: std::result::Result<Vec<u8>, String>| {
            let put = bytes.and_then(|bytes| put(&inbox, name, &bytes).map_err(|error| error.to_string()));
            match put {
                Ok(name) => delivered.taken.push(raw.join(&name)),
                Err(why) => delivered.refused.push(RefusedFile { name: name.to_owned(), why }),
            }
        };
        for delivery in deliveries {
            match delivery {
                Delivery::Text { name, text } => take(&file_name(&name), Ok(text.into_bytes())),
                Delivery::Path(path) => {
                    for (name, file) in files_of(&path) {
                        take(&name, file.and_then(|file| read(&file)));
                    }
                }
            }
        }
        Ok(delivered)
    }
}

/// The files that a path brings, with the names they get; for what brings none, why.
fn files_of(path: &Path) -> Vec<(String, std::result::Result<PathBuf, String>)> {
    let shown = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    match path.metadata() {
        Err(error) => vec![(shown, Err(format!("It can't be read: {error}.")))],
        Ok(metadata) if metadata.is_file() => {
            let takes = Layout::takes(&shown);
            let file =
                takes.then(|| path.to_owned()).ok_or_else(|| "It is neither YAML nor JSON.".to_owned());
            vec![(shown, file)]
        }
        Ok(metadata) if metadata.is_dir() => {
            let (entries, findings) = match fgd::yaml_files(path, &RepoPath::root()) {
                Ok(found) => found,
                Err(error) => return vec![(shown, Err(error.to_string()))],
            };
            if entries.is_empty() && findings.is_empty() {
                return vec![(shown, Err("No YAML or JSON file is in it.".to_owned()))];
            }
            if entries.len() > MOST {
                return vec![(shown, Err(format!("More than {MOST} files are in it.")))];
            }
            let refused = findings.into_iter().map(|finding| {
                let name = finding.file.as_ref().map_or(shown.clone(), |file| file.file_name().to_owned());
                (name, Err(finding.message))
            });
            let taken =
                entries.iter().map(|entry| (entry.path.file_name().to_owned(), Ok(entry.path.under(path))));
            taken.chain(refused).collect()
        }
        Ok(_) => vec![(shown, Err("It is neither a file nor a directory.".to_owned()))],
    }
}

fn read(path: &Path) -> std::result::Result<Vec<u8>, String> {
    let length = path.metadata().map_err(|error| format!("It can't be read: {error}."))?.len();
    if length > fgd::LARGEST {
        return Err(format!("It is larger than {} MiB.", fgd::LARGEST >> 20));
    }
    std::fs::read(path).map_err(|error| format!("It can't be read: {error}."))
}

/// Puts a file into the inbox under its name or, where that is taken, with a number; that name.
fn put(inbox: &Path, name: &str, bytes: &[u8]) -> Result<String> {
    let mut file = unfinished(inbox, bytes)?;
    for n in 1.. {
        let name = fgd::numbered(name, n);
        let path = inbox.join(&name);
        match file.persist_noclobber(&path) {
            Ok(_) => {
                pass(Point::DeliverPlaced)?;
                // A pasted text is nowhere else.
                return git::sync_dir(inbox).map(|()| name);
            }
            Err(refused) if refused.error.kind() == std::io::ErrorKind::AlreadyExists => file = refused.file,
            Err(refused) => return Err(Error::io(path)(refused.error)),
        }
    }
    Err(Error::Internal { detail: "every name is taken".to_owned() })
}

/// A file under a name that nobody reads. It is locked until it has its own.
fn unfinished(inbox: &Path, bytes: &[u8]) -> Result<NamedTempFile> {
    let mut file =
        tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(inbox).map_err(Error::io(inbox))?;
    file.as_file().lock().map_err(Error::io(inbox))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(Error::io(inbox))?;
    pass(Point::DeliverStaged)?;
    Ok(file)
}

/// Removes what deliveries that were killed left in the inbox. They were told to nobody, and whoever dropped
/// the file still has it.
fn clear_after_killed(inbox: &Path) {
    for entry in std::fs::read_dir(inbox).into_iter().flatten().flatten() {
        let name = entry.file_name();
        // What ends so is a run's own, which finishes it.
        let is_ours =
            name.to_str().is_some_and(|name| name.starts_with(UNFINISHED) && !name.ends_with(".tmp"));
        if !is_ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let is_left = File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if is_left && let Err(error) = std::fs::remove_file(entry.path()) {
            tracing::warn!(%error, "a file that was not finished could not be removed");
        }
    }
}

/// A name that ingestion takes and every system can hold, as near to the wish as can be.
fn file_name(wished: &str) -> String {
    let plain = |c: char| {
        let fits = c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
        if fits { c } else { '-' }
    };
    let mut name: String = wished.trim().chars().map(plain).collect();
    while name.len() > LONGEST {
        name.pop();
    }
    let name = name.trim_matches(['.', ' ', '-']);
    match name {
        "" => "pasted.yaml".to_owned(),
        name if !windows::takes(name) => file_name(&format!("pasted-{name}")),
        name if Layout::takes(name) => name.to_owned(),
        name => format!("{name}.yaml"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_wish_becomes_a_name_that_is_taken() {
        for (wished, name) in [
            ("leaf.yaml", "leaf.yaml"),
            ("leaf", "leaf.yaml"),
            ("", "pasted.yaml"),
            ("../../etc/passwd", "etc-passwd.yaml"),
            (".hidden.yml", "hidden.yml"),
            ("a:b\\c.json", "a-b-c.json"),
            ("Zürich 1.YAML", "Zürich 1.YAML"),
            ("con.yaml", "pasted-con.yaml"),
            ("NUL", "pasted-NUL.yaml"),
            (&"x".repeat(400), &format!("{}.yaml", "x".repeat(LONGEST))),
        ] {
            assert_eq!(file_name(wished), name, "{wished}");
            assert!(Layout::takes(&file_name(wished)));
        }
    }
}
