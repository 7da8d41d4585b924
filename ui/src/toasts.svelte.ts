import type { ErrorReport } from "./bindings";
import { asReport } from "./problem";
import { remedyOf, type Remedy } from "./remedy";

/** A short message that comes up over the screen. */
export interface Toast {
  id: number;
  tone: "ok" | "danger";
  text: string;
  hint: string | null;
  /** What the hint says to do. */
  remedy: Remedy | null;
}

/** A confirmation is read at a glance; a problem stays until it is closed. */
const CONFIRMATION_MS = 4000;
const AT_MOST = 4;

/** The messages that are up, the oldest first. */
export class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 1;

  /** Confirms something that was done. */
  confirm(text: string): void {
    const id = this.#add("ok", text, null, null);
    setTimeout(() => this.close(id), CONFIRMATION_MS);
  }

  /** Tells of a command that could not be done. */
  problem(rejection: unknown): ErrorReport {
    const report = asReport(rejection);
    this.#add("danger", report.message, report.hint, remedyOf(report.code));
    return report;
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(tone: Toast["tone"], text: string, hint: string | null, remedy: Remedy | null): number {
    const id = this.#next++;
    // The same message twice is one message.
    const others = this.list.filter((toast) => toast.text !== text);
    this.list = [...others, { id, tone, text, hint, remedy }].slice(-AT_MOST);
    return id;
  }
}
