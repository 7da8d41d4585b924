// A text of one's own, written beside another version. Loaded when somebody writes.
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { indentUnit, syntaxHighlighting } from "@codemirror/language";
import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { leave } from "./leave";
import { colours, look } from "./look";

export interface MergeEditorOptions {
  parent: HTMLElement;
  /** What the writing begins with. */
  text: string;
  /** The other version: where the text differs from it is marked, and can be taken piece by piece. */
  other: string;
  /** What a screen reader calls it. */
  label: string;
  onchange: (text: string) => void;
}

export interface MergeEditor {
  focus(): void;
  destroy(): void;
}

export function mergeEditor({ parent, text, other, label, onchange }: MergeEditorOptions): MergeEditor {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        EditorView.lineWrapping,
        yaml(),
        syntaxHighlighting(colours),
        look,
        merging,
        unifiedMergeView({ original: other, mergeControls: control, syntaxHighlightDeletions: false }),
        keymap.of([
          { key: "Tab", run: indentMore, shift: indentLess },
          ...historyKeymap,
          ...defaultKeymap,
          leave,
        ]),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onchange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return { focus: () => view.focus(), destroy: () => view.destroy() };
}

/** The button that takes a piece of the other version; that mine stays needs none, since it stands there. */
function control(type: "reject" | "accept", action: (event: MouseEvent) => void): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cm-take";
  button.textContent = type === "reject" ? "Take the remote's" : "Keep this";
  button.addEventListener("mousedown", action);
  // Also by keyboard, where no mouse goes down.
  button.addEventListener("click", (event) => event.detail === 0 && action(event));
  return button;
}

const merging = EditorView.theme({
  ".cm-changedLine": { background: "var(--ok-soft)" },
  ".cm-changedText": { background: "none", textDecoration: "underline", textDecorationColor: "var(--ok)" },
  ".cm-deletedChunk": { background: "var(--danger-soft)", paddingLeft: "6px" },
  ".cm-deletedChunk .cm-deletedText": {
    background: "none",
    textDecoration: "line-through",
    textDecorationColor: "var(--danger)",
  },
  ".cm-deletedChunk .cm-chunkButtons": { insetInlineEnd: "8px" },
  ".cm-deletedChunk .cm-chunkButtons button.cm-take": {
    marginLeft: "4px",
    padding: "0 8px",
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
    background: "var(--surface)",
    color: "var(--text)",
    fontFamily: "var(--sans)",
    fontSize: "var(--size-small)",
  },
});
