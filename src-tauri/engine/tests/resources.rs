//! Objects as a person looks through them, and drafts before they are saved.

use fgd_engine::{
    Draft, DraftReport, Edit, ErrorCode, FabricId, LineChange, Outcome, RepoPath, ResourcePage,
    ResourceQuery, Trigger,
};

use crate::lab::{Lab, switch};

const LEAF: &str = "lab/managed/switches/leaf-01.yaml";

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a path")
}

fn connection(name: &str, leaf: &str, port: &str) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Connection\nmetadata:\n  name: {name}\nspec:\n  unbundled:\n    \
         link:\n      server: {{port: box-1/{port}}}\n      switch: {{port: {leaf}/E1/1}}\n"
    )
}

fn vpc(name: &str, subnet: &str) -> String {
    format!(
        "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata:\n  name: {name}\nspec:\n  subnets:\n    \
         main: {{subnet: {subnet}, vlan: 1001}}\n"
    )
}

impl Lab {
    async fn find(&self, id: &FabricId, text: &str) -> ResourcePage {
        let query = ResourceQuery { text: text.to_owned(), limit: 500, ..ResourceQuery::default() };
        self.engine.resources(id.clone(), query).await.expect("a page")
    }

    async fn ids(&self, id: &FabricId, text: &str) -> Vec<String> {
        self.find(id, text).await.rows.into_iter().map(|row| row.id).collect()
    }

    async fn draft(
        &self,
        id: &FabricId,
        file: Option<&str>,
        base: Option<String>,
        text: &str,
    ) -> DraftReport {
        let draft = Draft { file: file.map(path), base, text: text.to_owned() };
        self.engine.check_draft(id.clone(), draft).await.expect("a report")
    }

    /// A fabric with a leaf and a connection to it.
    async fn wired() -> (Self, FabricId) {
        let (lab, id) = Self::with_fabric().await;
        lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
        lab.drop_raw("box.yaml", &connection("box-1", "leaf-01", "nic1"));
        assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
        (lab, id)
    }
}

