//! Peerings of VPCs.

use crate::finding::Code;
use crate::schema::check::missing;
use crate::schema::read::{Place, Problem};
use crate::schema::spec::VpcPeeringSpec;

pub(super) fn check(spec: &VpcPeeringSpec, at: Place, out: &mut Vec<Problem>) {
    if let Some(remote) = &spec.remote {
        let message = "The fabric does not serve remote peerings any more.";
        out.push(Problem::new(Code::PeeringRemote, remote.place, message).hint("Take remote out."));
    }
    if spec.permit.is_empty() {
        out.push(missing(at, "spec.permit").hint("Name two VPCs in it."));
        return;
    }
    let mut told = false;
    for (index, permit) in spec.permit.iter().enumerate() {
        if permit.value.len() != 2 {
            let names = match permit.value.len() {
                0 => "no VPC".to_owned(),
                1 => "one VPC".to_owned(),
                count => format!("{count} VPCs"),
            };
            let message = format!("spec.permit[{index}] names {names}; a peering is of two.");
            out.push(
                Problem::new(Code::PeeringSides, permit.place, message).hint("Make a peering for each pair."),
            );
            told = true;
        }
    }
    let vpcs = spec.vpcs();
    if !told && vpcs.len() != 2 {
        let message = format!("The peering names {} in all; it is of two VPCs.", vpcs.join(", "));
        out.push(Problem::new(Code::PeeringSides, at, message).hint("Make a peering for each pair."));
    }
}
