import { expect, it } from "vitest";
import { commandOf, shortcut } from "./keys";

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
});
