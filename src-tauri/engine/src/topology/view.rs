//! A fabric as a drawing: what is wired, and what its VPCs reach.

use serde::{Deserialize, Serialize};

use crate::id::RepoPath;

/// A fabric's wiring.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TopologyView {
    /// What is wired, and what the wiring names.
    pub nodes: Vec<TopologyNode>,
    /// One cable each.
    pub links: Vec<TopologyLink>,
    /// What each VPC reaches.
    pub vpcs: Vec<VpcReach>,
    /// What the changes come from; empty where nothing pends.
    pub pending: Vec<PendingSource>,
}

/// A gateway, switch, server or external.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TopologyNode {
    /// `Switch/leaf-01`: the object's identity, or, of what is outside and no object, its connection's.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is drawn.
    pub kind: NodeKind,
    /// A switch's role, as it is written.
    pub role: Option<String>,
    /// The switches that stand in for each other with it.
    pub group: Option<String>,
    /// `mclag` or `eslag`.
    pub group_type: Option<String>,
    /// What else is known, as label and value.
    pub detail: Vec<(String, String)>,
    /// Its object's file; none of what is only named by others.
    pub file: Option<RepoPath>,
    /// Whether it is only named by others.
    pub missing: bool,
    /// What becomes of it by what pends.
    pub change: Option<TopologyChange>,
}

/// What stands at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum NodeKind {
    /// A gateway.
    Gateway,
    /// A switch that is a spine.
    Spine,
    /// A switch that is a leaf of any sort.
    Leaf,
    /// A switch of another role, or of none that is known.
    Switch,
    /// A server.
    Server,
    /// A network outside of the fabric.
    External,
}

/// One cable, or what stands for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TopologyLink {
    /// Its own name in this view.
    pub id: String,
    /// The object that it stands in: `Connection/…` or `ExternalAttachment/…`.
    pub object: String,
    /// That object's file.
    pub file: Option<RepoPath>,
    /// What it is for.
    pub kind: LinkKind,
    /// The upper node.
    pub a: String,
    /// The port there.
    pub a_port: Option<String>,
    /// The lower node.
    pub b: String,
    /// The port there.
    pub b_port: Option<String>,
    /// What becomes of it by what pends.
    pub change: Option<TopologyChange>,
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum LinkKind {
    /// A spine and a leaf.
    Fabric,
    /// Two leaves.
    Mesh,
    /// Two switches of an MCLAG domain, for data.
    MclagPeer,
    /// The same, for their session.
    MclagSession,
    /// A server on an MCLAG pair.
    Mclag,
    /// A server on an ESLAG group.
    Eslag,
    /// A server's links that act as one.
    Bundled,
    /// A server's one link.
    Unbundled,
    /// A switch with itself.
    VpcLoopback,
    /// A switch and a gateway.
    Gateway,
    /// The outside.
    External,
    /// The outside, without BGP, in a VPC.
    StaticExternal,
    /// An external on a connection.
    ExternalAttachment,
}

/// What a VPC reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VpcReach {
    /// `VPC/vpc-1`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its subnets.
    pub subnets: Vec<VpcSubnetView>,
    /// Nodes that are attached to it.
    pub servers: Vec<String>,
    /// Switches that carry it to those.
    pub switches: Vec<String>,
    /// Links that do.
    pub links: Vec<String>,
    /// Externals that it is peered with.
    pub externals: Vec<String>,
    /// VPCs that it is peered with.
    pub peers: Vec<String>,
    /// What becomes of it by what pends.
    pub change: Option<TopologyChange>,
}

/// A subnet of a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VpcSubnetView {
    /// Its name.
    pub name: String,
    /// Its prefix.
    pub cidr: Option<String>,
    /// Its VLAN.
    pub vlan: Option<String>,
}

/// What becomes of a part of a fabric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum TopologyChange {
    /// It comes.
    Added,
    /// It stays, and is another.
    Changed,
    /// It goes.
    Removed,
}

/// What a pending change comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum PendingSource {
    /// The remote has more.
    Incoming,
    /// Files wait in the inbox.
    Inbox,
    /// Files were changed by hand and are in no commit.
    Edits,
}
