import type { TopologyLink } from "../bindings";
import type { Drawn } from "./picture.svelte";
import type { Line } from "./scene";

/** What is chosen in the drawing: a node by its id, or links by theirs (one, or all of a line that stands for several). */
export type Selection = { is: "node"; id: string } | { is: "links"; ids: readonly string[] };

export const nodeSelection = (id: string): Selection => ({ is: "node", id });
export const lineSelection = (line: Line): Selection => ({
  is: "links",
  ids: line.links.map(({ id }) => id),
});

/** The links that are meant: those at a node, or those chosen, as far as they are still there. */
export function linksOf(drawn: Drawn, selection: Selection | null): readonly TopologyLink[] {
  if (selection === null) return [];
  if (selection.is === "node") return drawn.wiring.linksAt.get(selection.id) ?? [];
  return selection.ids.flatMap((id) => drawn.wiring.links.get(id) ?? []);
}

/** Whether what is chosen is still drawn; a pull may have taken it away. */
export function isThere(drawn: Drawn, selection: Selection): boolean {
  return selection.is === "node"
    ? drawn.wiring.nodes.has(selection.id)
    : linksOf(drawn, selection).length > 0;
}
