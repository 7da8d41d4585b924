//! What the app can be told when it is started.

use std::ffi::OsString;
use std::path::PathBuf;

/// The app's options.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Where the app keeps its data, instead of the usual place.
    pub(crate) home: Option<PathBuf>,
    /// A fabric's directory to be put in the list.
    pub(crate) open: Option<PathBuf>,
}

impl Options {
    /// Reads `--home DIR` and `--open DIR`, or a bare `DIR` to open.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            let text = argument.to_string_lossy();
            let target = match text.as_ref() {
                "--home" => &mut options.home,
                "--open" => &mut options.open,
                unknown if unknown.starts_with('-') => {
                    return Err(format!("{unknown} is no option. Usage: fgd-sync [--home DIR] [--open DIR]"));
                }
                _ => {
                    options.open = Some(PathBuf::from(argument));
                    continue;
                }
            };
            let value = arguments.next().ok_or_else(|| format!("{text} needs a directory."))?;
            *target = Some(PathBuf::from(value));
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let parse = |words: &[&str]| Options::parse(words.iter().map(OsString::from));
        let both = Options { home: Some("/h".into()), open: Some("/o".into()) };
        assert_eq!(parse(&["--home", "/h", "--open", "/o"]), Ok(both));
        assert_eq!(parse(&["/o"]), Ok(Options { home: None, open: Some("/o".into()) }));
        assert!(parse(&["--home"]).is_err() && parse(&["--what"]).is_err());
    }
}
