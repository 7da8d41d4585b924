import type { ErrorCode, ErrorReport, FabricRun } from "./bindings";
import type { Tone } from "./status";

/** How a run over one fabric of many ended, as far as a list tells them apart. */
export type End = "needsYou" | "unreachable" | "failed" | "stopped" | "done";

/** The ends in the order in which they are listed: what needs a person first. */
const ENDS: readonly End[] = ["needsYou", "unreachable", "failed", "stopped", "done"];

/** What only a person can put right. */
const FOR_A_PERSON: ReadonlySet<ErrorCode> = new Set([
  "AuthRequired",
  "AuthRefused",
  "PushRefused",
  "RemoteUntrusted",
  "BranchGone",
  "NotInitialised",
  "HostKeyUnknown",
  "HostKeyChanged",
  "NoKeychain",
  "SecretsLocked",
  "SigningFailed",
]);
const OUT_OF_REACH: ReadonlySet<ErrorCode> = new Set(["RemoteUnreachable", "RemoteStalled"]);

/** How the run over one fabric ended. */
export function endOf(run: FabricRun): End {
  if (run.operation === null) return run.error === null ? "failed" : ofError(run.error.code);
  const outcome = run.operation.outcome;
  switch (outcome.is) {
    case "done":
    case "unchanged":
      return "done";
    case "needsAttention":
    case "stale":
      return "needsYou";
    case "cancelled":
    case "interrupted":
      return "stopped";
    case "failed":
      return ofError(outcome.error.code);
  }
}

function ofError(code: ErrorCode): End {
  if (FOR_A_PERSON.has(code)) return "needsYou";
  if (OUT_OF_REACH.has(code)) return "unreachable";
  return code === "Cancelled" ? "stopped" : "failed";
}

/** Runs by how they ended, what needs a person first; ends that none has are left out. */
export function byEnd(runs: readonly FabricRun[]): [end: End, runs: FabricRun[]][] {
  return ENDS.map((end): [End, FabricRun[]] => [end, runs.filter((run) => endOf(run) === end)]).filter(
    ([, ended]) => ended.length > 0,
  );
}

/** Why the run over one fabric could not be done. */
export function errorOf({ operation, error }: FabricRun): ErrorReport | null {
  return operation?.outcome.is === "failed" ? operation.outcome.error : error;
}

/** The colour family of an end. */
export function endTone(end: End): Tone {
  switch (end) {
    case "needsYou":
    case "unreachable":
      return "warning";
    case "failed":
      return "danger";
    case "stopped":
      return "neutral";
    case "done":
      return "ok";
  }
}
