//! What becomes of a file that both sides changed: merged by field, decided by a person or a policy, or left.

use std::collections::HashMap;

use crate::change::ContentHash;
use crate::conflict::{Conflict, ConflictPolicy, OurSide, Pick, Resolution};
use crate::error::Result;
use crate::fgd::{self, ArchiveLog, Layout};
use crate::git::{BothChanged, HeldFile, Repo, Settled, blob_id};
use crate::id::RepoPath;
use crate::manifest::{Side, TextMerge, merge_picking, merge_texts};

/// Settles what it can.
pub(super) struct Settler<'a> {
    /// Whose files the policy is about.
    pub(super) layout: &'a Layout,
    pub(super) policy: ConflictPolicy,
    /// What a person decided, by file.
    pub(super) decisions: &'a HashMap<RepoPath, Resolution>,
}

impl Settler<'_> {
    /// What becomes of the file; none where it has to wait.
    pub(super) fn settle(&self, both: &BothChanged<'_>) -> Option<Settled> {
        if let Some(decision) = self.decisions.get(both.path).filter(|decision| is_about(decision, both)) {
            return decide(&decision.pick, both);
        }
        if format!("/{}", both.path).ends_with("/.hnp/archive-log.yaml") {
            return merge_logs(both);
        }
        if let (None, Some(ours), Some(_)) = (both.base, both.ours, both.theirs)
            && fgd::is_archived(both.path)
        {
            // Two desktops took different files of one name: both are kept.
            let hash = ContentHash::of(ours).to_string();
            let path = fgd::beside(both.path.as_str(), &hash).into_bytes();
            return Some(Settled::Beside { path, bytes: ours.to_vec() });
        }
        if let Some(text) = merge(both) {
            return Some(Settled::File(text.into_bytes()));
        }
        let side = match self.policy {
            ConflictPolicy::PreferRemote => Side::Theirs,
            ConflictPolicy::PreferLocal => Side::Ours,
            ConflictPolicy::Ask => return None,
        };
        both.path.below(self.layout.root())?;
        if let Some((base, ours, theirs)) = texts(both)
            && is_object(both.path)
            && let TextMerge::Merged(text) = merge_picking(base, ours, theirs, &HashMap::new(), Some(side))
        {
            return Some(Settled::File(text.into_bytes()));
        }
        whole(side, both)
    }
}

/// A decision counts for the versions that it was made about, and for no others.
fn is_about(decision: &Resolution, both: &BothChanged<'_>) -> bool {
    let name = |bytes: Option<&[u8]>| bytes.and_then(|bytes| blob_id(bytes).ok());
    decision.ours == name(both.ours) && decision.theirs == name(both.theirs)
}

fn decide(pick: &Pick, both: &BothChanged<'_>) -> Option<Settled> {
    match pick {
        Pick::Version { side } => whole(*side, both),
        Pick::Text { text } => Some(Settled::File(text.clone().into_bytes())),
        Pick::Fields { fields, rest } => {
            let (base, ours, theirs) = texts(both)?;
            let picks = fields.iter().map(|(path, side)| (path.clone(), *side)).collect();
            match merge_picking(base, ours, theirs, &picks, *rest) {
                TextMerge::Merged(text) => Some(Settled::File(text.into_bytes())),
                TextMerge::Conflicts(_) | TextMerge::Unreadable => None,
            }
        }
    }
}

fn whole(side: Side, both: &BothChanged<'_>) -> Option<Settled> {
    let bytes = match side {
        Side::Base => both.base,
        Side::Ours => both.ours,
        Side::Theirs => both.theirs,
    };
    Some(bytes.map_or(Settled::Gone, |bytes| Settled::File(bytes.to_vec())))
}

/// Both sides as texts, and what they had before.
fn texts<'a>(both: &BothChanged<'a>) -> Option<(Option<&'a str>, &'a str, &'a str)> {
    let base = both.base.map(str::from_utf8).transpose().ok()?;
    Some((base, str::from_utf8(both.ours?).ok()?, str::from_utf8(both.theirs?).ok()?))
}

/// Whether files of this path hold one object each.
fn is_object(path: &RepoPath) -> bool {
    Layout::takes(path.file_name()) && format!("/{path}").contains("/managed/")
}

fn merge(both: &BothChanged<'_>) -> Option<String> {
    let (base, ours, theirs) = texts(both)?;
    if is_object(both.path) || both.path.file_name() == "manifest.yaml" {
        return match merge_texts(base, ours, theirs) {
            TextMerge::Merged(text) => Some(text),
            TextMerge::Conflicts(_) | TextMerge::Unreadable => None,
        };
    }
    // Any other text, as Git merges it. One that both added has no lines in common to go by.
    diffy::merge(base?, ours, theirs).ok()
}

/// Archive logs grow on both sides, and merge as sets.
fn merge_logs(both: &BothChanged<'_>) -> Option<Settled> {
    let read = |bytes| ArchiveLog::read(both.path, bytes).ok();
    let base = match both.base {
        Some(bytes) => Some(read(bytes)?),
        None => None,
    };
    let log = ArchiveLog::merge(base.as_ref(), &read(both.ours?)?, &read(both.theirs?)?);
    Some(Settled::File(log.text().ok()?.into_bytes()))
}

/// The conflict that a held file is.
pub(super) fn conflict(repo: &Repo, held: &HeldFile) -> Result<Conflict> {
    let read = |blob: &Option<String>| blob.as_ref().map(|blob| repo.read_blob(blob)).transpose();
    let (base, ours, theirs) = (read(&held.base)?, read(&held.ours)?, read(&held.theirs)?);
    let both = BothChanged {
        path: &held.path,
        base: base.as_deref(),
        ours: ours.as_deref(),
        theirs: theirs.as_deref(),
    };
    let fields = match texts(&both).filter(|_| is_object(&held.path) && !held.by_hand) {
        Some((base, ours, theirs)) => match merge_texts(base, ours, theirs) {
            TextMerge::Conflicts(fields) => fields,
            TextMerge::Merged(_) | TextMerge::Unreadable => Vec::new(),
        },
        None => Vec::new(),
    };
    let object = [both.ours, both.theirs, both.base]
        .into_iter()
        .flatten()
        .filter(|_| is_object(&held.path))
        .find_map(|bytes| fgd::only_object(&held.path, bytes, None).ok())
        .map(|read| read.id().to_string());
    Ok(Conflict {
        file: held.path.clone(),
        object,
        ours_is: if held.by_hand { OurSide::WorkTree } else { OurSide::Committed },
        fields,
        base: held.base.clone(),
        ours: held.ours.clone(),
        theirs: held.theirs.clone(),
    })
}

/// Whether two conflicts are about the same versions.
pub(super) fn is_same(conflict: &Conflict, decision: &Resolution) -> bool {
    conflict.file == decision.file && conflict.ours == decision.ours && conflict.theirs == decision.theirs
}
