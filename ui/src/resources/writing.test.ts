import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Draft, DraftReport } from "../bindings";
import EditObject from "../screens/EditObject.svelte";
import NewObject from "../screens/NewObject.svelte";
import { AppState } from "../state.svelte";
import { FakeTransport } from "../testing/fake";
import {
  LEAF,
  LEAF_TEXT,
  draftReport,
  objectFinding,
  resourceDetail,
  startingText,
} from "../testing/resources";
import { fabric, operation, step, unreachable } from "../testing/samples";
import { button, expectAccessible } from "../testing/window";
import Within from "../testing/Within.svelte";
import type { EditorOptions } from "./editor/yamlEditor";
import { DraftCheck, PAUSE_MS } from "./draft.svelte";

/** The findings that the editor was told last. */
let marked: unknown[] = [];
// The real one needs a page with a layout; it is looked at in a browser.
vi.mock("./editor/yamlEditor", () => ({
  MOST_NAMES: 200,
  yamlEditor: ({ parent, text, label, onchange }: EditorOptions) => {
    const area = document.createElement("textarea");
    area.setAttribute("aria-label", label);
    area.value = text;
    area.addEventListener("input", () => onchange(area.value));
    parent.append(area);
    return {
      setText: (text: string) => {
        area.value = text;
        onchange(text);
      },
      setFindings: (findings: unknown[]) => (marked = findings),
      focus: () => area.focus(),
      destroy: () => area.remove(),
    };
  },
}));

function open(
  of: typeof EditObject | typeof NewObject,
  props: object,
  answers: FakeTransport["answers"] = {},
) {
  document.documentElement.lang = "en";
  document.title = "FGD Sync";
  const engine = new FakeTransport([fabric()]);
  engine.answers = answers;
  const onsaved = vi.fn();
  const onclose = vi.fn();
  const user = userEvent.setup();
  render(Within, {
    app: new AppState(engine),
    of,
    with: { fabric: fabric(), onsaved, onclose, ...props },
  });
  return { engine, onsaved, onclose, user };
}

async function write(user: ReturnType<typeof userEvent.setup>, text: string) {
  const area = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: /^Text of/ });
  await user.clear(area);
  await user.click(area);
  await user.paste(text);
  return area;
}
/** Presses Save, which can't be pressed at once. */
async function save(user: ReturnType<typeof userEvent.setup>) {
  const press = await screen.findByRole("button", { name: "Save" });
  await waitFor(() => expect(press.hasAttribute("aria-disabled")).toBe(false));
  await user.click(press);
}
const CHANGED = LEAF_TEXT.replace("asn: 65101", "asn: 65102");

describe("a text that is looked at while it is written", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const draft = (text: string): Draft => ({ file: LEAF, base: null, text });

  it("is looked at when the writer pauses, and only as it is then", async () => {
    const asked: string[] = [];
    const check = new DraftCheck(async (draft) => {
      asked.push(draft.text);
      return draftReport(draft);
    });
    check.typed(draft("a"));
    await vi.advanceTimersByTimeAsync(PAUSE_MS - 1);
    check.typed(draft("ab"));
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(asked).toEqual(["ab"]);
    expect(check.isBehind).toBe(false);
  });

  it("is told of by the newest answer only", async () => {
    const answers: ((report: DraftReport) => void)[] = [];
    const check = new DraftCheck(() => new Promise((resolve) => answers.push(resolve)));
    void check.now(draft("a"));
    void check.now(draft("b"));
    answers[1]?.(draftReport(draft("b")));
    answers[0]?.(draftReport(draft("a")));
    await vi.advanceTimersByTimeAsync(0);
    expect(check.report?.text).toBe("b");
  });

  it("that can't be looked at says why, and keeps what was known", async () => {
    let fails = false;
    const check = new DraftCheck(async (draft) => {
      if (fails) throw unreachable;
      return draftReport(draft);
    });
    await check.now(draft("a"));
    fails = true;
    expect(await check.now(draft("b"))).toBeNull();
    expect(check.problem?.code).toBe(unreachable.code);
    expect(check.report?.text).toBe("a");
  });
});

