import type { TopologyNode } from "../bindings";

/** The rows of the picture from the top down; externals stand at its side. */
export type Tier = "gateway" | "spine" | "leaf" | "server" | "external";

export const TIERS: readonly Tier[] = ["gateway", "spine", "leaf", "server", "external"];

const NOUN: Record<Tier, [one: string, many: string]> = {
  gateway: ["gateway", "gateways"],
  spine: ["spine", "spines"],
  leaf: ["leaf", "leaves"],
  server: ["server", "servers"],
  external: ["external", "externals"],
};

/** A switch whose role says nothing stands with the leaves: that is where most switches are. */
export function tierOf(kind: TopologyNode["kind"]): Tier {
  return kind === "switch" ? "leaf" : kind;
}

export const tierNoun = (tier: Tier): [one: string, many: string] => NOUN[tier];

/** The heading over a tier: "Leaves". */
export const tierHeading = (tier: Tier): string => NOUN[tier][1][0]?.toUpperCase() + NOUN[tier][1].slice(1);
