import type {
  ChangesView,
  CommitChanges,
  Draft,
  DraftReport,
  Edit,
  FabricId,
  FileText,
  ObjectVersion,
  Operation,
  RepoPath,
  ResourceDetail,
  ResourcePage,
  ResourceQuery,
  Revision,
  SchemaField,
  VersionDiff,
} from "../bindings";
import type { Transport } from "../transport";

/**
 * The objects of fabrics: what is asked of them, and what is done to them.
 *
 * What was asked is shown where it was asked for and kept nowhere, but for what never changes. Each call
 * rejects with an `ErrorReport`; how a run ended is for the asker to tell.
 */
export class Objects {
  readonly #transport: Transport;
  readonly #ended: (operation: Operation) => void;
  /** By kind; the schema is part of the app, so it is the same for as long as the app runs. */
  readonly #schemas = new Map<string, Promise<SchemaField[]>>();

  constructor(transport: Transport, ended: (operation: Operation) => void) {
    this.#transport = transport;
    this.#ended = ended;
  }

  page = (fabric: FabricId, query: ResourceQuery): Promise<ResourcePage> =>
    this.#transport.resources(fabric, query);
  detail = (fabric: FabricId, file: RepoPath): Promise<ResourceDetail> =>
    this.#transport.resource(fabric, file);
  checkDraft = (fabric: FabricId, draft: Draft): Promise<DraftReport> =>
    this.#transport.checkDraft(fabric, draft);
  /** A text that a new object of a kind can begin with. */
  startingText = (kind: string, name: string): Promise<string> => this.#transport.newObject(kind, name);
  text = (fabric: FabricId, file: RepoPath): Promise<FileText> => this.#transport.objectText(fabric, file);
  history = (fabric: FabricId, file: RepoPath, limit: number): Promise<ObjectVersion[]> =>
    this.#transport.history(fabric, file, limit);
  compare = (fabric: FabricId, before: string | null, after: string | null): Promise<VersionDiff> =>
    this.#transport.compare(fabric, before, after);
  changes = (fabric: FabricId, limit: number): Promise<ChangesView> => this.#transport.changes(fabric, limit);
  commitChanges = (fabric: FabricId, revision: Revision): Promise<CommitChanges> =>
    this.#transport.commitChanges(fabric, revision);
  openPage = (url: string): Promise<unknown> => this.#transport.openPage(url);

  /** What an object of a kind may hold. */
  schemaOf(kind: string): Promise<SchemaField[]> {
    const known = this.#schemas.get(kind);
    if (known) return known;
    const asked = this.#transport.schemaOf(kind);
    this.#schemas.set(kind, asked);
    asked.catch(() => this.#schemas.delete(kind));
    return asked;
  }

  /** Names of objects of a kind that have `part` in them, at most `limit`. */
  async named(fabric: FabricId, kind: string, part: string, limit: number): Promise<string[]> {
    const name = part.replaceAll('"', "").trim();
    const text = `kind:${kind}${name === "" ? "" : ` name:${name}`}`;
    const query = { text, sort: "name", descending: false, offset: 0, limit };
    return (await this.#transport.resources(fabric, query)).rows.map((row) => row.name);
  }

  async edit(fabric: FabricId, edit: Edit): Promise<Operation> {
    return this.#withEnd(await this.#transport.edit(fabric, edit));
  }

  async restore(fabric: FabricId, file: RepoPath, revision: Revision): Promise<Operation> {
    return this.#withEnd(await this.#transport.restore(fabric, file, revision));
  }

  #withEnd(operation: Operation): Operation {
    this.#ended(operation);
    return operation;
  }
}
