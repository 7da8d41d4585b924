import type { PlacedItem, Placing, Rect } from "./geometry";
import type { Line, Scene } from "./scene";
import { BOX_HEAD, GAP, ROW_GAP } from "./sizes";
import { TIERS } from "./tiers";

export type Point = readonly [x: number, y: number];

/** The way of one line, from its end `a` to its end `b`. */
export interface Route extends Rect {
  line: Line;
  points: readonly Point[];
}

/** A side of an item where cables leave it. */
type Side = "top" | "bottom" | "left" | "right";

interface Plug {
  side: Side;
  /** Where the far end stands: plugs on a side are in the order of these. */
  towards: number;
  at: Point;
}

const INSET = 8;
const LOOP = 12;
const ARC_STEPS = 14;
/** How far under the leaves the cables to the externals run, and how far from each other. */
const LANE = 14;
const LANES = 8;

/**
 * Finds a way for every line: straight from row to row, an arc over its row, a loop at its own switch, under
 * the leaves to the externals, between the servers to a second row of them.
 */
export function routesOf(scene: Scene, { items }: Placing): Route[] {
  const ends = new Map<string, [from: Plug, to: Plug]>();
  const sides = new Map<string, Plug[]>();
  const plug = (item: PlacedItem, side: Side, towards: number): Plug => {
    const plug: Plug = { side, towards, at: [0, 0] };
    const key = `${item.item.id}|${side}`;
    const known = sides.get(key);
    if (known) known.push(plug);
    else sides.set(key, [plug]);
    return plug;
  };
  for (const line of scene.lines) {
    const [a, b] = [items.get(line.a), items.get(line.b)];
    if (a === undefined || b === undefined || a === b) continue;
    const [from, to] = sidesOf(a, b);
    ends.set(line.id, [
      plug(a, from, from === "left" || from === "right" ? middleY(b) : middleX(b)),
      plug(b, to, to === "left" || to === "right" ? middleY(a) : middleX(a)),
    ]);
  }
  for (const [key, plugs] of sides) {
    const item = items.get(key.slice(0, key.lastIndexOf("|")));
    if (item) spread(item, plugs);
  }

  let lane = 0;
  const loops = new Map<string, number>();
  const routes: Route[] = [];
  for (const line of scene.lines) {
    const [a, b] = [items.get(line.a), items.get(line.b)];
    if (a === undefined || b === undefined) continue;
    let points: Point[];
    if (a === b) {
      const nth = loops.get(a.item.id) ?? 0;
      loops.set(a.item.id, nth + 1);
      points = loop(a, nth);
    } else {
      const [from, to] = ends.get(line.id) ?? [];
      if (from === undefined || to === undefined) continue;
      if (b.item.tier === "external") points = aside(a, from.at, to.at, lane++ % LANES);
      else if (from.side === "top" && to.side === "top") points = arc(from.at, to.at);
      else if (b.item.tier === "server" && b.row > 0) points = between(b, from.at, to.at);
      else points = [from.at, to.at];
    }
    routes.push({ line, points, ...extent(points) });
  }
  return routes;
}

const middleX = ({ x, width }: Rect) => x + width / 2;
const middleY = ({ y, height }: Rect) => y + height / 2;

function sidesOf(a: PlacedItem, b: PlacedItem): [from: Side, to: Side] {
  if (b.item.tier === "external") return a.item.tier === "external" ? ["left", "left"] : ["bottom", "left"];
  if (a.item.tier === b.item.tier) {
    if (a.cluster === b.cluster && Math.abs(a.column - b.column) === 1 && a.row === b.row)
      return a.x < b.x ? ["right", "left"] : ["left", "right"];
    return ["top", "top"];
  }
  return TIERS.indexOf(a.item.tier) < TIERS.indexOf(b.item.tier) ? ["bottom", "top"] : ["top", "bottom"];
}

/** Gives each plug of a side its place, evenly, in the order of where the cables go. */
function spread(item: PlacedItem, plugs: Plug[]): void {
  plugs.sort((one, other) => one.towards - other.towards);
  plugs.forEach((plug, index) => {
    const part = (index + 1) / (plugs.length + 1);
    const x = item.x + INSET + part * (item.width - 2 * INSET);
    const y = item.y + INSET / 2 + part * (item.height - INSET);
    if (plug.side === "top") plug.at = [x, item.y];
    else if (plug.side === "bottom") plug.at = [x, item.y + item.height];
    else plug.at = [plug.side === "left" ? item.x : item.x + item.width, y];
  });
}

function loop(item: PlacedItem, nth: number): Point[] {
  const [x, y] = [item.x + item.width - INSET, item.y + item.height];
  const [wide, deep] = [LOOP + nth * 4, LOOP + nth * 4];
  return [
    [x - wide, y],
    [x - wide, y + deep],
    [x, y + deep],
    [x, y],
  ];
}

/** Over the row, the higher the farther, clear of the boxes' heads. */
function arc([ax, ay]: Point, [bx, by]: Point): Point[] {
  const high = BOX_HEAD + Math.min(120, Math.abs(bx - ax) * 0.12);
  const points: Point[] = [];
  for (let step = 0; step <= ARC_STEPS; step++) {
    const t = step / ARC_STEPS;
    // A quarter of the way up at once, so that it does not run through the neighbours' boxes.
    const up = Math.pow(4 * t * (1 - t), 0.5);
    points.push([ax + (bx - ax) * t, ay + (by - ay) * t - high * up]);
  }
  return points;
}

function aside(a: PlacedItem, from: Point, to: Point, lane: number): Point[] {
  // A switch that has no row of servers under it is left at its own height.
  const y = a.y + a.height + LANE + lane * 4;
  const x = to[0] - 20 - lane * 4;
  return [from, [from[0], y], [x, y], [x, to[1]], to];
}

/** Down beside the servers of the rows above, then to its own. */
function between(b: PlacedItem, from: Point, to: Point): Point[] {
  const top = b.y - b.row * (b.height + ROW_GAP);
  const gutter = b.x - GAP / 2 + ((to[0] - b.x) / b.width - 0.5) * (GAP - 6);
  return [from, [gutter, top - 6], [gutter, b.y - 8], [to[0], b.y - 4], to];
}

function extent(points: readonly Point[]): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The point half way along. */
export function halfWay({ points }: Pick<Route, "points">): Point {
  const lengths = points
    .slice(1)
    .map(([x, y], at) => Math.hypot(x - (points[at]?.[0] ?? x), y - (points[at]?.[1] ?? y)));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [at, length] of lengths.entries()) {
    const [from, to] = [points[at], points[at + 1]];
    if (from === undefined || to === undefined) break;
    if (left <= length && length > 0) {
      const part = left / length;
      return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
    }
    left -= length;
  }
  return points[0] ?? [0, 0];
}

/** How far a point is from a route. */
export function distanceTo({ points }: Pick<Route, "points">, [x, y]: Point): number {
  let least = Infinity;
  for (let at = 1; at < points.length; at++) {
    const [from, to] = [points[at - 1], points[at]];
    if (from === undefined || to === undefined) continue;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const along = ((x - from[0]) * dx + (y - from[1]) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(1, Math.max(0, along));
    least = Math.min(least, Math.hypot(x - from[0] - t * dx, y - from[1] - t * dy));
  }
  return least;
}

const short = (n: number) => Math.round(n * 10) / 10;

/** A route as SVG's path data. */
export function pathData({ points }: Pick<Route, "points">): string {
  let data = "";
  for (const [at, [x, y]] of points.entries()) data += `${at === 0 ? "M" : "L"}${short(x)} ${short(y)}`;
  return data;
}
