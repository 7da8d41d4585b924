import { SvelteMap } from "svelte/reactivity";
import type { AllKind } from "../allRuns.svelte";
import type { ErrorReport, FabricId, FabricRun, FabricView } from "../bindings";
import { endOf, errorOf, type End } from "../ends";
import { whyNot } from "../status";

/** What can be done with the fabrics that are ticked. */
export type ManyKind = AllKind | "pause" | "resume";

/** Where a fabric of many is. */
export type Turn =
  | { is: "waiting" }
  | { is: "running" }
  /** There was nothing to do, or it could not be begun. */
  | { is: "leftOut"; why: string }
  | { is: "ended"; end: End; sentence: string };

/** What the runs need of the window's state. Neither rejects. */
export interface Doing {
  run(kind: AllKind, fabric: FabricId): Promise<FabricRun>;
  pause(fabric: FabricId, on: boolean): Promise<ErrorReport | null>;
  isBusy(fabric: FabricId): boolean;
  cancel(kind: AllKind, fabric: FabricId): void;
}

/** The engine queues by repository anyway; more at once would only fill the window with bars that wait. */
const AT_ONCE = 6;

/** One command over the fabrics that were ticked, and what came of each until somebody closes it. */
export class ManyRuns {
  kind = $state<ManyKind | null>(null);
  readonly #turns = new SvelteMap<FabricId, Turn>();
  readonly #doing: Doing;
  #stopped = false;

  readonly running = $derived.by(() => {
    for (const turn of this.#turns.values()) if (turn.is === "waiting" || turn.is === "running") return true;
    return false;
  });

  constructor(doing: Doing) {
    this.#doing = doing;
  }

  /** Where a fabric is; null for one that was not ticked. */
  of(fabric: FabricId): Turn | null {
    return this.#turns.get(fabric) ?? null;
  }

  get all(): [FabricId, Turn][] {
    return [...this.#turns];
  }

  /** Begins; while one is under way, a second does nothing. Resolves when all have ended. */
  async run(kind: ManyKind, fabrics: readonly FabricView[]): Promise<void> {
    if (this.running) return;
    this.#stopped = false;
    this.kind = kind;
    this.#turns.clear();
    const waiting: FabricId[] = [];
    for (const fabric of fabrics) {
      const why = this.#whyNot(kind, fabric);
      this.#turns.set(fabric.id, why === null ? { is: "waiting" } : { is: "leftOut", why });
      if (why === null) waiting.push(fabric.id);
    }
    const next = async () => {
      for (let fabric = waiting.shift(); fabric !== undefined; fabric = waiting.shift()) {
        this.#turns.set(fabric, this.#stopped ? STOPPED : { is: "running" });
        if (!this.#stopped) this.#turns.set(fabric, await this.#one(kind, fabric));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  /** Begins no more, and asks those under way to stop. */
  stop(): void {
    this.#stopped = true;
    const { kind } = this;
    for (const [fabric, turn] of this.#turns) {
      if (turn.is === "waiting") this.#turns.set(fabric, STOPPED);
      else if (turn.is === "running" && isRun(kind)) this.#doing.cancel(kind, fabric);
    }
  }

  /** Forgets what came of it. */
  close(): void {
    if (this.running) return;
    this.kind = null;
    this.#turns.clear();
  }

  #whyNot(kind: ManyKind, fabric: FabricView): string | null {
    if (kind === "pause") return fabric.autoSync ? null : "It is paused already.";
    if (kind === "resume") return fabric.autoSync ? "It syncs by itself already." : null;
    return whyNot(kind, fabric, this.#doing.isBusy(fabric.id));
  }

  async #one(kind: ManyKind, fabric: FabricId): Promise<Turn> {
    if (!isRun(kind)) {
      const error = await this.#doing.pause(fabric, kind === "resume");
      if (error) return { is: "ended", end: "failed", sentence: `${error.message} ${error.hint}` };
      return {
        is: "ended",
        end: "done",
        sentence: kind === "pause" ? "It is paused." : "It syncs by itself.",
      };
    }
    const run = await this.#doing.run(kind, fabric);
    const error = errorOf(run);
    const sentence = error
      ? `${error.message} ${error.hint}`
      : (run.operation?.summary ?? "It was not begun.");
    return { is: "ended", end: endOf(run), sentence };
  }
}

const isRun = (kind: ManyKind | null): kind is AllKind =>
  kind === "sync" || kind === "pull" || kind === "push";
const STOPPED: Turn = { is: "ended", end: "stopped", sentence: "Stopped before its turn." };
