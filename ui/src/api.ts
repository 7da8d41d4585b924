// The only file that reaches the Tauri API: everything else speaks to a Transport.
import { commands, events } from "./bindings";
import { follow } from "./follow";
import type { Transport } from "./transport";

/** The engine behind this window. */
export const tauri: Transport = {
  ...commands,
  listen: (heard) => Promise.resolve(follow(commands.nextEvents, heard)),
  listenToDrags: (heard) => events.filesDragged.listen(({ payload }) => heard(payload)),
  listenToRequests: (heard) => events.asked.listen(() => heard()),
};
