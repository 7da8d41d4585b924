//! What a VPC reaches: by its attachments, by its peerings, by what is outside.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::catalog::id_of;
use crate::schema::{EndRole, Object, Spec};
use crate::topology::view::{TopologyLink, VpcReach, VpcSubnetView};

#[derive(Default)]
struct Reach<'a> {
    connections: BTreeSet<&'a str>,
    externals: BTreeSet<String>,
    peers: BTreeSet<String>,
}

/// One entry a VPC, in the order of their names. `objects` are in order.
pub(super) fn reach(objects: &[&Object], links: &[TopologyLink]) -> Vec<VpcReach> {
    let mut reaches: BTreeMap<&str, Reach<'_>> = BTreeMap::new();
    let mut cables = HashMap::new();
    for object in objects {
        match &object.spec {
            Spec::VpcAttachment(spec) => {
                if let (Some((vpc, _)), Some(connection)) = (spec.target(), &spec.connection) {
                    reaches.entry(vpc).or_default().connections.insert(&connection.value);
                }
            }
            Spec::VpcPeering(spec) => peer(&mut reaches, &spec.vpcs()),
            Spec::GatewayPeering(spec) => {
                let sides: Vec<&str> = spec.peering.iter().map(|side| side.key.as_str()).collect();
                peer(&mut reaches, &sides);
            }
            Spec::ExternalPeering(spec) => {
                let permit = spec.permit.as_ref().map(|at| &at.value);
                let vpc = permit.and_then(|permit| permit.vpc.as_ref()?.value.name.as_ref());
                let external = permit.and_then(|permit| permit.external.as_ref()?.value.name.as_ref());
                if let (Some(vpc), Some(external)) = (vpc, external) {
                    let id = format!("External/{}", external.value);
                    reaches.entry(&vpc.value).or_default().externals.insert(id);
                }
            }
            Spec::Connection(spec) => {
                cables.insert(object.id.name.as_str(), spec);
                if let Some(vpc) = spec.within_vpc() {
                    reaches.entry(&vpc.value).or_default().connections.insert(&object.id.name);
                }
            }
            _ => {}
        }
    }
    let mut of_object: HashMap<&str, Vec<&TopologyLink>> = HashMap::new();
    for link in links {
        of_object.entry(&link.object).or_default().push(link);
    }
    let vpcs = objects.iter().filter_map(|object| match &object.spec {
        Spec::Vpc(spec) => Some((object, spec)),
        _ => None,
    });
    vpcs.map(|(object, spec)| {
        let reach = reaches.remove(object.id.name.as_str()).unwrap_or_default();
        let (mut servers, mut switches) = (BTreeSet::new(), BTreeSet::new());
        let mut through = Vec::new();
        for connection in &reach.connections {
            if let Some(cable) = cables.get(connection) {
                servers.extend(cable.devices(EndRole::Server).iter().map(|name| format!("Server/{name}")));
                switches.extend(cable.devices(EndRole::Switch).iter().map(|name| format!("Switch/{name}")));
            }
            let links = of_object.get(format!("Connection/{connection}").as_str());
            through.extend(links.into_iter().flatten().map(|link| link.id.clone()));
        }
        VpcReach {
            id: id_of(&object.id),
            name: object.id.name.clone(),
            subnets: spec
                .subnets
                .iter()
                .map(|subnet| VpcSubnetView {
                    name: subnet.key.clone(),
                    cidr: subnet.value.subnet.as_ref().map(|at| at.value.to_string()),
                    vlan: subnet.value.vlan.as_ref().map(|at| at.value.0.to_string()),
                })
                .collect(),
            servers: servers.into_iter().collect(),
            switches: switches.into_iter().collect(),
            links: through,
            externals: reach.externals.into_iter().collect(),
            peers: reach.peers.into_iter().collect(),
            change: None,
        }
    })
    .collect()
}

/// Each of these reaches each other one. In a gateway's peering, `ext.name` is an external.
fn peer<'a>(reaches: &mut BTreeMap<&'a str, Reach<'a>>, sides: &[&'a str]) {
    for side in sides.iter().filter(|side| !side.starts_with("ext.")) {
        let reach = reaches.entry(side).or_default();
        for other in sides.iter().filter(|other| other != &side) {
            match other.strip_prefix("ext.") {
                Some(external) => reach.externals.insert(format!("External/{external}")),
                None => reach.peers.insert(format!("VPC/{other}")),
            };
        }
    }
}
