//! What a sync would do, before it does it.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use similar::{ChangeTag, TextDiff};

use crate::error::{Error, Result};
use crate::fgd::{self, Outcome, Plan};
use crate::finding::Finding;
use crate::id::{FabricId, RepoPath};
use crate::view::{DiffLine, Fate, InboxText, LineChange, Preview, PreviewDocument, PreviewFile};

use super::Inner;

/// How many bytes of a file are shown.
const SHOWN: u64 = 256 * 1024;

impl Inner {
    pub(super) fn preview(&self, id: &FabricId) -> Result<Preview> {
        let fabric = self.store.fabric(id)?;
        self.only_look(&fabric, |flow| {
            let plan = flow.preview()?;
            Ok(preview(plan, flow.repo.work_tree()))
        })
    }

    pub(super) fn preview_text(&self, id: &FabricId, name: &str, text: String) -> Result<Preview> {
        let fabric = self.store.fabric(id)?;
        self.only_look(&fabric, |flow| {
            let path = flow.layout.raw().join(name);
            let plan = flow.preview_of(path, text.into_bytes())?;
            Ok(preview(plan, flow.repo.work_tree()))
        })
    }
}

fn preview(plan: Plan, work_tree: &Path) -> Preview {
    let counts = plan.counts();
    let mut of_file: HashMap<&RepoPath, Vec<&Finding>> = HashMap::new();
    for finding in &plan.findings {
        if let Some(file) = &finding.file {
            of_file.entry(file).or_default().push(finding);
        }
    }
    let texts: HashMap<&RepoPath, &[u8]> =
        plan.changes.iter().filter_map(|change| Some((&change.path, change.after.as_deref()?))).collect();
    let mut files: Vec<PreviewFile> = plan
        .files
        .iter()
        .map(|file| PreviewFile {
            file: file.clone(),
            archived_to: plan.archived.get(file).cloned().flatten(),
            documents: Vec::new(),
        })
        .collect();
    for (place, planned) in plan.documents.iter().enumerate() {
        let Some(file) = files.get_mut(planned.file as usize) else { continue };
        // A document reaches to where the next one of its file begins.
        let next = plan.documents.get(place + 1).filter(|next| next.file == planned.file);
        let lines = planned.line..next.map_or(u32::MAX, |next| next.line.max(planned.line + 1));
        let findings = of_file.get(&file.file).into_iter().flatten();
        let findings: Vec<Finding> = findings
            .filter(|finding| lines.contains(&finding.line.unwrap_or(1)))
            .map(|finding| (*finding).clone())
            .collect();
        let (fate, path, id) = match &planned.outcome {
            Outcome::Created { id, path } => (Fate::Created, Some(path), Some(id)),
            Outcome::Updated { id, path } => (Fate::Updated, Some(path), Some(id)),
            Outcome::Unchanged { id } => (Fate::Unchanged, None, Some(id)),
            Outcome::Unmanaged { id, path } => (Fate::Unmanaged, Some(path), Some(id)),
            Outcome::Rejected(_) => (Fate::Rejected, None, None),
        };
        let rejected = match &planned.outcome {
            Outcome::Rejected(finding) => Some(finding),
            _ => None,
        };
        let diff = match (fate, path) {
            (Fate::Updated, Some(path)) => {
                difference(work_tree, path, texts.get(path).copied().unwrap_or_default())
            }
            _ => Vec::new(),
        };
        file.documents.push(PreviewDocument {
            index: planned.index,
            line: planned.line,
            kind: id.map(|id| id.kind.clone()).or_else(|| rejected.and_then(|finding| finding.kind.clone())),
            name: id.map(|id| id.name.clone()).or_else(|| rejected.and_then(|finding| finding.name.clone())),
            fate,
            path: path.cloned(),
            diff,
            findings,
        });
    }
    Preview { documents: counts, files, findings: plan.findings }
}

/// A file of the work tree as it would change, line by line.
fn difference(work_tree: &Path, path: &RepoPath, after: &[u8]) -> Vec<DiffLine> {
    // One that is gone by now would be written anew, whole.
    let before = fgd::read_plain(work_tree, path).ok().flatten().unwrap_or_default();
    line_diff(&String::from_utf8_lossy(&before), &String::from_utf8_lossy(after))
}

/// What differs between two texts, line by line.
pub(super) fn line_diff(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    diff.iter_all_changes()
        .map(|change| DiffLine {
            is: match change.tag() {
                ChangeTag::Equal => LineChange::Same,
                ChangeTag::Insert => LineChange::Added,
                ChangeTag::Delete => LineChange::Removed,
            },
            text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
        })
        .collect()
}

/// The beginning of a file, and how many lines it has.
pub(super) fn inbox_text(path: &Path) -> Result<InboxText> {
    let open = || File::open(path).map_err(Error::io(path));
    let mut bytes = Vec::new();
    open()?.take(SHOWN).read_to_end(&mut bytes).map_err(Error::io(path))?;
    let length = path.metadata().map_err(Error::io(path))?.len();
    let mut lines = 0_u32;
    let mut reader = BufReader::with_capacity(64 * 1024, open()?);
    loop {
        let buffer = reader.fill_buf().map_err(Error::io(path))?;
        if buffer.is_empty() {
            break;
        }
        let here = buffer.iter().filter(|byte| **byte == b'\n').count();
        lines = lines.saturating_add(u32::try_from(here).unwrap_or(u32::MAX));
        let read = buffer.len();
        reader.consume(read);
    }
    Ok(InboxText {
        text: String::from_utf8_lossy(&bytes).into_owned(),
        truncated: length > bytes.len() as u64,
        total_lines: lines.saturating_add(1),
    })
}
