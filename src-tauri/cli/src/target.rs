//! Arguments of which the first may be left out: `fgd undo [DIR] OPERATION`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::CommandFactory;
use clap::error::ErrorKind;

use crate::arguments::Arguments;

/// A fabric directory, and what in it is meant; none stands for the option that needs no name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) folder: PathBuf,
    pub(crate) name: Option<String>,
}

impl Target {
    /// Reads `[DIR] NAME`, or `[DIR]` where `unnamed` (the option's own name is `option`).
    ///
    /// # Errors
    /// Wrong usage, for clap to tell.
    pub(crate) fn read(
        words: &[OsString],
        unnamed: bool,
        name: &str,
        option: &str,
    ) -> Result<Self, clap::Error> {
        let wrong = |text: String| wrong_usage(ErrorKind::WrongNumberOfValues, &text);
        let (folder, named) = match (words, unnamed) {
            ([], true) => (None, None),
            ([folder], true) => (Some(folder), None),
            ([named], false) => (None, Some(named)),
            ([folder, named], false) => (Some(folder), Some(named)),
            ([], false) => return Err(wrong(format!("give {name}, or {option}"))),
            (_, true) => return Err(wrong(format!("{option} goes without {name}"))),
            (_, false) => return Err(wrong(format!("one directory and {name} are enough"))),
        };
        let named = named.map(|named| {
            named.to_str().map(str::to_owned).ok_or_else(|| wrong(format!("{name} is not UTF-8")))
        });
        let folder = folder.map_or_else(|| PathBuf::from("."), PathBuf::from);
        Ok(Self { folder, name: named.transpose()? })
    }
}

/// What clap tells and ends with exit code 2.
pub(crate) fn wrong_usage(kind: ErrorKind, text: &str) -> clap::Error {
    Arguments::command().error(kind, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str], unnamed: bool) -> Option<(String, Option<String>)> {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let target = Target::read(&words, unnamed, "an OPERATION", "--last").ok()?;
        Some((target.folder.display().to_string(), target.name))
    }

    #[test]
    fn the_directory_may_be_left_out() {
        let some = |folder: &str, name: Option<&str>| Some((folder.to_owned(), name.map(str::to_owned)));
        for (words, unnamed, meant) in [
            (&[][..], true, some(".", None)),
            (&["lab"], true, some("lab", None)),
            (&["1a2b"], false, some(".", Some("1a2b"))),
            (&["lab", "1a2b"], false, some("lab", Some("1a2b"))),
            (&[], false, None),
            (&["lab", "1a2b"], true, None),
            (&["a", "b", "c"], false, None),
        ] {
            assert_eq!(read(words, unnamed), meant, "{words:?} {unnamed}");
        }
    }
}
