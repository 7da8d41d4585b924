import type { Fate, Finding, Preview, PreviewDocument, PreviewFile } from "./bindings";

/** The fates in the order in which they are counted. */
export const FATES: readonly Fate[] = ["created", "updated", "unchanged", "unmanaged", "rejected"];

/** A file of the preview, with as many of its documents as are shown. */
export interface ShownFile {
  file: PreviewFile;
  documents: PreviewDocument[];
  /** What was found in the file and belongs to no document of it. */
  findings: Finding[];
}

/** As much of a preview as is shown. */
export interface Shown {
  files: ShownFile[];
  /** Documents that are left out. */
  more: number;
  /** Findings about files that are not in the inbox. */
  elsewhere: Finding[];
}

/** The documents of one fate, or all, at most so many; those of files with a problem first. */
export function shownOf(preview: Preview, fate: Fate | null, atMost: number): Shown {
  const others = othersOf(preview);
  const about = new Map<string, Finding[]>(preview.files.map((file) => [file.file, []]));
  for (const finding of others) about.get(finding.file ?? "")?.push(finding);
  const troubled = new Set(
    preview.files.filter(
      (file) =>
        about.get(file.file)?.length || file.documents.some((document) => document.fate === "rejected"),
    ),
  );

  const files: ShownFile[] = [];
  let room = atMost;
  let more = 0;
  for (const file of [...preview.files].sort((a, b) => Number(troubled.has(b)) - Number(troubled.has(a)))) {
    const all = file.documents.filter((document) => fate === null || document.fate === fate);
    const findings = fate === null || fate === "rejected" ? (about.get(file.file) ?? []) : [];
    const documents = all.slice(0, room);
    room -= documents.length;
    more += all.length - documents.length;
    if (documents.length > 0 || (findings.length > 0 && room > 0)) files.push({ file, documents, findings });
  }
  const elsewhere = others.filter((finding) => !about.has(finding.file ?? ""));
  return { files, more, elsewhere };
}

/** The plan's findings that no document carries. */
function othersOf(preview: Preview): Finding[] {
  const key = ({ code, file, line, column, message }: Finding) =>
    JSON.stringify([code, file, line, column, message]);
  const carried = new Set(
    preview.files.flatMap((file) => file.documents).flatMap((document) => document.findings.map(key)),
  );
  return preview.findings.filter((finding) => !carried.has(key(finding)));
}
