//! What the fabric's kinds hold: their specs, typed. The fields are those of the fabric's API, v0.126.

mod connection;
mod external;
mod gateway;
mod peering;
mod switch;
mod vpc;

pub(crate) use connection::{ConnectionSpec, ConnectionType, End, EndRole, Link, StaticExternalSwitch};
pub(crate) use external::{
    AclStatement, AttachmentNeighbor, ExternalAttachmentSpec, ExternalPeeringSpec, ExternalSpec, TcpFilters,
};
pub(crate) use gateway::{Expose, GatewayAcl, GatewayPeeringSpec, GatewaySpec, Interface, Nat, PeeringSide};
pub(crate) use peering::VpcPeeringSpec;
pub(crate) use switch::{SwitchSpec, VlanNamespaceSpec};
pub(crate) use vpc::{Dhcp, DhcpOptions, Ipv4NamespaceSpec, VpcAttachmentSpec, VpcSpec, VpcSubnet};

use crate::manifest::Node;
use crate::schema::read::{Field, Opt, Read, Reader, Text, fields};
use crate::schema::shape::Shape;

/// The spec of an object, by its kind.
#[derive(Debug, Clone)]
pub(crate) enum Spec {
    Switch(Box<SwitchSpec>),
    SwitchGroup,
    Server,
    Connection(Box<ConnectionSpec>),
    VlanNamespace(VlanNamespaceSpec),
    Ipv4Namespace(Ipv4NamespaceSpec),
    Vpc(Box<VpcSpec>),
    VpcAttachment(Box<VpcAttachmentSpec>),
    VpcPeering(Box<VpcPeeringSpec>),
    External(Box<ExternalSpec>),
    ExternalAttachment(Box<ExternalAttachmentSpec>),
    ExternalPeering(Box<ExternalPeeringSpec>),
    Gateway(Box<GatewaySpec>),
    GatewayGroup,
    GatewayPeering(Box<GatewayPeeringSpec>),
    /// A kind that the table lacks: nothing is known of what it holds.
    Unknown,
}

impl Spec {
    /// Reads the spec of an object of this kind. An absent one is an empty one.
    pub(crate) fn read(kind: &str, object: &Node, reader: &mut Reader) -> Self {
        let Some(node) = object.get("spec") else { return Self::absent(kind) };
        reader.below("spec", |reader| match kind {
            "Switch" => Self::Switch(boxed(node, reader)),
            "SwitchGroup" => {
                boxed::<Empty>(node, reader);
                Self::SwitchGroup
            }
            "Server" => {
                boxed::<ServerSpec>(node, reader);
                Self::Server
            }
            "Connection" => Self::Connection(boxed(node, reader)),
            "VLANNamespace" => Self::VlanNamespace(*boxed(node, reader)),
            "IPv4Namespace" => Self::Ipv4Namespace(*boxed(node, reader)),
            "VPC" => Self::Vpc(boxed(node, reader)),
            "VPCAttachment" => Self::VpcAttachment(boxed(node, reader)),
            "VPCPeering" => Self::VpcPeering(boxed(node, reader)),
            "External" => Self::External(boxed(node, reader)),
            "ExternalAttachment" => Self::ExternalAttachment(boxed(node, reader)),
            "ExternalPeering" => Self::ExternalPeering(boxed(node, reader)),
            "Gateway" => Self::Gateway(boxed(node, reader)),
            "GatewayGroup" => {
                boxed::<Empty>(node, reader);
                Self::GatewayGroup
            }
            "GatewayPeering" => Self::GatewayPeering(boxed(node, reader)),
            _ => Self::Unknown,
        })
    }

    /// What the spec of an object of this kind may hold; none for a kind that the table lacks.
    pub(crate) fn shape(kind: &str) -> Option<Shape> {
        Some(match kind {
            "Switch" => SwitchSpec::shape(),
            "SwitchGroup" | "GatewayGroup" => Empty::shape(),
            "Server" => ServerSpec::shape(),
            "Connection" => ConnectionSpec::shape(),
            "VLANNamespace" => VlanNamespaceSpec::shape(),
            "IPv4Namespace" => Ipv4NamespaceSpec::shape(),
            "VPC" => VpcSpec::shape(),
            "VPCAttachment" => VpcAttachmentSpec::shape(),
            "VPCPeering" => VpcPeeringSpec::shape(),
            "External" => ExternalSpec::shape(),
            "ExternalAttachment" => ExternalAttachmentSpec::shape(),
            "ExternalPeering" => ExternalPeeringSpec::shape(),
            "Gateway" => GatewaySpec::shape(),
            "GatewayPeering" => GatewayPeeringSpec::shape(),
            _ => return None,
        })
    }

    fn absent(kind: &str) -> Self {
        match kind {
            "Switch" => Self::Switch(Box::default()),
            "SwitchGroup" => Self::SwitchGroup,
            "Server" => Self::Server,
            "Connection" => Self::Connection(Box::default()),
            "VLANNamespace" => Self::VlanNamespace(VlanNamespaceSpec::default()),
            "IPv4Namespace" => Self::Ipv4Namespace(Ipv4NamespaceSpec::default()),
            "VPC" => Self::Vpc(Box::default()),
            "VPCAttachment" => Self::VpcAttachment(Box::default()),
            "VPCPeering" => Self::VpcPeering(Box::default()),
            "External" => Self::External(Box::default()),
            "ExternalAttachment" => Self::ExternalAttachment(Box::default()),
            "ExternalPeering" => Self::ExternalPeering(Box::default()),
            "Gateway" => Self::Gateway(Box::default()),
            "GatewayGroup" => Self::GatewayGroup,
            "GatewayPeering" => Self::GatewayPeering(Box::default()),
            _ => Self::Unknown,
        }
    }
}

fn boxed<T: Read + Default>(node: &Node, reader: &mut Reader) -> Box<T> {
    Box::new(Opt::<T>::read_field(node, reader).map(|at| at.value).unwrap_or_default())
}

fields! {
    /// A spec without fields.
    Empty {}

    /// A server: nothing of it is checked but its fields.
    ServerSpec {
        description: Text = "description",
        profile: Text = "profile",
    }
}
