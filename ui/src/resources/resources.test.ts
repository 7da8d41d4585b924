import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import type { FabricView, ResourceQuery, ResourceRow } from "../bindings";
import Resources from "../screens/Resources.svelte";
import { AppState } from "../state.svelte";
import { FakeTransport } from "../testing/fake";
import { LEAF, objectFinding, resourceDetail, resourcePage, resourceRow } from "../testing/resources";
import { fabric, operation, step, unreachable } from "../testing/samples";
import { button, expectAccessible } from "../testing/window";
import Within from "../testing/Within.svelte";
import { ROW } from "./window";

async function open(answers: FakeTransport["answers"] = {}, props: Record<string, unknown> = {}) {
  document.documentElement.lang = "en";
  document.title = "FGD Sync";
  const view: FabricView = fabric();
  const engine = new FakeTransport([view]);
  engine.answers = answers;
  const app = new AppState(engine);
  const user = userEvent.setup();
  const shown = render(Within, { app, of: Resources, with: { fabric: view, ...props } });
  const grid = await screen.findByRole("grid").catch(() => null);
  const rows = () => screen.getAllByRole("row").slice(1);
  const again = (fabric: FabricView) => shown.rerender({ with: { fabric, ...props } });
  return { app, engine, user, grid: grid as HTMLElement, rows, view, again };
}

/** A fabric of this size. */
const many = (count: number) => ({
  resources: (_: string, query: ResourceQuery) => resourcePage(query, count),
});

