import { describe, expect, it } from "vitest";
import { fields, objectFinding } from "../testing/resources";
import { operation, step } from "../testing/samples";
import { endOf } from "./ends";
import { fieldRows } from "./fieldTree";
import { asksForKind, kindsOf, terms, withKind, withTerm } from "./query";
import { HEAD, ROW, mostRows, rowAfter, topFor, windowAt } from "./window";
import { tokens } from "./yamlTokens";

describe("a search", () => {
  it("is taken apart as it was typed", () => {
    expect(terms('leaf "rack A, top" -kind:Switch label:"a b"=c')).toEqual([
      "leaf",
      '"rack A, top"',
      "-kind:Switch",
      'label:"a b"=c',
    ]);
    expect(terms('  open "quote')).toEqual(["open", '"quote']);
    expect(kindsOf("kind:Switch,VPC x -kind:Server KIND:Gateway")).toEqual(["Switch", "VPC", "Gateway"]);
    expect(asksForKind("kind:switch", "Switch")).toBe(true);
    expect(asksForKind("kind:SwitchGroup", "Switch")).toBe(false);
  });

  it.each([
    ["", "Switch", false, "kind:Switch"],
    ["leaf", "Switch", false, "kind:Switch leaf"],
    ["kind:Switch leaf", "Switch", false, "leaf"],
    ["kind:switch leaf", "VPC", false, "kind:VPC leaf"],
    ["kind:Switch,VPC", "VPC", false, "kind:VPC"],
    ["kind:Switch", "VPC", true, "kind:Switch,VPC"],
    ["kind:Switch,VPC", "VPC", true, "kind:Switch"],
    ["kind:VPC", "VPC", true, ""],
    ["-kind:VPC x", "VPC", false, "kind:VPC -kind:VPC x"],
  ])("%j with a click on %s (beside: %s) is %j", (text, kind, beside, expected) => {
    expect(withKind(text, kind, beside)).toBe(expected);
  });

  it("gains and loses a term", () => {
    expect(withTerm("leaf", "has:error")).toBe("leaf has:error");
    expect(withTerm("leaf HAS:error", "has:error")).toBe("leaf");
  });
});

describe("the rows that are drawn", () => {
  it("are those in view and a few around them, never beyond the ends", () => {
    expect(windowAt(0, HEAD + 10 * ROW, 100_000)).toEqual({ first: 0, end: 19 });
    expect(windowAt(1000 * ROW, HEAD + 10 * ROW, 100_000)).toEqual({ first: 992, end: 1019 });
    expect(windowAt(100_000 * ROW, HEAD + 10 * ROW, 100_000).end).toBe(100_000);
    expect(windowAt(500, 400, 3)).toEqual({ first: 0, end: 3 });
    expect(windowAt(0, 400, 0)).toEqual({ first: 0, end: 0 });
    const [middle, most] = [windowAt(1000 * ROW, 400, 100_000), mostRows(400)];
    expect(middle.end - middle.first).toBe(most);
  });

  it("are scrolled to only as far as is needed", () => {
    const height = HEAD + 10 * ROW;
    expect(topFor(5, 0, height)).toBe(0);
    expect(topFor(9, 0, height)).toBe(0);
    expect(topFor(10, 0, height)).toBe(ROW);
    expect(topFor(3, 5 * ROW, height)).toBe(3 * ROW);
  });

  it.each([
    ["ArrowDown", 4, 5],
    ["ArrowDown", 99, 99],
    ["ArrowUp", 0, 0],
    ["PageDown", 4, 14],
    ["PageUp", 4, 0],
    ["Home", 50, 0],
    ["End", 4, 99],
    ["x", 4, null],
  ])("%s leads from %i to %s", (key, at, expected) => {
    expect(rowAfter(key, at, 100, 10)).toBe(expected);
    expect(rowAfter(key, 0, 0, 10)).toBeNull();
  });
});

describe("the fields of an object", () => {
  it("leave out what lies in a folded one", () => {
    const folded = fieldRows(fields(), new Set(["spec.groups", "metadata"]), []);
    expect(folded.map(({ field }) => field.path)).not.toContain("spec.groups[0]");
    expect(folded.map(({ field }) => field.path)).toContain("spec.redundancy.group");
    expect(folded.find(({ field }) => field.path === "metadata")?.isParent).toBe(true);
    expect(fieldRows(fields(), new Set(["spec"]), [])).toHaveLength(5);
  });

  it("hold what is wrong at their line", () => {
    const rows = fieldRows(fields(), new Set(), [objectFinding()]);
    expect(rows.filter((row) => row.findings.length > 0).map(({ field }) => field.path)).toEqual([
      "spec.asn",
    ]);
  });
});

describe("a line of YAML", () => {
  it.each([
    ["kind: Switch # why", ["key kind:", "text  Switch ", "comment # why"]],
    ["  - port: a/E1/1", ["text   - ", "key port:", "text  a/E1/1"]],
    ['  description: "a # b"', ["text   ", "key description:", 'text  "a # b"']],
    ["# all", ["comment # all"]],
    ["- 10.0.0.0/16", ["text - 10.0.0.0/16"]],
    ["mac: 0c:20:12", ["key mac:", "text  0c:20:12"]],
    ["a: b#c", ["key a:", "text  b#c"]],
    ["", []],
  ])("%j", (line, expected) => {
    expect(tokens(line).map(({ is, text }) => `${is} ${text}`)).toEqual(expected);
    expect(
      tokens(line)
        .map(({ text }) => text)
        .join(""),
    ).toBe(line);
  });
});

describe("what came of an edit", () => {
  const error = { code: "RemoteUnreachable", message: "Away.", hint: "Wait." } as const;
  it.each([
    [operation({ kind: "edit" }), "saved"],
    [operation({ outcome: { is: "unchanged" } }), "saved"],
    [operation({ outcome: { is: "stale" } }), "stale"],
    [
      operation({ outcome: { is: "needsAttention" }, steps: [step("validate", { state: "failed" })] }),
      "refused",
    ],
    [operation({ outcome: { is: "needsAttention" }, steps: [] }), "saved"],
    [operation({ outcome: { is: "failed", error }, commit: null }), "problem"],
    [operation({ outcome: { is: "failed", error } }), "saved"],
    [operation({ outcome: { is: "cancelled" }, commit: null }), "stopped"],
  ])("%#: is %2$s", (run, expected) => {
    expect(endOf(run).is).toBe(expected);
  });
});
