import type { Middles } from "./elkGraph";
import type { Cluster, Item, Scene } from "./scene";
import { BOX_HEAD, BOX_PAD, clusterSize, columnsOf, GAP, gapOf, itemSize, ROW_GAP } from "./sizes";
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
const MOST_SERVER_GAP = 200;
/** How high the picture would be for its width, were there no rows to fill it. */
const SHAPE = 0.42;
const SIDE_GAP = 72;

/** Sets every item in its place: rows from the top down, as far apart as the cables between them need. */
export function placed(scene: Scene, middles: Middles): Placing {
  const items = new Map<string, PlacedItem>();
  const boxes: PlacedBox[] = [];
  const rows = TIERS.filter((tier) => tier !== "external")
    .map((tier) => scene.clusters.filter((cluster) => cluster.tier === tier))
    .filter((row) => row.length > 0);
  const [from, to] = extentOf(rows.flat(), middles);
  const middle = (to - from) / 2;
  const centreOf = (cluster: Cluster) => (middles.get(cluster.id) ?? 0) - from;
  const gap = gapFor(rows, to - from);

  let y = 0;
  let right = 0;
  const bands = new Map<Tier, { y: number; height: number }>();
  rows.forEach((row, at) => {
    const height = Math.max(...row.map((cluster) => clusterSize(cluster).height));
    const tier = row[0]?.tier ?? "leaf";
    bands.set(tier, { y, height });
    const above = tier === "gateway" || tier === "spine";
    row.forEach((cluster, index) => {
      const size = clusterSize(cluster);
      // The upper rows serve all that is below: they stand evenly over its middle.
      const pitch = Math.min(
        3 * size.width,
        Math.max(size.width + GAP * 2, ((to - from) * 0.6) / row.length),
      );
      const centre = above ? middle + (index - (row.length - 1) / 2) * pitch : centreOf(cluster);
      const x = centre - size.width / 2;
      // Upper edges line up, but in the row of leaves the switches do, whether boxed or not.
      const top = cluster.tier === "leaf" && cluster.label === null ? y + BOX_HEAD : y;
      place(cluster, { x, y: top, ...size }, items, boxes);
      right = Math.max(right, x + size.width);
    });
    const next = rows[at + 1];
    y +=
      height + (next === undefined ? 0 : next[0]?.tier === "server" ? Math.min(MOST_SERVER_GAP, gap) : gap);
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

/** The left and the right edge of the rows that were laid out. */
function extentOf(clusters: readonly Cluster[], middles: Middles): [from: number, to: number] {
  let [from, to] = [Infinity, -Infinity];
  for (const cluster of clusters) {
    const [middle, { width }] = [middles.get(cluster.id) ?? 0, clusterSize(cluster)];
    from = Math.min(from, middle - width / 2);
    to = Math.max(to, middle + width / 2);
  }
  return from === Infinity ? [0, 0] : [from, to];
}

/** Wide rows need room between them, or cables become too flat to be told apart. */
function gapFor(rows: readonly (readonly Cluster[])[], width: number): number {
  const filled = rows.reduce(
    (sum, row) => sum + Math.max(...row.map((cluster) => clusterSize(cluster).height)),
    0,
  );
  const gaps = Math.max(1, rows.length - 1);
  return Math.max(LEAST_GAP, (width * SHAPE - filled) / gaps);
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
      x: at.x + (boxed ? BOX_PAD : 0) + column * (size.width + gapOf(cluster)),
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
