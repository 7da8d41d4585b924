// Every screen and dialog of the window: the scene that it is in, and the way to it.
import { expect, type Page } from "@playwright/test";
import type { FakeTransport } from "../src/testing/fake";

export interface Screen {
  name: string;
  scene: string;
  /** Which one of the scene's family. */
  of?: string;
  /** The way to it, as a person would take it. */
  way?: (page: Page) => Promise<void>;
  /** In light and dark it must look as it did. The other pictures are for the eye only. */
  kept?: boolean;
  /** There is nothing to press yet. */
  still?: boolean;
  /** So much that axe takes seconds for it: it reads it once, and it has the same colours as the others. */
  huge?: boolean;
}

const press = (name: string | RegExp) => (page: Page) =>
  page
    .getByRole("button", { name, exact: typeof name === "string" })
    .first()
    .click();

/** Opens the fabric's menu and chooses there. */
const choose = (item: string) => async (page: Page) => {
  await press("More for this fabric")(page);
  await page.getByRole("menuitem", { name: item }).click();
};

/** Opens one of the fabric's screens, then goes on there. */
const tab =
  (name: string, then: (page: Page) => Promise<void> = async () => {}) =>
  async (page: Page) => {
    await page.getByRole("tab", { name }).click();
    await then(page);
  };

const drawn = tab("Topology", (page) => page.getByRole("group", { name: "Zoom" }).waitFor());

async function wiringListed(page: Page) {
  await drawn(page);
  await page.getByRole("button", { name: "List" }).click();
}

const listed = tab("Resources", (page) => page.getByRole("row").nth(3).waitFor());

async function anObject(page: Page) {
  await listed(page);
  await page.getByRole("row").nth(1).click();
  await page.getByRole("tab", { name: "Fields" }).waitFor();
}

async function editAnObject(page: Page) {
  await anObject(page);
  await press("Edit")(page);
  await page.getByRole("textbox", { name: /^Text of/ }).waitFor();
}

async function aNewObject(page: Page) {
  await listed(page);
  await press("New object…")(page);
  await page.getByRole("combobox", { name: "Kind" }).selectOption("Switch");
  await page.getByRole("textbox", { name: "Name" }).fill("leaf-09");
}

async function aCommit(page: Page) {
  await tab("Changes")(page);
  await page
    .getByRole("button", { name: /lab-1: ingest 3 objects/ })
    .first()
    .click();
}

const byKeys = (keys: string) => async (page: Page) => {
  await page.keyboard.press(keys);
  await page.getByRole("dialog").waitFor();
};

const help = (item: string) => async (page: Page) => {
  await press("Menu")(page);
  await page.getByRole("menuitem", { name: item }).click();
  await page.getByRole("dialog").waitFor();
};

/** Plays the engine: what it says comes from outside the page. */
const engine = (play: (engine: FakeTransport) => void) => (page: Page) =>
  page.evaluate(`(${play.toString()})(window.engine)`).then(() => {});

async function dragOver(page: Page) {
  await engine((engine) => engine.drag({ is: "over", count: 3 }))(page);
  await page.getByRole("status").filter({ hasText: "Drop to put 3 files" }).waitFor();
}

async function dropOnAll(page: Page) {
  await engine((engine) => engine.drag({ is: "dropped", names: ["leafs.yaml", "vpcs.yaml"] }))(page);
  await page.getByRole("dialog", { name: "Whose inbox?" }).waitFor();
}

async function followLink(page: Page) {
  const url = "https://git.example.net/net/fabrics.git";
  await page.evaluate(
    `window.engine.ask(${JSON.stringify({ is: "add", url, branch: null, directory: null })})`,
  );
  await page.getByRole("button", { name: "Look at it" }).waitFor();
}

