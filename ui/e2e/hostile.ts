// An engine whose every text was written by somebody who means harm.
import type { FakeTransport } from "../src/testing/fake";

/** Runs, if anything of it is ever taken for code. */
const RUN = "window.__hacked=1";
const MARKUP = [
  `<img src=x onerror="${RUN}">`,
  `"><script>${RUN}</script>`,
  `' onmouseover='${RUN}' x='`,
  `</textarea></title></style><svg onload=${RUN}>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>">`,
  `{{constructor.constructor('${RUN}')()}}\${${RUN}}`,
  `javascript:${RUN}`,
  `<a href="https://evil.example/">here</a>`,
].join(" ");
/** Turns the writing around, can't be seen, or would steer a terminal. */
const DECEIT = "\u202egnp.exe\u2066\u200b\u00ad\ufeff\u001b[2J\u0007\u009b31m\u2028";
const LONG = "W".repeat(10_000);

/** The fields that hold words and names. All others are numbers, times, identifiers and one of a few words. */
const TEXTS = new Set([
  "a",
  "after",
  "archivedTo",
  "author",
  "aPort",
  "b",
  "before",
  "bPort",
  "branch",
  "cells",
  "column",
  "comment",
  "current",
  "default",
  "description",
  "detail",
  "directory",
  "email",
  "file",
  "fingerprint",
  "fullName",
  "group",
  "groupType",
  "help",
  "hint",
  "host",
  "label",
  "line",
  "login",
  "message",
  "name",
  "note",
  "notes",
  "ours",
  "path",
  "placeholder",
  "reason",
  "reasons",
  "role",
  "sentence",
  "subject",
  "summary",
  "taken",
  "text",
  "theirs",
  "title",
  "unread",
  "user",
  "version",
  "webView",
  "why",
]);
/** Names of refs, and links between the parts of one answer. */
const LEFT = new Set(["topology.a", "topology.b"]);

const known = new Map<string, string>();

/** The same text becomes the same each time: it may be what a screen knows a thing by. */
function harmful(text: string, withLong: boolean): string {
  if (text === "") return text;
  const there = known.get(text);
  if (there !== undefined) return there;
  const long = withLong && known.size % 4 === 0 ? LONG : "";
  const made = `${text} ${MARKUP}${DECEIT}${long}`;
  known.set(text, made);
  return made;
}

/** A value with each of its texts made harmful. */
function turned(value: unknown, key: string, command: string, withLong: boolean): unknown {
  if (typeof value === "string") {
    const meant = TEXTS.has(key) && !LEFT.has(`${command}.${key}`);
    return meant ? harmful(value, withLong) : value;
  }
  if (Array.isArray(value)) return value.map((one) => turned(one, key, command, withLong));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, turned(inner, name, command, withLong)]),
  );
}

/** Lets everything that this engine says be harmful: its answers, its errors, its events. */
export function makeHostile(engine: FakeTransport, withLong: boolean): void {
  const all = engine as unknown as Record<string, unknown>;
  for (const [name, method] of Object.entries(all)) {
    if (typeof method !== "function" || name.startsWith("listen")) continue;
    all[name] = async (...args: unknown[]) => {
      try {
        return turned(await method(...args), "", name, withLong);
      } catch (thrown) {
        throw turned(thrown, "", name, withLong);
      }
    };
  }
  const say = engine.say.bind(engine);
  engine.say = (event) => say(turned(event, "", "event", withLong) as typeof event);
}
