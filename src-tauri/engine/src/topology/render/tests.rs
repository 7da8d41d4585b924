use std::collections::HashSet;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::layout::{Layout, Rect, Route};
use super::scene::{Scene, Tier, tier_of};
use super::{DiagramFormat, diagram};
use crate::topology::view::{
    LinkKind, NodeKind, PendingSource, TopologyChange, TopologyLink, TopologyNode, TopologyView,
};

const FORMATS: [DiagramFormat; 4] =
    [DiagramFormat::Svg, DiagramFormat::Mermaid, DiagramFormat::Dot, DiagramFormat::Drawio];

fn node(kind: NodeKind, name: &str, group: Option<&str>) -> TopologyNode {
    let object = match kind {
        NodeKind::Gateway => "Gateway",
        NodeKind::Server => "Server",
        NodeKind::External => "External",
        NodeKind::Spine | NodeKind::Leaf | NodeKind::Switch => "Switch",
    };
    TopologyNode {
        id: format!("{object}/{name}"),
        name: name.to_owned(),
        kind,
        role: (kind == NodeKind::Leaf).then(|| "server-leaf".to_owned()),
        group: group.map(str::to_owned),
        group_type: group.map(|_| "eslag".to_owned()),
        detail: vec![("ASN".to_owned(), "65101".to_owned())],
        file: None,
        missing: kind == NodeKind::Switch,
        change: None,
    }
}

/// How many there are of everything.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    gateways: usize,
    externals: usize,
    spines: usize,
    pairs: usize,
    /// Leaves in no group.
    alone: usize,
    /// Under each pair, and under each leaf that is alone.
    servers: usize,
    /// On the last leaf of one pair and the first one of the next.
    between: usize,
    unwired: usize,
}

#[derive(Default)]
struct Wiring(TopologyView);

impl Wiring {
    fn node(&mut self, kind: NodeKind, name: &str, group: Option<&str>) -> String {
        let node = node(kind, name, group);
        let id = node.id.clone();
        self.0.nodes.push(node);
        id
    }

    fn link(&mut self, kind: LinkKind, object: &str, (a, a_port): (&str, &str), (b, b_port): (&str, &str)) {
        let id = format!("{object}#{}", self.0.links.len());
        let port = |port: &str| (!port.is_empty()).then(|| port.to_owned());
        self.0.links.push(TopologyLink {
            id,
            object: object.to_owned(),
            file: None,
            kind,
            a: a.to_owned(),
            a_port: port(a_port),
            b: b.to_owned(),
            b_port: port(b_port),
            change: None,
        });
    }
}

fn fabric(counts: Counts) -> TopologyView {
    let mut wiring = Wiring::default();
    let spines: Vec<String> =
        (1..=counts.spines).map(|at| wiring.node(NodeKind::Spine, &format!("spine-{at}"), None)).collect();
    let mut leaves = Vec::new();
    let mut groups: Vec<Vec<String>> = Vec::new();
    for pair in 1..=counts.pairs {
        let group = format!("pair-{pair}");
        let names = [2 * pair - 1, 2 * pair].map(|at| format!("leaf-{at}"));
        groups.push(names.map(|name| wiring.node(NodeKind::Leaf, &name, Some(&group))).to_vec());
    }
    for at in 1..=counts.alone {
        groups.push(vec![wiring.node(NodeKind::Leaf, &format!("single-{at}"), None)]);
    }
    for (place, group) in groups.iter().enumerate() {
        for server in 0..counts.servers {
            let name = format!("server-{place}-{server}");
            let id = wiring.node(NodeKind::Server, &name, None);
            let kind = if group.len() > 1 { LinkKind::Eslag } else { LinkKind::Unbundled };
            for (port, leaf) in group.iter().enumerate() {
                let object = format!("Connection/{name}");
                wiring.link(
                    kind,
                    &object,
                    (leaf, &format!("E1/{}", server + 1)),
                    (&id, &format!("eth{port}")),
                );
            }
        }
        leaves.extend(group.iter().cloned());
    }
    for (place, both) in groups.windows(2).enumerate() {
        for server in 0..counts.between {
            let name = format!("between-{place}-{server}");
            let id = wiring.node(NodeKind::Server, &name, None);
            for leaf in [both[0].last(), both[1].first()].into_iter().flatten() {
                wiring.link(
                    LinkKind::Unbundled,
                    &format!("Connection/{name}"),
                    (leaf, "E1/60"),
                    (&id, "eth9"),
                );
            }
        }
    }
    for (s, spine) in spines.iter().enumerate() {
        for (l, leaf) in leaves.iter().enumerate() {
            let object = format!("Connection/fabric-{s}-{l}");
            wiring.link(
                LinkKind::Fabric,
                &object,
                (spine, &format!("E1/{}", l + 1)),
                (leaf, &format!("E2/{}", s + 1)),
            );
        }
    }
    for at in 1..=counts.gateways {
        let id = wiring.node(NodeKind::Gateway, &format!("gateway-{at}"), None);
        for below in spines.iter().chain(if spines.is_empty() { &leaves[..] } else { &[] }) {
            wiring.link(LinkKind::Gateway, &format!("Connection/gw-{at}"), (&id, "enp1"), (below, "E3/1"));
        }
    }
    for at in 0..counts.externals {
        let id = wiring.node(NodeKind::External, &format!("isp-{at}"), None);
        if let Some(leaf) = leaves.get(at % leaves.len().max(1)) {
            wiring.link(
                LinkKind::ExternalAttachment,
                &format!("ExternalAttachment/{at}"),
                (leaf, "E3/9"),
                (&id, ""),
            );
        }
    }
    for at in 1..=counts.unwired {
        wiring.node(NodeKind::Server, &format!("spare-{at}"), None);
    }
    wiring.0
}

