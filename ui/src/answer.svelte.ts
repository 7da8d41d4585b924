import type { ErrorReport } from "./bindings";
import { asReport } from "./problem";

/** How far a question to the engine is. */
export type Answered<T> =
  { is: "asking" } | { is: "found"; value: T } | { is: "problem"; error: ErrorReport };

/** What a dialog or a part of a screen asked the engine for; only the answer to the newest question counts. */
export class Answer<T> {
  result = $state.raw<Answered<T>>({ is: "asking" });

  readonly #ask: () => Promise<T>;
  #newest = 0;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** Asks, or asks again; what was found stays on the screen until there is something newer. */
  async ask(): Promise<void> {
    const question = ++this.#newest;
    if (this.result.is === "problem") this.result = { is: "asking" };
    let result: Answered<T>;
    try {
      result = { is: "found", value: await this.#ask() };
    } catch (rejection) {
      result = { is: "problem", error: asReport(rejection) };
    }
    if (question === this.#newest) this.result = result;
  }
}
