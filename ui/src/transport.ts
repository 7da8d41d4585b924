import type {
  Account,
  AccountId,
  AddFabric,
  AuthorSettings,
  BranchRulesView,
  Conflict,
  ConflictTexts,
  ConnectionReport,
  Delivered,
  Dragged,
  Edit,
  Event,
  FabricFindings,
  FabricId,
  FabricRun,
  FabricRules,
  FabricSettings,
  FabricView,
  FileText,
  GitHubAccountView,
  GitHubRepositories,
  GitHubRepository,
  GitHubSignInEnd,
  GitHubSignInStart,
  InboxText,
  Keeping,
  ListenerView,
  NewGitHubRepository,
  NetworkSettings,
  NewAccount,
  ObjectVersion,
  Operation,
  OperationId,
  Preview,
  ProposeEnd,
  RepoPath,
  Resolution,
  Revision,
  SecretStore,
  SignIn,
  Source,
  SourceReport,
  StructureReport,
  TopologyView,
  VersionDiff,
  WebhookView,
  ChangesView,
  CommitChanges,
  Draft,
  DraftReport,
  ResourceDetail,
  ResourcePage,
  ResourceQuery,
  SchemaField,
  About,
  Newer,
  Request,
  WindowSettings,
} from "./bindings";

/**
 * All that the window asks of the engine, and the one stream that it hears from it.
 *
 * Every call rejects with an `ErrorReport` when it can't be done. `api.ts` is the real one; tests pass
 * their own.
 */
