import type { Toasts } from "./toasts.svelte";

/** The installing of a newer version: one at a time, whether the dialog that began it is still open or not. */
export class Update {
  isLoading = $state(false);
  /** Whether it is in place; it runs when the app is started next. */
  isInstalled = $state(false);
  /** Whether the dialog that tells of it is open. */
  isShown = false;

  readonly #install: () => Promise<boolean>;
  readonly #toasts: Toasts;

  constructor(install: () => Promise<boolean>, toasts: Toasts) {
    this.#install = install;
    this.#toasts = toasts;
  }

  /** Loads it and puts it in place; a second press while it is loaded does nothing. */
  async install(): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    try {
      this.isInstalled = await this.#install();
      if (this.isInstalled && !this.isShown)
        this.#toasts.confirm("The new version is in place. It runs when the app is started next.");
    } catch (rejection) {
      this.#toasts.problem(rejection);
    } finally {
      this.isLoading = false;
    }
  }
}
