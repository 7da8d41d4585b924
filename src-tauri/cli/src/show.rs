//! `fgd show`: one object, with what it names and who names it.

use std::path::PathBuf;

use clap::Args;
use fgd_engine::{Engine, Error, Reference, RepoPath, ResourceDetail};
use serde_json::json;

use crate::{DONE, report};

/// What `fgd show` can be told.
#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// The object: KIND/NAME, KIND/NAMESPACE/NAME, or its file.
    #[arg(value_name = "OBJECT")]
    object: String,
    /// A fabric directory inside a Git work tree.
    #[arg(long, short = 'd', default_value = ".", value_name = "DIR")]
    dir: PathBuf,
}

/// Shows one object.
pub(crate) async fn run(engine: &Engine, arguments: ShowArguments, as_json: bool) -> Result<u8, Error> {
    let id = engine.fabric_at(arguments.dir).await?;
    let object = arguments.object.replacen("/default/", "/", 1);
    let file = match engine.resource_file(id.clone(), object).await? {
        Some(file) => file,
        None => engine.file_of(id.clone(), arguments.object.clone()).await?,
    };
    let named = RepoPath::parse(&arguments.object);
    let detail = engine.resource(id, file).await.map_err(|error| match (error, named) {
        // As it was asked for.
        (Error::NoObjectFile { .. }, Ok(file)) => Error::NoObjectFile { file },
        (error, _) => error,
    })?;
    if as_json {
        report::print_json(&json!(detail));
    } else {
        report::say(&text(&detail));
    }
    Ok(DONE)
}

fn text(detail: &ResourceDetail) -> String {
    let mut lines = vec![format!("# {}", detail.row.file), detail.text.trim_end().to_owned()];
    let mut part = |title: &str, some: Vec<String>| {
        if !some.is_empty() {
            lines.extend([String::new(), title.to_owned()]);
            lines.extend(some);
        }
    };
    part("Refers to:", references(&detail.refers_to, false));
    part("Referred to by:", references(&detail.referred_by, true));
    let finding = |finding: &fgd_engine::Finding| {
        let at = finding.line.map(|line| format!(" line {line}:")).unwrap_or_default();
        format!("  {}{at} {}", finding.code.as_str(), finding.message)
    };
    part("Findings:", detail.findings.iter().map(finding).collect());
    lines.join("\n")
}

fn references(references: &[Reference], back: bool) -> Vec<String> {
    let widest = references.iter().map(|to| to.id.chars().count()).max().unwrap_or_default();
    let line = |to: &Reference| {
        let absent = if to.file.is_none() && !back { " (not there)" } else { "" };
        format!("  {:<widest$}  {}{absent}", to.id, to.path)
    };
    references.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use fgd_engine::ResourceRow;

    use super::*;

    #[test]
    fn an_object_is_shown_with_its_references() {
        let file = RepoPath::parse("lab/managed/connections/c.yaml").expect("path");
        let to = |id: &str, path: &str, file: Option<&RepoPath>| Reference {
            id: id.to_owned(),
            kind: String::new(),
            name: String::new(),
            file: file.cloned(),
            path: path.to_owned(),
        };
        let row = ResourceRow {
            id: "Connection/c".to_owned(),
            kind: "Connection".to_owned(),
            namespace: "default".to_owned(),
            name: "c".to_owned(),
            file: file.clone(),
            summary: String::new(),
            cells: Vec::new(),
            errors: 0,
            warnings: 0,
            labels: 0,
            is_edited: false,
        };
        let detail = ResourceDetail {
            row,
            fields: Vec::new(),
            text: "kind: Connection\n".to_owned(),
            blob: None,
            findings: Vec::new(),
            refers_to: vec![to("Switch/leaf-01", "spec.a", Some(&file)), to("Server/s", "spec.b", None)],
            referred_by: Vec::new(),
        };
        assert_eq!(
            text(&detail),
            "\
# lab/managed/connections/c.yaml
kind: Connection

Refers to:
  Switch/leaf-01  spec.a
  Server/s        spec.b (not there)"
        );
    }
}
