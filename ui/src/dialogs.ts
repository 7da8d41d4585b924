import type { FabricView, Operation, RepoPath } from "./bindings";

/** A repository that a link proposes: text from a stranger, checked for its form alone. */
export interface ProposedSource {
  url: string;
  branch: string | null;
  directory: string | null;
}

/** A dialog over the window. One is open at a time. */
export type Opened =
  /** With a link, it begins with what that proposes, and looks at nothing before a person says so. */
  | { is: "add"; folder?: string; link?: ProposedSource }
  | { is: "palette" }
  | { is: "shortcuts" }
  | { is: "log" }
  | { is: "about" }
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
  | { is: "rules"; fabric: FabricView }
  /** Without an operation, the last one that can be undone. */
  | { is: "undo"; fabric: FabricView; operation: Operation | null }
  | { is: "allRuns" }
  | { is: "move"; fabric: FabricView; file: RepoPath }
  | { is: "paste"; fabric: FabricView }
  | { is: "mend"; fabric: FabricView; file: RepoPath }
  | { is: "discard"; fabric: FabricView; file: RepoPath };
