import type { OperationId, StepProgress, Timestamp } from "./bindings";

/** Before so much of a step was watched nothing is said: a guess would be worse. */
const WATCHED_MS = 2000;
const WATCHED_SHARE = 0.02;
/** Only what was done lately counts: the first files may come from a cache, and the last may not. */
const LATELY_MS = 15_000;

/** How fast the step under way goes, out of what was seen of it. */
export class Pace {
  #of = "";
  #seen: { at: Timestamp; done: number }[] = [];

  /** When the step will have done all that there is, if it goes on as it did lately; null while nobody can tell. */
  endOf(operation: OperationId, step: StepProgress, now: Timestamp): Timestamp | null {
    const of = `${operation} ${step.step}`;
    if (of !== this.#of || step.done < (this.#seen.at(-1)?.done ?? 0)) {
      this.#of = of;
      this.#seen = [];
    }
    this.#seen.push({ at: now, done: step.done });
    while ((this.#seen[1]?.at ?? now) < now - LATELY_MS) this.#seen.shift();
    const [first] = this.#seen;
    if (first === undefined || step.total === null || step.total === 0) return null;
    const [took, done] = [now - first.at, step.done - first.done];
    if (took < WATCHED_MS || done < step.total * WATCHED_SHARE) return null;
    return now + ((step.total - step.done) * took) / done;
  }
}
