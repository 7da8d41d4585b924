import type { DiffLine } from "./bindings";

/** A line of a difference as it is shown, or how many lines that are the same are left out. */
export type DiffRow = DiffLine | { is: "folded"; lines: number };

/** How many lines that are the same are kept beside a change. */
const AROUND = 3;

/** A difference with its long stretches of unchanged lines left out. */
export function folded(diff: readonly DiffLine[]): DiffRow[] {
  const kept = diff.map((line) => line.is !== "same");
  diff.forEach((line, at) => {
    if (line.is !== "same") kept.fill(true, Math.max(0, at - AROUND), at + AROUND + 1);
  });
  const rows: DiffRow[] = [];
  diff.forEach((line, at) => {
    const last = rows.at(-1);
    if (kept[at]) rows.push(line);
    else if (last?.is === "folded") last.lines++;
    else rows.push({ is: "folded", lines: 1 });
  });
  return rows;
}
