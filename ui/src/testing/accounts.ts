// Sample data of who this desktop is for each remote: accounts, tests of connections, host keys, settings.
import type {
  Account,
  AuthorSettings,
  ConnectionReport,
  ErrorReport,
  Method,
  NetworkSettings,
  NewAccount,
  SecretStore,
} from "../bindings";

export function account(over: Partial<Account> = {}): Account {
  return {
    id: "account-1",
    place: "https://git.example.net",
    method: "token",
    user: "ada",
    keyFile: null,
    kept: "keychain",
    githubApi: null,
    ...over,
  };
}

/** One of each sort. */
export function accounts(): Account[] {
  return [
    account(),
    account({
      id: "account-2",
      place: "https://github.com/acme/lab",
      method: "helper",
      user: null,
      kept: null,
    }),
    account({
      id: "account-3",
      place: "ssh://git.example.org:2222",
      method: "sshKey",
      user: "git",
      keyFile: "/home/ada/.ssh/id_ed25519",
      kept: "file",
    }),
  ];
}

const SECRETS: ReadonlySet<Method> = new Set(["token", "password", "sshKey"]);

/** What the engine keeps of a new account. */
export function kept(entered: NewAccount): Account {
  const { place, method, user = null, keyFile = null, secret, keep = "keychain", githubApi = null } = entered;
  const keeps = SECRETS.has(method) && secret ? keep : null;
  return { id: "account-new", place, method, user, keyFile, kept: keeps, githubApi };
}

export function secretStore(over: Partial<SecretStore> = {}): SecretStore {
  return { keychain: true, file: "missing", ...over };
}

export function connectionReport(over: Partial<ConnectionReport> = {}): ConnectionReport {
  return {
    url: "https://git.example.net/net/fabric-config.git",
    account: "account-1",
    error: null,
    mayPush: true,
    defaultBranch: "main",
    branches: ["main", "staging", "lab/next"],
    protection: "A push to main needs a pull request with 1 approval.",
    lacks: [],
    notes: [],
    ...over,
  };
}

export const FINGERPRINT = "SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s";

export const hostKeyUnknown: ErrorReport = {
  code: "HostKeyUnknown",
  message: `The host key of [git.example.org]:2222 is not known: ssh-ed25519 ${FINGERPRINT}.`,
  hint: "Compare the fingerprint with the one that the server's owner publishes; trust it if they are the same.",
};

export const hostKeyChanged: ErrorReport = {
  code: "HostKeyChanged",
  message: `The host key of [git.example.org]:2222 has changed: it shows ssh-ed25519 ${FINGERPRINT} now.`,
  hint: "Nothing was sent. Ask whoever runs the server; if they did change it, remove the old key with `ssh-keygen -R`.",
};

export const secretsLocked: ErrorReport = {
  code: "SecretsLocked",
  message: "The file with the secrets is locked.",
  hint: "Enter its passphrase under Settings → Accounts; nothing is lost meanwhile.",
};

export const passphraseWrong: ErrorReport = {
  code: "PassphraseWrong",
  message: "The passphrase is not the one that the secrets were locked with.",
  hint: "Try again, or delete the file and enter the secrets anew.",
};

export const noKeychain: ErrorReport = {
  code: "NoKeychain",
  message: "This machine has no keychain that can be used.",
  hint: "Choose to be asked after each start, or to keep secrets in a file with a passphrase.",
};

export function networkSettings(over: Partial<NetworkSettings> = {}): NetworkSettings {
  return { proxy: { use: "system" }, caFile: null, ...over };
}

export function authorSettings(over: Partial<AuthorSettings> = {}): AuthorSettings {
  return { name: null, email: null, ...over };
}
