/** The places of a commit message's template, each with what stands there. */
export const PLACES: readonly [place: string, what: string][] = [
  ["{summary}", "what was done, in one line"],
  ["{details}", "the objects, by name"],
  ["{fabric}", "the fabric's name"],
  ["{branch}", "the branch"],
];

/** What a template is filled with. */
export interface Filling {
  summary: string;
  details: string;
  fabric: string;
  branch: string;
}

/** The usual message, for a fabric without a template. */
const USUAL = "{summary}\n\n{details}";

/** What an ingestion of two objects would say. */
export function exampleOf(fabric: string, branch: string, directory: string): Filling {
  const place = directory === "" ? "" : `${directory.split("/").at(-1)}: `;
  return {
    summary: `${place}ingest 2 objects from leafs.yaml`,
    details: "Created: 1\n- Switch default/leaf-07\n\nUpdated: 1\n- Switch default/leaf-01",
    fabric,
    branch,
  };
}

/** A commit message as the engine makes it; its own last line says which run made the commit, and stays. */
export function filled(template: string, filling: Filling): string {
  const text = template.trim() === "" ? USUAL : template.trim();
  // In one go, so that a name with braces in it is not taken for a place.
  const message = text.replace(
    /\{(summary|details|fabric|branch)\}/g,
    (_, place: keyof Filling) => filling[place],
  );
  return `${message.trimEnd()}\n\nFGD-Operation: 0193a7c5-6e1f-7b42-9d08-2f4c81b3a690`;
}
