//! The text that a new object begins with: what its kind can't be without, to be filled in.

use crate::schema::KINDS;

/// A text for a new object of this kind. Of a kind that the table lacks it is the head alone, and its
/// apiVersion is for its author to write.
pub(crate) fn new_object(kind: &str, name: &str) -> String {
    let info = KINDS.iter().find(|info| info.kind == kind);
    let version = info.map_or_else(String::new, |info| format!(" {}/{}", info.group, info.version));
    let (kind, name) = (plain(kind), plain(name));
    format!(
        "apiVersion:{version}\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: default\n{}",
        spec(&kind)
    )
}

/// A word as it is; anything else in quotes, since it may be typed by anybody.
fn plain(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
    // What YAML takes for something else than a text.
    let is_other = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if is_word && !is_other.contains(&text.to_ascii_lowercase().as_str()) {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

fn spec(kind: &str) -> &'static str {
    match kind {
        "Switch" => {
            "spec:\n  role: server-leaf # or spine, border-leaf, mixed-leaf\n  profile: \"\" # the switch's model\n  description: \"\"\n  boot:\n    serial: \"\" # or mac\n"
        }
        "Server" => "spec:\n  description: \"\"\n",
        "Connection" => {
            "spec:\n  unbundled: # or bundled, eslag, fabric, mesh, gateway, external\n    link:\n      server:\n        port: \"\" # server/port\n      switch:\n        port: \"\" # switch/E1/1\n"
        }
        "VLANNamespace" => "spec:\n  ranges:\n  - from: 1000\n    to: 2999\n",
        "IPv4Namespace" => "spec:\n  subnets:\n  - 10.0.0.0/16\n",
        "VPC" => {
            "spec:\n  ipv4Namespace: default\n  vlanNamespace: default\n  subnets:\n    default:\n      subnet: \"\" # 10.0.1.0/24\n      vlan: 0 # one of the VLAN namespace\n"
        }
        "VPCAttachment" => "spec:\n  subnet: \"\" # vpc/subnet\n  connection: \"\"\n",
        "VPCPeering" => "spec:\n  permit:\n  - vpc-1: {}\n    vpc-2: {}\n",
        "External" => {
            "spec:\n  ipv4Namespace: default\n  inboundCommunity: \"\" # 65102:5000\n  outboundCommunity: \"\"\n"
        }
        "ExternalAttachment" => {
            "spec:\n  external: \"\"\n  connection: \"\" # of type external\n  switch:\n    ip: \"\" # 100.1.10.1/24\n  neighbor:\n    asn: 0\n    ip: \"\" # 100.1.10.6\n"
        }
        "ExternalPeering" => {
            "spec:\n  permit:\n    vpc:\n      name: \"\"\n      subnets:\n      - default\n    external:\n      name: \"\"\n      prefixes:\n      - prefix: 0.0.0.0/0\n"
        }
        "Gateway" => {
            "spec:\n  asn: 0\n  protocolIP: \"\" # 172.30.8.9/32\n  vtepIP: \"\" # 172.30.12.9/32\n  groups:\n  - name: default\n    priority: 0\n  interfaces: {}\n  neighbors:\n  - ip: \"\"\n    asn: 0\n"
        }
        "GatewayPeering" => {
            "spec:\n  gatewayGroup: default\n  peering:\n    vpc-1:\n      expose:\n      - ips:\n        - vpcSubnet: default\n    vpc-2: # or ext.external\n      expose:\n      - ips:\n        - vpcSubnet: default\n"
        }
        _ => "spec: {}\n",
    }
}