describe("the objects of a fabric", () => {
  afterEach(expectAccessible);

  it("are rows of a grid that says how many there are, and draws those in view", async () => {
    const { grid, rows } = await open(many(5000));
    expect(grid.getAttribute("aria-rowcount")).toBe("5001");
    await waitFor(() => expect(rows().length).toBeGreaterThan(10));
    expect(rows().length).toBeLessThan(50);
    expect(rows()[0]?.getAttribute("aria-rowindex")).toBe("2");
    expect(within(rows()[0] as HTMLElement).getByText("spine-01")).toBeTruthy();
    expect(screen.getByText("5,000 objects")).toBeTruthy();
  });

  it("are found by typing; the kinds beside narrow them", async () => {
    const { user, rows, engine } = await open();
    await user.type(screen.getByRole("searchbox"), "leaf");
    await waitFor(() => expect(screen.getByText(/ of 48$/)).toBeTruthy());
    await user.click(screen.getByRole("button", { name: /^Switch/ }));
    expect(engine.callsOf("resources").at(-1)?.[1]).toMatchObject({ text: "kind:Switch leaf", offset: 0 });
    expect(screen.getByRole("button", { name: /^Switch/, pressed: true })).toBeTruthy();
    // One kind has columns of its own.
    expect(await screen.findByRole("columnheader", { name: "ASN" })).toBeTruthy();
    expect(rows()[0]?.textContent).toContain("leaf-11");
  });

  it("say what of a search is no filter, and that nothing matches", async () => {
    const { user } = await open();
    await user.type(screen.getByRole("searchbox"), "has:nothing");
    expect(await screen.findByText(/“has:nothing” is no filter/)).toBeTruthy();
    expect(await screen.findByText("No object matches.")).toBeTruthy();
    await user.click(button("Show all 48"));
    expect(await screen.findByRole("grid")).toBeTruthy();
  });

  it("are sorted by a click on a head: up, down, as they were", async () => {
    const { user, engine } = await open();
    const head = () => screen.getByRole("columnheader", { name: "Name" });
    const asked = () => engine.callsOf("resources").at(-1)?.[1];
    await user.click(within(head()).getByRole("button"));
    expect(asked()).toMatchObject({ sort: "name", descending: false });
    expect(head().getAttribute("aria-sort")).toBe("ascending");
    await user.click(within(head()).getByRole("button"));
    expect(asked()).toMatchObject({ sort: "name", descending: true });
    await user.click(within(head()).getByRole("button"));
    expect(asked()).toMatchObject({ sort: null, descending: false });
  });

  it("are walked, opened and left by the keyboard alone", async () => {
    const { user, grid, engine } = await open(many(1000));
    await user.keyboard("/");
    expect(document.activeElement).toBe(screen.getByRole("searchbox"));
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(grid);
    const marked = () => document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(marked()?.getAttribute("aria-rowindex")).toBe("4");
    await user.keyboard("{End}");
    await waitFor(() => expect(marked()?.getAttribute("aria-rowindex")).toBe("1001"));
    await user.keyboard("{Home}{PageDown}{PageUp}{Enter}");
    const pane = await screen.findByRole("region", { name: "Switch spine-01" });
    expect(engine.callsOf("resource")).toHaveLength(1);
    expect(within(pane).getByRole("tab", { name: "Fields", selected: true })).toBeTruthy();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("region", { name: "Switch spine-01" })).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("grid")));
  });

  it("keep the mark at its object where another comes before it", async () => {
    let more: ResourceRow[] = [];
    const { again, grid, rows, user, view, engine } = await open({
      resources: (_, query) => {
        const page = resourcePage(query, 20);
        return { ...page, total: page.total + more.length, rows: [...more, ...page.rows] };
      },
    });
    grid.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}");
    const marked = () => document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
    const before = marked()?.querySelector(".name")?.textContent;
    more = [resourceRow({ file: "fabrics/lab-1/managed/aaa.yaml", name: "aaa" })];
    await again({ ...view, localEdits: 1 });
    await waitFor(() => expect(rows()[0]?.textContent).toContain("aaa"));
    expect(marked()?.ariaRowIndex).toBe("5");
    expect(marked()?.querySelector(".name")?.textContent).toBe(before);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(engine.callsOf("resource")).toHaveLength(1));
    expect(engine.callsOf("resource")[0]?.[1]).not.toContain("aaa");
    // Another search begins at its first.
    await user.type(screen.getByRole("searchbox"), "x");
    await waitFor(() => expect(marked()?.ariaRowIndex).toBe("2"));
  });

  it("tell of their findings in words too", async () => {
    const { rows } = await open();
    await waitFor(() => expect(rows().length).toBeGreaterThan(6));
    expect(rows()[3]?.textContent).toMatch(/2\s*errors/);
    expect(rows()[5]?.textContent).toMatch(/1\s*warning/);
    expect(rows()[7]?.textContent).toContain("edited");
  });

  it("are read again when the fabric is another", async () => {
    const { engine, again, view } = await open();
    const before = engine.callsOf("resources").length;
    await again({ ...view });
    expect(engine.callsOf("resources").length).toBe(before);
    await again({ ...view, localEdits: 1 });
    await waitFor(() => expect(engine.callsOf("resources").length).toBe(before + 1));
  });

  it("that are sorted anew are shown from the first, though the fabric changes before they are there", async () => {
    let answers = Promise.resolve();
    const { again, grid, rows, user, view } = await open({
      resources: (_, query) => answers.then(() => resourcePage(query, 5000)),
    });
    grid.scrollTop = 4000 * ROW;
    await fireEvent.scroll(grid);
    await waitFor(() => expect(Number(rows()[0]?.ariaRowIndex)).toBeGreaterThan(3900));
    let answer = () => {};
    answers = new Promise((resolve) => (answer = resolve));
    await user.click(screen.getByRole("button", { name: "Name" }));
    await again({ ...view, localEdits: 1 });
    answer();
    await waitFor(() => expect(grid.ariaBusy).toBe("false"));
    expect(grid.scrollTop).toBe(0);
    expect(rows()[0]?.ariaRowIndex).toBe("2");
    expect(within(rows()[0] as HTMLElement).getByText(/^leaf-/)).toBeTruthy();
  });

  it("are found as they were left", async () => {
    const { app, user, view } = await open();
    await user.type(screen.getByRole("searchbox"), "leaf");
    await user.click(screen.getByRole("button", { name: "Name" }));
    await user.click(screen.getAllByRole("row")[1] as HTMLElement);
    await screen.findByRole("tab", { name: "Fields" });
    cleanup();
    render(Within, { app, of: Resources, with: { fabric: view } });
    expect(screen.getByRole("searchbox")).toHaveProperty("value", "leaf");
    expect(await screen.findByRole("tab", { name: "Fields" })).toBeTruthy();
    expect(screen.getByRole("columnheader", { name: "Name" }).ariaSort).toBe("ascending");
    cleanup();
    render(Within, { app, of: Resources, with: { fabric: fabric({ id: "other" }) } });
    expect(screen.getByRole("searchbox")).toHaveProperty("value", "");
    await screen.findByRole("grid");
  });

  it("are none in a new fabric", async () => {
    await open(many(0));
    expect(await screen.findByText("No objects yet.")).toBeTruthy();
  });

  it("say why they can't be read, and are asked for again", async () => {
    let fails = true;
    const { user } = await open({
      resources: (_, query) => {
        if (fails) throw unreachable;
        return resourcePage(query);
      },
    });
    expect((await screen.findByRole("alert")).textContent).toContain(unreachable.message);
    fails = false;
    await user.click(button("Try again"));
    expect(await screen.findByRole("grid")).toBeTruthy();
  });

  it("show what can be typed when asked, and type it", async () => {
    const { user, engine } = await open();
    await user.click(button("What can be typed"));
    await user.click(button("has:error"));
    expect(engine.callsOf("resources").at(-1)?.[1]).toMatchObject({ text: "has:error" });
    expect(screen.queryByText("All of it must fit. Case never matters.")).toBeNull();
  });
});

