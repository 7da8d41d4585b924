// Every text of the engine's was written by somebody who means harm: on every screen it is text, shows as what it
// is, and breaks nothing. The page runs under the window's own policy.
import { expect, test, type Page } from "@playwright/test";
import configuration from "../../tauri.conf.json" with { type: "json" };
import { expectNoSidewaysScroll } from "./checks";
import { open } from "./open";
import { SCREENS } from "./screens";

const POLICY = configuration.app.security.csp;

/** Nothing of it is what strangers wrote. */
const OWN = new Set(["shortcuts"]);

/** Serves the page as the window does, and notes all that the page must not do. */
async function watched(page: Page): Promise<string[]> {
  const wrong: string[] = [];
  await page.route("**/e2e/app.html*", async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      headers: { ...response.headers(), "content-security-policy": POLICY },
    });
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
      console.error(`policy: ${violatedDirective} ${blockedURI} ${sample}`),
    );
  });
  page.on("dialog", (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (popup) => wrong.push(`a window: ${popup.url()}`));
  page.on("pageerror", (error) => wrong.push(`an error: ${error.message.slice(0, 300)}`));
  page.on("console", (said) => {
    if (said.type() === "error") wrong.push(`said: ${said.text().slice(0, 300)}`);
  });
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== "data:" && protocol !== "blob:" && hostname !== "127.0.0.1")
      wrong.push(`a request: ${request.url().slice(0, 200)}`);
  });
  return wrong;
}

/** What was made of texts, and what of them does not show. */
async function made(page: Page) {
  return page.evaluate(() => {
    const deceives =
      // eslint-disable-next-line no-control-regex
      /[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
    const typed = "[contenteditable], textarea, script, style";
    const elements: string[] = [];
    const hidden: string[] = [];
    let text = "";
    for (const element of document.querySelectorAll("*")) {
      const { tagName } = element;
      const name = tagName.toLowerCase();
      // The editor puts pictures of nothing beside what it draws in place of such characters.
      const nothing = element.matches("img.cm-widgetBuffer:not([src], [srcset])");
      if (
        ["img", "iframe", "object", "embed", "base", "meta", "link"].includes(name) &&
        element.closest("body") &&
        !nothing
      )
        elements.push(element.outerHTML.slice(0, 200));
      if (name === "script" && !element.getAttribute("src")) elements.push("a script");
      const href =
        element.getAttribute("href") ?? element.getAttribute("src") ?? element.getAttribute("action");
      const asset = href?.startsWith(`${location.origin}/assets/`) && element.closest("head");
      if (href !== null && !asset && !/^(#|\.?\/|data:image\/)/.test(href))
        elements.push(`${name} to ${href.slice(0, 100)}`);
      for (const attribute of element.getAttributeNames()) {
        if (attribute.startsWith("on")) elements.push(`${name} ${attribute}`);
        const value = element.getAttribute(attribute) ?? "";
        const shown = ["title", "aria-label", "aria-description", "placeholder", "alt"].includes(attribute);
        if (shown && deceives.test(value))
          hidden.push(`${name} ${attribute}: ${JSON.stringify(value.slice(0, 80))}`);
      }
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement?.closest(typed)) continue;
      text += node.nodeValue ?? "";
      if (deceives.test(node.nodeValue ?? "")) hidden.push(JSON.stringify(node.nodeValue?.slice(0, 80)));
    }
    return { elements, hidden, text, hacked: "__hacked" in window };
  });
}

for (const screen of SCREENS) {
  test(`${screen.name} of a stranger`, async ({ page }) => {
    if (screen.huge) test.slow();
    const wrong = await watched(page);
    await open(page, screen, { hostile: screen.huge ? "short" : "long" });
    const before = await made(page);
    expect(before.elements).toEqual([]);
    expect(before.hidden.slice(0, 10)).toEqual([]);
    // Whatever would begin under the pointer, begins.
    for (const [x, y] of [
      [300, 120],
      [640, 300],
      [900, 500],
    ] as const)
      await page.mouse.move(x, y);
    await expectNoSidewaysScroll(page);
    const after = await made(page);
    expect(after.hacked).toBe(false);
    expect(after.elements).toEqual([]);
    expect(wrong).toEqual([]);
    const isShown = after.text.includes("onerror=");
    expect.soft(isShown || screen.still || OWN.has(screen.name) || screen.scene === "empty").toBe(true);
    if (isShown) expect(after.text).toContain("⟨U+202E⟩");
  });
}
