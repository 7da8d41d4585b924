// Stories of undoing: a run of the log or the last one, and why it can be refused.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ErrorReport } from "./bindings";
import { commit, fabric, NOW, operation, unreachable } from "./testing/samples";
import { undone } from "./testing/twoWay";
import { button, expectAccessible, open } from "./testing/window";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));

const revision = commit().revision;
const moved = operation({ id: "moved", from: revision, to: revision, summary: "Took in 46 objects." });
const first = operation({ id: "first", kind: "onboard", to: revision, summary: "Set the directory up." });
const still = operation({ id: "still", kind: "push", summary: "Pushed 1 commit." });
const refusal: ErrorReport = {
  code: "UndoRefused",
  message:
    "It can't be undone: managed/switches/leaf-01.yaml was changed since: edit Switch default/leaf-01.",
  hint: "Undo what was done later first, or restore single objects from their history.",
};

async function asked() {
  const opened = await open([fabric()], [moved, still]);
  await opened.user.click(button("Undo…: Took in 46 objects."));
  return { ...opened, dialog: within(screen.getByRole("dialog", { name: "Undo this change?" })) };
}

describe("a run of the log", () => {
  afterEach(expectAccessible);

  it("can be undone where it moved the branch from somewhere, and only there", async () => {
    await open([fabric()], [moved, still, first]);
    expect(screen.getAllByRole("button", { name: /^Undo…/ })).toHaveLength(1);
  });

  it("is undone after saying what that does", async () => {
    const { dialog, engine, user } = await asked();
    expect(dialog.getByText(/Took in 46 objects/)).toBeTruthy();
    expect(
      dialog.getByText("A new commit restores what this changed; nothing is taken out of history."),
    ).toBeTruthy();
    expect(engine.callsOf("undo")).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Undo" }));
    expect(engine.callsOf("undo")).toEqual([["lab", "moved"]]);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const toasts = screen.getAllByRole("status").map((region) => region.textContent);
    expect(toasts.some((text) => text?.includes(undone().summary))).toBe(true);
  });

  it("is kept when asked to", async () => {
    const { dialog, engine, user } = await asked();
    await user.click(dialog.getByRole("button", { name: "Keep it" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(engine.callsOf("undo")).toEqual([]);
  });

  it("that is refused says why, and is not offered again", async () => {
    const { dialog, engine, user } = await asked();
    engine.answers.undo = () => undone({ outcome: { is: "failed", error: refusal } });
    await user.click(dialog.getByRole("button", { name: "Undo" }));
    const why = await dialog.findByRole("alert");
    expect(why.textContent).toContain(refusal.message);
    expect(why.textContent).toContain(refusal.hint);
    expect(dialog.queryByRole("button", { name: "Undo" })).toBeNull();
    const [, close] = dialog.getAllByRole("button", { name: "Close" });
    expect(document.activeElement).toBe(close);
  });

  it("that can't be begun says why, and can be tried again", async () => {
    const { dialog, engine, user } = await asked();
    engine.answers.undo = () => {
      throw unreachable;
    };
    await user.click(dialog.getByRole("button", { name: "Undo" }));
    expect((await dialog.findByRole("alert")).textContent).toContain(unreachable.message);
    engine.answers = {};
    await user.click(dialog.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("says that it is being undone, and stays open until then", async () => {
    const { dialog, engine, user } = await asked();
    let end: (value: unknown) => void = () => undefined;
    engine.answers.undo = () => new Promise((resolve) => (end = resolve));
    await user.click(dialog.getByRole("button", { name: "Undo" }));
    await user.click(dialog.getByRole("button", { name: "Undoing…" }));
    await user.click(dialog.getByRole("button", { name: "Keep it" }));
    expect(screen.getByRole("dialog")).toBeTruthy();
    expect(engine.callsOf("undo")).toHaveLength(1);
    end(undone({ outcome: { is: "cancelled" }, summary: "Cancelled." }));
    expect((await dialog.findByRole("alert")).textContent).toContain("Cancelled");
  });
});

it("the last change is undone from the fabric's menu, by the keyboard", async () => {
  const { engine, user } = await open([fabric()], [], {
    lastUndoable: () => operation({ id: "ingested", summary: "48 objects created." }),
  });
  button("More for this fabric").focus();
  await user.keyboard("{Enter}{ArrowDown}{Enter}");
  const dialog = within(screen.getByRole("dialog", { name: "Undo the last change?" }));
  expect(await dialog.findByText(/48 objects created/)).toBeTruthy();
  await expectAccessible();
  dialog.getByRole("button", { name: "Undo" }).focus();
  await user.keyboard("{Enter}");
  // The one that was shown: what has been committed since stays.
  expect(engine.callsOf("undo")).toEqual([["lab", "ingested"]]);
});

it("says where nothing can be undone", async () => {
  const { user } = await open([fabric()], [], {
    lastUndoable: () => {
      throw { ...unreachable, code: "NothingToUndo", message: "There is nothing to undo." };
    },
  });
  await user.click(button("More for this fabric"));
  await user.click(screen.getByRole("menuitem", { name: "Undo last change…" }));
  const dialog = within(screen.getByRole("dialog", { name: "Undo the last change?" }));
  expect(await dialog.findByText("There is nothing to undo.")).toBeTruthy();
  expect(dialog.queryByRole("button", { name: "Undo" })).toBeNull();
  expect(dialog.getAllByRole("button", { name: "Close" })).toHaveLength(2);
});
