//! What a shell and `man` want to know of `fgd`.

use std::io::Write;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;
use fgd_engine::Error;

use crate::arguments::Arguments;
use crate::report;

/// Prints the completions for a shell.
pub(crate) fn completions(shell: Shell) {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "fgd", &mut text);
    print(&text);
}

/// Prints the first page of the manual, or writes all of them into a directory.
pub(crate) fn manual(directory: Option<&Path>) -> Result<(), Error> {
    let Some(directory) = directory else {
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut page);
        rendered.map_err(|error| Error::Internal { detail: error.to_string() })?;
        print(&page);
        return Ok(());
    };
    let failed = |source| Error::Io { path: directory.to_path_buf(), source };
    std::fs::create_dir_all(directory).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command(), directory).map_err(failed)?;
    report::say(&format!("The manual is in {}.", directory.display()));
    Ok(())
}

/// Whoever closed it (`fgd man | head`) has read enough.
fn print(bytes: &[u8]) {
    drop(std::io::stdout().lock().write_all(bytes));
}
