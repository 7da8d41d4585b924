import type { ErrorReport, Finding, Operation } from "../bindings";

/** What came of saving, deleting or restoring one object. */
export type EditEnd =
  /** It is committed, or was like that already. */
  | { is: "saved"; summary: string }
  /** Nothing was written: the file is another by now. */
  | { is: "stale" }
  /** Nothing was written: the fabric would not take it. */
  | { is: "refused"; findings: Finding[] }
  /** It could not be done. */
  | { is: "problem"; error: ErrorReport }
  /** It was stopped. */
  | { is: "stopped"; summary: string };

export function endOf(operation: Operation): EditEnd {
  const { outcome, summary, findings, steps, commit } = operation;
  if (outcome.is === "stale") return { is: "stale" };
  // Edits by hand may have been committed before it: a commit alone tells nothing.
  if (steps.some(({ step, state }) => step === "validate" && state === "failed"))
    return { is: "refused", findings };
  switch (outcome.is) {
    case "done":
    case "unchanged":
    case "needsAttention":
      return { is: "saved", summary };
    case "failed":
      // Committed here and not pushed: the object is saved, and the fabric's status tells of the rest.
      return commit === null ? { is: "problem", error: outcome.error } : { is: "saved", summary };
    default:
      return commit === null ? { is: "stopped", summary } : { is: "saved", summary };
  }
}
