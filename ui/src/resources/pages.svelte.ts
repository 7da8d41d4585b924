import type {
  ErrorReport,
  KindTotal,
  ResourceColumn,
  ResourcePage,
  ResourceQuery,
  ResourceRow,
} from "../bindings";
import { asReport } from "../problem";

/** What is looked for, and in which order. */
export type Search = Pick<ResourceQuery, "text" | "sort" | "descending">;

/** How many rows are asked for at once. */
export const PAGE = 200;
/** How many pages are kept; those furthest from what is in view go first. */
const KEPT = 40;
/** How many questions are open at once: more would wait for each other. */
const AT_ONCE = 2;
/** Milliseconds between two leaps over a page and more by which the bar is dragged: nobody reads what flies by. */
const DRAGGED = 100;

/**
 * The rows of a search, asked for page by page as they come into view.
 *
 * What was found stays until the answer to a newer search is there, so nothing flashes; an answer that comes
 * after a newer search was begun is dropped. Of pages that wait to be asked for, the ones in view now are first.
 */
export class Pages {
  /** How many rows match; null until the first answer. */
  total = $state<number | null>(null);
  /** How many objects there are. */
  all = $state(0);
  kinds = $state.raw<KindTotal[]>([]);
  columns = $state.raw<ResourceColumn[]>([]);
  /** What of the search is no filter. */
  unread = $state<string | null>(null);
  problem = $state.raw<ErrorReport | null>(null);
  /** Whether what is shown answers an older search. */
  isBehind = $state(false);
  /** Counts the searches that were answered: the table goes to its top with each. */
  answered = $state(0);

  readonly #ask: (query: ResourceQuery) => Promise<ResourcePage>;
  #search: Search = { text: "", sort: null, descending: false };
  /** Whether the search still waits for its first answer, which goes to the top whoever asks for it. */
  #isNew = false;
  #generation = 0;
  #pages = new Map<number, ResourceRow[]>();
  #open = new Set<number>();
  #view: [first: number, last: number] = [0, 0];
  #leaptAt = -Infinity;
  /** Set while rows fly by. */
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** Told whenever a page came or went: the map itself is no state. */
  #version = $state(0);

  constructor(ask: (query: ResourceQuery) => Promise<ResourcePage>) {
    this.#ask = ask;
  }

  /** Begins another search. Resolves when it is answered, or another one was begun. */
  search(search: Search): Promise<void> {
    this.#search = search;
    this.#isNew = true;
    return this.#anew([0]);
  }

  /** Asks again for what is in view, where the objects may have changed. */
  refresh(): Promise<void> {
    if (this.#isNew) return this.#anew([0]);
    const [first, last] = [Math.floor(this.#view[0] / PAGE), Math.floor(this.#view[1] / PAGE)];
    return this.#anew(first === last ? [first] : [first, last]);
  }

  /** The row at this place, or null while it is not here yet. */
  row(at: number): ResourceRow | null {
    void this.#version;
    return this.#pages.get(Math.floor(at / PAGE))?.[at % PAGE] ?? null;
  }

  /** Says which rows are in view; those that are missing are asked for. */
  show(first: number, last: number): void {
    const leaps = Math.abs(first - this.#view[0]) > PAGE;
    this.#view = [first, last];
    clearTimeout(this.#rest);
    this.#rest = undefined;
    const now = performance.now();
    const isDragged = leaps && now - this.#leaptAt < DRAGGED;
    if (leaps) this.#leaptAt = now;
    if (isDragged) this.#rest = setTimeout(() => this.#settle(), DRAGGED);
    else this.#fetch();
  }

  #settle(): void {
    this.#rest = undefined;
    this.#fetch();
  }

  async #anew(pages: number[]): Promise<void> {
    const generation = ++this.#generation;
    this.#open = new Set();
    this.isBehind = true;
    try {
      const answers = await Promise.all(pages.map((page) => this.#ask(this.#query(page))));
      if (generation !== this.#generation) return;
      this.#pages = new Map();
      for (const [at, answer] of answers.entries()) {
        this.#take(answer);
        this.columns = answer.columns;
        // A page may lie beyond the end, where objects went meanwhile.
        if (answer.rows.length > 0) this.#pages.set(pages[at] ?? 0, answer.rows);
      }
      this.problem = null;
      if (this.#isNew) this.#toTop();
    } catch (rejection) {
      if (generation !== this.#generation) return;
      this.problem = asReport(rejection);
    }
    this.isBehind = false;
    this.#version++;
    this.#fetch();
  }

  #toTop(): void {
    this.#isNew = false;
    this.#view = [0, 0];
    this.answered++;
  }

  #fetch(): void {
    const total = this.total ?? 0;
    if (total === 0 || this.isBehind || this.problem || this.#rest !== undefined) return;
    for (const page of this.#wanted(total)) {
      if (this.#open.size >= AT_ONCE) return;
      if (!this.#pages.has(page) && !this.#open.has(page)) void this.#get(page);
    }
  }

  /** The pages in view, then the ones around them. */
  #wanted(total: number): number[] {
    const end = Math.floor((total - 1) / PAGE);
    const first = Math.min(Math.floor(this.#view[0] / PAGE), end);
    const last = Math.min(Math.floor(this.#view[1] / PAGE), end);
    const pages: number[] = [];
    for (let page = first; page <= last; page++) pages.push(page);
    // The nearest half of the next page: so a steady scroll meets no gap.
    if (last < end && this.#view[1] % PAGE > PAGE / 2) pages.push(last + 1);
    if (first > 0 && this.#view[0] % PAGE < PAGE / 2) pages.push(first - 1);
    return pages;
  }

  async #get(page: number): Promise<void> {
    const generation = this.#generation;
    this.#open.add(page);
    try {
      const answer = await this.#ask(this.#query(page));
      if (generation !== this.#generation) return;
      this.#pages.set(page, answer.rows);
      this.#take(answer);
      this.#forget();
    } catch (rejection) {
      if (generation !== this.#generation) return;
      this.problem = asReport(rejection);
    }
    this.#open.delete(page);
    if (this.problem || this.#isInView(page)) this.#version++;
    this.#fetch();
  }

  #isInView(page: number): boolean {
    return page >= Math.floor(this.#view[0] / PAGE) && page <= Math.floor(this.#view[1] / PAGE);
  }

  #take(answer: ResourcePage): void {
    this.total = answer.total;
    this.all = answer.all;
    this.kinds = answer.kinds;
    this.unread = answer.unread;
  }

  /** Lets go of the pages that are furthest from what is in view. */
  #forget(): void {
    const middle = Math.floor((this.#view[0] + this.#view[1]) / 2 / PAGE);
    const far = [...this.#pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const page of far.slice(0, Math.max(0, far.length - KEPT))) this.#pages.delete(page);
  }

  #query(page: number): ResourceQuery {
    return { ...this.#search, offset: page * PAGE, limit: PAGE };
  }
}