const STATES = [
  "unknown",
  "notInitialised",
  "inSync",
  "localChanges",
  "ahead",
  "behind",
  "diverged",
  "conflicted",
  "needsAttention",
  "needsSignIn",
  "refusedByRule",
  "offline",
  "paused",
  "failed",
];
const KEPT_STATES = new Set(["inSync", "conflicted", "needsAttention", "refusedByRule", "offline"]);

async function addAnAccount(page: Page) {
  await press("Accounts")(page);
  await press("Add an account…")(page);
}

async function signInByCode(page: Page) {
  await press("Accounts")(page);
  await press("Sign in to GitHub…")(page);
  await press("Get a code")(page);
  await page.getByText("WDJB-MJHT").waitFor();
}

async function foundSource(page: Page) {
  await press("Add a fabric")(page);
  await press("Choose…")(page);
  await page.getByLabel("Branch").waitFor();
}

async function settle(page: Page) {
  await press("Settle conflicts…")(page);
  await page.getByRole("radiogroup").first().waitFor();
}

async function compareAsText(page: Page) {
  await settle(page);
  await press(/^Compare and edit as text/)(page);
  await page.getByRole("group", { name: "Changes on the remote" }).waitFor();
}

async function writeByHand(page: Page) {
  await compareAsText(page);
  await press("Write it by hand…")(page);
  await page.getByRole("textbox", { name: "The file as it will be" }).waitFor();
}

async function syncAll(page: Page) {
  await press("All fabrics")(page);
  await page.getByRole("menuitem", { name: "Sync all" }).click();
  await press("Show what came of each")(page);
}

const runShown = (page: Page) => page.getByRole("progressbar").first().waitFor();

async function syncMany(page: Page) {
  await page.keyboard.press("ControlOrMeta+a");
  await page.getByRole("checkbox", { name: "Select dub-pod-4" }).click();
  const bar = page.getByRole("group", { name: "Commands for the selected fabrics" });
  await bar.getByRole("button", { name: "Sync", exact: true }).click();
  await bar.getByText(/^Sync: 3 done/).waitFor();
}

/** Each of the 300 is there, and once. */
const allThere = async (page: Page) => {
  const lines = page.locator("[data-fabric]");
  await lines.nth(299).waitFor({ state: "attached" });
  const names = await lines.evaluateAll((all) => all.map((line) => (line as HTMLElement).dataset.fabric));
  expect(new Set(names).size).toBe(300);
};

const filterAway = (page: Page) => page.getByRole("searchbox").last().fill("nowhere");

