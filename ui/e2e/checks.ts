// What must be true of every screen, measured in the browser.
import { expect, type Page } from "@playwright/test";

const AXE = new URL("../node_modules/axe-core/axe.min.js", import.meta.url).pathname;

/** How many stops of the Tab key are looked at. */
const STOPS = 24;

interface Broken {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}

/** No rule of axe is broken, colours included. */
export async function expectAccessible(page: Page, only?: string): Promise<void> {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: AXE });
  const violations = await page.evaluate(async (rule) => {
    const { axe } = window as unknown as {
      axe: { run: (root: Document, options: object) => Promise<{ violations: unknown[] }> };
    };
    const rules = rule === undefined ? {} : { runOnly: { type: "rule", values: [rule] } };
    return (await axe.run(document, { resultTypes: ["violations"], ...rules })).violations;
  }, only);
  const told = (violations as Broken[]).map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary ?? ""} (${nodes.length} in all)`,
  );
  expect(told).toEqual([]);
}

/** Nothing is wider than the window, and nothing that scrolls up and down scrolls sideways as well. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    // What waits to be hovered for takes room that nobody sees.
    const tips = document.head.appendChild(document.createElement("style"));
    tips.textContent = "[role=tooltip] { display: none !important }";
    const { scrollWidth, clientWidth } = document.documentElement;
    const page = scrollWidth > clientWidth ? [`the page: ${scrollWidth} in ${clientWidth}`] : [];
    const boxes = [...document.querySelectorAll<HTMLElement>("body *")].filter((box) => {
      const style = getComputedStyle(box);
      const scrolls = style.overflowX === "auto" || style.overflowX === "scroll";
      // A text that keeps its lines and a table may be wider than their box; a box of controls may not.
      return scrolls && box.scrollWidth > box.clientWidth + 1 && box.closest("pre, [data-sideways]") === null;
    });
    const found = [...page, ...boxes.map((box) => `${box.tagName}.${box.className}: ${box.scrollWidth}`)];
    tips.remove();
    return found;
  });
  expect(wide).toEqual([]);
}

/** Each stop of the Tab key shows where it is, and is on the screen. */
export async function expectVisibleFocus(page: Page): Promise<void> {
  const unseen: string[] = [];
  let seen = 0;
  for (let stops = 0; stops < STOPS; stops++) {
    // An editor keeps the Tab for itself, but for the one after Escape.
    if (await page.evaluate(() => document.activeElement?.matches("[contenteditable]")))
      await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const holds = document.activeElement;
      if (!(holds instanceof HTMLElement) || holds === document.body) return null;
      // A grid has the focus for one of its rows.
      const marked = holds.matches("[role=grid]") ? holds.getAttribute("aria-activedescendant") : null;
      const row = document.getElementById(marked ?? "");
      // The frame of an editor shows the focus for the text in it, and so does that of the palette's field.
      const frame = holds.matches("[contenteditable], dialog [role=combobox]")
        ? holds.closest<HTMLElement>(".field")
        : null;
      const at = row ?? frame ?? holds;
      const { outlineStyle, outlineWidth } = getComputedStyle(at);
      const { left, top, right, bottom, width, height } = at.getBoundingClientRect();
      const inside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
      const shown = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      return shown && inside && width > 0 && height > 0 ? "" : at.outerHTML.slice(0, 160);
    });
    // The page's own beginning and end are stops as well.
    if (stop === null && seen > 0) break;
    if (stop !== null) seen++;
    if (stop) unseen.push(stop);
  }
  expect(unseen).toEqual([]);
  expect(seen, "nothing can be reached by keyboard").toBeGreaterThan(0);
}

/** Every control can be brought into sight whole, with its text. */
export async function expectNothingCut(page: Page): Promise<void> {
  const cut = await page.evaluate(() => {
    const modal = document.querySelector("dialog[open]");
    const controls = (modal ?? document).querySelectorAll<HTMLElement>(
      "button, input, select, textarea, a[href], [role=switch], summary",
    );
    const name = (control: HTMLElement) =>
      control.getAttribute("aria-label") ?? (control.textContent?.trim() || control.outerHTML.slice(0, 80));
    const told: string[] = [];
    for (const control of controls) {
      if (control.getClientRects().length === 0 || control.closest("[hidden], .said")) continue;
      control.scrollIntoView({ block: "nearest", inline: "nearest" });
      const { left, top, right, bottom, height } = control.getBoundingClientRect();
      const tall = height > innerHeight;
      if (left < -1 || right > innerWidth + 1 || (!tall && (top < -1 || bottom > innerHeight + 1)))
        told.push(
          `${name(control)}: outside, ${Math.round(left)}–${Math.round(right)}, ${Math.round(top)}–${Math.round(bottom)}`,
        );
      const wraps = getComputedStyle(control).overflow === "hidden";
      if (control.tagName === "BUTTON" && !wraps && control.scrollWidth > control.clientWidth + 1)
        told.push(`${name(control)}: its text is wider than it is`);
      for (let box = control.parentElement; box && box !== document.body; box = box.parentElement) {
        // It lies over the page: nothing around it cuts it.
        if (box.tagName === "DIALOG") break;
        const style = getComputedStyle(box);
        if (style.overflowX === "visible") continue;
        const around = box.getBoundingClientRect();
        if (left < around.left - 1 || right > around.right + 1)
          told.push(`${name(control)}: cut by ${box.tagName}.${box.className}`);
      }
    }
    return told;
  });
  expect(cut).toEqual([]);
}
