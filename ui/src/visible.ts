// Text from strangers, as it may be shown: what would hide, or turn the writing around, is written out. Names,
// paths, hosts and messages come from commits, files and servers, and one that shows as another deceives whoever
// decides by it. The engine does the same for the terminal (`visible.rs`).

/** Can't be seen, or changes how its neighbours are shown. In an emoji, a joiner does neither. */
const DECEIVES =
  /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d|\u200d(?!\p{Extended_Pictographic})/u;
const ALL = new RegExp(DECEIVES, "gu");

/**
 * Where every pair of letters has a kerning, as in the window's font, a line can end nowhere without setting all the
 * rest of the word anew: for 10,000 letters, that is a second. A word of this length is set without.
 */
const LONG_WORD = /\S{256}/;

const SHOWN_IN = ["title", "aria-label", "aria-description", "placeholder", "alt"];

/** The text with each such character as its number: `⟨U+202E⟩`. */
export function visible(text: string): string {
  if (!DECEIVES.test(text)) return text;
  return text.replace(ALL, (found) => `⟨U+${number(found)}⟩`);
}

const number = (character: string) =>
  character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0") ?? "";

/**
 * Keeps every text below `root` visible, whoever puts it there and whenever, before it is painted. What is typed
 * into stays as it is: an editor shows such characters by itself.
 */
export function keepVisible(root: Element): () => void {
  const observer = new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === "childList") addedNodes.forEach(mend);
      else if (target instanceof Element) mendAttributes(target);
      else mendText(target);
    }
  });
  mend(root);
  observer.observe(root, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: SHOWN_IN,
  });
  return () => observer.disconnect();
}

function mend(node: Node): void {
  if (!(node instanceof Element)) return mendText(node);
  mendAttributes(node);
  for (const inner of node.querySelectorAll(
    "[title], [aria-label], [aria-description], [placeholder], [alt]",
  ))
    mendAttributes(inner);
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) mendText(texts.currentNode);
}

function mendText(node: Node): void {
  const text = node.nodeValue;
  if (text === null) return;
  const [isLong, deceives] = [LONG_WORD.test(text), DECEIVES.test(text)];
  if (!isLong && !deceives) return;
  if (node.parentElement?.closest("[contenteditable], textarea, script, style")) return;
  if (isLong) node.parentElement?.setAttribute("data-long-word", "");
  if (deceives) node.nodeValue = visible(text);
}

function mendAttributes(element: Element): void {
  for (const name of SHOWN_IN) {
    const text = element.getAttribute(name);
    if (text !== null && DECEIVES.test(text)) element.setAttribute(name, visible(text));
  }
}
