import type { ErrorReport, Theme, WindowSettings } from "./bindings";
import { InTurn } from "./inTurn";
import type { Toasts } from "./toasts.svelte";
import type { Transport } from "./transport";
import { zoom } from "./zoom.svelte";

/** The steps of the zoom, in percent. */
export const ZOOMS: readonly number[] = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200];

/** Every setting is there: what an older app kept without one has the usual. */
type Kept = Required<WindowSettings>;

const USUAL: Kept = { theme: "system", zoom: 100, notifications: true, keepInTray: false };

/** How the window looks and behaves on this desktop. What is chosen is done at once, and kept. */
export class Manners {
  settings = $state.raw<Kept>(USUAL);
  readonly #transport: Transport;
  readonly #toasts: Toasts;
  /** A change waits for the one before it: each is made to what was kept. */
  readonly #inTurn = new InTurn();
  /** Whether what is kept is known; a change to what is not would write the usual over it. */
  #isRead = false;

  constructor(transport: Transport, toasts: Toasts) {
    this.#transport = transport;
    this.#toasts = toasts;
  }

  /** Reads what is kept. Never rejects: without it the window is as usual. */
  async load(): Promise<void> {
    try {
      await this.#read();
    } catch (rejection) {
      this.#toasts.problem(rejection);
    }
  }

  /** Changes some of it; why it could not be kept, where it could not. */
  change(changed: Partial<WindowSettings>): Promise<ErrorReport | null> {
    return this.#changeBy(() => changed);
  }

  /** A change that depends on what is kept when its turn comes; `null` changes nothing. */
  #changeBy(step: (kept: Kept) => Partial<WindowSettings> | null): Promise<ErrorReport | null> {
    return this.#inTurn.do(async () => {
      try {
        if (!this.#isRead) await this.#read();
        const changed = step(this.settings);
        if (changed === null) return null;
        this.#take(await this.#transport.setWindowSettings({ ...this.settings, ...changed }));
        return null;
      } catch (rejection) {
        return this.#toasts.problem(rejection);
      }
    });
  }

  async #read(): Promise<void> {
    this.#take(await this.#transport.windowSettings());
    this.#isRead = true;
  }

  #take(kept: WindowSettings): void {
    this.settings = { ...USUAL, ...kept };
    zoom.show(this.settings.zoom);
  }

  theme(theme: Theme): Promise<ErrorReport | null> {
    return this.change({ theme });
  }

  /** One step larger (1) or smaller (-1), or as usual (0). Keys are faster than a disk: no step is lost to another. */
  zoom(step: -1 | 0 | 1): void {
    void this.#changeBy(({ zoom: now }) => {
      const next =
        step === 0
          ? USUAL.zoom
          : step > 0
            ? ZOOMS.find((zoom) => zoom > now)
            : ZOOMS.findLast((zoom) => zoom < now);
      return next === undefined || next === now ? null : { zoom: next };
    });
  }
}
