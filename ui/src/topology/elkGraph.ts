import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api";
import type { Scene } from "./scene";
import { clusterSize } from "./sizes";
import { TIERS, type Tier } from "./tiers";

/** Where each cluster's middle stands, from left to right. The rows are the tiers'. */
export type Middles = ReadonlyMap<string, number>;

/** Past this many clusters they are put in rows as they come: layering would take seconds for no better picture. */
export const MOST_CLUSTERS = 320;
/** A cluster that is wired to more of the row above it than this is as well placed by the middle ones alone. */
const ENOUGH_ABOVE = 4;

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  // The tiers are known: a node's layer is where it already stands, not what its edges would make of it.
  "elk.layered.layering.strategy": "INTERACTIVE",
  "elk.layered.cycleBreaking.strategy": "INTERACTIVE",
  // So is its order in the layer, crossings or not: operators look for leaf-02 right of leaf-01.
  "elk.layered.crossingMinimization.strategy": "INTERACTIVE",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.separateConnectedComponents": "false",
  "elk.edgeRouting": "POLYLINE",
  "elk.spacing.nodeNode": "28",
};

/** The rows that are laid out; externals stand beside them. */
const LAID: readonly Tier[] = TIERS.filter((tier) => tier !== "external");

/** A scene for ELK: its clusters without their insides, one edge for all the cables between two of them. */
export function elkGraph(scene: Scene): ElkNode {
  const clusters = scene.clusters.filter(({ tier }) => LAID.includes(tier));
  const clusterOf = new Map(clusters.flatMap((cluster) => cluster.items.map((item) => [item.id, cluster])));
  const inTier = new Map<Tier, number>();
  const children = clusters.map((cluster) => {
    const at = inTier.get(cluster.tier) ?? 0;
    inTier.set(cluster.tier, at + 1);
    return { id: cluster.id, ...clusterSize(cluster), x: at * 1000, y: LAID.indexOf(cluster.tier) * 100_000 };
  });

  const above = new Map<string, Set<string>>();
  for (const line of scene.lines) {
    let [upper, lower] = [clusterOf.get(line.a), clusterOf.get(line.b)];
    if (upper === undefined || lower === undefined) continue;
    if (LAID.indexOf(upper.tier) > LAID.indexOf(lower.tier)) [upper, lower] = [lower, upper];
    if (upper.tier === lower.tier) continue;
    const known = above.get(lower.id);
    if (known) known.add(upper.id);
    else above.set(lower.id, new Set([upper.id]));
  }
  const edges: ElkExtendedEdge[] = [];
  for (const [lower, uppers] of above)
    for (const upper of middle([...uppers], ENOUGH_ABOVE))
      edges.push({ id: `${upper}>${lower}`, sources: [upper], targets: [lower] });
  return { id: "fabric", layoutOptions: OPTIONS, children, edges };
}

/** What ELK found. */
export function middlesOf(laid: ElkNode): Middles {
  return new Map((laid.children ?? []).map((child) => [child.id, (child.x ?? 0) + (child.width ?? 0) / 2]));
}

function middle<T>(all: readonly T[], most: number): readonly T[] {
  const from = Math.max(0, Math.floor((all.length - most) / 2));
  return all.slice(from, from + most);
}
