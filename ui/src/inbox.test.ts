// Stories of the inbox: problems in the lines of their file, what can be done with a file, the preview.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FabricView } from "./bindings";
import {
  NOW,
  fabric,
  found,
  inbox,
  inboxText,
  largePreview,
  manyFindings,
  noDocuments,
  previewDocument,
  progress,
  status,
  unreachable,
} from "./testing/samples";
import { button, expectAccessible, open } from "./testing/window";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));

const LEAFS = "fabrics/lab-1/raw/leafs.yaml";
const troubled = (over: Partial<FabricView> = {}) =>
  fabric({ status: status("needsAttention"), inbox: inbox(2), ...over });
const said = (element: Element) => element.textContent?.replace(/\s+/g, " ").trim();
const section = () => within(screen.getByRole("region", { name: "Inbox" }));

describe("a file with problems", () => {
  afterEach(expectAccessible);

  it("shows each problem in the file's own lines, with the place marked", async () => {
    const { engine } = await open([troubled()]);
    const problems = within(section().getByRole("list", { name: "Problems in raw/leafs.yaml" }));
    expect(problems.getByText(`${LEAFS}:118:7`)).toBeTruthy();
    expect(problems.getByText("FGD-101")).toBeTruthy();
    expect(problems.getAllByText("Error")).toHaveLength(2);
    expect(problems.getByText("Close the bracket that was opened in line 112.")).toBeTruthy();
    const excerpt = within(problems.getByRole("list", { name: "Line 118 and around it" }));
    expect((await excerpt.findByText("{", { selector: "mark" })).closest("li")?.textContent).toMatch(
      /^118 +{name: E1\/7, speed: 25G},$/,
    );
    expect(excerpt.getAllByRole("listitem").map((line) => parseInt(line.textContent ?? ""))).toEqual([
      116, 117, 118, 119, 120,
    ]);
    expect(engine.callsOf("inboxText")).toEqual([["lab", LEAFS]]);
  });

  it("is read again when its problems change, and only then", async () => {
    const { engine } = await open([troubled()]);
    engine.say({ type: "fabric", data: troubled({ ahead: 1 }) });
    await waitFor(() => expect(button("Push 1 commit")).toBeTruthy());
    expect(engine.callsOf("inboxText")).toHaveLength(1);
    const [file, other] = inbox(2);
    const mended = { ...file!, ...found(file!.findings.slice(1)) };
    engine.say({ type: "fabric", data: troubled({ inbox: [mended, other!] }) });
    await waitFor(() => expect(engine.callsOf("inboxText")).toHaveLength(2));
  });

  it("opens by itself when a run found something in it", async () => {
    const { engine } = await open([fabric({ inbox: [{ ...inbox(1)[0]!, ...found([]) }] })]);
    expect(button(/raw\/leafs.yaml.*waits for the next sync/).getAttribute("aria-expanded")).toBe("false");
    engine.say({ type: "fabric", data: troubled() });
    expect(await screen.findByText(`${LEAFS}:118:7`)).toBeTruthy();
  });

  it("says why its text can't be shown, and shows its problems all the same", async () => {
    const { engine, user } = await open([troubled({ inbox: inbox(1) })]);
    const head = button(/^raw\/leafs.yaml/);
    await user.click(head);
    engine.answers.inboxText = () => {
      throw { code: "Io", message: "raw/leafs.yaml can't be read.", hint: "Check its permissions." };
    };
    await user.click(head);
    expect(await section().findByText("raw/leafs.yaml can't be read.")).toBeTruthy();
    expect(section().queryByRole("list", { name: /^Line/ })).toBeNull();
    expect(section().getByText("FGD-101")).toBeTruthy();
  });

  it("says where its text is cut off", async () => {
    const { engine, user } = await open([troubled({ inbox: inbox(1) })]);
    engine.answers.inboxText = () => inboxText({ text: "a: 1\n", truncated: true });
    const head = button(/^raw\/leafs.yaml/);
    await user.click(head);
    await user.click(head);
    expect(await section().findAllByText(/further down than the part/)).toHaveLength(3);
  });

  it("with 500 problems shows the first 20, and all when asked", async () => {
    const { user } = await open([troubled({ inbox: [{ ...inbox(1)[0]!, ...found(manyFindings(500)) }] })]);
    expect(button(/375 errors.*125 warnings/)).toBeTruthy();
    const problems = section().getByRole("list", { name: "Problems in raw/leafs.yaml" });
    expect(problems.children).toHaveLength(20);
    await user.click(button(/^Show all 500/));
    expect(problems.children).toHaveLength(500);
    await user.click(button(/^raw\/leafs.yaml/)); // What is closed is quick to check for access.
  });
});

