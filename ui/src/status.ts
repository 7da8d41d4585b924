import type {
  ErrorCode,
  FabricView,
  Fate,
  OperationKind,
  Outcome,
  Severity,
  Status,
  StatusState,
} from "./bindings";

/** The colour family of a state. A colour never stands alone: an icon and a word go with it. */
export type Tone = "neutral" | "ok" | "info" | "warning" | "danger";

/** What the button beside a status does. */
export type StatusAction =
  | "signIn"
  | "propose"
  | "openInbox"
  | "resume"
  | "retry"
  | "setUp"
  | "settle"
  | "showFindings"
  | "pushAgain"
  | "unlock"
  | "checkHostKey";

interface Meaning {
  tone: Tone;
  /** Nothing goes on until a person does something. */
  needsPerson: boolean;
  action: StatusAction | null;
}

const quiet = (tone: Tone): Meaning => ({ tone, needsPerson: false, action: null });
const needs = (tone: Tone, action: StatusAction): Meaning => ({ tone, needsPerson: true, action });

const MEANING: Record<StatusState, Meaning> = {
  unknown: quiet("neutral"),
  working: quiet("info"),
  inSync: quiet("ok"),
  localChanges: quiet("info"),
  ahead: quiet("info"),
  behind: quiet("info"),
  diverged: quiet("info"),
  offline: { tone: "warning", needsPerson: false, action: "retry" },
  paused: { tone: "neutral", needsPerson: false, action: "resume" },
  notInitialised: needs("warning", "setUp"),
  needsAttention: needs("warning", "openInbox"),
  needsSignIn: needs("warning", "signIn"),
  conflicted: needs("danger", "settle"),
  refusedByRule: needs("danger", "propose"),
  failed: needs("danger", "retry"),
};

/** What a status state means for the screen. */
export function meaning(state: StatusState): Meaning {
  return MEANING[state];
}

/** What the hint of an error says to do, where that is more than its state says. */
const REMEDY: Partial<Record<ErrorCode, StatusAction>> = {
  BranchGone: "pushAgain",
  RemoteUntrusted: "retry",
  HostKeyUnknown: "checkHostKey",
  HostKeyChanged: "retry",
  SecretsLocked: "unlock",
  NoKeychain: "signIn",
};

/** The states in which an error may say more than the state does. */
const WITH_ERROR: ReadonlySet<StatusState> = new Set(["needsAttention", "needsSignIn", "failed"]);

/** What the button beside a fabric's status does: what the hint there says. */
export function actionOf(fabric: FabricView, { state }: Status): StatusAction | null {
  const remedy = WITH_ERROR.has(state) && fabric.error && REMEDY[fabric.error.code];
  if (remedy) return remedy;
  // An edit by hand that can't be committed: the inbox has nothing to do with it.
  const edited = fabric.localEdits > 0 && fabric.inbox.every((file) => file.errors === 0);
  if (state === "needsAttention" && edited) return "showFindings";
  return meaning(state).action;
}

/** The colour family of a run's end. */
export function outcomeTone(outcome: Outcome["is"]): Tone {
  switch (outcome) {
    case "done":
    case "unchanged":
      return "ok";
    case "needsAttention":
    case "stale":
      return "warning";
    case "failed":
      return "danger";
    case "cancelled":
    case "interrupted":
      return "neutral";
  }
}

/** The colour family of a finding. */
export function severityTone(severity: Severity): Tone {
  return severity === "error" ? "danger" : "warning";
}

/** The colour family of what becomes of a document. */
export function fateTone(fate: Fate): Tone {
  switch (fate) {
    case "created":
      return "ok";
    case "updated":
      return "info";
    case "unchanged":
    case "unmanaged":
      return "neutral";
    case "rejected":
      return "danger";
  }
}

/**
 * Why a button can't be used now, in a sentence; null when it can.
 *
 * Pull stays usable when nothing is known to wait: only asking the remote can tell. What needs no remote is never
 * `busy`: it has its turn before what waits for one.
 */
export function whyNot(kind: OperationKind, fabric: FabricView, busy = false): string | null {
  if (busy) return "A run is under way. Wait until it ends, or cancel it.";
  if (fabric.status.state === "notInitialised") return "The directory is not set up yet.";
  if (kind !== "pull" && kind !== "push") return null;
  if (fabric.repository.url === null) return "The repository has no remote.";
  if (kind === "push" && fabric.conflicts > 0) return "Nothing is pushed until the conflicts are settled.";
  if (kind === "push" && fabric.ahead === 0) return "The remote has every commit already.";
  return null;
}
