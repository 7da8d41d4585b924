//! What both sides changed: `fgd conflicts` shows it, `fgd resolve` settles it.

use std::ffi::OsString;

use clap::Args;
use clap::error::ErrorKind;
use fgd_engine::{Engine, Error, FieldPath, Side};
use serde_json::json;

use crate::answers::{self, Conflict, ConflictField, Pick};
use crate::arguments::Folder;
use crate::progress::Progress;
use crate::target::{Target, wrong_usage};
use crate::{ATTENTION, DONE, exit_code, report};

/// What `fgd resolve` can be told.
#[derive(Debug, Args)]
pub(crate) struct ResolveArguments {
    /// A fabric directory inside a Git work tree, and the object as `fgd conflicts` names it, or its file.
    #[arg(value_names = ["DIR", "OBJECT"], num_args = 0..=2)]
    words: Vec<OsString>,
    /// Every object that is in conflict.
    #[arg(long, conflicts_with = "field")]
    all: bool,
    #[command(flatten)]
    side: SideArguments,
    /// A field and the side that it is taken from, as often as needed; the side above is for the others.
    #[arg(long, value_name = "PATH=ours|theirs|base", value_parser = field)]
    field: Vec<(FieldPath, Side)>,
}

/// The side for all that no `--field` names.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct SideArguments {
    /// As it is here.
    #[arg(long, required_unless_present_any = ["theirs", "base", "field"])]
    ours: bool,
    /// As it is on the remote.
    #[arg(long)]
    theirs: bool,
    /// As it was before either side changed it.
    #[arg(long)]
    base: bool,
}

impl SideArguments {
    fn side(&self) -> Option<Side> {
        let sides = [(self.ours, Side::Ours), (self.theirs, Side::Theirs), (self.base, Side::Base)];
        sides.into_iter().find_map(|(given, side)| given.then_some(side))
    }
}

/// `spec.role=theirs`. The last `=` counts: a label's key may hold one in quotes.
fn field(text: &str) -> Result<(FieldPath, Side), String> {
    let (path, side) = text.rsplit_once('=').unwrap_or((text, ""));
    let side = match side {
        "ours" => Side::Ours,
        "theirs" => Side::Theirs,
        "base" => Side::Base,
        _ => return Err("write it as PATH=ours, PATH=theirs or PATH=base".to_owned()),
    };
    if path.is_empty() {
        return Err("name the field before the `=`".to_owned());
    }
    Ok((path.parse().map_err(|error: fgd_engine::NotAFieldPath| error.to_string())?, side))
}

/// Shows what waits for a decision.
pub(crate) async fn list(engine: &Engine, folder: Folder, as_json: bool) -> Result<u8, Error> {
    let id = engine.fabric_at(folder.dir).await?;
    let conflicts = answers::conflicts(engine, id).await?;
    if as_json {
        report::print_json(&json!({ "conflicts": conflicts }));
    } else {
        report::say(&text(&conflicts));
    }
    Ok(if conflicts.is_empty() { DONE } else { ATTENTION })
}

/// Settles one conflict, or all of them.
pub(crate) async fn resolve(
    engine: &Engine,
    progress: &Progress,
    arguments: ResolveArguments,
    as_json: bool,
) -> Result<u8, Error> {
    let target = Target::read(&arguments.words, arguments.all, "an OBJECT", "--all")
        .unwrap_or_else(|wrong| wrong.exit());
    let pick = Pick { rest: arguments.side.side(), fields: arguments.field };
    let id = engine.fabric_at(target.folder).await?;
    let conflicts = answers::conflicts(engine, id.clone()).await?;
    let chosen = match &target.name {
        Some(name) => one(&conflicts, name).map(|one| vec![one]),
        None => Ok(conflicts.iter().collect()),
    };
    let chosen = chosen.unwrap_or_else(|why| wrong_usage(ErrorKind::ValueValidation, &why).exit());
    if chosen.is_empty() && !as_json {
        report::say(&text(&[]));
    }
    if chosen.is_empty() {
        return Ok(DONE);
    }
    let settled = answers::resolve(engine, id, &chosen, &pick).await?;
    progress.clear();
    report::operation(&settled, as_json);
    Ok(exit_code(&settled.outcome))
}

/// The conflict that a person means: by `Kind/namespace/name`, by the end of that, or by its file.
fn one<'a>(conflicts: &'a [Conflict], name: &str) -> Result<&'a Conflict, String> {
    let wanted = name.to_lowercase();
    let is_meant = |conflict: &&Conflict| {
        let object = conflict.object.to_lowercase();
        let (kind, last) = object.split_once('/').unwrap_or((&object, ""));
        let short = format!("{kind}/{}", last.rsplit('/').next().unwrap_or(last));
        object == wanted || short == wanted || conflict.file.as_str() == name
    };
    let mut found = conflicts.iter().filter(is_meant);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(format!("{name} is not in conflict; see `fgd conflicts`")),
        (Some(one), Some(other)) => {
            Err(format!("{name} may be {} or {}; give its whole name", one.object, other.object))
        }
    }
}

