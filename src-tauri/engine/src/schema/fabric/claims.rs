//! What only one object may have.

use std::net::IpAddr;

use crate::finding::Code;
use crate::schema::check::first_lane_as_whole;
use crate::schema::object::Object;
use crate::schema::read::{At, Mac, Place};
use crate::schema::spec::{ConnectionSpec, EndRole, GatewaySpec, Spec, SwitchSpec, VpcSpec};

/// Something that an object has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Claim {
    /// A port of a switch, without its lane 1, which is the same port.
    SwitchPort(Box<str>),
    /// A port of a server or a gateway.
    HostPort(Box<str>),
    /// An address of an end of a link.
    LinkAddress(IpAddr),
    LeafAsn(u32),
    Management(IpAddr),
    Protocol(IpAddr),
    Vtep(IpAddr),
    VtepMac(Mac),
    /// A VLAN of a VLANNamespace.
    Vlan(Box<str>, u16),
    /// A VPC's subnet on a connection.
    Attached(Box<str>, Box<str>),
    /// The untagged VLAN of a connection.
    Native(Box<str>),
    /// A VLAN towards externals on a connection.
    ExternalVlan(Box<str>, u16),
    /// Being a spine. Many are, and they have something in common.
    Spine,
    /// Being a peering of these two. One by the fabric and one by a gateway do not go together.
    Pair(Box<str>, Box<str>),
    /// Being a gateway peering with this side. Many are, and what they expose to it may not overlap.
    GatewayPeerOf(Box<str>),
}

impl Claim {
    /// What is wrong when two objects have it; none where many may.
    pub(super) fn code(&self) -> Option<Code> {
        Some(match self {
            Self::SwitchPort(_) | Self::HostPort(_) => Code::PortTwice,
            Self::LinkAddress(_)
            | Self::Management(_)
            | Self::Protocol(_)
            | Self::Vtep(_)
            | Self::VtepMac(_) => Code::AddressTwice,
            Self::LeafAsn(_) => Code::AsnTwice,
            Self::Vlan(..) => Code::VlanTwice,
            Self::Attached(..) => Code::AttachedTwice,
            Self::Native(_) => Code::NativeVlanTwice,
            Self::ExternalVlan(..) => Code::ExternalVlanTwice,
            Self::Spine | Self::Pair(..) | Self::GatewayPeerOf(_) => return None,
        })
    }

    /// The sentence that says it of the other who has it.
    pub(super) fn message(&self, other: &str) -> String {
        match self {
            Self::SwitchPort(port) | Self::HostPort(port) => {
                format!("The port {port} is used by {other} too.")
            }
            Self::LinkAddress(ip) => format!("The address {ip} is used by {other} too."),
            Self::LeafAsn(asn) => format!("The ASN {asn} is that of {other} too; each leaf has its own."),
            Self::Management(ip) => format!("The management address {ip} is that of {other} too."),
            Self::Protocol(ip) => format!("The protocol address {ip} is that of {other} too."),
            Self::Vtep(ip) => format!("The VTEP address {ip} is that of {other} too."),
            Self::VtepMac(_) => format!("The VTEP's MAC is that of {other} too."),
            Self::Vlan(namespace, vlan) => {
                format!("VLAN {vlan} of the VLANNamespace {namespace} is used by {other} too.")
            }
            Self::Attached(connection, subnet) => {
                format!("{other} attaches {subnet} to {connection} too.")
            }
            Self::Native(connection) => format!("{other} has the native VLAN of {connection} too."),
            Self::ExternalVlan(connection, 0) => format!("{other} takes {connection} without a VLAN too."),
            Self::ExternalVlan(connection, vlan) => format!("{other} has VLAN {vlan} on {connection} too."),
            Self::Spine | Self::Pair(..) | Self::GatewayPeerOf(_) => String::new(),
        }
    }
}

