// Stories of what is looked at in a fabric: the findings of its objects, and its directory structure.
import { screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fabric, fabricFindings, manyFindings, NOW, status, unreachable } from "./testing/samples";
import { button, expectAccessible, open } from "./testing/window";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));

describe("the findings of a fabric", () => {
  afterEach(expectAccessible);
  const section = () => within(screen.getByRole("region", { name: "Findings" }));

  async function findings(answer?: () => unknown) {
    const opened = await open([fabric({ errors: 2, warnings: 1 })]);
    if (answer) opened.engine.answers.findings = answer;
    await opened.user.click(button("Show findings"));
    return { ...opened, dialog: within(screen.getByRole("dialog", { name: "Findings in “lab-1”" })) };
  }

  it("are counted on the dashboard", async () => {
    await open([fabric({ errors: 1, warnings: 1200 })]);
    expect(section().getByText("1 error")).toBeTruthy();
    expect(section().getByText("1,200 warnings")).toBeTruthy();
  });

  it("are small where there are none", async () => {
    await open();
    expect(section().getByText("none")).toBeTruthy();
    expect(section().queryByRole("button")).toBeNull();
  });

  it("are not claimed to be none before anybody looked", async () => {
    await open([fabric({ status: status("unknown"), errors: null, warnings: null })]);
    expect(section().getByText("not checked yet")).toBeTruthy();
  });

  it("are listed by severity and code, and narrowed by typing", async () => {
    const { dialog, user } = await findings();
    const errors = within(await dialog.findByRole("region", { name: "Errors" }));
    expect(errors.getAllByRole("heading", { level: 4 }).map((code) => code.textContent)).toEqual([
      "FGD-101 1",
      "FGD-202 1",
    ]);
    expect(errors.getByText("Switch Leaf_03")).toBeTruthy();
    expect(errors.getByText("fabrics/lab-1/managed/switches/leaf-01.yaml:131:9")).toBeTruthy();
    expect(dialog.getByRole("region", { name: "Warnings" })).toBeTruthy();
    await user.type(dialog.getByRole("searchbox"), "leaf_03 name");
    expect(dialog.queryByText("FGD-101")).toBeNull();
    expect(dialog.queryByRole("region", { name: "Warnings" })).toBeNull();
    await user.type(dialog.getByRole("searchbox"), "?");
    expect(dialog.getByText("No finding matches “leaf_03 name?”.")).toBeTruthy();
  });

  it("are shown in part where there are thousands", async () => {
    const { dialog, user } = await findings(() =>
      fabricFindings({ errors: 9000, warnings: 500, findings: manyFindings(2000) }),
    );
    expect(await dialog.findByText(/first 2,000, errors first; 7,500 more/)).toBeTruthy();
    const list = dialog.getByRole("list", { name: "Errors FGD-302" });
    expect(list.children).toHaveLength(20);
    await user.click(dialog.getByRole("button", { name: /^Show all 1,000: Errors FGD-302/ }));
    expect(list.children).toHaveLength(1000);
    await user.type(dialog.getByRole("searchbox"), "server-7--");
  });

  it("say why they can't be told", async () => {
    const { dialog } = await findings(() => {
      throw unreachable;
    });
    expect((await dialog.findByRole("alert")).textContent).toContain(unreachable.message);
    expect(dialog.getByRole("button", { name: "Try again" })).toBeTruthy();
  });
});

describe("the structure of a fabric", () => {
  afterEach(expectAccessible);

  async function structure(answer?: () => unknown) {
    const opened = await open();
    if (answer) opened.engine.answers.checkStructure = answer;
    await opened.user.click(button("More for this fabric"));
    await opened.user.click(screen.getByRole("menuitem", { name: "Check structure…" }));
    return { ...opened, dialog: within(screen.getByRole("dialog", { name: "Structure of “lab-1”" })) };
  }

  it("says what is not right, and mends it in one commit", async () => {
    const { dialog, engine, user } = await structure();
    expect(await dialog.findByText("Three directories are missing.")).toBeTruthy();
    expect(dialog.getByText("managed/gateways/.gitkeep")).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Repair (one commit)" }));
    expect(engine.callsOf("repairStructure")).toEqual([["lab"]]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("says that all is well", async () => {
    const { dialog } = await structure(() => ({ repairs: [] }));
    expect(await dialog.findByText("Everything is in its place.")).toBeTruthy();
    expect(dialog.queryByRole("button", { name: /Repair/ })).toBeNull();
  });

  it("says why it can't be looked at", async () => {
    const { dialog } = await structure(() => {
      throw unreachable;
    });
    expect((await dialog.findByRole("alert")).textContent).toContain(unreachable.hint);
  });
});