export const SCREENS: Screen[] = [
  { name: "empty", scene: "empty", kept: true },
  { name: "loading", scene: "loading", still: true },
  { name: "error", scene: "error", kept: true },
  ...STATES.map((of): Screen => ({ name: `dashboard-${of}`, scene: "state", of, kept: KEPT_STATES.has(of) })),
  { name: "first-fabric", scene: "first" },
  {
    name: "running",
    scene: "running",
    way: (page) => page.getByRole("progressbar").waitFor(),
    kept: true,
  },
  {
    name: "run-of-the-log",
    scene: "state",
    of: "inSync",
    way: press(/Failed: *Sync/),
  },
  { name: "preview", scene: "inbox", way: press("Preview"), kept: true },
  { name: "findings", scene: "inbox", way: press("Show findings"), kept: true },
  { name: "move-file", scene: "inbox", way: press(/^Move to unmanaged/) },
  { name: "discard-file", scene: "inbox", way: press(/^Delete/) },
  { name: "conflicts", scene: "conflicts", way: settle, kept: true },
  { name: "conflict-as-text", scene: "conflicts", way: compareAsText },
  { name: "conflict-by-hand", scene: "conflicts", way: writeByHand },
  { name: "undo", scene: "state", of: "inSync", way: choose("Undo last change…"), kept: true },
  { name: "settings", scene: "state", of: "inSync", way: choose("Settings…"), kept: true },
  { name: "webhook", scene: "state", of: "inSync", way: choose("Webhook…") },
  { name: "structure", scene: "state", of: "inSync", way: choose("Check structure…"), kept: true },
  { name: "rules", scene: "state", of: "inSync", way: choose("Rules…"), kept: true },
  { name: "remove", scene: "state", of: "inSync", way: choose("Remove from the list…") },
  { name: "propose", scene: "state", of: "refusedByRule", way: press("Open pull request…"), kept: true },
  { name: "sign-in", scene: "state", of: "needsSignIn", way: press("Sign in…"), kept: true },
  { name: "host-key", scene: "hostKey", way: press("Check the key…") },
  { name: "unlock", scene: "locked", way: press("Unlock…") },
  { name: "accounts", scene: "state", of: "inSync", way: press("Accounts"), kept: true },
  { name: "add-account", scene: "state", of: "inSync", way: addAnAccount },
  { name: "github-sign-in", scene: "state", of: "inSync", way: signInByCode },
  { name: "desktop-settings", scene: "state", of: "inSync", way: press("Settings") },
  { name: "add", scene: "empty", way: press("Add a fabric") },
  { name: "add-found", scene: "empty", way: foundSource, kept: true },
  { name: "topology", scene: "topology", way: drawn, kept: true },
  { name: "topology-empty", scene: "topology", of: "empty", way: tab("Topology") },
  { name: "topology-loading", scene: "topology", of: "loading", way: tab("Topology") },
  { name: "topology-error", scene: "topology", of: "error", way: tab("Topology") },
  { name: "topology-huge", scene: "topology", of: "huge", way: drawn, huge: true },
  { name: "topology-list", scene: "topology", way: wiringListed },
  { name: "resources", scene: "resources", way: listed, kept: true },
  { name: "resources-empty", scene: "resources", of: "empty", way: tab("Resources") },
  { name: "resources-loading", scene: "resources", of: "loading", way: tab("Resources") },
  { name: "resources-error", scene: "resources", of: "error", way: tab("Resources") },
  { name: "resources-huge", scene: "resources", of: "huge", way: listed, huge: true },
  { name: "object", scene: "resources", way: anObject, kept: true },
  { name: "object-edit", scene: "resources", way: editAnObject, kept: true },
  { name: "object-new", scene: "resources", way: aNewObject },
  { name: "changes", scene: "changes", way: tab("Changes"), kept: true },
  { name: "changes-commit", scene: "changes", way: aCommit },
  { name: "changes-empty", scene: "changes", of: "empty", way: tab("Changes") },
  { name: "changes-loading", scene: "changes", of: "loading", way: tab("Changes") },
  { name: "changes-error", scene: "changes", of: "error", way: tab("Changes") },
  { name: "paste", scene: "inbox", way: press("Paste") },
  { name: "mend", scene: "inbox", way: press(/^Mend/) },
  { name: "palette", scene: "state", of: "inSync", way: byKeys("ControlOrMeta+k"), kept: true },
  { name: "shortcuts", scene: "state", of: "inSync", way: byKeys("ControlOrMeta+/") },
  { name: "log", scene: "state", of: "inSync", way: help("Log and support…"), kept: true },
  { name: "about", scene: "state", of: "inSync", way: help("About FGD Sync") },
  { name: "drop", scene: "state", of: "inSync", way: dragOver },
  { name: "choose-inbox", scene: "overview", of: "fine", way: dropOnAll },
  { name: "add-by-link", scene: "state", of: "inSync", way: followLink },
  { name: "all-runs", scene: "all", way: syncAll },
  { name: "huge", scene: "huge", huge: true },
  { name: "overview", scene: "overview", of: "some", way: runShown, kept: true },
  { name: "overview-selected", scene: "overview", of: "fine", way: syncMany, kept: true },
  { name: "overview-huge", scene: "overview", of: "huge", way: allThere, huge: true },
  { name: "overview-offline", scene: "overview", of: "offline" },
  { name: "overview-nothing-matches", scene: "overview", of: "fine", way: filterAway },
];
