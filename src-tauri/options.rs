//! What the app can be told when it is started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use fgd_engine::Link;

/// The app's options.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Where the app keeps its data, instead of the usual place.
    pub(crate) home: Option<PathBuf>,
    /// A fabric's directory to be put in the list.
    pub(crate) open: Option<PathBuf>,
    /// A link that was followed: text from a stranger.
    pub(crate) link: Option<String>,
    /// Started by the system rather than by a person: the window may stay in the tray.
    pub(crate) background: bool,
}

/// What starts the app at login.
pub(crate) const BACKGROUND: &str = "--background";

impl Options {
    /// Reads `--home DIR`, `--open DIR`, `--background`, a link, or a bare `DIR` to open.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            let text = argument.to_string_lossy();
            let target = match text.as_ref() {
                "--home" => &mut options.home,
                "--open" => &mut options.open,
                BACKGROUND => {
                    options.background = true;
                    continue;
                }
                unknown if unknown.starts_with('-') => {
                    return Err(format!(
                        "{unknown} is no option. Usage: fgd-sync [--home DIR] [--background] [--open DIR | LINK]"
                    ));
                }
                link if Link::claims(link) => {
                    options.link = Some(link.to_owned());
                    continue;
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

    /// The same, for what was said in another directory than this process stands in.
    pub(crate) fn said_in(mut self, directory: &Path) -> Self {
        self.open = self.open.map(|folder| directory.join(folder));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options, String> {
        Options::parse(words.iter().map(OsString::from))
    }

    #[test]
    fn options_are_read() {
        let both = Options { home: Some("/h".into()), open: Some("/o".into()), background: true, link: None };
        assert_eq!(parse(&["--home", "/h", "--background", "--open", "/o"]), Ok(both));
        assert_eq!(parse(&["/o"]), Ok(Options { open: Some("/o".into()), ..Options::default() }));
        assert!(parse(&["--home"]).is_err() && parse(&["--what"]).is_err());
    }

    #[test]
    fn a_link_is_no_folder() {
        let link = "fgd-sync://open?fabric=lab";
        assert_eq!(parse(&[link]), Ok(Options { link: Some(link.to_owned()), ..Options::default() }));
        assert_eq!(parse(&["--open", link]), Ok(Options { open: Some(link.into()), ..Options::default() }));
    }

    #[test]
    fn a_folder_is_where_it_was_said() {
        let opened = |folder: &str| parse(&[folder]).expect("options").said_in(Path::new("/work")).open;
        assert_eq!(opened("fabrics/lab"), Some("/work/fabrics/lab".into()));
        assert_eq!(opened("/o"), Some("/o".into()));
    }
}
