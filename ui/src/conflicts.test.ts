// Stories of conflicts: seen on the dashboard, decided by field or whole, sent, and found to have changed.
import { screen, waitFor, within } from "@testing-library/svelte";
import type { MergeEditorOptions } from "./resources/editor/mergeEditor";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FabricView, Resolution } from "./bindings";
import { fabric, NOW, operation, status, unreachable } from "./testing/samples";
import { conflict, conflicts, conflictTexts, manyConflicts } from "./testing/twoWay";
import { button, expectAccessible, open } from "./testing/window";

// The real one needs a page with a layout; it is looked at in a browser.
vi.mock("./resources/editor/mergeEditor", () => ({
  mergeEditor: ({ parent, text, label, onchange }: MergeEditorOptions) => {
    const area = document.createElement("textarea");
    area.setAttribute("aria-label", label);
    area.value = text;
    area.addEventListener("input", () => onchange(area.value));
    parent.append(area);
    return { focus: () => (area.focus(), area.setSelectionRange(0, 0)), destroy: () => area.remove() };
  },
}));

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));
afterEach(expectAccessible);

const torn = (over: Partial<FabricView> = {}) =>
  fabric({ conflicts: 3, status: status("conflicted"), ...over });

async function settling(answer?: () => unknown) {
  const opened = await open([torn()]);
  if (answer) opened.engine.answers.conflicts = answer;
  await opened.user.click(button("Settle conflicts…"));
  const dialog = within(screen.getByRole("dialog", { name: "Conflicts in “lab-1”" }));
  const sent = () => opened.engine.callsOf("resolve").map(([, decisions]) => decisions as Resolution[]);
  return { ...opened, dialog, sent };
}

describe("the dashboard", () => {
  it("says once that conflicts wait, and leads to them", async () => {
    const { dialog } = await settling();
    expect(await dialog.findByRole("heading", { name: "Switch default/leaf-01" })).toBeTruthy();
    expect(screen.getByTestId("status").textContent).not.toContain("3 conflicts wait for you");
  });

  it("says it too where the status speaks of something else", async () => {
    const { user } = await open([torn({ status: status("needsSignIn") })]);
    expect(screen.getByTestId("status").textContent).toContain("3 conflicts wait for you.");
    expect(button("Sign in…")).toBeTruthy();
    await user.click(button("Settle conflicts…"));
    expect(screen.getByRole("dialog", { name: /^Conflicts/ })).toBeTruthy();
  });
});

