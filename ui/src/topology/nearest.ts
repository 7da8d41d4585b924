import type { PlacedItem } from "./geometry";

export type Direction = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

const AHEAD: Record<Direction, [dx: number, dy: number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** The item that an arrow key goes to: the nearest one ahead, what is straight ahead before what is beside. */
export function nearest(
  from: PlacedItem,
  all: Iterable<PlacedItem>,
  direction: Direction,
): PlacedItem | null {
  const [ax, ay] = AHEAD[direction];
  let best: PlacedItem | null = null;
  let least = Infinity;
  for (const item of all) {
    const dx = item.x + item.width / 2 - from.x - from.width / 2;
    const dy = item.y + item.height / 2 - from.y - from.height / 2;
    const ahead = dx * ax + dy * ay;
    if (item === from || ahead < 4) continue;
    const beside = Math.abs(dx * ay) + Math.abs(dy * ax);
    // Along a row, what is in another row is no neighbour.
    const far = ax === 0 ? ahead * 2 + beside : ahead + beside * 6;
    if (far < least) [best, least] = [item, far];
  }
  return best;
}
