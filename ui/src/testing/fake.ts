import type {
  Dragged,
  Event,
  FabricRun,
  FabricView,
  Operation,
  OperationKind,
  Request,
  Source,
  SourceReport,
  WindowSettings,
} from "../bindings";
import type { Transport } from "../transport";
import {
  branchRules,
  gitHubAccount,
  gitHubRepositories,
  gitHubRepository,
  listener,
  proposed,
  signedIn,
  signInCode,
  webhook,
} from "./github";
import {
  account,
  accounts,
  authorSettings,
  connectionReport,
  kept,
  networkSettings,
  secretStore,
} from "./accounts";
import {
  fabric,
  fabricFindings,
  inboxText,
  logText,
  operation,
  preview,
  sourceReport,
  structureReport,
} from "./samples";
import {
  conflicts,
  conflictTexts,
  fabricRules,
  fabricSettings,
  fileText,
  objectVersions,
  resolved,
  undone,
  versionDiff,
} from "./twoWay";
import { topology } from "./topology";

import { draftReport, resourceDetail, resourcePage, schema, startingText } from "./resources";
import { changesView, commitChanges } from "./changes";

type Command = Exclude<keyof Transport, "listen" | "listenToDrags" | "listenToRequests">;

/**
 * An engine that does what a test says.
 *
 * Every call is written down; an answer is a value, a promise, or a function of the arguments that may
 * throw. Events are sent with `say`.
 */
export class FakeTransport implements Transport {
  readonly calls: [command: Command, ...args: unknown[]][] = [];
  fabrics: FabricView[] = [];
  log: Operation[] = [];
  answers: { [C in Command]?: (...args: Parameters<Transport[C]>) => unknown } = {};
  readonly #heard = new Set<(event: Event) => void>();
  readonly #asked = new Set<() => void>();
  #requests: Request[] = [];
  #window: WindowSettings = { theme: "system", zoom: 100, notifications: true, keepInTray: false };
  readonly #drags = new Set<(dragged: Dragged) => void>();

  constructor(fabrics: FabricView[] = [], log: Operation[] = []) {
    this.fabrics = fabrics;
    this.log = log;
  }

