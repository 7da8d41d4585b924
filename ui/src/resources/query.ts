// A search as it is typed, changed by a click: the engine alone reads what it means.

/** What `kind:` asks for, as it is typed: `kind:Switch,VPC`. */
const KIND = /^kind:/i;

/** The terms of a search as they were typed; what is in quotes is one. */
export function terms(text: string): string[] {
  return text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
}

/** The kinds that a search asks for, as they were typed. */
export function kindsOf(text: string): string[] {
  return terms(text)
    .filter((term) => KIND.test(term))
    .flatMap((term) => term.replace(KIND, "").replaceAll('"', "").split(","))
    .filter((kind) => kind !== "");
}

/** Whether a search asks for a kind. */
export function asksForKind(text: string, kind: string): boolean {
  return kindsOf(text).some((asked) => asked.toLowerCase() === kind.toLowerCase());
}

/**
 * A search for this kind only, or for all kinds where it was the only one. With `beside`, the kind is added to
 * the others that are asked for, or taken from them.
 */
export function withKind(text: string, kind: string, beside = false): string {
  const asked = kindsOf(text);
  const others = asked.filter((other) => other.toLowerCase() !== kind.toLowerCase());
  const isAsked = others.length < asked.length;
  const kept = beside ? others : [];
  const wanted = isAsked && (beside || others.length === 0) ? kept : [...kept, kind];
  const rest = terms(text).filter((term) => !KIND.test(term));
  return [...(wanted.length > 0 ? [`kind:${wanted.join(",")}`] : []), ...rest].join(" ");
}

/** A search with a term more, or without it where it is there. */
export function withTerm(text: string, term: string): string {
  const known = terms(text);
  const rest = known.filter((other) => other.toLowerCase() !== term.toLowerCase());
  return (rest.length < known.length ? rest : [...known, term]).join(" ");
}

/** What can be typed, for the help beside the field. */
export const SYNTAX: readonly [example: string, meaning: string][] = [
  ["leaf rack-3", "Both words, anywhere in an object: name, kind, labels, annotations, values."],
  ['"rack A, top"', "These words, as they stand together."],
  ["-spine", "What does not have it. The dash goes before filters too."],
  ["kind:Switch", "Objects of a kind; several with commas between them."],
  ["name:leaf-0", "A part of the name; all of it in quotes."],
  ["ns:lab", "A namespace."],
  ["label:rack=A1", "A label with a value; without “=” with any."],
  ["role:spine", "The value of a field, by the end of its path."],
  ["spec.asn:65101", "The same, by its whole path. Numbers match whole."],
  ["has:error", "What has errors; also has:warning and has:edit."],
  ["ref:Switch/leaf-01", "What names that object."],
];
