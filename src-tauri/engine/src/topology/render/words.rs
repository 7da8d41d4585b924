//! What a drawing says in words.

use crate::topology::view::{NodeKind, PendingSource, TopologyNode};

use super::look::{change_word, look_of};
use super::scene::{Cluster, Line, Scene};

/// A fabric in one line: "2 spines, 4 leaves, 9 servers, 47 links".
pub(super) fn summary(scene: &Scene<'_>) -> String {
    if scene.nodes.is_empty() {
        return "Nothing is wired here.".to_owned();
    }
    let kinds = [
        (NodeKind::Gateway, "gateway", "gateways"),
        (NodeKind::External, "external", "externals"),
        (NodeKind::Spine, "spine", "spines"),
        (NodeKind::Leaf, "leaf", "leaves"),
        (NodeKind::Switch, "other switch", "other switches"),
        (NodeKind::Server, "server", "servers"),
    ];
    let mut parts: Vec<String> = kinds
        .into_iter()
        .filter_map(|(kind, one, many)| {
            let nodes = scene.nodes.iter().filter(|node| node.kind == kind).count();
            (nodes > 0).then(|| counted(nodes, one, many))
        })
        .collect();
    parts.push(counted(scene.lines.len(), "link", "links"));
    parts.join(", ")
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Where the marked changes come from, as a sentence; none where nothing pends.
pub(super) fn pending(scene: &Scene<'_>) -> Option<String> {
    let of = |source: &PendingSource| match source {
        PendingSource::Incoming => "what the remote has more",
        PendingSource::Inbox => "what waits in the inbox",
        PendingSource::Edits => "edits that are in no commit",
    };
    let sources: Vec<&str> = scene.pending.iter().map(of).collect();
    (!sources.is_empty()).then(|| format!("Marked is what would change by {}.", sources.join(" and by ")))
}

/// The smaller line under a node's name; empty where there is nothing more to say.
pub(super) fn note(node: &TopologyNode) -> &str {
    match (&node.role, node.missing) {
        (_, true) => "not in this directory",
        (Some(role), _) => role,
        (None, _) => match node.kind {
            NodeKind::Gateway => "gateway",
            NodeKind::External => "external",
            NodeKind::Spine | NodeKind::Leaf | NodeKind::Switch | NodeKind::Server => "",
        },
    }
}

/// All that is known of a node, line by line.
pub(super) fn about(node: &TopologyNode) -> String {
    let mut lines = vec![node.id.clone()];
    if node.missing {
        lines.push("Not in this directory".to_owned());
    }
    lines.extend(node.role.iter().map(|role| format!("Role: {role}")));
    lines.extend(node.group.iter().map(|group| match &node.group_type {
        Some(kind) => format!("Redundancy group: {group} ({kind})"),
        None => format!("Redundancy group: {group}"),
    }));
    lines.extend(node.detail.iter().map(|(label, value)| format!("{label}: {value}")));
    lines.extend(node.change.map(|change| format!("Would be {}", change_word(change))));
    lines.join("\n")
}

/// A link in a line: "Fabric: spine-01 E1/1 – leaf-01 E1/49", with its object and what becomes of it.
pub(super) fn link(scene: &Scene<'_>, line: &Line<'_>) -> String {
    let end = |at: usize, port: &Option<String>| {
        let name = &scene.nodes[at].name;
        port.as_ref().map_or_else(|| name.clone(), |port| format!("{name} {port}"))
    };
    let mut text = format!(
        "{}: {} – {}\n{}",
        look_of(line.link.kind).label,
        end(line.upper, line.upper_port),
        end(line.lower, line.lower_port),
        line.link.object
    );
    if let Some(change) = line.link.change {
        text.push_str(&format!("\nWould be {}", change_word(change)));
    }
    text
}

/// What stands on a box: "pair · ESLAG".
pub(super) fn label(cluster: &Cluster) -> Option<String> {
    let label = cluster.label.as_ref()?;
    Some(match &cluster.kind {
        Some(kind) => format!("{label} · {}", kind.to_uppercase()),
        None => label.clone(),
    })
}

/// A name that fits into so many letters: its middle goes, since names differ at their ends.
pub(super) fn cut(name: &str, letters: usize) -> String {
    let all: Vec<char> = name.chars().collect();
    if all.len() <= letters || letters < 3 {
        return name.to_owned();
    }
    let end = (letters - 1).div_ceil(2);
    let start = letters - 1 - end;
    all[..start].iter().chain(&['…']).chain(&all[all.len() - end..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_keeps_its_ends() {
        for (name, letters, fits) in [
            ("leaf-01", 7, "leaf-01"),
            ("leaf-0001", 7, "lea…001"),
            ("bücherwürmer", 6, "bü…mer"),
            ("", 5, ""),
        ] {
            assert_eq!(cut(name, letters), fits);
        }
    }
}
