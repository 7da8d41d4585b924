import type { ErrorCode } from "./bindings";
import type { Opened } from "./dialogs";

/** What the hint of an error says to do, as a button. */
export interface Remedy {
  label: string;
  opens: Opened;
}

const ACCOUNTS: Remedy = { label: "Open Accounts", opens: { is: "accounts" } };
const LOG: Remedy = { label: "Open the log", opens: { is: "log" } };

/** Those that belong to no fabric: what a fabric needs, its status offers. */
const REMEDIES: Partial<Record<string, Remedy>> = {
  AuthRequired: ACCOUNTS,
  AuthRefused: ACCOUNTS,
  RemoteMissing: ACCOUNTS,
  GitHubRefused: ACCOUNTS,
  Keychain: ACCOUNTS,
  NoKeychain: ACCOUNTS,
  AccountUnknown: ACCOUNTS,
  SecretsLocked: { label: "Unlock…", opens: { is: "unlock" } },
  FabricUnknown: { label: "Add a fabric…", opens: { is: "add" } },
  Store: LOG,
  Internal: LOG,
} satisfies Partial<Record<ErrorCode, Remedy>>;

/** The button for an error that is told over the screen; null where its hint asks for nothing in this window. */
export function remedyOf(code: string): Remedy | null {
  return REMEDIES[code] ?? null;
}
