import type { DetailField, Finding } from "../bindings";

/** A field as it is shown. */
export interface FieldRow {
  field: DetailField;
  /** Whether it has fields of its own. */
  isParent: boolean;
  /** What is wrong at its line. */
  findings: Finding[];
}

/** The fields in the order of the text, without those that lie in a folded one. */
export function fieldRows(
  fields: readonly DetailField[],
  folded: ReadonlySet<string>,
  findings: readonly Finding[],
): FieldRow[] {
  const rows: FieldRow[] = [];
  /** Deeper fields than this lie in a folded one. */
  let hidden = Infinity;
  fields.forEach((field, at) => {
    if (field.depth > hidden) return;
    hidden = folded.has(field.path) ? field.depth : Infinity;
    const isParent = (fields[at + 1]?.depth ?? 0) > field.depth;
    const here = (finding: Finding) => finding.line !== null && finding.line === field.line;
    // Of a field and the first one in it that stand on one line, the inner one has the finding.
    const isOuter = isParent && fields[at + 1]?.line === field.line && hidden === Infinity;
    rows.push({ field, isParent, findings: isOuter ? [] : findings.filter(here) });
  });
  return rows;
}
