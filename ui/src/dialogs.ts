import type { FabricView, Operation, RepoPath } from "./bindings";

/** A dialog over the window. One is open at a time. */
export type Opened =
  | { is: "add"; folder?: string }
  | { is: "signIn"; fabric: FabricView }
  | { is: "propose"; fabric: FabricView }
  | { is: "webhook"; fabric: FabricView }
  /** With a place, it begins with an account to be added for that. */
  | { is: "accounts"; add?: string }
  | { is: "unlock" }
  | { is: "hostKey"; fabric: FabricView }
  | { is: "desktop" }
  | { is: "remove"; fabric: FabricView }
  | { is: "preview"; fabric: FabricView }
  | { is: "findings"; fabric: FabricView }
  | { is: "structure"; fabric: FabricView }
  | { is: "conflicts"; fabric: FabricView }
  | { is: "settings"; fabric: FabricView }
  /** Without an operation, the last one that can be undone. */
  | { is: "undo"; fabric: FabricView; operation: Operation | null }
  | { is: "allRuns" }
  | { is: "move"; fabric: FabricView; file: RepoPath }
  | { is: "paste"; fabric: FabricView }
  | { is: "mend"; fabric: FabricView; file: RepoPath }
  | { is: "discard"; fabric: FabricView; file: RepoPath };
