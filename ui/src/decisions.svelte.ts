import { SvelteMap } from "svelte/reactivity";
import type { Conflict, Pick, RepoPath, Resolution, Side } from "./bindings";

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
 * A choice is for the versions that were seen: a conflict whose file is another by now is undecided again. What was
 * written by hand is kept for the file, to be taken again or not.
 */
export class Decisions {
  readonly #choices = new SvelteMap<string, Choice>();
  /** What was written last, with the versions that it was written about. */
  readonly #texts = new SvelteMap<RepoPath, { text: string; about: string }>();

  choiceOf(conflict: Conflict): Choice | null {
    return this.#choices.get(keyOf(conflict)) ?? null;
  }

  /** The side that is picked for a field. */
  sideOf(conflict: Conflict, path: string): Side | null {
    const choice = this.choiceOf(conflict);
    return choice?.is === "fields" ? (choice.fields[path] ?? null) : null;
  }

  /** The text that a person wrote last for the file, whatever was picked or changed since. */
  textOf({ file }: Conflict): string | null {
    return this.#texts.get(file)?.text ?? null;
  }

  /** Whether that text was written about other versions, and was not taken for these. */
  isTextOld(conflict: Conflict): boolean {
    const written = this.#texts.get(conflict.file);
    return written !== undefined && written.about !== keyOf(conflict);
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
    if (!isPickable(conflict)) return;
    const about = keyOf(conflict);
    this.#choices.set(about, { is: "text", text });
    this.#texts.set(conflict.file, { text, about });
  }

  /** Forgets what was chosen and written for one conflict. */
  unpick(conflict: Conflict): void {
    this.#choices.delete(keyOf(conflict));
    this.#texts.delete(conflict.file);
  }

  /** Forgets what was chosen; what was written is kept. */
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
