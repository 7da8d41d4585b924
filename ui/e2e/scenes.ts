// What the window is shown with: each scene is a whole engine, made of the samples of the other tests.
import type { FabricView, Operation, ResourceQuery, StatusState } from "../src/bindings";
import type { AppState } from "../src/state.svelte";
import { hostKeyUnknown, secretsLocked, secretStore } from "../src/testing/accounts";
import type { FakeTransport } from "../src/testing/fake";
import { branchRules, pullRequest } from "../src/testing/github";
import {
  fabric,
  fabricFindings,
  fabrics,
  findings,
  found,
  inbox,
  largePreview,
  log,
  manyFindings,
  NOW,
  operation,
  progress,
  status,
  unreachable,
} from "../src/testing/samples";
import { changesView } from "../src/testing/changes";
import { resourcePage } from "../src/testing/resources";
import { dataHall, topology } from "../src/testing/topology";
import { manyFabrics, oneOf, runsOf, someFabrics } from "../src/testing/overview";
import { manyConflicts } from "../src/testing/twoWay";

export interface Scene {
  fabrics: FabricView[];
  log?: Operation[];
  answers?: FakeTransport["answers"];
  /** The list is never read: there is nothing to wait for. */
  unread?: boolean;
  /** All fabrics are shown, not one. */
  overview?: boolean;
  /** Once the list is there. */
  then?: (engine: FakeTransport, app: AppState) => void;
}

const never = () => new Promise<never>(() => {});

/** Some fabrics of three repositories beside the one that is looked at. */
function others(): FabricView[] {
  return fabrics(7).map((one, n) => ({
    ...one,
    status: status(n === 3 ? "behind" : "inSync"),
    behind: n === 3 ? 1 : 0,
  }));
}

/** What belongs to a state besides its sentence. */
const WITH: Partial<Record<StatusState, Partial<FabricView>>> = {
  unknown: { ahead: null, behind: null, lastContact: null, nextCheck: null, errors: null, warnings: null },
  notInitialised: { kinds: [], ahead: null, behind: null, head: null, errors: null, warnings: null },
  localChanges: { inbox: inbox(2).map((file) => ({ ...file, ...found([]) })) },
  ahead: { ahead: 2 },
  behind: { behind: 1 },
  diverged: { ahead: 2, behind: 1 },
  conflicted: { ahead: 1, behind: 1, conflicts: 3 },
  needsAttention: { inbox: inbox(), errors: 2, warnings: 1 },
  needsSignIn: {
    behind: null,
    error: {
      code: "AuthRefused",
      message: "https://git.example.net/net/fabrics.git refused the sign-in.",
      hint: "Check the user name and that the token is valid and may write.",
    },
  },
  refusedByRule: { ahead: 2, proposal: pullRequest() },
  offline: { ahead: 1, lastContact: NOW - 3 * 3_600_000, error: unreachable },
  paused: { autoSync: false, nextCheck: null },
};

/** A fabric in one state, with all that goes with it. */
const inState = (state: StatusState): FabricView => fabric({ status: status(state), ...WITH[state] });

/** As many commits wait on either side as the fabric in that state says. */
function commitsOf(state: StatusState) {
  const { ahead, behind } = inState(state);
  return (_: string, limit: number) => {
    const view = changesView(limit);
    const [incoming, outgoing] = [view.incoming.slice(0, behind ?? 0), view.outgoing.slice(0, ahead ?? 0)];
    return { ...view, incoming, outgoing };
  };
}

const working = (): FabricView => fabric({ status: status("working"), running: progress() });

/** What a fabric's repository answers where it can't be read. */
function refuse(): never {
  throw {
    code: "Git",
    message: "The repository of lab can't be read: an object is missing.",
    hint: "Run `git fsck` in it, or add the fabric anew.",
  };
}

const fabricWith = (answers: FakeTransport["answers"], state: StatusState = "inSync"): Scene => ({
  fabrics: [inState(state), ...others()],
  log: log(8),
  answers,
});

