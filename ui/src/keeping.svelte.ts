import type { Accounts } from "./accounts.svelte";
import type { Keeping } from "./bindings";

/** How long a new passphrase has to be at least. */
export const PASSPHRASE_LENGTH = 8;

/** Where a secret is to be kept: without a keychain a person says so, and nothing is kept in silence. */
export class KeepingDraft {
  /** What was chosen where there is no keychain; nothing is chosen for anybody. */
  chosen = $state<Keeping | null>(null);
  passphrase = $state("");
  /** The same once more, for a file that is to be made. */
  repeated = $state("");

  readonly #accounts: Accounts;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** Why it can't be kept yet, in a sentence; null when it can. */
  get missing(): string | null {
    const store = this.#accounts.store;
    if (store === null) return "The system's keychain is being looked for.";
    if (store.keychain) return null;
    if (this.chosen === null) return "Choose where the secret is to be kept.";
    if (this.chosen !== "file" || store.file === "open") return null;
    if (store.file === "locked") return this.passphrase === "" ? "Enter the passphrase of the file." : null;
    if ([...this.passphrase].length < PASSPHRASE_LENGTH)
      return `The passphrase needs ${PASSPHRASE_LENGTH} characters or more.`;
    return this.passphrase === this.repeated ? null : "The two passphrases are not the same.";
  }

  /** Opens the encrypted file where it is to be used, and says what was chosen. Rejects as unlocking does. */
  async settle(): Promise<Keeping> {
    const store = this.#accounts.store;
    if (store === null || store.keychain) return "keychain";
    if (this.chosen === "file" && store.file !== "open") await this.#accounts.unlock(this.passphrase);
    this.passphrase = this.repeated = "";
    return this.chosen ?? "session";
  }
}
