import { SvelteMap } from "svelte/reactivity";
import type { FabricId, Operation, Timestamp } from "../bindings";
import { commitsByDay, madeBy, type Made } from "./days";
import { Queue } from "./queue";

/** How many runs of a fabric are read: more would be read for a chart as large as a thumb. */
export const RUNS_READ = 200;
const AT_ONCE = 3;

/** What is known of a fabric's last days: not read yet, not readable, or commits a day. */
export type Activity = { is: "unread" } | { is: "unknown" } | { is: "known"; days: (number | null)[] };

interface Read {
  made: Made[];
  /** Whether older runs were left out. */
  cut: boolean;
}

/** What changed in each fabric in the last days, read as its line comes into sight. */
export class Activities {
  readonly #operations: (fabric: FabricId, limit: number) => Promise<Operation[]>;
  readonly #known = new SvelteMap<FabricId, Read | null>();
  readonly #queue = new Queue(AT_ONCE);
  /** Runs that ended while their fabric's log was read: it may have been read just before. */
  readonly #meanwhile = new Map<FabricId, Operation[]>();

  constructor(operations: (fabric: FabricId, limit: number) => Promise<Operation[]>) {
    this.#operations = operations;
  }

  /** Reads a fabric's last runs, once. */
  want(fabric: FabricId): void {
    this.#queue.add(fabric, async () => {
      const meanwhile: Operation[] = [];
      this.#meanwhile.set(fabric, meanwhile);
      try {
        const runs = await this.#operations(fabric, RUNS_READ);
        this.#known.set(fabric, { made: runs.map(madeBy), cut: runs.length >= RUNS_READ });
      } catch {
        // A chart that is missing says so itself; the log says why, where it is opened.
        this.#known.set(fabric, null);
      }
      this.#meanwhile.delete(fabric);
      for (const run of meanwhile) this.add(run);
    });
  }

  /** Counts a run that ended since its fabric was read, or while it is. */
  add(run: Operation): void {
    this.#meanwhile.get(run.fabric)?.push(run);
    const known = this.#known.get(run.fabric);
    if (!known || known.made.some(({ id }) => id === run.id)) return;
    this.#known.set(run.fabric, { ...known, made: [madeBy(run), ...known.made] });
  }

  of(fabric: FabricId, now: Timestamp): Activity {
    const known = this.#known.get(fabric);
    if (known === undefined) return { is: "unread" };
    if (known === null) return { is: "unknown" };
    const days = commitsByDay(known.made, known.cut, now);
    return days.every((day) => day === null) ? { is: "unknown" } : { is: "known", days };
  }
}
