import type { Middles } from "./elkGraph";
import type { Cluster, Scene } from "./scene";
import { clusterSize } from "./sizes";
import { TIERS } from "./tiers";

const GAP = 28;

/**
 * Puts clusters in rows as they come, servers as near under their leaves as there is room.
 *
 * For what is too large to be laid out, and where the layout can't be asked; it takes milliseconds.
 */
export function inRows(scene: Scene): Middles {
  const middles = new Map<string, number>();
  const clusterOf = new Map(
    scene.clusters.flatMap((cluster) => cluster.items.map((item) => [item.id, cluster.id] as const)),
  );
  const homes = new Map<string, Set<string>>();
  for (const line of scene.lines) {
    const [upper, lower] = [clusterOf.get(line.a), clusterOf.get(line.b)];
    if (upper === undefined || lower === undefined) continue;
    const known = homes.get(lower);
    if (known) known.add(upper);
    else homes.set(lower, new Set([upper]));
  }
  const leaves = scene.clusters.filter(({ tier }) => tier === "leaf");
  const servers = scene.clusters.filter(({ tier }) => tier === "server");
  // A leaf's place is as wide as the servers under it, so that these need not wander off.
  const under = new Map<string, number>();
  for (const shelf of servers) {
    const [home] = homes.get(shelf.id) ?? [];
    if (home !== undefined) under.set(home, (under.get(home) ?? -GAP) + clusterSize(shelf).width + GAP);
  }
  const width = line(middles, leaves, (cluster) =>
    Math.max(clusterSize(cluster).width, under.get(cluster.id) ?? 0),
  );

  for (const tier of TIERS.filter((tier) => tier === "gateway" || tier === "spine")) {
    const row = scene.clusters.filter((cluster) => cluster.tier === tier);
    const alone = new Map<string, number>();
    const needed = line(alone, row, (cluster) => clusterSize(cluster).width);
    for (const [id, at] of alone) middles.set(id, at + (width - needed) / 2);
  }

  const wish = (shelf: Cluster) => {
    const at = [...(homes.get(shelf.id) ?? [])].flatMap((home) => middles.get(home) ?? []);
    return at.length > 0 ? at.reduce((sum, x) => sum + x, 0) / at.length : Infinity;
  };
  let free = -Infinity;
  const placed = servers
    .map((shelf) => [wish(shelf), shelf] as const)
    .sort(([a], [b]) => (a === b ? 0 : a - b));
  const shared = new Map<number, number>();
  for (const [at, shelf] of placed) shared.set(at, (shared.get(at) ?? -GAP) + clusterSize(shelf).width + GAP);
  for (const [at, shelf] of placed) {
    const own = clusterSize(shelf).width;
    const wanted = Number.isFinite(at) ? at - (shared.get(at) ?? own) / 2 : 0;
    const left = Math.max(wanted, Number.isFinite(free) ? free : wanted);
    middles.set(shelf.id, left + own / 2);
    free = left + own + GAP;
  }
  return middles;
}

/** Sets clusters beside each other from 0 on; the answer is the width that they take. */
function line(
  middles: Map<string, number>,
  row: readonly Cluster[],
  width: (cluster: Cluster) => number,
): number {
  let x = 0;
  for (const cluster of row) {
    const own = width(cluster);
    middles.set(cluster.id, x + own / 2);
    x += own + GAP;
  }
  return Math.max(0, x - GAP);
}
