import type { TopologyNode } from "../bindings";
import { byName } from "./nameOrder";
import type { Wiring } from "./wiring";

/** Nodes that have every word somewhere: name, kind, role, group or a detail; those named so come first. */
export function find(wiring: Wiring, wanted: string, limit: number): TopologyNode[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found: [rank: number, node: TopologyNode][] = [];
  for (const node of wiring.nodes.values()) {
    const name = node.name.toLowerCase();
    const text = [name, node.kind, node.role, node.group, ...node.detail.map(([, value]) => value)]
      .join("\n")
      .toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    const first = words[0] ?? "";
    found.push([name === first ? 0 : name.startsWith(first) ? 1 : name.includes(first) ? 2 : 3, node]);
  }
  return found
    .sort(([a, one], [b, other]) => a - b || byName(one, other))
    .slice(0, limit)
    .map(([, node]) => node);
}
