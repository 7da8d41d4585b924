//! Archive logs, which come together as sets.

use std::collections::BTreeSet;

use crate::fgd::ArchiveLog;
use crate::id::RepoPath;

/// Three logs: each reads back as it was written, and merged they are the set of what all have said, in
/// whatever order they meet; the keys that are not ours stay.
pub fn archive_log(bytes: &[u8]) {
    let Some(texts) = super::parts::<3>(bytes) else { return };
    let [Some(a), Some(b), Some(c)] = texts.map(|text| read(text.as_bytes())) else { return };
    for log in [&a, &b, &c] {
        let text = text_of(log);
        assert_eq!(read(text.as_bytes()).as_ref(), Some(log), "{text}");
        assert_eq!(set(&join(log, log)), set(log), "twice is once");
        assert_eq!(text_of(&ArchiveLog::merge(Some(log), log, log)), text, "nobody changed anything");
    }
    let logs = [&a, &b, &c];
    let all = join(&join(&a, &b), &c);
    // Where two sources were archived under one name, one of them goes beside the other.
    if logs.iter().any(|log| log.has_clash_with(&all)) {
        return;
    }
    for (one, other) in [(&a, &b), (&b, &c), (&a, &c)] {
        assert_eq!(
            text_of(&join(one, other)),
            text_of(&join(other, one)),
            "whose side it is does not matter"
        );
    }
    assert_eq!(text_of(&all), text_of(&join(&a, &join(&b, &c))), "nor does who meets whom first");
    assert_eq!(set(&all), logs.into_iter().flat_map(set).collect(), "nothing is lost, and nothing new");
    // Two desktops that went on from one log.
    let (ours, theirs) = (ArchiveLog::merge(Some(&a), &a, &b), ArchiveLog::merge(Some(&a), &a, &c));
    let merged = ArchiveLog::merge(Some(&a), &ours, &theirs);
    assert_eq!(text_of(&merged), text_of(&ArchiveLog::merge(Some(&a), &theirs, &ours)));
    assert_eq!(set(&merged), set(&all));
    assert_eq!(merged.keys(), all.keys());
    assert!(merged.entries().starts_with(a.entries()), "what was there stays where it was");
}

fn text_of(log: &ArchiveLog) -> String {
    log.text().expect("what was read can be written")
}

fn join(ours: &ArchiveLog, theirs: &ArchiveLog) -> ArchiveLog {
    ArchiveLog::merge(None, ours, theirs)
}

fn read(bytes: &[u8]) -> Option<ArchiveLog> {
    ArchiveLog::read(&RepoPath::parse(".hnp/archive-log.yaml").expect("a path"), bytes).ok()
}

/// All that a log says: its entries, and the keys of others.
fn set(log: &ArchiveLog) -> BTreeSet<String> {
    let entries = log.entries().iter().map(|entry| serde_yaml::to_string(entry).expect("it was read"));
    entries.chain(log.keys().into_iter().map(str::to_owned)).collect()
}
