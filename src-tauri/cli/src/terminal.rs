//! The one way to the terminal. Names, messages and errors come from repositories and servers, and a terminal
//! obeys what it is shown: what would steer it is written out.

use std::borrow::Cow;
use std::io::{IsTerminal, Write};

use fgd_engine::{visible, visible_json};

/// Prints a line on stdout. Whoever closed it (`fgd … | head`) has read enough.
pub(crate) fn say(line: &str) {
    print(&visible(line));
}

/// Prints a JSON text on stdout.
pub(crate) fn say_json(json: &str) {
    print(&visible_json(json));
}

/// Prints a line on stderr.
pub(crate) fn tell(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "{}", visible(line)));
}

/// Hands a file's text over as it is; a terminal is shown it.
pub(crate) fn hand_over(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let shown = if stdout.is_terminal() { visible(text) } else { Cow::Borrowed(text) };
    drop(stdout.write_all(shown.as_bytes()));
}

fn print(line: &str) {
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}
