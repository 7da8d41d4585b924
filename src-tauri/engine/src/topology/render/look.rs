//! How things look, on a light ground: the same as in the window (`ui/src/topology/linkKinds.ts`).

use crate::topology::view::{LinkKind, TopologyChange};

/// How a kind of link is drawn.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) kind: LinkKind,
    pub(super) label: &'static str,
    pub(super) colour: &'static str,
    /// Lengths of dashes and gaps; none is a plain line.
    pub(super) dash: Option<&'static str>,
}

const fn look(kind: LinkKind, label: &'static str, colour: &'static str, dash: Option<&'static str>) -> Look {
    Look { kind, label, colour, dash }
}

/// Every kind, in the order of the legend: from the top of the picture down.
pub(super) const LOOKS: [Look; 13] = [
    look(LinkKind::Gateway, "Gateway", "#d6b656", None),
    look(LinkKind::Fabric, "Fabric", "#b85450", None),
    look(LinkKind::Mesh, "Mesh", "#6c8ebf", None),
    look(LinkKind::MclagPeer, "MCLAG peer", "#0b7a84", None),
    look(LinkKind::MclagSession, "MCLAG session", "#0b7a84", Some("2 3")),
    look(LinkKind::VpcLoopback, "VPC loopback", "#8d4f22", None),
    look(LinkKind::Mclag, "MCLAG", "#8757a3", None),
    look(LinkKind::Eslag, "ESLAG", "#d79b00", Some("6 4")),
    look(LinkKind::Bundled, "Bundled", "#82b366", None),
    look(LinkKind::Unbundled, "Unbundled", "#666666", None),
    look(LinkKind::External, "External", "#d79b00", None),
    look(LinkKind::StaticExternal, "Static external", "#d79b00", Some("2 4")),
    look(LinkKind::ExternalAttachment, "External attachment", "#d79b00", Some("10 3 2 3")),
];

/// How this kind is drawn.
pub(super) fn look_of(kind: LinkKind) -> &'static Look {
    let at = match kind {
        LinkKind::Gateway => 0,
        LinkKind::Fabric => 1,
        LinkKind::Mesh => 2,
        LinkKind::MclagPeer => 3,
        LinkKind::MclagSession => 4,
        LinkKind::VpcLoopback => 5,
        LinkKind::Mclag => 6,
        LinkKind::Eslag => 7,
        LinkKind::Bundled => 8,
        LinkKind::Unbundled => 9,
        LinkKind::External => 10,
        LinkKind::StaticExternal => 11,
        LinkKind::ExternalAttachment => 12,
    };
    &LOOKS[at]
}

/// The dashes of what goes.
pub(super) const GONE_DASH: &str = "5 3";

/// The colour of what pends.
pub(super) const fn change_colour(change: TopologyChange) -> &'static str {
    match change {
        TopologyChange::Added => "#12693a",
        TopologyChange::Changed => "#855000",
        TopologyChange::Removed => "#b3261e",
    }
}

/// Its word.
pub(super) const fn change_word(change: TopologyChange) -> &'static str {
    match change {
        TopologyChange::Added => "added",
        TopologyChange::Changed => "changed",
        TopologyChange::Removed => "removed",
    }
}

/// Its sign, where there is no room for the word.
pub(super) const fn change_sign(change: TopologyChange) -> &'static str {
    match change {
        TopologyChange::Added => "+",
        TopologyChange::Changed => "~",
        TopologyChange::Removed => "−",
    }
}

/// The three, in the order of the legend.
pub(super) const CHANGES: [TopologyChange; 3] =
    [TopologyChange::Added, TopologyChange::Changed, TopologyChange::Removed];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_has_the_look_of_its_own_that_the_window_has() {
        let ui = include_str!("../../../../../ui/src/topology/linkKinds.ts");
        let theirs: HashSet<String> = ui
            .split("kind: \"")
            .skip(1)
            .map(|text| text.split('}').next().unwrap_or_default().split_whitespace().collect::<String>())
            .map(|text| text.trim_end_matches(',').replace('"', ""))
            .collect();
        let ours: HashSet<String> = LOOKS
            .iter()
            .map(|look| {
                assert_eq!(look_of(look.kind).kind, look.kind);
                let kind = serde_json::to_value(look.kind).expect("a word");
                let dash = look.dash.unwrap_or("null");
                let text = format!(
                    "{},label:{},light:{},dash:{dash}",
                    kind.as_str().expect("a word"),
                    look.label,
                    look.colour
                );
                text.replace(' ', "")
            })
            .collect();
        assert_eq!(ours, theirs);
    }
}
