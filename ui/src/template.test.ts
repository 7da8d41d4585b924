import { expect, it } from "vitest";
import { exampleOf, filled } from "./template";

const filling = {
  summary: "lab: ingest 2 objects",
  details: "Created: 2",
  fabric: "lab {summary}",
  branch: "main",
};
const of = (template: string) => filled(template, filling).replace(/\n\nFGD-Operation: .*$/, "");

it.each([
  ["", "lab: ingest 2 objects\n\nCreated: 2"],
  ["chore(fabric): {summary}", "chore(fabric): lab: ingest 2 objects"],
  [
    "{summary} [{fabric} {branch} {x}]\n\n{details}\n",
    "lab: ingest 2 objects [lab {summary} main {x}]\n\nCreated: 2",
  ],
])("fills %j as the engine does", (template, message) => {
  expect(of(template)).toBe(message);
});

it("always says which run made the commit", () => {
  expect(filled("x {summary}", filling)).toMatch(/\n\nFGD-Operation: [0-9a-f-]+$/);
});

it("names the directory in its example, unless it is the repository's top", () => {
  expect(exampleOf("lab", "main", "fabrics/lab-1").summary).toMatch(/^lab-1: ingest/);
  expect(exampleOf("lab", "main", "").summary).toMatch(/^ingest/);
});
