// Sample data for tests: each function makes a whole value, and takes what a test is about.
import { tally } from "../findings";
import type {
  DiffLine,
  DocumentCounts,
  ErrorReport,
  FabricFindings,
  FabricView,
  Finding,
  InboxFile,
  InboxText,
  Operation,
  Outcome,
  Preview,
  PreviewDocument,
  Progress,
  SourceReport,
  Status,
  StatusState,
  Step,
  StepProgress,
  StructureReport,
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
    "1 conflict waits for you; all else goes on, and nothing is pushed until then.",
    "Settle them: take your version, the remote's, or pick field by field.",
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
    conflicts: 0,
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
    proposal: null,
    errors: 0,
    warnings: 0,
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
  return { step: name, state: "waiting", done: 0, total: null, unit: null, bytes: null, note: null, ...over };
}

/** The steps of a sync of 46 documents that is writing objects, `written` of them. */
export function stepsAt(written: number): StepProgress[] {
  return [
    step("fetch", { state: "done", note: "nothing new" }),
    step("edits", { state: "skipped", note: "none" }),
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
  const notes: Partial<Record<Step, string>> = { verify: "the remote has 3f9c2a7b" };
  return stepsAt(46).map((at) => {
    if (at.step === "write") return { ...at, state: "done" as const, note: "46 objects written" };
    if (at.state !== "waiting") return at;
    return {
      ...at,
      state: "done" as const,
      done: 1,
      total: 1,
      unit: "commits" as const,
      note: notes[at.step] ?? "1 commit",
    };
  });
}

/** The same steps when the remote could not be reached. */
function stepsUnreached(): StepProgress[] {
  return stepsAt(0).map(({ step: name }) =>
    name === "fetch" ? step(name, { state: "failed", note: "out of reach" }) : step(name),
  );
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
    moreFindings: 0,
    conflicts: [],
    from: null,
    to: null,
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
    { ...quiet, outcome: failed, trigger: "timer", summary: unreachable.message, steps: stepsUnreached() },
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

/** What a file of the inbox has of findings. */
export const found = (findings: Finding[]) => ({ ...tally(findings), findings });

export function inbox(count = 2): InboxFile[] {
  return Array.from({ length: count }, (_, n) => ({
    file: n === 0 ? "fabrics/lab-1/raw/leafs.yaml" : `fabrics/lab-1/raw/more/drop-${n}.yaml`,
    bytes: 14_336 + n,
    ...found(n === 0 ? findings() : []),
  }));
}

/** The file that `findings` are about: line 118 has a list that is never closed. */
export function inboxText(over: Partial<InboxText> = {}): InboxText {
  const lines = Array.from({ length: 150 }, (_, at) => {
    switch (at + 1) {
      case 112:
        return "  ports: [";
      case 118:
        return "      {name: E1/7, speed: 25G},";
      case 131:
        return "  name: Leaf_03";
      case 140:
        return "apiVersion: wiring.githedgehog.com/v1alpha2";
      default:
        return `  # line ${at + 1}`;
    }
  });
  return { text: `${lines.join("\n")}\n`, truncated: false, totalLines: lines.length, ...over };
}

/** Many findings of the same file, as a generator's mistake makes them. */
export function manyFindings(count: number): Finding[] {
  return Array.from({ length: count }, (_, n) => ({
    severity: n % 4 === 3 ? ("warning" as const) : ("error" as const),
    code: n % 4 === 3 ? ("FGD-204" as const) : n % 2 ? ("FGD-202" as const) : ("FGD-302" as const),
    message: `Port E1/${n + 1} of leaf-${(n % 32) + 1} is not right.`,
    hint: "Correct it in the file.",
    file: "fabrics/lab-1/raw/leafs.yaml",
    line: (n % 150) + 1,
    column: 5,
    kind: "Connection",
    name: `server-${n + 1}--unbundled--leaf-${(n % 32) + 1}`,
  }));
}

export function fabricFindings(over: Partial<FabricFindings> = {}): FabricFindings {
  const file = "fabrics/lab-1/managed/switches/leaf-01.yaml";
  const found = findings().map((finding) => ({ ...finding, file }));
  return { errors: 2, warnings: 1, findings: found, ...over };
}

const diff: DiffLine[] = [
  { is: "same", text: "apiVersion: wiring.githedgehog.com/v1beta1" },
  { is: "same", text: "kind: Switch" },
  { is: "same", text: "metadata:" },
  { is: "same", text: "  name: leaf-01" },
  { is: "same", text: "  namespace: default" },
  { is: "same", text: "spec:" },
  { is: "same", text: "  description: rack A, top" },
  { is: "removed", text: "  role: server-leaf" },
  { is: "added", text: "  role: border-leaf # since the move" },
  { is: "same", text: "  profile: dell-s5248f-on" },
];

export function previewDocument(over: Partial<PreviewDocument> = {}): PreviewDocument {
  return {
    index: 0,
    line: 1,
    kind: "Switch",
    name: "leaf-02",
    fate: "created",
    path: "fabrics/lab-1/managed/switches/leaf-02.yaml",
    diff: [],
    findings: [],
    ...over,
  };
}

/** A preview of two files: one goes in whole, the other has a change and two documents that stay. */
export function preview(): Preview {
  const path = (rest: string) => `fabrics/lab-1/${rest}`;
  const [broken, badName, old] = findings();
  if (!broken || !badName || !old) throw new Error("no samples");
  const document = previewDocument;
  const duplicate: Finding = {
    severity: "warning",
    code: "FGD-302",
    message: "Two files hold the Server server-03; the first one is updated.",
    hint: "Delete one of them.",
    file: path("managed/servers/server-3.yaml"),
    line: 1,
    column: 1,
    kind: "Server",
    name: "server-03",
  };
  return {
    documents: { total: 8, created: 3, updated: 1, unchanged: 1, unmanaged: 1, rejected: 2 },
    files: [
      {
        file: path("raw/servers.yaml"),
        archivedTo: path("raw/servers.yaml.archived"),
        documents: [
          document({ kind: "Server", name: "server-07", path: path("managed/servers/server-07.yaml") }),
          document({
            index: 1,
            line: 12,
            kind: "ConfigMap",
            name: "motd",
            fate: "unmanaged",
            path: path("unmanaged/configmap-motd.yaml"),
          }),
        ],
      },
      {
        file: path("raw/leafs.yaml"),
        archivedTo: null,
        documents: [
          document({
            name: "leaf-01",
            fate: "updated",
            path: path("managed/switches/leaf-01.yaml"),
            diff,
          }),
          document({ index: 1, line: 24 }),
          document({
            index: 2,
            line: 48,
            kind: "Connection",
            name: "server-01--eslag--leaf-01--leaf-02",
            fate: "unchanged",
            path: null,
          }),
          document({
            index: 3,
            line: 108,
            kind: null,
            name: null,
            fate: "rejected",
            path: null,
            findings: [broken],
          }),
          document({
            index: 4,
            line: 127,
            name: "Leaf_03",
            fate: "rejected",
            path: null,
            findings: [badName],
          }),
          document({
            index: 5,
            line: 140,
            name: "leaf-04",
            path: path("managed/switches/leaf-04.yaml"),
            findings: [old],
          }),
        ],
      },
    ],
    findings: [broken, badName, old, duplicate],
  };
}

/** A preview of one file with many documents, the last one rejected. */
export function largePreview(count: number): Preview {
  const documents = Array.from({ length: count }, (_, index) =>
    previewDocument({
      index,
      line: 1 + index * 10,
      kind: "Server",
      name: `server-${index + 1}`,
      path: `fabrics/lab-1/managed/servers/server-${index + 1}.yaml`,
      ...(index === count - 1 ? { fate: "rejected", path: null, findings: findings().slice(0, 1) } : {}),
    }),
  );
  return {
    documents: { ...noDocuments, total: count, created: count - 1, rejected: 1 },
    files: [{ file: "fabrics/lab-1/raw/hall.yaml", archivedTo: null, documents }],
    findings: [],
  };
}

export function structureReport(over: Partial<StructureReport> = {}): StructureReport {
  return {
    repairs: [
      {
        sentence: "Three directories are missing.",
        files: ["gateways", "gatewaygroups", "gatewaypeerings"].map(
          (kind) => `fabrics/lab-1/managed/${kind}/.gitkeep`,
        ),
      },
      {
        sentence: "A Switch stands in the directory of the Servers.",
        files: ["fabrics/lab-1/managed/servers/leaf-09.yaml"],
      },
    ],
    ...over,
  };
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

/** The app's log, as the engine writes it. */
export const logText = (): string =>
  [
    "2026-11-23T09:58:01.120Z  INFO fgd_sync: interactive since_start_ms=431 page_ms=182",
    "2026-11-23T09:58:14.007Z  INFO fgd_engine::engine::run: sync of lab-1: took in 46 objects, pushed 1 commit",
    "2026-11-23T09:59:02.551Z  WARN fgd_engine::remote: git.example.net does not answer: connection timed out",
    "2026-11-23T09:59:32.583Z ERROR fgd_engine::engine::run: pull of dub-pod-4: the remote refused the sign-in",
    "2026-11-23T10:00:00.002Z  INFO fgd_engine::remote: git.example.net answers again",
    "",
  ].join("\n");
