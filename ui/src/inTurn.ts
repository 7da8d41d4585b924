/** Does one job after the other: what is asked for first is done first, however long it takes. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins once all before it have ended, well or not. */
  do<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#last.then(job);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
