import type { Draft, DraftReport, ErrorReport } from "../bindings";
import { asReport } from "../problem";

/** For how long nobody must have typed before a text is looked at. */
export const PAUSE_MS = 250;

/**
 * What saving a text would come to, told while it is written.
 *
 * A text is looked at once the writer pauses; an answer about an older text than the one before is dropped.
 */
export class DraftCheck {
  /** About the newest text that was looked at; null before the first. */
  report = $state.raw<DraftReport | null>(null);
  problem = $state.raw<ErrorReport | null>(null);
  /** Whether the text is another than the one that the report is about. */
  isBehind = $state(false);

  readonly #check: (draft: Draft) => Promise<DraftReport>;
  #newest = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(check: (draft: Draft) => Promise<DraftReport>) {
    this.#check = check;
  }

  /** The text is this now: it is looked at after a pause. */
  typed(draft: Draft): void {
    clearTimeout(this.#timer);
    this.#newest++;
    this.isBehind = true;
    this.#timer = setTimeout(() => void this.now(draft), PAUSE_MS);
  }

  /** Looks at a text at once. Answers with what was found, or null where that could not be told. */
  async now(draft: Draft): Promise<DraftReport | null> {
    clearTimeout(this.#timer);
    const question = ++this.#newest;
    this.isBehind = true;
    let report: DraftReport | null = null;
    let problem: ErrorReport | null = null;
    try {
      report = await this.#check(draft);
    } catch (rejection) {
      problem = asReport(rejection);
    }
    if (question !== this.#newest) return null;
    this.isBehind = false;
    this.problem = problem;
    if (report) this.report = report;
    return report;
  }

  /** Forgets what waits. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#newest++;
  }
}
