// A form over a text: a new object begins with a text of its kind, and each value to fill in is a field.
import type { SchemaField } from "../bindings";
import { Schema, keyOf } from "./editor/schemaPath";
import { lineOf, placeAt } from "./editor/yamlPlace";

/** A value to fill in. */
export interface FormField {
  /** The keys that lead to it, with the number of each item: unique, and the same in every text of the form. */
  id: string;
  /** What stands beside it: `subnets › default › vlan`. */
  label: string;
  /** What the schema knows of it. */
  field: SchemaField | null;
  /** What the text begins with, without quotes; empty where that is only a place to be filled. */
  value: string;
  /** An example, from the comment behind it. */
  example: string;
  /** Where its value stands in the text; none where its line is to be added. */
  at: { from: number; to: number } | null;
}

/** The values of a starting text below its spec, in order, then the required ones that it lacks. */
export function formFields(text: string, schema: Schema): FormField[] {
  const fields: FormField[] = [];
  const items: number[] = [];
  let start = 0;
  for (const raw of text.split("\n")) {
    const line = lineOf(raw);
    const begin = start;
    start += raw.length + 1;
    if (line === null) continue;
    // Counts the items of each list by the column of its dash.
    for (const dash of line.dashes) items[dash] = (items[dash] ?? -1) + 1;
    items.length = Math.max(line.column + 1, (line.dashes.at(-1) ?? -1) + 1);
    const key = keyField(text, begin, line, schema);
    if (key) fields.push(key);
    const value = scalarOf(line.key === null ? raw.slice(line.column) : line.value);
    if (value === null) continue;
    const place = placeAt(text, begin + line.valueAt);
    if (place?.within[0] !== "spec" && !(line.key !== null && place?.key === "spec")) continue;
    const keys = [...place.within, ...(line.key === null ? [] : [line.key])];
    const field = schema.at(keys);
    if (keys.length < 2 || (field && ["object", "map", "list"].includes(field.type))) continue;
    const from = begin + (line.key === null ? line.column : line.valueAt);
    const isEmpty = value.text === "" || (value.text === "0" && field?.type === "integer");
    fields.push({
      id: `${keys.join(".")}#${items.filter((item) => item !== undefined).join(".")}`,
      label: labelOf(keys),
      field,
      value: isEmpty ? "" : value.text,
      example: value.comment,
      at: { from, to: from + value.length },
    });
  }
  return numbered([...fields, ...missing(fields, schema)]);
}

/** Fields of one name are told apart by their number. */
function numbered(fields: FormField[]): FormField[] {
  return fields.map((field, at) => {
    if (fields.filter(({ label }) => label === field.label).length === 1) return field;
    const before = fields.slice(0, at).filter(({ label }) => label === field.label).length;
    return { ...field, label: `${field.label} ${before + 1}` };
  });
}

/** A key of the author's own that names an object: the text has only something in its place. */
function keyField(
  text: string,
  begin: number,
  line: NonNullable<ReturnType<typeof lineOf>>,
  schema: Schema,
): FormField | null {
  const from = begin + line.column;
  if (line.key === null || !text.startsWith(line.key, from)) return null;
  const place = placeAt(text, from);
  const field = place && schema.ownKeyOf(place.within);
  if (!place || !field?.refers) return null;
  return {
    id: `${[...place.within, line.key].join(".")}@${line.key}`,
    label: `${labelOf(place.within)} › ${field.refers}`,
    field,
    value: "",
    example: line.key,
    at: { from, to: from + line.key.length },
  };
}

/** Required values right below the spec that the text does not have. */
function missing(known: FormField[], schema: Schema): FormField[] {
  const has = new Set(known.map(({ field }) => field?.path));
  return schema.keysOf(["spec"]).flatMap((field) => {
    const isScalar = !["object", "map", "list"].includes(field.type);
    if (!field.required || !isScalar || has.has(field.path)) return [];
    return [{ id: `${field.path}#`, label: keyOf(field), field, value: "", example: "", at: null }];
  });
}

