import { describe, expect, it } from "vitest";
import { NOW } from "./testing/samples";
import { ago, duration, elapsed, exact, until } from "./time";

const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;

describe("ago", () => {
  it.each([
    [-3 * S, "just now"],
    [0, "just now"],
    [12 * S, "12 s ago"],
    [59.9 * S, "59 s ago"],
    [2 * MIN, "2 min ago"],
    [3.5 * H, "3 h ago"],
    [30 * H, "yesterday"],
    [5 * 24 * H, "5 days ago"],
    [40 * 24 * H, "14 Oct 2026"],
  ])("%d ms: %s", (passed, words) => expect(ago(NOW - passed, NOW)).toBe(words));
});

describe("until", () => {
  it.each([
    [-5 * S, "now"],
    [12 * S, "in 12 s"],
    [3 * MIN, "in 3 min"],
    [2 * H, "in 2 h"],
  ])("%d ms: %s", (left, words) => expect(until(NOW + left, NOW)).toBe(words));

  it("never says 60 of the smaller unit", () => {
    expect(until(NOW + 59.5 * S, NOW)).toBe("in 1 min");
    expect(until(NOW + 59.7 * MIN, NOW)).toBe("in 1 h");
  });
});

describe("elapsed", () => {
  it.each([
    [-S, "0:00"],
    [7.9 * S, "0:07"],
    [125 * S, "2:05"],
    [3723 * S, "1:02:03"],
  ])("%d ms: %s", (passed, words) => expect(elapsed(NOW - passed, NOW)).toBe(words));
});

describe("duration", () => {
  it.each([
    [400, "0.4 s"],
    [12_300, "12 s"],
    [59_800, "1 min 0 s"],
    [125_000, "2 min 5 s"],
  ])("%d ms: %s", (passed, words) => expect(duration(passed)).toBe(words));
});

it("gives the exact time in a zone", () => {
  expect(exact(NOW, "UTC")).toBe("23 Nov 2026, 10:00:00 UTC");
});
