//! Checking files that are in no fabric directory, or in one without Git: together, as one fabric.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::change::ContentHash;
use crate::error::{Error, Result};
use crate::fgd::archive_log::ArchiveLog;
use crate::fgd::fabric_file::{ArchiveStrategy, FabricFile, ValidationPolicy};
use crate::fgd::inbox::{Inbox, Reading, SourceFile};
use crate::fgd::layout::Layout;
use crate::fgd::managed::ManagedIndex;
use crate::fgd::plan::{Given, Plan};
use crate::fgd::walk::read_bounded;
use crate::finding::Finding;
use crate::id::RepoPath;
use crate::operation::DocumentCounts;
use crate::schema::CrdSchemas;

/// What is wrong with some files, and how many documents they have.
pub(crate) struct Checked {
    /// What would become of the documents, were they dropped into an empty directory.
    pub(crate) documents: DocumentCounts,
    /// What is wrong, in the order of files.
    pub(crate) findings: Vec<Finding>,
    /// How many objects they are.
    pub(crate) objects: usize,
}

/// Checks these files, and the YAML and JSON files below these directories, as if all of them were one drop
/// into an empty fabric directory. Of a path that a person names, the name is as they wrote it.
///
/// # Errors
/// A path that is not there, or that can't be listed.
pub(crate) fn check_files(paths: &[PathBuf], schemas: Option<CrdSchemas>) -> Result<Checked> {
    let mut files = Vec::new();
    for path in paths {
        gather(path, true, &mut files)?;
    }
    files.sort();
    files.dedup();
    let mut managed = ManagedIndex::with_schemas(schemas);
    let layout = Layout::new(RepoPath::root());
    let name = "check";
    let fabric = FabricFile {
        fabric_name: name.to_owned(),
        archive_strategy: ArchiveStrategy::None,
        validation_policy: ValidationPolicy::Warn,
    };
    let reading = Reading { fabric_name: name, managed: &managed, schemas: managed.schemas() };
    // The paths are only named, never opened: they may lead anywhere on this machine.
    let read: Vec<_> = files
        .par_iter()
        .map(|path| {
            let label = RepoPath::root().join(&path.to_string_lossy());
            let (parent, file) = (path.parent().unwrap_or(Path::new("")), RepoPath::root());
            let file = file.join(&path.file_name().unwrap_or_default().to_string_lossy());
            match read_bounded(parent, &file) {
                Ok(bytes) => Ok(bytes.map(|bytes| SourceFile::parse(label, bytes, reading))),
                Err(finding) => Err(Box::new(finding.in_file(&label))),
            }
        })
        .collect();
    let mut inbox = Inbox::default();
    for file in read {
        match file {
            Ok(file) => inbox.files.extend(file),
            Err(finding) => inbox.unreadable.push(*finding),
        }
    }
    let given = Given {
        layout: &layout,
        fabric: &fabric,
        edited: &Default::default(),
        log: &ArchiveLog::empty(),
        log_on_disk: None::<ContentHash>,
        archive_taken: &|_| None,
    };
    let plan = Plan::new(&given, inbox, &mut managed)?;
    let documents = plan.counts();
    let mut findings = plan.findings;
    findings.extend(plan.standing);
    let objects = documents.total - documents.rejected;
    Ok(Checked { documents, findings, objects: objects as usize })
}

/// The files to check at a path: itself, or what is below it. What a person names is taken whatever its name.
fn gather(path: &Path, named: bool, files: &mut Vec<PathBuf>) -> Result<()> {
    let metadata = fs::metadata(path).map_err(Error::io(path))?;
    if !metadata.is_dir() {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // A pipe or a device would never end.
        if metadata.is_file() && (named || Layout::takes(&name)) {
            files.push(path.to_path_buf());
        }
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(Error::io(path))? {
        let entry = entry.map_err(Error::io(path))?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_link = entry.file_type().map_err(Error::io(path))?.is_symlink();
        if !hidden && !is_link {
            gather(&entry.path(), false, files)?;
        }
    }
    Ok(())
}
