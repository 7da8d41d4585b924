//! VPCs that reach each other through the fabric.

use crate::schema::read::{List, Map, Text, fields};

fields! {
    /// A peering of two VPCs.
    VpcPeeringSpec {
        /// What may reach what: each entry has both VPCs.
        permit: List<Map<PermitSide>> = "permit",
        /// Where another switch group does it; removed from the fabric.
        remote: Text = "remote",
    }

    /// One VPC of a peering; all of its subnets where none is named.
    PermitSide {
        subnets: List<String> = "subnets",
    }
}

impl VpcPeeringSpec {
    /// The VPCs that it names, each once, in order.
    pub(crate) fn vpcs(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.permit.iter().flat_map(|permit| permit.value.iter().map(|side| side.key.as_str())).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
