import type { Timestamp } from "./bindings";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago a time was: "just now", "12 s ago", "2 min ago", "3 h ago", "5 days ago", then the date. */
export function ago(time: Timestamp, now: Timestamp): string {
  const passed = now - time;
  // A clock that was set back must not make a past event lie in the future.
  if (passed < 5 * SECOND) return "just now";
  if (passed < MINUTE) return `${Math.floor(passed / SECOND)} s ago`;
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  if (passed < 2 * DAY) return "yesterday";
  if (passed < 14 * DAY) return `${Math.floor(passed / DAY)} days ago`;
  return date(time);
}

/** How soon a time comes: "now", "in 12 s", "in 3 min", "in 2 h". */
export function until(time: Timestamp, now: Timestamp): string {
  const left = time - now;
  if (left < SECOND) return "now";
  // Rounded first, so that it never says "in 60 s".
  const seconds = Math.ceil(left / SECOND);
  if (seconds < 60) return `in ${seconds} s`;
  const minutes = Math.round(left / MINUTE);
  if (minutes < 60) return `in ${minutes} min`;
  return `in ${Math.round(left / HOUR)} h`;
}

/** How long something will still take, as roughly as it is known: "about 10 s left", "about 3 min left". */
export function timeLeft(end: Timestamp, now: Timestamp): string {
  const left = Math.max(0, end - now);
  if (left < 5 * SECOND) return "a few seconds left";
  if (left < 55 * SECOND) return `about ${Math.ceil(left / (5 * SECOND)) * 5} s left`;
  return `about ${Math.ceil(left / MINUTE)} min left`;
}

/** A running clock: "0:07", "2:05", "1:02:03". */
export function elapsed(since: Timestamp, now: Timestamp): string {
  const seconds = Math.max(0, Math.floor((now - since) / SECOND));
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** How long a run took: "0.4 s", "12 s", "2 min 5 s". */
export function duration(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  if (time < 10 * SECOND) return `${(time / SECOND).toFixed(1)} s`;
  const seconds = Math.round(time / SECOND);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The exact time, in the reader's own zone: what a relative time shows on hover. */
export function exact(time: Timestamp, zone?: string): string {
  let format = exactFormats.get(zone);
  if (format === undefined) {
    const style = { dateStyle: "medium", timeStyle: "long" } as const;
    format = new Intl.DateTimeFormat("en-GB", zone === undefined ? style : { ...style, timeZone: zone });
    exactFormats.set(zone, format);
  }
  return format.format(time);
}

/** Kept, since to make one takes far longer than to use it, and a list shows hundreds of times. */
const exactFormats = new Map<string | undefined, Intl.DateTimeFormat>();

function date(time: Timestamp): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" }).format(time);
}
