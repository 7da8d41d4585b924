// All of CodeMirror that the window uses. Loaded when somebody writes, so that the start does without it.
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  HighlightStyle,
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Text } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Finding, SchemaField } from "../../bindings";
import { fieldAt, offersAt, typeWord, type Offer } from "./offers";
import { Schema } from "./schemaPath";
import { lineOf, placeAt } from "./yamlPlace";

/** As many names as can be looked through. */
export const MOST_NAMES = 200;

export interface EditorOptions {
  parent: HTMLElement;
  text: string;
  /** What a screen reader calls it. */
  label: string;
  onchange: (text: string) => void;
  schemaOf: (kind: string) => Promise<SchemaField[]>;
  /** At most `MOST_NAMES` names of objects of a kind that have a text in them. */
  named: (kind: string, part: string) => Promise<string[]>;
}

export interface YamlEditor {
  /** Puts another text in place of all of it; it can be undone. */
  setText(text: string): void;
  /** Marks what is wrong. */
  setFindings(findings: readonly Finding[]): void;
  focus(): void;
  destroy(): void;
}

/** How long after Escape a Tab leaves the editor. */
const LEAVE_MS = 2_000;

function leave(view: EditorView): boolean {
  view.setTabFocusMode(LEAVE_MS);
  return true;
}

export function yamlEditor({ parent, text, label, onchange, schemaOf, named }: EditorOptions): YamlEditor {
  /** The schema of the object that is written; its kind may be written too. */
  async function schemaFor(text: string): Promise<Schema | null> {
    const kind = /^kind:\s*["']?([A-Za-z0-9]+)/m.exec(text)?.[1];
    try {
      return kind === undefined ? null : new Schema(await schemaOf(kind));
    } catch {
      // Writing goes on without help.
      return null;
    }
  }

  async function complete(context: CompletionContext): Promise<CompletionResult | null> {
    const text = context.state.doc.toString();
    const place = placeAt(text, context.pos);
    if (place === null || (place.word === "" && !context.explicit && place.is === "key")) return null;
    const schema = await schemaFor(text);
    if (schema === null || context.aborted) return null;
    const { known, refers } = offersAt(place, schema);
    const names = refers === null ? [] : await named(refers, place.word.split("/")[0] ?? "").catch(() => []);
    const isKey = place.is === "key";
    const options = [
      ...known.map(completion),
      ...names.map((name) => ({
        label: name,
        type: "constant",
        detail: refers ?? "",
        apply: isKey ? `${name}: ` : name,
      })),
    ];
    if (options.length === 0) return null;
    // Where there are more names than were given, each letter asks for those that fit it.
    const isWhole = names.length < MOST_NAMES;
    return { from: place.from, options, ...(isWhole ? { validFor: /^[\w./-]*$/ } : {}) };
  }

  const hover = hoverTooltip(async (view, pos) => {
    const text = view.state.doc.toString();
    const line = view.state.doc.lineAt(pos);
    const parts = lineOf(line.text);
    if (parts === null || pos - line.from < parts.column) return null;
    // The end of the line's value is in the same field as its key.
    const place = placeAt(text, line.from + (parts.key === null ? line.length : parts.valueAt));
    const schema = place && (await schemaFor(text));
    const field = schema && fieldAt(place, place.key, schema);
    if (!field) return null;
    return {
      pos: line.from + parts.column,
      end: line.to,
      above: true,
      create: () => ({ dom: help(field) }),
    };
  });

  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        codeFolding(),
        lintGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        EditorView.lineWrapping,
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        search({ top: true }),
        yaml(),
        syntaxHighlighting(colours),
        look,
        hover,
        autocompletion({ override: [complete], icons: false }),
        keymap.of([
          // Tab takes what is offered, or indents; Escape and then Tab leaves.
          { key: "Tab", run: acceptCompletion },
          { key: "Tab", run: indentMore, shift: indentLess },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...defaultKeymap,
          // What is open closes first; then it would close the dialog around, and the Tab never come.
          { key: "Escape", run: leave },
        ]),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onchange(update.state.doc.toString());
          // Behind a colon the values are offered at once.
          const typed = update.transactions.some((one) => one.isUserEvent("input"));
          if (typed && /: $/.test(before(update.state))) startCompletion(update.view);
        }),
      ],
    }),
  });

  return {
    setText: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    setFindings: (findings) => {
      view.dispatch(setDiagnostics(view.state, diagnostics(view.state.doc, findings)));
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function before(state: EditorState): string {
  const { head } = state.selection.main;
  return state.doc.sliceString(state.doc.lineAt(head).from, head);
}

const completion = (offer: Offer): Completion => ({
  label: offer.label,
  apply: offer.text,
  detail: offer.detail,
  type: "property",
  boost: offer.required ? 1 : 0,
  ...(offer.doc === "" ? {} : { info: offer.doc }),
});

/** What a field is for, as it is shown over it. */
function help(field: SchemaField): HTMLElement {
  const box = document.createElement("div");
  box.className = "cm-help";
  const add = (name: string, text: string) => {
    if (text === "") return;
    const part = document.createElement("p");
    part.className = name;
    part.textContent = text;
    box.append(part);
  };
  add("cm-help-path", field.path);
  add("", field.doc);
  add("cm-help-soft", typeWord(field));
  add("cm-help-soft", field.values.length > 0 ? `One of ${field.values.join(", ")}` : "");
  return box;
}

/** Where each finding is underlined: from its column to the end of what stands there. */
function diagnostics(doc: Text, findings: readonly Finding[]): Diagnostic[] {
  const marks = findings.map((finding) => {
    const line = doc.line(Math.min(Math.max(finding.line ?? 1, 1), doc.lines));
    const indent = line.text.length - line.text.trimStart().length;
    const column = Math.min(finding.column === null ? indent : finding.column - 1, line.length);
    const end = line.text.trimEnd().length;
    // Where nothing stands, the whole line is meant.
    const from = line.from + (column < end ? column : Math.min(indent, end));
    const hint = finding.hint === null ? "" : ` ${finding.hint}`;
    const severity: Diagnostic["severity"] = finding.severity;
    return {
      from,
      to: Math.max(line.from + end, from),
      severity,
      message: `${finding.message}${hint}`,
      source: finding.code,
    };
  });
  return marks.sort((a, b) => a.from - b.from);
}

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--info)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--text-soft)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ok)" },
  { tag: [tags.keyword, tags.meta, tags.labelName, tags.typeName], color: "var(--warning)" },
  { tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: "var(--text-soft)" },
]);

