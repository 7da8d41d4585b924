// The window's own sentences: names of states, steps and outcomes, counts with their plural.
import type {
  ChecksState,
  Account,
  Conflict,
  ConnectionReport,
  ConflictPolicy,
  FabricView,
  Fate,
  Finding,
  Keeping,
  Method,
  Operation,
  OperationKind,
  OurSide,
  Outcome,
  Progress,
  Severity,
  Side,
  StatusState,
  Step,
  StepProgress,
  StepState,
  Trigger,
  Unit,
} from "./bindings";
import type { AllKind } from "./allRuns.svelte";
import type { End } from "./ends";
import type { StatusAction, Tone } from "./status";

const STATUS: Record<StatusState, string> = {
  unknown: "Not checked",
  notInitialised: "Not set up",
  working: "Working",
  inSync: "In sync",
  localChanges: "To commit",
  ahead: "To push",
  behind: "To pull",
  diverged: "To merge",
  conflicted: "Conflict",
  needsAttention: "Needs attention",
  needsSignIn: "Needs sign-in",
  refusedByRule: "Push refused",
  offline: "Offline",
  paused: "Paused",
  failed: "Failed",
};

const ACTION: Record<StatusAction, string> = {
  signIn: "Sign in…",
  propose: "Open pull request…",
  openInbox: "Open inbox",
  resume: "Resume",
  retry: "Try again",
  setUp: "Set up…",
  settle: "Settle conflicts…",
  showFindings: "Show findings",
  pushAgain: "Push to make it again",
  unlock: "Unlock…",
  checkHostKey: "Check the key…",
};

const KIND: Record<OperationKind, string> = {
  onboard: "Add",
  ingest: "Ingest",
  pull: "Pull",
  push: "Push",
  sync: "Sync",
  discard: "Delete",
  moveToUnmanaged: "Move",
  repair: "Repair",
  resolve: "Settle",
  edit: "Edit",
  undo: "Undo",
  propose: "Pull request",
};

const UNDER_WAY: Record<OperationKind, string> = {
  onboard: "Adding the fabric",
  ingest: "Taking in the inbox",
  pull: "Pulling",
  push: "Pushing",
  sync: "Syncing",
  discard: "Taking a file out of the inbox",
  moveToUnmanaged: "Moving a file to unmanaged",
  repair: "Repairing the structure",
  resolve: "Settling conflicts",
  edit: "Changing an object",
  undo: "Undoing a change",
  propose: "Pushing for a pull request",
};

const TRIGGER: Record<Trigger, string> = {
  click: "by hand",
  command: "by command",
  fileEvent: "file change",
  timer: "timed check",
  start: "at start",
  followUp: "follow-up",
  webhook: "webhook",
  focus: "window in front",
};

const STEP: Record<Step, string> = {
  clone: "Clone",
  fetch: "Fetch",
  edits: "Edits",
  integrate: "Merge",
  scan: "Scan",
  parse: "Parse",
  validate: "Validate",
  write: "Write",
  commit: "Commit",
  push: "Push",
  verify: "Verify",
};

const STEP_STATE: Record<StepState, string> = {
  waiting: "waiting",
  running: "under way",
  done: "done",
  skipped: "not needed",
  failed: "failed",
};

const OUTCOME: Record<Outcome["is"], string> = {
  done: "Done",
  unchanged: "Nothing to do",
  needsAttention: "Needs attention",
  stale: "Changed meanwhile",
  cancelled: "Cancelled",
  failed: "Failed",
  interrupted: "Interrupted",
};

const UNIT: Record<Unit, [one: string, many: string]> = {
  files: ["file", "files"],
  documents: ["document", "documents"],
  objects: ["object", "objects"],
  gitObjects: ["Git object", "Git objects"],
  commits: ["commit", "commits"],
};

const OUR_SIDE: Record<OurSide, string> = {
  committed: "changed on the remote, and here in a commit that is not pushed",
  workTree: "changed on the remote, and here in the work tree",
};

