import type { SourceReport } from "./bindings";

/** A fabric that is to be added: its place in the repository. */
export interface Place {
  branch: string;
  directory: string;
}

/** What adding the fabric would do, in the order in which it is done. */
export function whatAddingDoes(report: SourceReport, { branch, directory }: Place): string[] {
  const where = directory.trim() === "" ? "the top level of the repository" : directory.trim();
  const says: string[] = [];
  if (report.workTree === null) says.push(`The branch ${branch.trim()} is cloned to this machine.`);
  const setUp = report.fabrics.includes(directory.trim().replace(/\/+$/, ""));
  if (setUp) {
    says.push(`The structure of ${where} is there: only what is missing of it is made.`);
  } else {
    const known = report.workTree !== null;
    says.push(
      `${known ? `One commit sets ${where} up` : `Where ${where} is not set up, one commit does it`}: raw/ for what ` +
        "you drop, managed/ with a directory for each kind, unmanaged/, .hnp/ and a README. Files that are there stay " +
        "as they are.",
    );
  }
  says.push(
    report.url === null
      ? "Nothing is pushed, since there is no remote."
      : "It is pushed, and from then on the fabric syncs by itself.",
  );
  return says;
}
