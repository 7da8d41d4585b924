//! Files that the user saves out of the window, at a place of their own choice.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fgd_engine::{Error, ErrorReport};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use super::CommandResult;

/// The largest file that is saved.
const LARGEST: usize = 64 * 1024 * 1024;

/// Asks where a file of that name is to go, and writes it there; null where the user would rather not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_file(app: AppHandle, name: String, base64: String) -> CommandResult<Option<String>> {
    let bytes = decode(&name, &base64)?;
    let (sender, chosen) = tokio::sync::oneshot::channel();
    let dialog = app.dialog().file().set_title("Save the file").set_file_name(file_name(&name));
    dialog.save_file(move |file| drop(sender.send(file)));
    let Some(file) = chosen.await.ok().flatten() else { return Ok(None) };
    let path = file.into_path().map_err(|error| failed(Path::new(&name), std::io::Error::other(error)))?;
    let written = path.clone();
    let write = tauri::async_runtime::spawn_blocking(move || {
        std::fs::write(&written, bytes).map_err(|source| failed(&written, source))
    });
    write.await.map_err(|error| failed(&path, std::io::Error::other(error)))??;
    Ok(Some(path.to_string_lossy().into_owned()))
}

fn decode(name: &str, base64: &str) -> CommandResult<Vec<u8>> {
    let refused = |why: &str| failed(Path::new(name), std::io::Error::other(why.to_owned()));
    if base64.len() / 4 * 3 > LARGEST + 3 {
        return Err(refused("the file is larger than 64 MiB"));
    }
    STANDARD.decode(base64).map_err(|_| refused("the page gave no bytes to write"))
}

fn failed(path: &Path, source: std::io::Error) -> ErrorReport {
    ErrorReport::from(Error::Io { path: path.to_path_buf(), source })
}

/// A name that leads to no other directory, and that every system takes.
fn file_name(wished: &str) -> String {
    let good = |c: char| !c.is_control() && !"/\\:*?\"<>|".contains(c);
    let name: String = wished.chars().map(|c| if good(c) { c } else { '-' }).collect();
    let name: String = name.trim_matches([' ', '.']).chars().take(120).collect();
    if name.is_empty() { "file".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_leads_nowhere_else() {
        for (wished, name) in [
            ("lab.svg", "lab.svg"),
            ("../../etc/passwd", "-..-etc-passwd"),
            ("C:\\x.png", "C--x.png"),
            ("Über uns.drawio", "Über uns.drawio"),
            ("a\nb", "a-b"),
            (".hidden", "hidden"),
            ("..", "file"),
            ("", "file"),
        ] {
            assert_eq!(file_name(wished), name, "{wished}");
        }
        assert_eq!(file_name(&"ü".repeat(500)).chars().count(), 120);
    }

    #[test]
    fn only_bytes_that_are_not_too_many_are_written() {
        assert_eq!(decode("a", "aGk=").ok(), Some(b"hi".to_vec()));
        assert!(decode("a", "no base64!").is_err());
        assert!(decode("a", &"A".repeat(LARGEST / 3 * 4 + 64)).is_err());
    }
}
