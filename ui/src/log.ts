/** A line of the log. */
export interface LogLine {
  /** Its place in the text, from 0. */
  at: number;
  text: string;
  /** What it is about, where that is trouble. */
  tone: "danger" | "warning" | null;
}

const TONES = { ERROR: "danger", WARN: "warning" } as const;

/** The lines of the app's log: each begins with its time and its level; what does not goes with the one before. */
export function linesOf(text: string): LogLine[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  let tone: LogLine["tone"] = null;
  return lines.map((line, at) => {
    const level = /^\S+T\S+Z\s+([A-Z]+)\s/.exec(line)?.[1];
    if (level !== undefined) tone = level === "ERROR" || level === "WARN" ? TONES[level] : null;
    return { at, text: line, tone };
  });
}
