//! A file that diagrams.net opens. It is written uncompressed, so that Git shows what changed in it.

use crate::topology::view::{LinkKind, NodeKind, TopologyChange};

use super::layout::{LEGEND_COLUMN, LEGEND_ROW, Layout, MARGIN, Rect, Route};
use super::look::{CHANGES, GONE_DASH, change_colour, change_sign, change_word, look_of};
use super::scene::Scene;
use super::words;
use super::xml::escaped;

pub(super) fn draw(scene: &Scene<'_>, name: &str) -> String {
    let layout = Layout::new(scene);
    let (width, height) = (layout.width, layout.height);
    let mut lines = vec![
        r#"<mxfile host="fgd">"#.to_owned(),
        format!(r#"<diagram id="fabric" name="{}">"#, escaped(name)),
        format!(
            r#"<mxGraphModel dx="{width}" dy="{height}" grid="1" gridSize="10" guides="1" tooltips="1" connect="1" arrows="1" fold="1" page="1" pageScale="1" pageWidth="{width}" pageHeight="{height}" math="0" shadow="0">"#
        ),
        "<root>".to_owned(),
        r#"<mxCell id="0"/>"#.to_owned(),
        r#"<mxCell id="1" parent="0"/>"#.to_owned(),
    ];
    let heading = Rect { x: MARGIN, y: 14.0, width: width - 2.0 * MARGIN, height: 26.0 };
    lines.push(text("heading", name, "fontSize=18;fontStyle=1;", &heading));
    let summary = [Some(words::summary(scene)), words::pending(scene)];
    let summary = summary.into_iter().flatten().collect::<Vec<_>>().join(". ");
    let under = Rect { y: 40.0, height: 20.0, ..heading };
    lines.push(text("summary", &summary, "fontSize=12;fontColor=#565e6c;", &under));
    // A node of a group moves with its box, and stands in it.
    let mut parents: Vec<Option<(usize, Rect)>> = vec![None; scene.nodes.len()];
    for (place, frame) in layout.frames.iter().enumerate() {
        for &at in &frame.members {
            parents[at] = Some((place, frame.rect));
        }
        lines.push(format!(
            r##"<mxCell id="g{place}" value="{}" style="rounded=1;arcSize=8;absoluteArcSize=1;html=0;container=1;collapsible=0;connectable=0;verticalAlign=top;align=left;spacingLeft=8;spacingTop=0;fontSize=11;fontColor=#565e6c;fillColor=#f6f7f9;strokeColor=#8a93a3;" vertex="1" parent="1">{}</mxCell>"##,
            escaped(&frame.label),
            geometry(&frame.rect)
        ));
    }
    for (at, (node, rect)) in scene.nodes.iter().zip(&layout.nodes).enumerate() {
        let (parent, rect) = match parents[at] {
            Some((place, around)) => {
                (format!("g{place}"), Rect { x: rect.x - around.x, y: rect.y - around.y, ..*rect })
            }
            None => ("1".to_owned(), *rect),
        };
        let label = match words::note(node) {
            "" => node.name.clone(),
            _ if node.kind == NodeKind::Server => node.name.clone(),
            note => format!("{}\n{note}", node.name),
        };
        lines.push(format!(
            r#"<object id="n{at}" label="{}" tooltip="{}" object="{}"><mxCell style="{}" vertex="1" parent="{parent}">{}</mxCell></object>"#,
            escaped(&label),
            escaped(&words::about(node)),
            escaped(&node.id),
            node_style(node.kind, node.missing, node.change),
            geometry(&rect)
        ));
    }
    for (at, (line, route)) in scene.lines.iter().zip(&layout.routes).enumerate() {
        let (from, to) = route.ends();
        let (source, target) = (&layout.nodes[line.upper], &layout.nodes[line.lower]);
        let ends = format!("{}{}", anchor("exit", source, from), anchor("entry", target, to));
        let curved = if matches!(route, Route::Bent(_)) { "curved=1;" } else { "" };
        let sign = line.link.change.map(change_sign).unwrap_or_default();
        lines.push(format!(
            r#"<object id="e{at}" label="{sign}" tooltip="{}" object="{}"><mxCell style="{}{curved}{ends}" edge="1" parent="1" source="n{}" target="n{}"><mxGeometry relative="1" as="geometry">{}</mxGeometry></mxCell></object>"#,
            escaped(&words::link(scene, line)),
            escaped(&line.link.object),
            link_style(line.link.kind, line.link.change),
            line.upper,
            line.lower,
            between(route)
        ));
    }
    legend(&mut lines, scene, &layout);
    lines.extend(["</root>", "</mxGraphModel>", "</diagram>", "</mxfile>", ""].map(str::to_owned));
    lines.join("\n")
}

fn node_style(kind: NodeKind, missing: bool, change: Option<TopologyChange>) -> String {
    let fill = match kind {
        NodeKind::Gateway => "#fdf6e0",
        NodeKind::External => "#fdf1dc",
        NodeKind::Spine => "#eef0f3",
        NodeKind::Leaf | NodeKind::Switch | NodeKind::Server => "#ffffff",
    };
    let arc = if matches!(kind, NodeKind::Gateway | NodeKind::External) { 44 } else { 10 };
    let stroke = change.map_or("#8a93a3", change_colour);
    let more = match change {
        Some(TopologyChange::Removed) => {
            format!("dashed=1;dashPattern={GONE_DASH};strokeWidth=2;fontColor={stroke};")
        }
        Some(_) => "strokeWidth=2;".to_owned(),
        None if missing => "dashed=1;dashPattern=2 3;".to_owned(),
        None => String::new(),
    };
    format!(
        "rounded=1;absoluteArcSize=1;arcSize={arc};whiteSpace=wrap;html=0;fontSize=11;fontColor=#1a1e26;fillColor={fill};strokeColor={stroke};{more}"
    )
}

fn link_style(kind: LinkKind, change: Option<TopologyChange>) -> String {
    let look = look_of(kind);
    let width = if kind == LinkKind::MclagPeer { 3.0 } else { 1.5 };
    let (colour, dash) = match change {
        Some(TopologyChange::Removed) => (change_colour(TopologyChange::Removed), Some(GONE_DASH)),
        _ => (look.colour, look.dash),
    };
    let dash = dash.map(|dash| format!("dashed=1;fixDash=1;dashPattern={dash};")).unwrap_or_default();
    let sign = change
        .map(|change| format!("fontSize=14;fontStyle=1;fontColor={};", change_colour(change)))
        .unwrap_or_default();
    format!("endArrow=none;rounded=1;html=0;strokeColor={colour};strokeWidth={width};{dash}{sign}")
}

/// Where on a node a cable is plugged in, as parts of its width and height.
fn anchor(end: &str, node: &Rect, (x, y): (f64, f64)) -> String {
    let part = |at: f64, from: f64, size: f64| ((at - from) / size * 1000.0).round() / 1000.0;
    let (x, y) = (part(x, node.x, node.width), part(y, node.y, node.height));
    format!("{end}X={x};{end}Y={y};{end}Dx=0;{end}Dy=0;{end}Perimeter=0;")
}

fn between(route: &Route) -> String {
    let points: String = route
        .between()
        .iter()
        .map(|(x, y)| format!(r#"<mxPoint x="{}" y="{}"/>"#, short(*x), short(*y)))
        .collect();
    if points.is_empty() { points } else { format!(r#"<Array as="points">{points}</Array>"#) }
}

fn legend(lines: &mut Vec<String>, scene: &Scene<'_>, layout: &Layout) {
    let at = |place: usize, row: usize| {
        (MARGIN + place as f64 * LEGEND_COLUMN, layout.legend + row as f64 * LEGEND_ROW)
    };
    let looks = scene.looks();
    for (number, look) in looks.iter().enumerate() {
        let (x, y) = at(number % layout.legend_columns, number / layout.legend_columns);
        let middle = short(y + LEGEND_ROW / 2.0);
        lines.push(format!(
            r#"<mxCell id="l{number}" style="{}" edge="1" parent="1"><mxGeometry relative="1" as="geometry"><mxPoint x="{}" y="{middle}" as="sourcePoint"/><mxPoint x="{}" y="{middle}" as="targetPoint"/></mxGeometry></mxCell>"#,
            link_style(look.kind, None),
            short(x),
            short(x + 28.0)
        ));
        let rect = Rect { x: x + 34.0, y, width: LEGEND_COLUMN - 40.0, height: LEGEND_ROW };
        lines.push(text(&format!("l{number}t"), look.label, "fontSize=12;", &rect));
    }
    let row = looks.len().div_ceil(layout.legend_columns);
    let changes = CHANGES.into_iter().filter(|change| scene.has(*change));
    for (place, change) in changes.enumerate() {
        let (x, y) = at(place, row);
        let rect = Rect { x, y, width: LEGEND_COLUMN, height: LEGEND_ROW };
        let style = format!("fontSize=12;fontStyle=1;fontColor={};", change_colour(change));
        let label = format!("{}  {}", change_sign(change), change_word(change));
        lines.push(text(&format!("c{place}"), &label, &style, &rect));
    }
}

fn text(id: &str, value: &str, style: &str, rect: &Rect) -> String {
    format!(
        r##"<mxCell id="{id}" value="{}" style="text;html=0;align=left;verticalAlign=middle;strokeColor=none;fillColor=none;fontColor=#1a1e26;{style}" vertex="1" parent="1">{}</mxCell>"##,
        escaped(value),
        geometry(rect)
    )
}

fn geometry(rect: &Rect) -> String {
    format!(
        r#"<mxGeometry x="{}" y="{}" width="{}" height="{}" as="geometry"/>"#,
        short(rect.x),
        short(rect.y),
        short(rect.width),
        short(rect.height)
    )
}

/// To a tenth of a pixel.
fn short(number: f64) -> f64 {
    (number * 10.0).round() / 10.0 + 0.0
}
