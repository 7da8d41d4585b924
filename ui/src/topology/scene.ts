import type { TopologyLink, TopologyNode } from "../bindings";
import { count } from "../words";
import { byName } from "./nameOrder";
import { tierNoun, tierOf, type Tier } from "./tiers";
import type { Change, Wiring } from "./wiring";

/** Something that is drawn as one shape: a node, or a stack that stands for many. */
export interface Item {
  id: string;
  /** The node, where it is one. */
  node: TopologyNode | null;
  tier: Tier;
  name: string;
  /** A second, smaller line: the role, or what a stack holds. */
  note: string;
  change: Change | null;
  /** The nodes that it stands for. */
  members: readonly TopologyNode[];
  /** What a click opens, where it is a stack. */
  opens: string | null;
  /** What the item came out of, and can be put back into. */
  closes: string | null;
}

/** Items that stand together: a redundancy group in its box, the servers under it, or one item alone. */
export interface Cluster {
  id: string;
  tier: Tier;
  /** The group's name; null has no box around it. */
  label: string | null;
  type: string | null;
  items: readonly Item[];
}

/** One line of the picture, for one link or for several that run alike. */
export interface Line {
  id: string;
  kind: TopologyLink["kind"];
  change: Change | null;
  /** The items at its ends, the upper one first. */
  a: string;
  b: string;
  links: readonly TopologyLink[];
}

/** What is drawn, before anybody knows where. */
export interface Scene {
  clusters: readonly Cluster[];
  items: ReadonlyMap<string, Item>;
  lines: readonly Line[];
  /** The item that shows a node. */
  itemOf: ReadonlyMap<string, string>;
}

/** From how many on things are stacked until somebody opens them. */
export interface Limits {
  /** Gateways, spines or externals. */
  row: number;
  /** Groups of leaves beside each other. */
  groups: number;
  /** Blocks that more groups than that are put into. */
  blocks: number;
  /** Servers under one group. */
  servers: number;
  /** Servers in the whole fabric: past it each group's are stacked. */
  allServers: number;
  /** Links between the same two nodes. */
  parallel: number;
}

export const LIMITS: Limits = { row: 24, groups: 24, blocks: 12, servers: 12, allServers: 160, parallel: 4 };

/** Which stacks somebody opened (true) or closed (false); the rest are as the limits say. */
export type Opened = ReadonlyMap<string, boolean>;

/**
 * Decides what is drawn by itself and what in a stack.
 *
 * Leaves past the limit are put into blocks of neighbours by name, with all that hangs on them alone;
 * servers stand under the groups that they are wired to, those with the same groups together.
 */
export function sceneOf(wiring: Wiring, opened: Opened, limits: Limits = LIMITS): Scene {
  const builder = new Builder(wiring, opened, limits);
  return builder.build();
}

/** The stacks to open for a node to be drawn by itself; empty where it is. */
export function stacksOver(scene: Scene, node: string): string[] {
  const item = scene.items.get(scene.itemOf.get(node) ?? "");
  return item?.opens ? [item.opens] : [];
}

class Builder {
  readonly #clusters: Cluster[] = [];
  readonly #items = new Map<string, Item>();
  readonly #itemOf = new Map<string, string>();

  constructor(
    readonly wiring: Wiring,
    readonly opened: Opened,
    readonly limits: Limits,
  ) {}

  build(): Scene {
    const tiers = new Map<Tier, TopologyNode[]>();
    for (const node of this.wiring.nodes.values()) {
      const tier = tierOf(node.kind);
      const known = tiers.get(tier);
      if (known) known.push(node);
      else tiers.set(tier, [node]);
    }
    for (const nodes of tiers.values()) nodes.sort(byName);
    const of = (tier: Tier) => tiers.get(tier) ?? [];
    this.#row("gateway", of("gateway"));
    this.#row("spine", of("spine"));
    this.#leaves(grouped(of("leaf")), null);
    this.#servers(of("server"));
    this.#row("external", of("external"));
    return {
      clusters: this.#clusters,
      items: this.#items,
      lines: linesOf(this.wiring, this.#items, this.#itemOf, this.limits.parallel),
      itemOf: this.#itemOf,
    };
  }

  #isOpen(key: string, usually: boolean): boolean {
    return this.opened.get(key) ?? usually;
  }