  /** Sends an event to the window. */
  say(event: Event): void {
    for (const heard of this.#heard) heard(event);
  }

  /** Asks the window for something, as the tray does. */
  ask(request: Request): void {
    this.#requests.push(request);
    for (const heard of this.#asked) heard();
  }

  /** Drags files over the window, or drops them. */
  drag(dragged: Dragged): void {
    for (const heard of this.#drags) heard(dragged);
  }

  /** The arguments of each call of a command, in order. */
  callsOf(command: Command): unknown[][] {
    return this.calls.filter(([called]) => called === command).map(([, ...args]) => args);
  }

  listFabrics = () => this.#answer("listFabrics", [], () => this.fabrics);
  operations = (...args: Parameters<Transport["operations"]>) =>
    this.#answer("operations", args, () => this.log.filter((run) => run.fabric === args[0]));
  inspectSource = (source: Source): Promise<SourceReport> =>
    this.#answer("inspectSource", [source], () => sourceReport());
  addFabric = (...args: Parameters<Transport["addFabric"]>) =>
    this.#answer("addFabric", args, () => fabric({ id: "added", name: args[0].name }));
  removeFabric = (...args: Parameters<Transport["removeFabric"]>) =>
    this.#answer("removeFabric", args, () => null);
  sync = (...args: [string]) => this.#answer("sync", args, () => operation());
  pull = (...args: [string]) => this.#answer("pull", args, () => operation({ kind: "pull" }));
  push = (...args: [string]) => this.#answer("push", args, () => operation({ kind: "push" }));
  cancel = (...args: [string]) => this.#answer("cancel", args, () => null);
  setAutoSync = (...args: [string, boolean]) =>
    this.#answer("setAutoSync", args, () => fabric({ id: args[0], autoSync: args[1] }));
  signIn = (...args: Parameters<Transport["signIn"]>) =>
    this.#answer("signIn", args, () => account({ kept: args[1].keep ?? "keychain" }));
  accounts = () => this.#answer("accounts", [], () => accounts());
  addAccount = (...args: Parameters<Transport["addAccount"]>) =>
    this.#answer("addAccount", args, () => kept(args[0]));
  removeAccount = (...args: [string]) => this.#answer("removeAccount", args, () => null);
  testConnection = (...args: Parameters<Transport["testConnection"]>) =>
    this.#answer("testConnection", args, () => connectionReport({ url: args[0] }));
  trustHostKey = (...args: [string, string]) => this.#answer("trustHostKey", args, () => null);
  secretStore = () => this.#answer("secretStore", [], () => secretStore());
  unlockSecrets = (...args: [string]) =>
    this.#answer("unlockSecrets", args, () => secretStore({ file: "open" }));
  networkSettings = () => this.#answer("networkSettings", [], () => networkSettings());
  setNetworkSettings = (...args: Parameters<Transport["setNetworkSettings"]>) =>
    this.#answer("setNetworkSettings", args, () => args[0]);
  authorSettings = () => this.#answer("authorSettings", [], () => authorSettings());
  setAuthorSettings = (...args: Parameters<Transport["setAuthorSettings"]>) =>
    this.#answer("setAuthorSettings", args, () => args[0]);
  pickFile = (title: string) => this.#answer("pickFile", [title], () => "/home/ada/.ssh/id_ed25519");
  pickFolder = () => this.#answer("pickFolder", [], () => "/home/ada/git/fabric-config");
  openInbox = (...args: [string]) => this.#answer("openInbox", args, () => null);
  openFile = (...args: [string, string]) => this.#answer("openFile", args, () => null);
  inboxText = (...args: [string, string]) => this.#answer("inboxText", args, () => inboxText());
  takeDropped = (...args: [string]) =>
    this.#answer("takeDropped", args, () => ({ taken: ["lab/raw/leafs.yaml"], refused: [] }));
  deliverText = (...args: [string, string, string]) =>
    this.#answer("deliverText", args, () => ({ taken: [`lab/raw/${args[1]}`], refused: [] }));
  previewText = (...args: [string, string, string]) => this.#answer("previewText", args, () => preview());
  mendFile = (...args: [string, string, string, string]) => this.#answer("mendFile", args, () => true);
  preview = (...args: [string]) => this.#answer("preview", args, () => preview());
  findings = (...args: [string]) => this.#answer("findings", args, () => fabricFindings());
  discard = (...args: [string, string]) =>
    this.#answer("discard", args, () => operation({ kind: "discard" }));
  moveToUnmanaged = (...args: [string, string]) =>
    this.#answer("moveToUnmanaged", args, () => operation({ kind: "moveToUnmanaged" }));
  checkStructure = (...args: [string]) => this.#answer("checkStructure", args, () => structureReport());
  repairStructure = (...args: [string]) =>
    this.#answer("repairStructure", args, () => operation({ kind: "repair" }));
  conflicts = (...args: [string]) => this.#answer("conflicts", args, () => conflicts());
  conflict = (...args: Parameters<Transport["conflict"]>) =>
    this.#answer("conflict", args, () => conflictTexts(args[1]));
  resolve = (...args: Parameters<Transport["resolve"]>) =>
    this.#answer("resolve", args, () => resolved(args[1].length));
  objectText = (...args: [string, string]) => this.#answer("objectText", args, () => fileText(args[1]));
  edit = (...args: Parameters<Transport["edit"]>) =>
    this.#answer("edit", args, () => operation({ kind: "edit" }));
  lastUndoable = (...args: [string]) => this.#answer("lastUndoable", args, () => operation());
  undo = (...args: [string, string]) => this.#answer("undo", args, () => undone());
  history = (...args: [string, string, number]) => this.#answer("history", args, () => objectVersions());
  compare = (...args: [string, string | null, string | null]) =>
    this.#answer("compare", args, () => versionDiff());
  restore = (...args: [string, string, string]) =>
    this.#answer("restore", args, () => operation({ kind: "edit" }));
  settings = (...args: [string]) => this.#answer("settings", args, () => fabricSettings());
  rules = (...args: [string]) => this.#answer("rules", args, () => fabricRules());
  setRules = (...args: Parameters<Transport["setRules"]>) =>
    this.#answer("setRules", args, () => operation({ kind: "edit" }));
  setSettings = (...args: Parameters<Transport["setSettings"]>) =>
    this.#answer("setSettings", args, () => args[1]);
  syncAll = () => this.#answer("syncAll", [], () => this.#runs("sync"));
  pullAll = () => this.#answer("pullAll", [], () => this.#runs("pull"));
  pushAll = () => this.#answer("pushAll", [], () => this.#runs("push"));
  branchRules = (...args: [string]) => this.#answer("branchRules", args, () => branchRules());
  propose = (...args: [string]) => this.#answer("propose", args, () => proposed());
  beginGithubSignIn = (...args: [string | null]) =>
    this.#answer("beginGithubSignIn", args, () => signInCode());
  finishGithubSignIn = (...args: Parameters<Transport["finishGithubSignIn"]>) =>
    this.#answer("finishGithubSignIn", args, () => signedIn());
  cancelGithubSignIn = () => this.#answer("cancelGithubSignIn", [], () => null);
  githubAccount = (...args: [string]) => this.#answer("githubAccount", args, () => gitHubAccount());
  githubRepositories = (...args: [string, string]) =>
    this.#answer("githubRepositories", args, () => gitHubRepositories(args[1]));
  createGithubRepository = (...args: Parameters<Transport["createGithubRepository"]>) =>
    this.#answer("createGithubRepository", args, () => gitHubRepository({ fullName: `ada/${args[1].name}` }));
  webhook = (...args: [string]) => this.#answer("webhook", args, () => null);
  registerWebhook = (...args: Parameters<Transport["registerWebhook"]>) =>
    this.#answer("registerWebhook", args, () => webhook({ url: args[1] }));
  removeWebhook = (...args: [string]) => this.#answer("removeWebhook", args, () => null);
  listener = () => this.#answer("listener", [], () => listener());
  setListener = (...args: [boolean, string | null]) =>
    this.#answer("setListener", args, () => listener({ on: args[0] }));
  openPage = (...args: [string]) => this.#answer("openPage", args, () => null);
  appReady = (...args: [number]) => this.#answer("appReady", args, () => null);
  topology = (...args: [string]) => this.#answer("topology", args, () => topology());
  saveFile = (...args: [string, string]) => this.#answer("saveFile", args, () => `/home/ada/${args[0]}`);
  resources = (...args: Parameters<Transport["resources"]>) =>
    this.#answer("resources", args, () => resourcePage(args[1]));
  resource = (...args: [string, string]) => this.#answer("resource", args, () => resourceDetail(args[1]));
  checkDraft = (...args: Parameters<Transport["checkDraft"]>) =>
    this.#answer("checkDraft", args, () => draftReport(args[1]));
  schemaOf = (...args: [string]) => this.#answer("schemaOf", args, () => schema(args[0]));
  newObject = (...args: [string, string]) =>
    this.#answer("newObject", args, () => startingText(args[0], args[1]));
  changes = (...args: [string, number]) => this.#answer("changes", args, () => changesView(args[1]));
  commitChanges = (...args: [string, string]) => this.#answer("commitChanges", args, () => commitChanges());

  takeRequests = () => this.#answer("takeRequests", [], () => this.#requests.splice(0));
  windowSettings = () => this.#answer("windowSettings", [], () => this.#window);
  setWindowSettings = (...args: [WindowSettings]) =>
    this.#answer("setWindowSettings", args, () => (this.#window = args[0]));
  startsAtLogin = () => this.#answer("startsAtLogin", [], () => false);
  setStartsAtLogin = (...args: [boolean]) => this.#answer("setStartsAtLogin", args, () => null);
  about = () =>
    this.#answer("about", [], () => ({
      version: "0.1.0",
      system: "linux x86_64",
      webView: "2.50.1",
      home: "/home/ada/.local/share/com.githedgehog.fgd-sync",
    }));
  logText = () => this.#answer("logText", [], () => logText());
  supportReport = () => this.#answer("supportReport", [], () => "== App\nFGD Sync 0.1.0\n");
  newerVersion = () => this.#answer("newerVersion", [], () => ({ is: "noFeed" as const }));
  installNewerVersion = () => this.#answer("installNewerVersion", [], () => true);

  listenToRequests = async (heard: () => void) => {
    this.#asked.add(heard);
    return () => void this.#asked.delete(heard);
  };
  listen = async (heard: (event: Event) => void) => {
    this.#heard.add(heard);
    return () => void this.#heard.delete(heard);
  };
  listenToDrags = async (heard: (dragged: Dragged) => void) => {
    this.#drags.add(heard);
    return () => void this.#drags.delete(heard);
  };

  #runs(kind: OperationKind): FabricRun[] {
    return this.fabrics.map(({ id }) => ({
      fabric: id,
      operation: operation({ id: `${kind}-${id}`, fabric: id, kind }),
      error: null,
    }));
  }

  async #answer<T>(command: Command, args: unknown[], usual: () => T): Promise<T> {
    this.calls.push([command, ...args]);
    const answer = this.answers[command] as ((...args: unknown[]) => T | Promise<T>) | undefined;
    return answer ? answer(...args) : usual();
  }
}
