//! A flowchart for a page in Markdown.

use crate::topology::view::{LinkKind, NodeKind, TopologyChange};

use super::look::{CHANGES, GONE_DASH, change_colour, change_sign, change_word, look_of};
use super::scene::{Scene, Tier};
use super::words;

/// What Mermaid draws unless its `maxEdges` and its `maxTextSize` are raised, which no chart may do by itself.
const MOST_LINKS: usize = 500;
const MOST_LETTERS: usize = 50_000;

pub(super) fn draw(scene: &Scene<'_>, name: &str) -> String {
    let mut lines = vec![
        "flowchart TB".to_owned(),
        format!("  accTitle: {}", label(name)),
        format!("  accDescr: {}", label(&words::summary(scene))),
    ];
    lines.extend(scene.row(Tier::Top).map(|at| node(scene, at, "  ")));
    lines.extend(scene.row(Tier::Spine).map(|at| node(scene, at, "  ")));
    for (place, cluster) in scene.clusters.iter().enumerate() {
        match words::label(cluster) {
            Some(title) => {
                lines.push(format!("  subgraph g{place}[\"{}\"]", label(&title)));
                lines.extend(cluster.members.iter().map(|&at| node(scene, at, "    ")));
                lines.push("  end".to_owned());
            }
            None => lines.extend(cluster.members.iter().map(|&at| node(scene, at, "  "))),
        }
    }
    lines.extend(scene.row(Tier::Server).map(|at| node(scene, at, "  ")));
    for line in &scene.lines {
        let ports = ports(line.upper_port.as_deref(), line.lower_port.as_deref());
        lines.push(format!("  n{} ---{ports} n{}", line.upper, line.lower));
    }
    styles(scene, &mut lines);
    lines.push(String::new());
    let text = lines.join("\n");
    if scene.lines.len() <= MOST_LINKS && text.chars().count() <= MOST_LETTERS {
        return text;
    }
    format!(
        "%% Larger than what Mermaid draws by itself: {} links and {} letters. Raise its maxEdges and maxTextSize.\n{text}",
        scene.lines.len(),
        text.chars().count()
    )
}

fn node(scene: &Scene<'_>, at: usize, indent: &str) -> String {
    let node = scene.nodes[at];
    let note = match words::note(node) {
        "" => String::new(),
        note => format!("<br/>{}", label(note)),
    };
    let (open, close) = match node.kind {
        NodeKind::Gateway | NodeKind::External => ("([", "])"),
        _ => ("[", "]"),
    };
    let class = match node.change {
        Some(change) => format!(":::{}", change_word(change)),
        None if node.missing => ":::missing".to_owned(),
        None => String::new(),
    };
    let sign = node.change.map(|change| format!("{} ", label(change_sign(change)))).unwrap_or_default();
    format!("{indent}n{at}{open}\"{sign}{}{note}\"{close}{class}", label(&node.name))
}

fn ports(upper: Option<&str>, lower: Option<&str>) -> String {
    match (upper, lower) {
        (Some(upper), Some(lower)) => format!("|\"{} – {}\"|", label(upper), label(lower)),
        (Some(port), None) | (None, Some(port)) => format!("|\"{}\"|", label(port)),
        (None, None) => String::new(),
    }
}

/// The colours: one line for all links that look alike.
fn styles(scene: &Scene<'_>, lines: &mut Vec<String>) {
    let numbers = |which: &dyn Fn(LinkKind, Option<TopologyChange>) -> bool| {
        let numbers =
            scene.lines.iter().enumerate().filter(|(_, line)| which(line.link.kind, line.link.change));
        numbers.map(|(number, _)| number.to_string()).collect::<Vec<_>>().join(",")
    };
    for look in scene.looks() {
        let width = if look.kind == LinkKind::MclagPeer { 4 } else { 2 };
        let dash = look.dash.map(|dash| format!(",stroke-dasharray:{dash}")).unwrap_or_default();
        let numbers = numbers(&|kind, _| kind == look.kind);
        let colour = look_of(look.kind).colour;
        lines.push(format!("  %% {}", look.label));
        lines.push(format!("  linkStyle {numbers} stroke:{colour},stroke-width:{width}px{dash}"));
    }
    for change in CHANGES {
        let colour = change_colour(change);
        let gone = match change {
            TopologyChange::Removed => format!(",stroke-dasharray:{GONE_DASH}"),
            _ => String::new(),
        };
        let numbers = numbers(&|_, becomes| becomes == Some(change));
        if !numbers.is_empty() {
            lines.push(format!("  linkStyle {numbers} stroke:{colour},stroke-width:3px{gone}"));
        }
        if scene.nodes.iter().any(|node| node.change == Some(change)) {
            let class = change_word(change);
            lines.push(format!("  classDef {class} stroke:{colour},color:{colour},stroke-width:2px{gone}"));
        }
    }
    if scene.nodes.iter().any(|node| node.missing && node.change.is_none()) {
        lines.push("  classDef missing stroke-dasharray:2 3".to_owned());
    }
}

/// A text inside of quotes. Whatever Mermaid could read as its own syntax, as Markdown, as a tag or as an entity
/// is written by its number.
fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '-' if at > 0 => out.push('-'),
            ' ' | '/' | ',' => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            '·' | '–' | '…' => out.push(c),
            c if c.is_control() => out.push(' '),
            c => out.push_str(&format!("#{};", u32::from(c))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_syntax() {
        for (text, written) in [
            ("leaf-01", "leaf-01"),
            ("E1/1", "E1/1"),
            ("a\"b", "a#34;b"),
            ("<b>&#35;", "#60;b#62;#38;#35;35#59;"),
            ("`x`*y*_z_", "#96;x#96;#42;y#42;#95;z#95;"),
            ("- one", "#45; one"),
            ("1. one", "1#46; one"),
            ("a\nend\r", "a end "),
            ("%%{init}|]", "#37;#37;#123;init#125;#124;#93;"),
            ("bücher 書", "bücher 書"),
        ] {
            assert_eq!(label(text), written, "{text:?}");
        }
    }
}