describe("an object", () => {
  afterEach(expectAccessible);

  async function opened(answers: FakeTransport["answers"] = {}) {
    const all = await open(answers, { openFile: LEAF });
    const pane = within(await screen.findByRole("region", { name: "Switch leaf-01" }));
    await pane.findByRole("tablist");
    return { ...all, pane };
  }

  it("has fields that fold, with what is wrong at its field, and links to what it names", async () => {
    const { pane, user, engine } = await opened();
    const list = within(pane.getByRole("list", { name: "Fields" }));
    expect(list.getByText(objectFinding().message)).toBeTruthy();
    await user.click(list.getByRole("button", { name: "redundancy" }));
    expect(list.queryByText("eslag")).toBeNull();
    await user.click(list.getByRole("button", { name: "eslag-1" }));
    expect(await screen.findByRole("region", { name: "SwitchGroup eslag-1" })).toBeTruthy();
    await user.click(button("Back"));
    expect(await screen.findByRole("region", { name: "Switch leaf-01" })).toBeTruthy();
    expect(engine.callsOf("resource")).toHaveLength(3);
  });

  const other = () => screen.getByRole("row", { name: /spine-01/ });

  it("is not taken for the one before while it is read", async () => {
    const { user, engine } = await opened();
    let answer: () => void = () => undefined;
    engine.answers.resource = (_, file) =>
      new Promise((resolve) => (answer = () => resolve(resourceDetail(file))));
    await user.click(other());
    expect(screen.getByText("Reading the object…")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Delete…" })).toBeNull();
    answer();
    expect(await screen.findByRole("region", { name: "Switch spine-01" })).toBeTruthy();
    expect(button("Edit")).toBeTruthy();
  });

  it("that is read again stays in sight", async () => {
    const { pane, engine, again, view } = await opened();
    engine.answers.resource = () => new Promise(() => undefined);
    await again({ ...view, localEdits: 1 });
    await waitFor(() => expect(engine.callsOf("resource")).toHaveLength(2));
    expect(pane.getByRole("button", { name: "Edit" })).toBeTruthy();
  });

  it("is shown as its text, with what is wrong under the line", async () => {
    const { pane, user } = await opened();
    pane.getByRole("tab", { name: "Fields" }).focus();
    await user.keyboard("{ArrowRight}");
    const text = pane.getByRole("group", { name: "YAML" });
    expect(text.textContent).toContain("asn: 65101");
    expect(within(text).getByText(objectFinding().message)).toBeTruthy();
  });

  it("shows references in both directions, also to what is not there", async () => {
    const { pane, user, engine } = await opened();
    await user.click(pane.getByRole("tab", { name: "References 5" }));
    expect(within(pane.getByRole("region", { name: "Names" })).getByText("not there")).toBeTruthy();
    const users = within(pane.getByRole("region", { name: "Named by" }));
    expect(users.getAllByRole("listitem")).toHaveLength(3);
    await user.click(users.getByRole("button", { name: "Show in the table" }));
    expect(engine.callsOf("resources").at(-1)?.[1]).toMatchObject({ text: "ref:Switch/leaf-01" });
  });

  const versions = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      commit: {
        revision: String(n).repeat(40),
        subject: `Change ${n}`,
        author: "Ada",
        time: 1_760_000_000_000,
      },
      blob: String.fromCharCode(97 + n).repeat(40),
    }));

  it("has versions of which any two are compared, and an older one is restored", async () => {
    const { pane, user, engine } = await opened({ history: () => versions(4) });
    await user.click(pane.getByRole("tab", { name: "History" }));
    expect(await pane.findByRole("heading", { name: "From 11111111 to 00000000" })).toBeTruthy();
    await user.click(pane.getByRole("radio", { name: "Compare from 33333333" }));
    await waitFor(() =>
      expect(engine.callsOf("compare").at(-1)).toEqual(["lab", "d".repeat(40), "a".repeat(40)]),
    );
    await user.click(pane.getByRole("button", { name: "Restore 22222222…" }));
    const dialog = within(screen.getByRole("dialog", { name: "Restore this version?" }));
    await user.click(dialog.getByRole("button", { name: "Restore" }));
    expect(engine.callsOf("restore")).toEqual([["lab", LEAF, "2".repeat(40)]]);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("that changes while it is asked about is restored all the same", async () => {
    const { pane, user, engine, again, view } = await opened({ history: () => versions(4) });
    await user.click(pane.getByRole("tab", { name: "History" }));
    await user.click(await pane.findByRole("button", { name: "Restore 22222222…" }));
    engine.answers.resource = (_, file) => resourceDetail(file, { blob: "9".repeat(40) });
    await again({ ...view, localEdits: 1 });
    await waitFor(() => expect(engine.callsOf("history"), "the versions are read anew").toHaveLength(2));
    const dialog = within(screen.getByRole("dialog", { name: "Restore this version?" }));
    expect(dialog.getByText("22222222")).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Restore" }));
    expect(engine.callsOf("restore")).toEqual([["lab", LEAF, "2".repeat(40)]]);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("is deleted with what names it in sight", async () => {
    const { pane, user, engine } = await opened();
    await user.click(pane.getByRole("button", { name: "Delete…" }));
    const dialog = within(screen.getByRole("dialog", { name: "Delete Switch leaf-01?" }));
    expect(dialog.getByText("3 objects name it.")).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Delete" }));
    expect(engine.callsOf("edit")).toEqual([["lab", { file: LEAF, base: "1".repeat(40), text: null }]]);
    await waitFor(() => expect(screen.queryByRole("region", { name: "Switch leaf-01" })).toBeNull());
  });

  it("that was deleted is not seen again when another one is opened", async () => {
    const { pane, user, engine } = await opened();
    await user.click(pane.getByRole("button", { name: "Delete…" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Switch leaf-01" })).toBeNull());
    engine.answers.resource = () => new Promise(() => undefined);
    await user.click(other());
    expect(await screen.findByText("Reading the object…")).toBeTruthy();
    expect(screen.queryByRole("region", { name: "Switch leaf-01" })).toBeNull();
  });

  it("that may not be deleted stays, and says why", async () => {
    const { pane, user } = await opened({
      edit: () =>
        operation({
          kind: "edit",
          outcome: { is: "needsAttention" },
          steps: [step("validate", { state: "failed" })],
          findings: [objectFinding({ code: "FGD-602", message: "3 objects refer to it." })],
        }),
    });
    await user.click(pane.getByRole("button", { name: "Delete…" }));
    const dialog = within(screen.getByRole("dialog"));
    await user.click(dialog.getByRole("button", { name: "Delete" }));
    expect((await dialog.findByRole("alert")).textContent).toContain("3 objects refer to it.");
  });

  it("that changed meanwhile is not deleted", async () => {
    const { pane, user } = await opened({ edit: () => operation({ outcome: { is: "stale" } }) });
    await user.click(pane.getByRole("button", { name: "Delete…" }));
    const dialog = within(screen.getByRole("dialog"));
    await user.click(dialog.getByRole("button", { name: "Delete" }));
    expect((await dialog.findByRole("alert")).textContent).toContain("changed meanwhile");
  });

  it("that can't be read is shown as its text", async () => {
    const { pane, user } = await opened({ resource: (_, file) => resourceDetail(file, { fields: [] }) });
    await user.click(pane.getByRole("button", { name: "See its text" }));
    expect(pane.getByRole("group", { name: "YAML" })).toBeTruthy();
  });

  it("has a pane that the keyboard widens", async () => {
    const { user } = await opened();
    const line = screen.getByRole("separator");
    const before = Number(line.getAttribute("aria-valuenow"));
    line.focus();
    await user.keyboard("{ArrowLeft}");
    expect(Number(line.getAttribute("aria-valuenow"))).toBeGreaterThan(before);
  });
});