describe("an object that is edited", () => {
  afterEach(expectAccessible);
  afterEach(() => void vi.useRealTimers());
  const edit = (answers: FakeTransport["answers"] = {}) =>
    open(EditObject, { detail: resourceDetail(LEAF) }, answers);

  it("is saved as one commit after its difference was seen", async () => {
    const { user, engine, onsaved } = edit();
    await write(user, CHANGED);
    await user.click(button("Review changes"));
    const diff = await screen.findByRole("group", { name: "What is saved" });
    expect(diff.textContent).toContain("asn: 65102");
    expect(engine.callsOf("edit")).toEqual([]);
    await save(user);
    expect(engine.callsOf("edit")).toEqual([["lab", { file: LEAF, base: "1".repeat(40), text: CHANGED }]]);
    await waitFor(() => expect(onsaved).toHaveBeenCalledWith(LEAF));
  });

  it("is not saved by a second press, where Review was", async () => {
    const { user, engine } = edit();
    await write(user, CHANGED);
    await waitFor(() => expect(engine.callsOf("checkDraft")).toHaveLength(2));
    vi.useFakeTimers({ shouldClearNativeTimers: true });
    button("Review changes").click();
    await vi.advanceTimersByTimeAsync(0);
    expect(screen.getByRole("group", { name: "What is saved" })).toBeTruthy();
    const press = button("Save");
    expect(document.activeElement).toBe(press);
    press.click();
    fireEvent.keyDown(press, { key: "s", ctrlKey: true });
    await vi.advanceTimersByTimeAsync(499);
    press.click();
    expect(screen.getByText("Look at it first.")).toBeTruthy();
    expect(engine.callsOf("edit")).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    press.click();
    expect(engine.callsOf("edit")).toHaveLength(1);
  });

  it("is not saved by a key that is held", async () => {
    const { user, engine } = edit();
    await write(user, CHANGED);
    button("Review changes").focus();
    await userEvent.setup({ delay: 20 }).keyboard("{Enter>50/}");
    expect(screen.getByRole("group", { name: "What is saved" })).toBeTruthy();
    expect(engine.callsOf("edit")).toEqual([]);
  });

  it("says that its difference is being made, and asks for it once", async () => {
    const { user, engine } = edit();
    await write(user, CHANGED);
    await waitFor(() => expect(engine.callsOf("checkDraft")).toHaveLength(2));
    let answer: () => void = () => undefined;
    engine.answers.checkDraft = (_, draft) =>
      new Promise((resolve) => (answer = () => resolve(draftReport(draft))));
    await user.click(button("Review changes"));
    expect(button("Review changes").getAttribute("aria-disabled")).toBe("true");
    expect(screen.getByText("It is being looked at.")).toBeTruthy();
    await user.dblClick(button("Review changes"));
    expect(engine.callsOf("checkDraft")).toHaveLength(3);
    answer();
    expect(await screen.findByRole("group", { name: "What is saved" })).toBeTruthy();
    expect(engine.callsOf("edit")).toEqual([]);
  });

  it("is checked while it is written, and what is wrong is marked and listed", async () => {
    const finding = objectFinding({ message: "It has no such role." });
    const { user } = edit({ checkDraft: (_, draft) => draftReport(draft, { findings: [finding] }) });
    await write(user, CHANGED);
    expect(await screen.findByText("It has no such role.")).toBeTruthy();
    await waitFor(() => expect(marked).toEqual([finding]));
  });

  it("that nobody changed has nothing to review", async () => {
    const { user, engine } = edit();
    await screen.findByRole("textbox");
    await user.click(button("Review changes"));
    expect(screen.getByText("Nothing is different yet.")).toBeTruthy();
    expect(screen.queryByRole("group", { name: "What is saved" })).toBeNull();
    expect(engine.callsOf("edit")).toEqual([]);
  });

  it("is not lost by closing", async () => {
    const { user, onclose } = edit();
    const area = await write(user, CHANGED);
    await user.click(button("Cancel"));
    const question = within(screen.getByRole("dialog", { name: "Throw away what you wrote?" }));
    await user.click(question.getByRole("button", { name: "Keep it" }));
    expect(onclose).not.toHaveBeenCalled();
    expect(area.value).toBe(CHANGED);
    await user.click(button("Cancel"));
    await user.click(button("Throw away"));
    expect(onclose).toHaveBeenCalledOnce();
  });

  it("that is as it was is closed without a question", async () => {
    const { user, onclose } = edit();
    await screen.findByRole("textbox");
    await user.click(button("Cancel"));
    expect(onclose).toHaveBeenCalledOnce();
  });

  const theirs = LEAF_TEXT.replace("role: server-leaf", "role: spine");
  async function stale() {
    let runs = 0;
    const opened = edit({
      edit: () => operation(runs++ === 0 ? { outcome: { is: "stale" }, commit: null } : {}),
      objectText: (_, file) => ({ file, blob: "9".repeat(40), text: theirs }),
    });
    const area = await write(opened.user, CHANGED);
    await opened.user.click(button("Review changes"));
    await save(opened.user);
    expect((await screen.findByRole("alert")).textContent).toContain("What you wrote is kept");
    return { ...opened, area };
  }

  it("that somebody else changed can be compared, and saved over theirs", async () => {
    const { user, engine, area, onsaved } = await stale();
    await user.click(button("Compare"));
    const diff = screen.getByRole("group", { name: "From theirs to yours" });
    expect(diff.textContent).toContain("role: spine");
    await user.click(button("Keep editing mine"));
    expect(area.value).toBe(CHANGED);
    await user.click(button("Review changes"));
    await save(user);
    expect(engine.callsOf("edit").at(-1)?.[1]).toMatchObject({ base: "9".repeat(40), text: CHANGED });
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
  });

  it("that somebody else changed can be taken as theirs", async () => {
    const { user, area, onclose } = await stale();
    await user.click(button("Take theirs"));
    expect(area.value).toBe(theirs);
    await user.click(button("Cancel"));
    expect(onclose).toHaveBeenCalledOnce();
  });

  it("that is refused says why, and stays", async () => {
    const { user, onsaved } = edit({
      edit: () =>
        operation({
          outcome: { is: "needsAttention" },
          steps: [step("validate", { state: "failed" })],
          findings: [objectFinding({ message: "A connection's type can't change." })],
        }),
    });
    const area = await write(user, CHANGED);
    await user.click(button("Review changes"));
    await save(user);
    expect((await screen.findByRole("alert")).textContent).toContain("A connection's type can't change.");
    expect(onsaved).not.toHaveBeenCalled();
    expect(area.value).toBe(CHANGED);
  });

  it("is reviewed and saved by Ctrl+S, which reaches no further", async () => {
    const behind = vi.fn();
    window.addEventListener("keydown", behind);
    const { user, engine } = edit();
    await write(user, CHANGED);
    behind.mockClear();
    await user.keyboard("{Control>}s{/Control}");
    await screen.findByRole("group", { name: "What is saved" });
    const press = button("Save");
    expect(document.activeElement).toBe(press);
    await waitFor(() => expect(press.hasAttribute("aria-disabled")).toBe(false));
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(engine.callsOf("edit")).toHaveLength(1));
    expect(behind.mock.calls.filter(([event]) => (event as KeyboardEvent).key === "s")).toEqual([]);
    window.removeEventListener("keydown", behind);
  });
});

