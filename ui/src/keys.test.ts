import { expect, it } from "vitest";
import { commandOf, SHORTCUTS, shortcut, type Command } from "./keys";

const press = (key: string, modifiers: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...modifiers,
});

it("knows the shortcuts of each system", () => {
  expect(commandOf(press("s", { ctrlKey: true }), false)).toBe("sync");
  expect(commandOf(press("r", { metaKey: true }), true)).toBe("sync");
  expect(commandOf(press("P", { ctrlKey: true, shiftKey: true }), false)).toBe("push");
  expect(commandOf(press("L", { ctrlKey: true, shiftKey: true }), false)).toBe("pull");
  expect(commandOf(press("n", { ctrlKey: true }), false)).toBe("add");
  expect(commandOf(press("A", { ctrlKey: true, shiftKey: true }), false)).toBe("accounts");
  expect(commandOf(press(",", { metaKey: true }), true)).toBe("desktop");
  expect(commandOf(press("k", { ctrlKey: true }), false)).toBe("palette");
  expect(commandOf(press("3", { ctrlKey: true }), false)).toBe("resources");
});

it("finds a sign wherever the keyboard has it", () => {
  expect(commandOf(press("+", { ctrlKey: true, shiftKey: true }), false)).toBe("zoomIn");
  expect(commandOf(press("=", { ctrlKey: true }), false)).toBe("zoomIn");
  expect(commandOf(press("/", { ctrlKey: true, shiftKey: true }), false)).toBe("shortcuts");
});

it("tells of every shortcut once, and each does what it is told to", () => {
  const told = SHORTCUTS.flatMap(({ keys }) => keys.map(([command]) => command));
  expect(new Set(told).size).toBe(told.length);
  const shown = told.map((command) => shortcut(command, false));
  expect(new Set(shown).size).toBe(shown.length);
  for (const command of told) {
    const parts = shortcut(command as Command, false).split("+");
    const key = parts.at(-1) === "" ? "+" : (parts.at(-1) ?? "");
    const shiftKey = parts.includes("Shift");
    expect(commandOf(press(key, { ctrlKey: true, shiftKey }), false)).toBe(command);
  }
});

it("leaves other keys alone", () => {
  expect(commandOf(press("s"), false)).toBeNull();
  expect(commandOf(press("s", { metaKey: true }), false)).toBeNull();
  expect(commandOf(press("s", { ctrlKey: true, altKey: true }), false)).toBeNull();
  expect(commandOf(press("c", { ctrlKey: true }), false)).toBeNull();
});

it("writes them as the system does", () => {
  expect(shortcut("push", false)).toBe("Ctrl+Shift+P");
  expect(shortcut("push", true)).toBe("⇧⌘P");
  expect(shortcut("zoomIn", false)).toBe("Ctrl++");
});