/// One of everything that is drawn in a way of its own.
fn sample() -> TopologyView {
    let mut view = fabric(Counts {
        gateways: 1,
        externals: 1,
        spines: 2,
        pairs: 2,
        alone: 2,
        servers: 6,
        between: 1,
        unwired: 1,
    });
    let mut wiring = Wiring(std::mem::take(&mut view));
    wiring.node(NodeKind::Switch, "unknown-1", None);
    let (one, other) = (("Switch/single-1", "E1/50"), ("Switch/single-2", "E1/50"));
    wiring.link(LinkKind::MclagPeer, "Connection/mclag", one, other);
    wiring.link(LinkKind::MclagSession, "Connection/mclag", one, other);
    wiring.link(LinkKind::Mesh, "Connection/mesh", ("Switch/leaf-1", "E4/1"), ("Switch/leaf-4", "E4/1"));
    wiring.link(
        LinkKind::VpcLoopback,
        "Connection/loop",
        ("Switch/leaf-1", "E5/1"),
        ("Switch/leaf-1", "E5/2"),
    );
    let mut view = wiring.0;
    view.pending = vec![PendingSource::Inbox, PendingSource::Incoming];
    for (node, change) in [
        ("Server/server-0-0", TopologyChange::Added),
        ("Switch/leaf-2", TopologyChange::Changed),
        ("Server/spare-1", TopologyChange::Removed),
    ] {
        let of = view.nodes.iter_mut().find(|of| of.id == node).expect("a node");
        of.change = Some(change);
    }
    let changes = [TopologyChange::Added, TopologyChange::Changed, TopologyChange::Removed];
    for (link, change) in view.links.iter_mut().zip(changes) {
        link.change = Some(change);
    }
    view
}

/// Names that try to be anything but names.
fn hostile() -> TopologyView {
    let names = [
        "<script>alert(1)</script>",
        "a\"b'c",
        "x & y &amp;",
        "end\n]\"] --> z",
        "\\\" \\N {}|`*_#;",
        "\0\u{1}\u{202e}\u{200b}",
    ];
    let mut wiring = Wiring::default();
    let kinds = [
        NodeKind::Gateway,
        NodeKind::Spine,
        NodeKind::Leaf,
        NodeKind::Switch,
        NodeKind::Server,
        NodeKind::External,
    ];
    let ids: Vec<String> = names
        .iter()
        .zip(kinds)
        .map(|(name, kind)| {
            let id = wiring.node(kind, name, (kind == NodeKind::Leaf).then_some("g\"<&>]"));
            let node = wiring.0.nodes.last_mut().expect("just put there");
            node.role = Some("role\"<&".to_owned());
            node.detail.push(("\"<&".to_owned(), "--> \"".to_owned()));
            id
        })
        .collect();
    for (from, to) in ids.iter().zip(&ids[1..]) {
        wiring.link(LinkKind::Fabric, "Connection/\"<&>", (from, "E\"<&>1"), (to, "]]>|"));
    }
    wiring.0
}

