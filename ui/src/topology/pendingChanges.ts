import type { PendingSource, TopologyView } from "../bindings";
import { count } from "../words";

const SOURCE: Record<PendingSource, string> = {
  incoming: "commits that wait on the remote",
  inbox: "files that wait in the inbox",
  edits: "edits by hand that are not committed",
};

/** What the drawn changes come from, and how many there are; null where nothing pends. */
export function pendingSentence(view: TopologyView): string | null {
  if (view.pending.length === 0) return null;
  const sources = view.pending.map((source) => SOURCE[source]);
  const last = sources.pop() ?? "";
  const from = sources.length > 0 ? `${sources.join(", ")} and ${last}` : last;
  const things = [...view.nodes, ...view.links];
  const counted = (["added", "changed", "removed"] as const)
    .map((change) => [things.filter((thing) => thing.change === change).length, change] as const)
    .filter(([n]) => n > 0)
    .map(([n, change]) => `${n} ${change}`);
  if (counted.length === 0) return `Nothing that is drawn here would change by ${from}.`;
  const total = things.filter(({ change }) => change !== null).length;
  return `${counted.join(", ")} (${count(total, "node or link", "nodes and links")}) by ${from}.`;
}
