import type { Change } from "./wiring";

/** The radius of the round mark on what changes. */
export const MARK = 8;

/** The sign inside of it, around the origin: a plus, a wave, a cross. */
export const MARK_SIGN: Record<Change, string> = {
  added: "M-4 0H4M0 -4V4",
  changed: "M-4 1.5C-2.5 -3 -1 -1.5 0 0S2.5 3 4 -1.5",
  removed: "M-3 -3L3 3M-3 3L3 -3",
};
