/** The kinds that a person makes, with what each is, in the order in which a fabric is built. */
export const KINDS: readonly [kind: string, what: string][] = [
  ["Switch", "A switch with its role, its model and its addresses."],
  ["SwitchGroup", "Switches that belong together, as for redundancy."],
  ["Server", "A machine that is cabled to the fabric."],
  ["Connection", "A cable, or several, between two devices."],
  ["VLANNamespace", "A range of VLANs that VPCs take theirs from."],
  ["IPv4Namespace", "Subnets that VPCs take theirs from."],
  ["VPC", "A private network with its subnets."],
  ["VPCAttachment", "Puts a VPC's subnet on a server's connection."],
  ["VPCPeering", "Lets two VPCs reach each other."],
  ["External", "A network outside of the fabric."],
  ["ExternalAttachment", "Puts an external network on a switch's port."],
  ["ExternalPeering", "Lets a VPC reach an external network."],
  ["Gateway", "A gateway with its interfaces and neighbors."],
  ["GatewayGroup", "Gateways that stand in for each other."],
  ["GatewayPeering", "Lets VPCs reach each other through a gateway."],
];
