// Sample data for tests: each function makes a whole value, and takes what a test is about.
import type {
  DocumentCounts,
  ErrorReport,
  FabricView,
  Finding,
  InboxFile,
  Operation,
  Outcome,
  Progress,
  SourceReport,
  Status,
  StatusState,
  Step,
  StepProgress,
} from "../bindings";

/** A fixed "now": 23 November 2026, 10:00 UTC. */
export const NOW = Date.UTC(2026, 10, 23, 10, 0, 0);

const SENTENCES: Record<StatusState, [sentence: string, hint: string | null]> = {
  unknown: ["The fabric has not been looked at yet.", null],
  notInitialised: ["The directory is not set up as a fabric directory.", "Set it up by adding it again."],
  working: ["A sync is under way.", null],
  inSync: ["This desktop and the remote are the same, and the inbox is empty.", null],
  localChanges: ["2 files wait in the inbox.", null],
  ahead: ["2 commits wait to be pushed.", null],
  behind: ["The remote has 1 commit that is not here yet.", null],
  diverged: ["2 commits wait to be pushed, and the remote has 1 that is not here yet.", null],
  conflicted: [
    "1 file was changed here and on the remote.",
    "Settle managed/switches/leaf-01.yaml with your colleague, then sync again.",
  ],
  needsAttention: [
    "2 documents were rejected and wait in the inbox.",
    "Mend them in the inbox; the rest went on.",
  ],
  needsSignIn: [
    "https://git.example.net/net/fabrics.git refused the sign-in.",
    "Check the user name and that the token is valid and may write.",
  ],
  refusedByRule: [
    "The remote refused the push: main is protected.",
    "Ask for the right to push to this branch, or push to another one.",
  ],
  offline: [
    "The remote can't be reached; what is done here waits to be pushed.",
    "Check the network or the VPN; nothing is lost.",
  ],
  paused: ["Nothing is done by itself until you resume.", "Resume to sync by itself again."],
  failed: ["The last sync could not be done: no space is left on the disk.", "Make room, then try again."],
};

export function status(state: StatusState): Status {
  const [sentence, hint] = SENTENCES[state];
  return { state, sentence, hint };
}

export function fabric(over: Partial<FabricView> = {}): FabricView {
  return {
    id: "lab",
    name: "lab-1",
    repository: {
      id: "repo",
      name: "fabric-config",
      url: "https://git.example.net/net/fabric-config.git",
      path: "/home/ada/git/fabric-config",
      cloned: false,
    },
    branch: "main",
    directory: "fabrics/lab-1",
    path: "/home/ada/git/fabric-config/fabrics/lab-1",
    status: status("inSync"),
    ahead: 0,
    behind: 0,
    localEdits: 0,
    kinds: [
      { kind: "VPC", directory: "vpcs", count: 2 },
      { kind: "Connection", directory: "connections", count: 26 },
      { kind: "Server", directory: "servers", count: 10 },
      { kind: "Switch", directory: "switches", count: 7 },
      { kind: "SwitchGroup", directory: "switchgroups", count: 3 },
    ],
    inbox: [],
    head: commit(),
    autoSync: true,
    lastContact: NOW - 2 * 60_000,
    nextCheck: NOW + 3 * 60_000,
    running: null,
    error: null,
    ...over,
  };
}

/** Many fabrics, in many states. */
export function fabrics(count: number): FabricView[] {
  const states = Object.keys(SENTENCES) as StatusState[];
  const sites = ["ams", "ber", "cph", "dub", "fra", "lon", "osl", "par"];
  return Array.from({ length: count }, (_, n) =>
    fabric({
      id: `fabric-${n}`,
      name: `${sites[n % sites.length]}-pod-${n + 1}`,
      status: status(n % 5 === 0 ? (states[(n / 5) % states.length] ?? "inSync") : "inSync"),
    }),
  );
}

export function commit() {
  return {
    revision: "3f9c2a7be01d44c5a9c0f1e27d66b8a4c5d1e0f2",
    subject: "Ingest 46 objects from prepop.yaml",
    author: "Ada Operator",
    time: NOW - 60_000,
  };
}

export function step(name: Step, over: Partial<StepProgress> = {}): StepProgress {
  return { step: name, state: "waiting", done: 0, total: null, unit: null, note: null, ...over };
}

/** The steps of a sync of 46 documents that is writing objects, `written` of them. */
export function stepsAt(written: number): StepProgress[] {
  return [
    step("fetch", { state: "done", note: "nothing new" }),
    step("integrate", { state: "skipped", note: "nothing new" }),
    step("scan", { state: "done", done: 1, total: 1, unit: "files", note: "1 file" }),
    step("parse", { state: "done", done: 46, total: 46, unit: "documents", note: "46 documents in 1 file" }),
    step("validate", { state: "done", done: 46, total: 46, unit: "objects", note: "46 objects" }),
    step("write", { state: "running", done: written, total: 46, unit: "objects" }),
    step("commit"),
    step("push"),
    step("verify"),
  ];
}

