/** A host or a repository there, as the engine names it; `ssh` is how it is asked. */
export interface Place {
  ssh: boolean;
  /** `https://github.com`, `ssh://git.example.org:2222`. */
  host: string;
  /** What is below the host, without `.git`; empty for all of it. */
  path: string;
}

const SCHEMES: readonly string[] = ["https", "http", "ssh"];
const SCP = /^(?:[^@/\s]+@)?([^@/:\s]+):(?!\/\/)(.*)$/;
const URL_LIKE = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/\s]*@)?([^@/\s]+)(?:\/(.*))?$/i;

/**
 * Reads a host or a repository as people write them: a URL, `git@host:path`, or a host's bare name, which
 * stands for HTTPS. Null for what is none, a path on this machine for one.
 *
 * It only says which methods fit and which fabrics are meant: the engine decides what can be kept.
 */
export function readPlace(text: string): Place | null {
  const asked = text.trim();
  const url = URL_LIKE.exec(asked);
  if (url) return placeOf(url[1] ?? "", url[2] ?? "", url[3] ?? "");
  if (asked === "" || /^[./~-]|\s/.test(asked) || asked.includes("://")) return null;
  const scp = SCP.exec(asked);
  // `host:8443` is a host with a port, `git@host:path` and `host:path` are SSH's way.
  if (scp && (asked.includes("@") || !/^\d+(\/|$)/.test(scp[2] ?? "")))
    return placeOf("ssh", scp[1] ?? "", scp[2] ?? "");
  const [host = "", ...path] = asked.split("/");
  return placeOf("https", host, path.join("/"));
}

/** Whether an account for one place is meant for a remote: the host or something on the way to it. */
export function covers(account: string, remote: string): boolean {
  const [wide, narrow] = [readPlace(account), readPlace(remote)];
  if (wide === null || narrow === null || wide.host !== narrow.host) return false;
  return wide.path === "" || narrow.path === wide.path || narrow.path.startsWith(`${wide.path}/`);
}

/** Whether two texts name the same place. */
export function samePlace(one: string, other: string): boolean {
  return covers(one, other) && covers(other, one);
}

function placeOf(scheme: string, host: string, path: string): Place | null {
  const kind = scheme.toLowerCase();
  if (host === "" || !SCHEMES.includes(kind)) return null;
  const name = host.toLowerCase().replace(kind === "ssh" ? /:22$/ : kind === "https" ? /:443$/ : /:80$/, "");
  const below = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  return { ssh: kind === "ssh", host: `${kind}://${name}`, path: below };
}