/// The tags of an XML text, where it is well-formed: (name, attributes, whether it is closed at once).
fn tags(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut open: Vec<String> = Vec::new();
    let mut all = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        assert_text(&rest[..start]);
        // No value holds a bracket: they are all escaped.
        let end = start + rest[start..].find('>').expect("a tag that ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "what is opened last is closed first");
            continue;
        }
        let (tag, is_closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut values) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes: Vec<(String, String)> = Vec::new();
        while let Some((key, after)) = values.trim_start().split_once("=\"") {
            let (value, after) = after.split_once('"').expect("a closed quote");
            assert_text(value);
            assert!(key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{key:?}");
            assert!(attributes.iter().all(|(known, _)| known != key), "{key} twice in {tag}");
            attributes.push((key.to_owned(), value.to_owned()));
            values = after;
        }
        assert_eq!(values.trim(), "", "{tag}");
        if !is_closed {
            open.push(name.to_owned());
        }
        all.push((name.to_owned(), attributes));
    }
    assert_eq!((rest.trim(), open), ("", Vec::new()));
    all
}

fn assert_text(text: &str) {
    for part in text.split('&').skip(1) {
        let (entity, _) = part.split_once(';').unwrap_or_else(|| panic!("a bare ampersand in {text:?}"));
        assert!(["amp", "lt", "gt", "quot"].contains(&entity) || entity.starts_with('#'), "{entity}");
    }
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
}

fn values<'t>(tags: &'t [(String, Vec<(String, String)>)], tag: &str, key: &str) -> Vec<&'t str> {
    let of = tags.iter().filter(|(name, _)| name == tag).flat_map(|(_, attributes)| attributes);
    of.filter(|(name, _)| name == key).map(|(_, value)| value.as_str()).collect()
}

#[test]
fn the_same_fabric_makes_the_same_bytes_in_any_order() {
    let view = sample();
    let mut turned = view.clone();
    turned.nodes.reverse();
    turned.links.reverse();
    turned.pending.reverse();
    for format in FORMATS {
        assert_eq!(diagram(&view, "lab", format), diagram(&turned, "lab", format), "{format:?}");
    }
}

