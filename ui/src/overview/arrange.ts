import type { FabricView, RepositoryView, Status } from "../bindings";
import { FAMILIES, familyOf, type Family } from "./families";

/** A fabric with the status that is shown of it. */
export interface Line {
  fabric: FabricView;
  status: Status;
}

/** What the lines can be sorted by. */
export type SortKey =
  | "status"
  | "name"
  | "objects"
  | "inbox"
  | "findings"
  | "conflicts"
  | "distance"
  | "lastCommit"
  | "lastContact"
  | "nextCheck";

/** What a person asked to see, and in which order. */
export interface Wish {
  text: string;
  /** Only this family; null for all. */
  family: Family | null;
  sort: SortKey;
  descending: boolean;
  /** One heading a repository. */
  grouped: boolean;
}

/** Lines under one heading. */
export interface Group {
  key: string;
  is: "waiting" | "repository" | "rest";
  /** The repository, where it is one's. */
  repository: RepositoryView | null;
  lines: Line[];
  /** How many of the repository's stand above, since they need a person. */
  above: number;
}

export const objectsOf = ({ kinds }: FabricView): number => kinds.reduce((sum, { count }) => sum + count, 0);

/** Errors and warnings together; null until they were looked for. */
export const findingsOf = ({ errors, warnings }: FabricView): number | null =>
  errors === null || warnings === null ? null : errors + warnings;

/** How many commits here and the remote are apart; null where it is not known. */
export const distanceOf = ({ ahead, behind }: FabricView): number | null =>
  ahead === null || behind === null ? null : ahead + behind;

const VALUE: Record<SortKey, (line: Line) => number | string | null> = {
  status: ({ status }) => FAMILIES.indexOf(familyOf(status.state)),
  name: ({ fabric }) => fabric.name,
  objects: ({ fabric }) => objectsOf(fabric),
  inbox: ({ fabric }) => fabric.inbox.length,
  findings: ({ fabric }) => findingsOf(fabric),
  conflicts: ({ fabric }) => fabric.conflicts,
  distance: ({ fabric }) => distanceOf(fabric),
  lastCommit: ({ fabric }) => fabric.head?.time ?? null,
  lastContact: ({ fabric }) => fabric.lastContact,
  nextCheck: ({ fabric }) => fabric.nextCheck,
};

const names = new Intl.Collator("en", { numeric: true });

/** How many lines each family has, before anything is filtered by it. */
export function countFamilies(lines: readonly Line[]): Map<Family, number> {
  const counts = new Map<Family, number>(FAMILIES.map((family) => [family, 0]));
  for (const { status } of lines) {
    const family = familyOf(status.state);
    counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  return counts;
}

/** Whether every word is in the fabric's name, repository, branch, directory, or the word of its status. */
export function matches({ fabric, status }: Line, text: string, word: (status: Status) => string): boolean {
  const { name, branch, directory, repository } = fabric;
  const said = [name, repository.name, repository.url ?? repository.path, branch, directory, word(status)]
    .join("\n")
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((part) => said.includes(part));
}

/**
 * The lines in the order in which they are shown: what needs a person first, then by repository or all
 * together, each group sorted as wished. Nothing is in it twice; a group without lines is left out.
 */
export function arrange(lines: readonly Line[], { family, sort, descending, grouped }: Wish): Group[] {
  const wanted = lines.filter(({ status }) => family === null || familyOf(status.state) === family);
  const sorted = wanted.toSorted(
    (a, b) => compare(VALUE[sort](a), VALUE[sort](b), descending) || byName(a, b),
  );
  const waiting = sorted.filter(({ status }) => familyOf(status.state) === "needsYou");
  const others = sorted.filter(({ status }) => familyOf(status.state) !== "needsYou");
  const groups: Group[] = [group("waiting", "waiting", null, waiting)];
  if (!grouped) groups.push(group("rest", "rest", null, others));
  else {
    const byRepository = new Map<string, Line[]>();
    for (const line of others) {
      const { id } = line.fabric.repository;
      const own = byRepository.get(id);
      if (own) own.push(line);
      else byRepository.set(id, [line]);
    }
    const repositories = [...byRepository]
      .map(([id, own]) => group(id, "repository", own[0]!.fabric.repository, own))
      .toSorted((a, b) => names.compare(a.repository!.name, b.repository!.name));
    for (const { key, ...one } of repositories) {
      const above = waiting.filter(({ fabric }) => fabric.repository.id === key).length;
      groups.push({ ...one, key, above });
    }
  }
  return groups.filter(({ lines }) => lines.length > 0);
}

const group = (key: string, is: Group["is"], repository: RepositoryView | null, lines: Line[]): Group => ({
  key,
  is,
  repository,
  lines,
  above: 0,
});

const byName = (a: Line, b: Line): number => names.compare(a.fabric.name, b.fabric.name);

/** What is not known comes last, whichever way it is sorted. */
function compare(a: number | string | null, b: number | string | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = typeof a === "string" && typeof b === "string" ? names.compare(a, b) : Number(a) - Number(b);
  return descending ? -order : order;
}