/** The same steps when all went well. */
export function stepsDone(): StepProgress[] {
  return stepsAt(46).map((at) => {
    if (at.step === "write") return { ...at, state: "done" as const, note: "46 objects written" };
    if (at.state !== "waiting") return at;
    return { ...at, state: "done" as const, done: 1, total: 1, unit: "commits" as const, note: "1 commit" };
  });
}

export function progress(over: Partial<Progress> = {}): Progress {
  return {
    operation: "op-1",
    fabric: "lab",
    kind: "sync",
    trigger: "click",
    startedAt: NOW - 7_000,
    steps: stepsAt(31),
    current: "managed/connections/server-01--eslag--leaf-01--leaf-02.yaml",
    cancelling: false,
    ...over,
  };
}

export const noDocuments: DocumentCounts = {
  total: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  unmanaged: 0,
  rejected: 0,
};

export function operation(over: Partial<Operation> = {}): Operation {
  return {
    id: "op-1",
    fabric: "lab",
    kind: "sync",
    trigger: "fileEvent",
    startedAt: NOW - 61_200,
    finishedAt: NOW - 60_000,
    outcome: { is: "done" },
    summary: "Took in 46 objects from prepop.yaml and pushed 1 commit.",
    steps: stepsDone(),
    documents: { ...noDocuments, total: 46, created: 46 },
    findings: [],
    collisions: [],
    commit: commit(),
    pulled: 0,
    pushed: 1,
    ...over,
  };
}

export const unreachable: ErrorReport = {
  code: "RemoteUnreachable",
  message: "Cannot reach https://git.example.net/net/fabric-config.git: connection timed out.",
  hint: "Check the URL and the network; work goes on here and is pushed later.",
};

/** A log of many runs, the newest first. */
export function log(count: number): Operation[] {
  const failed: Outcome = { is: "failed", error: unreachable };
  const quiet = { documents: noDocuments, commit: null, pushed: 0 };
  const turns: Partial<Operation>[] = [
    {},
    {
      ...quiet,
      kind: "sync",
      trigger: "timer",
      outcome: { is: "unchanged" },
      summary: "Everything is up to date.",
    },
    { ...quiet, kind: "pull", trigger: "click", pulled: 1, summary: "Pulled 1 commit." },
    { ...quiet, outcome: failed, trigger: "timer", summary: unreachable.message },
    {
      outcome: { is: "needsAttention" },
      summary: "Took in 44 objects and pushed 1 commit; 2 documents were rejected.",
      findings: findings(),
      documents: { ...noDocuments, total: 46, created: 40, updated: 4, rejected: 2 },
    },
    {
      ...quiet,
      kind: "push",
      outcome: { is: "cancelled" },
      trigger: "click",
      summary: "Cancelled before the push.",
    },
  ];
  return Array.from({ length: count }, (_, n) => {
    const end = NOW - 60_000 - n * 17 * 60_000;
    return operation({
      ...turns[n % turns.length],
      id: `op-${n + 1}`,
      startedAt: end - 1_400,
      finishedAt: end,
    });
  });
}

export function findings(): Finding[] {
  return [
    {
      severity: "error",
      code: "FGD-101",
      message: "The document is not YAML: the value of “spec.ports” is never closed.",
      hint: "Close the bracket that was opened in line 112.",
      file: "fabrics/lab-1/raw/leafs.yaml",
      line: 118,
      column: 7,
      kind: null,
      name: null,
    },
    {
      severity: "error",
      code: "FGD-202",
      message: "“Leaf_03” is not a valid name.",
      hint: "Use lower-case letters, digits and “-”.",
      file: "fabrics/lab-1/raw/leafs.yaml",
      line: 131,
      column: 9,
      kind: "Switch",
      name: "Leaf_03",
    },
    {
      severity: "warning",
      code: "FGD-205",
      message: "The apiVersion wiring.githedgehog.com/v1alpha2 is old; it is kept as written.",
      hint: null,
      file: "fabrics/lab-1/raw/leafs.yaml",
      line: 140,
      column: 1,
      kind: "Switch",
      name: "leaf-04",
    },
  ];
}

export function inbox(count = 2): InboxFile[] {
  return Array.from({ length: count }, (_, n) => ({
    file: n === 0 ? "fabrics/lab-1/raw/leafs.yaml" : `fabrics/lab-1/raw/more/drop-${n}.yaml`,
    bytes: 14_336 + n,
    findings: n === 0 ? findings() : [],
  }));
}

export function sourceReport(over: Partial<SourceReport> = {}): SourceReport {
  return {
    workTree: "/home/ada/git/fabric-config",
    url: "https://git.example.net/net/fabric-config.git",
    branches: ["main", "staging", "lab/next"],
    branch: "main",
    directory: "fabrics/lab-1",
    fabrics: ["fabrics/lab-1", "fabrics/lab-2"],
    name: "lab-1",
    notes: [],
    ...over,
  };
}
