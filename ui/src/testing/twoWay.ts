// Sample data of what goes both ways: conflicts and their texts, versions, settings, what came of a run.
import type {
  Conflict,
  ConflictTexts,
  FabricRules,
  FabricSettings,
  FileText,
  ObjectVersion,
  Operation,
  RepoPath,
  VersionDiff,
} from "../bindings";
import { commit, noDocuments, operation } from "./samples";

const blob = (digit: string) => digit.repeat(40);

/** A file of which both sides changed two fields. */
export function conflict(over: Partial<Conflict> = {}): Conflict {
  return {
    file: "fabrics/lab-1/managed/switches/leaf-01.yaml",
    object: "Switch default/leaf-01",
    oursIs: "committed",
    fields: [
      { path: "spec.role", base: "server-leaf", ours: "border-leaf", theirs: "spine" },
      { path: "spec.description", base: null, ours: "rack A, top", theirs: "row 3" },
    ],
    base: blob("b"),
    ours: blob("1"),
    theirs: blob("2"),
    ...over,
  };
}

/** One by field, one with a deletion, one that is edited by hand. */
export function conflicts(): Conflict[] {
  return [
    conflict(),
    conflict({
      file: "fabrics/lab-1/managed/vpcs/vpc-1.yaml",
      object: "VPC default/vpc-1",
      fields: [],
      theirs: null,
    }),
    conflict({
      file: "fabrics/lab-1/managed/servers/server-03.yaml",
      object: null,
      oursIs: "workTree",
      fields: [],
      ours: blob("3"),
    }),
  ];
}

/** Many conflicts, each of one field. */
export function manyConflicts(count: number): Conflict[] {
  return Array.from({ length: count }, (_, n) =>
    conflict({
      file: `fabrics/lab-1/managed/servers/server-${n + 1}.yaml`,
      object: `Server default/server-${n + 1}`,
      fields: [{ path: "spec.description", base: "", ours: `here ${n}`, theirs: `there ${n}` }],
    }),
  );
}

export function conflictTexts(file: RepoPath, over: Partial<ConflictTexts> = {}): ConflictTexts {
  const text = (role: string, description: string) =>
    `kind: Switch\nmetadata:\n  name: leaf-01\nspec:\n${description}  role: ${role}\n  profile: dell-s5248f-on\n`;
  return {
    conflict: conflicts().find((known) => known.file === file) ?? conflict({ file }),
    base: text("server-leaf", ""),
    ours: text("border-leaf", "  description: rack A, top\n"),
    theirs: text("spine", "  description: row 3\n"),
    ...over,
  };
}

/** A run that settled conflicts and pushed. */
export function resolved(count: number): Operation {
  return operation({
    id: "op-resolve",
    kind: "resolve",
    trigger: "click",
    documents: noDocuments,
    summary: `Settled ${count} conflicts, pushed 2 commits.`,
  });
}

/** A run that undid another. */
export function undone(over: Partial<Operation> = {}): Operation {
  return operation({
    id: "op-undo",
    kind: "undo",
    trigger: "click",
    documents: noDocuments,
    summary: "Undid “lab-1: ingest 2 objects”.",
    ...over,
  });
}

export function fabricRules(over: Partial<FabricRules> = {}): FabricRules {
  return { archive: "rename_with_extension", validation: "warn", ...over };
}

export function fabricSettings(over: Partial<FabricSettings> = {}): FabricSettings {
  return { interval: 120, onStart: true, onFocus: true, policy: "ask", template: null, ...over };
}

export function fileText(file: RepoPath): FileText {
  return { file, blob: blob("1"), text: "kind: Switch\n" };
}

export function objectVersions(): ObjectVersion[] {
  return [{ commit: commit(), blob: blob("1") }];
}

export function versionDiff(): VersionDiff {
  return {
    fields: [{ path: "spec.role", before: "server-leaf", after: "border-leaf" }],
    before: "spec:\n  role: server-leaf\n",
    after: "spec:\n  role: border-leaf\n",
  };
}
