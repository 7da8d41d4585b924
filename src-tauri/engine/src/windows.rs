//! Names that Windows does not take: it strips some of their letters, or leads to a device, or refuses them.

/// What stands for a device there, whatever ending follows; numbered ones aside.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Whether a file or a directory can have this name on Windows.
///
/// Source: "Naming Files, Paths, and Namespaces" in Windows' documentation. That newer versions take some of them in
/// some places does not help whoever shares the repository.
pub(crate) fn takes(name: &str) -> bool {
    let is_refused =
        |c: char| c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*');
    if name.ends_with(['.', ' ']) || name.contains(is_refused) {
        return false;
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ').to_lowercase();
    let mut port = stem.chars();
    let is_port = matches!(port.by_ref().take(3).collect::<String>().as_str(), "com" | "lpt")
        && matches!((port.next(), port.next()), (Some('0'..='9' | '¹' | '²' | '³'), None));
    !is_port && !DEVICES.contains(&stem.as_str())
}

/// Whether one can have this name here.
pub(crate) fn is_taken_here(name: &str) -> bool {
    !cfg!(windows) || takes(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_devices_and_names_that_it_strips_are_not_taken() {
        for name in [
            "con",
            "CON",
            "nul.yaml",
            "Aux.tar.gz",
            "prn",
            "com1",
            "COM9.yaml",
            "lpt0",
            "com¹.yaml",
            "con .yaml",
            "CONIN$",
            "a.",
            "a ",
            "a.yaml.",
            "a.yaml ",
            "...",
            "a:b",
            "a?b",
            "a*",
            "a|b",
            "a<b",
            "a\"b",
            "a\u{1}",
        ] {
            assert!(!takes(name), "{name:?}");
        }
        for name in [
            "a.yaml",
            "console.yaml",
            "con-1.yaml",
            "x.con",
            "com.yaml",
            "com10.yaml",
            "comx",
            "lpt",
            "nul-.yaml",
            ".gitkeep",
            "ü.yaml",
            "a b.yaml",
            "aux1.yaml",
            "default-con.yaml",
        ] {
            assert!(takes(name), "{name:?}");
        }
    }
}
