// Stories of the overview: what is first, what is shown of each, and commands over many.
import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FabricView, Operation } from "./bindings";
import { clock } from "./clock.svelte";
import { commitsByDay, DAYS, type Made } from "./overview/days";
import { arrange, countFamilies, matches, type Line, type Wish } from "./overview/arrange";
import { FAMILIES, familyOf } from "./overview/families";
import { chartSentence, manySentence } from "./overview/labels";
import { Selection } from "./overview/selection.svelte";
import Overview from "./screens/Overview.svelte";
import { AppState, REVEAL_MS } from "./state.svelte";
import { FakeTransport } from "./testing/fake";
import { branchRules } from "./testing/github";
import { manyFabrics, oneOf, repository, runsOf, someFabrics } from "./testing/overview";
import { fabric, NOW, operation, progress, status, unreachable } from "./testing/samples";
import { expectAccessible, open } from "./testing/window";
import WithinWindow from "./testing/WithinWindow.svelte";
import { statusLabel } from "./words";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));

const line = (over: Partial<FabricView>): Line => {
  const one = fabric(over);
  return { fabric: one, status: one.status };
};
const lines = someFabrics().map(line);
const wish = (over: Partial<Wish> = {}): Wish => ({
  text: "",
  family: null,
  sort: "status",
  descending: false,
  grouped: true,
  ...over,
});
const namesOf = (groups: ReturnType<typeof arrange>) =>
  groups.flatMap((group) => group.lines.map(({ fabric }) => fabric.name));

describe("the order", () => {
  it("has what needs a person first, whatever it is sorted by, and everything once", () => {
    for (const sort of ["status", "name", "objects", "lastCommit", "nextCheck"] as const)
      for (const descending of [false, true])
        for (const grouped of [false, true]) {
          const groups = arrange(lines, wish({ sort, descending, grouped }));
          expect(groups[0]?.is).toBe("waiting");
          expect(groups[0]?.lines.every(({ status }) => familyOf(status.state) === "needsYou")).toBe(true);
          expect(namesOf(groups).toSorted()).toEqual(lines.map(({ fabric }) => fabric.name).toSorted());
        }
  });

  it("groups by repository, and says how many of it stand above", () => {
    const groups = arrange(lines, wish());
    expect(groups.map(({ repository, lines, above }) => [repository?.name, lines.length, above])).toEqual([
      [undefined, 4, 0],
      ["fabrics-apac", 1, 3],
      ["fabrics-eu-north", 5, 0],
      ["fabrics-eu-west", 4, 1],
      ["fabrics-us", 4, 0],
    ]);
    expect(arrange(lines, wish({ grouped: false })).map(({ is }) => is)).toEqual(["waiting", "rest"]);
  });

  it("has what is not known last, either way", () => {
    const known = [
      line({ name: "a", ahead: 1 }),
      line({ name: "b", ahead: null }),
      line({ name: "c", ahead: 9 }),
    ];
    const sorted = (descending: boolean) => namesOf(arrange(known, wish({ sort: "distance", descending })));
    expect(sorted(false)).toEqual(["a", "c", "b"]);
    expect(sorted(true)).toEqual(["c", "a", "b"]);
  });

  it("counts numbers in names as numbers", () => {
    const named = ["pod-10", "pod-9"].map((name) => line({ name }));
    expect(namesOf(arrange(named, wish({ sort: "name" })))).toEqual(["pod-9", "pod-10"]);
  });

  it("filters by family, and every state is in one", () => {
    const counts = countFamilies(lines);
    expect([...counts.values()].reduce((sum, n) => sum + n, 0)).toBe(lines.length);
    for (const family of FAMILIES) {
      const groups = arrange(lines, wish({ family }));
      expect(namesOf(groups)).toHaveLength(counts.get(family) ?? 0);
    }
  });

  it("finds words of names, repositories, branches and states, in any order", () => {
    const one = line({
      name: "fra-pod-5",
      branch: "staging",
      status: status("offline"),
      repository: repository("eu"),
    });
    const found = (text: string) => matches(one, text, ({ state }) => statusLabel(state));
    for (const text of ["FRA", "staging fra", "eu offline", "github.com/acme"])
      expect(found(text)).toBe(true);
    for (const text of ["fra main", "paused"]) expect(found(text)).toBe(false);
  });
});

