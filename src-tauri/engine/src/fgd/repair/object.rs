//! Whether a file holds one object, and where that belongs.

use crate::fgd::inbox::ObjectRead;
use crate::id::RepoPath;
use crate::manifest::{self, Document, Source, TextError};
use crate::schema::{Classified, classify};

/// Why a file does not hold one object.
pub(super) enum Misfit {
    /// It holds this many documents: none, or several.
    Documents(usize),
    /// What it holds can't be read.
    Broken(TextError),
}

/// The one object of a file.
pub(super) fn read(bytes: &[u8]) -> Result<ObjectRead, Misfit> {
    let source = Source::decode(bytes).map_err(Misfit::Broken)?;
    match manifest::split(source.text()).as_slice() {
        [document] => object(document).map_err(Misfit::Broken),
        documents => Err(Misfit::Documents(documents.len())),
    }
}

fn object(document: &Document<'_>) -> Result<ObjectRead, TextError> {
    ObjectRead::bare(&RepoPath::root(), document.text, &manifest::parse(document)?, None)
}

/// The directory of an object below `managed/`; none where it is not Hedgehog's.
pub(super) fn directory(object: &ObjectRead) -> Option<String> {
    match classify(&object.group, &object.version, &object.id().kind)? {
        Classified::Known { info, .. } => Some(info.directory.to_owned()),
        Classified::UnknownHedgehog { directory, .. } => Some(directory),
        Classified::Foreign => None,
    }
}

/// Whether one of a file's documents is an object of Hedgehog's.
pub(super) fn holds_hedgehog(bytes: &[u8]) -> bool {
    let Ok(source) = Source::decode(bytes) else { return false };
    manifest::split(source.text())
        .iter()
        .filter_map(|document| object(document).ok())
        .any(|object| directory(&object).is_some())
}
