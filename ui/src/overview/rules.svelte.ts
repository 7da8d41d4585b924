import { SvelteMap } from "svelte/reactivity";
import type { BranchRulesView, FabricId, FabricView } from "../bindings";
import { Queue } from "./queue";

const AT_ONCE = 2;

/** What is known of a branch's rules: asked for, not told by the host, or these. */
export type Rules = { is: "asking" } | { is: "unknown" } | { is: "known"; rules: BranchRulesView };

/** The rules of each branch that a fabric is on, asked for once, when its repository comes into sight. */
export class BranchRules {
  readonly #ask: (fabric: FabricId) => Promise<BranchRulesView | null>;
  readonly #known = new SvelteMap<string, Rules>();
  readonly #queue = new Queue(AT_ONCE);

  constructor(ask: (fabric: FabricId) => Promise<BranchRulesView | null>) {
    this.#ask = ask;
  }

  /** Asks for the rules of the fabric's branch. */
  want(fabric: FabricView): void {
    const key = keyOf(fabric);
    this.#queue.add(key, async () => {
      try {
        const rules = await this.#ask(fabric.id);
        this.#known.set(key, rules === null ? { is: "unknown" } : { is: "known", rules });
      } catch {
        // The host does not answer: the status of the fabrics says so already.
        this.#known.set(key, { is: "unknown" });
      }
    });
  }

  of(fabric: FabricView): Rules {
    return this.#known.get(keyOf(fabric)) ?? { is: "asking" };
  }
}

const keyOf = ({ repository, branch }: FabricView): string => `${repository.id}\n${branch}`;
