/** What the keyboard can ask for on the main screen. */
export type Command = "sync" | "push" | "pull" | "add" | "filter" | "accounts" | "desktop";

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Whether this is a machine whose shortcuts use the Command key. */
export const onMac: boolean = /mac/i.test(navigator.platform);

/**
 * The command of a key press, if it has one.
 *
 * Ctrl+R syncs too: it is the hand's habit for "get what is new", and the web view would reload the page.
 */
export function commandOf(pressed: Pressed, mac = onMac): Command | null {
  const modifier = mac ? pressed.metaKey && !pressed.ctrlKey : pressed.ctrlKey && !pressed.metaKey;
  if (!modifier || pressed.altKey) return null;
  switch ((pressed.shiftKey ? "shift+" : "") + pressed.key.toLowerCase()) {
    case "s":
    case "r":
      return "sync";
    case "shift+p":
      return "push";
    case "shift+l":
      return "pull";
    case "n":
      return "add";
    case "f":
      return "filter";
    case "shift+a":
      return "accounts";
    case ",":
      return "desktop";
    default:
      return null;
  }
}

const SHOWN: Record<Command, [shift: boolean, key: string]> = {
  sync: [false, "S"],
  push: [true, "P"],
  pull: [true, "L"],
  add: [false, "N"],
  filter: [false, "F"],
  accounts: [true, "A"],
  desktop: [false, ","],
};

/** A shortcut as it is written on this system: "Ctrl+Shift+P", "⇧⌘P". */
export function shortcut(command: Command, mac = onMac): string {
  const [shift, key] = SHOWN[command];
  return mac ? `${shift ? "⇧" : ""}⌘${key}` : `Ctrl+${shift ? "Shift+" : ""}${key}`;
}
