/** A place in the text of an object, by what can be written there. */
export interface Place {
  /** The keys that lead to the mapping or the list that it is in; `[]` is an item of a list. */
  within: string[];
  /** A key of that mapping, the value of one, or an item of that list, which may become a mapping. */
  is: "key" | "value" | "item";
  /** The key whose value it is. */
  key: string | null;
  /** Where the word before the cursor begins, and the word itself. */
  from: number;
  word: string;
  /** The column in which the keys of the mapping stand. */
  indent: number;
  /** The other keys of the mapping. */
  siblings: string[];
}

/** A line, by its dashes and its key: where each stands. */
interface Line {
  dashes: number[];
  /** The column of what follows the dashes. */
  column: number;
  key: string | null;
  value: string;
  /** Where the value begins in the line. */
  valueAt: number;
}

const KEY = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#"'{}[\],&*!|>%@`-][^#]*?|-[^\s#][^#]*?)\s*:(\s+|$)/;
/** A comment or an empty line says nothing of where one is. */
const IDLE = /^\s*(#.*)?$/;
const DOCUMENT = /^(---|\.\.\.)(\s|$)/;

/** Takes a line apart; null where there is nothing in it. */
export function lineOf(text: string): Line | null {
  if (IDLE.test(text)) return null;
  let column = text.length - text.trimStart().length;
  const dashes: number[] = [];
  for (;;) {
    const dash = /^-(\s+|$)/.exec(text.slice(column));
    if (!dash) break;
    dashes.push(column);
    column += dash[0].length;
  }
  const key = KEY.exec(text.slice(column));
  const valueAt = column + (key?.[0].length ?? 0);
  return { dashes, column, key: key ? unquoted(key[1] ?? "") : null, value: text.slice(valueAt), valueAt };
}

/** Where in an object a place of its text is; null inside comments, blocks of text and flow collections. */
export function placeAt(text: string, offset: number): Place | null {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(start, offset);
  if (/(^|\s)#/.test(withoutQuotes(before)) || DOCUMENT.test(before)) return null;
  const line = lineOf(before);
  const column = line?.column ?? before.length;
  const rest = line?.key != null ? line.value : before.slice(column);
  // What is begun in braces is nobody's block.
  if (/^[[{]/.test(rest)) return null;
  const isValue = line?.key != null;
  const from = start + (isValue ? (line?.valueAt ?? 0) : column);
  const walk = ancestors(text.slice(0, start), column, line?.dashes ?? []);
  if (walk === null) return null;
  const isItem = !isValue && (line?.dashes.length ?? 0) > 0;
  return {
    within: walk.within,
    is: isValue ? "value" : isItem ? "item" : "key",
    key: line?.key ?? null,
    from,
    word: text.slice(from, offset),
    indent: column,
    siblings: [...walk.siblings, ...below(text, offset, column)],
  };
}

/** The keys and items that a place in this column lies in, and the keys beside it that stand above. */
function ancestors(
  above: string,
  column: number,
  dashes: number[],
): { within: string[]; siblings: string[] } | null {
  const within: string[] = [];
  const siblings: string[] = [];
  let need = column;
  let inList = false;
  for (const dash of [...dashes].reverse()) {
    within.unshift("[]");
    need = dash;
    inList = true;
  }
  const beside = within.length === 0;
  const lines = above.split("\n");
  for (let at = lines.length - 2; at >= 0; at--) {
    const raw = lines[at] ?? "";
    if (DOCUMENT.test(raw)) break;
    const line = lineOf(raw);
    if (line === null) continue;
    if (line.key !== null) {
      if (inList ? line.column <= need : line.column < need) {
        if (isBlock(line.value) || /^[[{]/.test(line.value)) return null;
        within.unshift(line.key);
        need = line.column;
        inList = false;
      } else if (!inList && line.column === need && beside && within.length === 0) siblings.push(line.key);
    }
    for (const dash of [...line.dashes].reverse()) {
      if (dash >= need) continue;
      // The line begins the item that the place is in, or one around it.
      if (!inList || dash < need) {
        within.unshift("[]");
        need = dash;
        inList = true;
      }
    }
    // At the top; above it are only keys of the object itself.
    if (need === 0 && !inList && within.length > 0) break;
  }
  return { within, siblings };
}

/** The keys of the same mapping that stand below a place. */
function below(text: string, offset: number, column: number): string[] {
  const end = text.indexOf("\n", offset);
  if (end === -1) return [];
  const keys: string[] = [];
  for (const raw of text.slice(end + 1).split("\n")) {
    if (DOCUMENT.test(raw)) break;
    const line = lineOf(raw);
    if (line === null) continue;
    const begins = line.dashes[0] ?? line.column;
    if (begins < column) break;
    if (line.dashes.length === 0 && line.column === column && line.key !== null) keys.push(line.key);
  }
  return keys;
}

const isBlock = (value: string) => /^[|>][-+\d]*\s*(#.*)?$/.test(value);
/** What is in quotes, which may be open still, holds no comment. An apostrophe in a word is no quote. */
const withoutQuotes = (text: string) =>
  text.replace(/(?<=^|[\s:[{,-])("(?:[^"\\]|\\.)*("|$)|'[^']*('|$))/g, "");

function unquoted(key: string): string {
  return /^(["']).*\1$/.test(key) ? key.slice(1, -1) : key;
}
