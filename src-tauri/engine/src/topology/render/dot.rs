//! A graph for Graphviz.

use crate::topology::view::{LinkKind, NodeKind, TopologyChange};

use super::look::{change_colour, change_word, look_of};
use super::scene::{Scene, Tier};
use super::words;

pub(super) fn draw(scene: &Scene<'_>, name: &str) -> String {
    let mut lines = vec![
        format!("graph {} {{", quoted(name)),
        // Without newrank, a node of a rank would leave its cluster.
        format!(
            "  graph [label={}, labelloc=t, rankdir=TB, newrank=true, ranksep=1.2, nodesep=0.3, bgcolor=white, fontname=\"Helvetica\"];",
            label(&format!("{name}\n{}", words::summary(scene)))
        ),
        "  node [shape=box, style=\"rounded,filled\", fillcolor=white, color=\"#8a93a3\", fontname=\"Helvetica\", fontsize=11];"
            .to_owned(),
        "  edge [fontname=\"Helvetica\", fontsize=8];".to_owned(),
    ];
    for tier in [Tier::Top, Tier::Spine] {
        lines.extend(scene.row(tier).map(|at| node(scene, at, "  ")));
    }
    for (place, cluster) in scene.clusters.iter().enumerate() {
        let Some(title) = words::label(cluster) else {
            lines.extend(cluster.members.iter().map(|&at| node(scene, at, "  ")));
            continue;
        };
        lines.push(format!("  subgraph cluster_{place} {{"));
        lines.push(format!(
            "    label={}; labeljust=l; style=rounded; color=\"#8a93a3\"; bgcolor=\"#f6f7f9\"; fontsize=10;",
            label(&title)
        ));
        lines.extend(cluster.members.iter().map(|&at| node(scene, at, "    ")));
        lines.push("  }".to_owned());
    }
    lines.extend(scene.row(Tier::Server).map(|at| node(scene, at, "  ")));
    for tier in [Tier::Top, Tier::Spine, Tier::Leaf] {
        let row: Vec<String> = scene.row(tier).map(|at| format!("n{at}")).collect();
        if row.len() > 1 {
            lines.push(format!("  {{ rank=same; {}; }}", row.join("; ")));
        }
    }
    for line in &scene.lines {
        let look = look_of(line.link.kind);
        let mut marks = vec![format!("color={}", quoted(look.colour))];
        let port =
            |end: &str, port: &Option<String>| port.as_ref().map(|port| format!("{end}={}", label(port)));
        marks.extend(port("tailtooltip", line.upper_port));
        marks.extend(port("headtooltip", line.lower_port));
        match (line.link.change, look.dash) {
            (Some(TopologyChange::Removed), _) => {
                marks[0] = format!("color={}", quoted(change_colour(TopologyChange::Removed)));
                marks.push("style=dotted".to_owned());
            }
            (_, Some(_)) => marks.push("style=dashed".to_owned()),
            _ => {}
        }
        if line.link.kind == LinkKind::MclagPeer {
            marks.push("penwidth=3".to_owned());
        }
        if let Some(change) = line.link.change {
            marks.push(format!("label={}", quoted(change_word(change))));
            marks.push(format!("fontcolor={}", quoted(change_colour(change))));
        }
        marks.push(format!("tooltip={}", label(&words::link(scene, line))));
        lines.push(format!("  n{} -- n{} [{}];", line.upper, line.lower, marks.join(", ")));
    }
    lines.extend(["}".to_owned(), String::new()]);
    lines.join("\n")
}

fn node(scene: &Scene<'_>, at: usize, indent: &str) -> String {
    let node = scene.nodes[at];
    let text = [node.name.as_str(), words::note(node), node.change.map(change_word).unwrap_or_default()];
    let text: Vec<&str> = text.into_iter().filter(|text| !text.is_empty()).collect();
    let mut marks = vec![format!("label={}", label(&text.join("\n")))];
    let fill = match node.kind {
        NodeKind::Gateway => Some("#fdf6e0"),
        NodeKind::External => Some("#fdf1dc"),
        NodeKind::Spine => Some("#eef0f3"),
        NodeKind::Leaf | NodeKind::Switch | NodeKind::Server => None,
    };
    marks.extend(fill.map(|fill| format!("fillcolor={}", quoted(fill))));
    match node.change {
        Some(change) => {
            marks.push(format!("color={0}, fontcolor={0}, penwidth=2", quoted(change_colour(change))));
            if change == TopologyChange::Removed {
                marks.push("style=\"rounded,filled,dashed\"".to_owned());
            }
        }
        None if node.missing => marks.push("style=\"rounded,filled,dotted\"".to_owned()),
        None => {}
    }
    marks.push(format!("tooltip={}", label(&words::about(node))));
    format!("{indent}n{at} [{}];", marks.join(", "))
}

/// A text as a name, which Graphviz takes as it is.
fn quoted(text: &str) -> String {
    // A backslash before the closing quote would keep it from closing; and inside it would keep the next one.
    format!("\"{}\"", clean(text).replace('\\', "/").replace('"', "\\\""))
}

/// A text that is shown. In those a backslash makes a command and an ampersand a character.
fn label(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| clean(line).replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;"))
        .collect();
    format!("\"{}\"", lines.join("\\n"))
}

/// Without what no line of text has.
fn clean(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_quotes() {
        for (text, shown, named) in [
            ("leaf-01", r#""leaf-01""#, r#""leaf-01""#),
            (r#"a"b"#, r#""a\"b""#, r#""a\"b""#),
            (r"a\", r#""a\\""#, r#""a/""#),
            (r"\N\G\l", r#""\\N\\G\\l""#, r#""/N/G/l""#),
            (r#"\""#, r#""\\\"""#, r#""/\"""#),
            ("<b>&amp;", r#""<b>&amp;amp;""#, r#""<b>&amp;""#),
            ("a\nb\0", r#""a\nb ""#, r#""a b ""#),
        ] {
            assert_eq!((label(text).as_str(), quoted(text).as_str()), (shown, named), "{text:?}");
        }
    }
}
