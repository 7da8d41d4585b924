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
import type { Finding, SchemaField } from "../../bindings";
import { leave } from "./leave";
import { colours, look } from "./look";
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
          leave,
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
