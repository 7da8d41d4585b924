import { expect, it } from "vitest";
import { whatAddingDoes } from "./adding";
import type { SourceReport } from "./bindings";

const found: SourceReport = {
  workTree: "/home/ada/git/fabrics",
  url: "https://git.example.net/net/fabrics.git",
  branches: ["main"],
  branch: "main",
  directory: "",
  fabrics: ["fabrics/lab-1"],
  name: "fabrics",
  notes: [],
};
const does = (over: Partial<SourceReport>, directory: string) =>
  whatAddingDoes({ ...found, ...over }, { branch: "main", directory }).join(" ");

it("tells a directory that is set up from one that is not", () => {
  expect(does({}, "fabrics/lab-1/")).toContain("The structure of fabrics/lab-1/ is there");
  expect(does({}, "fabrics/lab-2")).toContain("One commit sets fabrics/lab-2 up: raw/");
  expect(does({}, " ")).toContain("One commit sets the top level of the repository up");
});

it("says what nobody knows before it is cloned as what it is", () => {
  const says = does({ workTree: null, fabrics: [] }, "lab");
  expect(says).toContain("The branch main is cloned to this machine.");
  expect(says).toContain("Where lab is not set up, one commit does it");
});

it("says whether it is pushed", () => {
  expect(does({}, "lab")).toContain("It is pushed");
  expect(does({ url: null }, "lab")).toContain("Nothing is pushed");
});