const tooltip = {
  border: "1px solid var(--line)",
  borderRadius: "var(--radius)",
  background: "var(--surface)",
  color: "var(--text)",
  boxShadow: "var(--shadow)",
  fontFamily: "var(--sans)",
  overflow: "hidden",
};

const look = EditorView.theme({
  "&": { height: "100%", background: "var(--surface)", color: "var(--text)", fontSize: "var(--size-small)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "18px" },
  ".cm-content": { caretColor: "var(--text)", userSelect: "text", WebkitUserSelect: "text", cursor: "text" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { background: "var(--surface)", color: "var(--text-soft)", border: "none" },
  ".cm-activeLine": { background: "color-mix(in srgb, var(--hover) 60%, transparent)" },
  ".cm-activeLineGutter": { background: "var(--hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--selected)",
  },
  ".cm-selectionMatch": { background: "var(--warning-soft)" },
  ".cm-searchMatch": { background: "var(--warning-soft)", outline: "1px solid var(--warning)" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--hover)", outline: "1px solid var(--line-strong)" },
  ".cm-foldPlaceholder": { background: "var(--sunken)", border: "none", color: "var(--text-soft)" },
  ".cm-panels": {
    background: "var(--page)",
    color: "var(--text)",
    borderColor: "var(--line)",
    fontFamily: "var(--sans)",
  },
  ".cm-textfield": {
    background: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
    color: "var(--text)",
    fontSize: "var(--size-small)",
  },
  ".cm-button": {
    background: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
    color: "var(--text)",
    fontSize: "var(--size-small)",
  },
  ".cm-tooltip": tooltip,
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "240px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", lineHeight: "18px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--selected)",
    color: "var(--text)",
  },
  ".cm-completionDetail": { marginLeft: "12px", fontStyle: "normal", color: "var(--text-soft)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo": { ...tooltip, maxWidth: "320px", padding: "6px 10px" },
  ".cm-help": { maxWidth: "420px", padding: "6px 10px" },
  ".cm-help p": { margin: "0" },
  ".cm-help-path": { fontFamily: "var(--mono)", fontSize: "var(--size-small)", fontWeight: "600" },
  ".cm-help-soft": { color: "var(--text-soft)" },
  ".cm-diagnostic": { padding: "4px 10px", borderLeftWidth: "3px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--danger)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warning)" },
  ".cm-diagnosticSource": { fontSize: "var(--size-small)", opacity: "1", color: "var(--text-soft)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--danger)",
    textDecorationSkipInk: "none",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--warning)",
    textDecorationSkipInk: "none",
  },
});
