// Sample data of what came, what goes and what was.
import type { ChangesView, CommitChanges, CommitView, ObjectChange } from "../bindings";
import { NOW } from "./samples";

const revision = (n: number) => n.toString(16).padStart(2, "0").repeat(20);

export function commitView(n: number, over: Partial<CommitView> = {}): CommitView {
  const author = ["Ada", "Grace", "Linus"][n % 3] ?? "Ada";
  const subjects = ["lab-1: ingest 3 objects", "Move leaf-02 to rack B", "lab-1: edit VPC vpc-1"];
  return {
    commit: {
      revision: revision(n + 1),
      subject: subjects[n % 3] ?? "",
      author,
      time: NOW - (n + 1) * 47 * 60_000,
    },
    author,
    operation: n % 3 === 1 ? null : `op-${n}`,
    created: n % 3 === 0 ? 3 : 0,
    updated: n % 3 === 0 ? 0 : 1,
    deleted: n % 7 === 6 ? 1 : 0,
    isMerge: false,
    canUndo: n % 3 !== 1,
    ...over,
  };
}

export function objectChange(over: Partial<ObjectChange> = {}): ObjectChange {
  return {
    id: "Switch/leaf-01",
    kind: "Switch",
    name: "leaf-01",
    file: "fabrics/lab-1/managed/switches/leaf-01.yaml",
    change: "changed",
    before: "1".repeat(40),
    after: "2".repeat(40),
    fields: [
      { path: "spec.role", before: "server-leaf", after: "border-leaf" },
      { path: "spec.description", before: null, after: "rack A, top" },
    ],
    ...over,
  };
}

export function changesView(limit = 50, over: Partial<ChangesView> = {}): ChangesView {
  const known = 120;
  const history = Array.from({ length: Math.min(limit, known) }, (_, n) => commitView(n + 3));
  return {
    incoming: [commitView(1, { operation: null, canUndo: false })],
    outgoing: [commitView(0), commitView(2)],
    history,
    more: limit < known,
    edits: [objectChange({ id: "Server/server-03", kind: "Server", name: "server-03", after: null })],
    page: "https://git.example.net/net/fabric-config/commit/",
    ...over,
  };
}

export function commitChanges(over: Partial<CommitChanges> = {}): CommitChanges {
  return {
    objects: [
      objectChange(),
      objectChange({
        id: "VPC/vpc-1",
        kind: "VPC",
        name: "vpc-1",
        file: "fabrics/lab-1/managed/vpcs/vpc-1.yaml",
        change: "added",
        before: null,
        fields: [],
      }),
      objectChange({
        id: "Server/server-09",
        kind: "Server",
        name: "server-09",
        file: "fabrics/lab-1/managed/servers/server-09.yaml",
        change: "removed",
        after: null,
        fields: [],
      }),
    ],
    other: ["fabrics/lab-1/raw/leafs.yaml.archived"],
    ...over,
  };
}
