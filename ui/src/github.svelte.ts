import type {
  AccountId,
  BranchRulesView,
  ErrorReport,
  FabricId,
  GitHubAccountView,
  GitHubRepositories,
  GitHubRepository,
  GitHubSignInEnd,
  GitHubSignInStart,
  Keeping,
  ListenerView,
  NewGitHubRepository,
  Operation,
  ProposeEnd,
  WebhookView,
} from "./bindings";
import { asReport } from "./problem";
import type { Toasts } from "./toasts.svelte";
import type { Transport } from "./transport";

/**
 * What the window asks of GitHub. What a dialog asks for is shown there and kept nowhere; each question
 * rejects with an `ErrorReport`.
 */
export class GitHub {
  readonly #transport: Transport;
  readonly #toasts: Toasts;
  readonly #finished: (operation: Operation) => void;

  constructor(transport: Transport, toasts: Toasts, finished: (operation: Operation) => void) {
    this.#transport = transport;
    this.#toasts = toasts;
    this.#finished = finished;
  }

  rules = (fabric: FabricId): Promise<BranchRulesView | null> => this.#transport.branchRules(fabric);
  account = (account: AccountId): Promise<GitHubAccountView> => this.#transport.githubAccount(account);
  repositories = (account: AccountId, filter: string): Promise<GitHubRepositories> =>
    this.#transport.githubRepositories(account, filter);
  create = (account: AccountId, repository: NewGitHubRepository): Promise<GitHubRepository> =>
    this.#transport.createGithubRepository(account, repository);
  webhook = (fabric: FabricId): Promise<WebhookView | null> => this.#transport.webhook(fabric);
  registerWebhook = (fabric: FabricId, url: string, keep: Keeping): Promise<WebhookView> =>
    this.#transport.registerWebhook(fabric, url, keep);
  removeWebhook = (fabric: FabricId): Promise<unknown> => this.#transport.removeWebhook(fabric);
  listener = (): Promise<ListenerView> => this.#transport.listener();
  setListener = (on: boolean, address: string | null): Promise<ListenerView> =>
    this.#transport.setListener(on, address);

  beginSignIn = (host: string | null): Promise<GitHubSignInStart> => this.#transport.beginGithubSignIn(host);
  finishSignIn = (keep: Keeping): Promise<GitHubSignInEnd> => this.#transport.finishGithubSignIn(keep);

  /** Ends a sign-in that nobody waits for any more. */
  async cancelSignIn(): Promise<void> {
    try {
      await this.#transport.cancelGithubSignIn();
    } catch {
      // There is nothing that a person could do about it: it ends by itself.
    }
  }

  /** Pushes to a branch of our own and opens a pull request for it. */
  async propose(fabric: FabricId): Promise<ProposeEnd> {
    const end = await this.#transport.propose(fabric);
    this.#finished(end.operation);
    return end;
  }

  /** Opens a page of the host in the browser. */
  async openPage(url: string): Promise<void> {
    try {
      await this.#transport.openPage(url);
    } catch (rejection) {
      this.#toasts.problem(rejection);
    }
  }
}

/** How far a sign-in by code is. */
export type SigningIn =
  | { is: "beginning" }
  | { is: "waiting"; code: string; page: string; expires: number }
  | { is: "ended"; end: GitHubSignInEnd }
  /** It can't be done in this way; a token can. */
  | { is: "notOffered"; reason: string | null }
  | { is: "problem"; error: ErrorReport };

/** One sign-in by code, from its beginning until it is signed in, refused or given up. */
export class CodeSignIn {
  state = $state.raw<SigningIn>({ is: "beginning" });

  readonly #github: GitHub;
  #over = false;

  constructor(github: GitHub) {
    this.#github = github;
  }

  /** Asks for a code and waits until it is entered. Returns when that has ended. */
  async begin(host: string | null, keep: Keeping): Promise<void> {
    this.#over = false;
    this.#show({ is: "beginning" });
    try {
      const start = await this.#github.beginSignIn(host);
      // Given up meanwhile: the code that came late would be waited for until it runs out.
      if (this.#over) return await this.#github.cancelSignIn();
      if (start.is !== "code") {
        return this.#show({ is: "notOffered", reason: start.is === "notOffered" ? start.reason : null });
      }
      const { userCode, verificationUrl, expires } = start.code;
      this.#show({ is: "waiting", code: userCode, page: verificationUrl, expires });
      this.#show({ is: "ended", end: await this.#github.finishSignIn(keep) });
    } catch (rejection) {
      this.#show({ is: "problem", error: asReport(rejection) });
    }
  }

  /** Gives it up. */
  end(): void {
    this.#over = true;
    if (this.state.is === "waiting") void this.#github.cancelSignIn();
  }

  #show(state: SigningIn): void {
    if (!this.#over) this.state = state;
  }
}
