import type { FabricView } from "./bindings";
import type { Opened } from "./dialogs";
import { readPlace } from "./place";
import type { AppState } from "./state.svelte";
import type { StatusAction } from "./status";

/** What each button beside a fabric's status does. */
export function remedies(
  app: AppState,
  fabric: FabricView,
  onopen: (dialog: Opened) => void,
): Record<StatusAction, () => void> {
  const remote = fabric.repository.url ?? fabric.repository.path;
  return {
    propose: () => onopen({ is: "propose", fabric }),
    // A remote over SSH takes no user name and token.
    signIn: () => onopen(readPlace(remote)?.ssh ? { is: "accounts", add: remote } : { is: "signIn", fabric }),
    openInbox: () => void app.openInbox(fabric.id),
    resume: () => void app.setAutoSync(fabric.id, true),
    retry: () => void app.sync(fabric.id),
    setUp: () => onopen({ is: "add", folder: fabric.path }),
    settle: () => onopen({ is: "conflicts", fabric }),
    showFindings: () => onopen({ is: "findings", fabric }),
    pushAgain: () => void app.push(fabric.id),
    // Once the file is open, only this fabric has not tried again yet.
    unlock: () => (app.accounts.store?.file === "open" ? void app.sync(fabric.id) : onopen({ is: "unlock" })),
    checkHostKey: () => onopen({ is: "hostKey", fabric }),
  };
}