/// What an object claims, each with its place. Of an object in an older version nothing is known.
pub(super) fn claims(object: &Object) -> Vec<(Claim, Place)> {
    let mut out = Vec::new();
    if !object.current {
        return out;
    }
    match &object.spec {
        Spec::Switch(spec) => switch(spec, object.at, &mut out),
        Spec::Connection(spec) => connection(spec, &mut out),
        Spec::Gateway(spec) => gateway(spec, &mut out),
        Spec::Vpc(spec) => vpc(spec, &mut out),
        Spec::VpcAttachment(spec) => {
            if let Some(connection) = &spec.connection {
                if let (Some(subnet), Some((vpc, name))) = (&spec.subnet, spec.target()) {
                    let subnet_name = format!("{vpc}/{name}").into();
                    out.push((Claim::Attached(connection.value.as_str().into(), subnet_name), subnet.place));
                }
                if let Some(native) = spec.native_vlan.as_ref().filter(|native| native.value) {
                    out.push((Claim::Native(connection.value.as_str().into()), native.place));
                }
            }
        }
        Spec::ExternalAttachment(spec) => {
            if let Some(connection) = &spec.connection {
                let claim = Claim::ExternalVlan(connection.value.as_str().into(), spec.vlan());
                out.push((claim, connection.place));
            }
        }
        Spec::VpcPeering(spec) => pair(&spec.vpcs(), object.at, &mut out),
        Spec::GatewayPeering(spec) => {
            let sides: Vec<&str> = spec.peering.iter().map(|side| side.key.as_str()).collect();
            pair(&sides, object.at, &mut out);
            for side in spec.peering.iter() {
                out.push((Claim::GatewayPeerOf(side.key.as_str().into()), side.place));
            }
        }
        _ => {}
    }
    out
}

/// The ASN of a spine.
pub(super) fn spine_asn(object: &Object) -> Option<u32> {
    match &object.spec {
        Spec::Switch(spec) if object.current && spec.is_spine() => {
            spec.asn.as_ref().map(|asn| asn.value).filter(|asn| *asn > 0)
        }
        _ => None,
    }
}

fn pair(sides: &[&str], at: Place, out: &mut Vec<(Claim, Place)>) {
    let mut sides = sides.to_vec();
    sides.sort_unstable();
    if let [one, two] = sides.as_slice() {
        out.push((Claim::Pair((*one).into(), (*two).into()), at));
    }
}

fn address<T>(field: &Option<At<T>>, claim: impl FnOnce(&T) -> Claim, out: &mut Vec<(Claim, Place)>) {
    if let Some(field) = field {
        out.push((claim(&field.value), field.place));
    }
}

fn switch(spec: &SwitchSpec, at: Place, out: &mut Vec<(Claim, Place)>) {
    address(&spec.ip, |ip| Claim::Management(ip.addr()), out);
    address(&spec.protocol_ip, |ip| Claim::Protocol(ip.addr()), out);
    if spec.is_spine() {
        out.push((Claim::Spine, at));
    }
    // Two switches of an MCLAG pair, where one still stands, are one to the others.
    if spec.redundancy_type() != Some("mclag") {
        address(&spec.vtep_ip, |ip| Claim::Vtep(ip.addr()), out);
        if spec.is_leaf() {
            let asn = spec.asn.as_ref().filter(|asn| asn.value > 0);
            out.extend(asn.map(|asn| (Claim::LeafAsn(asn.value), asn.place)));
        }
    }
}

fn connection(spec: &ConnectionSpec, out: &mut Vec<(Claim, Place)>) {
    // What is left of MCLAG is not served any more, so its ports are free.
    if spec.mclag.is_some() || spec.mclag_domain.is_some() {
        return;
    }
    for end in spec.links().iter().flat_map(|link| &link.ends) {
        if let Some(port) = end.port.filter(|port| port.value.parts().is_some()) {
            let claim = match end.role {
                EndRole::Switch => Claim::SwitchPort(first_lane_as_whole(port.value.as_str()).into()),
                EndRole::Server | EndRole::Gateway => Claim::HostPort(port.value.as_str().into()),
            };
            out.push((claim, port.place));
        }
        if let Some(ip) = end.ip {
            out.push((Claim::LinkAddress(ip.value.addr()), ip.place));
        }
    }
}

fn gateway(spec: &GatewaySpec, out: &mut Vec<(Claim, Place)>) {
    address(&spec.protocol_ip, |ip| Claim::Protocol(ip.addr()), out);
    address(&spec.vtep_ip, |ip| Claim::Vtep(ip.addr()), out);
    address(&spec.vtep_mac, |mac| Claim::VtepMac(*mac), out);
}

fn vpc(spec: &VpcSpec, out: &mut Vec<(Claim, Place)>) {
    // A hostBGP subnet needs no VLAN; one that it names all the same is taken.
    for entry in spec.subnets.iter() {
        address(&entry.value.vlan, |vlan| Claim::Vlan(spec.vlan_namespace().into(), vlan.0), out);
    }
}
