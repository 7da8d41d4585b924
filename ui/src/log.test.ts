import { expect, it } from "vitest";
import { linesOf } from "./log";
import { logText } from "./testing/samples";

it("tells trouble from what is usual", () => {
  expect(linesOf(logText()).map(({ tone }) => tone)).toEqual([null, null, "warning", "danger", null]);
});

it("counts what follows a line to that line", () => {
  const lines = linesOf(
    "2026-11-23T10:00:00Z ERROR it broke\n  at once\n2026-11-23T10:00:01Z  INFO on it goes\n",
  );
  expect(lines.map(({ tone }) => tone)).toEqual(["danger", "danger", null]);
  expect(linesOf("")).toEqual([]);
});
