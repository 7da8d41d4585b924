import type { FabricView, RepoPath } from "./bindings";

/** A dialog over the window. One is open at a time. */
export type Opened =
  | { is: "add"; folder?: string }
  | { is: "signIn"; fabric: FabricView }
  | { is: "remove"; fabric: FabricView }
  | { is: "preview"; fabric: FabricView }
  | { is: "findings"; fabric: FabricView }
  | { is: "structure"; fabric: FabricView }
  | { is: "move"; fabric: FabricView; file: RepoPath }
  | { is: "discard"; fabric: FabricView; file: RepoPath };
