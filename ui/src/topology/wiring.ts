import type { TopologyLink, TopologyNode, TopologyView, VpcReach } from "../bindings";

export type Change = NonNullable<TopologyNode["change"]>;

/** A fabric's nodes and links by name, as they are drawn now. */
export interface Wiring {
  nodes: ReadonlyMap<string, TopologyNode>;
  links: ReadonlyMap<string, TopologyLink>;
  vpcs: ReadonlyMap<string, VpcReach>;
  /** The links at a node; a link to itself is there once. */
  linksAt: ReadonlyMap<string, readonly TopologyLink[]>;
}

const unchanged = <T extends { change: Change | null }>(thing: T): T =>
  thing.change === null ? thing : { ...thing, change: null };

/**
 * Looks a view over: with what pends, or as it is now, without what would be added and with what would go
 * left in its place. A link whose end the view lacks is left out: there is nowhere to draw it to.
 */
export function wire(view: TopologyView, pending: boolean): Wiring {
  const shown = <T extends { change: Change | null }>(things: readonly T[]): T[] =>
    pending ? [...things] : things.filter(({ change }) => change !== "added").map(unchanged);
  const nodes = new Map(shown(view.nodes).map((node) => [node.id, node]));
  const links = new Map<string, TopologyLink>();
  const linksAt = new Map<string, TopologyLink[]>();
  const add = (node: string, link: TopologyLink) => {
    const known = linksAt.get(node);
    if (known) known.push(link);
    else linksAt.set(node, [link]);
  };
  for (const link of shown(view.links)) {
    if (!nodes.has(link.a) || !nodes.has(link.b)) continue;
    links.set(link.id, link);
    add(link.a, link);
    if (link.b !== link.a) add(link.b, link);
  }
  return { nodes, links, vpcs: new Map(shown(view.vpcs).map((vpc) => [vpc.id, vpc])), linksAt };
}

/** The end of a link that is not `node`, with its port, and the port at `node`. */
export function farEnd(
  link: TopologyLink,
  node: string,
): { port: string | null; far: string; farPort: string | null } {
  return link.a === node
    ? { port: link.aPort, far: link.b, farPort: link.bPort }
    : { port: link.bPort, far: link.a, farPort: link.aPort };
}
