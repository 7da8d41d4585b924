// Sample data of many fabrics: in several repositories, in every state, with runs of the last weeks.
import type { FabricView, Operation, RepositoryView, StatusState } from "../bindings";
import { commit, fabric, found, inbox, manyFindings, NOW, operation, status, unreachable } from "./samples";

const DAY = 86_400_000;

export function repository(name: string, over: Partial<RepositoryView> = {}): RepositoryView {
  const path = `/home/ada/git/${name}`;
  return { id: name, name, url: `https://github.com/acme/${name}.git`, path, cloned: true, ...over };
}

const SITES = ["ams", "ber", "cph", "dub", "fra", "lon", "osl", "par", "rom", "sto", "vie", "zrh"];
const REPOSITORIES = ["fabrics-eu-north", "fabrics-eu-west", "fabrics-apac", "fabrics-us"];
/** States that a fabric without a remote may have. */
const LOCAL: ReadonlySet<StatusState> = new Set(["inSync", "localChanges", "paused"]);
const AUTHORS = ["Ada Operator", "Grace Network", "Edsger Fabric"];

/** What a fabric in a state has besides. */
const WITH: Partial<Record<StatusState, Partial<FabricView>>> = {
  conflicted: { ahead: 1, behind: 2, conflicts: 1 },
  needsAttention: { inbox: inbox(2), errors: 2, warnings: 1 },
  needsSignIn: { behind: null },
  refusedByRule: { ahead: 2 },
  offline: { ahead: 1, behind: null, lastContact: NOW - 5 * 3_600_000, error: unreachable },
  paused: { autoSync: false, nextCheck: null },
  ahead: { ahead: 2 },
  behind: { behind: 4 },
  diverged: { ahead: 1, behind: 3 },
  localChanges: { inbox: inbox(3).map((file) => ({ ...file, ...found([]) })) },
  unknown: { ahead: null, behind: null, errors: null, warnings: null, lastContact: null, nextCheck: null },
  notInitialised: { kinds: [], head: null, ahead: null, behind: null, errors: null, warnings: null },
};

/** One fabric of many, in a state. */
export function oneOf(n: number, state: StatusState): FabricView {
  // What is refused or can't be reached has a remote.
  const local = n % REPOSITORIES.length === 2 && LOCAL.has(state);
  const name = local ? "fabrics-lab" : REPOSITORIES[n % REPOSITORIES.length]!;
  return fabric({
    id: `fabric-${n}`,
    name: `${SITES[n % SITES.length]}-pod-${n + 1}`,
    repository: repository(name, local ? { url: null } : {}),
    branch: n % 9 === 4 ? "staging" : "main",
    status: status(state),
    kinds: fabric().kinds.map((kind) => ({ ...kind, count: kind.count * ((n * 7) % 23) })),
    head: {
      ...commit(),
      author: AUTHORS[n % AUTHORS.length]!,
      time: NOW - ((n * 41) % 97) * 3_600_000 - 60_000,
    },
    lastContact: NOW - ((n * 13) % 290) * 1_000,
    nextCheck: NOW + (300 - ((n * 13) % 290)) * 1_000,
    warnings: n % 7 === 3 ? 4 : 0,
    ...WITH[state],
    ...(local ? { ahead: null, behind: null, lastContact: null, nextCheck: null } : {}),
  });
}

const STATES: readonly StatusState[] = [
  "inSync",
  "conflicted",
  "ahead",
  "inSync",
  "offline",
  "inSync",
  "needsAttention",
  "paused",
  "inSync",
  "behind",
  "refusedByRule",
  "inSync",
  "localChanges",
  "inSync",
  "needsSignIn",
  "unknown",
  "inSync",
  "diverged",
];

/** Some fabrics in every sort of state. */
export const someFabrics = (): FabricView[] => STATES.map((state, n) => oneOf(n, state));

/** Many, most of them fine, as it is on most days. */
export const manyFabrics = (count: number): FabricView[] =>
  Array.from({ length: count }, (_, n) => {
    const big = { ...inbox(1)[0]!, ...found(manyFindings(20)) };
    const state = n % 12 === 5 ? (STATES[((n / 12) % STATES.length) | 0] ?? "inSync") : "inSync";
    return { ...oneOf(n, state), ...(n % 31 === 7 ? { inbox: [big], errors: 15, warnings: 5 } : {}) };
  });

/** The runs of a fabric in the last days, the newest first; the later its number, the fewer days are known. */
export function runsOf(id: string): Operation[] {
  const n = Number(id.replace(/\D/g, ""));
  const days = 4 + ((n * 5) % 14);
  return Array.from({ length: days * 2 }, (_, at) => {
    const end = NOW - 3_600_000 - (at * DAY) / 2;
    const commits = (n * 3 + at * 7) % 5;
    return operation({
      id: `${id}-${at}`,
      fabric: id,
      startedAt: end - 900,
      finishedAt: end,
      commit: commits === 1 ? commit() : null,
      pulled: commits > 2 ? commits * 2 : 0,
    });
  });
}
