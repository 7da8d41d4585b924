import type { ConnectionReport, ErrorReport, NewAccount } from "./bindings";
import { asReport } from "./problem";

/** How far a test of a connection is. */
export type Tested =
  | { is: "nothing" }
  | { is: "testing" }
  | { is: "found"; report: ConnectionReport }
  /** It could not be begun, or the remote can't be read. */
  | { is: "problem"; error: ErrorReport; url: string };

type Test = (url: string, account: NewAccount | null) => Promise<ConnectionReport>;

/** A test of a connection; only the answer to the newest one counts. */
export class Connection {
  result = $state.raw<Tested>({ is: "nothing" });

  readonly #test: Test;
  #newest = 0;

  constructor(test: Test) {
    this.#test = test;
  }

  /** Tests it, with an account that is not kept yet where one is given. */
  async test(url: string, account: NewAccount | null): Promise<void> {
    const question = ++this.#newest;
    this.result = { is: "testing" };
    let result: Tested;
    try {
      const report = await this.#test(url, account);
      result =
        report.error === null
          ? { is: "found", report }
          : { is: "problem", error: report.error, url: report.url };
    } catch (rejection) {
      result = { is: "problem", error: asReport(rejection), url };
    }
    if (question === this.#newest) this.result = result;
  }

  /** Forgets what was found: it is about something else now. */
  forget(): void {
    this.#newest++;
    this.result = { is: "nothing" };
  }
}