describe("commits a day", () => {
  const DAY = 86_400_000;
  const made = (daysAgo: number, commits: number, id = `${daysAgo}`): Made => ({
    id,
    at: NOW - daysAgo * DAY,
    commits,
  });

  it("are counted by the calendar, today last", () => {
    const days = commitsByDay([made(0, 2), made(0, 1, "b"), made(3, 5), made(40, 1)], false, NOW);
    expect(days).toHaveLength(DAYS);
    expect(days.slice(-4)).toEqual([5, 0, 0, 3]);
    expect(days.slice(0, -4).every((day) => day === 0)).toBe(true);
  });

  it("are unknown before the first run that was read, and none is known without one", () => {
    const days = commitsByDay([made(2, 1)], false, NOW);
    expect(days.slice(-3)).toEqual([1, 0, 0]);
    expect(days.slice(0, -3).every((day) => day === null)).toBe(true);
    expect(commitsByDay([], false, NOW).every((day) => day === null)).toBe(true);
  });

  it("are unknown for the day on which the reading was cut off", () => {
    expect(commitsByDay([made(0, 1), made(2, 1)], true, NOW).slice(-3)).toEqual([null, 0, 1]);
  });

  it("are told in a sentence that does not claim what is not known", () => {
    expect(chartSentence(Array(14).fill(1))).toBe("14 commits in the last 14 days");
    expect(chartSentence([...Array(12).fill(null), 0, 1])).toBe(
      "1 commit in the last 2 days; what was before is not known",
    );
  });
});

describe("the selection", () => {
  const shown = ["a", "b", "c", "d", "e"];

  it("takes a range from the last one, either way, and gives all of it what the last gets", () => {
    const selection = new Selection();
    selection.click("d", shown, false);
    selection.click("b", shown, true);
    expect(selection.among(shown)).toEqual(["b", "c", "d"]);
    selection.click("d", shown, true);
    expect(selection.among(shown)).toEqual([]);
  });

  it("does not act on what is not shown", () => {
    const selection = new Selection();
    selection.set(shown, true);
    expect(selection.among(["c"])).toEqual(["c"]);
    selection.clear();
    expect(selection.among(shown)).toEqual([]);
  });
});

it("sums up a command over many, what went well first", () => {
  const ended = (end: "done" | "failed") => ({ is: "ended", end, sentence: "" }) as const;
  expect(manySentence("pull", [ended("done"), { is: "running" }, { is: "leftOut", why: "" }]).text).toBe(
    "Pull: 1 of 2 done",
  );
  expect(manySentence("pause", [ended("failed"), ended("done"), { is: "leftOut", why: "" }])).toEqual({
    tone: "danger",
    text: "Pause: 1 done, 1 failed, 1 left out",
  });
});

