import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type {
  About,
  AddFabric,
  AuthorSettings,
  Conflict,
  ConflictTexts,
  ErrorReport,
  Event,
  FabricFindings,
  FabricId,
  FabricRun,
  FabricRules,
  FabricSettings,
  FabricView,
  InboxText,
  NetworkSettings,
  Newer,
  Operation,
  OperationId,
  Preview,
  Progress,
  RepoPath,
  Request,
  Resolution,
  SignIn,
  Source,
  SourceReport,
  Status,
  StructureReport,
  TopologyView,
} from "./bindings";
import { Accounts } from "./accounts.svelte";
import { AllRuns, type AllKind } from "./allRuns.svelte";
import { Decisions } from "./decisions.svelte";
import { GitHub } from "./github.svelte";
import { Inboxes } from "./inbox.svelte";
import { InTurn } from "./inTurn";
import { LeftScreens } from "./lookedAt";
import { Manners } from "./manners.svelte";
import { ManyRuns } from "./overview/many.svelte";
import { Objects } from "./resources/objects";
import { asReport } from "./problem";
import type { Screen } from "./screens";
import { meaning } from "./status";
import { Toasts } from "./toasts.svelte";
import type { Transport } from "./transport";
import { Update } from "./update.svelte";
import { signedIn } from "./words";

/** A run that ends sooner is not shown while it runs: it would only flash. */
export const REVEAL_MS = 300;
/** How many runs of a fabric are kept and shown. */
export const LOG_LENGTH = 200;
/** Of how many fabrics they are kept, those that were opened last; of any other only the last run. */
const LOGS_KEPT = 5;

/**
 * All that the window knows, fed by the one event stream.
 *
 * Views, runs and operations are kept as they came, never changed in place: an event carries the whole of
 * what it is about, so the newest one replaces the one before and a lost one does no harm.
 */
export class AppState {
  readonly toasts = new Toasts();
  /** Who this desktop is for each remote. */
  readonly accounts: Accounts;
  /** The last run over every fabric. */
  readonly all: AllRuns;
  readonly github: GitHub;
  readonly inboxes: Inboxes;
  /** How the window looks and behaves. */
  readonly manners: Manners;
  /** The command over the fabrics that were ticked; it goes on wherever the window is. */
  readonly many: ManyRuns;
  /** What is installed goes on wherever the window is. */
  readonly update: Update;
  readonly left = new LeftScreens();
  /** The objects of fabrics, and what became of them. */
  readonly objects: Objects;
  /** Whether the list has been read; until then nothing is known, which is not the same as empty. */
  loaded = $state(false);
  /** Why the list could not be read. */
  loadProblem = $state.raw<ErrorReport | null>(null);
  /** The fabric that is open; none where all are shown. */
  selectedId = $state<FabricId | null>(null);
  /** Which of its screens is shown; another fabric is opened on the same one. */
  screen = $state<Screen>("dashboard");
  /** The object that the resources begin with, where another screen led to it. */
  ledTo = $state.raw<RepoPath | null>(null);

  readonly #transport: Transport;
  readonly #fabrics = new SvelteMap<FabricId, FabricView>();
  readonly #runs = new SvelteMap<FabricId, Progress>();
  readonly #logs = new SvelteMap<FabricId, Operation[]>();
  /** The last status of each fabric that was not "working". */
  readonly #settled = new SvelteMap<FabricId, Status>();
  /** Runs that have lasted long enough to be shown. */
  readonly #revealed = new SvelteSet<OperationId>();
  /** Runs that were asked to stop from here. */
  readonly #cancelled = new SvelteSet<OperationId>();
  /** Fabrics whose button was pressed and whose run has not been heard of yet. */
  readonly #asked = new SvelteSet<FabricId>();
  /** Fabrics whose run is to stop as soon as it is heard of. */
  readonly #toStop = new Map<FabricId, AllKind>();
  /** What is switched on and off; the last press counts. */
  readonly #switches = new InTurn();
  /** Fabrics whose log has been read, the one that was opened last at the end. */
  readonly #logged = new SvelteSet<FabricId>();
  /** Why a fabric's log could not be read. */
  readonly #unread = new SvelteMap<FabricId, ErrorReport>();
  /** Fabrics whose log is being read. */
  readonly #reading = new Set<FabricId>();
  /** The last run that ended, by fabric: what is heard late about it is old news. */
  readonly #ended = new Map<FabricId, OperationId>();
  /** What was decided about conflicts and not sent yet, by fabric. */
  readonly #decisions = new Map<FabricId, Decisions>();
  /** Fabrics heard of while the list was being read: what was heard is newer than the list. */
  #heardWhileReading: Set<FabricId> | null = null;

