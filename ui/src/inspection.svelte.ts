import type { ErrorReport, Source, SourceReport } from "./bindings";
import { asReport } from "./problem";

/** How long a person pauses before what they typed is looked at. */
export const TYPING_PAUSE_MS = 400;

/** What is known of the source in the dialog. */
export type Inspected =
  | { is: "nothing" }
  | { is: "checking" }
  | { is: "found"; report: SourceReport }
  | { is: "problem"; error: ErrorReport };

/** Looks at a source while it is being typed; only the answer to the newest question counts. */
export class Inspection {
  result = $state.raw<Inspected>({ is: "nothing" });

  readonly #inspect: (source: Source) => Promise<SourceReport>;
  readonly #found: (report: SourceReport) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #newest = 0;

  /** `found` hears of each source that turned out to be one. */
  constructor(
    inspect: (source: Source) => Promise<SourceReport>,
    found: (report: SourceReport) => void = () => undefined,
  ) {
    this.#inspect = inspect;
    this.#found = found;
  }

  /** Looks at `source` after a pause in typing, or at once; null is an empty field. */
  look(source: Source | null, at: "pause" | "once" = "pause"): void {
    clearTimeout(this.#timer);
    const question = ++this.#newest;
    if (source === null) {
      this.result = { is: "nothing" };
      return;
    }
    this.result = { is: "checking" };
    this.#timer = setTimeout(() => void this.#ask(source, question), at === "once" ? 0 : TYPING_PAUSE_MS);
  }

  /** Forgets the question: no answer to it will be shown. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#newest++;
  }

  async #ask(source: Source, question: number): Promise<void> {
    let result: Inspected;
    try {
      result = { is: "found", report: await this.#inspect(source) };
    } catch (rejection) {
      result = { is: "problem", error: asReport(rejection) };
    }
    if (question !== this.#newest) return;
    this.result = result;
    if (result.is === "found") this.#found(result.report);
  }
}
