// The main paths with the keyboard alone: real key presses, no click, and the focus where it is expected.
import { expect, test, type Page } from "@playwright/test";
import { open } from "./open";

const STOPS = 80;

/** Presses Tab until the control of that name has the focus. */
async function tabTo(page: Page, name: string | RegExp, key: "Tab" | "Shift+Tab" = "Tab") {
  const reached: string[] = [];
  for (let stop = 0; stop < STOPS; stop++) {
    await page.keyboard.press(key);
    const at = await page.evaluate(() => {
      const here = document.activeElement as HTMLInputElement | null;
      if (!here || here === document.body) return "";
      return here.getAttribute("aria-label") ?? here.labels?.[0]?.innerText ?? here.innerText;
    });
    if (typeof name === "string" ? at.trim() === name : name.test(at.trim())) return;
    reached.push(at.trim());
  }
  throw new Error(`Tab does not reach ${name}, but ${[...new Set(reached)].join(" · ")}`);
}

/** What the engine was asked for, by command. */
const callsOf = (page: Page, command: string) =>
  page.evaluate((asked) => {
    const { engine } = window as unknown as { engine: { callsOf: (command: string) => unknown[][] } };
    return engine.callsOf(asked);
  }, command);

test("adds a fabric", async ({ page }) => {
  await open(page, { scene: "empty" });
  await page.keyboard.press("ControlOrMeta+n");
  await expect(page.getByRole("dialog", { name: "Add a fabric" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Folder" })).toBeFocused();
  await page.keyboard.type("/home/ada/git/fabric-config");
  await expect(page.getByText("Found a Git repository, 3 branches.")).toBeVisible();
  await tabTo(page, "Name");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("hall-3");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "hall-3" })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await callsOf(page, "addFabric")).toEqual([
    [
      {
        source: { from: "folder", path: "/home/ada/git/fabric-config" },
        name: "hall-3",
        branch: "main",
        directory: "fabrics/lab-1",
      },
    ],
  ]);
});

test("settles a conflict, field by field", async ({ page }) => {
  await open(page, { scene: "conflicts" });
  await tabTo(page, "Settle conflicts…");
  await page.keyboard.press("Enter");
  const role = page.getByRole("radiogroup", { name: "spec.role" });
  await expect(role.getByRole("radio", { name: "Before: server-leaf" })).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(role.getByRole("radio", { name: "Yours: border-leaf" })).toBeChecked();
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const description = page.getByRole("radiogroup", { name: "spec.description" });
  await expect(description.getByRole("radio", { name: "Remote: row 3" })).toBeChecked();
  await tabTo(page, "Finish");
  await page.keyboard.press("Enter");
  await expect.poll(() => callsOf(page, "resolve")).toHaveLength(1);
  const [[fabric, [decision]]] = (await callsOf(page, "resolve")) as [[string, [{ pick: unknown }]]];
  expect(fabric).toBe("lab");
  expect(decision.pick).toEqual({
    is: "fields",
    fields: { "spec.role": "ours", "spec.description": "theirs" },
    rest: null,
  });
});

test("undoes the last change, and comes back to where it was", async ({ page }) => {
  await open(page, { scene: "state", of: "inSync" });
  await tabTo(page, "More for this fabric");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Open inbox" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Undo last change…" })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Undo the last change?" });
  await expect(dialog.getByRole("button", { name: "Keep it" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("Undid “lab-1: ingest 2 objects”.").first()).toBeVisible();
  expect(await callsOf(page, "undo")).toEqual([["lab", "op-1"]]);
  await expect(page.getByRole("button", { name: "More for this fabric" })).toBeFocused();
});

// Chromium, and with it WebView2, closes a dialog on a second Escape by itself.
test("keeps a dialog that is at work, and asks before it throws text away, however often Escape is pressed", async ({
  page,
}) => {
  await open(page, { scene: "state", of: "inSync" });
  await tabTo(page, "More for this fabric");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.evaluate(() => {
    const { engine } = window as unknown as { engine: { answers: Record<string, unknown> } };
    engine.answers.undo = () => new Promise(() => undefined);
  });
  const undo = page.getByRole("dialog", { name: "Undo the last change?" });
  await tabTo(page, "Undo");
  await page.keyboard.press("Enter");
  await expect(undo.getByRole("button", { name: "Undoing…" })).toBeVisible();
  for (let presses = 0; presses < 4; presses++) await page.keyboard.press("Escape");
  await expect(undo).toBeVisible();

  await open(page, { scene: "state", of: "inSync" });
  await page.keyboard.press("ControlOrMeta+3");
  await page.getByRole("button", { name: "New object…" }).click();
  const written = page.getByRole("dialog", { name: /^New object/ });
  await written.getByLabel("Name", { exact: true }).fill("leaf-99");
  const question = page.getByRole("dialog", { name: "Throw away what you wrote?" });
  for (let presses = 0; presses < 3; presses++) {
    await page.keyboard.press("Escape");
    await expect(question).toBeVisible();
    await expect(written).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(question).toHaveCount(0);
    await expect(written).toBeVisible();
  }
});

test("syncs by its keys and by its button, and does not load the page anew", async ({ page }) => {
  await open(page, { scene: "state", of: "ahead" });
  await page.keyboard.press("ControlOrMeta+s");
  await expect.poll(() => callsOf(page, "sync")).toEqual([["lab"]]);
  await page.keyboard.press("ControlOrMeta+r");
  await expect.poll(() => callsOf(page, "sync")).toHaveLength(2);
  await tabTo(page, "Push 2 commits");
  await page.keyboard.press("Space");
  await expect.poll(() => callsOf(page, "push")).toEqual([["lab"]]);
});

test("leaves every dialog with Escape, the focus back where it was", async ({ page }) => {
  await open(page, { scene: "state", of: "inSync" });
  for (const name of ["Accounts", "Settings"]) {
    await tabTo(page, name);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(page.getByRole("button", { name, exact: true })).toBeFocused();
  }
});

test("selects many fabrics and syncs them", async ({ page }) => {
  await open(page, { scene: "overview", of: "fine" });
  await tabTo(page, "Select ams-pod-1");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("checkbox", { name: "Select ber-pod-2" })).toBeFocused();
  await page.keyboard.press("Shift+Space");
  const bar = page.getByRole("group", { name: "Commands for the selected fabrics" });
  await expect(bar.getByText("3 selected")).toBeVisible();
  await tabTo(page, "Sync", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(bar.getByText("Sync: 2 done, 1 could not be reached")).toBeVisible();
  expect((await callsOf(page, "sync")).flat().toSorted()).toEqual(["fabric-0", "fabric-1", "fabric-4"]);
});
