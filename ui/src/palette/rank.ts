/** What a line of the palette is found by. */
export interface Findable {
  title: string;
  /** More words that it is found by, shown beside it or not. */
  also?: string;
}

/** How well a line answers to what was typed: the higher, the better; null where it does not. */
export function scoreOf(typed: string, line: Findable): number | null {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  let sum = 0;
  for (const word of words) {
    const inTitle = scoreOfWord(word, line.title);
    const beside = scoreOfWord(word, line.also ?? "");
    if (inTitle === null && beside === null) return null;
    // What stands beside it counts less than its own name.
    sum += Math.max(inTitle ?? 0, (beside ?? 0) / 2);
  }
  return sum;
}

function scoreOfWord(word: string, text: string): number | null {
  const all = text.toLowerCase();
  if (all.startsWith(word)) return 100;
  if (beginsAWord(word, all)) return 80;
  if (all.includes(word)) return 50;
  return isSpread(word, all) ? 20 : null;
}

function beginsAWord(word: string, text: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "")) return true;
  return false;
}

/** Its letters are all there, in their order. */
function isSpread(word: string, text: string): boolean {
  let from = 0;
  for (const letter of word) {
    const at = text.indexOf(letter, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

/** The lines that answer, the best first; those that answer alike in the order that they came. */
export function ranked<L extends Findable>(typed: string, lines: readonly L[]): L[] {
  return lines
    .map((line) => ({ line, score: scoreOf(typed, line) }))
    .filter((found): found is { line: L; score: number } => found.score !== null)
    .sort((a, b) => b.score - a.score)
    .map(({ line }) => line);
}
