import { expect, it } from "vitest";
import type { DiffLine } from "./bindings";
import { folded } from "./diff";

const line = (is: DiffLine["is"], text: string): DiffLine => ({ is, text });
const same = (count: number) => Array.from({ length: count }, (_, at) => line("same", `${at}`));
const drawn = (diff: DiffLine[]) =>
  folded(diff).map((row) => (row.is === "folded" ? `…${row.lines}` : `${row.is[0]}${row.text}`));

it("leaves out long unchanged stretches, and keeps three lines beside each change", () => {
  expect(drawn([...same(6), line("removed", "x"), line("added", "y"), ...same(5)])).toEqual([
    "…3",
    "s3",
    "s4",
    "s5",
    "rx",
    "ay",
    "s0",
    "s1",
    "s2",
    "…2",
  ]);
});

it("keeps what is between two near changes, and has nothing to show of no change", () => {
  expect(drawn([line("added", "x"), ...same(2), line("added", "y")])).toEqual(["ax", "s0", "s1", "ay"]);
  expect(drawn(same(4))).toEqual(["…4"]);
  expect(drawn([])).toEqual([]);
});
