import { expect, it } from "vitest";
import { ranked, scoreOf } from "./rank";

const lines = [
  "Sync",
  "Sync all",
  "Pull",
  "Push all",
  "Open ams-pod-1",
  "Open lab-1",
  "Settings of lab-1…",
].map((title) => ({ title }));
const titles = (typed: string) => ranked(typed, lines).map(({ title }) => title);

it("shows all, in their order, while nothing is typed", () => {
  expect(titles("")).toEqual(lines.map(({ title }) => title));
  expect(titles("   ")).toEqual(lines.map(({ title }) => title));
});

it.each([
  ["sync", ["Sync", "Sync all"]],
  ["SYNC ALL", ["Sync all"]],
  ["lab", ["Open lab-1", "Settings of lab-1…"]],
  ["pod", ["Open ams-pod-1"]],
  // Its letters in their order, where nothing better is there.
  ["oap", ["Open ams-pod-1"]],
  ["zzz", []],
])("finds by %s", (typed, found) => {
  expect(titles(typed)).toEqual(found);
});

it("takes a beginning before a word before a part before scattered letters", () => {
  const score = (title: string) => scoreOf("pu", { title }) ?? -1;
  const scores = ["Push", "To push", "Input", "Plus u"].map(score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(new Set(scores).size).toBe(scores.length);
  expect(score("Sync")).toBe(-1);
});

it("finds by what stands beside a name, after the names", () => {
  const found = ranked("main", [
    { title: "Open lab-1", also: "In sync · fabric-config · main" },
    { title: "Maintain" },
  ]);
  expect(found.map(({ title }) => title)).toEqual(["Maintain", "Open lab-1"]);
});
