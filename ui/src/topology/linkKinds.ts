import type { TopologyLink } from "../bindings";

export type LinkKind = TopologyLink["kind"];

/** How a kind of link is drawn. */
export interface LinkLook {
  kind: LinkKind;
  label: string;
  /** On a light ground; the first seven are the colours that operators know. */
  light: string;
  /** On a dark ground: the same hue, light enough to be told from the ground. */
  dark: string;
  /** A dash pattern in screen pixels; null is a plain line. */
  dash: string | null;
}

/** Every kind of link, in the order of the legend: from the top of the picture down. */
export const LINK_LOOKS: readonly LinkLook[] = [
  { kind: "gateway", label: "Gateway", light: "#d6b656", dark: "#dcc069", dash: null },
  { kind: "fabric", label: "Fabric", light: "#b85450", dark: "#dd8581", dash: null },
  { kind: "mesh", label: "Mesh", light: "#6c8ebf", dark: "#8ca9dc", dash: null },
  { kind: "mclagPeer", label: "MCLAG peer", light: "#0b7a84", dark: "#4cc0ca", dash: null },
  { kind: "mclagSession", label: "MCLAG session", light: "#0b7a84", dark: "#4cc0ca", dash: "2 3" },
  { kind: "vpcLoopback", label: "VPC loopback", light: "#8d4f22", dark: "#d9986b", dash: null },
  { kind: "mclag", label: "MCLAG", light: "#8757a3", dark: "#bd9ccd", dash: null },
  { kind: "eslag", label: "ESLAG", light: "#d79b00", dark: "#e5ab1f", dash: "6 4" },
  { kind: "bundled", label: "Bundled", light: "#82b366", dark: "#94c47a", dash: null },
  { kind: "unbundled", label: "Unbundled", light: "#666666", dark: "#a3a8b0", dash: null },
  { kind: "external", label: "External", light: "#d79b00", dark: "#e5ab1f", dash: null },
  { kind: "staticExternal", label: "Static external", light: "#d79b00", dark: "#e5ab1f", dash: "2 4" },
  {
    kind: "externalAttachment",
    label: "External attachment",
    light: "#d79b00",
    dark: "#e5ab1f",
    dash: "10 3 2 3",
  },
];

const BY_KIND = new Map(LINK_LOOKS.map((look) => [look.kind, look]));

export function lookOf(kind: LinkKind): LinkLook {
  const look = BY_KIND.get(kind);
  if (look === undefined) throw new Error(`no look for the link kind ${kind}`);
  return look;
}

/** The colours as CSS variables, `--link-fabric` and so on, each for both schemes. */
export const LINK_VARIABLES = LINK_LOOKS.map(
  ({ kind, light, dark }) => `--link-${kind}: light-dark(${light}, ${dark})`,
).join("; ");