#[test]
fn every_node_and_every_link_is_in_each_drawing() {
    let view = sample();
    let scene = Scene::new(&view);
    assert_eq!((scene.nodes.len(), scene.lines.len()), (view.nodes.len(), view.links.len()));
    let link = |line: &super::scene::Line<'_>| super::words::link(&scene, line);

    let svg = diagram(&view, "lab", DiagramFormat::Svg);
    tags(&svg);
    for node in &view.nodes {
        assert_eq!(
            svg.matches(&format!("<g><title>{}&#10;", node.id)).count()
                + svg.matches(&format!("<g><title>{}</title>", node.id)).count(),
            1,
            "{}",
            node.id
        );
    }
    for line in &scene.lines {
        let title = format!("<title>{}</title></path>", super::xml::escaped(&link(line)));
        let same = scene.lines.iter().filter(|other| link(other) == link(line)).count();
        assert_eq!(svg.matches(&title).count(), same, "{title}");
    }

    let mermaid = diagram(&view, "lab", DiagramFormat::Mermaid);
    let dot = diagram(&view, "lab", DiagramFormat::Dot);
    for (at, node) in scene.nodes.iter().enumerate() {
        let opened = |line: &&str| {
            let line = line.trim();
            line.starts_with(&format!("n{at}[")) || line.starts_with(&format!("n{at}(["))
        };
        let shown: Vec<&str> = mermaid.lines().filter(opened).collect();
        assert!(matches!(shown[..], [line] if line.contains(&node.name)), "{} in {shown:?}", node.id);
        let named = format!("n{at} [label=\"{}", node.name);
        assert_eq!(dot.matches(&named).count(), 1, "{named}");
    }
    assert_eq!(mermaid.matches(" ---").count(), view.links.len());
    assert_eq!(dot.matches(" -- ").count(), view.links.len());
    for line in &scene.lines {
        let ports = match (line.upper_port, line.lower_port) {
            (Some(upper), Some(lower)) => (
                format!("n{} ---|\"{upper} – {lower}\"| n{}", line.upper, line.lower),
                format!("tailtooltip=\"{upper}\", headtooltip=\"{lower}\""),
            ),
            (None, Some(port)) => (
                format!("n{} ---|\"{port}\"| n{}", line.upper, line.lower),
                format!("headtooltip=\"{port}\""),
            ),
            _ => panic!("{line:?}"),
        };
        assert!(mermaid.contains(&ports.0), "{}", ports.0);
        assert!(dot.contains(&ports.1), "{}", ports.1);
    }

    let drawio = tags(&diagram(&view, "lab", DiagramFormat::Drawio));
    let ids: HashSet<&str> = ["object", "mxCell"].iter().flat_map(|tag| values(&drawio, tag, "id")).collect();
    for tag in ["object", "mxCell"] {
        for key in ["source", "target", "parent"] {
            assert!(values(&drawio, tag, key).iter().all(|id| ids.contains(id)), "{key} is there");
        }
    }
    let objects = values(&drawio, "object", "object");
    for id in view.nodes.iter().map(|node| &node.id).chain(view.links.iter().map(|link| &link.object)) {
        assert!(objects.contains(&id.as_str()), "{id}");
    }
    assert_eq!(objects.len(), view.nodes.len() + view.links.len());
    assert_eq!(values(&drawio, "mxCell", "source").len(), view.links.len());
}

#[test]
fn what_comes_and_goes_is_told_in_each_drawing() {
    let view = sample();
    let quiet = {
        let mut view = sample();
        view.pending.clear();
        view.nodes.iter_mut().for_each(|node| node.change = None);
        view.links.iter_mut().for_each(|link| link.change = None);
        view
    };
    for format in FORMATS {
        for word in ["added", "changed", "removed"] {
            assert!(diagram(&view, "lab", format).contains(word), "{word} in {format:?}");
            assert!(!diagram(&quiet, "lab", format).contains(word), "no {word} in {format:?}");
        }
    }
    let svg = diagram(&view, "lab", DiagramFormat::Svg);
    assert!(svg.contains("by what the remote has more and by what waits in the inbox"), "{}", &svg[..900]);
}

#[test]
fn a_legend_names_the_kinds_that_occur_and_no_others() {
    let view = sample();
    for format in [DiagramFormat::Svg, DiagramFormat::Drawio] {
        let text = diagram(&view, "lab", format);
        for (label, occurs) in
            [("MCLAG session", true), ("ESLAG", true), ("Bundled", false), ("External", false)]
        {
            let is_there =
                text.contains(&format!(">{label}</text>")) || text.contains(&format!("value=\"{label}\""));
            assert_eq!(is_there, occurs, "{label} in {format:?}");
        }
    }
}

#[test]
fn a_name_is_only_ever_text() {
    let view = hostile();
    let title = "<\"&'>\n]]";
    for format in [DiagramFormat::Svg, DiagramFormat::Drawio] {
        let tags = tags(&diagram(&view, title, format));
        let known: HashSet<&str> = [
            "svg",
            "title",
            "desc",
            "rect",
            "text",
            "g",
            "path",
            "circle",
            "mxfile",
            "diagram",
            "mxGraphModel",
            "root",
            "mxCell",
            "object",
            "mxGeometry",
            "Array",
            "mxPoint",
        ]
        .into();
        assert!(tags.iter().all(|(name, _)| known.contains(name.as_str())), "{format:?}");
    }
    for format in [DiagramFormat::Svg, DiagramFormat::Mermaid, DiagramFormat::Dot, DiagramFormat::Drawio] {
        let text = diagram(&view, "\u{202e}turned", format);
        let at = text.find(crate::visible::deceives);
        assert_eq!(
            at.map(|at| text[..at].lines().last()),
            None,
            "{format:?}: what would deceive is written out"
        );
    }
    for line in diagram(&view, title, DiagramFormat::Mermaid).lines() {
        // Node, link and box: what stands in quotes is letters, numbers of characters, and our own line break.
        assert!(matches!(line.matches('"').count(), 0 | 2), "{line}");
        let said = line.split('"').nth(1).unwrap_or_default().replace("<br/>", "");
        let is_plain = |c: char| c.is_alphanumeric() || " -/,·–…#;+⟨⟩".contains(c);
        assert!(said.chars().all(is_plain), "{said}");
        assert_ne!(said.trim(), "end");
    }
    for line in diagram(&view, title, DiagramFormat::Dot).lines() {
        assert!(is_closed(line), "{line}");
    }
}

