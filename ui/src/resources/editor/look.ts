// How an editor of text looks, in the window's own tokens.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The colours of YAML. */
export const colours = HighlightStyle.define([
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

/** The window's own look. */
export const look = EditorView.theme({
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
