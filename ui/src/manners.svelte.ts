import type { ErrorReport, Theme, WindowSettings } from "./bindings";
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
  #last: Promise<unknown> = Promise.resolve();

  constructor(transport: Transport, toasts: Toasts) {
    this.#transport = transport;
    this.#toasts = toasts;
  }

  /** Reads what is kept. Never rejects: without it the window is as usual. */
  async load(): Promise<void> {
    try {
      this.#take(await this.#transport.windowSettings());
    } catch (rejection) {
      this.#toasts.problem(rejection);
    }
  }

  /** Changes some of it; why it could not be kept, where it could not. */
  change(changed: Partial<WindowSettings>): Promise<ErrorReport | null> {
    const change = this.#last.then(async () => {
      try {
        this.#take(await this.#transport.setWindowSettings({ ...this.settings, ...changed }));
        return null;
      } catch (rejection) {
        return this.#toasts.problem(rejection);
      }
    });
    this.#last = change;
    return change;
  }

  #take(kept: WindowSettings): void {
    this.settings = { ...USUAL, ...kept };
    zoom.show(this.settings.zoom);
  }

  theme(theme: Theme): void {
    void this.change({ theme });
  }

  /** One step larger (1) or smaller (-1), or as usual (0). */
  zoom(step: -1 | 0 | 1): void {
    const now = this.settings.zoom;
    const next =
      step === 0
        ? USUAL.zoom
        : step > 0
          ? ZOOMS.find((zoom) => zoom > now)
          : ZOOMS.findLast((zoom) => zoom < now);
    if (next !== undefined && next !== now) void this.change({ zoom: next });
  }
}
