import type { Account, ConnectionReport, ErrorReport, FabricView, NewAccount, SecretStore } from "./bindings";
import { covers } from "./place";
import { asReport } from "./problem";
import type { Transport } from "./transport";

/** Who this desktop is for each remote, and where the secrets are kept. No secret is ever among it. */
export class Accounts {
  /** By place; null until they are read. */
  list = $state.raw<Account[] | null>(null);
  /** Where secrets can be kept here; null until it is asked. */
  store = $state.raw<SecretStore | null>(null);
  /** Why they could not be read. */
  problem = $state.raw<ErrorReport | null>(null);

  readonly #transport: Transport;
  #newest = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Reads the accounts. The keychain, which may ask the user, is only looked for where that matters. */
  async start(): Promise<void> {
    await this.#attempt(async (isNewest) => {
      const list = await this.#transport.accounts();
      if (isNewest()) this.list = list;
      if (!list.some((account) => account.kept === "file")) return;
      const store = await this.#transport.secretStore();
      if (isNewest()) this.store = store;
    });
  }

  /** Reads the accounts and where secrets can be kept. */
  async read(): Promise<void> {
    await this.#attempt(async (isNewest) => {
      const [list, store] = await Promise.all([this.#transport.accounts(), this.#transport.secretStore()]);
      if (isNewest()) [this.list, this.store] = [list, store];
    });
  }

  /** The account that is used for a remote: the one that fits it most closely. */
  of(remote: string | null): Account | null {
    if (remote === null) return null;
    const fitting = (this.list ?? []).filter((account) => covers(account.place, remote));
    return fitting.reduce<Account | null>(
      (best, account) => (best !== null && best.place.length >= account.place.length ? best : account),
      null,
    );
  }

  /** Whether a fabric's sign-in is in the encrypted file, and that is locked. */
  lockOut(fabric: FabricView): boolean {
    if (this.store?.file === "open") return false;
    if (fabric.error?.code === "SecretsLocked") return true;
    return this.store?.file === "locked" && this.of(fabric.repository.url)?.kept === "file";
  }

  // What these can't do is for the dialog to show: each rejects with an `ErrorReport`.

  async add(account: NewAccount): Promise<Account> {
    const added = await this.keeping(() => this.#transport.addAccount(account));
    await this.read();
    return added;
  }

  async remove(account: Account): Promise<void> {
    await this.#transport.removeAccount(account.id);
    await this.read();
  }

  test(url: string, account: NewAccount | null): Promise<ConnectionReport> {
    return this.#transport.testConnection(url, account);
  }

  async trust(url: string, fingerprint: string): Promise<void> {
    await this.#transport.trustHostKey(url, fingerprint);
  }

  /** Opens the encrypted file of secrets; where there is none, makes it. */
  async unlock(passphrase: string): Promise<void> {
    const store = await this.#transport.unlockSecrets(passphrase);
    // Anything that is being read already may be older than this.
    await this.read();
    this.store = store;
  }

  /** Does what keeps a secret. Where it turns out that there is no keychain, a person has to choose. */
  async keeping<T>(keep: () => Promise<T>): Promise<T> {
    try {
      return await keep();
    } catch (rejection) {
      const error = asReport(rejection);
      if (error.code === "NoKeychain") {
        this.store = { file: this.store?.file ?? "missing", keychain: false };
      }
      throw error;
    }
  }

  async #attempt(read: (isNewest: () => boolean) => Promise<void>): Promise<void> {
    const question = ++this.#newest;
    const isNewest = () => question === this.#newest;
    try {
      await read(isNewest);
      if (isNewest()) this.problem = null;
    } catch (rejection) {
      if (isNewest()) this.problem = asReport(rejection);
    }
  }
}
