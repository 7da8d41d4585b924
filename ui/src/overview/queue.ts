/** Asks for things as they come into sight, a few at a time, each once. */
export class Queue {
  readonly #atOnce: number;
  readonly #asked = new Set<string>();
  readonly #waiting: (() => Promise<unknown>)[] = [];
  #running = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Asks by and by; a key that was asked for before is not asked for again. `ask` must not reject. */
  add(key: string, ask: () => Promise<unknown>): void {
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    this.#waiting.push(ask);
    this.#next();
  }

  #next(): void {
    const ask = this.#running < this.#atOnce ? this.#waiting.shift() : undefined;
    if (ask === undefined) return;
    this.#running++;
    void ask().finally(() => {
      this.#running--;
      this.#next();
    });
  }
}
