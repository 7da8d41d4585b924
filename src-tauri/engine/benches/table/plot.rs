//! The growth as a picture: a panel for each piece of work, both axes logarithmic, readable on light and dark.

use std::fmt::Write as _;
use std::time::Duration;

use crate::growth::{Growth, Point};
use crate::row::short;
use crate::rows::grouped;

const COLUMNS: usize = 2;
const PANEL: (f64, f64) = (470.0, 270.0);
/// Around what is drawn in a panel: left, top, right, bottom.
const MARGIN: (f64, f64, f64, f64) = (64.0, 34.0, 16.0, 34.0);
const LEGEND_LINE: f64 = 15.0;

const STYLE: &str = "\
:root { --ink: #1f2328; --quiet: #59636e; --line: #d1d9e0; --fgd: #0550ae; --one: #bc4c00; --two: #1a7f37; --three: #8250df; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --quiet: #9198a1; --line: #3d444d; --fgd: #79c0ff; --one: #ffa657; --two: #56d364; --three: #d2a8ff; }
}
text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
.title { font-weight: 600; font-size: 13px; fill: var(--ink); }
.grid { stroke: var(--line); stroke-width: 1; }
path { fill: none; stroke-width: 2; }
.fgd { stroke: var(--fgd); } .one { stroke: var(--one); } .two { stroke: var(--two); } .three { stroke: var(--three); }
.limit { stroke: var(--quiet); stroke-dasharray: 2 3; }
circle.fgd { fill: var(--fgd); } circle.one { fill: var(--one); } circle.two { fill: var(--two); }
circle.three { fill: var(--three); } circle.limit { fill: var(--quiet); }
";

/// A panel's axes: from the smallest to the largest power of ten.
struct Axes {
    left: f64,
    top: f64,
    sizes: (f64, f64),
    times: (f64, f64),
}

impl Axes {
    fn x(&self, size: f64) -> f64 {
        let (from, to) = self.sizes;
        let width = PANEL.0 - MARGIN.0 - MARGIN.2;
        self.left + MARGIN.0 + width * (size.log10() - from) / (to - from)
    }

    fn y(&self, ms: f64) -> f64 {
        let (from, to) = self.times;
        let height = PANEL.1 - MARGIN.1 - MARGIN.3;
        self.top + MARGIN.1 + height * (1.0 - (ms.log10() - from) / (to - from))
    }
}

/// The picture.
pub(crate) fn svg(growth: &[Growth], sizes: &[usize]) -> String {
    let most = growth.iter().map(|work| lines(work).len()).max().unwrap_or(0);
    let height = PANEL.1 + most as f64 * LEGEND_LINE;
    let (rows, wide) = (growth.len().div_ceil(COLUMNS), PANEL.0 * COLUMNS as f64);
    let high = rows as f64 * height;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide:.0} {high:.0}\" role=\"img\" \
         aria-label=\"How long each piece of work takes, by how many objects there are\">\n<style>\n{STYLE}</style>\n"
    );
    for (place, work) in growth.iter().enumerate() {
        let (left, top) = ((place % COLUMNS) as f64 * PANEL.0, (place / COLUMNS) as f64 * height);
        panel(&mut svg, work, sizes, (left, top));
    }
    svg.push_str("</svg>\n");
    svg
}

fn lines(work: &Growth) -> Vec<(&'static str, &str, &[Point])> {
    let classes = ["fgd", "one", "two", "three"];
    let who = work.who.iter().zip(classes);
    let mut lines: Vec<_> =
        who.map(|((name, points), class)| (class, name.as_str(), points.as_slice())).collect();
    if !work.limit.is_empty() {
        lines.push(("limit", "the limit", work.limit.as_slice()));
    }
    lines
}

fn panel(svg: &mut String, work: &Growth, sizes: &[usize], (left, top): (f64, f64)) {
    let lines = lines(work);
    let ms = |took: &Duration| (took.as_secs_f64() * 1e3).max(1e-3);
    let times = || lines.iter().flat_map(|(_, _, points)| points.iter().map(|(_, took)| ms(took).log10()));
    let low = times().fold(f64::INFINITY, f64::min).floor();
    let high = times().fold(f64::NEG_INFINITY, f64::max).ceil().max(low + 1.0);
    let of = |place: Option<&usize>| place.map_or(0.0, |size| (*size as f64).log10());
    let axes = Axes { left, top, sizes: (of(sizes.first()), of(sizes.last())), times: (low, high) };
    let mut draw = |text: std::fmt::Arguments<'_>| writeln!(svg, "{text}").expect("text takes text");
    draw(format_args!(
        "<text class=\"title\" x=\"{:.0}\" y=\"{:.0}\">{}</text>",
        left + MARGIN.0,
        top + 20.0,
        work.title
    ));
    let (from, to) = (axes.x(10_f64.powf(axes.sizes.0)), axes.x(10_f64.powf(axes.sizes.1)));
    for power in low as i32..=high as i32 {
        let y = axes.y(10_f64.powi(power));
        draw(format_args!(
            "<line class=\"grid\" x1=\"{from:.1}\" y1=\"{y:.1}\" x2=\"{to:.1}\" y2=\"{y:.1}\"/>"
        ));
        let label = decade(power);
        draw(format_args!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            from - 8.0,
            y + 4.0
        ));
    }
    for size in sizes {
        let (x, y) = (axes.x(*size as f64), axes.y(10_f64.powf(low)));
        draw(format_args!(
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            y + 17.0,
            grouped(*size)
        ));
    }
    for (place, (class, name, points)) in lines.iter().enumerate() {
        let at: Vec<(f64, f64)> =
            points.iter().map(|(size, took)| (axes.x(*size as f64), axes.y(ms(took)))).collect();
        let path: Vec<String> = at.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        draw(format_args!("<path class=\"{class}\" d=\"M{}\"/>", path.join("L")));
        for ((x, y), (size, took)) in at.iter().zip(points.iter()) {
            let told = format!("{name}, {}: {}", grouped(*size), short(*took));
            draw(format_args!(
                "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"><title>{told}</title></circle>"
            ));
        }
        let y = top + PANEL.1 + 6.0 + place as f64 * LEGEND_LINE;
        let (mark, x) = (left + MARGIN.0, left + MARGIN.0 + 30.0);
        draw(format_args!("<path class=\"{class}\" d=\"M{mark:.0} {:.1}h22\"/>", y - 4.0));
        draw(format_args!("<text x=\"{x:.0}\" y=\"{y:.1}\">{}</text>", escaped(name)));
    }
}

fn decade(power: i32) -> String {
    match power {
        ..=-1 => format!("{} ms", 10_f64.powi(power)),
        0..=2 => format!("{} ms", 10_i64.pow(power.unsigned_abs())),
        _ => format!("{} s", grouped(10_usize.pow(power.unsigned_abs() - 3))),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