const SIDE: Record<Side, string> = {
  base: "Before",
  ours: "Yours",
  theirs: "Remote",
};
const TAKE: Record<Side, string> = {
  base: "Keep as before",
  ours: "Keep yours",
  theirs: "Take remote",
};

const POLICY: Record<ConflictPolicy, [name: string, sentence: string]> = {
  ask: ["Ask me", "It waits for you. All else goes on, and nothing is pushed until it is settled."],
  preferRemote: ["Prefer the remote", "The remote's value is taken. Yours stays in history."],
  preferLocal: ["Prefer mine", "Your value is kept and pushed. The remote's stays in history."],
};

const METHOD: Record<Method, [name: string, sentence: string]> = {
  token: ["Token", "An access token of yours at the host."],
  password: ["User name and password", "For hosts that still take a password."],
  helper: [
    "Git's credential helpers",
    "Git is asked, as it is set up on this machine. The app keeps nothing.",
  ],
  nobody: ["No sign-in", "The repository is open to everybody: nothing is sent."],
  sshAgent: ["SSH agent", "Whatever keys your agent holds. The app keeps nothing."],
  sshKey: ["Key file", "A private key on this machine, with its passphrase where it has one."],
};

const SECRET: Partial<Record<Method, string>> = {
  token: "Token",
  password: "Password",
  sshKey: "Passphrase of the key",
};

const KEPT: Record<Keeping, string> = {
  keychain: "in the system's keychain",
  file: "in the app's encrypted file",
  session: "in memory: asked for after each start",
};

const END: Record<End, [one: string, many: string]> = {
  needsYou: ["needs you", "need you"],
  unreachable: ["could not be reached", "could not be reached"],
  failed: ["failed", "failed"],
  stopped: ["stopped", "stopped"],
  done: ["done", "done"],
};

const ALL_UNDER_WAY: Record<AllKind, string> = {
  sync: "Syncing all fabrics…",
  pull: "Pulling all fabrics…",
  push: "Pushing all fabrics…",
};

const FATE: Record<Fate, string> = {
  created: "Created",
  updated: "Updated",
  unchanged: "Unchanged",
  unmanaged: "Unmanaged",
  rejected: "Rejected",
};

const SEVERITY: Record<Severity, [one: string, many: string]> = {
  error: ["Error", "Errors"],
  warning: ["Warning", "Warnings"],
};

const INTERVAL_UNITS: readonly [seconds: number, name: string][] = [
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];

const exactNumber = new Intl.NumberFormat("en");
const shortNumber = new Intl.NumberFormat("en", { notation: "compact" });

/** A number as it is read: "46", "10,000". */
export const number = (n: number): string => exactNumber.format(n);

/** A count with its noun: "1 commit", "2 commits", "10,000 files". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** A file's size: "812 B", "14 kB", "1.2 MB". */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export const statusLabel = (state: StatusState): string => STATUS[state];
export const actionLabel = (action: StatusAction): string => ACTION[action];
export const kindLabel = (kind: OperationKind): string => KIND[kind];
export const triggerLabel = (trigger: Trigger): string => TRIGGER[trigger];
export const stepLabel = (step: Step): string => STEP[step];
export const stepStateLabel = (state: StepState): string => STEP_STATE[state];
export const outcomeLabel = (outcome: Outcome["is"]): string => OUTCOME[outcome];
export const ourSideLabel = (side: OurSide): string => OUR_SIDE[side];
export const fateLabel = (fate: Fate): string => FATE[fate];
export const severityLabel = (severity: Severity): string => SEVERITY[severity][0];
export const severityHeading = (severity: Severity): string => SEVERITY[severity][1];

/** What a run is doing, as a heading: "Syncing". */
export const underWay = (kind: OperationKind): string => UNDER_WAY[kind];

/** The step that a run is at: the last one that has begun. */
export function currentStep(run: Progress): StepProgress | null {
  return (
    run.steps.findLast((step) => step.state === "running") ??
    run.steps.findLast((step) => step.state !== "waiting") ??
    run.steps[0] ??
    null
  );
}

