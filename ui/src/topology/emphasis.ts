import type { Item, Line } from "./scene";
import type { Reach } from "./reach";

/** How strongly something is drawn while a VPC is looked at: it reaches it, its peers do, or nothing does. */
export type Emphasis = "plain" | "reached" | "peer" | "faded";

export function emphasisOf(item: Item, reach: Reach | null): Emphasis {
  if (reach === null) return "plain";
  if (item.members.some(({ id }) => reach.nodes.has(id))) return "reached";
  return item.members.some(({ id }) => reach.peerNodes.has(id)) ? "peer" : "faded";
}

export function lineEmphasis(line: Line, reach: Reach | null): Emphasis {
  if (reach === null) return "plain";
  if (line.links.some(({ id }) => reach.links.has(id))) return "reached";
  return line.links.some(({ id }) => reach.peerLinks.has(id)) ? "peer" : "faded";
}
