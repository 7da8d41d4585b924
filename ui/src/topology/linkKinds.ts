import type { TopologyLink } from "../bindings";

export type LinkKind = TopologyLink["kind"];

/** How a kind of link is drawn. */
export interface LinkLook {
  kind: LinkKind;
  label: string;
  /** On a light ground: where operators know a colour, that one. What the window draws with is in links.css. */
  light: string;
  /** A dash pattern in screen pixels; null is a plain line. */
  dash: string | null;
}

/** Every kind of link, in the order of the legend: from the top of the picture down. */
export const LINK_LOOKS: readonly LinkLook[] = [
  { kind: "gateway", label: "Gateway", light: "#d6b656", dash: null },
  { kind: "fabric", label: "Fabric", light: "#b85450", dash: null },
  { kind: "mesh", label: "Mesh", light: "#6c8ebf", dash: null },
  { kind: "mclagPeer", label: "MCLAG peer", light: "#0b7a84", dash: null },
  { kind: "mclagSession", label: "MCLAG session", light: "#0b7a84", dash: "2 3" },
  { kind: "vpcLoopback", label: "VPC loopback", light: "#8d4f22", dash: null },
  { kind: "mclag", label: "MCLAG", light: "#8757a3", dash: null },
  { kind: "eslag", label: "ESLAG", light: "#d79b00", dash: "6 4" },
  { kind: "bundled", label: "Bundled", light: "#82b366", dash: null },
  { kind: "unbundled", label: "Unbundled", light: "#666666", dash: null },
  { kind: "external", label: "External", light: "#d79b00", dash: null },
  { kind: "staticExternal", label: "Static external", light: "#d79b00", dash: "2 4" },
  {
    kind: "externalAttachment",
    label: "External attachment",
    light: "#d79b00",

    dash: "10 3 2 3",
  },
];

const BY_KIND = new Map(LINK_LOOKS.map((look) => [look.kind, look]));

export function lookOf(kind: LinkKind): LinkLook {
  const look = BY_KIND.get(kind);
  if (look === undefined) throw new Error(`no look for the link kind ${kind}`);
  return look;
}
