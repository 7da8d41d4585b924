/** What the keyboard can ask for on the main screen. */
export type Command =
  | "sync"
  | "push"
  | "pull"
  | "add"
  | "filter"
  | "accounts"
  | "desktop"
  | "palette"
  | "shortcuts"
  | "overview"
  | "dashboard"
  | "topology"
  | "resources"
  | "changes"
  | "zoomIn"
  | "zoomOut"
  | "zoomReset";

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Whether this is a machine whose shortcuts use the Command key. */
export const onMac: boolean = /mac/i.test(navigator.platform);

/**
 * The keys of each command, pressed with Ctrl or the Command key; the first is the one that is shown. A
 * capital letter is pressed with Shift. A sign is taken with Shift and without: where it is on a keyboard
 * differs.
 *
 * Ctrl+R syncs too: it is the hand's habit for "get what is new", and the web view would reload the page.
 */
const KEYS: Record<Command, readonly string[]> = {
  sync: ["s", "r"],
  push: ["P"],
  pull: ["L"],
  add: ["n"],
  filter: ["f"],
  accounts: ["A"],
  desktop: [","],
  palette: ["k"],
  shortcuts: ["/", "?"],
  overview: ["O"],
  dashboard: ["1"],
  topology: ["2"],
  resources: ["3"],
  changes: ["4"],
  zoomIn: ["+", "="],
  zoomOut: ["-", "_"],
  zoomReset: ["0"],
};

/** The commands that any screen has, also a dialog. */
export type ZoomCommand = "zoomIn" | "zoomOut" | "zoomReset";

/** Whether a command is of those. */
export function isZoom(command: Command): command is ZoomCommand {
  return command.startsWith("zoom");
}

const COMMANDS = Object.keys(KEYS) as Command[];
const isLetter = (key: string) => /^[a-z]$/i.test(key);

/** The command of a key press, if it has one. */
export function commandOf(pressed: Pressed, mac = onMac): Command | null {
  const modifier = mac ? pressed.metaKey && !pressed.ctrlKey : pressed.ctrlKey && !pressed.metaKey;
  if (!modifier || pressed.altKey) return null;
  const { key } = pressed;
  const said = isLetter(key) ? (pressed.shiftKey ? key.toUpperCase() : key.toLowerCase()) : key;
  return COMMANDS.find((command) => KEYS[command].includes(said)) ?? null;
}

/** A shortcut as it is written on this system: "Ctrl+Shift+P", "⇧⌘P". */
export function shortcut(command: Command, mac = onMac): string {
  const key = KEYS[command][0] ?? "";
  const shift = isLetter(key) && key === key.toUpperCase();
  return mac
    ? `${shift ? "⇧" : ""}⌘${key.toUpperCase()}`
    : `Ctrl+${shift ? "Shift+" : ""}${key.toUpperCase()}`;
}

/** Every shortcut in words, in the order of their list. */
export const SHORTCUTS: readonly { title: string; keys: readonly (readonly [Command, string])[] }[] = [
  {
    title: "The open fabric",
    keys: [
      ["sync", "Sync"],
      ["pull", "Pull"],
      ["push", "Push"],
      ["dashboard", "Dashboard"],
      ["topology", "Topology"],
      ["resources", "Resources"],
      ["changes", "Changes"],
    ],
  },
  {
    title: "Fabrics",
    keys: [
      ["overview", "Overview of all fabrics"],
      ["filter", "Filter the fabrics"],
      ["add", "Add a fabric"],
    ],
  },
  {
    title: "The window",
    keys: [
      ["palette", "Find a command or a fabric"],
      ["accounts", "Accounts"],
      ["desktop", "Settings"],
      ["shortcuts", "Keyboard shortcuts"],
      ["zoomIn", "Larger"],
      ["zoomOut", "Smaller"],
      ["zoomReset", "Usual size"],
    ],
  },
];