/** The text with these values, by the fields' ids, and this name. A value that is not given stays as it is. */
export function filled(
  text: string,
  fields: readonly FormField[],
  values: ReadonlyMap<string, string>,
  name: string,
): string {
  const changes: { from: number; to: number; text: string }[] = [];
  const added: string[] = [];
  for (const { id, field, at } of fields) {
    const value = values.get(id);
    if (at === null) {
      const written = scalar(value ?? "", field);
      if (field && (value ?? "") !== "") added.push(`  ${keyOf(field)}: ${written}`);
    } else if (value !== undefined) changes.push({ ...at, text: scalar(value, field) });
  }
  const spec = /^spec:[ \t]*(\{\})?[ \t]*$/m.exec(text);
  if (added.length > 0 && spec) {
    changes.push({
      from: spec.index,
      to: spec.index + spec[0].length,
      text: `spec:\n${added.join("\n")}`,
    });
  }
  changes.sort((a, b) => b.from - a.from);
  const whole = changes.reduce(
    (text, change) => text.slice(0, change.from) + change.text + text.slice(change.to),
    text,
  );
  return named(whole, name);
}

/** The text of an object under another name. */
export function named(text: string, name: string): string {
  const lines = text.split("\n");
  const head = lines.findIndex((raw) => /^metadata:\s*(#.*)?$/.test(raw));
  /** The column of the keys of the metadata. */
  let column: number | null = null;
  for (let at = head + 1; head !== -1 && at < lines.length; at++) {
    const raw = lines[at] ?? "";
    const line = lineOf(raw);
    if (line === null) continue;
    column ??= line.column;
    if (line.column === 0) break;
    if (line.column !== column || line.key !== "name") continue;
    lines[at] = `${raw.slice(0, line.valueAt).trimEnd()} ${scalar(name, null)}`;
    break;
  }
  return lines.join("\n");
}

/** What ingestion noted about an object's origin: of a copy it would be wrong. */
const NOTED = "hnp.githedgehog.com/";

/** The text of a copy of an object: its name is another, and nothing is said of where it came from. */
export function duplicated(text: string, name: string): string {
  const lines = text.split("\n").filter((raw) => !lineOf(raw)?.key?.startsWith(NOTED));
  // Annotations of which none is left.
  const kept = lines.filter((raw, at) => {
    const line = lineOf(raw);
    if (line?.key !== "annotations" || line.value.trim() !== "") return true;
    const next = lines
      .slice(at + 1)
      .map(lineOf)
      .find((line) => line !== null);
    return next !== undefined && next.column > line.column;
  });
  return named(kept.join("\n"), name);
}

/** A value as it is written: plain where that reads back as the same, else in quotes. */
export function scalar(value: string, field: Pick<SchemaField, "type"> | null): string {
  if (field?.type === "integer" && /^-?\d+$/.test(value)) return value;
  if (field?.type === "boolean" && /^(true|false)$/.test(value)) return value;
  return isPlain(value) ? value : JSON.stringify(value);
}

/** Whether a text without quotes is read as that text, by YAML of either version. */
function isPlain(text: string): boolean {
  if (!/^[A-Za-z0-9/_.][A-Za-z0-9/_.:@+\- ]*$/.test(text) || /\s$|:\s|:$|\s#/.test(text)) return false;
  if (/^(true|false|yes|no|on|off|null|y|n)$/i.test(text)) return false;
  // Numbers, also to base 8, 16 and 60, and dates. An address has more dots than a number.
  const number = /^[-+]?[\d_]*\.?[\d_]*([eE][-+]?\d+)?$/;
  return ![number, /^[\d:.]*:[\d:.]*$/, /^0[xo]/, /^\d{4}-\d/].some((form) => form.test(text));
}

/** A scalar on its line, without quotes, and what is said behind it; null where there is no scalar. */
function scalarOf(rest: string): { text: string; length: number; comment: string } | null {
  const found = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'{}[\]&*!|>#][^#]*?)?\s*(?:(?:^|\s)#\s*(.*))?$/.exec(rest);
  const written = found?.[1];
  if (written === undefined) return null;
  const text = /^["']/.test(written) ? written.slice(1, -1) : written;
  return { text, length: written.length, comment: found?.[2]?.trim() ?? "" };
}

/** The way to a value below the spec, as it is read. */
function labelOf(keys: readonly string[]): string {
  const parts = keys.slice(1).filter((key) => key !== "[]");
  return parts.join(" › ");
}
