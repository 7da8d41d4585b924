//! What differs between two texts of one object, field by field.

use serde::{Deserialize, Serialize};

use crate::manifest::Node;
use crate::manifest::compare::same_value;
use crate::manifest::field_path::{FieldPath, Step};
use crate::manifest::flow::flow;
use crate::manifest::natural_keys::{item_key, kind_of, named};
use crate::manifest::node::Value;
use crate::manifest::sheet::Sheet;
use crate::manifest::three_way::Children;

/// A field that differs. One that was added has no `before`, one that was removed no `after`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// Which field.
    pub path: FieldPath,
    /// What it was, on one line.
    pub before: Option<String>,
    /// What it is, on one line.
    pub after: Option<String>,
}

/// What differs between two texts of an object, in document order; nothing where they say the same. An absent
/// text has no fields. Lists whose items have natural keys are compared by item. Where a text can't be read as
/// one object, the whole of both is the one difference.
pub(crate) fn field_changes(before: Option<&str>, after: Option<&str>) -> Vec<FieldChange> {
    let sheets = [before, after].map(|text| text.map(Sheet::read));
    let nodes = match &sheets {
        [Some(None), _] | [_, Some(None)] => {
            let [before, after] = [before, after].map(|text| text.map(str::to_owned));
            let path = FieldPath::default();
            return if before == after { Vec::new() } else { vec![FieldChange { path, before, after }] };
        }
        sheets => [&sheets[0], &sheets[1]].map(|sheet| sheet.as_ref()?.as_ref().map(|sheet| &sheet.node)),
    };
    let kind = nodes[1].or(nodes[0]).map(kind_of).unwrap_or_default();
    let mut compare = Compare { kind, path: Vec::new(), changes: Vec::new() };
    compare.parts(&Children::of_mapping(nodes[0]), &Children::of_mapping(nodes[1]));
    compare.changes
}

/// A value as it is shown.
pub(super) fn shown(node: Option<&Node>) -> Option<String> {
    node.map(|node| flow(node, false))
}

struct Compare<'n> {
    kind: &'n str,
    path: Vec<Step>,
    changes: Vec<FieldChange>,
}

impl<'n> Compare<'n> {
    fn values(&mut self, before: Option<&'n Node>, after: Option<&'n Node>) {
        if let (Some(before), Some(after)) = (before, after) {
            let found = self.changes.len();
            if same_value(before, after) || (self.inside(before, after) && self.changes.len() > found) {
                return;
            }
        }
        let path = FieldPath::of(&self.path);
        self.changes.push(FieldChange { path, before: shown(before), after: shown(after) });
    }

    /// Compares by parts, where there are such. Items that only change places are no part that differs.
    fn inside(&mut self, before: &'n Node, after: &'n Node) -> bool {
        match (&before.value, &after.value) {
            (Value::Mapping { .. }, Value::Mapping { .. }) => {
                self.parts(&Children::of_mapping(Some(before)), &Children::of_mapping(Some(after)));
                true
            }
            (Value::Sequence { items: before, .. }, Value::Sequence { items: after, .. }) => {
                let Some(key) = item_key(self.kind, &self.path) else { return false };
                let (Some(old), Some(new)) = (named(before, key), named(after, key)) else { return false };
                self.parts(&Children::of_list(old, before), &Children::of_list(new, after));
                true
            }
            _ => false,
        }
    }

    fn parts(&mut self, before: &Children<'n>, after: &Children<'n>) {
        let find = |side: &Children<'n>, step: &Step| side.index.get(step.name()).map(|at| side.nodes[*at].1);
        // What is gone is told where it stood: before what followed it.
        let mut gone = before.steps.iter().filter(|step| !after.index.contains_key(step.name())).peekable();
        let place = |step: &Step| before.index.get(step.name()).copied();
        for step in &after.steps {
            while let Some(old) = gone.next_if(|old| place(step).is_some_and(|at| place(old) < Some(at))) {
                self.part(old, find(before, old), None);
            }
            self.part(step, find(before, step), find(after, step));
        }
        for old in gone {
            self.part(old, find(before, old), None);
        }
    }

    fn part(&mut self, step: &Step, before: Option<&'n Node>, after: Option<&'n Node>) {
        self.path.push(step.clone());
        self.values(before, after);
        self.path.pop();
    }
}
