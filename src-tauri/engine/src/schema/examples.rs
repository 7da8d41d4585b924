//! For every code an example that really yields it. `FINDINGS.md` is made of them.

use super::Fabric;
use super::testing::{documents, dropped, objects, schemas};
use crate::finding::{Code, Finding, Weight};

/// What yields a code.
enum Example {
    /// Documents: `Kind name` each, with the lines of its spec. `# here` marks the line that is pointed to.
    Objects(&'static str),
    /// A text as it is dropped.
    Text(&'static str),
    /// Bytes that are no text.
    Bytes(&'static [u8]),
    /// Objects, of which the last one becomes another, or nothing.
    Change(&'static str, Option<&'static str>),
    /// A CRD, and a text that is checked by its schema.
    Schema(&'static str, &'static str),
    /// What only a directory can cause.
    Directory(&'static str),
}

use Example::{Bytes, Change, Directory, Objects, Schema, Text};

const MARK: &str = "# here";

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: racks.lab.githedgehog.com}
spec:
  group: lab.githedgehog.com
  names: {kind: Rack}
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {units: {type: integer, maximum: 48}}}
";

fn example(code: Code) -> Example {
    match code {
        Code::Syntax => {
            Text("apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\n  metadata: {name: web} # here\n")
        }
        Code::Encoding => Bytes(b"# caf\xe9 # here\nkind: VPC\n"),
        Code::DuplicateKey => Text(
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata: {name: box-1}\nspec: {}\nspec: {} # here\n",
        ),
        Code::TooLarge => Text(
            "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d] # here\n",
        ),
        Code::ConflictMarker => Text(
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: box-1\nspec:\n<<<<<<< ours # here\n  description: left\n=======\n  description: right\n>>>>>>> theirs\n",
        ),
        Code::NotAnObject => Text("kind: VPC # here\nmetadata:\n  name: web\n"),
        Code::NameInvalid => Objects("Server Box_1 # here\n"),
        Code::DuplicateObject => Objects(
            "Server box-1 # here\n  description: on the left\nServer box-1\n  description: on the right\n",
        ),
        Code::UnknownKind => {
            Text("apiVersion: wiring.githedgehog.com/v1beta1\nkind: Rack\nmetadata:\n  name: row-1 # here\n")
        }
        Code::OldApiVersion => Text(
            "apiVersion: wiring.githedgehog.com/v1alpha2\nkind: Server\nmetadata:\n  name: box-1 # here\n",
        ),
        Code::SystemMade => Text(
            "apiVersion: dhcp.githedgehog.com/v1beta1\nkind: DHCPSubnet\nmetadata:\n  name: web-front # here\n",
        ),
        Code::NotHedgehog => Text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: notes # here\n"),
        Code::UnsupportedForm => Text(
            "apiVersion: lab.githedgehog.com/v1\nkind: Rack\nmetadata:\n  name: row-1 # here\n  annotations: [tall]\n",
        ),
        Code::TextRewritten => Text(
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nx: &head {name: box-1} # here\nmetadata: *head\n",
        ),
        Code::Unreadable => Directory(
            "A file that the user may not read, or that a drive in the cloud keeps elsewhere; a folder that can't be listed.",
        ),
        Code::ManagedTwice => Directory(
            "`managed/servers/box-1.yaml` and `managed/servers/copy.yaml` both hold the Server box-1.",
        ),
        Code::ManagedBroken => {
            Directory("`managed/servers/both.yaml` holds two documents; a file under `managed/` holds one.")
        }
        Code::EditedByHand => Directory(
            "`managed/servers/box-1.yaml` was changed and not committed, and the Server box-1 is dropped once more, different.",
        ),
        Code::Misplaced => Directory("`managed/switches/box-1.yaml` holds a Server."),
        Code::ManyGone => {
            Directory("The folder `managed/` was moved away, or half of its files were deleted at once.")
        }
        Code::Misnamed => {
            Directory("The file of the Server box-1 is saved with the text of the Server box-2.")
        }
        Code::FieldType => Objects(
            "VPC web\n  subnets:\n    front:\n      subnet: 10.0.1.0/24\n      vlan: \"1001\" # here\n",
        ),
        Code::UnknownField => {
            Objects("VPC web\n  subnets:\n    front:\n      subnet: 10.0.1.0/24\n      vlam: 1001 # here\n")
        }
        Code::FieldMissing => Objects("VPCAttachment web-box-1 # here\n  subnet: web/front\n"),
        Code::FieldValue => Objects("Switch leaf-1\n  role: leaf # here\n  profile: dell-s5248f-on\n"),
        Code::NamespaceNotDefault => Text(
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: box-1\n  namespace: lab # here\n",
        ),
        Code::NameTooLong => Objects(
            "VPC development\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\nVPC development2 # here\n  subnets:\n    front: {subnet: 10.0.2.0/24, vlan: 1002}\n",
        ),
        Code::NameReserved => {
            Objects("VPC ext.web # here\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\n")
        }
        Code::Obsolete => Objects(
            "Connection old\n  vpcLoopback:\n    links: # here\n    - {switch1: {port: leaf-1/E1/1}, switch2: {port: leaf-1/E1/2}}\n",
        ),
        Code::HostAddress => Objects(
            "Switch leaf-1\n  role: server-leaf\n  profile: dell-s5248f-on\n  vtepIP: 172.30.12.1/22 # here\n",
        ),
        Code::ConnectionType => Objects("Connection box-1 # here\n"),
        Code::ConnectionShape => Objects(
            "Connection box-1\n  eslag:\n    links: # here\n    - {server: {port: box-1/nic1}, switch: {port: leaf-1/E1/1}}\n",
        ),
        Code::PortName => Objects(
            "Connection box-1\n  unbundled:\n    link:\n      server: {port: box-1/nic1}\n      switch: {port: leaf-1/Ethernet0} # here\n",
        ),
        Code::LinkAddresses => Objects(
            "Connection spine-1--leaf-1\n  fabric:\n    links:\n    - spine: {port: spine-1/E1/1, ip: 172.30.128.0/31}\n      leaf: {port: leaf-1/E1/49, ip: 172.30.128.3/31} # here\n",
        ),
        Code::NoBoot => Objects("Switch leaf-1 # here\n  role: server-leaf\n  profile: dell-s5248f-on\n"),
        Code::SwitchRedundancy => Objects(
            "Switch leaf-1\n  role: server-leaf\n  profile: dell-s5248f-on\n  redundancy: {group: pair-1} # here\n",
        ),
        Code::SpineVtep => Objects(
            "Switch spine-1\n  role: spine\n  profile: celestica-ds3000\n  vtepIP: 172.30.12.1/32 # here\n",
        ),
        Code::PortSetting => Objects(
            "Switch leaf-1\n  role: server-leaf\n  profile: dell-s5248f-on\n  portBreakouts:\n    E1/1: 4x25G # here\n",
        ),
        Code::VlanRange => Objects("VLANNamespace lab\n  ranges:\n  - {from: 1999, to: 1000} # here\n"),
        Code::NamespaceSubnets => {
            Objects("IPv4Namespace lab\n  subnets:\n  - 10.0.0.0/16\n  - 10.0.64.0/24 # here\n")
        }
        Code::Reserved => Objects("IPv4Namespace lab\n  subnets:\n  - 172.30.0.0/16 # here\n"),
        Code::SubnetCount => Objects("VPC web # here\n  subnets: {}\n"),
        Code::SubnetPrefix => {
            Objects("VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/31, vlan: 1001} # here\n")
        }
        Code::SubnetGateway => Objects(
            "VPC web\n  subnets:\n    front:\n      subnet: 10.0.1.0/24\n      gateway: 10.0.2.1 # here\n      vlan: 1001\n",
        ),
        Code::SubnetVlan => Objects("VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24} # here\n"),
        Code::Dhcp => Objects(
            "VPC web\n  subnets:\n    front:\n      subnet: 10.0.1.0/24\n      vlan: 1001\n      dhcp:\n        enable: true\n        relay: 10.0.9.9/32 # here\n",
        ),
        Code::DhcpRange => Objects(
            "VPC web\n  subnets:\n    front:\n      subnet: 10.0.1.0/24\n      vlan: 1001\n      dhcp:\n        enable: true\n        range:\n          start: 10.0.1.1 # here\n          end: 10.0.1.99\n",
        ),
        Code::StaticLease => Objects(
            "VPC web\n  subnets:\n    front:\n      subnet: 10.0.1.0/24\n      vlan: 1001\n      dhcp:\n        enable: true\n        static:\n          0c:20:12:00:00:01: {ip: 10.0.1.255} # here\n",
        ),
        Code::Permit => Objects(
            "VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\n  permit:\n  - [front, back] # here\n",
        ),
        Code::StaticRoute => Objects(
            "VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\n  staticRoutes:\n  - prefix: 10.9.0.7/24 # here\n    nextHops: [10.0.1.9]\n",
        ),
        Code::PeeringSides => Objects("VPCPeering web\n  permit:\n  - {web: {}} # here\n"),
        Code::PeeringRemote => {
            Objects("VPCPeering web-data\n  remote: border # here\n  permit:\n  - {web: {}, data: {}}\n")
        }
        Code::Community => Objects("External isp\n  inboundCommunity: 70000:1 # here\n"),
        Code::StaticPrefixes => Objects(
            "External depot\n  static:\n    prefixes:\n    - 198.51.100.0/24\n    - 198.51.100.128/25 # here\n",
        ),
        Code::ExternalAttachment => Objects(
            "ExternalAttachment depot-leaf-1\n  external: depot\n  connection: leaf-1--depot\n  static:\n    remoteIP: 203.0.113.2 # here\n",
        ),
        Code::InboundAcl => Objects(
            "ExternalAttachment isp-leaf-1\n  external: isp\n  connection: leaf-1--isp\n  switch: {ip: 192.0.2.1/30}\n  neighbor: {asn: 64999, ip: 192.0.2.2}\n  inboundACL:\n    statements:\n    - {seq: 5, action: permit, protocol: ip, srcPrefix: any, dstPrefix: any} # here\n",
        ),
        Code::GatewayNeighbors => Objects("Gateway gw-1 # here\n  asn: 65534\n  protocolIP: 172.30.8.9/32\n"),
        Code::GatewaySettings => Objects(
            "Gateway gw-1\n  vtepMAC: 01:00:5e:00:00:01 # here\n  neighbors:\n  - {ip: 172.30.128.8, asn: 65103}\n",
        ),
        Code::GatewayExpose => Objects(
            "GatewayPeering web-data\n  peering:\n    web:\n      expose:\n      - ips: [] # here\n    data:\n      expose:\n      - ips: [{cidr: 10.0.2.0/24}]\n",
        ),
        Code::GatewayNat => Objects(
            "GatewayPeering web-data\n  peering:\n    web:\n      expose:\n      - ips: [{cidr: 10.0.1.0/24}]\n        as: [{cidr: 100.64.1.0/24}]\n        nat: {masquerade: {}}\n    data: # here\n      expose:\n      - ips: [{cidr: 10.0.2.0/24}]\n        as: [{cidr: 100.64.2.0/24}]\n        nat: {masquerade: {}}\n",
        ),
        Code::GatewayAcl => Objects(
            "GatewayPeering web-data\n  peering:\n    web: {expose: [{ips: [{cidr: 10.0.1.0/24}]}]}\n    data: {expose: [{ips: [{cidr: 10.0.2.0/24}]}]}\n  acl:\n    rules:\n    - from: tools # here\n      action: allow\n",
        ),
        Code::DanglingReference => Objects(
            "VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\nVPCPeering web-data\n  permit:\n  - web: {}\n    data: {} # here\n",
        ),
        Code::KindAbsent => Objects("VPCPeering web-data # here\n  permit:\n  - {web: {}, data: {}}\n"),
        Code::DefaultAbsent => {
            Objects("VPC web # here\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\n")
        }
        Code::SubnetOverlap => Objects(
            "VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001} # here\nVPC data\n  subnets:\n    front: {subnet: 10.0.1.128/25, vlan: 1002}\n",
        ),
        Code::VlanTwice => Objects(
            "VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001} # here\nVPC data\n  subnets:\n    front: {subnet: 10.0.2.0/24, vlan: 1001}\n",
        ),
        Code::SubnetOutside => Objects(
            "IPv4Namespace default\n  subnets: [10.0.0.0/16]\nVPC web\n  subnets:\n    front: {subnet: 10.1.1.0/24, vlan: 1001} # here\n",
        ),
        Code::VlanOutside => Objects(
            "VLANNamespace default\n  ranges:\n  - {from: 1000, to: 1999}\nVPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 2001} # here\n",
        ),
        Code::PortTwice => Objects(
            "Connection box-1\n  unbundled:\n    link:\n      server: {port: box-1/nic1}\n      switch: {port: leaf-1/E1/4} # here\nConnection box-2\n  unbundled:\n    link:\n      server: {port: box-2/nic1}\n      switch: {port: leaf-1/E1/4/1}\n",
        ),
        Code::AddressTwice => Objects(
            "Switch leaf-1\n  role: server-leaf\n  profile: dell-s5248f-on\n  ip: 172.30.0.9/21 # here\nSwitch leaf-2\n  role: server-leaf\n  profile: dell-s5248f-on\n  ip: 172.30.0.9/21\n",
        ),
        Code::AsnTwice => Objects(
            "Switch leaf-1\n  role: server-leaf\n  profile: dell-s5248f-on\n  asn: 65101 # here\nSwitch leaf-2\n  role: server-leaf\n  profile: dell-s5248f-on\n  asn: 65101\n",
        ),
        Code::SpineAsn => Objects(
            "Switch spine-1\n  role: spine\n  profile: celestica-ds3000\n  asn: 65100 # here\nSwitch spine-2\n  role: spine\n  profile: celestica-ds3000\n  asn: 65200\n",
        ),
        Code::EslagGroup => Objects(
            "Switch leaf-1\n  role: server-leaf\n  profile: dell-s5248f-on\nSwitch leaf-2\n  role: server-leaf\n  profile: dell-s5248f-on\nConnection box-1\n  eslag:\n    links: # here\n    - {server: {port: box-1/nic1}, switch: {port: leaf-1/E1/1}}\n    - {server: {port: box-1/nic2}, switch: {port: leaf-2/E1/1}}\n",
        ),
        Code::EslagMember => Objects(
            "Switch leaf-1\n  role: server-leaf\n  profile: dell-s5248f-on\n  redundancy: {group: pair-1, type: eslag}\nSwitch leaf-2\n  role: server-leaf\n  profile: dell-s5248f-on\nConnection box-1\n  eslag:\n    links: # here\n    - {server: {port: box-1/nic1}, switch: {port: leaf-1/E1/1}}\n    - {server: {port: box-1/nic2}, switch: {port: leaf-2/E1/1}}\n",
        ),
        Code::PortNotInProfile => Objects(
            "Switch leaf-1\n  role: server-leaf\n  profile: dell-s5248f-on\nConnection box-1\n  unbundled:\n    link:\n      server: {port: box-1/nic1}\n      switch: {port: leaf-1/E1/99} # here\n",
        ),
        Code::ProfileFeature => Objects(
            "Switch leaf-1\n  role: server-leaf\n  profile: celestica-ds5000\n  redundancy: {group: pair-1, type: eslag} # here\n",
        ),
        Code::UnknownProfile => {
            Objects("Switch leaf-1\n  role: server-leaf\n  profile: dell-s5248f # here\n")
        }
        Code::SwitchNamespaces => Objects(
            "VLANNamespace web\n  ranges:\n  - {from: 1000, to: 1999}\nVLANNamespace lab\n  ranges:\n  - {from: 1900, to: 2999}\nSwitch leaf-1\n  role: server-leaf\n  profile: dell-s5248f-on\n  vlanNamespaces: [web, lab] # here\n",
        ),
        Code::AttachmentTarget => Objects(
            "Connection spine-1--leaf-1\n  fabric:\n    links:\n    - {spine: {port: spine-1/E1/1}, leaf: {port: leaf-1/E1/49}}\nVPCAttachment web-spine\n  subnet: web/front\n  connection: spine-1--leaf-1 # here\n",
        ),
        Code::AttachedTwice => Objects(
            "VPCAttachment one\n  subnet: web/front # here\n  connection: box-1\nVPCAttachment two\n  subnet: web/front\n  connection: box-1\n",
        ),
        Code::NativeVlanTwice => Objects(
            "VPCAttachment one\n  subnet: web/front\n  connection: box-1\n  nativeVLAN: true # here\nVPCAttachment two\n  subnet: web/back\n  connection: box-1\n  nativeVLAN: true\n",
        ),
        Code::VlanNamespaceLacking => Objects(
            "VPC web\n  vlanNamespace: lab\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\nSwitch leaf-1\n  role: server-leaf\n  profile: dell-s5248f-on\nConnection box-1\n  unbundled:\n    link:\n      server: {port: box-1/nic1}\n      switch: {port: leaf-1/E1/1}\nVPCAttachment web-box-1\n  subnet: web/front\n  connection: box-1 # here\n",
        ),
        Code::ModeUnsupported => Objects(
            "VPC web\n  mode: l3flat # here\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\n",
        ),
        Code::HostBgpTarget => Objects(
            "VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24, hostBGP: true}\nConnection box-1\n  bundled:\n    links:\n    - {server: {port: box-1/nic1}, switch: {port: leaf-1/E1/1}}\nVPCAttachment web-box-1\n  subnet: web/front\n  connection: box-1 # here\n",
        ),
        Code::PeeringNamespaces => Objects(
            "VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\nVPC lab\n  ipv4Namespace: lab\n  subnets:\n    front: {subnet: 10.0.2.0/24, vlan: 1002}\nVPCPeering web-lab\n  permit:\n  - web: {}\n    lab: {} # here\n",
        ),
        Code::PeeredTwice => Objects(
            "VPCPeering web-data # here\n  permit:\n  - {web: {}, data: {}}\nGatewayPeering web-data\n  peering:\n    web: {expose: [{ips: [{cidr: 10.0.1.0/24}]}]}\n    data: {expose: [{ips: [{cidr: 10.0.2.0/24}]}]}\n",
        ),
        Code::ExternalKind => Objects(
            "External isp\n  inboundCommunity: 65100:1\nExternalAttachment isp-leaf-1\n  external: isp # here\n  connection: leaf-1--isp\n  static: {remoteIP: 203.0.113.2, proxy: true}\n",
        ),
        Code::ExternalVlanTwice => Objects(
            "ExternalAttachment isp-one\n  external: isp\n  connection: leaf-1--isp # here\n  switch: {vlan: 100, ip: 192.0.2.1/30}\n  neighbor: {asn: 64999, ip: 192.0.2.2}\nExternalAttachment isp-two\n  external: isp\n  connection: leaf-1--isp\n  switch: {vlan: 100, ip: 192.0.2.5/30}\n  neighbor: {asn: 64999, ip: 192.0.2.6}\n",
        ),
        Code::GatewayCidrOutside => Objects(
            "VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\nGatewayPeering web-isp\n  peering:\n    web:\n      expose:\n      - ips: [{cidr: 10.0.2.0/24}] # here\n    ext.isp:\n      expose:\n      - default: true\n",
        ),
        Code::GatewayExposeOverlap => Objects(
            "GatewayPeering web-data\n  peering:\n    web: {expose: [{ips: [{cidr: 10.0.1.0/24}]}]} # here\n    data: {}\nGatewayPeering lab-data\n  peering:\n    lab: {expose: [{ips: [{cidr: 10.0.1.0/24}]}]}\n    data: {}\n",
        ),
        Code::TypeImmutable => Change(
            "Connection box-1\n  unbundled:\n    link: {server: {port: box-1/nic1}, switch: {port: leaf-1/E1/1}}\n",
            Some(
                "Connection box-1\n  bundled:\n    links: # here\n    - {server: {port: box-1/nic1}, switch: {port: leaf-1/E1/1}}\n",
            ),
        ),
        Code::StillReferredTo => Change(
            "VPCAttachment web-box-1\n  subnet: web/front\n  connection: box-1\nVPC web # here\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\n",
            None,
        ),
        Code::NamespaceShrunk => Change(
            "VPC web\n  subnets:\n    front: {subnet: 10.0.1.0/24, vlan: 1001}\nVLANNamespace default\n  ranges:\n  - {from: 1000, to: 1999}\n",
            Some("VLANNamespace default # here\n  ranges:\n  - {from: 1500, to: 1999}\n"),
        ),
        Code::SchemaViolation => Schema(
            CRD,
            "apiVersion: lab.githedgehog.com/v1\nkind: Rack\nmetadata: {name: row-1}\nspec:\n  units: 52 # here\n",
        ),
        Code::SchemaUnknownField => Schema(
            CRD,
            "apiVersion: lab.githedgehog.com/v1\nkind: Rack\nmetadata: {name: row-1}\nspec:\n  unit: 42 # here\n",
        ),
    }
}

/// What an example looks like, and what it yields.
struct Shown {
    /// What is dropped, or what an object becomes.
    text: String,
    /// What it was before, where it is about a change.
    before: Option<String>,
    /// The findings, each with its line in `text`.
    findings: Vec<Finding>,
}

fn joined(text: &str) -> String {
    let documents: Vec<String> = documents(text).into_iter().map(|(_, text)| text).collect();
    documents.join("---\n")
}

fn shown(example: &Example) -> Option<Shown> {
    let drop = |text: String| Shown { findings: dropped(text.as_bytes(), None), before: None, text };
    Some(match example {
        Directory(_) => return None,
        Objects(text) => drop(joined(text)),
        Text(text) => drop((*text).to_owned()),
        Bytes(bytes) => Shown {
            findings: dropped(bytes, None),
            before: None,
            text: String::from_utf8_lossy(bytes).into_owned(),
        },
        Schema(crd, text) => Shown {
            findings: dropped(text.as_bytes(), Some(schemas(crd))),
            before: Some((*crd).to_owned()),
            text: (*text).to_owned(),
        },
        Change(before, after) => {
            let text = joined(before);
            let standing = objects(&text);
            let mut fabric = Fabric::default();
            for object in &standing {
                fabric.set(object.key.as_ref().expect("a key"), Some(object.clone()));
            }
            fabric.recheck();
            let object = standing.last().expect("an object");
            let (before, text) = match after {
                Some(after) => (Some(text), joined(after)),
                None => (None, text),
            };
            let after = after.and_then(|_| objects(&text).pop());
            let problems = fabric.change_problems(object, after.as_deref());
            let subject = after.as_ref().unwrap_or(object);
            Shown {
                findings: problems.iter().map(|problem| subject.finding(problem)).collect(),
                before,
                text,
            }
        }
    })
}

#[test]
fn every_code_has_an_example_that_yields_it() {
    let mut wrong = String::new();
    for code in Code::ALL {
        let Some(shown) = shown(&example(*code)) else { continue };
        let marked = shown.text.lines().position(|line| line.contains(MARK)).map(|line| line + 1);
        let line = marked.and_then(|line| u32::try_from(line).ok());
        let Some(finding) =
            shown.findings.iter().find(|finding| finding.code == *code && finding.line == line)
        else {
            wrong.push_str(&format!(
                "{code:?} is not found on line {line:?}: {:#?}\n",
                shown
                    .findings
                    .iter()
                    .map(|found| (found.code, found.line, &found.message))
                    .collect::<Vec<_>>()
            ));
            continue;
        };
        let told = finding.message.ends_with('.')
            && finding.hint.as_ref().is_some_and(|hint| hint.ends_with(['.', '?', '…']));
        if !told || finding.severity != code.severity() {
            wrong.push_str(&format!("{code:?} is not told well: {finding:#?}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The whole of `FINDINGS.md`.
fn findings_md() -> String {
    let mut text = INTRODUCTION.to_owned();
    for code in Code::ALL {
        let weight = match code.weight() {
            Weight::Refused => "Error: the document is not taken.",
            Weight::Wrong => "Error: taken or not by the fabric's policy.",
            Weight::Warning => "Warning: it is taken.",
        };
        text.push_str(&format!(
            "\n## {} — {}\n\n{weight}\n\n",
            code.as_str(),
            code.meaning().trim_end_matches('.')
        ));
        let example = example(*code);
        if let Directory(sentence) = &example {
            text.push_str(&format!("{sentence}\n"));
            continue;
        }
        let Some(shown) = shown(&example) else { continue };
        if let Some(before) = shown.before {
            let what = if matches!(example, Schema(..)) { "By the schema of" } else { "Before:" };
            text.push_str(&format!("{what}\n\n```yaml\n{before}```\n\n"));
        }
        let what = match &example {
            Change(_, Some(_)) => "After:\n\n",
            Change(_, None) => "The marked object is deleted:\n\n",
            _ => "",
        };
        text.push_str(&format!("{what}```yaml\n{}```\n", shown.text));
        let finding = shown.findings.iter().find(|finding| finding.code == *code);
        if let Some(finding) = finding {
            text.push_str(&format!(
                "\n> {}  \n> *{}*\n",
                finding.message,
                finding.hint.as_deref().unwrap_or_default()
            ));
        }
    }
    text
}

const INTRODUCTION: &str = "# Findings

What FGD Sync says about documents: each finding has a code that never changes its meaning, a sentence, and a
hint. This file is made by the tests from the examples in `src-tauri/engine/src/schema/examples.rs`, and so
are the sentences in it: `FGD_WRITE_FINDINGS=1 cargo test -p fgd-engine findings_md` writes it anew.

- By some **errors** a document is **refused**: it can't be read, or the fabric's API would not even take its
  shape. It stays in `raw/`, whatever the policy; the other documents of its file go on.
- An **error** of meaning is what the fabric would not admit. By the policy `warn` the document is taken and the
  error is shown; by the policy `strict` it stays in `raw/`, and so does whatever is wrong without it. The
  policy is `validation_policy` in `.hnp/manifest.yaml`; it is `warn` where it is not given.
- A **warning** never keeps a document from being taken.

In each example the comment `# here` marks the line that the finding points to.
";

/// `FGD_WRITE_FINDINGS=1 cargo test -p fgd-engine findings_md` writes the file anew.
#[test]
fn findings_md_is_what_the_examples_yield() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../FINDINGS.md");
    let fresh = findings_md();
    if std::env::var_os("FGD_WRITE_FINDINGS").is_some() {
        std::fs::write(path, &fresh).expect("written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == fresh,
        "FINDINGS.md is stale: run FGD_WRITE_FINDINGS=1 cargo test -p fgd-engine findings_md"
    );
}
