import type { Operation, Timestamp } from "../bindings";

/** How many days the small chart shows. */
export const DAYS = 14;

/** Of a run, what the chart needs. */
export interface Made {
  id: string;
  at: Timestamp;
  /** Commits that it made here or brought from the remote. */
  commits: number;
}

export const madeBy = ({ id, finishedAt, commit, pulled }: Operation): Made => ({
  id,
  at: finishedAt,
  commits: pulled + (commit === null ? 0 : 1),
});

/**
 * Commits a day, the oldest day first, today last, in the reader's zone.
 *
 * A day is null where nothing is known of it: before the first run that was read, and the day of that run
 * where `cut` says that older ones were left out.
 */
export function commitsByDay(made: readonly Made[], cut: boolean, now: Timestamp): (number | null)[] {
  const days = Array.from({ length: DAYS }, (_, at) => startOfDay(now, DAYS - 1 - at));
  const oldest = made.length === 0 ? Infinity : Math.min(...made.map(({ at }) => at));
  return days.map((from, day) => {
    const to = days[day + 1] ?? Infinity;
    if (oldest >= to || (cut && oldest > from)) return null;
    return made.reduce((sum, { at, commits }) => (at >= from && at < to ? sum + commits : sum), 0);
  });
}

function startOfDay(now: Timestamp, daysAgo: number): Timestamp {
  const day = new Date(now);
  // By the calendar: a day of a changed clock has no 24 hours.
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysAgo).getTime();
}
