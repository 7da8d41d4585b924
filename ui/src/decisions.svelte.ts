import { SvelteMap } from "svelte/reactivity";
import type { Conflict, Pick, Resolution, Side } from "./bindings";

/** What is chosen for one conflict: a whole version, a side for some of its fields, or a text of one's own. */
export type Choice =
  | { is: "version"; side: Side }
  | { is: "fields"; fields: Readonly<Record<string, Side>> }
  | { is: "text"; text: string };

/** Whether anything can be picked: an edit by hand that could not be committed has to be mended first. */
export const isPickable = (conflict: Conflict): boolean => conflict.oursIs !== "workTree";

/**
 * What a person has decided so far about the conflicts of a fabric.
 *
 * A choice is for the versions that were seen: a conflict whose file is another by now is undecided again.
 */
export class Decisions {
  readonly #choices = new SvelteMap<string, Choice>();

  choiceOf(conflict: Conflict): Choice | null {
    return this.#choices.get(keyOf(conflict)) ?? null;
  }

  /** The side that is picked for a field. */
  sideOf(conflict: Conflict, path: string): Side | null {
    const choice = this.choiceOf(conflict);
    return choice?.is === "fields" ? (choice.fields[path] ?? null) : null;
  }

  /** Whether nothing is left to pick. */
  isDecided(conflict: Conflict): boolean {
    const choice = this.choiceOf(conflict);
    if (choice === null) return false;
    return choice.is !== "fields" || conflict.fields.every(({ path }) => choice.fields[path] !== undefined);
  }

  /** Picks a side for one field. */
  pick(conflict: Conflict, path: string, side: Side): void {
    const before = this.choiceOf(conflict);
    const fields = before?.is === "fields" ? before.fields : {};
    this.#choices.set(keyOf(conflict), { is: "fields", fields: { ...fields, [path]: side } });
  }

  /**
   * Takes a side: for every field in conflict, so that what else both sides changed is kept from both, and
   * for the whole where there are no fields.
   */
  take(conflict: Conflict, side: Side): void {
    if (!isPickable(conflict)) return;
    if (conflict.fields.length === 0) return this.takeWhole(conflict, side);
    const fields = Object.fromEntries(conflict.fields.map(({ path }) => [path, side]));
    this.#choices.set(keyOf(conflict), { is: "fields", fields });
  }

  /** Takes one version with all that is in it, and nothing of the other. */
  takeWhole(conflict: Conflict, side: Side): void {
    if (isPickable(conflict)) this.#choices.set(keyOf(conflict), { is: "version", side });
  }

  /** Takes a text that a person wrote. */
  write(conflict: Conflict, text: string): void {
    if (isPickable(conflict)) this.#choices.set(keyOf(conflict), { is: "text", text });
  }

  /** Forgets what was chosen for one conflict. */
  unpick(conflict: Conflict): void {
    this.#choices.delete(keyOf(conflict));
  }

  clear(): void {
    this.#choices.clear();
  }

  /** What to send: the conflicts that are decided, with the versions that were seen. */
  resolutions(conflicts: readonly Conflict[]): Resolution[] {
    return conflicts.flatMap((conflict) => {
      const choice = this.choiceOf(conflict);
      if (choice === null || !this.isDecided(conflict)) return [];
      const { file, ours, theirs } = conflict;
      return [{ file, ours, theirs, pick: asPick(choice) }];
    });
  }
}

function asPick(choice: Choice): Pick {
  return choice.is === "fields" ? { is: "fields", fields: { ...choice.fields }, rest: null } : choice;
}

function keyOf({ file, ours, theirs }: Conflict): string {
  return JSON.stringify([file, ours, theirs]);
}
