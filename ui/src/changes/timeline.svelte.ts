import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { ChangesView, CommitChanges, CommitView, ErrorReport, Revision } from "../bindings";
import { asReport } from "../problem";

/** How many commits of what was are read at once. */
export const PAGE = 50;
/** How many commits are looked through at once. */
const AT_ONCE = 3;
const PAUSE_MS = 250;

/** What is asked for. */
interface Source {
  changes: (limit: number) => Promise<ChangesView>;
  commit: (revision: Revision) => Promise<CommitChanges>;
}

/** What a commit did, as far as it is known. */
export type Known =
  { is: "asking" } | { is: "found"; changes: CommitChanges } | { is: "problem"; error: ErrorReport };

/** What came, what goes and what was, and what is known of each commit. A commit never changes: it is asked once. */
export class Timeline {
  view = $state.raw<ChangesView | null>(null);
  problem = $state.raw<ErrorReport | null>(null);
  isAsking = $state(false);
  /** How many commits are still to be looked through for what is looked for. */
  left = $state(0);

  readonly #source: Source;
  readonly #known = new SvelteMap<Revision, Known>();
  /** Those that are open, wherever they stand: what was going out a moment ago is history now. */
  readonly #opened = new SvelteSet<Revision>();
  #limit = PAGE;
  #newest = 0;
  #search = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Asks, or asks again; what was found stays until there is something newer. */
  async ask(): Promise<void> {
    const question = ++this.#newest;
    this.isAsking = true;
    try {
      const view = await this.#source.changes(this.#limit);
      if (question !== this.#newest) return;
      this.view = view;
      this.problem = null;
    } catch (rejection) {
      if (question !== this.#newest) return;
      this.problem = asReport(rejection);
    }
    this.isAsking = false;
  }

  /** Asks for more of what was. */
  more(): Promise<void> {
    this.#limit += PAGE;
    return this.ask();
  }

  known(revision: Revision): Known | null {
    return this.#known.get(revision) ?? null;
  }

  changesOf(revision: Revision): CommitChanges | null {
    const known = this.#known.get(revision);
    return known?.is === "found" ? known.changes : null;
  }

  isOpen(revision: Revision): boolean {
    return this.#opened.has(revision);
  }

  /** Opens a commit, or closes it. */
  toggle(revision: Revision): void {
    if (this.#opened.delete(revision)) return;
    this.#opened.add(revision);
    void this.learn(revision);
  }

  /** Asks what a commit did, where that is not known. */
  async learn(revision: Revision): Promise<void> {
    const known = this.#known.get(revision);
    if (known && known.is !== "problem") return;
    this.#known.set(revision, { is: "asking" });
    try {
      this.#known.set(revision, { is: "found", changes: await this.#source.commit(revision) });
    } catch (rejection) {
      this.#known.set(revision, { is: "problem", error: asReport(rejection) });
    }
  }

  /** Looks through these commits after a pause, a few at a time; a newer call ends an older one. */
  lookThrough(commits: readonly CommitView[]): void {
    const search = ++this.#search;
    clearTimeout(this.#timer);
    const waiting = commits
      .map(({ commit }) => commit.revision)
      .filter((revision) => !this.#known.has(revision));
    this.left = waiting.length;
    if (waiting.length === 0) return;
    const next = async () => {
      for (;;) {
        const revision = search === this.#search ? waiting.shift() : undefined;
        if (revision === undefined) return;
        await this.learn(revision);
        if (search === this.#search) this.left--;
      }
    };
    this.#timer = setTimeout(() => {
      for (let at = 0; at < AT_ONCE; at++) void next();
    }, PAUSE_MS);
  }

  /** Ends what is under way. */
  stop(): void {
    this.lookThrough([]);
    this.#newest++;
  }
}