describe("what can be done with a file", () => {
  afterEach(expectAccessible);

  it("is opened in the editor, and synced again", async () => {
    const { engine, user } = await open([troubled()]);
    await user.click(button("Open in editor: raw/leafs.yaml"));
    expect(engine.callsOf("openFile")).toEqual([["lab", LEAFS]]);
    await user.click(button("Retry: raw/leafs.yaml"));
    expect(engine.callsOf("sync")).toEqual([["lab"]]);
  });

  it("is moved to unmanaged, after saying what that means", async () => {
    const { engine, user } = await open([troubled()]);
    await user.click(button("Move to unmanaged: raw/leafs.yaml"));
    const dialog = within(screen.getByRole("dialog", { name: "Move this file to unmanaged?" }));
    expect(said(dialog.getByText(/Moves/))).toBe(
      "Moves raw/leafs.yaml whole to unmanaged/, where Argo CD and Flux do not look.",
    );
    await user.click(dialog.getByRole("button", { name: "Move to unmanaged" }));
    expect(engine.callsOf("moveToUnmanaged")).toEqual([["lab", LEAFS]]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("is deleted, after saying what that means", async () => {
    const { engine, user } = await open([troubled()]);
    await user.click(button("Delete: raw/leafs.yaml"));
    let dialog = within(screen.getByRole("dialog", { name: "Delete this file from the inbox?" }));
    expect(said(dialog.getByText(/Removes/))).toBe(
      "Removes raw/leafs.yaml from the inbox. Its text stays in this clone's Git store.",
    );
    await user.click(dialog.getByRole("button", { name: "Keep it" }));
    expect(engine.callsOf("discard")).toEqual([]);
    await user.click(button("Delete: raw/leafs.yaml"));
    dialog = within(screen.getByRole("dialog"));
    await user.click(dialog.getByRole("button", { name: "Delete" }));
    expect(engine.callsOf("discard")).toEqual([["lab", LEAFS]]);
  });

  it("does not wait for a run that is under way", async () => {
    const { engine, user } = await open([troubled()]);
    engine.say({ type: "progress", data: progress() });
    await screen.findByRole("progressbar", {}, { timeout: 2000 });
    expect(button("Retry: raw/leafs.yaml").getAttribute("aria-disabled")).toBe("true");
    await user.click(button("Delete: raw/leafs.yaml"));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
    expect(engine.callsOf("discard")).toEqual([["lab", LEAFS]]);
  });

  it("is there for a file without problems too", async () => {
    const { user } = await open([troubled()]);
    await user.click(button(/drop-1.yaml/));
    expect(button("Delete: raw/more/drop-1.yaml")).toBeTruthy();
  });
});

describe("the preview", () => {
  afterEach(expectAccessible);

  async function preview(answer?: () => unknown) {
    const opened = await open([troubled()]);
    if (answer) opened.engine.answers.preview = answer;
    await opened.user.click(button("Preview"));
    return { ...opened, dialog: within(screen.getByRole("dialog", { name: "Preview of a sync" })) };
  }

  it("says what would become of each document", async () => {
    const { dialog, engine } = await preview();
    await dialog.findByRole("heading", { name: "raw/leafs.yaml" });
    const [first, second] = dialog.getAllByRole("heading", { level: 3 });
    expect(first?.textContent, "what stays behind comes first").toBe("raw/leafs.yaml");
    expect(dialog.getByText("2 documents would stay in the inbox")).toBeTruthy();
    expect(second?.textContent).toBe("raw/servers.yaml");
    expect(dialog.getByText("would be kept as raw/servers.yaml.archived")).toBeTruthy();
    const row = dialog.getByText("Server server-07").closest("li");
    expect(row?.textContent).toMatch(/Created *Server server-07 *managed\/servers\/server-07.yaml/);
    expect(dialog.getByText(/Two files hold the Server server-03/)).toBeTruthy();
    expect(engine.callsOf("sync"), "looking does nothing").toEqual([]);
  });

  it("opens a change to its lines, and a rejection to its findings", async () => {
    const { dialog, user } = await preview();
    await user.click(await dialog.findByRole("button", { name: /Updated *Switch leaf-01/ }));
    const changes = within(dialog.getByRole("group", { name: "Changes" }));
    expect(changes.getByRole("deletion").textContent).toBe("  role: server-leaf");
    expect(changes.getByRole("insertion").textContent).toBe("  role: border-leaf # since the move");
    expect(changes.getByText("4 lines unchanged")).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: /Rejected *Switch Leaf_03/ }));
    expect(dialog.getByText("Use lower-case letters, digits and “-”.")).toBeTruthy();
  });

  it("shows only what became of some", async () => {
    const { dialog, user } = await preview();
    await user.click(await dialog.findByRole("button", { name: "Rejected 2" }));
    expect(dialog.getByRole("button", { name: "Rejected 2", pressed: true })).toBeTruthy();
    expect(dialog.queryByText("Server server-07")).toBeNull();
    expect(dialog.getByRole("button", { name: /Rejected *Switch Leaf_03/ })).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "All 8" }));
    expect(dialog.getByText("Server server-07")).toBeTruthy();
  });

  it("tells the items of a List apart, which stand in one document", async () => {
    const items = ["leaf-07", "leaf-08"].map((name) => previewDocument({ name }));
    const { dialog } = await preview(() => ({
      documents: { ...noDocuments, total: 2, created: 2 },
      files: [{ file: LEAFS, archivedTo: null, documents: items }],
      findings: [],
    }));
    expect(await dialog.findByText("Switch leaf-07")).toBeTruthy();
    expect(dialog.getByText("Switch leaf-08")).toBeTruthy();
  });

  it("goes on to the sync", async () => {
    const { dialog, engine, user } = await preview();
    await user.click(await dialog.findByRole("button", { name: "Sync now" }));
    expect(engine.callsOf("sync")).toEqual([["lab"]]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("says that the inbox is empty", async () => {
    const { dialog } = await preview(() => ({ documents: noDocuments, files: [], findings: [] }));
    expect(await dialog.findByText("The inbox is empty.")).toBeTruthy();
    expect(dialog.queryByRole("button", { name: "Sync now" })).toBeNull();
  });

  it("says that it is being worked out, why it can't be, and tries again", async () => {
    let answer: (value: unknown) => void = () => undefined;
    const { dialog, engine, user } = await preview(
      () => new Promise((_, reject) => (answer = () => reject(unreachable))),
    );
    expect(dialog.getByText("Working out what a sync would do…")).toBeTruthy();
    answer(null);
    expect((await dialog.findByRole("alert")).textContent).toContain(unreachable.message);
    engine.answers = {};
    await user.click(dialog.getByRole("button", { name: "Try again" }));
    expect(await dialog.findByText("Server server-07")).toBeTruthy();
  });

  it("shows 200 of 5,000 documents, and still finds the rejected one", async () => {
    const { dialog, user } = await preview(() => largePreview(5000));
    expect(await dialog.findByText("and 4,800 more")).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Rejected 1" }));
    expect(dialog.getByRole("button", { name: /Rejected *Server server-5000/ })).toBeTruthy();
  });
});
