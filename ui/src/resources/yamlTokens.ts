/** A piece of a line of YAML, by how it is coloured. */
export interface Token {
  is: "key" | "comment" | "text";
  text: string;
}

/** A key at the beginning of a line, after any dashes: plain or in quotes. */
const KEY = /^(\s*(?:-\s+)*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#"'{}[\],&*!|>%@`-][^#:]*?|[^\s#:]+?)(:)(?=\s|$)/;

/** The pieces of a line. It is for the eye only: a line of a block of text may look like a key. */
export function tokens(line: string): Token[] {
  const found: Token[] = [];
  const push = (is: Token["is"], text: string) => {
    if (text !== "") found.push({ is, text });
  };
  const key = KEY.exec(line);
  let rest = line;
  if (key) {
    push("text", key[1] ?? "");
    push("key", (key[2] ?? "") + (key[3] ?? ""));
    rest = line.slice(key[0].length);
  }
  const comment = commentAt(rest, found.length === 0);
  push("text", comment === -1 ? rest : rest.slice(0, comment));
  if (comment !== -1) push("comment", rest.slice(comment));
  return found;
}

/** Where a comment begins: a `#` at the line's beginning or after a space, outside of quotes. */
function commentAt(text: string, atBeginning: boolean): number {
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== "") {
      if (char === "\\" && quote === '"') at++;
      else if (char === quote) quote = "";
    } else if ((char === '"' || char === "'") && /^[\s:[{,-]*$/.test(text.slice(0, at))) quote = char;
    else if (char === "#" && (at === 0 ? atBeginning : /\s/.test(text.charAt(at - 1)))) return at;
  }
  return -1;
}
