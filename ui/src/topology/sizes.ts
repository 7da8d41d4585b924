import type { Cluster, Item } from "./scene";

// In the units of the drawing, which are CSS pixels at 100 %.
export const BOX_PAD = 10;
export const BOX_HEAD = 20;
/** Between items of a cluster: room for the cables to the second row of servers. */
export const GAP = 14;
export const ROW_GAP = 18;
/** Servers beside each other under one group. */
const COLUMNS = 3;

export interface Size {
  width: number;
  height: number;
}

export function itemSize(item: Pick<Item, "node" | "tier">): Size {
  if (item.node === null) return { width: item.tier === "leaf" ? 200 : 148, height: 46 };
  if (item.tier === "server") return { width: 80, height: 28 };
  return { width: 116, height: 42 };
}

/** How many items of a cluster stand in one row. */
export function columnsOf(cluster: Cluster): number {
  if (cluster.tier !== "server") return Math.max(1, cluster.items.length);
  return Math.min(cluster.items.length, Math.max(COLUMNS, Math.ceil(Math.sqrt(cluster.items.length))));
}

export function clusterSize(cluster: Cluster): Size {
  const first = cluster.items[0];
  if (first === undefined) return { width: 0, height: 0 };
  const { width, height } = itemSize(first);
  const columns = columnsOf(cluster);
  const rows = Math.ceil(cluster.items.length / columns);
  const inner = {
    width: columns * width + (columns - 1) * GAP,
    height: rows * height + (rows - 1) * ROW_GAP,
  };
  if (cluster.label === null) return inner;
  return { width: inner.width + 2 * BOX_PAD, height: inner.height + BOX_HEAD + BOX_PAD };
}
