import { describe, expect, it } from "vitest";
import type { DiffLine } from "./bindings";
import { difference } from "./lines";

const shown = (lines: DiffLine[]) =>
  lines.map(({ is, text }) => ({ same: " ", added: "+", removed: "-" })[is] + text);
const before = (lines: DiffLine[]) => lines.filter(({ is }) => is !== "added").map(({ text }) => text);
const after = (lines: DiffLine[]) => lines.filter(({ is }) => is !== "removed").map(({ text }) => text);

describe("the difference of two texts", () => {
  it.each([
    ["nothing", "a\nb\n", "a\nb\n", [" a", " b"]],
    ["a change", "a\nb\nc\n", "a\nx\nc\n", [" a", "-b", "+x", " c"]],
    ["an addition", "a\nc\n", "a\nb\nc\n", [" a", "+b", " c"]],
    ["a removal", "a\nb\nc\n", "a\nc\n", [" a", "-b", " c"]],
    ["from nothing", "", "a\n", ["+a"]],
    ["to nothing", "a\n", "", ["-a"]],
    ["without a last end", "a\nb", "a\nc", [" a", "-b", "+c"]],
    ["two places", "a\nb\nc\nd\ne\n", "x\nb\nc\nd\ny\n", ["-a", "+x", " b", " c", " d", "-e", "+y"]],
  ])("shows %s", (_, old, young, expected) => {
    expect(shown(difference(old, young))).toEqual(expected);
  });

  it("leads from the one to the other, in as few lines as can be", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const lines = () => Array.from({ length: random(9) }, () => "abc"[random(3)] ?? "");
    for (let turn = 0; turn < 500; turn++) {
      const [old, young] = [lines(), lines()];
      const found = difference(
        old.map((line) => `${line}\n`).join(""),
        young.map((line) => `${line}\n`).join(""),
      );
      expect(before(found)).toEqual(old);
      expect(after(found)).toEqual(young);
      expect(found.filter(({ is }) => is === "same")).toHaveLength(longestCommon(old, young));
    }
  });

  it("of two that are worlds apart is all of both, soon", () => {
    const text = (sort: string) => Array.from({ length: 5000 }, (_, n) => `${sort}${n}\n`).join("");
    const found = difference(text("a"), text("b"));
    expect(found).toHaveLength(10_000);
    expect(found[0]).toEqual({ is: "removed", text: "a0" });
  });
});

/** How many lines two lists share in order, by the textbook. */
function longestCommon(old: string[], young: string[]): number {
  const table = Array.from({ length: old.length + 1 }, () => new Array<number>(young.length + 1).fill(0));
  old.forEach((line, x) =>
    young.forEach((other, y) => {
      const cell = line === other ? table[x]![y]! + 1 : Math.max(table[x]![y + 1]!, table[x + 1]![y]!);
      table[x + 1]![y + 1] = cell;
    }),
  );
  return table[old.length]![young.length]!;
}
