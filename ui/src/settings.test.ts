// Stories of a fabric's settings.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fabric, NOW, unreachable } from "./testing/samples";
import { fabricSettings } from "./testing/twoWay";
import { button, expectAccessible, open } from "./testing/window";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));
afterEach(expectAccessible);

async function settings(answer?: () => unknown) {
  const opened = await open([fabric()]);
  if (answer) opened.engine.answers.settings = answer;
  await opened.user.click(button("More for this fabric"));
  await opened.user.click(screen.getByRole("menuitem", { name: "Settings…" }));
  return { ...opened, dialog: within(screen.getByRole("dialog", { name: "Settings of “lab-1”" })) };
}

it("shows what is kept, and offers nothing to save until it is changed", async () => {
  const { dialog, engine, user } = await settings();
  const interval = await dialog.findByRole("combobox", { name: "By the clock" });
  expect(interval.querySelector("option:checked")?.textContent).toBe("Every 2 min");
  expect([...interval.querySelectorAll("option")].map((option) => option.textContent)).toEqual([
    "Never",
    "Every 30 s",
    "Every 1 min",
    "Every 2 min",
    "Every 5 min",
    "Every 15 min",
    "Every 1 h",
  ]);
  expect(dialog.getByRole("radio", { name: "Ask me" })).toHaveProperty("checked", true);
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect(engine.callsOf("setSettings")).toEqual([]);
});

it("keeps what was changed", async () => {
  const { dialog, engine, user } = await settings();
  await user.selectOptions(await dialog.findByRole("combobox", { name: "By the clock" }), "Never");
  await user.click(dialog.getByRole("checkbox", { name: "When the app starts" }));
  await user.click(dialog.getByRole("checkbox", { name: "When the window comes to the front" }));
  await user.click(dialog.getByRole("radio", { name: "Prefer the remote" }));
  await user.type(dialog.getByRole("textbox", { name: "Commit message" }), "net: {{summary}");
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect(engine.callsOf("setSettings")).toEqual([
    [
      "lab",
      { interval: 0, onStart: false, onFocus: false, policy: "preferRemote", template: "net: {summary}" },
    ],
  ]);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(screen.getByText("The settings are saved.")).toBeTruthy();
});

it("offers an interval that was set elsewhere too", async () => {
  const { dialog } = await settings(() => fabricSettings({ interval: 45 }));
  const interval = await dialog.findByRole("combobox", { name: "By the clock" });
  expect(interval.querySelector("option:checked")?.textContent).toBe("Every 45 s");
});

it("shows a commit message as it would be, with each place put in by a click", async () => {
  const { dialog, user } = await settings();
  const example = await dialog.findByRole("region", { name: "Example" });
  expect(example.textContent).toMatch(/^lab-1: ingest 2 objects from leafs.yaml\n\nCreated: 1\n/);
  await user.type(dialog.getByRole("textbox", { name: "Commit message" }), "chore: ");
  await user.click(dialog.getByRole("button", { name: "{summary}" }));
  await user.keyboard(" on ");
  await user.click(dialog.getByRole("button", { name: "{branch}" }));
  expect(example.textContent).toMatch(
    /^chore: lab-1: ingest 2 objects from leafs.yaml on main\n\nFGD-Operation: /,
  );
});

it("goes back to the usual message when it is emptied", async () => {
  const { dialog, engine, user } = await settings(() => fabricSettings({ template: "x {summary}" }));
  await user.clear(await dialog.findByRole("textbox", { name: "Commit message" }));
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect(engine.callsOf("setSettings")[0]?.[1]).toEqual(fabricSettings({ template: null }));
});

it("says at the field what is wrong with it", async () => {
  const { dialog, engine, user } = await settings();
  engine.answers.setSettings = () => {
    throw { code: "SettingInvalid", message: "The first line must hold {summary}.", hint: "Change it." };
  };
  const field = await dialog.findByRole("textbox", { name: "Commit message" });
  await user.type(field, "fabric");
  await user.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
  const described = field.getAttribute("aria-describedby")?.split(" ") ?? [];
  expect(described.map((id) => document.getElementById(id)?.textContent).join(" ")).toContain(
    "The first line must hold {summary}.",
  );
  expect(document.activeElement).toBe(field);
});

it("says why they can't be saved or read", async () => {
  const { dialog, engine, user } = await settings(() => {
    throw unreachable;
  });
  expect((await dialog.findByRole("alert")).textContent).toContain(unreachable.message);
  engine.answers = {
    setSettings: () => {
      throw unreachable;
    },
  };
  await user.click(dialog.getByRole("button", { name: "Try again" }));
  await user.click(await dialog.findByRole("radio", { name: "Prefer mine" }));
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect((await dialog.findByRole("alert")).textContent).toContain(unreachable.message);
});

async function rules() {
  const opened = await open([fabric()]);
  await opened.user.click(button("More for this fabric"));
  await opened.user.click(screen.getByRole("menuitem", { name: "Rules…" }));
  return { ...opened, dialog: within(screen.getByRole("dialog", { name: "Rules of “lab-1”" })) };
}

it("changes the rules of the fabric's directory by a commit, and only where something is changed", async () => {
  const { dialog, engine, user } = await rules();
  const usual = await dialog.findByRole("radio", { name: "It stays, renamed" });
  expect(usual).toHaveProperty("checked", true);
  const save = dialog.getByRole("button", { name: "Save (one commit)" });
  await user.click(save);
  await user.click(dialog.getByRole("radio", { name: "Leave it in the inbox" }));
  await user.click(dialog.getByRole("radio", { name: "It is removed" }));
  await user.click(usual);
  await user.click(save);
  expect(engine.callsOf("setRules")).toEqual([
    ["lab", { archive: "rename_with_extension", validation: "strict" }],
  ]);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});
