import { expect, it } from "vitest";
import { Pace } from "./pace";
import { step } from "./testing/samples";
import { timeLeft } from "./time";

const write = (done: number, total: number | null = 1000) => step("write", { state: "running", done, total });

it("tells when a step ends once enough of it was seen", () => {
  const pace = new Pace();
  expect(pace.endOf("a", write(0), 0)).toBeNull();
  expect(pace.endOf("a", write(50), 1000)).toBeNull();
  expect(pace.endOf("a", write(100), 2000)).toBe(20_000);
  // It slows down, and the end is later.
  expect(pace.endOf("a", write(150), 12_000)).toBe(80_000);
});

it("says nothing while hardly anything moves, or where the whole is not known", () => {
  const pace = new Pace();
  pace.endOf("a", write(0), 0);
  expect(pace.endOf("a", write(3), 10_000)).toBeNull();
  expect(pace.endOf("a", write(500, null), 11_000)).toBeNull();
});

it("goes by what was done lately", () => {
  const pace = new Pace();
  pace.endOf("a", write(0), 0);
  pace.endOf("a", write(500), 1000);
  for (let at = 2000; at <= 40_000; at += 1000) pace.endOf("a", write(500 + at / 200), at);
  expect(pace.endOf("a", write(705), 41_000)).toBeCloseTo(41_000 + 295 * 200, -3);
});

it("begins anew with another step, another run, and one that begins again", () => {
  const pace = new Pace();
  pace.endOf("a", write(0), 0);
  expect(pace.endOf("a", { ...write(500), step: "push" }, 5000)).toBeNull();
  pace.endOf("b", write(0), 0);
  expect(pace.endOf("c", write(500), 5000)).toBeNull();
  expect(pace.endOf("c", write(100), 10_000)).toBeNull();
});

it("says how long in words that promise no more than is known", () => {
  expect(timeLeft(4000, 0)).toBe("a few seconds left");
  expect(timeLeft(-4000, 0)).toBe("a few seconds left");
  expect(timeLeft(11_000, 0)).toBe("about 15 s left");
  expect(timeLeft(61_000, 0)).toBe("about 2 min left");
});
