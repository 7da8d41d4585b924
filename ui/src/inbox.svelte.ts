import type { Delivered, Dragged, FabricId, Preview, RepoPath } from "./bindings";
import type { Toasts } from "./toasts.svelte";
import type { Transport } from "./transport";
import { delivered } from "./words";

/** What is brought to inboxes: files dragged over the window, texts that were pasted, files that are mended. */
export class Inboxes {
  /** How many files are dragged over the window now; null while none are. */
  over = $state<number | null>(null);
  /** The names of files that were dropped while no fabric was open: a person says which one they are for. */
  homeless = $state.raw<string[] | null>(null);

  readonly #transport: Transport;
  readonly #toasts: Toasts;
  readonly #open: () => FabricId | null;

  /** `open` tells the fabric that is open. */
  constructor(transport: Transport, toasts: Toasts, open: () => FabricId | null) {
    this.#transport = transport;
    this.#toasts = toasts;
    this.#open = open;
  }

  /** Takes in what the window says of dragged files. */
  hear(dragged: Dragged): void {
    this.over = dragged.is === "over" ? dragged.count : null;
    if (dragged.is !== "dropped" || dragged.names.length === 0) return;
    const fabric = this.#open();
    if (fabric === null) this.homeless = dragged.names;
    else void this.take(fabric);
  }

  /** Puts what was dropped last into a fabric's inbox, and says what came of it. */
  async take(fabric: FabricId): Promise<void> {
    this.homeless = null;
    try {
      this.#say(await this.#transport.takeDropped(fabric));
    } catch (rejection) {
      this.#toasts.problem(rejection);
    }
  }

  /** Puts a text into a fabric's inbox. Rejects with an `ErrorReport`, for the dialog to show. */
  async deliver(fabric: FabricId, name: string, text: string): Promise<void> {
    this.#say(await this.#transport.deliverText(fabric, name, text));
  }

  /** What a sync would do with a text. */
  preview(fabric: FabricId, name: string, text: string): Promise<Preview> {
    return this.#transport.previewText(fabric, name, text);
  }

  /** Writes a file anew, if it still holds `before`; whether it did. */
  mend(fabric: FabricId, file: RepoPath, before: string, text: string): Promise<boolean> {
    return this.#transport.mendFile(fabric, file, before, text);
  }

  #say({ taken, refused }: Delivered): void {
    if (taken.length > 0) this.#toasts.confirm(delivered(taken.length));
    for (const { name, why } of refused) {
      this.#toasts.problem({ code: "NotInTheInbox", message: `${name} was not taken.`, hint: why });
    }
  }
}
