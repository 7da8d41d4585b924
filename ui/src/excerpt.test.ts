import { describe, expect, it } from "vitest";
import { around, linesOf, marked } from "./excerpt";

const shown = (text: string, column: number) => {
  const { before, mark, after } = marked(text, column);
  return `${before}[${mark}]${after}`;
};

describe("the lines around a place", () => {
  const lines = linesOf("a\r\nb\nc\rd\ne\nf\n");

  it("are two above and two below, as far as there are any", () => {
    const numbers = (line: number) => around(lines, line).map(({ number }) => number);
    expect(lines).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(numbers(3)).toEqual([1, 2, 3, 4, 5]);
    expect(numbers(1)).toEqual([1, 2, 3]);
    expect(numbers(6)).toEqual([4, 5, 6]);
  });

  it("end with an empty line where the text ends too early, and are none further down", () => {
    expect(around(lines, 7)).toEqual([
      { number: 5, text: "e" },
      { number: 6, text: "f" },
      { number: 7, text: "" },
    ]);
    expect(around(lines, 9)).toEqual([]);
  });

  it("are blank while the text is read", () => {
    expect(around(null, 2).map(({ number, text }) => `${number}${text}`)).toEqual(["1", "2", "3", "4"]);
  });
});

describe("a mark", () => {
  it("takes the word at the column", () => {
    expect(shown("  name: Leaf_03 # x", 9)).toBe("  name: [Leaf_03] # x");
    expect(shown("ports: [E1/7, E1/8", 8)).toBe("ports: [[]E1/7, E1/8");
  });

  it("counts characters, not units", () => {
    expect(shown("😀: größe", 4)).toBe("😀: [größe]");
    expect(shown("a: 😀b", 4)).toBe("a: [😀]b");
  });

  it("is a space past the end", () => {
    expect(shown("a: [1", 6)).toBe("a: [1[ ]");
    expect(shown("", 1)).toBe("[ ]");
    expect(shown("a", 99)).toBe("a[ ]");
  });

  it("stays in sight in a line that holds a whole file", () => {
    const line = `${"x: 1, ".repeat(5000)}bad: 2${", y: 3".repeat(5000)}`;
    const { before, mark, after } = marked(line, 30_001);
    expect(mark).toBe("bad");
    expect(before).toMatch(/^….{60}$/);
    expect(after).toMatch(/^: 2.*…$/);
    expect((before + mark + after).length).toBeLessThan(220);
    expect(marked("y".repeat(100_000), 1).mark).toHaveLength(201);
  });
});
