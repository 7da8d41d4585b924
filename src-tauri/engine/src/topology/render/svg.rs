//! A picture that needs nothing else.

use crate::topology::view::{LinkKind, NodeKind, TopologyChange};

use super::layout::{LEGEND_COLUMN, LEGEND_ROW, LETTER, Layout, MARGIN, Rect, Route, SMALL_LETTER};
use super::look::{CHANGES, GONE_DASH, change_colour, change_word, look_of};
use super::scene::{Scene, Tier, tier_of};
use super::words;
use super::xml::escaped;

const FONT: &str = "Inter, system-ui, sans-serif";
const TEXT: &str = "#1a1e26";
const SOFT: &str = "#565e6c";
const LINE: &str = "#8a93a3";

pub(super) fn draw(scene: &Scene<'_>, name: &str) -> String {
    let layout = Layout::new(scene);
    let mut out = Out(String::new());
    let (width, height) = (layout.width, layout.height);
    out.line(&format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONT}" role="img" aria-labelledby="title desc">"#
    ));
    let summary = words::summary(scene);
    let pending = words::pending(scene);
    out.line(&format!(r#"<title id="title">{}</title>"#, escaped(name)));
    let desc: Vec<&str> = [Some(summary.as_str()), pending.as_deref()].into_iter().flatten().collect();
    out.line(&format!(r#"<desc id="desc">{}</desc>"#, escaped(&desc.join(". "))));
    out.line(r##"<rect width="100%" height="100%" fill="#ffffff"/>"##);
    out.text((MARGIN, 34.0), name, &format!(r#"font-size="18" font-weight="600" fill="{TEXT}""#));
    out.text((MARGIN, 54.0), &desc.join(". "), &format!(r#"font-size="12" fill="{SOFT}""#));
    for frame in &layout.frames {
        out.line(&format!(
            r##"<rect {} rx="8" fill="#f6f7f9" stroke="{LINE}" stroke-opacity="0.55"/>"##,
            place(&frame.rect)
        ));
    }
    links(&mut out, scene, &layout);
    nodes(&mut out, scene, &layout);
    // Over the cables that come in from above.
    out.line(&format!(
        r##"<g font-size="11" fill="{SOFT}" stroke="#f6f7f9" stroke-width="3" paint-order="stroke">"##
    ));
    for frame in &layout.frames {
        let label = words::cut(&frame.label, (frame.rect.width / LETTER) as usize);
        out.text((frame.rect.x + 10.0, frame.rect.y + 15.0), &label, "");
    }
    out.line("</g>");
    for (line, route) in scene.lines.iter().zip(&layout.routes) {
        if let Some(change) = line.link.change {
            out.mark(change, route.mark(), 0.75);
        }
    }
    legend(&mut out, scene, &layout);
    out.line("</svg>");
    out.0
}

fn links(out: &mut Out, scene: &Scene<'_>, layout: &Layout) {
    for look in scene.looks() {
        let width = if look.kind == LinkKind::MclagPeer { 3.0 } else { 1.5 };
        let dash = look.dash.map(|dash| format!(r#" stroke-dasharray="{dash}""#)).unwrap_or_default();
        out.line(&format!(
            r#"<g fill="none" stroke="{}" stroke-width="{width}" stroke-linejoin="round"{dash}>"#,
            look.colour
        ));
        for (line, route) in scene.lines.iter().zip(&layout.routes) {
            if line.link.kind != look.kind {
                continue;
            }
            let gone = match line.link.change {
                Some(TopologyChange::Removed) => format!(
                    r#" stroke="{}" stroke-dasharray="{GONE_DASH}""#,
                    change_colour(TopologyChange::Removed)
                ),
                _ => String::new(),
            };
            let title = escaped(&words::link(scene, line));
            out.line(&format!(r#"<path d="{}"{gone}><title>{title}</title></path>"#, path(route)));
        }
        out.line("</g>");
    }
}

fn nodes(out: &mut Out, scene: &Scene<'_>, layout: &Layout) {
    out.line(&format!(r#"<g text-anchor="middle" fill="{TEXT}" stroke="none">"#));
    for (node, rect) in scene.nodes.iter().zip(&layout.nodes) {
        let radius = match node.kind {
            NodeKind::Gateway | NodeKind::External => rect.height / 2.0,
            _ => 5.0,
        };
        let stroke = match node.change {
            Some(TopologyChange::Removed) => format!(
                r#"stroke="{}" stroke-width="1.5" stroke-dasharray="{GONE_DASH}""#,
                change_colour(TopologyChange::Removed)
            ),
            Some(change) => format!(r#"stroke="{}" stroke-width="2""#, change_colour(change)),
            None if node.missing => format!(r#"stroke="{LINE}" stroke-dasharray="2 3""#),
            None => format!(r#"stroke="{LINE}""#),
        };
        out.line(&format!("<g><title>{}</title>", escaped(&words::about(node))));
        out.line(&format!(r#"<rect {} rx="{radius}" fill="{}" {stroke}/>"#, place(rect), fill(node.kind)));
        let note = match tier_of(node.kind) {
            Tier::Server => "",
            _ => words::note(node),
        };
        let (x, y) = (rect.middle(), rect.y + rect.height / 2.0);
        let more = match node.change {
            Some(TopologyChange::Removed) => format!(
                r#"font-size="12" font-weight="600" fill="{}" text-decoration="line-through""#,
                change_colour(TopologyChange::Removed)
            ),
            _ => r#"font-size="12" font-weight="600""#.to_owned(),
        };
        let name = words::cut(&node.name, ((rect.width - 14.0) / LETTER) as usize);
        out.text((x, if note.is_empty() { y + 4.0 } else { y - 3.0 }), &name, &more);
        if !note.is_empty() {
            let note = words::cut(note, ((rect.width - 14.0) / SMALL_LETTER) as usize);
            out.text((x, y + 12.0), &note, &format!(r#"font-size="11" fill="{SOFT}""#));
        }
        if let Some(change) = node.change {
            out.mark(change, (rect.right() - 2.0, rect.y + 2.0), 1.0);
        }
        out.line("</g>");
    }
    out.line("</g>");
}

fn legend(out: &mut Out, scene: &Scene<'_>, layout: &Layout) {
    let at = |place: usize, row: usize| {
        (MARGIN + place as f64 * LEGEND_COLUMN, layout.legend + (row as f64 + 0.5) * LEGEND_ROW)
    };
    let text = format!(r#"font-size="12" fill="{TEXT}""#);
    let looks = scene.looks();
    for (number, look) in looks.iter().enumerate() {
        let (x, y) = at(number % layout.legend_columns, number / layout.legend_columns);
        let dash = look.dash.map(|dash| format!(r#" stroke-dasharray="{dash}""#)).unwrap_or_default();
        let width = if look.kind == LinkKind::MclagPeer { 4.0 } else { 2.5 };
        out.line(&format!(
            r#"<path d="M{} {}h28" stroke="{}" stroke-width="{width}"{dash}/>"#,
            short(x),
            short(y),
            look.colour
        ));
        out.text((x + 36.0, y + 4.0), look_of(look.kind).label, &text);
    }
    let row = looks.len().div_ceil(layout.legend_columns);
    let changes = CHANGES.into_iter().filter(|change| scene.has(*change));
    for (place, change) in changes.enumerate() {
        let (x, y) = at(place, row);
        out.mark(change, (x + 14.0, y), 0.9);
        out.text((x + 36.0, y + 4.0), change_word(change), &text);
    }
}

const fn fill(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Gateway => "#fdf6e0",
        NodeKind::Spine => "#eef0f3",
        NodeKind::Leaf | NodeKind::Switch | NodeKind::Server => "#ffffff",
        NodeKind::External => "#fdf1dc",
    }
}

/// The sign of a change around the origin: a plus, a wave, a cross.
const fn sign(change: TopologyChange) -> &'static str {
    match change {
        TopologyChange::Added => "M-4 0H4M0-4V4",
        TopologyChange::Changed => "M-4 1.5C-2.5-3-1-1.5 0 0S2.5 3 4-1.5",
        TopologyChange::Removed => "M-3-3 3 3M-3 3 3-3",
    }
}

fn path(route: &Route) -> String {
    let point = |(x, y): &(f64, f64)| format!("{} {}", short(*x), short(*y));
    match route {
        Route::Straight(points) => format!("M{}", points.iter().map(point).collect::<Vec<_>>().join("L")),
        Route::Bent([from, one, other, to]) => {
            format!("M{}C{} {} {}", point(from), point(one), point(other), point(to))
        }
    }
}

fn place(rect: &Rect) -> String {
    format!(
        r#"x="{}" y="{}" width="{}" height="{}""#,
        short(rect.x),
        short(rect.y),
        short(rect.width),
        short(rect.height)
    )
}

/// To a tenth of a pixel.
fn short(number: f64) -> f64 {
    // Without the minus of what is rounded to nothing.
    (number * 10.0).round() / 10.0 + 0.0
}

struct Out(String);

impl Out {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn text(&mut self, (x, y): (f64, f64), text: &str, more: &str) {
        let space = if more.is_empty() { "" } else { " " };
        let (x, y) = (short(x), short(y));
        self.line(&format!(r#"<text x="{x}" y="{y}"{space}{more}>{}</text>"#, escaped(text)));
    }

    fn mark(&mut self, change: TopologyChange, (x, y): (f64, f64), scale: f64) {
        let (x, y) = (short(x), short(y));
        let colour = change_colour(change);
        self.line(&format!(
            r##"<g transform="translate({x} {y}) scale({scale})"><circle r="8" fill="{colour}" stroke="#ffffff" stroke-width="1.5"/><path d="{}" fill="none" stroke="#ffffff" stroke-width="2" stroke-linecap="round"/></g>"##,
            sign(change)
        ));
    }
}
