//! The drawing of a fabric, with what pends: edits by hand, what the remote has more, what waits in the inbox.

use fgd_engine::{FabricId, OperationKind, Outcome, PendingSource, TopologyChange, TopologyView};

use crate::lab::{Lab, switch};

impl Lab {
    async fn drawn(&self, id: &FabricId) -> TopologyView {
        self.engine.topology(id.clone()).await.expect("a drawing")
    }
}

fn nodes(view: &TopologyView) -> Vec<(&str, Option<TopologyChange>)> {
    let mut nodes: Vec<_> = view.nodes.iter().map(|node| (node.name.as_str(), node.change)).collect();
    nodes.sort_by_key(|(name, _)| *name);
    nodes
}

#[tokio::test(flavor = "multi_thread")]
async fn what_pends_is_drawn_wherever_it_comes_from() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &format!("{}---\n{}", switch("leaf-01", "spine"), switch("leaf-02", "spine")));
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
    let view = lab.drawn(&id).await;
    assert_eq!(nodes(&view), [("leaf-01", None), ("leaf-02", None)]);
    assert_eq!(view.pending, []);

    // By hand: one is changed, one is gone, and neither is committed yet.
    let at = |name: &str| lab.clone.join(format!("lab/managed/switches/{name}.yaml"));
    let text = std::fs::read_to_string(at("leaf-01")).expect("the switch");
    std::fs::write(at("leaf-01"), text.replace("role: spine", "role: server-leaf")).expect("written");
    std::fs::remove_file(at("leaf-02")).expect("removed");
    let view = lab.drawn(&id).await;
    assert_eq!(
        nodes(&view),
        [("leaf-01", Some(TopologyChange::Changed)), ("leaf-02", Some(TopologyChange::Removed))]
    );
    assert_eq!(view.pending, [PendingSource::Edits]);
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);

    // A colleague's, fetched and not taken over; and a file that waits.
    lab.teammate_pushes("lab/managed/switches/leaf-03.yaml", &switch("leaf-03", "spine"));
    assert_eq!(lab.run(&id, OperationKind::Pull).await.outcome, Outcome::Done);
    lab.teammate_pushes("lab/managed/switches/leaf-04.yaml", &switch("leaf-04", "spine"));
    crate::lab::git(&lab.clone, &["fetch", "-q", "origin"]);
    lab.drop_raw("five.yaml", &switch("leaf-05", "spine"));
    let view = lab.drawn(&id).await;
    assert_eq!(
        nodes(&view),
        [
            ("leaf-01", None),
            ("leaf-03", None),
            ("leaf-04", Some(TopologyChange::Added)),
            ("leaf-05", Some(TopologyChange::Added))
        ]
    );
    assert_eq!(view.pending, [PendingSource::Incoming, PendingSource::Inbox]);
    let commits = lab.commits();
    assert_eq!(lab.drawn(&id).await, view, "looking changes nothing");
    assert_eq!(lab.commits(), commits);
}