export interface Transport {
  listFabrics(): Promise<FabricView[]>;
  /** The last runs of a fabric, the newest first. */
  operations(fabric: FabricId, limit: number): Promise<Operation[]>;
  /** Looks at a source without changing anything; may take seconds. */
  inspectSource(source: Source): Promise<SourceReport>;
  /** Resolves when the fabric is set up, committed and pushed; progress comes as events. */
  addFabric(request: AddFabric): Promise<FabricView>;
  /** Takes a fabric off the list; deletes nothing. */
  removeFabric(fabric: FabricId): Promise<unknown>;
  /** These resolve when the run has ended, however it ended. */
  sync(fabric: FabricId): Promise<Operation>;
  pull(fabric: FabricId): Promise<Operation>;
  push(fabric: FabricId): Promise<Operation>;
  /** Takes a file out of the inbox. */
  discard(fabric: FabricId, file: RepoPath): Promise<Operation>;
  /** Moves a file of the inbox whole to `unmanaged/`. */
  moveToUnmanaged(fabric: FabricId, file: RepoPath): Promise<Operation>;
  repairStructure(fabric: FabricId): Promise<Operation>;
  /** Settles conflicts as a person decided; ends as stale, and does nothing, where one is another by now. */
  resolve(fabric: FabricId, decisions: Resolution[]): Promise<Operation>;
  /** Changes, adds or deletes one object; ends as stale where its file is not what the edit began with. */
  edit(fabric: FabricId, edit: Edit): Promise<Operation>;
  /** The last run that made a commit and is not undone. Rejects where there is none. */
  lastUndoable(fabric: FabricId): Promise<Operation>;
  /** Restores what a run changed, by a new commit. */
  undo(fabric: FabricId, operation: OperationId): Promise<Operation>;
  /** Brings an older version of a file back, as an edit. */
  restore(fabric: FabricId, file: RepoPath, revision: Revision): Promise<Operation>;
  /** These run over every fabric, and resolve when the last run has ended. */
  syncAll(): Promise<FabricRun[]>;
  pullAll(): Promise<FabricRun[]>;
  pushAll(): Promise<FabricRun[]>;
  cancel(operation: OperationId): Promise<unknown>;
  setAutoSync(fabric: FabricId, on: boolean): Promise<FabricView>;
  /** Keeps a sign-in for the fabric's host, or for its repository where the host has an account already. */
  signIn(fabric: FabricId, signIn: SignIn): Promise<Account>;
  /** The accounts of this desktop, by place. */
  accounts(): Promise<Account[]>;
  /** Keeps an account, in place of one for the same host or repository. */
  addAccount(account: NewAccount): Promise<Account>;
  /** Forgets an account and its secret. */
  removeAccount(account: AccountId): Promise<unknown>;
  /** Really connects, with an account that is not kept yet where one is given; may take seconds. */
  testConnection(url: string, account: NewAccount | null): Promise<ConnectionReport>;
  /** Trusts the key that a server shows, if it is the one with that fingerprint. */
  trustHostKey(url: string, fingerprint: string): Promise<unknown>;
  /** Where secrets can be kept on this machine. */
  secretStore(): Promise<SecretStore>;
  /** Opens the encrypted file of secrets; where there is none, makes it with this passphrase. */
  unlockSecrets(passphrase: string): Promise<SecretStore>;
  pickFolder(): Promise<string | null>;
  /** The path of a file that a person chose; null where none was. */
  pickFile(title: string): Promise<string | null>;
  openInbox(fabric: FabricId): Promise<unknown>;
  openFile(fabric: FabricId, file: RepoPath): Promise<unknown>;
  /** The text of a file of the inbox, at most its first 256 KiB. */
  inboxText(fabric: FabricId, file: RepoPath): Promise<InboxText>;
  /** Puts the files that were dropped on the window last into a fabric's inbox. */
  takeDropped(fabric: FabricId): Promise<Delivered>;
  /** Puts a text into a fabric's inbox; a name that is taken gets a number. */
  deliverText(fabric: FabricId, name: string, text: string): Promise<Delivered>;
  /** What a sync would do with a text, if it were in the inbox; writes nothing. */
  previewText(fabric: FabricId, name: string, text: string): Promise<Preview>;
  /** Writes a file of the inbox anew, if it still holds `before`; whether it did. */
  mendFile(fabric: FabricId, file: RepoPath, before: string, text: string): Promise<boolean>;
  /** What a sync would do with the inbox; changes nothing. */
  preview(fabric: FabricId): Promise<Preview>;
  /** What is not right with the objects under `managed/`; at most 2,000 findings, errors first. */
  findings(fabric: FabricId): Promise<FabricFindings>;
  /** What is not right with the directory structure; changes nothing. */
  checkStructure(fabric: FabricId): Promise<StructureReport>;
  /** What waits for a decision, as of the last contact. */
  conflicts(fabric: FabricId): Promise<Conflict[]>;
  /** A conflict with its texts; null where it is settled by now. */
  conflict(fabric: FabricId, file: RepoPath): Promise<ConflictTexts | null>;
  /** The text of an object's file, and the version to base an edit on. */
  objectText(fabric: FabricId, file: RepoPath): Promise<FileText>;
  /** The versions of an object's file, the newest first. */
  history(fabric: FabricId, file: RepoPath, limit: number): Promise<ObjectVersion[]>;
  /** What differs between two versions, each named by Git's name for its bytes; null is no file. */
  compare(fabric: FabricId, before: string | null, after: string | null): Promise<VersionDiff>;
  settings(fabric: FabricId): Promise<FabricSettings>;
  /** Answers with what is kept. */
  setSettings(fabric: FabricId, settings: FabricSettings): Promise<FabricSettings>;
  /** What decides the fabric's tree, as its directory says it. */
  rules(fabric: FabricId): Promise<FabricRules>;
  /** Changes that, by a commit. */
  setRules(fabric: FabricId, rules: FabricRules): Promise<Operation>;
  /** What holds for pushes to a fabric's branch; null where the host does not tell. */
  branchRules(fabric: FabricId): Promise<BranchRulesView | null>;
  /** Pushes to a branch of our own and opens a pull request for it. */
  propose(fabric: FabricId): Promise<ProposeEnd>;
  /** Gives a code to be entered in a browser; null stands for github.com. */
  beginGithubSignIn(host: string | null): Promise<GitHubSignInStart>;
  /** Resolves when the code was entered, refused or has run out. */
  finishGithubSignIn(keep: Keeping): Promise<GitHubSignInEnd>;
  cancelGithubSignIn(): Promise<unknown>;
  githubAccount(account: AccountId): Promise<GitHubAccountView>;
  /** Repositories that the account may push to, those whose name holds the filter. */
  githubRepositories(account: AccountId, filter: string): Promise<GitHubRepositories>;
  createGithubRepository(account: AccountId, repository: NewGitHubRepository): Promise<GitHubRepository>;
  webhook(fabric: FabricId): Promise<WebhookView | null>;
  registerWebhook(fabric: FabricId, url: string, keep: Keeping): Promise<WebhookView>;
  removeWebhook(fabric: FabricId): Promise<unknown>;
  /** Whether the app itself listens for webhooks. */
  listener(): Promise<ListenerView>;
  setListener(on: boolean, address: string | null): Promise<ListenerView>;
  /** Opens a page of the Git host in the browser. */
  openPage(url: string): Promise<unknown>;
  networkSettings(): Promise<NetworkSettings>;
  /** Answers with what is kept, as the next does. */
  setNetworkSettings(settings: NetworkSettings): Promise<NetworkSettings>;
  authorSettings(): Promise<AuthorSettings>;
  setAuthorSettings(settings: AuthorSettings): Promise<AuthorSettings>;
  /** Says, once, how many milliseconds after the page began the first screen could be used. */
  appReady(milliseconds: number): Promise<unknown>;
  /** The fabric as its wiring says, with what pends. */
  topology(fabric: FabricId): Promise<TopologyView>;
  /** Asks where to, and writes the bytes there; the answer is the path, or null where no place was chosen. */
  saveFile(name: string, base64: string): Promise<string | null>;
  /** A part of a fabric's objects that fit a search, at most 500 rows. */
  resources(fabric: FabricId, query: ResourceQuery): Promise<ResourcePage>;
  /** One object with its fields, what it names and who names it. */
  resource(fabric: FabricId, file: RepoPath): Promise<ResourceDetail>;
  /** What saving a text would come to; writes nothing. */
  checkDraft(fabric: FabricId, draft: Draft): Promise<DraftReport>;
  /** What an object of a kind may hold. */
  schemaOf(kind: string): Promise<SchemaField[]>;
  /** A text that a new object can begin with. */
  newObject(kind: string, name: string): Promise<string>;
  /** What comes, what goes, and at most `limit` commits of what was. */
  changes(fabric: FabricId, limit: number): Promise<ChangesView>;
  /** What a commit did, object by object. */
  commitChanges(fabric: FabricId, revision: Revision): Promise<CommitChanges>;
  /** All that was asked for from outside the window and not taken yet: by a link, the tray, a second start. */
  takeRequests(): Promise<Request[]>;
  windowSettings(): Promise<WindowSettings>;
  /** Keeps them and does what they say; answers what is kept. */
  setWindowSettings(settings: WindowSettings): Promise<WindowSettings>;
  startsAtLogin(): Promise<boolean>;
  setStartsAtLogin(on: boolean): Promise<unknown>;
  about(): Promise<About>;
  /** The end of the app's log. */
  logText(): Promise<string>;
  /** What to send to whoever helps, without any secret. */
  supportReport(): Promise<string>;
  newerVersion(): Promise<Newer>;
  /** Puts it in place; false where there is none. */
  installNewerVersion(): Promise<boolean>;
  /** Hears every event from now on; the answer ends it. */
  listen(heard: (event: Event) => void): Promise<() => void>;
  /** Hears that something waits to be taken with `takeRequests`; the answer ends it. */
  listenToRequests(heard: () => void): Promise<() => void>;
  /** Hears of files that are dragged over the window; the answer ends it. */
  listenToDrags(heard: (dragged: Dragged) => void): Promise<() => void>;
}
