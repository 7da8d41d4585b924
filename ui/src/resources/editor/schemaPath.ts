import type { SchemaField } from "../../bindings";

/** The fields of a kind, by their paths. */
export class Schema {
  readonly fields: readonly SchemaField[];
  readonly #byPath: Map<string, SchemaField>;

  constructor(fields: readonly SchemaField[]) {
    this.fields = fields;
    this.#byPath = new Map(fields.map((field) => [field.path, field]));
  }

  /**
   * The field that these keys lead to: `[]` is an item of a list. A key of the author's own is met by the path
   * with `*`. Null where the kind has no such field; the empty path is the object itself, which is no field.
   */
  at(keys: readonly string[]): SchemaField | null {
    let field: SchemaField | null = null;
    for (const key of keys) {
      const found = this.#below(field?.path ?? "", key);
      if (!found) return null;
      field = found;
    }
    return field;
  }

  /** The keys that a mapping at this place may have; none where they are the author's own. */
  keysOf(keys: readonly string[]): SchemaField[] {
    const field = this.at(keys);
    if (keys.length > 0 && field === null) return [];
    const prefix = field === null ? "" : `${field.path}.`;
    return this.fields.filter(({ path }) => {
      const last = path.slice(prefix.length);
      return path.startsWith(prefix) && last !== "*" && last !== "" && !/[.[]/.test(last);
    });
  }

  /** What the author's own keys of a map at this place stand for. */
  ownKeyOf(keys: readonly string[]): SchemaField | null {
    const field = this.at(keys);
    return field === null ? null : (this.#byPath.get(`${field.path}.*`) ?? null);
  }

  #below(path: string, key: string): SchemaField | undefined {
    if (key === "[]") return this.#byPath.get(`${path}[]`);
    if (path === "") return this.#byPath.get(key);
    return this.#byPath.get(`${path}.${key}`) ?? this.#byPath.get(`${path}.*`);
  }
}

/** The last part of a field's path. */
export const keyOf = (field: SchemaField): string => field.path.split(/\.|(?=\[\])/).at(-1) ?? field.path;