  /** Adds a cluster with an item a node; `label` draws a box around it. */
  #add(
    tier: Tier,
    nodes: readonly TopologyNode[],
    closes: string | null,
    label: string | null = null,
  ): Cluster {
    const items = nodes.map((node) => this.#item(node, closes));
    const cluster = { id: `at:${nodes[0]?.id}`, tier, label, type: nodes[0]?.groupType ?? null, items };
    this.#clusters.push(cluster);
    return cluster;
  }

  #item(node: TopologyNode, closes: string | null): Item {
    const item: Item = {
      id: node.id,
      node,
      tier: tierOf(node.kind),
      name: node.name,
      note: node.missing ? "not in this directory" : (node.role ?? ""),
      change: node.change,
      members: [node],
      opens: null,
      closes,
    };
    this.#items.set(item.id, item);
    this.#itemOf.set(node.id, item.id);
    return item;
  }

  #stack(tier: Tier, key: string, name: string, note: string, members: readonly TopologyNode[]): Cluster {
    const change = members.find((node) => node.change !== null) ? "changed" : null;
    const id = `stack:${key}`;
    const item: Item = {
      id,
      node: null,
      tier,
      name,
      note,
      change,
      members,
      opens: key,
      closes: null,
    };
    this.#items.set(id, item);
    for (const node of members) this.#itemOf.set(node.id, id);
    const cluster = { id: `at:${id}`, tier, label: null, type: null, items: [item] };
    this.#clusters.push(cluster);
    return cluster;
  }

  #row(tier: Tier, nodes: readonly TopologyNode[]): void {
    if (nodes.length === 0) return;
    const key = `row:${tier}`;
    if (this.#isOpen(key, nodes.length <= this.limits.row)) {
      const closes = nodes.length > 1 ? key : null;
      for (const node of nodes) this.#add(tier, [node], closes);
    } else this.#stack(tier, key, count(nodes.length, ...tierNoun(tier)), range(nodes), nodes);
  }

  /** Adds groups of leaves, or blocks of them where they are too many; an open block may hold blocks again. */
  #leaves(groups: readonly Group[], closes: string | null): void {
    const size = blockSize(groups.length, this.limits);
    if (size === 1) {
      for (const { label, members } of groups) this.#add("leaf", members, closes, label);
      return;
    }
    for (let from = 0; from < groups.length; from += size) {
      const block = groups.slice(from, from + size);
      const leaves = block.flatMap(({ members }) => members);
      const key = `block:${leaves[0]?.id}+${leaves.length}`;
      if (this.#isOpen(key, false)) this.#leaves(block, key);
      else this.#block(key, block, leaves);
    }
  }

  #block(key: string, block: readonly Group[], leaves: readonly TopologyNode[]): void {
    const below = this.#below(leaves);
    const boxed = block.filter(({ label }) => label !== null).length;
    const note = [
      count(leaves.length, "leaf", "leaves"),
      ...(boxed > 0 ? [count(boxed, "group")] : []),
      ...(below.length > 0 ? [count(below.length, "server")] : []),
    ].join(", ");
    this.#stack("leaf", key, range(leaves), note, [...leaves, ...below]);
  }

  /** The servers that are wired to these leaves and to nothing else. */
  #below(leaves: readonly TopologyNode[]): TopologyNode[] {
    const inside = new Set(leaves.map(({ id }) => id));
    const below = new Set<TopologyNode>();
    for (const leaf of leaves)
      for (const link of this.wiring.linksAt.get(leaf.id) ?? []) {
        const server = this.wiring.nodes.get(link.b);
        if (server?.kind !== "server" || below.has(server)) continue;
        if ((this.wiring.linksAt.get(server.id) ?? []).every(({ a }) => inside.has(a))) below.add(server);
      }
    return [...below].sort(byName);
  }

  #servers(nodes: readonly TopologyNode[]): void {
    const clusterOf = new Map<string, string>();
    const order = new Map<string, number>();
    this.#clusters.forEach((cluster, at) => {
      order.set(cluster.id, at);
      for (const item of cluster.items) for (const { id } of item.members) clusterOf.set(id, cluster.id);
    });
    const shelves = new Map<string, { middle: number; members: TopologyNode[] }>();
    for (const node of nodes) {
      if (this.#itemOf.has(node.id)) continue;
      const links = this.wiring.linksAt.get(node.id) ?? [];
      const homes = [...new Set(links.map(({ a }) => clusterOf.get(a) ?? ""))].sort();
      const key = `shelf:${homes.join("+")}`;
      const known = shelves.get(key);
      // Those that are wired to nothing stand last.
      const middle = homes.reduce((sum, home) => sum + (order.get(home) ?? 0), 0) / homes.length;
      if (known) known.members.push(node);
      else shelves.set(key, { middle: homes.length === 0 ? Infinity : middle, members: [node] });
    }
    const most = nodes.length > this.limits.allServers ? 1 : this.limits.servers;
    const inOrder = [...shelves].sort(([, a], [, b]) => (a.middle === b.middle ? 0 : a.middle - b.middle));
    for (const [key, { members }] of inOrder) {
      if (this.#isOpen(key, members.length <= most)) this.#shelf(key, members);
      else this.#stack("server", key, count(members.length, "server"), range(members), members);
    }
  }

  #shelf(key: string, members: readonly TopologyNode[]): void {
    const wired = key !== "shelf:";
    const cluster = this.#add("server", members, members.length > 1 ? key : null);
    if (!wired) this.#clusters[this.#clusters.length - 1] = { ...cluster, label: "not wired" };
  }
}

