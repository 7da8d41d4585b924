// What the overview says of many fabrics at once.
import { endTone, type End } from "../ends";
import type { FabricView } from "../bindings";
import type { Tone } from "../status";
import { count, endCount, kindLabel, number } from "../words";
import type { SortKey } from "./arrange";
import { DAYS } from "./days";
import type { ManyKind, Turn } from "./many.svelte";

/** A column that can be sorted by, its heading, and what a first press on that sorts first. */
export interface Column {
  key: SortKey;
  label: string;
  descending: boolean;
}

export const COLUMNS: readonly Column[] = [
  { key: "name", label: "Fabric", descending: false },
  { key: "objects", label: "Objects", descending: true },
  { key: "inbox", label: "Inbox", descending: true },
  { key: "findings", label: "Findings", descending: true },
  { key: "conflicts", label: "Conflicts", descending: true },
  { key: "distance", label: "To push, pull", descending: true },
  { key: "lastCommit", label: "Last commit", descending: true },
  { key: "lastContact", label: "Contact", descending: true },
];

/** What else the list can be sorted by. */
export const MORE_SORTS: readonly Column[] = [
  { key: "status", label: "Status", descending: false },
  { key: "nextCheck", label: "Next check", descending: false },
];

const KIND: Record<"pause" | "resume", string> = { pause: "Pause", resume: "Resume" };

export const manyLabel = (kind: ManyKind): string =>
  kind === "pause" || kind === "resume" ? KIND[kind] : kindLabel(kind);

/** What a fabric's small chart shows, in a sentence. */
export function chartSentence(days: readonly (number | null)[]): string {
  const known = days.filter((day) => day !== null);
  const commits = count(
    known.reduce((sum, day) => sum + day, 0),
    "commit",
  );
  const dark = days.length - known.length;
  if (dark === 0) return `${commits} in the last ${DAYS} days`;
  return `${commits} in the last ${count(known.length, "day")}; what was before is not known`;
}

/** Commits between here and the remote, for who can't see the arrows. */
export function distanceSentence({ repository, ahead, behind }: FabricView): string {
  if (repository.url === null) return "no remote";
  const said = (n: number | null) => (n === null ? "unknown" : number(n));
  return `${said(ahead)} to push, ${said(behind)} to pull`;
}

/** How far a command over many is, or what came of it: the counts, and the worst of them. */
export function manySentence(kind: ManyKind, turns: readonly Turn[]): { tone: Tone; text: string } {
  const open = turns.filter(({ is }) => is === "waiting" || is === "running").length;
  const leftOut = turns.filter(({ is }) => is === "leftOut").length;
  if (open > 0) {
    const meant = turns.length - leftOut;
    return { tone: "info", text: `${manyLabel(kind)}: ${number(meant - open)} of ${number(meant)} done` };
  }
  const ended = turns.filter((turn) => turn.is === "ended");
  const ends = new Map<End, number>();
  for (const { end } of ended) ends.set(end, (ends.get(end) ?? 0) + 1);
  const parts = [...ends].sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const worst = parts.at(-1)?.[0] ?? "done";
  const told = parts.map(([end, n]) => endCount(end, n));
  if (leftOut > 0) told.push(`${number(leftOut)} left out`);
  return {
    tone: ended.length === 0 ? "neutral" : endTone(worst),
    text: `${manyLabel(kind)}: ${told.join(", ")}`,
  };
}

/** What went well is said first. */
const ORDER: readonly End[] = ["done", "stopped", "unreachable", "needsYou", "failed"];
