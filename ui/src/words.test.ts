import { describe, expect, it } from "vitest";
import { fabric, findings, noDocuments, operation, progress, step } from "./testing/samples";
import { conflict } from "./testing/twoWay";
import {
  about,
  buttonLabel,
  conflictName,
  conflictsWait,
  count,
  currentStep,
  distance,
  endCount,
  intervalLabel,
  lastWord,
  place,
  size,
  stepCount,
  stepCountShort,
  stepSentence,
  versionSentence,
  whyWhole,
} from "./words";

describe("counts", () => {
  it("takes the plural where it belongs", () => {
    expect(count(0, "commit")).toBe("0 commits");
    expect(count(1, "commit")).toBe("1 commit");
    expect(count(10_000, "file")).toBe("10,000 files");
    expect(count(1, "branch", "branches")).toBe("1 branch");
  });

  it("writes sizes", () => {
    expect([812, 14_336, 1_240_000].map(size)).toEqual(["812 B", "14 kB", "1.2 MB"]);
  });
});

describe("a step", () => {
  const parse = step("parse", { state: "running", done: 31, total: 46, unit: "documents" });

  it("counts in full and in short", () => {
    expect(stepCount(parse)).toBe("31 of 46 documents");
    expect(stepCountShort(parse)).toBe("31/46");
    expect(stepCountShort(step("clone", { state: "running", done: 4210, total: 12_000 }))).toBe("4210/12K");
  });

  it("counts without a total, and says nothing where nothing is counted", () => {
    expect(stepCount(step("scan", { state: "running", done: 1, unit: "files" }))).toBe("1 file");
    expect(stepCount(step("fetch", { state: "running" }))).toBe("");
    expect(stepCountShort(step("write", { total: 46 }))).toBe("");
  });

  it("is a sentence for a screen reader", () => {
    expect(stepSentence(parse)).toBe("Parse: under way, 31 of 46 documents");
    expect(stepSentence(step("integrate", { state: "skipped", note: "nothing new" }))).toBe(
      "Merge: not needed, nothing new",
    );
  });

  it("is the one that runs, or the last that did", () => {
    expect(currentStep(progress())?.step).toBe("write");
    const between = [step("fetch", { state: "done" }), step("integrate")];
    expect(currentStep(progress({ steps: between }))?.step).toBe("fetch");
    expect(currentStep(progress({ steps: [] }))).toBeNull();
  });
});

describe("the last word of a run", () => {
  it("is what its last step found out", () => {
    const steps = [
      {
        step: "fetch" as const,
        state: "done" as const,
        done: 0,
        total: null,
        unit: null,
        note: "the remote answered",
      },
      {
        step: "push" as const,
        state: "skipped" as const,
        done: 0,
        total: null,
        unit: null,
        note: "no remote",
      },
    ];
    expect(lastWord(operation({ steps }))).toBe("Fetch: the remote answered.");
    expect(lastWord(operation({ steps: [] }))).toBeNull();
  });
});

describe("buttons and distance", () => {
  it("say what will be done", () => {
    expect(buttonLabel("push", 2)).toBe("Push 2 commits");
    expect(buttonLabel("pull", 1)).toBe("Pull 1 commit");
    expect(buttonLabel("pull", 0)).toBe("Pull");
    expect(buttonLabel("push", null)).toBe("Push");
  });

  it("say unknown as unknown", () => {
    expect(distance(fabric({ ahead: null, behind: 0 }))).toEqual({ push: "unknown", pull: "0" });
  });
});

it("says where a finding is, as far as it is known", () => {
  const [finding] = findings();
  if (!finding) throw new Error("no sample");
  expect(place(finding)).toBe("fabrics/lab-1/raw/leafs.yaml:118:7");
  expect(place({ ...finding, line: null })).toBe("fabrics/lab-1/raw/leafs.yaml");
  expect(place({ ...finding, file: null })).toBe("");
  expect(about({ ...finding, kind: "Switch", name: "leaf-01" })).toBe("Switch leaf-01");
});

describe("a conflict", () => {
  it("is counted, and named by its object or else its file", () => {
    expect([1, 2].map(conflictsWait)).toEqual(["1 conflict waits for you", "2 conflicts wait for you"]);
    expect(conflictName(conflict(), "fabrics/lab-1")).toBe("Switch default/leaf-01");
    expect(conflictName(conflict({ object: null }), "fabrics/lab-1")).toBe("managed/switches/leaf-01.yaml");
  });

  it("says why only whole versions can be taken", () => {
    expect(whyWhole(conflict({ ours: null }))).toMatch(/^It was deleted here and changed on the remote/);
    expect(whyWhole(conflict({ theirs: null }))).toMatch(/^It was changed here and deleted on the remote/);
    expect(whyWhole(conflict())).toMatch(/^It can't be compared field by field/);
  });

  it("says what taking a version means", () => {
    expect(versionSentence("ours", null)).toBe("deleted here");
    expect(versionSentence("theirs", "b10b")).toBe("as it is on the remote");
    expect(versionSentence("base", null)).toBe("there was no such file");
  });
});

it("says how often and how many", () => {
  expect([0, 30, 45, 60, 90, 900, 3600, 5400].map(intervalLabel)).toEqual([
    "Never",
    "Every 30 s",
    "Every 45 s",
    "Every 1 min",
    "Every 90 s",
    "Every 15 min",
    "Every 1 h",
    "Every 90 min",
  ]);
  expect([endCount("needsYou", 1), endCount("needsYou", 2), endCount("done", 1200)]).toEqual([
    "1 needs you",
    "2 need you",
    "1,200 done",
  ]);
});