describe("a conflict", () => {
  it("shows each field before, here and on the remote", async () => {
    const { dialog } = await settling();
    const role = within(await dialog.findByRole("radiogroup", { name: "spec.role" }));
    expect(role.getByRole("radio", { name: "Before: server-leaf" })).toBeTruthy();
    expect(role.getByRole("radio", { name: "Yours: border-leaf" })).toBeTruthy();
    expect(role.getByRole("radio", { name: "Remote: spine" })).toBeTruthy();
    const description = within(dialog.getByRole("radiogroup", { name: "spec.description" }));
    expect(description.getByRole("radio", { name: "Before: not there" })).toBeTruthy();
  });

  it("is decided by the keyboard alone, field by field", async () => {
    const { dialog, sent, user } = await settling();
    await dialog.findByRole("radiogroup", { name: "spec.role" });
    await waitFor(() => expect(document.activeElement?.getAttribute("type")).toBe("radio"));
    await user.keyboard("{ArrowDown}");
    await user.tab();
    await user.keyboard(" ");
    expect(dialog.getByRole("status").textContent).toMatch(/1 of 3 conflicts decided; 2 go on waiting/);
    dialog.getByRole("button", { name: "Finish" }).focus();
    await user.keyboard("{Enter}");
    expect(sent()).toEqual([
      [
        {
          file: conflict().file,
          ours: conflict().ours,
          theirs: conflict().theirs,
          pick: { is: "fields", fields: { "spec.role": "ours", "spec.description": "base" }, rest: null },
        },
      ],
    ]);
  });

  it("without fields is taken whole, and says why", async () => {
    const { dialog, sent, user } = await settling();
    expect(await dialog.findByText(/changed here and deleted on the remote: take one version/)).toBeTruthy();
    const versions = within(dialog.getByRole("radiogroup", { name: "Version of VPC default/vpc-1" }));
    await user.click(versions.getByRole("radio", { name: /Take remote *deleted on the remote/ }));
    await user.click(dialog.getByRole("button", { name: "Finish" }));
    expect(sent()[0]?.map(({ pick }) => pick)).toEqual([{ is: "version", side: "theirs" }]);
  });

  it("with an edit by hand offers nothing to pick, and says what to do", async () => {
    const { dialog } = await settling(() => conflicts().slice(2));
    expect(await dialog.findByText(/Mend it in an editor first/)).toBeTruthy();
    expect(dialog.queryByRole("radio")).toBeNull();
    expect(dialog.queryByRole("button", { name: /for all/ })).toBeNull();
    expect(dialog.getByRole("button", { name: "Finish" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("shows what each side did to the text, and takes a whole file there", async () => {
    const { dialog, engine, sent, user } = await settling();
    await user.click(
      await dialog.findByRole("button", { name: /Compare and edit as text *: Switch default\/leaf-01/ }),
    );
    const there = within(await dialog.findByRole("group", { name: "Changes on the remote" }));
    expect(there.getAllByRole("insertion").map((line) => line.textContent)).toEqual([
      "  description: row 3",
      "  role: spine",
    ]);
    expect(there.getByRole("deletion").textContent).toBe("  role: server-leaf");
    expect(engine.callsOf("conflict")).toEqual([["lab", conflict().file]]);
    await user.click(dialog.getByRole("button", { name: /Take the whole file *, as it is here/ }));
    expect(dialog.getByText("The whole file is taken: as it is here.")).toBeTruthy();
    expect(dialog.getByRole("radio", { name: "Yours: border-leaf" })).toHaveProperty("checked", false);
    await user.click(dialog.getByRole("button", { name: "Finish" }));
    expect(sent()[0]?.[0]?.pick).toEqual({ is: "version", side: "ours" });
  });

  it("is settled with a text of one's own, and without it again", async () => {
    const { dialog, engine, sent, user } = await settling();
    await user.click(await dialog.findByRole("button", { name: /Compare and edit as text *: Switch/ }));
    await user.click(await dialog.findByRole("button", { name: "Write it by hand…" }));
    const field = await dialog.findByRole("textbox", { name: "The file as it will be" });
    expect(document.activeElement).toBe(field);
    await user.type(field, "# both\n", { initialSelectionStart: 0, initialSelectionEnd: 0 });
    expect(dialog.getByText("The text below is taken, as you wrote it.")).toBeTruthy();
    const broken = { ...unreachable, code: "DecisionBroken" as const, message: "The text holds no object." };
    engine.answers.resolve = () => operation({ id: "x", outcome: { is: "failed", error: broken } });
    await user.click(dialog.getByRole("button", { name: "Finish" }));
    const text = conflictTexts(conflict().file).ours;
    expect(sent()[0]?.[0]?.pick).toEqual({ is: "text", text: `# both\n${text}` });
    expect((await dialog.findByRole("alert")).textContent).toContain("The text holds no object.");
    await user.click(dialog.getByRole("button", { name: "Discard what I wrote" }));
    expect(dialog.getAllByText("To decide")).toHaveLength(2);
  });

  it("says where a side deleted the file, and why a text can't be shown", async () => {
    const { dialog, engine, user } = await settling();
    engine.answers.conflict = (_, file) => conflictTexts(file, { theirs: null });
    await user.click(await dialog.findByRole("button", { name: /Compare and edit as text *: VPC/ }));
    expect(await dialog.findByText("Deleted on the remote.")).toBeTruthy();
    engine.answers.conflict = () => {
      throw unreachable;
    };
    await user.click(dialog.getByRole("button", { name: /Compare and edit as text *: Switch/ }));
    expect((await dialog.findByRole("alert")).textContent).toContain(unreachable.message);
  });

  it("that is settled by now says so, and looks again", async () => {
    const { dialog, engine, user } = await settling();
    engine.answers.conflict = () => null;
    await user.click(await dialog.findByRole("button", { name: /Compare and edit as text *: Switch/ }));
    engine.answers.conflicts = () => conflicts().slice(1);
    await user.click(await dialog.findByRole("button", { name: "Look again" }));
    await waitFor(() => expect(dialog.queryByText("Switch default/leaf-01")).toBeNull());
  });
});

describe("all conflicts", () => {
  it("are taken from one side at once, but for those that can't be picked", async () => {
    const { dialog, sent, user } = await settling();
    await user.click(await dialog.findByRole("button", { name: "Take remote for all" }));
    expect(dialog.getAllByText("Decided")).toHaveLength(2);
    await user.click(dialog.getByRole("button", { name: "Pick none" }));
    expect(dialog.getAllByText("To decide")).toHaveLength(2);
    await user.click(dialog.getByRole("button", { name: "Keep yours for all" }));
    await user.click(dialog.getByRole("button", { name: "Finish" }));
    expect(sent()[0]?.map(({ file, pick }) => [file.split("/").at(-1), pick])).toEqual([
      [
        "leaf-01.yaml",
        { is: "fields", fields: { "spec.role": "ours", "spec.description": "ours" }, rest: null },
      ],
      ["vpc-1.yaml", { is: "version", side: "ours" }],
    ]);
  });

  it("of which there are hundreds are shown in part, and decided in whole", async () => {
    const { dialog, sent, user } = await settling(() => manyConflicts(300));
    await user.click(await dialog.findByRole("button", { name: "Take remote for all" }));
    expect(dialog.getAllByRole("radiogroup")).toHaveLength(50);
    expect(dialog.getByRole("button", { name: "Show all 300" })).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Finish" }));
    expect(sent()[0]).toHaveLength(300);
  });
});

describe("what is decided", () => {
  it("is kept while the dialog is closed", async () => {
    const { dialog, user } = await settling();
    await user.click(await dialog.findByRole("button", { name: "Take remote for all" }));
    await user.click(dialog.getAllByRole("button", { name: "Close" })[1]!);
    await user.click(button("Settle conflicts…"));
    expect(await screen.findAllByText("Decided")).toHaveLength(2);
  });

  it("by writing is not lost by another pick", async () => {
    const { dialog, user } = await settling();
    await user.click(await dialog.findByRole("button", { name: /Compare and edit as text *: Switch/ }));
    await user.click(await dialog.findByRole("button", { name: "Write it by hand…" }));
    await user.type(await dialog.findByRole("textbox"), "# mine ", { initialSelectionStart: 0 });
    await user.click(dialog.getByRole("radio", { name: "Yours: border-leaf" }));
    expect(dialog.queryByRole("textbox")).toBeNull();
    await user.click(dialog.getByRole("button", { name: "Write it by hand…" }));
    expect(await dialog.findByRole("textbox")).toHaveProperty("value", expect.stringContaining("# mine "));
  });
});

describe("a text of one's own", () => {
  async function written() {
    const opened = await settling();
    const { dialog, user } = opened;
    await user.click(await dialog.findByRole("button", { name: /Compare and edit as text *: Switch/ }));
    await user.click(await dialog.findByRole("button", { name: "Write it by hand…" }));
    await user.type(await dialog.findByRole("textbox"), "# mine\n", { initialSelectionStart: 0 });
    return opened;
  }

  it("is kept when another commit comes to its file, and counts once it is taken again", async () => {
    const { dialog, engine, sent, user } = await written();
    const [first, ...others] = conflicts();
    const newer = { ...first!, theirs: "9".repeat(40) };
    engine.answers.conflicts = () => [newer, ...others];
    engine.say({ type: "finished", data: operation({ id: "pulled" }) });
    expect(await dialog.findByText(/The file has changed since you wrote its text/)).toBeTruthy();
    expect(dialog.getAllByText("To decide")).toHaveLength(2);
    await user.click(dialog.getByRole("button", { name: "Finish" }));
    expect(sent()).toEqual([]);
    await user.click(await dialog.findByRole("button", { name: "Go on with what I wrote" }));
    const text = `# mine\n${conflictTexts(first!.file).ours}`;
    expect(await dialog.findByRole("textbox")).toHaveProperty("value", text);
    expect(dialog.queryByText(/The file has changed/)).toBeNull();
    await user.click(dialog.getByRole("button", { name: "Finish" }));
    expect(sent()[0]).toEqual([
      { file: first!.file, ours: first!.ours, theirs: newer.theirs, pick: { is: "text", text } },
    ]);
  });

  it("is checked when it is seen again", async () => {
    const { dialog, user } = await written();
    expect(await dialog.findByText("Nothing is wrong with it.")).toBeTruthy();
    await user.click(dialog.getAllByRole("button", { name: "Close" })[1]!);
    await user.click(button("Settle conflicts…"));
    const again = within(screen.getByRole("dialog"));
    await user.click(await again.findByRole("button", { name: /Compare and edit as text *: Switch/ }));
    expect(await again.findByText("Nothing is wrong with it.")).toBeTruthy();
    expect(again.queryByText("Checking…")).toBeNull();
  });
});

describe("finishing", () => {
  it("waits for a decision", async () => {
    const { dialog, sent, user } = await settling();
    await user.click(await dialog.findByRole("button", { name: "Finish" }));
    expect(sent()).toEqual([]);
  });

  it("closes, and says what was done", async () => {
    const { dialog, user } = await settling();
    await user.click(await dialog.findByRole("button", { name: "Take remote for all" }));
    await user.click(dialog.getByRole("button", { name: "Finish" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getAllByText("Settled 2 conflicts, pushed 2 commits.").length).toBeGreaterThan(0);
  });

  it("that comes too late says so, and shows how it is now", async () => {
    const { dialog, engine, user } = await settling();
    await user.click(await dialog.findByRole("button", { name: "Take remote for all" }));
    engine.answers.resolve = () => operation({ id: "late", kind: "resolve", outcome: { is: "stale" } });
    const [first, second] = conflicts();
    engine.answers.conflicts = () => [{ ...first!, theirs: "9".repeat(40) }, second!];
    await user.click(dialog.getByRole("button", { name: "Finish" }));
    expect((await dialog.findByRole("alert")).textContent).toContain(
      "has changed meanwhile, so nothing was done",
    );
    await waitFor(() => expect(dialog.getAllByText("To decide")).toHaveLength(1));
    expect(dialog.getAllByText("Decided"), "the other choice stands").toHaveLength(1);
  });

  it("that fails says why, and keeps the choices", async () => {
    const { dialog, engine, user } = await settling();
    await user.click(await dialog.findByRole("button", { name: "Take remote for all" }));
    engine.answers.resolve = () =>
      operation({ id: "no", kind: "resolve", outcome: { is: "failed", error: unreachable } });
    await user.click(dialog.getByRole("button", { name: "Finish" }));
    expect((await dialog.findByRole("alert")).textContent).toContain(unreachable.message);
    expect(dialog.getAllByText("Decided")).toHaveLength(2);
  });
});

describe("the list", () => {
  it("is looked at again when a run ends", async () => {
    const { dialog, engine } = await settling();
    await dialog.findByText("Switch default/leaf-01");
    engine.answers.conflicts = () => [];
    engine.say({ type: "finished", data: operation({ id: "pulled" }) });
    expect(await dialog.findByText("No conflict waits.")).toBeTruthy();
    expect(dialog.queryByRole("button", { name: "Finish" })).toBeNull();
  });

  it("says that it is being made, why it can't be, and tries again", async () => {
    let answer: () => void = () => undefined;
    const { dialog, engine, user } = await settling(
      () => new Promise((_, reject) => (answer = () => reject(unreachable))),
    );
    expect(dialog.getByText("Comparing both sides…")).toBeTruthy();
    answer();
    expect((await dialog.findByRole("alert")).textContent).toContain(unreachable.message);
    engine.answers = {};
    await user.click(dialog.getByRole("button", { name: "Try again" }));
    expect(await dialog.findByText("Switch default/leaf-01")).toBeTruthy();
  });
});