/// Whether every quote of a line of dot is closed in it.
fn is_closed(line: &str) -> bool {
    let mut inside = false;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if inside => drop(letters.next()),
            '"' => inside = !inside,
            _ => {}
        }
    }
    !inside
}

#[test]
fn a_fabric_without_wiring_says_so() {
    for format in FORMATS {
        let text = diagram(&TopologyView::default(), "lab", format);
        assert!(text.contains("Nothing is wired here"), "{format:?}: {text}");
    }
}

#[test]
fn who_belongs_together_stands_together() {
    let view = sample();
    let scene = Scene::new(&view);
    let names = |cluster: &super::scene::Cluster| {
        cluster.members.iter().map(|&at| scene.nodes[at].name.as_str()).collect::<Vec<_>>().join(" ")
    };
    let clusters: Vec<(Option<&str>, String)> =
        scene.clusters.iter().map(|cluster| (cluster.label.as_deref(), names(cluster))).collect();
    let expected = [
        (Some("pair-1"), "leaf-1 leaf-2"),
        (Some("pair-2"), "leaf-3 leaf-4"),
        // Joined by their peer link alone.
        (None, "single-1 single-2"),
        (None, "unknown-1"),
    ];
    assert_eq!(clusters, expected.map(|(label, names)| (label, names.to_owned())));
    let layout = Layout::new(&scene);
    let at =
        |name: &str| layout.nodes[scene.nodes.iter().position(|node| node.name == name).expect("a node")];
    let (left, right) = (at("leaf-1"), at("leaf-2"));
    assert_eq!(left.y, right.y);
    assert!(left.right() < right.x && right.x < at("leaf-3").x);
    for server in (0..6).map(|server| at(&format!("server-0-{server}"))) {
        assert!(server.y > left.bottom() && server.x < at("leaf-3").x, "under its own leaves: {server:?}");
    }
    let between = at("between-0-0");
    assert!(right.x < between.middle() && between.middle() < at("leaf-4").x, "under the middle: {between:?}");
    assert!(at("isp-0").y < at("spine-1").y && at("spine-2").bottom() < left.y);
}

#[test]
fn servers_of_one_leaf_stand_under_it_whoever_else_is_in_the_middle() {
    let mut wiring = Wiring(fabric(Counts { alone: 3, servers: 1, ..Counts::default() }));
    let id = wiring.node(NodeKind::Server, "astride", None);
    for leaf in ["Switch/single-1", "Switch/single-3"] {
        wiring.link(LinkKind::Unbundled, "Connection/astride", (leaf, "E1/60"), (&id, "eth9"));
    }
    let scene = Scene::new(&wiring.0);
    let layout = Layout::new(&scene);
    let middle = |name: &str| {
        layout.nodes[scene.nodes.iter().position(|node| node.name == name).expect("a node")].middle()
    };
    for (server, leaf) in [("server-0-0", "single-1"), ("server-1-0", "single-2"), ("server-2-0", "single-3")]
    {
        assert_eq!(middle(server), middle(leaf), "{server}");
    }
    assert!(middle("single-2") < middle("astride") && middle("astride") < middle("single-3"));
}