const SCENES: Record<string, (of: string) => Scene> = {
  empty: () => ({ fabrics: [] }),
  loading: () => ({ fabrics: [], unread: true, answers: { listFabrics: never } }),
  error: () => ({
    fabrics: [],
    answers: {
      listFabrics: () => {
        throw {
          code: "Store",
          message: "The list of fabrics can't be read: the database is locked.",
          hint: "Another FGD Sync may be open; close it and try again.",
        };
      },
    },
  }),
  /** The fabric that is looked at is in this state. */
  state: (of) => {
    const [done, , , failed] = log(4);
    const ended = of === "failed" || of === "offline" ? failed : done;
    const last: Operation = { ...ended!, id: "op-last", startedAt: NOW - 61_400, finishedAt: NOW - 60_000 };
    return {
      fabrics: [inState(of as StatusState), ...others()],
      log: [last, ...log(8).slice(1)],
      // A code that nobody enters.
      answers: { finishGithubSignIn: never, changes: commitsOf(of as StatusState) },
    };
  },
  first: () => ({ fabrics: [fabric()], log: [] }),
  running: () => ({
    fabrics: [working(), ...others()],
    log: log(8),
    then: (engine) => engine.say({ type: "progress", data: progress() }),
  }),
  /** All that can be wrong with what the inbox holds. */
  inbox: () => ({
    fabrics: [inState("needsAttention"), ...others()],
    log: log(8),
    answers: { findings: () => fabricFindings() },
  }),
  conflicts: () => ({
    fabrics: [inState("conflicted"), ...others()],
    log: log(8),
    answers: { changes: commitsOf("conflicted") },
  }),
  hostKey: () => ({
    fabrics: [
      fabric({
        status: status("needsSignIn"),
        repository: { ...fabric().repository, url: "ssh://git@git.example.org:2222/net/fabrics.git" },
        error: hostKeyUnknown,
      }),
    ],
    log: log(3),
  }),
  locked: () => ({
    fabrics: [fabric({ status: status("needsSignIn"), error: secretsLocked })],
    log: log(3),
    answers: { secretStore: () => secretStore({ keychain: false, file: "locked" }) },
  }),
  all: () => {
    const list = [fabric(), ...others()];
    const ends: Partial<Operation>[] = [
      {},
      { outcome: { is: "failed", error: unreachable }, summary: unreachable.message },
      { outcome: { is: "needsAttention" }, summary: "2 documents were rejected." },
      { outcome: { is: "unchanged" }, summary: "Everything is up to date." },
    ];
    const runs = list.map(({ id }, n) => ({
      fabric: id,
      operation: operation({ ...ends[n % ends.length], id: `all-${id}`, fabric: id }),
      error: null,
    }));
    return { fabrics: list, log: log(8), answers: { syncAll: () => runs } };
  },
  overview: (of) => {
    const working = { ...oneOf(18, "working"), running: progress({ fabric: "fabric-18" }) };
    const branchOf = (fabric: string) => (Number(fabric.split("-")[1]) % 9 === 4 ? "staging" : "main");
    const lists: Record<string, () => FabricView[]> = {
      some: () => [...someFabrics(), working],
      empty: () => [],
      huge: () => manyFabrics(300),
      offline: () => [3, 7, 8, 9, 12].map((n) => oneOf(n, "offline")),
      fine: () => [0, 1, 3, 4, 5].map((n) => oneOf(n, "inSync")),
    };
    const wait = () => new Promise<void>((done) => setTimeout(done, 400));
    return {
      overview: true,
      fabrics: (lists[of] ?? someFabrics)(),
      answers: {
        operations: (fabric) => runsOf(fabric),
        branchRules: (fabric) => {
          if (branchOf(fabric) === "main") return branchRules();
          const sentence = "staging takes any push.";
          return branchRules({ branch: "staging", protected: false, directPush: "allowed", sentence });
        },
        // Each in its own time: one after the other is done.
        sync: async (fabric) => {
          await wait();
          if (fabric === "fabric-4") throw unreachable;
          return operation({ id: `sync-${fabric}`, fabric });
        },
      },
    };
  },
  /** 300 fabrics, and one of them with as much of everything as there can be. */
  huge: () => {
    const file = { ...inbox(1)[0]!, ...found(manyFindings(600)) };
    const big = fabric({
      name: "a-fabric-with-a-name-that-is-as-long-as-anybody-would-ever-make-one-of-these",
      branch: "feature/renumber-all-server-ports-of-the-third-hall",
      directory: "sites/europe/west/amsterdam/hall-3/row-17/fabrics/production",
      status: status("needsAttention"),
      ahead: 1_234,
      behind: 98_765,
      errors: 12_345,
      warnings: 67_890,
      kinds: fabric().kinds.map((kind, n) => ({ ...kind, count: 12_345 * (n + 1) })),
      inbox: [file, ...inbox(300).slice(1)],
    });
    return {
      fabrics: [big, ...fabrics(299)],
      log: log(200),
      answers: {
        findings: () => fabricFindings({ errors: 12_345, findings: manyFindings(2_000) }),
        preview: () => largePreview(2_000),
        conflicts: () => manyConflicts(500),
      },
    };
  },
  topology: (of) => {
    const drawn: Record<string, () => unknown> = {
      empty: () => topology({ nodes: [], links: [], vpcs: [], pending: [] }),
      huge: () => dataHall(),
      error: refuse,
      loading: never,
    };
    return fabricWith({ topology: drawn[of] ?? (() => topology()) });
  },
  resources: (of) => {
    const objects: Record<string, (query: ResourceQuery) => unknown> = {
      empty: (query) => resourcePage(query, 0),
      huge: (query) => resourcePage(query, 100_000),
      error: refuse,
      loading: never,
    };
    return fabricWith({ resources: (_, query) => (objects[of] ?? resourcePage)(query) });
  },
  changes: (of) => {
    const nothing = { incoming: [], outgoing: [], history: [], edits: [], more: false };
    const shown: Record<string, () => unknown> = {
      empty: () => changesView(0, nothing),
      error: refuse,
      loading: never,
    };
    if (shown[of]) return fabricWith({ changes: shown[of] });
    return fabricWith({ changes: (_, limit) => changesView(limit) }, "diverged");
  },
};

/** The scene of a name; `of` says which one of a family. */
export function sceneOf(name: string, of: string): Scene {
  const make = SCENES[name];
  if (make === undefined) throw new Error(`There is no scene “${name}”.`);
  return make(of);
}