fn text(conflicts: &[Conflict]) -> String {
    let mut lines = Vec::new();
    for conflict in conflicts {
        lines.push(format!("{}  {}", conflict.object, conflict.file));
        lines.extend(conflict.note.iter().map(|note| format!("  {note}")));
        for field in &conflict.fields {
            lines.push(format!("  {}", field.field));
            lines.extend(sides(field));
        }
    }
    lines.push(match conflicts.len() {
        0 => "There are no conflicts.".to_owned(),
        1 => "1 object waits for a decision: fgd resolve OBJECT --ours, --theirs or --base.".to_owned(),
        many => format!("{many} objects wait for a decision: fgd resolve OBJECT --ours, --theirs or --base."),
    });
    lines.join("\n")
}

fn sides(field: &ConflictField) -> Vec<String> {
    let mut lines = Vec::new();
    for (side, value) in [("base", &field.base), ("ours", &field.ours), ("theirs", &field.theirs)] {
        let Some(value) = value else {
            lines.push(format!("    {side:<6}  (not there)"));
            continue;
        };
        let mut side = side;
        for line in value.trim_end().split('\n') {
            lines.push(format!("    {side:<6}  {line}"));
            side = "";
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use fgd_engine::{OurSide, RepoPath};

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn conflict(object: &str, file: &str) -> Conflict {
        let file = RepoPath::parse(file).expect("a path");
        let found = fgd_engine::Conflict {
            file: file.clone(),
            object: None,
            ours_is: OurSide::Committed,
            fields: Vec::new(),
            base: None,
            ours: None,
            theirs: None,
        };
        Conflict { object: object.to_owned(), file, note: None, fields: Vec::new(), found }
    }

    #[test]
    fn every_side_of_a_field_is_shown() {
        let some = |text: &str| Some(text.to_owned());
        let fields = vec![
            ConflictField {
                field: "spec.role".to_owned(),
                base: some("server-leaf"),
                ours: some("spine"),
                theirs: some("border-leaf"),
            },
            ConflictField {
                field: "spec.groups".to_owned(),
                base: None,
                ours: some("- a\n- b\n"),
                theirs: some("- c"),
            },
        ];
        let role =
            Conflict { fields, ..conflict("Switch/default/leaf-01", "lab/managed/switches/leaf-01.yaml") };
        let deleted = Conflict {
            note: some("Deleted here, changed on the remote."),
            ..conflict("VPC/default/red", "lab/managed/vpcs/red.yaml")
        };
        assert_eq!(text(&[]), "There are no conflicts.");
        assert_eq!(
            text(&[role, deleted]),
            "\
Switch/default/leaf-01  lab/managed/switches/leaf-01.yaml
  spec.role
    base    server-leaf
    ours    spine
    theirs  border-leaf
  spec.groups
    base    (not there)
    ours    - a
            - b
    theirs  - c
VPC/default/red  lab/managed/vpcs/red.yaml
  Deleted here, changed on the remote.
2 objects wait for a decision: fgd resolve OBJECT --ours, --theirs or --base."
        );
    }

    #[test]
    fn an_object_is_meant_by_its_name_or_its_file() {
        let all = [
            conflict("Switch/default/leaf-01", "managed/switches/leaf-01.yaml"),
            conflict("VPC/default/red", "managed/vpcs/red.yaml"),
            conflict("VPC/team/red", "managed/vpcs/team.red.yaml"),
        ];
        for (name, meant) in [
            ("Switch/default/leaf-01", Some(0)),
            ("switch/leaf-01", Some(0)),
            ("managed/switches/leaf-01.yaml", Some(0)),
            ("vpc/team/red", Some(2)),
            ("vpc/red", None),
            ("leaf-01", None),
            ("Switch/default/leaf-02", None),
            ("", None),
        ] {
            let found = one(&all, name).ok().map(|found| found.object.clone());
            assert_eq!(found, meant.map(|index: usize| all[index].object.clone()), "{name}");
        }
        assert!(one(&all, "vpc/red").expect_err("two").contains("VPC/default/red or VPC/team/red"));
    }

    #[test]
    fn a_side_or_fields_must_be_given_and_only_one_side() {
        let read = |words: &str| {
            let words = ["fgd", "resolve"].into_iter().chain(words.split(' '));
            match Arguments::try_parse_from(words).ok()?.command {
                Command::Resolve(arguments) => Some((arguments.side.side(), arguments.field, arguments.all)),
                other => panic!("{other:?}"),
            }
        };
        let role = || vec![("spec.role".parse().expect("a path"), Side::Theirs)];
        for (words, meant) in [
            ("Switch/a --ours", Some((Some(Side::Ours), vec![], false))),
            ("lab Switch/a --theirs", Some((Some(Side::Theirs), vec![], false))),
            ("--all --base", Some((Some(Side::Base), vec![], true))),
            ("Switch/a --field spec.role=theirs", Some((None, role(), false))),
            ("Switch/a --ours --field spec.role=theirs", Some((Some(Side::Ours), role(), false))),
            ("Switch/a", None),
            ("--all", None),
            ("Switch/a --ours --theirs", None),
            ("--all --ours --field spec.role=theirs", None),
            ("Switch/a --field spec.role", None),
            ("Switch/a --field spec.role=mine", None),
            ("Switch/a --field =ours", None),
            ("a b c --ours", None),
        ] {
            assert_eq!(read(words), meant, "{words}");
        }
    }
}
