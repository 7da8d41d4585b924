import type { Code, Finding, Severity } from "./bindings";
import { about, place } from "./words";

/** Findings of one severity, by code. */
export interface SeverityGroup {
  severity: Severity;
  count: number;
  codes: [code: Code, findings: Finding[]][];
}

/** Findings by severity, errors first, then by code. */
export function grouped(findings: readonly Finding[]): SeverityGroup[] {
  const severities: Severity[] = ["error", "warning"];
  return severities
    .map((severity) => {
      const ours = findings.filter((finding) => finding.severity === severity);
      const codes = new Map<Code, Finding[]>();
      for (const finding of ours) {
        const known = codes.get(finding.code);
        if (known) known.push(finding);
        else codes.set(finding.code, [finding]);
      }
      return { severity, count: ours.length, codes: [...codes].sort(([a], [b]) => (a < b ? -1 : 1)) };
    })
    .filter((group) => group.count > 0);
}

/** The findings that have every word of `wanted` somewhere in what is shown of them. */
export function matching(findings: readonly Finding[], wanted: string): readonly Finding[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return findings;
  return findings.filter((finding) => {
    const text = [finding.code, finding.message, finding.hint, place(finding), about(finding)]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many errors and warnings there are. */
export function tally(findings: readonly Finding[]): { errors: number; warnings: number } {
  const errors = findings.filter((finding) => finding.severity === "error").length;
  return { errors, warnings: findings.length - errors };
}