describe("a new object", () => {
  afterEach(expectAccessible);

  it("is made from a form: choices, names of objects that there are, and its text beside", async () => {
    const { user, engine, onsaved } = open(NewObject, {}, { resources: (_, query) => page(query.text) });
    await user.selectOptions(screen.getByRole("combobox", { name: "Kind" }), "Switch");
    await user.type(screen.getByRole("textbox", { name: "Name" }), "leaf-09");
    await user.selectOptions(await screen.findByRole("combobox", { name: "role" }), "server-leaf");
    await user.type(screen.getByRole("combobox", { name: "profile" }), "dell");
    await user.click(await screen.findByRole("option", { name: "dell-s5248f-on" }));
    await user.type(screen.getByRole("textbox", { name: "asn" }), "65109");
    const text = screen.getByRole("group", { name: "YAML" }).textContent ?? "";
    expect(text).toContain("role: server-leaf");
    await user.click(button("Add it (one commit)"));
    expect(engine.callsOf("edit")).toEqual([
      [
        "lab",
        {
          file: null,
          base: null,
          text: "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-09\nspec:\n  role: server-leaf\n  profile: dell-s5248f-on\n  asn: 65109\n",
        },
      ],
    ]);
    await waitFor(() => expect(onsaved).toHaveBeenCalledWith(LEAF));
  });

  /** What there is of the kind that is asked for. */
  function page(text: string) {
    const name = text.startsWith("kind:SwitchProfile") ? "dell-s5248f-on" : "leaf-09";
    const row = { ...resourceDetail(LEAF).row, name };
    return { total: 1, all: 1, offset: 0, rows: [row], kinds: [], columns: [], unread: null };
  }

  it("has no fields of the kind before while its own are read", async () => {
    const { user, engine } = open(NewObject, {});
    const kind = screen.getByRole("combobox", { name: "Kind" });
    await user.selectOptions(kind, "Switch");
    expect(await screen.findByRole("combobox", { name: "role" })).toBeTruthy();
    let answer: () => void = () => undefined;
    engine.answers.newObject = (kind, name) =>
      new Promise((resolve) => (answer = () => resolve(startingText(kind, name))));
    await user.selectOptions(kind, "VPCAttachment");
    expect(screen.queryByRole("combobox", { name: "role" })).toBeNull();
    expect(screen.getByText("Reading what it needs…")).toBeTruthy();
    answer();
    expect(await screen.findByRole("combobox", { name: "subnet" })).toBeTruthy();
  });

  it("is opened by the name that was saved, also where that was not looked at yet", async () => {
    const { user, engine, onsaved } = open(NewObject, {}, { resources: (_, query) => page(query.text) });
    await user.selectOptions(screen.getByRole("combobox", { name: "Kind" }), "SwitchGroup");
    await user.type(screen.getByRole("textbox", { name: "Name" }), "eslag-2");
    expect(await screen.findByText("Nothing is wrong with it.")).toBeTruthy();
    engine.answers.checkDraft = () => new Promise(() => undefined);
    await user.type(screen.getByRole("textbox", { name: "Name" }), "9");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(engine.callsOf("resources").at(-1)?.[1]).toMatchObject({
      text: 'kind:SwitchGroup name:"eslag-29"',
    });
  });

  it("needs a kind and a name, and may not be there already", async () => {
    const { user, engine } = open(
      NewObject,
      {},
      { checkDraft: (_, draft) => draftReport(draft, { collides: LEAF }) },
    );
    expect(screen.getByText("Choose a kind.")).toBeTruthy();
    await user.selectOptions(screen.getByRole("combobox", { name: "Kind" }), "Switch");
    expect(await screen.findByText("Enter a name.")).toBeTruthy();
    await user.type(screen.getByRole("textbox", { name: "Name" }), "leaf-01");
    expect((await screen.findByRole("alert")).textContent).toContain("managed/switches/leaf-01.yaml");
    await user.click(button("Add it (one commit)"));
    expect(engine.callsOf("edit")).toEqual([]);
  });

  it("can be written by hand from there on", async () => {
    const { user, engine } = open(NewObject, {});
    await user.selectOptions(screen.getByRole("combobox", { name: "Kind" }), "SwitchGroup");
    await user.type(screen.getByRole("textbox", { name: "Name" }), "eslag-2");
    await user.click(await screen.findByRole("button", { name: "Write it by hand" }));
    await write(user, "kind: SwitchGroup\nmetadata:\n  name: eslag-3\n");
    await user.click(button("Add it (one commit)"));
    expect(engine.callsOf("edit").at(-1)?.[1]).toMatchObject({
      text: "kind: SwitchGroup\nmetadata:\n  name: eslag-3\n",
    });
  });

  it("is a copy of another one, with a name of its own", async () => {
    const { user, engine } = open(NewObject, { from: resourceDetail(LEAF) });
    const name = screen.getByRole("textbox", { name: "Name" });
    await user.clear(name);
    await user.type(name, "leaf-77");
    await screen.findByRole("textbox", { name: "Text of the new object" });
    await user.click(button("Add it (one commit)"));
    expect(engine.callsOf("edit").at(-1)?.[1]).toMatchObject({
      file: null,
      text: LEAF_TEXT.replace("name: leaf-01", "name: leaf-77"),
    });
  });
});
