//! Where definitions are read from: the files below a folder, and the documents of each.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::json::json_of;
use crate::error::{Error, Result};
use crate::manifest::{Source, parse, split};

/// The largest file that is read.
const LARGEST: u64 = 64 << 20;
/// How much of what is wrong with a schema is told, in characters: it may repeat the schema.
const LONGEST_DETAIL: usize = 200;

/// The file itself, or the files below the folder, in the order of their paths. Links are not followed, since
/// they may lead in circles or out of a repository, and no pipe is opened, since it may never end.
pub(super) fn below(path: &Path) -> Result<Vec<PathBuf>> {
    if !fs::metadata(path).map_err(|error| not_read(path, &error))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let (mut files, mut pending) = (Vec::new(), vec![path.to_owned()]);
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| not_read(&folder, &error))? {
            let entry = entry.map_err(|error| not_read(&folder, &error))?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = entry.path();
            let kind = entry.file_type().map_err(|error| not_read(&path, &error))?;
            if kind.is_dir() {
                pending.push(path);
            } else if kind.is_file() && ["yaml", "yml", "json"].iter().any(|ending| has_ending(&path, ending))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The bytes of a file, unless there are too many.
pub(super) fn bytes_of(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|opened| opened.take(LARGEST + 1).read_to_end(&mut bytes));
    match read {
        Ok(read) if read as u64 > LARGEST => {
            Err(unreadable(file, format!("it is larger than {} MiB", LARGEST >> 20)))
        }
        Ok(_) => Ok(bytes),
        Err(error) => Err(not_read(file, &error)),
    }
}

/// The documents of a file, or why they can't be told.
pub(super) fn documents(file: &Path, bytes: &[u8]) -> Result<Vec<Json>, String> {
    let source = Source::decode(bytes).map_err(|error| error.message)?;
    if has_ending(file, "json") {
        let documents = serde_json::Deserializer::from_str(source.text()).into_iter();
        return documents.collect::<Result<_, _>>().map_err(|error| error.to_string());
    }
    let documents = split(source.text());
    let tree = |document| match parse(document) {
        Ok(node) => Ok(json_of(&node)),
        Err(error) => Err(format!("line {}: {}", error.line, error.message)),
    };
    documents.iter().map(tree).collect()
}

/// The error of a file or a folder that the system does not give.
pub(super) fn not_read(path: &Path, error: &io::Error) -> Error {
    let detail = match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        _ => error.to_string(),
    };
    unreadable(path, detail)
}

/// The error of a file in which no schema can be found.
pub(super) fn unreadable(file: &Path, detail: String) -> Error {
    let detail = match detail.char_indices().nth(LONGEST_DETAIL) {
        Some((end, _)) => format!("{}…", &detail[..end]),
        None => detail,
    };
    Error::SchemaUnreadable { file: file.to_owned(), detail }
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}