interface Group {
  label: string | null;
  members: TopologyNode[];
}

/** Leaves by redundancy group, in the order of their first names; those in none stand alone. */
function grouped(nodes: readonly TopologyNode[]): Group[] {
  const groups: Group[] = [];
  const byLabel = new Map<string, Group>();
  for (const node of nodes) {
    const known = node.group === null ? undefined : byLabel.get(node.group);
    if (known) known.members.push(node);
    else {
      const group = { label: node.group, members: [node] };
      groups.push(group);
      if (node.group !== null) byLabel.set(node.group, group);
    }
  }
  return groups;
}

/** How many groups a block holds, in round numbers; 1 where there is no need for blocks. */
function blockSize(groups: number, { groups: most, blocks }: Limits): number {
  if (groups <= most) return 1;
  return [5, 10, 20, 25, 50, 100, 200].find((size) => groups / size <= blocks) ?? Math.ceil(groups / blocks);
}

function range(nodes: readonly TopologyNode[]): string {
  const [first, last] = [nodes[0], nodes[nodes.length - 1]];
  if (first === undefined || last === undefined) return "";
  return first === last ? first.name : `${first.name} – ${last.name}`;
}

/** Links between drawn items: each by itself, or one line where they end in a stack or are many. */
function linesOf(
  wiring: Wiring,
  items: ReadonlyMap<string, Item>,
  itemOf: ReadonlyMap<string, string>,
  parallel: number,
): Line[] {
  const runs = new Map<string, { a: string; b: string; stacked: boolean; links: TopologyLink[] }>();
  for (const link of wiring.links.values()) {
    const [a, b] = [itemOf.get(link.a), itemOf.get(link.b)];
    if (a === undefined || b === undefined) continue;
    const stacked = items.get(a)?.node === null || items.get(b)?.node === null;
    // What runs inside a stack is not seen.
    if (a === b && stacked) continue;
    const key = `${a}>${b}|${link.kind}|${link.change ?? ""}`;
    const known = runs.get(key);
    if (known) known.links.push(link);
    else runs.set(key, { a, b, stacked, links: [link] });
  }
  const lines: Line[] = [];
  for (const [key, { a, b, stacked, links }] of runs) {
    const first = links[0];
    if (first === undefined) continue;
    const { kind, change } = first;
    if (stacked || links.length > parallel) lines.push({ id: key, kind, change, a, b, links });
    else for (const link of links) lines.push({ id: link.id, kind, change, a, b, links: [link] });
  }
  return lines;
}
