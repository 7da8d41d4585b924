import { stickySlips } from "./stickyFault";

const USUAL = 100;

/**
 * How large the window is drawn.
 *
 * It tells the page's root, and app.css scales what stands on it: the layout then has as much room as there is at
 * that size. CSS's own `zoom` is no way to it, nor is the web view's: in WebKitGTK container queries follow neither,
 * and icons swell.
 */
class Zoom {
  #percent = $state(USUAL);
  /** Whether this engine has that fault; not known until it matters. */
  #slips: boolean | null = null;

  /** By how much what is measured on the screen is larger than what the layout counts in. */
  get factor(): number {
    return this.#percent / 100;
  }

  /** Draws the window at so many percent of the usual size. */
  show(percent: number): void {
    if (percent === this.#percent) return;
    this.#percent = percent;
    const { style, dataset } = document.documentElement;
    if (percent === USUAL) {
      style.removeProperty("--zoom");
      style.removeProperty("--slip");
      delete dataset.zoom;
    } else {
      style.setProperty("--zoom", String(percent / 100));
      this.#slips ??= stickySlips();
      if (this.#slips) style.setProperty("--slip", String((percent - USUAL) / 100));
      dataset.zoom = String(percent);
    }
  }
}

/** The window's zoom. */
export const zoom = new Zoom();