/** How far a step is, in full: "31 of 46 documents", "120 files", "12 of 46 Git objects, 1.4 MB"; empty where it
 * counts nothing. */
export function stepCount(step: StepProgress): string {
  return [counted(step), step.bytes ? size(step.bytes) : ""].filter(Boolean).join(", ");
}

function counted(step: StepProgress): string {
  const noun = (n: number) => (step.unit ? ` ${UNIT[step.unit][n === 1 ? 0 : 1]}` : "");
  if (step.total !== null) return `${number(step.done)} of ${number(step.total)}${noun(step.total)}`;
  return step.done > 0 ? `${number(step.done)}${noun(step.done)}` : "";
}

/** How far a step is, where there is little room: "31/46", "10K/12K"; empty where it counts nothing. */
export function stepCountShort(step: StepProgress): string {
  const short = (n: number) => (n < 10_000 ? String(n) : shortNumber.format(n));
  if (step.state === "waiting" || step.state === "skipped") return "";
  if (step.total !== null) return step.total > 0 ? `${short(step.done)}/${short(step.total)}` : "";
  return step.done > 0 ? short(step.done) : "";
}

/** A step as a screen reader says it: "Parse: under way, 31 of 46 documents". */
export function stepSentence(step: StepProgress): string {
  const detail = step.state === "running" ? stepCount(step) : (step.note ?? stepCount(step));
  return [`${STEP[step.step]}: ${STEP_STATE[step.state]}`, detail].filter(Boolean).join(", ");
}

/** The last thing that a run found out: "the remote has 8f3a1c20", "the inbox is empty". */
export function lastWord(operation: Operation): string | null {
  const step = operation.steps.findLast((step) => step.state === "done" && step.note !== null);
  return step?.note ? `${STEP[step.step]}: ${step.note}.` : null;
}

/** How far here and the remote are apart: "2 to push", "1 to pull"; unknown is said, not hidden. */
export function distance(fabric: FabricView): { push: string; pull: string } {
  return {
    push: fabric.ahead === null ? "unknown" : number(fabric.ahead),
    pull: fabric.behind === null ? "unknown" : number(fabric.behind),
  };
}

/** What a button will do: "Push 2 commits", "Pull 1 commit", or the bare verb. */
export function buttonLabel(kind: "pull" | "push", commits: number | null): string {
  return commits ? `${KIND[kind]} ${count(commits, "commit")}` : KIND[kind];
}

/** Where a finding is: "raw/leafs.yaml:12:3", as far as it is known. */
export function place(finding: Finding): string {
  if (finding.file === null) return "";
  return [finding.file, finding.line, finding.line === null ? null : finding.column]
    .filter((part) => part !== null)
    .join(":");
}

/** The object that a finding is about: "Switch leaf-01"; empty where it is not known. */
export function about(finding: Finding): string {
  return [finding.kind, finding.name].filter(Boolean).join(" ");
}

/** The first eight digits of a commit, as people quote it. */
export const shortRevision = (revision: string): string => revision.slice(0, 8);

/** A fabric's directory as it is shown; the root has no name of its own. */
export const directoryLabel = (directory: string): string => directory || "top level";

/** A file as it is named inside its fabric: `raw/leafs.yaml`. What every path there begins with is no news. */
export function inFabric(directory: string, file: string): string {
  const prefix = directory === "" ? "" : `${directory}/`;
  return file.startsWith(prefix) ? file.slice(prefix.length) : file;
}

/** The sides of a conflict in the order in which they are shown. */
export const SIDES: readonly Side[] = ["base", "ours", "theirs"];

export const sideLabel = (side: Side): string => SIDE[side];
/** To decide for one side's version of a thing. */
export const takeLabel = (side: Side): string => TAKE[side];
export const policyLabel = (policy: ConflictPolicy): string => POLICY[policy][0];
export const policySentence = (policy: ConflictPolicy): string => POLICY[policy][1];
export const endCount = (end: End, n: number): string => `${number(n)} ${END[end][n === 1 ? 0 : 1]}`;
export const endLabel = (end: End): string => capital(END[end][0]);
export const allUnderWay = (kind: AllKind): string => ALL_UNDER_WAY[kind];

