import type { Cluster, Item } from "./scene";

// In the units of the drawing, which are CSS pixels at 100 %.
export const BOX_PAD = 10;
export const BOX_HEAD = 20;
/** Between items of a cluster: room for the cables to the second row of servers. */
export const GAP = 14;
export const ROW_GAP = 18;
/** Between the leaves of a group: room to see what runs from one to the other. */
const LEAF_GAP = 28;
/** Servers beside each other under one group. */
const COLUMNS = 4;

export interface Size {
  width: number;
  height: number;
}

export function itemSize(item: Pick<Item, "node" | "tier">): Size {
  if (item.node === null) return { width: item.tier === "leaf" ? 200 : 148, height: 46 };
  if (item.tier === "server") return { width: 80, height: 28 };
  return { width: 116, height: 42 };
}

/** How many items of a cluster stand in one row; servers in rows that are as full as each other. */
export function columnsOf({ tier, items }: Cluster): number {
  const most = tier === "server" ? Math.max(COLUMNS, Math.ceil(Math.sqrt(items.length))) : items.length;
  const rows = Math.max(1, Math.ceil(items.length / most));
  return Math.max(1, Math.ceil(items.length / rows));
}

/** The room between two items of a cluster that stand beside each other. */
export const gapOf = ({ tier }: Cluster): number => (tier === "leaf" ? LEAF_GAP : GAP);

export function clusterSize(cluster: Cluster): Size {
  const first = cluster.items[0];
  if (first === undefined) return { width: 0, height: 0 };
  const { width, height } = itemSize(first);
  const columns = columnsOf(cluster);
  const rows = Math.ceil(cluster.items.length / columns);
  const inner = {
    width: columns * width + (columns - 1) * gapOf(cluster),
    height: rows * height + (rows - 1) * ROW_GAP,
  };
  if (cluster.label === null) return inner;
  return { width: inner.width + 2 * BOX_PAD, height: inner.height + BOX_HEAD + BOX_PAD };
}
