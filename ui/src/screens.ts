/** The screens of one fabric. */
export type Screen = "dashboard" | "topology" | "resources" | "changes";

/** In the order of their tabs. */
export const SCREENS: readonly { id: Screen; label: string }[] = [
  { id: "dashboard", label: "Dashboard" },
  { id: "topology", label: "Topology" },
  { id: "resources", label: "Resources" },
  { id: "changes", label: "Changes" },
];