  /** The fabrics in the order of the list: what needs a person first, then by name. */
  readonly fabrics: FabricView[] = $derived.by(() => {
    const rank = (fabric: FabricView) => (meaning(this.statusOf(fabric).state).needsPerson ? 0 : 1);
    return [...this.#fabrics.values()].sort((a, b) => rank(a) - rank(b) || byName(a, b));
  });
  readonly selected: FabricView | null = $derived(
    this.selectedId === null ? null : (this.#fabrics.get(this.selectedId) ?? null),
  );

  constructor(transport: Transport) {
    this.#transport = transport;
    this.accounts = new Accounts(transport);
    this.all = new AllRuns(transport, this.toasts, (operation) => this.#finished(operation));
    this.inboxes = new Inboxes(transport, this.toasts, () => this.selectedId);
    this.github = new GitHub(transport, this.toasts, (operation) => this.#finished(operation));
    this.manners = new Manners(transport, this.toasts);
    this.update = new Update(() => transport.installNewerVersion(), this.toasts);
    this.many = new ManyRuns({
      run: (kind, fabric) => this.#runOne(kind, fabric),
      pause: (fabric, on) => this.#pauseOne(fabric, on),
      isBusy: (fabric) => this.isBusy(fabric),
      cancel: (kind, fabric) => this.#stopOne(kind, fabric),
    });
    this.objects = new Objects(transport, (operation) => this.#finished(operation));
  }

  /** Listens, then reads the list. The answer stops listening. */
  async start(): Promise<() => void> {
    const stops = await Promise.all([
      this.#transport.listen((event) => this.hear(event)),
      this.#transport.listenToDrags((dragged) => this.inboxes.hear(dragged)),
    ]);
    await this.load();
    void this.accounts.start();
    return () => stops.forEach((stop) => stop());
  }

  /** Reads the list of fabrics. */
  async load(): Promise<void> {
    const heard = new Set<FabricId>();
    this.#heardWhileReading = heard;
    this.loadProblem = null;
    try {
      for (const fabric of await this.#transport.listFabrics()) {
        if (!heard.has(fabric.id)) this.#keep(fabric);
      }
      this.loaded = true;
      this.#selectOnly();
    } catch (rejection) {
      this.loadProblem = asReport(rejection);
    } finally {
      this.#heardWhileReading = null;
    }
  }

  /** Takes in one event of the engine's stream. */
  hear(event: Event): void {
    switch (event.type) {
      case "progress":
        return this.#progress(event.data);
      case "finished":
        return this.#finished(event.data);
      case "fabric":
        this.#heardWhileReading?.add(event.data.id);
        return this.#keep(event.data);
      case "removed":
        this.#heardWhileReading?.add(event.data);
        return this.#forget(event.data);
    }
  }

  /** A fabric of the list as it is now. */
  fabric(id: FabricId): FabricView | null {
    return this.#fabrics.get(id) ?? null;
  }

  /** The status to show: a run too short to be seen does not change it. */
  statusOf(fabric: FabricView): Status {
    if (fabric.status.state !== "working" || this.shownRun(fabric.id)) return fabric.status;
    return this.#settled.get(fabric.id) ?? fabric.status;
  }

  /** The run under way that is shown, once it has lasted long enough. */
  shownRun(fabric: FabricId): Progress | null {
    const run = this.#runs.get(fabric);
    return run && this.#revealed.has(run.operation) ? run : null;
  }

  /** Whether a run is under way or was just asked for. */
  isBusy(fabric: FabricId): boolean {
    return this.#runs.has(fabric) || this.#asked.has(fabric);
  }

  /** Whether a run was asked to stop and has not stopped yet. */
  isCancelling(run: Progress): boolean {
    return run.cancelling || this.#cancelled.has(run.operation);
  }

  /** The last runs of a fabric, the newest first; null until they are read. */
  logOf(fabric: FabricId): Operation[] | null {
    return this.#logged.has(fabric) ? (this.#logs.get(fabric) ?? []) : null;
  }

  /** Why they could not be read. */
  logProblemOf(fabric: FabricId): ErrorReport | null {
    return this.#unread.get(fabric) ?? null;
  }

  /** The last run of a fabric that ended, where one is known. */
  lastRun(fabric: FabricId): Operation | null {
    return this.#logs.get(fabric)?.[0] ?? null;
  }

  /** What a person has decided so far; closing the dialog does not lose it. */
  decisionsOf(fabric: FabricId): Decisions {
    const known = this.#decisions.get(fabric) ?? new Decisions();
    this.#decisions.set(fabric, known);
    return known;
  }

  /** The run that adds a fabric, while one does. */
  get onboarding(): Progress | null {
    return [...this.#runs.values()].find((run) => run.kind === "onboard") ?? null;
  }

  /** Opens a fabric, and reads its log where that was not done yet. */
  select(fabric: FabricId): void {
    if (fabric !== this.selectedId) this.ledTo = null;
    this.selectedId = fabric;
    if (this.#logged.delete(fabric)) this.#logged.add(fabric);
    else void this.readLog(fabric);
  }

  /** Shows all fabrics instead of one. */
  showAll(): void {
    this.selectedId = null;
  }

  sync = (fabric: FabricId) => this.#speak(fabric, () => this.#transport.sync(fabric));
  pull = (fabric: FabricId) => this.#speak(fabric, () => this.#transport.pull(fabric));
  push = (fabric: FabricId) => this.#speak(fabric, () => this.#transport.push(fabric));

  /** Takes a file out of the inbox. */
  discard(fabric: FabricId, file: RepoPath): Promise<void> {
    return this.#run(() => this.#transport.discard(fabric, file));
  }

  /** Moves a file of the inbox whole to `unmanaged/`. */
  moveToUnmanaged(fabric: FabricId, file: RepoPath): Promise<void> {
    return this.#run(() => this.#transport.moveToUnmanaged(fabric, file));
  }

  repairStructure(fabric: FabricId): Promise<void> {
    return this.#run(() => this.#transport.repairStructure(fabric));
  }

  /** Settles conflicts. How it ended is for the dialog to show; rejects where it could not be begun. */
  async resolve(fabric: FabricId, decisions: Resolution[]): Promise<Operation> {
    return this.#withEnd(await this.#transport.resolve(fabric, decisions));
  }

  /** The last run that can be undone. Rejects with an `ErrorReport`, also where there is none. */
  lastUndoable = (fabric: FabricId): Promise<Operation> => this.#transport.lastUndoable(fabric);
  /** Undoes a run; the same goes for its end. */
  async undo(fabric: FabricId, operation: OperationId): Promise<Operation> {
    return this.#withEnd(await this.#transport.undo(fabric, operation));
  }

  /** Asks a run to stop; it says itself when it has. */
  async cancel(run: Progress): Promise<void> {
    this.#cancelled.add(run.operation);
    try {
      await this.#transport.cancel(run.operation);
    } catch (rejection) {
      this.#cancelled.delete(run.operation);
      this.toasts.problem(rejection);
    }
  }

  async setAutoSync(fabric: FabricId, on: boolean): Promise<void> {
    await this.#attempt(() =>
      this.#switches.do(async () => this.#keep(await this.#transport.setAutoSync(fabric, on))),
    );
  }

  /** Looks at a source. Rejects with an `ErrorReport`, for the dialog to show. */
  inspect(source: Source): Promise<SourceReport> {
    return this.#transport.inspectSource(source);
  }

  /** The last runs of a fabric, for a screen that keeps them itself. Rejects with an `ErrorReport`. */
  operations = (fabric: FabricId, limit: number): Promise<Operation[]> =>
    this.#transport.operations(fabric, limit);

  /** Runs over one fabric of many; what came of it is for `many` to show. Never rejects. */
  async #runOne(kind: AllKind, fabric: FabricId): Promise<FabricRun> {
    this.#asked.add(fabric);
    try {
      return { fabric, operation: this.#withEnd(await this.#transport[kind](fabric)), error: null };
    } catch (rejection) {
      return { fabric, operation: null, error: asReport(rejection) };
    } finally {
      this.#asked.delete(fabric);
      this.#toStop.delete(fabric);
    }
  }

  /** Asks a run that was asked for to stop: now, or once it is heard of, where it waits for its turn. */
  #stopOne(kind: AllKind, fabric: FabricId): void {
    this.#toStop.set(fabric, kind);
    const run = this.#runs.get(fabric);
    if (run?.kind === kind) void this.cancel(run);
  }

  /** Pauses or resumes one fabric of many; answers with why that could not be done. Never rejects. */
  async #pauseOne(fabric: FabricId, on: boolean): Promise<ErrorReport | null> {
    try {
      await this.#switches.do(async () => this.#keep(await this.#transport.setAutoSync(fabric, on)));
      return null;
    } catch (rejection) {
      return asReport(rejection);
    }
  }

  /** Asks for a folder; null when none was chosen. */
  pickFolder = (): Promise<string | null> => this.#picked(() => this.#transport.pickFolder());
  /** Asks for a file. */
  pickFile = (title: string): Promise<string | null> => this.#picked(() => this.#transport.pickFile(title));

  async #picked(ask: () => Promise<string | null>): Promise<string | null> {
    try {
      return await ask();
    } catch (rejection) {
      this.toasts.problem(rejection);
      return null;
    }
  }

  /** Says how many milliseconds after the page began the first screen could be used. */
  async ready(milliseconds: number): Promise<void> {
    await this.#attempt(() => this.#transport.appReady(Math.round(milliseconds)));
  }

  /** Hears what is asked of the window from outside, from what waits already on; the answer stops that. */
  async listenToRequests(act: (request: Request) => void): Promise<() => void> {
    const take = async () => {
      try {
        (await this.#transport.takeRequests()).forEach(act);
      } catch (rejection) {
        this.toasts.problem(rejection);
      }
    };
    const stop = await this.#transport.listenToRequests(() => void take());
    await take();
    return stop;
  }

  startsAtLogin = (): Promise<boolean> => this.#transport.startsAtLogin();
  setStartsAtLogin = (on: boolean): Promise<unknown> =>
    this.#switches.do(() => this.#transport.setStartsAtLogin(on));
  about = (): Promise<About> => this.#transport.about();
  logText = (): Promise<string> => this.#transport.logText();
  supportReport = (): Promise<string> => this.#transport.supportReport();
  newerVersion = (): Promise<Newer> => this.#transport.newerVersion();

  async openInbox(fabric: FabricId): Promise<void> {
    await this.#attempt(() => this.#transport.openInbox(fabric));
  }

  async openFile(fabric: FabricId, file: RepoPath): Promise<void> {
    await this.#attempt(() => this.#transport.openFile(fabric, file));
  }

  // What a dialog asks for is shown there and kept nowhere. Each rejects with an `ErrorReport`.
  inboxText = (fabric: FabricId, file: RepoPath): Promise<InboxText> =>
    this.#transport.inboxText(fabric, file);
  preview = (fabric: FabricId): Promise<Preview> => this.#transport.preview(fabric);
  findings = (fabric: FabricId): Promise<FabricFindings> => this.#transport.findings(fabric);
  checkStructure = (fabric: FabricId): Promise<StructureReport> => this.#transport.checkStructure(fabric);

  conflicts = (fabric: FabricId): Promise<Conflict[]> => this.#transport.conflicts(fabric);
  conflict = (fabric: FabricId, file: RepoPath): Promise<ConflictTexts | null> =>
    this.#transport.conflict(fabric, file);
  settings = (fabric: FabricId): Promise<FabricSettings> => this.#transport.settings(fabric);
  rules = (fabric: FabricId): Promise<FabricRules> => this.#transport.rules(fabric);
  setRules(fabric: FabricId, rules: FabricRules): Promise<void> {
    return this.#run(() => this.#transport.setRules(fabric, rules));
  }

  setSettings = (fabric: FabricId, settings: FabricSettings): Promise<FabricSettings> =>
    this.#transport.setSettings(fabric, settings);
  networkSettings = (): Promise<NetworkSettings> => this.#transport.networkSettings();
  setNetworkSettings = (settings: NetworkSettings): Promise<NetworkSettings> =>
    this.#transport.setNetworkSettings(settings);
  authorSettings = (): Promise<AuthorSettings> => this.#transport.authorSettings();
  setAuthorSettings = (settings: AuthorSettings): Promise<AuthorSettings> =>
    this.#transport.setAuthorSettings(settings);
  topology = (fabric: FabricId): Promise<TopologyView> => this.#transport.topology(fabric);
  saveFile = (name: string, base64: string): Promise<string | null> => this.#transport.saveFile(name, base64);

  /** Takes a fabric off the list. */
  async remove(fabric: FabricId): Promise<void> {
    await this.#attempt(async () => {
      await this.#transport.removeFabric(fabric);
      this.#forget(fabric);
    });
  }

  /** Adds a fabric and opens it. Rejects with an `ErrorReport`, for the dialog to show. */
  async add(request: AddFabric): Promise<void> {
    const signsIn = request.source.from === "url" && request.source.signIn !== null;
    try {
      const fabric = await this.accounts.keeping(() => this.#transport.addFabric(request));
      if (signsIn) void this.accounts.read();
      this.#keep(fabric);
      this.select(fabric.id);
    } catch (rejection) {
      // A run that was never finished by an event must not stay on the screen for ever.
      const run = this.onboarding;
      if (run) this.#end(run.fabric, run.operation);
      throw asReport(rejection);
    }
  }

  /** Keeps a sign-in and says where. Rejects with an `ErrorReport`, for the dialog to show. */
  async signIn(fabric: FabricId, signIn: SignIn): Promise<void> {
    const account = await this.accounts.keeping(() => this.#transport.signIn(fabric, signIn));
    this.toasts.confirm(signedIn(account));
    void this.accounts.read();
  }

  /** A run that speaks with the remote: one at a time. */
  async #speak(fabric: FabricId, command: () => Promise<Operation>): Promise<void> {
    if (this.isBusy(fabric)) return;
    this.#asked.add(fabric);
    await this.#run(command);
    this.#asked.delete(fabric);
  }

  async #run(command: () => Promise<Operation>): Promise<void> {
    await this.#attempt(async () => this.#finished(await command()));
  }

  async #attempt(command: () => Promise<unknown>): Promise<void> {
    try {
      await command();
    } catch (rejection) {
      this.toasts.problem(rejection);
    }
  }

  /** Reads the last runs of a fabric, once more where they could not be read. Never rejects. */
  async readLog(fabric: FabricId): Promise<void> {
    if (this.#reading.has(fabric)) return;
    this.#reading.add(fabric);
    this.#unread.delete(fabric);
    try {
      const read = await this.#transport.operations(fabric, LOG_LENGTH);
      const known = new Set(read.map((operation) => operation.id));
      // What ended while the log was read is newer than the log.
      const newer = (this.#logs.get(fabric) ?? []).filter((operation) => !known.has(operation.id));
      this.#logs.set(fabric, [...newer, ...read].slice(0, LOG_LENGTH));
      this.#logged.add(fabric);
      const [oldest] = this.#logged;
      if (oldest !== undefined && this.#logged.size > LOGS_KEPT) this.#forgetLog(oldest);
    } catch (rejection) {
      this.#unread.set(fabric, asReport(rejection));
    } finally {
      this.#reading.delete(fabric);
    }
  }

  #forgetLog(fabric: FabricId): void {
    this.#logged.delete(fabric);
    this.#logs.set(fabric, (this.#logs.get(fabric) ?? []).slice(0, 1));
  }

  #keep(fabric: FabricView): void {
    if (fabric.running) this.#progress(fabric.running);
    // Not marked as ended: should this view be older than the run, the run's next event brings it back.
    else this.#runs.delete(fabric.id);
    if (fabric.status.state !== "working") this.#settled.set(fabric.id, fabric.status);
    this.#fabrics.set(fabric.id, fabric);
  }

  #forget(fabric: FabricId): void {
    for (const map of [this.#fabrics, this.#runs, this.#logs, this.#unread, this.#settled])
      map.delete(fabric);
    this.#logged.delete(fabric);
    this.#decisions.delete(fabric);
    if (this.selectedId === fabric) {
      this.selectedId = null;
      this.#selectOnly();
    }
  }

  #progress(run: Progress): void {
    if (this.#ended.get(run.fabric) === run.operation) return;
    const known = this.#runs.get(run.fabric);
    this.#runs.set(run.fabric, run);
    if (known?.operation === run.operation) return;
    this.#revealLater(run);
    if (this.#toStop.get(run.fabric) === run.kind) void this.cancel(run);
  }

  #revealLater(run: Progress): void {
    setTimeout(() => {
      if (this.#runs.get(run.fabric)?.operation === run.operation) this.#revealed.add(run.operation);
    }, REVEAL_MS);
  }

  #finished(operation: Operation): void {
    this.#end(operation.fabric, operation.id);
    const log = this.#logs.get(operation.fabric) ?? [];
    if (log.some((known) => known.id === operation.id)) return;
    const kept = this.#logged.has(operation.fabric) || this.#reading.has(operation.fabric) ? LOG_LENGTH : 1;
    this.#logs.set(operation.fabric, [operation, ...log].slice(0, kept));
  }

  #withEnd(operation: Operation): Operation {
    this.#finished(operation);
    return operation;
  }

  #end(fabric: FabricId, operation: OperationId): void {
    this.#ended.set(fabric, operation);
    if (this.#runs.get(fabric)?.operation === operation) this.#runs.delete(fabric);
    this.#revealed.delete(operation);
    this.#cancelled.delete(operation);
  }

  /** One fabric alone is opened; of several a person chooses. */
  #selectOnly(): void {
    const [first, ...others] = this.fabrics;
    if (this.selectedId === null && first && others.length === 0) this.select(first.id);
  }
}

function byName(a: FabricView, b: FabricView): number {
  return a.name.localeCompare(b.name, undefined, { numeric: true }) || (a.id < b.id ? -1 : 1);
}
