//! What is worked on: a data hall of leaves, their servers, and a connection for each server.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Which servers are changed: their files are named like this.
pub(crate) fn server_file(server: usize) -> String {
    format!("lab/managed/servers/server-{server:06}.yaml")
}

/// How many servers a drop of so many documents has.
pub(crate) fn servers(documents: usize) -> usize {
    documents_of(documents).filter(|document| matches!(document, Document::Server(_))).count()
}

#[derive(Clone, Copy)]
enum Document {
    Leaf(usize),
    Server(usize),
    Connection(usize),
}

fn documents_of(count: usize) -> impl Iterator<Item = Document> {
    let rack = |server: usize| {
        let leaf = (server.is_multiple_of(40)).then_some(Document::Leaf(server / 40));
        leaf.into_iter().chain([Document::Server(server), Document::Connection(server)])
    };
    (0..).flat_map(rack).take(count)
}

fn text(document: Document) -> String {
    let mut text = "apiVersion: wiring.githedgehog.com/v1beta1\n".to_owned();
    let written = match document {
        Document::Leaf(leaf) => write!(
            text,
            "kind: Switch\nmetadata:\n  name: leaf-{leaf:04}\n  namespace: default\nspec:\n  asn: {}\n  boot:\n    \
             serial: S{leaf}\n  profile: vs\n  role: server-leaf # rack {leaf}\n  vlanNamespaces:\n  - default\n",
            65_101 + leaf
        ),
        Document::Server(server) => write!(
            text,
            "kind: Server\nmetadata:\n  labels:\n    rack: \"{}\"\n  name: server-{server:06}\n  \
             namespace: default\nspec:\n  description: S-{server} on leaf-{:04}\n",
            server / 40,
            server / 40
        ),
        Document::Connection(server) => write!(
            text,
            "kind: Connection\nmetadata:\n  name: server-{server:06}--unbundled--leaf-{leaf:04}\n  \
             namespace: default\nspec:\n  unbundled:\n    link:\n      server:\n        \
             port: server-{server:06}/enp2s1\n      switch:\n        port: leaf-{leaf:04}/E1/{}\n",
            server % 40 + 1,
            leaf = server / 40
        ),
    };
    written.expect("text takes text");
    text
}

/// A stream with so many documents, and how many bytes it has.
pub(crate) fn stream(documents: usize) -> String {
    documents_of(documents).map(text).collect::<Vec<_>>().join("---\n")
}

/// A file with so many documents, alone in a folder that is made in `home`.
pub(crate) fn file(home: &Path, documents: usize) -> PathBuf {
    let folder = home.join(format!("drop-{documents}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("drop.yaml");
    std::fs::write(&file, stream(documents)).expect("written");
    file
}

/// A server's text with another description.
pub(crate) fn described(text: &str, description: &str) -> String {
    with(text, "  description: ", description)
}

/// A server's text with another label: some lines away from its description, so that Git merges both too.
pub(crate) fn labelled(text: &str, label: &str) -> String {
    with(text, "    rack: ", label)
}

fn with(text: &str, key: &str, value: &str) -> String {
    let line = |line: &str| match line.starts_with(key) {
        true => format!("{key}{value}\n"),
        false => format!("{line}\n"),
    };
    let changed: String = text.lines().map(line).collect();
    assert_ne!(changed, text, "there is nothing to change in it");
    changed
}
