import { createContext, onDestroy } from "svelte";
import { SvelteSet } from "svelte/reactivity";

/** Why it can't be closed now; null when it can. */
type Why = () => string | null;

/**
 * What keeps a dialog open. What it saves ends in it: its answer would come to nobody, or to the dialog that was
 * opened after it.
 */
export class Holding {
  readonly #whys = new SvelteSet<Why>();

  get reason(): string | null {
    for (const why of this.#whys) {
      const reason = why();
      if (reason !== null) return reason;
    }
    return null;
  }

  /** The answer takes it back. */
  add(why: Why): () => void {
    this.#whys.add(why);
    return () => void this.#whys.delete(why);
  }
}

/** Of the dialog around a component. */
export const [useHolding, provideHolding] = createContext<Holding>();

/** Keeps the dialog around this component open while `why` says something. */
export function hold(why: Why): void {
  onDestroy(useHolding().add(why));
}
