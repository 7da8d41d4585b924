import type { StatusState } from "../bindings";
import { meaning } from "../status";

/** States that a person thinks of together when looking for fabrics, in the order in which they are offered. */
export const FAMILIES = ["needsYou", "working", "changes", "offline", "paused", "unknown", "fine"] as const;
export type Family = (typeof FAMILIES)[number];

const OTHERS: Partial<Record<StatusState, Family>> = {
  working: "working",
  localChanges: "changes",
  ahead: "changes",
  behind: "changes",
  diverged: "changes",
  offline: "offline",
  paused: "paused",
  unknown: "unknown",
};

/** The family of a state. Every state has one. */
export function familyOf(state: StatusState): Family {
  return meaning(state).needsPerson ? "needsYou" : (OTHERS[state] ?? "fine");
}

const LABEL: Record<Family, string> = {
  needsYou: "Needs you",
  working: "Working",
  changes: "Has changes",
  offline: "Offline",
  paused: "Paused",
  unknown: "Not checked",
  fine: "In sync",
};

export const familyLabel = (family: Family): string => LABEL[family];
