// The lines around a place in a file, as they are shown under a problem.

/** How many lines are shown above and below. */
const AROUND = 2;
/** A line longer than this is cut: a file may hold all of its text in one. */
const WIDTH = 200;
/** How much of a cut line stays before the place that is marked. */
const BEFORE = 60;

export interface ExcerptLine {
  /** From 1. */
  number: number;
  text: string;
}

/** A line in three parts, the middle one marked. */
export interface MarkedLine {
  before: string;
  mark: string;
  after: string;
}

/** The lines of a text, without their ends. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/**
 * The lines around `line`; empty where the text does not reach so far.
 *
 * Without lines, because the text is still being read, they are blank: the room is taken, and nothing jumps.
 */
export function around(lines: readonly string[] | null, line: number): ExcerptLine[] {
  // A text may end too early: then the place is the line after its last one.
  if (lines !== null && line > lines.length + 1) return [];
  const first = Math.max(1, line - AROUND);
  const last = lines === null ? line + AROUND : Math.min(Math.max(lines.length, line), line + AROUND);
  return Array.from({ length: last - first + 1 }, (_, at) => ({
    number: first + at,
    text: lines?.[first + at - 1] ?? "",
  }));
}

/**
 * A line with the word at `column` marked. Columns count characters, from 1; past the end, a space is marked.
 *
 * A long line is cut around the mark.
 */
export function marked(text: string, column: number): MarkedLine {
  const at = offsetOf(text, column);
  const word = /^(?:[\p{L}\p{N}_./-]+|[^])/u.exec(text.slice(at))?.[0] ?? " ";
  const mark = cut(word);
  const start = at + word.length > WIDTH ? Math.max(0, at - BEFORE) : 0;
  const rest = text.slice(at + word.length);
  const left = Math.max(BEFORE, WIDTH - (at - start) - mark.length);
  return {
    before: (start > 0 ? "…" : "") + text.slice(start, at),
    mark,
    after: mark === word ? cut(rest, left) : "",
  };
}

/** A text of at most `width`, with a sign where it was cut. */
export function cut(text: string, width = WIDTH): string {
  return text.length > width ? `${text.slice(0, width)}…` : text;
}

/** Where a column begins in a string, whose characters may take two units. */
function offsetOf(text: string, column: number): number {
  let offset = 0;
  for (let at = 1; at < column && offset < text.length; at++)
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}