fn codes(report: &DraftReport) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_are_found_and_what_changes_is_seen() {
    let (lab, id) = Lab::wired().await;
    assert_eq!(lab.ids(&id, "").await, ["Switch/leaf-01", "Connection/box-1"]);
    assert_eq!(lab.ids(&id, "ref:Switch/leaf-01").await, ["Connection/box-1"]);
    let page = lab.find(&id, "kind:Switch").await;
    assert_eq!((page.total, page.all, page.rows[0].cells[0].as_str()), (1, 2, "spine"));
    assert!(page.rows[0].errors > 0, "it has no profile");
    // An edit by hand, and then a commit.
    std::fs::write(lab.clone.join(LEAF), switch("leaf-01", "border-leaf")).expect("written");
    lab.view(&id).await;
    let page = lab.find(&id, "role:border-leaf").await;
    assert!(page.rows.len() == 1 && page.rows[0].is_edited, "{page:?}");
    assert_eq!(lab.ids(&id, "has:edit").await, ["Switch/leaf-01"]);
    lab.drop_raw("more.yaml", &switch("leaf-02", "spine"));
    lab.sync(&id).await;
    assert_eq!(lab.ids(&id, "kind:switch").await, ["Switch/leaf-01", "Switch/leaf-02"]);
    assert_eq!(lab.ids(&id, "has:edit").await, [""; 0]);
    // A teammate's deletion arrives.
    let edit = Edit {
        base: lab
            .engine
            .object_text(id.clone(), path("lab/managed/switches/leaf-02.yaml"))
            .await
            .expect("text")
            .blob,
        file: Some(path("lab/managed/switches/leaf-02.yaml")),
        text: None,
    };
    lab.engine.edit(id.clone(), edit, Trigger::Command).await.expect("deleted");
    assert_eq!(lab.ids(&id, "kind:switch").await, ["Switch/leaf-01"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_object_is_shown_with_what_it_names_and_who_names_it() {
    let (lab, id) = Lab::wired().await;
    let leaf = lab.engine.resource(id.clone(), path(LEAF)).await.expect("a leaf");
    assert_eq!(leaf.row.id, "Switch/leaf-01");
    assert!(leaf.text.contains("name: leaf-01 # rack 1") && leaf.blob.is_some());
    let role = leaf.fields.iter().find(|field| field.path == "spec.role").expect("a role");
    let line = leaf.text.lines().position(|line| line.contains("role:")).expect("a line") + 1;
    assert_eq!((role.value.as_deref(), role.line), (Some("spine"), u32::try_from(line).ok()));
    assert!(
        leaf.findings.iter().any(|finding| finding.message.contains("spec.profile")),
        "{:?}",
        leaf.findings
    );
    let by: Vec<_> = leaf.referred_by.iter().map(|by| (by.id.as_str(), by.path.as_str())).collect();
    assert_eq!(by, [("Connection/box-1", "spec.unbundled.link.switch.port")]);
    let connection = path("lab/managed/connections/box-1.yaml");
    let connection = lab.engine.resource(id.clone(), connection).await.expect("a connection");
    let to: Vec<_> = connection.refers_to.iter().map(|to| (to.id.as_str(), to.file.is_some())).collect();
    assert_eq!(to, [("Server/box-1", false), ("Switch/leaf-01", true)]);
    // What can't be read is shown as it is; what is not there, or elsewhere, is not.
    std::fs::write(lab.clone.join(LEAF), "kind: [").expect("written");
    lab.view(&id).await;
    let broken = lab.engine.resource(id.clone(), path(LEAF)).await.expect("a file");
    assert_eq!(
        (broken.row.kind.as_str(), broken.row.name.as_str(), broken.row.errors),
        ("", "leaf-01.yaml", 1)
    );
    assert_eq!((broken.text.as_str(), broken.fields.len(), broken.row.is_edited), ("kind: [", 0, true));
    for other in ["lab/managed/switches/leaf-09.yaml", "lab/.hnp/manifest.yaml", "lab/managed"] {
        let error = lab.engine.resource(id.clone(), path(other)).await.expect_err(other);
        assert_eq!(error.code(), ErrorCode::NoObjectFile, "{other}");
    }
    for (name, file) in
        [("switch/LEAF-01", None), ("connection/box-1", Some("lab/managed/connections/box-1.yaml"))]
    {
        let found = lab.engine.resource_file(id.clone(), name.to_owned()).await.expect("an answer");
        assert_eq!(found, file.map(path), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_judged_and_nothing_is_written() {
    let (lab, id) = Lab::wired().await;
    let before = lab.engine.object_text(id.clone(), path(LEAF)).await.expect("a text");
    let good = before.text.replace("role: spine", "role: border-leaf");

    let report = lab.draft(&id, Some(LEAF), before.blob.clone(), &good).await;
    assert_eq!(
        (report.id.as_deref(), report.is_new, &report.collides),
        (Some("Switch/leaf-01"), false, &None)
    );
    let changed: Vec<_> = report.diff.iter().filter(|line| line.is != LineChange::Same).collect();
    assert_eq!(
        (changed.len(), changed[1].text.as_str(), report.text),
        (2, "  role: border-leaf", good.clone())
    );

    // What is wrong with it is told, though it was wrong before.
    let wrong = lab.draft(&id, Some(LEAF), before.blob.clone(), &before.text).await;
    assert!(codes(&wrong).contains(&"FGD-403"), "the profile is missing: {wrong:?}");
    let role = before.text.replace("role: spine", "role: leaf");
    assert!(codes(&lab.draft(&id, Some(LEAF), before.blob.clone(), &role).await).contains(&"FGD-404"));

    let stale = lab.draft(&id, Some(LEAF), Some("0".repeat(40)), &good).await;
    assert_eq!(codes(&stale)[0], "FGD-304");
    assert_eq!(stale.findings[0].message, "The file has changed since this was begun.");

    let invalid = lab.draft(&id, Some(LEAF), before.blob.clone(), "kind: [\n").await;
    assert_eq!((invalid.id.clone(), codes(&invalid)), (None, vec!["FGD-101"]));
    assert!(invalid.findings[0].line.is_some());

    let other = connection("leaf-01", "leaf-01", "nic1");
    let kind = lab.draft(&id, Some(LEAF), before.blob.clone(), &other).await;
    assert_eq!((kind.id.as_deref(), codes(&kind)), (Some("Connection/leaf-01"), vec!["FGD-307"]));
    let foreign = lab.draft(&id, None, None, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n").await;
    assert_eq!((foreign.id.clone(), codes(&foreign)), (None, vec!["FGD-207"]));

    let again = lab.draft(&id, None, None, &switch("leaf-01", "spine")).await;
    assert_eq!((again.collides, again.is_new), (Some(path(LEAF)), false));
    let new = lab.draft(&id, None, None, &vpc("web", "10.0.1.0/24")).await;
    assert_eq!((new.id.as_deref(), new.is_new, new.collides.is_none()), (Some("VPC/web"), true, true));
    assert!(new.diff.iter().all(|line| line.is == LineChange::Added), "{new:?}");
    let lost = lab.draft(&id, None, None, &connection("box-2", "leaf-77", "nic2")).await;
    assert!(codes(&lost).contains(&"FGD-501"), "there is no such leaf: {lost:?}");

    let outside = Draft { file: Some(path("lab/raw/x.yaml")), base: None, text: good };
    let error = lab.engine.check_draft(id.clone(), outside).await.expect_err("outside");
    assert_eq!(error.code(), ErrorCode::NoObjectFile);
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Unchanged, "nothing was written");
    assert_eq!(lab.ids(&id, "").await, ["Switch/leaf-01", "Connection/box-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_says_what_it_would_break_elsewhere() {
    let (lab, id) = Lab::wired().await;
    let two = connection("box-2", "leaf-01", "nic2");
    let report = lab.draft(&id, None, None, &two).await;
    let twice: Vec<_> = report.findings.iter().filter(|finding| finding.code.as_str() == "FGD-520").collect();
    let names: Vec<_> = twice.iter().filter_map(|finding| finding.name.as_deref()).collect();
    assert_eq!(names, ["box-2", "box-1"], "both connections use the port");
}
