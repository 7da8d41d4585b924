import type { FabricRun, Operation } from "./bindings";
import type { Toasts } from "./toasts.svelte";
import type { Transport } from "./transport";

/** What can be done with every fabric at once. */
export type AllKind = "sync" | "pull" | "push";

/** How far the run over every fabric is. */
export type AllState =
  { is: "idle" } | { is: "running"; kind: AllKind } | { is: "ended"; kind: AllKind; runs: FabricRun[] };

/** One run over every fabric, and what came of it until somebody closes it. */
export class AllRuns {
  state = $state.raw<AllState>({ is: "idle" });

  readonly #commands: Record<AllKind, () => Promise<FabricRun[]>>;
  readonly #toasts: Toasts;
  readonly #finished: (operation: Operation) => void;

  /** `finished` hears of each run that was begun. */
  constructor(transport: Transport, toasts: Toasts, finished: (operation: Operation) => void) {
    this.#commands = {
      sync: () => transport.syncAll(),
      pull: () => transport.pullAll(),
      push: () => transport.pushAll(),
    };
    this.#toasts = toasts;
    this.#finished = finished;
  }

  /** Runs over every fabric; a second press while one runs does nothing. */
  async run(kind: AllKind): Promise<void> {
    if (this.state.is === "running") return;
    this.state = { is: "running", kind };
    try {
      const runs = await this.#commands[kind]();
      for (const { operation } of runs) if (operation) this.#finished(operation);
      this.state = { is: "ended", kind, runs };
    } catch (rejection) {
      this.state = { is: "idle" };
      this.#toasts.problem(rejection);
    }
  }

  /** Forgets what came of the last one. */
  close(): void {
    if (this.state.is === "ended") this.state = { is: "idle" };
  }
}
