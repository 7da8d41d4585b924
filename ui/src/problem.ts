import type { ErrorReport } from "./bindings";

/**
 * What a rejected command says, as it is shown.
 *
 * The engine rejects with an `ErrorReport`. Anything else is a defect, and is told as one instead of as
 * "[object Object]".
 */
export function asReport(rejection: unknown): ErrorReport {
  if (isReport(rejection)) return rejection;
  const detail = rejection instanceof Error ? rejection.message : String(rejection);
  return {
    code: "Internal",
    message: `The app did not answer as it should: ${detail}`,
    hint: "Try again; if it stays so, please report it with the log.",
  };
}

function isReport(value: unknown): value is ErrorReport {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    "message" in value &&
    typeof value.message === "string" &&
    "hint" in value
  );
}

/** That a link or a menu names a fabric that is not in the list. */
export const unknownFabric = (name: string): ErrorReport => ({
  code: "FabricUnknown",
  message: `There is no fabric “${name}” in the list.`,
  hint: "It may have another name on this desktop, or was not added yet.",
});

/** That a fabric was asked for from outside, and a dialog would be lost by showing it. */
export const coveredBy = (name: string) => ({
  code: "NotNow",
  message: `“${name}” was asked for, and is not shown yet.`,
  hint: "A dialog is open, and what is written in it would be lost. Finish it or close it, then open the fabric.",
});

/** That what was chosen can't be done now; without a reason, it needs a fabric that is open. */
export const notNow = (reason: string | null) => ({
  code: "NotNow",
  message: reason ?? "No fabric is open.",
  hint: reason === null ? "Open one first: that is done to the fabric that is shown." : "",
});
