import type { DiffLine } from "./bindings";

/** From this many differing lines on, the shortest difference is not looked for: it would take too long. */
const AT_MOST = 1000;

/** The lines of a text, without their ends. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** How one text becomes another, line by line: in as few lines as can be, unless both are worlds apart. */
export function difference(before: string, after: string): DiffLine[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++;
  let end = 0;
  while (
    end < old.length - start &&
    end < fresh.length - start &&
    old[old.length - 1 - end] === fresh[fresh.length - 1 - end]
  ) {
    end++;
  }
  return [
    ...old.slice(0, start).map(as("same")),
    ...between(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end)),
    ...old.slice(old.length - end).map(as("same")),
  ];
}

const as = (is: DiffLine["is"]) => (text: string) => ({ is, text });

/**
 * The shortest way from one list of lines to another.
 *
 * Of all ways with one step more than before, it keeps on each diagonal the one that got furthest (Myers,
 * "An O(ND) Difference Algorithm"), then walks back the way that arrived.
 */
function between(old: string[], fresh: string[]): DiffLine[] {
  const [height, width] = [old.length, fresh.length];
  if (height === 0 || width === 0) return [...old.map(as("removed")), ...fresh.map(as("added"))];
  const trail: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  const at = (diagonal: number) => furthest.get(diagonal) ?? -1;
  for (let steps = 0; steps <= Math.min(AT_MOST, height + width); steps++) {
    trail.push(furthest);
    const next = new Map<number, number>();
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      const down = diagonal === -steps || (diagonal !== steps && at(diagonal - 1) < at(diagonal + 1));
      // `x` counts the old lines that are used up, `x - diagonal` the new ones.
      let x = down ? at(diagonal + 1) : at(diagonal - 1) + 1;
      while (x < height && x - diagonal < width && old[x] === fresh[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= height && x - diagonal >= width) return walkedBack(old, fresh, trail);
    }
    furthest = next;
  }
  return [...old.map(as("removed")), ...fresh.map(as("added"))];
}

function walkedBack(old: string[], fresh: string[], trail: Map<number, number>[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [old.length, fresh.length];
  for (let steps = trail.length - 1; steps >= 0; steps--) {
    const furthest = (diagonal: number) => trail[steps]?.get(diagonal) ?? -1;
    const diagonal = x - y;
    const down =
      diagonal === -steps || (diagonal !== steps && furthest(diagonal - 1) < furthest(diagonal + 1));
    const came = down ? diagonal + 1 : diagonal - 1;
    const [fromX, fromY] = [furthest(came), furthest(came) - came];
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0)) {
      y--;
      lines.push(as("same")(old[--x] ?? ""));
    }
    if (steps === 0) break;
    if (down) lines.push(as("added")(fresh[--y] ?? ""));
    else lines.push(as("removed")(old[--x] ?? ""));
  }
  return lines.reverse();
}
