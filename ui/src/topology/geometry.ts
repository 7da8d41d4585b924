import type { Middles } from "./elkGraph";
import type { Cluster, Item, Scene } from "./scene";
import { BOX_HEAD, BOX_PAD, clusterSize, columnsOf, GAP, itemSize, ROW_GAP } from "./sizes";
import { TIERS, type Tier } from "./tiers";

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedItem extends Rect {
  item: Item;
  cluster: string;
  /** Counted from 0, in the item's cluster. */
  row: number;
  column: number;
}

export interface PlacedBox extends Rect {
  cluster: Cluster;
}

/** Where everything stands. */
export interface Placing {
  items: ReadonlyMap<string, PlacedItem>;
  /** The boxes around groups. */
  boxes: readonly PlacedBox[];
  bounds: Rect;
}

const MARGIN = 32;
const LEAST_GAP = 96;
const MOST_GAP = 320;
const SIDE_GAP = 72;

/** Sets every item in its place: rows from the top down, as far apart as the cables between them need. */
export function placed(scene: Scene, middles: Middles): Placing {
  const items = new Map<string, PlacedItem>();
  const boxes: PlacedBox[] = [];
  const rows = TIERS.filter((tier) => tier !== "external")
    .map((tier) => scene.clusters.filter((cluster) => cluster.tier === tier))
    .filter((row) => row.length > 0);
  // Where there are only externals, the side is all there is.
  const left = Math.min(
    ...rows.flat().map((cluster) => (middles.get(cluster.id) ?? 0) - clusterSize(cluster).width / 2),
  );
  const shift = Number.isFinite(left) ? -left : 0;

  let y = 0;
  let right = 0;
  const bands = new Map<Tier, { y: number; height: number }>();
  rows.forEach((row, at) => {
    const height = Math.max(...row.map((cluster) => clusterSize(cluster).height));
    const tier = row[0]?.tier ?? "leaf";
    bands.set(tier, { y, height });
    for (const cluster of row) {
      const size = clusterSize(cluster);
      const x = (middles.get(cluster.id) ?? 0) + shift - size.width / 2;
      // Upper edges line up, but in the row of leaves the switches do, whether boxed or not.
      const top = cluster.tier === "leaf" && cluster.label === null ? y + BOX_HEAD : y;
      place(cluster, { x, y: top, ...size }, items, boxes);
      right = Math.max(right, x + size.width);
    }
    const next = rows[at + 1];
    y += height + (next === undefined ? 0 : gapUnder(row, next, middles));
  });

  const externals = scene.clusters.filter(({ tier }) => tier === "external");
  const sizes = externals.map(clusterSize);
  const needed = sizes.reduce((sum, { height }) => sum + height + GAP, -GAP);
  const band = bands.get("leaf") ?? { y: 0, height: y };
  let down = Math.max(0, band.y + band.height / 2 - needed / 2);
  externals.forEach((cluster, at) => {
    const size = sizes[at] ?? { width: 0, height: 0 };
    place(cluster, { x: right + SIDE_GAP, y: down, ...size }, items, boxes);
    down += size.height + GAP;
  });
  return { items, boxes, bounds: boundsOf([...items.values(), ...boxes]) };
}

/** Wide rows need room between them, or cables become too flat to be told apart. */
function gapUnder(row: readonly Cluster[], next: readonly Cluster[], middles: Middles): number {
  // Servers hang straight under their leaves.
  if (next[0]?.tier === "server") return LEAST_GAP;
  const all = [...row, ...next].map((cluster) => middles.get(cluster.id) ?? 0);
  return Math.min(MOST_GAP, Math.max(LEAST_GAP, (Math.max(...all) - Math.min(...all)) * 0.07));
}

function place(cluster: Cluster, at: Rect, items: Map<string, PlacedItem>, boxes: PlacedBox[]): void {
  const boxed = cluster.label !== null;
  if (boxed) boxes.push({ cluster, ...at });
  const columns = columnsOf(cluster);
  cluster.items.forEach((item, index) => {
    const size = itemSize(item);
    const [row, column] = [Math.floor(index / columns), index % columns];
    items.set(item.id, {
      item,
      cluster: cluster.id,
      row,
      column,
      x: at.x + (boxed ? BOX_PAD : 0) + column * (size.width + GAP),
      y: at.y + (boxed ? BOX_HEAD : 0) + row * (size.height + ROW_GAP),
      ...size,
    });
  });
}

function boundsOf(all: readonly Rect[]): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of all) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  if (left === Infinity) return { x: 0, y: 0, width: 0, height: 0 };
  return {
    x: left - MARGIN,
    y: top - MARGIN,
    width: right - left + 2 * MARGIN,
    height: bottom - top + 2 * MARGIN,
  };
}

/** Whether two rectangles have anything in common. */
export function meets(a: Rect, b: Rect): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}