/** That conflicts wait: "2 conflicts wait for you". */
export const conflictsWait = (n: number): string =>
  count(n, "conflict waits for you", "conflicts wait for you");

/** What a pull request would hold. */
export const commitsWait = (n: number | null): string =>
  n === null ? "What the remote lacks waits." : `${count(n, "commit waits", "commits wait")}.`;

const CHECKS: Record<ChecksState, string> = {
  none: "No checks",
  pending: "Checks are under way",
  success: "All checks have passed",
  failure: "Checks have failed",
  unknown: "The token may not see the checks",
};
const CHECKS_TONE: Record<ChecksState, Tone> = {
  none: "neutral",
  pending: "info",
  success: "ok",
  failure: "danger",
  unknown: "neutral",
};

/** How the checks of a pull request stand. */
export const checksLabel = (state: ChecksState): string => CHECKS[state];
export const checksTone = (state: ChecksState): Tone => CHECKS_TONE[state];

/** What a conflict is about: its object, or the file where that can't be read. */
export const conflictName = (conflict: Conflict, directory: string): string =>
  conflict.object ?? inFabric(directory, conflict.file);

/** Why only whole versions can be taken, in a sentence. */
export function whyWhole({ ours, theirs }: Conflict): string {
  if (ours === null) return "It was deleted here and changed on the remote: take one version, whole.";
  if (theirs === null) return "It was changed here and deleted on the remote: take one version, whole.";
  return "It can't be compared field by field: take one version, whole.";
}

/** What taking a version of a file means: "as it is here", "deleted on the remote". */
export function versionSentence(side: Side, version: string | null): string {
  switch (side) {
    case "base":
      return version === null ? "there was no such file" : "as it was before both sides changed it";
    case "ours":
      return version === null ? "deleted here" : "as it is here";
    case "theirs":
      return version === null ? "deleted on the remote" : "as it is on the remote";
  }
}

/** How often the remote is asked: "Never", "Every 30 s", "Every 1 h". */
export function intervalLabel(seconds: number): string {
  if (seconds === 0) return "Never";
  const [size, name] = INTERVAL_UNITS.find(([size]) => seconds % size === 0) ?? [1, "s"];
  return `Every ${number(seconds / size)} ${name}`;
}

export const methodLabel = (method: Method): string => METHOD[method][0];
export const methodSentence = (method: Method): string => METHOD[method][1];
export const secretLabel = (method: Method): string => SECRET[method] ?? "Secret";

/** Where a secret is kept: "in the system's keychain". */
export const keptWhere = (keeping: Keeping): string => KEPT[keeping];

/** An account's facts in the order in which they are listed: how, as whom, with which key, where its secret is. */
export function accountFacts({ method, user, keyFile, kept }: Account): [name: string, value: string][] {
  const facts: [string, string | null][] = [
    ["Method", METHOD[method][0]],
    ["User", user],
    ["Key file", keyFile],
    ["Secret", kept && KEPT[kept]],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

/** That an account is kept, and where its secret is. */
export function accountKept({ place, kept }: Account): string {
  const secret = kept === null ? "" : ` Its secret is ${KEPT[kept]}.`;
  return `The account for ${place} is kept.${secret}`;
}

/** That somebody is signed in, and where the secret is now. */
export function signedIn({ place, kept }: Account): string {
  return kept === null ? `Signed in to ${place}.` : `Signed in to ${place}. The secret is ${KEPT[kept]}.`;
}

/** What a test of a connection came to, in a sentence. */
export function connectionSentence({ mayPush }: ConnectionReport): string {
  if (mayPush === null) return "It can be read. Whether it may be pushed to, only a push tells.";
  return mayPush ? "It can be read and pushed to." : "It can be read, but not pushed to.";
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What became of files that were brought to an inbox. */
export const delivered = (files: number): string => `${count(files, "file is", "files are")} in the inbox.`;
