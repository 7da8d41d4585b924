import type { EditorView, KeyBinding } from "@codemirror/view";

/** How long after Escape a Tab leaves an editor. */
const LEAVE_MS = 2_000;

/**
 * Escape lets the next Tab leave the editor. It is for the end of a keymap: what is open closes first, and
 * without it the dialog around would close.
 */
export const leave: KeyBinding = {
  key: "Escape",
  run: (view: EditorView) => {
    view.setTabFocusMode(LEAVE_MS);
    return true;
  },
};
