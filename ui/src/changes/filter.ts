import type { CommitChanges, CommitView, ObjectChange } from "../bindings";

const words = (wanted: string): string[] => wanted.toLowerCase().split(/\s+/).filter(Boolean);

function has(wanted: string, parts: readonly (string | null)[]): boolean {
  const text = parts.join(" ").toLowerCase();
  return words(wanted).every((word) => text.includes(word));
}

const named = (change: ObjectChange): string => [change.kind, change.name, change.id, change.file].join(" ");

/**
 * Whether a commit is looked for: each word is somewhere in its author, its subject, its revision, or in the
 * objects that it changed, as far as these are known.
 */
export function fitsCommit(commit: CommitView, changes: CommitChanges | null, wanted: string): boolean {
  const { author, commit: summary } = commit;
  const objects = changes === null ? [] : [...changes.objects.map(named), ...changes.other];
  return has(wanted, [author, summary.author, summary.subject, summary.revision, ...objects]);
}

/** Whether an object that changed is looked for. */
export const fitsObject = (change: ObjectChange, wanted: string): boolean => has(wanted, [named(change)]);

/** Of a commit's objects, those that are looked for; all of them where the commit itself is. */
export function shownObjects(
  commit: CommitView,
  changes: CommitChanges,
  wanted: string,
): readonly ObjectChange[] {
  if (fitsCommit(commit, null, wanted)) return changes.objects;
  const fitting = changes.objects.filter((object) => fitsObject(object, wanted));
  // Words may be found in several objects, none of which has them all.
  return fitting.length > 0 ? fitting : changes.objects;
}

/** Commits by the day on which they were made, in their order; each day by its beginning in the reader's zone. */
export function byDay(commits: readonly CommitView[]): [day: number, commits: CommitView[]][] {
  const days: [day: number, commits: CommitView[]][] = [];
  for (const commit of commits) {
    const day = new Date(commit.commit.time).setHours(0, 0, 0, 0);
    const last = days.at(-1);
    if (last?.[0] === day) last[1].push(commit);
    else days.push([day, [commit]]);
  }
  return days;
}

/** A day as a heading: "Today", "Yesterday", "12 March 2026". */
export function dayLabel(day: number, now: number): string {
  const today = new Date(now).setHours(0, 0, 0, 0);
  // By the calendar: a day of a change of clocks is not 24 hours long.
  const yesterday = new Date(today).setDate(new Date(today).getDate() - 1);
  if (day === today) return "Today";
  if (day === yesterday) return "Yesterday";
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long" }).format(day);
}
