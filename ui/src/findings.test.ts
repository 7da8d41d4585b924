import { expect, it } from "vitest";
import { grouped, matching, tally } from "./findings";
import { findings, manyFindings } from "./testing/samples";

it("groups by severity, errors first, then by code", () => {
  const groups = grouped([...findings()].reverse());
  expect(groups.map(({ severity, count, codes }) => [severity, count, codes.map(([code]) => code)])).toEqual([
    ["error", 2, ["FGD-101", "FGD-202"]],
    ["warning", 1, ["FGD-205"]],
  ]);
  expect(grouped([])).toEqual([]);
});

it("finds what has every word somewhere", () => {
  const found = (wanted: string) => matching(findings(), wanted).map((finding) => finding.code);
  expect(found("")).toHaveLength(3);
  expect(found(" LEAF_03  switch ")).toEqual(["FGD-202"]);
  expect(found("fgd-205")).toEqual(["FGD-205"]);
  expect(found("leafs.yaml:118")).toEqual(["FGD-101"]);
  expect(found("bracket leaf_03")).toEqual([]);
});

it("counts errors and warnings", () => {
  expect(tally(manyFindings(500))).toEqual({ errors: 375, warnings: 125 });
});
