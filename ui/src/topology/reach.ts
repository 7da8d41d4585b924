import type { VpcReach } from "../bindings";
import type { Wiring } from "./wiring";

/** What a VPC reaches: by itself, and through the VPCs that it is peered with. */
export interface Reach {
  vpc: VpcReach;
  nodes: ReadonlySet<string>;
  links: ReadonlySet<string>;
  /** What is only reached through a peer. */
  peerNodes: ReadonlySet<string>;
  peerLinks: ReadonlySet<string>;
}

const nodesOf = (vpc: VpcReach) => [...vpc.servers, ...vpc.switches, ...vpc.externals];

/** What a VPC reaches; null where there is no such VPC (any more). Peering is not passed on from peer to peer. */
export function reachOf(wiring: Wiring, id: string | null): Reach | null {
  const vpc = id === null ? undefined : wiring.vpcs.get(id);
  if (vpc === undefined) return null;
  const nodes = new Set(nodesOf(vpc));
  const links = new Set(vpc.links);
  // An external is reached by a cable that the VPC has no attachment on.
  for (const external of vpc.externals)
    for (const link of wiring.linksAt.get(external) ?? []) {
      links.add(link.id);
      nodes.add(link.a);
    }
  const peerNodes = new Set<string>();
  const peerLinks = new Set<string>();
  for (const name of vpc.peers) {
    const peer = wiring.vpcs.get(name);
    if (peer === undefined) continue;
    // A peer's externals are its own: a VPC reaches them only by a peering of its own.
    for (const node of [...peer.servers, ...peer.switches]) if (!nodes.has(node)) peerNodes.add(node);
    for (const link of peer.links) if (!links.has(link)) peerLinks.add(link);
  }
  return { vpc, nodes, links, peerNodes, peerLinks };
}