describe("the screen", () => {
  afterEach(expectAccessible);

  async function overview(list: FabricView[], answers: FakeTransport["answers"] = {}) {
    const engine = new FakeTransport(list);
    engine.answers = { operations: (id) => runsOf(id), ...answers };
    const app = new AppState(engine);
    const [onselect, onopen] = [vi.fn(), vi.fn()];
    // As the window does; one step is enough.
    clock.start()();
    document.documentElement.lang = "en";
    document.title = "FGD Sync";
    render(WithinWindow, { app, of: Overview, with: { onselect, onopen } });
    await app.start();
    return { app, engine, onselect, onopen, user: userEvent.setup() };
  }
  // By selector: among many rows, roles take seconds to be told.
  const heads = () => [...document.querySelectorAll<HTMLElement>("[role=rowheader]")];
  const row = (name: string) =>
    heads()
      .find((head) => head.querySelector(".name")?.textContent === name)!
      .closest<HTMLElement>("[role=row]")!;
  const box = (name: string) => screen.getByRole("checkbox", { name: `Select ${name}` });
  const bar = () => within(screen.getByRole("group", { name: "Commands for the selected fabrics" }));

  it("shows each fabric with its status, figures, chart and times", async () => {
    const { onselect, user } = await overview(someFabrics().slice(8, 12));
    const one = row("sto-pod-10");
    expect(one.textContent).toContain("To pull");
    expect(one.textContent).toContain("The remote has 1 commit that is not here yet.");
    expect(one.textContent).toContain("0 to push, 4 to pull");
    expect(await within(one).findByRole("img", { name: /commits in the last/ })).toBeTruthy();
    expect(within(one).getByText(/^in \d min$/, { selector: "time" })).toBeTruthy();
    await user.click(within(one).getByRole("button", { name: "sto-pod-10" }));
    expect(onselect).toHaveBeenCalledWith("fabric-9");
  });

  it("begins with what needs a person, and the button that helps", async () => {
    const { onopen, user } = await overview(someFabrics().slice(0, 7));
    const [first] = screen.getAllByRole("heading", { level: 2 });
    expect(first?.textContent?.trim()).toBe("2 fabrics need you");
    expect(row("ber-pod-2").textContent).toContain("Settle them: take your version");
    await user.click(screen.getByRole("button", { name: "Settle conflicts…: ber-pod-2" }));
    expect(onopen).toHaveBeenCalledWith({
      is: "conflicts",
      fabric: expect.objectContaining({ id: "fabric-1" }),
    });
  });

  it("says what is not known, and guesses nothing", async () => {
    await overview([oneOf(0, "unknown")], { operations: () => [] });
    const one = row("ams-pod-1");
    expect(one.textContent).toContain("unknown to push, unknown to pull");
    expect(one.textContent).toContain("not yet");
    await waitFor(() => expect(within(one).getAllByText("unknown").length).toBeGreaterThan(1));
  });

  it("has one heading a repository, with the rules of its branches asked once", async () => {
    const { engine } = await overview(
      [0, 4, 8].map((n) => oneOf(n, "inSync")),
      {
        branchRules: (id) => (id === "fabric-4" ? null : branchRules()),
      },
    );
    expect(await screen.findByText(/main takes changes by pull request only/)).toBeTruthy();
    expect(await screen.findByText("Its rules are not known.")).toBeTruthy();
    expect(engine.callsOf("branchRules")).toHaveLength(2);
  });

  it("filters by text and by state, and leads back", async () => {
    const { user } = await overview(someFabrics().slice(0, 9));
    await user.type(screen.getByRole("searchbox"), "eu-north");
    expect(heads()).toHaveLength(3);
    await user.click(screen.getByRole("button", { name: /^Offline 1/ }));
    expect(heads()).toHaveLength(1);
    await user.clear(screen.getByRole("searchbox"));
    await user.type(screen.getByRole("searchbox"), "nowhere");
    expect(screen.getByText("No fabric matches.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Show all 9" }));
    expect(heads()).toHaveLength(9);
  });

  it("sorts by a heading, and the other way by another press", async () => {
    const { user } = await overview([3, 7, 11].map((n) => oneOf(n, "inSync")));
    const objects = screen.getByRole("button", { name: "Objects" });
    const order = () => heads().map((head) => head.querySelector(".name")?.textContent);
    await user.click(objects);
    const most = order();
    expect(objects.closest("[role=columnheader]")?.getAttribute("aria-sort")).toBe("descending");
    await user.click(objects);
    expect(order()).toEqual(most.toReversed());
  });

  it("selects ranges with Shift and all with Ctrl+A, and none with Escape", async () => {
    const { user } = await overview([0, 4, 8, 12].map((n) => oneOf(n, "inSync")));
    const ticked = () =>
      screen
        .getAllByRole<HTMLInputElement>("checkbox", { name: /^Select .*pod/ })
        .map(({ checked }) => checked);
    await user.click(box("fra-pod-5"));
    await user.keyboard("{Shift>}");
    await user.click(box("rom-pod-9"));
    await user.keyboard("{/Shift}");
    expect(ticked()).toEqual([false, false, true, true]);
    await user.keyboard("{Control>}a{/Control}");
    expect(ticked()).toEqual([true, true, true, true]);
    expect(bar().getByText("4 selected")).toBeTruthy();
    await user.keyboard("{Escape}");
    expect(ticked()).toEqual([false, false, false, false]);
    const all = screen.getByRole("checkbox", { name: "Select all that are shown" });
    await user.click(box("ams-pod-1"));
    expect(all).toHaveProperty("indeterminate", true);
    await user.click(all);
    expect(ticked()).toEqual([true, true, true, true]);
  });

  it("leaves Ctrl+A to the text where one is typed", async () => {
    const { user } = await overview([oneOf(0, "inSync")]);
    await user.type(screen.getByRole("searchbox"), "ams");
    await user.keyboard("{Control>}a{/Control}");
    expect(box("ams-pod-1")).toHaveProperty("checked", false);
  });

  it("says why nothing can be run while nothing is selected", async () => {
    const { engine, user } = await overview([oneOf(0, "inSync")]);
    await user.click(bar().getByRole("button", { name: "Sync" }));
    expect(engine.callsOf("sync")).toEqual([]);
    expect(bar().getAllByText(/Select fabrics first/).length).toBeGreaterThan(0);
  });

  it("syncs many, with progress and what came of each, and says no problem twice", async () => {
    let fail = (_: unknown) => {};
    const { app, engine, user } = await overview(
      [0, 4, 8].map((n) => oneOf(n, "inSync")),
      {
        sync: (id) => {
          if (id === "fabric-0") return operation({ id: "ok", fabric: id });
          return id === "fabric-4"
            ? operation({
                id: "odd",
                fabric: id,
                outcome: { is: "needsAttention" },
                summary: "2 documents were rejected.",
              })
            : new Promise((_, reject) => (fail = reject));
        },
      },
    );
    await user.keyboard("{Control>}a{/Control}");
    await user.click(bar().getByRole("button", { name: "Sync" }));
    expect(await bar().findByText("Sync: 2 of 3 done")).toBeTruthy();
    engine.say({ type: "progress", data: progress({ fabric: "fabric-8", operation: "op-8" }) });
    const progressBar = await within(row("rom-pod-9")).findByRole(
      "progressbar",
      {},
      { timeout: REVEAL_MS + 1000 },
    );
    expect(progressBar.getAttribute("aria-valuenow")).toBe("31");
    fail(unreachable);
    expect(await bar().findByText("Sync: 1 done, 1 could not be reached, 1 needs you")).toBeTruthy();
    engine.say({ type: "finished", data: operation({ id: "op-8", fabric: "fabric-8" }) });
    await waitFor(() => expect(row("rom-pod-9").textContent).toContain(unreachable.message));
    expect(row("fra-pod-5").textContent).toContain("2 documents were rejected.");
    expect(app.toasts.list).toEqual([]);
    await user.click(bar().getByRole("button", { name: "Close the results" }));
    expect(row("fra-pod-5").textContent).not.toContain("2 documents were rejected.");
  });

  it("leaves out what there is nothing to do for, and says so", async () => {
    const { engine, user } = await overview([oneOf(0, "ahead"), oneOf(4, "inSync")]);
    await user.keyboard("{Control>}a{/Control}");
    await user.click(bar().getByRole("button", { name: "Push" }));
    expect(await bar().findByText("Push: 1 done, 1 left out")).toBeTruthy();
    expect(engine.callsOf("push")).toEqual([["fabric-0"]]);
    expect(row("fra-pod-5").textContent).toContain("Left out. The remote has every commit already.");
  });

  it("pauses and resumes many", async () => {
    const { engine, user } = await overview(
      [0, 4].map((n) => oneOf(n, "inSync")),
      {
        setAutoSync: (id, on) => ({ ...oneOf(Number(id.slice(7)), on ? "inSync" : "paused") }),
      },
    );
    await user.keyboard("{Control>}a{/Control}");
    await user.click(bar().getByRole("button", { name: "Pause" }));
    expect(await bar().findByText("Pause: 2 done")).toBeTruthy();
    expect(engine.callsOf("setAutoSync")).toEqual([
      ["fabric-0", false],
      ["fabric-4", false],
    ]);
    await user.click(bar().getByRole("button", { name: "Resume" }));
    expect(await bar().findByText("Resume: 2 done")).toBeTruthy();
  });

  it("begins no more of many once it is stopped", async () => {
    const { engine, user } = await overview(manyFabrics(12), { sync: () => new Promise(() => {}) });
    await user.keyboard("{Control>}a{/Control}");
    await user.click(bar().getByRole("button", { name: "Sync" }));
    await waitFor(() => expect(engine.callsOf("sync")).toHaveLength(6));
    await user.click(bar().getByRole("button", { name: "Stop" }));
    expect(screen.getAllByText("Stopped before its turn.")).toHaveLength(6);
    expect(engine.callsOf("sync")).toHaveLength(6);
  });

  it("goes on with many where it is left, and shows them where it is opened again", async () => {
    const ends: ((value: Operation) => void)[] = [];
    const { app, engine, user } = await open(manyFabrics(8), [], {
      sync: () => new Promise<Operation>((end) => ends.push(end)),
    });
    await user.keyboard("{Control>}a{/Control}");
    await user.click(bar().getByRole("button", { name: "Sync" }));
    app.select("fabric-0");
    await waitFor(() => expect(screen.queryByRole("group", { name: /^Commands for/ })).toBeNull());
    app.showAll();
    await waitFor(() => expect(bar().getByRole("button", { name: "Stop" })).toBeTruthy());
    await user.click(bar().getByRole("button", { name: "Stop" }));
    ends.forEach((end) => end(operation()));
    await waitFor(() => expect(bar().getByRole("button", { name: "Close the results" })).toBeTruthy());
    expect(engine.callsOf("sync")).toHaveLength(6);
    expect(screen.getAllByText("Stopped before its turn.")).toHaveLength(2);
  });

  it("stops what waits for its turn once that has come, and no other run", async () => {
    const { app, engine, user } = await overview(manyFabrics(2), { sync: () => new Promise(() => {}) });
    await user.keyboard("{Control>}a{/Control}");
    await user.click(bar().getByRole("button", { name: "Sync" }));
    engine.say({ type: "progress", data: progress({ fabric: "fabric-0", operation: "at-work" }) });
    await user.click(bar().getByRole("button", { name: "Stop" }));
    expect(engine.callsOf("cancel")).toEqual([["at-work"]]);
    engine.say({
      type: "progress",
      data: progress({ fabric: "fabric-1", operation: "another", kind: "edit" }),
    });
    engine.say({ type: "progress", data: progress({ fabric: "fabric-1", operation: "waited" }) });
    engine.say({ type: "progress", data: progress({ fabric: "fabric-1", operation: "waited" }) });
    expect(engine.callsOf("cancel")).toEqual([["at-work"], ["waited"]]);
    expect(app.isBusy("fabric-1")).toBe(true);
  });

  it("goes from line to line with the arrows", async () => {
    const { user } = await overview([0, 4].map((n) => oneOf(n, "inSync")));
    box("ams-pod-1").focus();
    await user.keyboard("{ArrowDown} ");
    expect(document.activeElement).toBe(box("fra-pod-5"));
    expect(box("fra-pod-5")).toHaveProperty("checked", true);
  });

  it("says once that no remote can be reached, and tries all again", async () => {
    const { engine, user } = await overview([0, 3].map((n) => oneOf(n, "offline")));
    expect(screen.getByText("None of the 2 remotes can be reached.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Try all again" }));
    expect(engine.callsOf("sync")).toEqual([["fabric-0"], ["fabric-3"]]);
  });

  it("is empty, is being read, and could not be read", async () => {
    const { app, engine, user } = await overview([], {
      listFabrics: () => {
        throw unreachable;
      },
    });
    expect((await screen.findByRole("alert")).textContent).toContain(unreachable.message);
    delete engine.answers.listFabrics;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(app.loaded).toBe(true));
    expect(screen.getByText(/No fabric yet/)).toBeTruthy();
  });

  it("counts a run that ends while it is looked at", async () => {
    const { engine } = await overview([oneOf(0, "inSync")], {
      operations: () => [operation({ fabric: "fabric-0" })],
    });
    const chart = () => within(row("ams-pod-1")).findByRole("img", { name: /^1 commit /u });
    expect(await chart()).toBeTruthy();
    engine.say({ type: "finished", data: operation({ id: "new", fabric: "fabric-0", pulled: 3 }) });
    expect(await within(row("ams-pod-1")).findByRole("img", { name: /^5 commits /u })).toBeTruthy();
  });
});
