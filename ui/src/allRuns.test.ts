// Stories of a run over every fabric, and how its ends are told apart.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ErrorCode, FabricRun, Outcome } from "./bindings";
import { byEnd, endOf, type End } from "./ends";
import { fabric, NOW, operation, unreachable } from "./testing/samples";
import { button, expectAccessible, open } from "./testing/window";

const failed = (code: ErrorCode): Outcome => ({ is: "failed", error: { ...unreachable, code } });
const ran = (id: string, outcome: Outcome, summary = "All is in sync."): FabricRun => ({
  fabric: id,
  operation: operation({ id: `run-${id}`, fabric: id, outcome, summary }),
  error: null,
});

describe("an end", () => {
  it.each<[Outcome, End]>([
    [{ is: "done" }, "done"],
    [{ is: "unchanged" }, "done"],
    [{ is: "needsAttention" }, "needsYou"],
    [{ is: "stale" }, "needsYou"],
    [{ is: "cancelled" }, "stopped"],
    [{ is: "interrupted" }, "stopped"],
    [failed("RemoteUnreachable"), "unreachable"],
    [failed("RemoteStalled"), "unreachable"],
    [failed("AuthRefused"), "needsYou"],
    [failed("BranchGone"), "needsYou"],
    [failed("Io"), "failed"],
  ])("%o is told as %s", (outcome, end) => {
    expect(endOf(ran("a", outcome))).toBe(end);
  });

  it("of a run that was not begun is told by its error", () => {
    const error = { ...unreachable, code: "AuthRequired" as const };
    expect(endOf({ fabric: "a", operation: null, error })).toBe("needsYou");
    expect(endOf({ fabric: "a", operation: null, error: null })).toBe("failed");
  });

  it("is listed with its like, what needs a person first", () => {
    const runs = [
      ran("a", { is: "done" }),
      ran("b", { is: "needsAttention" }),
      ran("c", { is: "unchanged" }),
    ];
    expect(byEnd(runs).map(([end, list]) => [end, list.map((run) => run.fabric)])).toEqual([
      ["needsYou", ["b"]],
      ["done", ["a", "c"]],
    ]);
  });
});

describe("all fabrics", () => {
  beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));
  afterEach(expectAccessible);

  const three = [
    fabric({ id: "a", name: "ams" }),
    fabric({ id: "b", name: "ber" }),
    fabric({ id: "c", name: "cph" }),
  ];
  const nav = () => within(screen.getByRole("navigation", { name: "Fabrics" }));

  async function all(command: string, answer?: () => unknown) {
    const opened = await open(three);
    if (answer) opened.engine.answers.syncAll = answer;
    await opened.user.click(button("All fabrics"));
    await opened.user.click(screen.getByRole("menuitem", { name: command }));
    return opened;
  }

  it.each([
    ["Sync all", "syncAll"],
    ["Pull all", "pullAll"],
    ["Push all", "pushAll"],
  ] as const)("run with %s, and say how many went well", async (name, command) => {
    const { engine } = await all(name);
    expect(engine.callsOf(command)).toEqual([[]]);
    expect(await nav().findByText("3 done")).toBeTruthy();
  });

  it("say that they run, once", async () => {
    let end: (runs: FabricRun[]) => void = () => undefined;
    const { engine, user } = await all("Sync all", () => new Promise((resolve) => (end = resolve)));
    expect(nav().getByText("Syncing all fabrics…")).toBeTruthy();
    await user.click(button("All fabrics"));
    await user.click(screen.getByRole("menuitem", { name: "Push all" }));
    expect(engine.callsOf("pushAll")).toEqual([]);
    end([]);
    expect(await nav().findByText("No fabric to run")).toBeTruthy();
  });

  it("are told by name, and lead to each", async () => {
    const { app, user } = await all("Sync all", () => [
      ran("a", { is: "done" }),
      ran("b", failed("RemoteUnreachable")),
      ran("c", { is: "needsAttention" }, "2 conflicts wait for you."),
    ]);
    expect(await nav().findByText("1 done, 1 needs you, 1 could not be reached")).toBeTruthy();
    await user.click(button("Show what came of each"));
    const dialog = within(screen.getByRole("dialog", { name: "Sync of all fabrics" }));
    expect(dialog.getAllByRole("region").map((region) => region.getAttribute("aria-label"))).toEqual([
      "Needs you",
      "Could not be reached",
      "Done",
    ]);
    const needs = within(dialog.getByRole("region", { name: "Needs you" }));
    expect(needs.getByText("2 conflicts wait for you.")).toBeTruthy();
    const away = within(dialog.getByRole("region", { name: "Could not be reached" }));
    expect(away.getByText("Out of reach.")).toBeTruthy();
    expect(away.getByText(/connection timed out/)).toBeTruthy();
    await expectAccessible();
    await user.click(needs.getByRole("button", { name: "cph" }));
    expect(app.selected?.name).toBe("cph");
    expect(screen.queryByRole("dialog")).toBeNull();
    await user.click(button("Close the result"));
    expect(nav().queryByText(/1 done/)).toBeNull();
  });

  it("say why they could not be run", async () => {
    await all("Sync all", () => {
      throw unreachable;
    });
    await waitFor(() => expect(screen.getByText(unreachable.message)).toBeTruthy());
    expect(nav().queryByText(/Syncing/)).toBeNull();
  });
});
