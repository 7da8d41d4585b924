//! A fabric's drawing as a file that other programs open. Pure: a view goes in, a text comes out, and the same
//! view in any order makes the same bytes.

mod dot;
mod drawio;
mod layout;
mod look;
mod mermaid;
mod order;
mod scene;
mod svg;
#[cfg(test)]
mod tests;
mod words;
mod xml;

use crate::topology::view::TopologyView;
use crate::visible::visible;

use scene::Scene;

/// What a drawing can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiagramFormat {
    /// A picture that needs nothing else: no script, no font, no style sheet.
    Svg,
    /// A flowchart for a page in Markdown. Mermaid lays it out.
    Mermaid,
    /// A graph for Graphviz, which lays it out.
    Dot,
    /// A file that diagrams.net opens, with every node and link to be moved by hand.
    Drawio,
}

/// Draws a fabric that is called `name`. Every node is in it, and every link whose ends are nodes of the view;
/// what pends is marked. What the objects say is only ever text in it, whatever it is made of.
pub fn diagram(view: &TopologyView, name: &str, format: DiagramFormat) -> String {
    let (view, name) = (written_out(view), visible(name));
    let scene = Scene::new(&view);
    match format {
        DiagramFormat::Svg => svg::draw(&scene, &name),
        DiagramFormat::Mermaid => mermaid::draw(&scene, &name),
        DiagramFormat::Dot => dot::draw(&scene, &name),
        DiagramFormat::Drawio => drawio::draw(&scene, &name),
    }
}

/// The view with what would hide in its words, or turn them around, written out.
fn written_out(view: &TopologyView) -> TopologyView {
    let mut view = view.clone();
    let shown = |text: &mut String| *text = visible(text).into_owned();
    for node in &mut view.nodes {
        shown(&mut node.id);
        shown(&mut node.name);
        node.role.iter_mut().chain(&mut node.group).chain(&mut node.group_type).for_each(shown);
        for (label, value) in &mut node.detail {
            shown(label);
            shown(value);
        }
    }
    for link in &mut view.links {
        [&mut link.id, &mut link.object, &mut link.a, &mut link.b].into_iter().for_each(shown);
        link.a_port.iter_mut().chain(&mut link.b_port).for_each(shown);
    }
    view
}