#[test]
fn a_cable_begins_and_ends_at_its_nodes_and_passes_no_spine() {
    let view = sample();
    let scene = Scene::new(&view);
    let layout = Layout::new(&scene);
    let touches = |rect: &Rect, (x, y): (f64, f64)| {
        rect.x <= x && x <= rect.right() && rect.y <= y && y <= rect.bottom()
    };
    for (line, route) in scene.lines.iter().zip(&layout.routes) {
        let (from, to) = route.ends();
        assert!(touches(&layout.nodes[line.upper], from), "{:?} {route:?}", line.link);
        assert!(touches(&layout.nodes[line.lower], to), "{:?} {route:?}", line.link);
        assert_ne!(from, to, "{:?}", line.link);
        if let (LinkKind::ExternalAttachment, Route::Straight(points)) = (line.link.kind, route) {
            assert_eq!(points.len(), 3);
            assert!(scene.row(Tier::Spine).all(|at| !touches(&layout.nodes[at], points[1])));
        }
    }
    let starts: HashSet<String> = layout.routes.iter().map(|route| format!("{:?}", route.ends())).collect();
    assert_eq!(starts.len(), layout.routes.len(), "each cable can be told from the others");
}

/// What overlaps, if anything does. Sorted by the left side, so that it is quick for many.
fn overlap(rects: &[Rect]) -> Option<(Rect, Rect)> {
    let mut sorted = rects.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
    for (place, one) in sorted.iter().enumerate() {
        for other in sorted[place + 1..].iter().take_while(|other| other.x < one.right()) {
            if one.y < other.bottom() && other.y < one.bottom() {
                return Some((*one, *other));
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn nothing_stands_on_anything_else(
        (gateways, externals, spines) in (0..4usize, 0..6usize, 0..6usize),
        (pairs, alone, servers, between, unwired) in (0..9usize, 0..5usize, 0..40usize, 0..4usize, 0..9usize),
        name in "[a-z-]{1,40}",
    ) {
        let mut view = fabric(Counts { gateways, externals, spines, pairs, alone, servers, between, unwired });
        if let Some(node) = view.nodes.first_mut() {
            node.name = name;
        }
        let scene = Scene::new(&view);
        let layout = Layout::new(&scene);
        prop_assert_eq!(overlap(&layout.nodes), None);
        let frames: Vec<Rect> = layout.frames.iter().map(|frame| frame.rect).collect();
        prop_assert_eq!(overlap(&frames), None);
        for (at, rect) in layout.nodes.iter().enumerate() {
            prop_assert!(rect.x >= 0.0 && rect.y >= 0.0 && rect.right() <= layout.width && rect.bottom() <= layout.legend);
            let around = layout.frames.iter().find(|frame| frame.members.contains(&at)).map(|frame| frame.rect);
            for frame in &frames {
                let is_inside = frame.x <= rect.x && rect.right() <= frame.right()
                    && frame.y <= rect.y && rect.bottom() <= frame.bottom();
                let is_apart = overlap(&[*frame, *rect]).is_none();
                let is_right = if around == Some(*frame) { is_inside } else { is_apart };
                prop_assert!(is_right, "{:?} in {:?}", rect, frame);
            }
        }
        for (a, b) in (1..scene.nodes.len()).map(|at| (at - 1, at)) {
            let tier = |at: usize| tier_of(scene.nodes[at].kind);
            prop_assert!(tier(a) == tier(b) || layout.nodes[a].y < layout.nodes[b].y, "rows are under each other");
        }
    }
}

#[test]
fn a_thousand_switches_are_drawn_in_time_that_grows_with_them() {
    let of = |pairs: usize| {
        fabric(Counts { gateways: 4, externals: 8, spines: 16, pairs, servers: 20, ..Counts::default() })
    };
    let time = |view: &TopologyView| {
        FORMATS
            .map(|format| {
                let since = Instant::now();
                let text = diagram(view, "hall", format);
                assert!(text.len() > view.links.len() * 10);
                since.elapsed()
            })
            .iter()
            .sum::<Duration>()
    };
    let (small, large) = (of(50), of(500));
    assert_eq!(large.nodes.iter().filter(|node| tier_of(node.kind) == Tier::Leaf).count(), 1000);
    let quick = (0..3).map(|_| time(&small)).min().unwrap_or_default();
    let slow = time(&large);
    // Ten times as many; a hundred times as long would be the square.
    assert!(slow < (quick * 40).max(Duration::from_secs(2)), "{quick:?} for 100 leaves, {slow:?} for 1,000");
}
