//! What people type to find objects.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use crate::catalog::{Catalog, Entry, ResourcePage, ResourceQuery};
use crate::fgd::{Layout, ManagedIndex};
use crate::id::RepoPath;
use crate::schema::Spec;

/// A small fabric: a file each.
const FILES: [(&str, &str); 5] = [
    (
        "managed/switches/leaf-01.yaml",
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-01\n  labels: {rack: a1}\nspec: {role: server-leaf, asn: 65101, description: Rack Ä, groups: [row-1]}\n",
    ),
    (
        "managed/switches/spine-01.yaml",
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata: {name: spine-01}\nspec: {role: spine, asn: 65100, boot: {mac: 0c:20:12:ff:00:01}}\n",
    ),
    (
        "managed/connections/fabric.yaml",
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Connection\nmetadata: {name: fabric}\nspec: {fabric: {links: [{spine: {port: spine-01/E1/1}, leaf: {port: leaf-01/E1/49}}]}}\n",
    ),
    (
        "managed/vpcs/web.yaml",
        "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {name: web, namespace: lab}\nspec: {subnets: {front: {subnet: 10.0.1.0/24, vlan: 1001}}}\n",
    ),
    (
        "managed/servers/box.yaml",
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata: {name: box}\nspec: {description: \"blue: box\"}\n",
    ),
];

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let index = ManagedIndex::of(&FILES);
    let texts: BTreeMap<&str, &str> = FILES.into_iter().collect();
    let entry = |(path, managed): (&RepoPath, &crate::fgd::ManagedObject)| {
        let text = texts[path.as_str()];
        let shape = Spec::shape(&managed.object.id.kind);
        Arc::new(Entry::read(&managed.object, text.as_bytes(), shape.as_ref()).expect("an entry"))
    };
    Catalog::new(index.objects(&Layout::new(RepoPath::root())).map(entry).collect(), HashMap::new())
});

/// Any text is a search: what it finds is there, a word that is found is in the object, more words find no more,
/// and of a condition and its opposite each object fits one.
pub fn query(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let found = page(text);
    let all = found.all as usize;
    assert!(found.total as usize <= all && found.rows.len() == found.total as usize);
    let ids: HashSet<&str> = found.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.len(), found.rows.len(), "each once");
    let by_kind: u32 = found.kinds.iter().map(|kind| kind.count).sum();
    assert!(by_kind >= found.total, "the kinds count what the filter by kind leaves out too");
    if let Some(sentence) = &found.unread {
        assert!(sentence.ends_with('.'), "{sentence}");
    }
    in_pages(text, &found);
    if text.contains('"') {
        return;
    }
    for more in ["leaf", "kind:switch", "-role:spine", "vlan:1001", "has:error"] {
        let both = page(&format!("{text} {more}"));
        assert!(both.rows.iter().all(|row| ids.contains(row.id.as_str())), "{more} finds no more");
    }
    for word in text.split_whitespace().filter(|word| !word.starts_with('-')) {
        opposites(word, all);
        if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            // A namespace that is not written is the default one.
            let is_in = |file: &str| {
                let (_, text) = FILES.iter().find(|(path, _)| *path == file).expect("a file");
                format!("{text} default").to_lowercase().contains(&word.to_lowercase())
            };
            assert!(page(word).rows.iter().all(|row| is_in(row.file.as_str())), "{word}");
        }
    }
}

fn page(text: &str) -> ResourcePage {
    CATALOG.page(&ResourceQuery { text: text.to_owned(), limit: 500, ..ResourceQuery::default() })
}

/// Piece by piece, and the other way round, the same rows come.
fn in_pages(text: &str, whole: &ResourcePage) {
    for descending in [false, true] {
        let mut rows = Vec::new();
        while rows.len() < whole.rows.len() {
            let offset = u32::try_from(rows.len()).expect("few");
            let query = ResourceQuery {
                text: text.to_owned(),
                descending,
                offset,
                limit: 2,
                ..ResourceQuery::default()
            };
            let piece = CATALOG.page(&query).rows;
            assert!(!piece.is_empty() && piece.len() <= 2);
            rows.extend(piece);
        }
        if descending {
            rows.reverse();
        }
        assert_eq!(rows, whole.rows);
    }
}

fn opposites(word: &str, all: usize) {
    let (fits, not) = (page(word), page(&format!("-{word}")));
    let counts = (fits.total as usize, not.total as usize);
    // A filter without a value, or one that is not known, asks for nothing.
    assert!(counts.0 + counts.1 == all || counts == (all, all), "{word}: {counts:?}");
}
