import type { ErrorReport } from "./bindings";

/** The host key that a server showed and that nobody has trusted yet. */
export interface HostKey {
  host: string;
  /** The sort of the key, as `ssh` names it: `ssh-ed25519`. */
  kind: string;
  /** `SHA256:` and what follows, as `ssh` shows it. */
  fingerprint: string;
}

// To the end of the sentence: the sort is the server's own word, and may not pass for the fingerprint.
const SENTENCE = /\bhost key of (\S+) is not known: (\S+) +(SHA256:[A-Za-z0-9+/]{43})=?\.?\s*$/i;

/**
 * The key that an error is about; null where it is about something else, or does not name one whole.
 *
 * A key that can't be shown whole is never offered to be trusted.
 */
export function hostKeyOf(error: ErrorReport): HostKey | null {
  if (error.code !== "HostKeyUnknown") return null;
  const [, host, kind, fingerprint] = SENTENCE.exec(error.message) ?? [];
  return host && kind && fingerprint ? { host, kind, fingerprint } : null;
}
