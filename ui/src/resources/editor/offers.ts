import type { SchemaField } from "../../bindings";
import { keyOf, type Schema } from "./schemaPath";
import type { Place } from "./yamlPlace";

/** Something that can be written at a place. */
export interface Offer {
  /** What is shown and looked for. */
  label: string;
  /** What is written. */
  text: string;
  /** A word about it, beside it. */
  detail: string;
  /** What it is for. */
  doc: string;
  /** Whether the object is wrong without it. */
  required: boolean;
}

/** What can be written at a place: known at once, and objects of a kind, whose names are to be asked for. */
export interface Offers {
  known: Offer[];
  /** The kind of object that is named here. */
  refers: string | null;
}

const NONE: Offers = { known: [], refers: null };

/** What a kind's schema allows at a place. */
export function offersAt(place: Place, schema: Schema): Offers {
  if (place.is === "value") {
    const field = schema.at([...place.within, place.key ?? ""]);
    return field === null ? NONE : { known: valuesOf(field), refers: field.refers };
  }
  const keys = keysAt(place, schema);
  if (place.is === "key") {
    const own = schema.ownKeyOf(place.within);
    return { known: keys, refers: own?.refers ?? null };
  }
  // An item is a value by itself, or the first key of a mapping.
  const field = schema.at(place.within);
  const own = schema.ownKeyOf(place.within);
  const values = field === null ? [] : valuesOf(field);
  return { known: [...values, ...keys], refers: field?.refers ?? own?.refers ?? null };
}

function keysAt(place: Place, schema: Schema): Offer[] {
  const taken = new Set(place.siblings);
  return schema
    .keysOf(place.within)
    .filter((field) => !taken.has(keyOf(field)))
    .map((field) => ({
      label: keyOf(field),
      text: keyOf(field) + after(field, place.indent),
      detail: typeWord(field),
      doc: field.doc,
      required: field.required,
    }))
    .sort((a, b) => Number(b.required) - Number(a.required));
}

function valuesOf(field: SchemaField): Offer[] {
  return field.values.map((value) => ({ label: value, text: value, detail: "", doc: "", required: false }));
}

/** What follows a key that is written: room for what it holds. */
function after(field: SchemaField, indent: number): string {
  const line = `:\n${" ".repeat(indent)}`;
  if (field.type === "list") return `${line}- `;
  if (field.type === "object" || field.type === "map") return `${line}  `;
  return ": ";
}

/** What a field holds, in a word: "text, required". */
export function typeWord(field: SchemaField): string {
  const words = {
    string: field.refers ?? "text",
    integer: "number",
    boolean: "true or false",
    object: "fields",
    list: "list",
    map: "own keys",
  };
  return field.required ? `${words[field.type]}, required` : words[field.type];
}

/** The field that a place is about, for its help: of a key and of its value, the same. */
export function fieldAt(place: Place, key: string | null, schema: Schema): SchemaField | null {
  return schema.at(key === null ? place.within : [...place.within, key]);
}
