import { SvelteSet } from "svelte/reactivity";
import type { FabricId } from "../bindings";

/** Which fabrics are ticked. */
export class Selection {
  readonly #ticked = new SvelteSet<FabricId>();
  /** The one that was ticked last: a range begins there. */
  #anchor: FabricId | null = null;

  has(fabric: FabricId): boolean {
    return this.#ticked.has(fabric);
  }

  /** Of these, the ticked ones. What is not shown is not acted on. */
  among(shown: readonly FabricId[]): FabricId[] {
    return shown.filter((fabric) => this.#ticked.has(fabric));
  }

  /** Ticks or unticks one; with `range`, all from the last one to it get what it gets. */
  click(fabric: FabricId, shown: readonly FabricId[], range: boolean): void {
    const on = !this.#ticked.has(fabric);
    const [from, to] = [this.#anchor === null ? -1 : shown.indexOf(this.#anchor), shown.indexOf(fabric)];
    const meant =
      range && from >= 0 && to >= 0 ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [fabric];
    this.set(meant, on);
    this.#anchor = fabric;
  }

  set(fabrics: readonly FabricId[], on: boolean): void {
    for (const fabric of fabrics) {
      if (on) this.#ticked.add(fabric);
      else this.#ticked.delete(fabric);
    }
  }

  clear(): void {
    this.#ticked.clear();
    this.#anchor = null;
  }
}
