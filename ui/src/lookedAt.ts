import type { FabricId, RepoPath } from "./bindings";

/** How a person left a fabric's screens: found again so when they come back, as long as the window is open. */
export interface LookedAt {
  resources: { text: string; sort: string | null; descending: boolean; opened: RepoPath | null };
  topology: {
    vpc: string;
    asList: boolean;
    showPending: boolean;
    /** Which part was looked at more closely; null while all of it was in sight. */
    camera: { scale: number; x: number; y: number } | null;
    opened: ReadonlyMap<string, boolean>;
  };
}

/** How each fabric was left. */
export class LeftScreens {
  readonly #of = new Map<FabricId, LookedAt>();

  /** How that fabric was left; to be changed by whoever shows it. */
  of(fabric: FabricId): LookedAt {
    let left = this.#of.get(fabric);
    if (left === undefined) {
      left = {
        resources: { text: "", sort: null, descending: false, opened: null },
        topology: { vpc: "", asList: false, showPending: true, camera: null, opened: new Map() },
      };
      this.#of.set(fabric, left);
    }
    return left;
  }
}
