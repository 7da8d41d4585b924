import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CommitChanges, FabricView } from "../bindings";
import Changes from "../screens/Changes.svelte";
import { AppState } from "../state.svelte";
import { changesView, commitChanges, commitView, objectChange } from "../testing/changes";
import { FakeTransport } from "../testing/fake";
import { NOW, fabric, operation, status, unreachable } from "../testing/samples";
import { button, expectAccessible } from "../testing/window";
import Within from "../testing/Within.svelte";
import { byDay, dayLabel, fitsCommit, shownObjects } from "./filter";
import { Timeline } from "./timeline.svelte";

async function open(answers: FakeTransport["answers"] = {}, view: FabricView = fabric()) {
  document.documentElement.lang = "en";
  document.title = "FGD Sync";
  const engine = new FakeTransport([view], [operation({ id: "op-0" })]);
  engine.answers = answers;
  const app = new AppState(engine);
  await app.start();
  const onopen = vi.fn();
  const user = userEvent.setup();
  const shown = render(Within, { app, of: Changes, with: { fabric: view, onopen } });
  const again = (fabric: FabricView) => shown.rerender({ with: { fabric, onopen } });
  return { app, engine, user, onopen, again };
}
const region = (name: string) => within(screen.getByRole("region", { name }));

describe("the changes of a fabric", () => {
  afterEach(expectAccessible);

  it("are what comes, what was edited, what goes and what was", async () => {
    const { user, engine } = await open();
    expect(await screen.findByRole("region", { name: "Incoming" })).toBeTruthy();
    expect(region("Incoming").getAllByRole("button", { expanded: false })).toHaveLength(1);
    expect(region("Outgoing").getAllByRole("button", { expanded: false })).toHaveLength(2);
    expect(region("Edits not committed").getByText("Server server-03")).toBeTruthy();
    expect(region("History").getAllByRole("button", { expanded: false })).toHaveLength(50);
    await user.click(button("Show 50 more"));
    expect(engine.callsOf("changes")).toEqual([
      ["lab", 50],
      ["lab", 100],
    ]);
    await waitFor(() =>
      expect(region("History").getAllByRole("button", { expanded: false })).toHaveLength(100),
    );
  });

  const few = (over: Parameters<typeof changesView>[1] = {}) => ({
    changes: () => changesView(5, { history: [commitView(5)], incoming: [], more: false, ...over }),
  });

  it("open to objects and fields, their text a click away", async () => {
    const { user, engine } = await open(few({ outgoing: [], edits: [] }));
    await user.click(await screen.findByRole("button", { name: /edit VPC vpc-1/, expanded: false }));
    const history = region("History");
    expect(await history.findByText("spec.role")).toBeTruthy();
    expect(history.getByText("server-leaf")).toBeTruthy();
    expect(history.getByText("Added")).toBeTruthy();
    expect(history.getByText("Removed")).toBeTruthy();
    expect(history.getByText("raw/leafs.yaml.archived")).toBeTruthy();
    expect(engine.callsOf("compare")).toEqual([]);
    await user.click(history.getByRole("button", { name: "Text of Switch leaf-01" }));
    const text = await history.findByRole("group", { name: "Text of Switch leaf-01" });
    expect(text.textContent).toContain("role: border-leaf");
    expect(engine.callsOf("compare")).toEqual([["lab", "1".repeat(40), "2".repeat(40)]]);
  });

  it("of an edit that is in no commit have the text of the file", async () => {
    const { user, engine } = await open({
      ...few({ outgoing: [], history: [] }),
      objectText: (_, file) => ({ file, blob: null, text: "spec:\n  role: by hand\n" }),
    });
    await user.click(await screen.findByRole("button", { name: "Text of Server server-03" }));
    expect((await screen.findByRole("group", { name: "Text of Server server-03" })).textContent).toContain(
      "role: by hand",
    );
    expect(engine.callsOf("objectText")).toHaveLength(1);
  });

  it("are undone, where their run can be", async () => {
    const { user, onopen } = await open(few());
    await waitFor(() => expect(screen.getAllByRole("button", { name: /^Undo…/ })).toHaveLength(1));
    await user.click(button("Undo…: lab-1: ingest 3 objects"));
    expect(onopen).toHaveBeenCalledWith(
      expect.objectContaining({ is: "undo", operation: expect.anything() }),
    );
  });

  it("bring back an object as it was, also one that was removed", async () => {
    const at = (n: number) => ({ ...commitView(n).commit, revision: String(n).repeat(40) });
    const { user, engine } = await open({
      ...few({ outgoing: [], edits: [], history: [commitView(5, { commit: at(5) })] }),
      history: () => [
        { commit: at(5), blob: null },
        { commit: at(4), blob: "4".repeat(40) },
      ],
    });
    await user.click(await screen.findByRole("button", { name: /edit VPC vpc-1/, expanded: false }));
    await user.click(await screen.findByRole("button", { name: "Restore Server server-09…" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(dialog.getByRole("button", { name: "Restore" }));
    await waitFor(() => expect(engine.callsOf("restore")[0]?.[2]).toBe("4".repeat(40)));
    await user.click(button("Restore Switch leaf-01…"));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Restore" }));
    await waitFor(() => expect(engine.callsOf("restore")[1]?.[2]).toBe("5".repeat(40)));
  });

  it("ask at once whether what was removed is to come back, and open nothing later", async () => {
    const { user, engine } = await open(few({ outgoing: [], edits: [], history: [commitView(5)] }));
    const { commit } = commitView(5);
    const before = { ...commit, revision: "4".repeat(40) };
    let answer: () => void = () => undefined;
    engine.answers.history = () =>
      new Promise((resolve) => {
        answer = () =>
          resolve([
            { commit, blob: null },
            { commit: before, blob: "4".repeat(40) },
          ]);
      });
    await user.click(await screen.findByRole("button", { name: /edit VPC vpc-1/, expanded: false }));
    const ask = async () => {
      await user.click(button("Restore Server server-09…"));
      return within(screen.getByRole("dialog", { name: "Restore this version?" }));
    };
    const first = await ask();
    expect(first.getByText("Looking for the version before the removal…")).toBeTruthy();
    await user.click(first.getByRole("button", { name: "Restore" }));
    await user.click(first.getByRole("button", { name: "Cancel" }));
    answer();
    await new Promise((done) => setTimeout(done));
    expect(screen.queryByRole("dialog"), "it was closed").toBeNull();
    const second = await ask();
    answer();
    expect(await second.findByText("44444444")).toBeTruthy();
    await user.click(second.getByRole("button", { name: "Restore" }));
    await waitFor(() =>
      expect(engine.callsOf("restore").map(([, , from]) => from)).toEqual([before.revision]),
    );
  });

  it("stay open, with the question about them, when what was going out is history", async () => {
    const going = commitView(5);
    const lists = { incoming: [], outgoing: [going], edits: [], history: [] };
    const { user, engine, again } = await open(few(lists));
    await user.click(await screen.findByRole("button", { name: /edit VPC vpc-1/, expanded: false }));
    await user.click(await screen.findByRole("button", { name: "Restore Switch leaf-01…" }));
    const dialog = screen.getByRole("dialog", { name: "Restore this version?" });
    engine.answers.changes = few({ ...lists, outgoing: [], history: [going] }).changes;
    await again(fabric({ ahead: 7 }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Outgoing" })).toBeNull());
    expect(region("History").getByRole("button", { name: /edit VPC vpc-1/, expanded: true })).toBeTruthy();
    expect(screen.getByRole("dialog")).toBe(dialog);
    await user.click(within(dialog).getByRole("button", { name: "Restore" }));
    await waitFor(() => expect(engine.callsOf("restore")[0]?.[2]).toBe(going.commit.revision));
  });

  it("lead to the host's page, where there is one", async () => {
    const { user, engine } = await open(few({ outgoing: [], edits: [] }));
    await user.click(await screen.findByRole("button", { name: /^Open .* at the host$/ }));
    expect(engine.callsOf("openPage")[0]?.[0]).toMatch(
      /^https:\/\/git\.example\.net\/.*\/commit\/[0-9a-f]{40}$/,
    );
  });

  it("have no links where there is no page", async () => {
    await open(few({ page: null }));
    await screen.findByRole("region", { name: "History" });
    expect(screen.queryByRole("button", { name: /at the host$/ })).toBeNull();
  });

  it("are filtered by author, and by objects that are looked for in the commits", async () => {
    const { user, engine } = await open({
      ...few({ incoming: [commitView(1)], outgoing: [] }),
      commitChanges: (_, revision) =>
        revision === commitView(5).commit.revision ? commitChanges() : commitChanges({ objects: [] }),
    });
    await screen.findByRole("region", { name: "History" });
    await user.type(screen.getByRole("searchbox"), "grace");
    expect(screen.queryByRole("region", { name: "History" })).toBeNull();
    expect(screen.getByRole("region", { name: "Incoming" })).toBeTruthy();
    await user.clear(screen.getByRole("searchbox"));
    await user.type(screen.getByRole("searchbox"), "server-09");
    expect(await screen.findByRole("region", { name: "History" })).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole("region", { name: "Incoming" })).toBeNull());
    await user.click(screen.getByRole("button", { name: /edit VPC vpc-1/, expanded: false }));
    expect(await screen.findByText(/2 other objects of this commit do not fit/)).toBeTruthy();
    expect(engine.callsOf("commitChanges")).toHaveLength(2);
    await user.type(screen.getByRole("searchbox"), "?");
    expect(await screen.findByText("No change matches “server-09?”.")).toBeTruthy();
  });

  it("are read again when the fabric is another", async () => {
    const { engine, again } = await open(few());
    await screen.findByRole("region", { name: "History" });
    await again(fabric({ behind: 1 }));
    await waitFor(() => expect(engine.callsOf("changes")).toHaveLength(2));
  });

  it("say that there are none, that the remote is away, and why they can't be read", async () => {
    await open(few({ outgoing: [], edits: [], history: [] }), fabric({ status: status("offline") }));
    expect(await screen.findByText(/No commits yet/)).toBeTruthy();
    expect(screen.getByText(/can't be reached/)).toBeTruthy();
  });

  it("say why they can't be read, and are asked for again", async () => {
    let fails = true;
    const { user } = await open({
      changes: () => {
        if (fails) throw unreachable;
        return changesView(5);
      },
    });
    expect((await screen.findByRole("alert")).textContent).toContain(unreachable.message);
    fails = false;
    await user.click(button("Try again"));
    expect(await screen.findByRole("region", { name: "History" })).toBeTruthy();
  });
});

describe("commits", () => {
  const commit = commitView(0);
  const changes = commitChanges();

  it.each([
    ["", true],
    ["ada", true],
    ["INGEST", true],
    ["leaf-01", true],
    ["ada leaf-01", true],
    ["grace", false],
    ["leafs.yaml", true],
    [commit.commit.revision.slice(0, 8), true],
  ])("looked for by %j: %s", (wanted, expected) => {
    expect(fitsCommit(commit, changes, wanted)).toBe(expected);
  });

  it("show the objects that are looked for, or all where the commit itself is", () => {
    expect(shownObjects(commit, changes, "vpc-1").map(({ name }) => name)).toEqual(["vpc-1"]);
    expect(shownObjects(commit, changes, "ada")).toHaveLength(3);
    expect(shownObjects(commit, changes, "vpc-1 server-09")).toHaveLength(3);
  });

  it("stand under their day", () => {
    const day = 86_400_000;
    const at = (time: number) => commitView(0, { commit: { ...commit.commit, time } });
    const days = byDay([at(NOW), at(NOW - 1000), at(NOW - day), at(NOW - 40 * day)]);
    expect(days.map(([, commits]) => commits.length)).toEqual([2, 1, 1]);
    expect(days.map(([day]) => dayLabel(day, NOW))).toEqual(["Today", "Yesterday", "14 October 2026"]);
  });
});

describe("looking through commits", () => {
  it("asks for each once, a few at a time, and ends when something else is looked for", async () => {
    vi.useFakeTimers();
    const open: (() => void)[] = [];
    const asked: string[] = [];
    const timeline = new Timeline({
      changes: async () => changesView(),
      commit: (revision) =>
        new Promise<CommitChanges>((resolve) => {
          asked.push(revision);
          open.push(() => resolve({ objects: [objectChange()], other: [] }));
        }),
    });
    timeline.lookThrough(Array.from({ length: 10 }, (_, n) => commitView(n)));
    expect(timeline.left).toBe(10);
    await vi.advanceTimersByTimeAsync(300);
    expect(asked).toHaveLength(3);
    open.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(4);
    expect(timeline.left).toBe(9);
    timeline.lookThrough([]);
    for (const answer of open.splice(0)) answer();
    await vi.advanceTimersByTimeAsync(300);
    expect(asked).toHaveLength(4);
    expect(timeline.left).toBe(0);
    vi.useRealTimers();
  });
});
