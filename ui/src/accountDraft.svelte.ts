import type { Keeping, Method, NewAccount, SignIn } from "./bindings";
import { readPlace } from "./place";

/** The ways to sign in over HTTPS and over SSH, the most usual first. */
const METHODS: Record<"https" | "ssh", readonly Method[]> = {
  https: ["token", "password", "helper", "nobody"],
  ssh: ["sshAgent", "sshKey"],
};
const NEEDS_SECRET: ReadonlySet<Method> = new Set(["token", "password"]);

/** An account as it is being entered. */
export class AccountDraft {
  place = $state("");
  user = $state("");
  keyFile = $state("");
  githubApi = $state("");
  /** By method: a token is not left standing as a password. */
  readonly secrets: Partial<Record<Method, string>> = $state({});
  // One choice for each sort of place: correcting a typing error in the URL does not change it.
  #https = $state<Method>("token");
  #ssh = $state<Method>("sshAgent");

  readonly ssh: boolean = $derived(readPlace(this.place)?.ssh ?? false);
  /** Whether the place is a repository or a group of them rather than a whole host. */
  readonly isRepository: boolean = $derived((readPlace(this.place)?.path ?? "") !== "");

  /** The methods that fit the place. */
  get methods(): readonly Method[] {
    return METHODS[this.ssh ? "ssh" : "https"];
  }

  get method(): Method {
    return this.ssh ? this.#ssh : this.#https;
  }

  set method(method: Method) {
    if (METHODS.ssh.includes(method)) this.#ssh = method;
    else this.#https = method;
  }

  get secret(): string {
    return this.secrets[this.method] ?? "";
  }

  set secret(secret: string) {
    this.secrets[this.method] = secret;
  }

  /** Whether a secret is asked for; a key's passphrase may be empty. */
  get takesSecret(): boolean {
    return NEEDS_SECRET.has(this.method) || this.method === "sshKey";
  }

  /** Whether there is a secret that has to be kept somewhere. */
  get keepsSecret(): boolean {
    return NEEDS_SECRET.has(this.method) || (this.takesSecret && this.secret !== "");
  }

  /** What is still to be entered, in a sentence; null when nothing is. */
  get missing(): string | null {
    if (this.place.trim() === "") return "Enter a host or a repository.";
    if (readPlace(this.place) === null) return "Enter a host, an https:// or ssh:// URL, or git@host:path.";
    if (this.method === "password" && this.user.trim() === "") return "Enter the user name.";
    if (this.method === "token" && this.secret === "") return "Enter the token.";
    if (this.method === "password" && this.secret === "") return "Enter the password.";
    if (this.method === "sshKey" && this.keyFile.trim() === "") return "Enter the path of the key file.";
    return null;
  }

  /** The account, with nothing in it that its method has no use for. */
  account(keep?: Keeping): NewAccount {
    const filled = (text: string) => (text.trim() === "" ? null : text.trim());
    return {
      place: this.place.trim(),
      method: this.method,
      user: this.method === "nobody" ? null : filled(this.user),
      keyFile: this.method === "sshKey" ? filled(this.keyFile) : null,
      secret: this.takesSecret && this.secret !== "" ? this.secret : null,
      githubApi: this.ssh ? null : filled(this.githubApi),
      ...(keep === undefined ? {} : { keep }),
    };
  }
}

/** A sign-in that was entered for one repository, as the account that would be kept of it. */
export function accountFor(url: string, { user, secret }: SignIn): NewAccount {
  return { place: url, method: user === "" ? "token" : "password", user: user || null, secret };
}
