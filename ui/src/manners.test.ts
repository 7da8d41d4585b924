// Stories of the desktop around the window: its looks, its commands by keyboard, what is asked from outside.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { MenuCommand, Request, WindowSettings } from "./bindings";
import { commandsOf } from "./palette/commands";
import { fabric, fabrics, NOW, unreachable } from "./testing/samples";
import { button, expectAccessible, open } from "./testing/window";

beforeEach(() => {
  vi.spyOn(Date, "now").mockReturnValue(NOW);
  localStorage.clear();
  Element.prototype.scrollIntoView = vi.fn();
});
afterEach(expectAccessible);

const dialog = (name: string) => screen.getByRole("dialog", { name });

async function palette(list = [fabric(), ...fabrics(2)]) {
  const opened = await open(list);
  opened.app.select("lab");
  await opened.user.keyboard("{Control>}k{/Control}");
  return { ...opened, field: await screen.findByRole("combobox", { name: "Find a command or a fabric" }) };
}

it("finds a command by typing, and does it", async () => {
  const { engine, field, user } = await palette();
  expect(document.activeElement).toBe(field);
  await user.type(field, "pull");
  const [first] = screen.getAllByRole("option");
  expect(first?.textContent).toContain("Pull");
  expect(first?.getAttribute("aria-selected")).toBe("true");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(engine.callsOf("pull")).toEqual([["lab"]]));
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("opens another fabric, and one of its screens by its keys", async () => {
  const { app, field, user } = await palette();
  const other = app.fabrics.find(({ id }) => id !== "lab")!;
  await user.type(field, `open ${other.name}{Enter}`);
  await waitFor(() => expect(app.selected?.id).toBe(other.id));
  await user.keyboard("{Control>}4{/Control}");
  expect(screen.getByRole("tab", { name: "Changes", selected: true })).toBeTruthy();
  await user.keyboard("{Control>}{Shift>}O{/Shift}{/Control}");
  expect(app.selected).toBeNull();
});

it("says why a command can't be done, and does not do it", async () => {
  const { engine, field, user } = await palette();
  await user.type(field, "push");
  const [first] = screen.getAllByRole("option");
  expect(first?.getAttribute("aria-disabled")).toBe("true");
  expect(first?.textContent).toContain("The remote has every commit already.");
  await user.keyboard("{Enter}");
  expect(engine.callsOf("push")).toEqual([]);
  await user.clear(field);
  await user.type(field, "no such thing at all");
  expect(screen.getByText("Nothing answers to “no such thing at all”.")).toBeTruthy();
});

it("begins with what was used last", async () => {
  const { field, user } = await palette();
  await user.type(field, "about{Enter}");
  await user.click(
    within(await screen.findByRole("dialog", { name: "About FGD Sync" })).getAllByText("Close")[0]!,
  );
  await user.keyboard("{Control>}k{/Control}");
  expect((await screen.findAllByRole("option"))[0]?.textContent).toContain("About FGD Sync");
});

it("changes theme and size at once, and keeps them", async () => {
  const { engine, user, app } = await open();
  await user.click(button("Settings"));
  await user.selectOptions(screen.getByRole("combobox", { name: "Theme" }), "Dark");
  await waitFor(() => expect(app.manners.settings.theme).toBe("dark"));
  await user.keyboard("{Control>}={/Control}");
  await waitFor(() => expect(app.manners.settings.zoom).toBe(110));
  expect(screen.getByRole<HTMLSelectElement>("combobox", { name: "Size" }).value).toBe("110");
  await user.keyboard("{Control>}--0{/Control}");
  await waitFor(() => expect(app.manners.settings.zoom).toBe(100));
  expect(engine.callsOf("setWindowSettings").map(([kept]) => kept)).toEqual([
    { theme: "dark", zoom: 100, notifications: true, keepInTray: false },
    { theme: "dark", zoom: 110, notifications: true, keepInTray: false },
    { theme: "dark", zoom: 100, notifications: true, keepInTray: false },
    { theme: "dark", zoom: 90, notifications: true, keepInTray: false },
    { theme: "dark", zoom: 100, notifications: true, keepInTray: false },
  ]);
});

it("takes every step of the size, however slowly they are kept", async () => {
  const { engine, user, app } = await open([fabric()], [], {
    setWindowSettings: async (settings) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return settings;
    },
  });
  await user.keyboard("{Control>}++-+{/Control}");
  await waitFor(() => expect(app.manners.settings.zoom).toBe(125));
  await user.keyboard("{Control>}-0+{/Control}");
  await waitFor(() =>
    expect(engine.callsOf("setWindowSettings").map(([kept]) => (kept as WindowSettings).zoom)).toEqual([
      110, 125, 110, 125, 110, 100, 110,
    ]),
  );
});

it("starts at login where the desktop can do that", async () => {
  const { engine, user } = await open([fabric()], [], { startsAtLogin: () => true });
  await user.click(button("Settings"));
  const atLogin = await screen.findByRole("switch", { name: "Start when I log in" });
  expect(atLogin.getAttribute("aria-checked")).toBe("true");
  await user.click(atLogin);
  await waitFor(() => expect(atLogin.getAttribute("aria-checked")).toBe("false"));
  expect(engine.callsOf("setStartsAtLogin")).toEqual([[false]]);
});

it("has what was pressed last, however slowly a switch is kept", async () => {
  const ends: (() => void)[] = [];
  const { engine, user } = await open([fabric({ autoSync: true })], [], {
    setAutoSync: async (id, on) => {
      await new Promise<void>((end) => ends.push(end));
      return fabric({ id, autoSync: on });
    },
  });
  const auto = screen.getByRole("switch", { name: "Auto-sync" });
  const isOn = () => auto.getAttribute("aria-checked");
  await user.click(auto);
  expect(isOn()).toBe("false");
  await user.click(auto);
  expect(isOn()).toBe("true");
  await waitFor(() => expect(ends).toHaveLength(1));
  ends[0]!();
  await waitFor(() => expect(ends).toHaveLength(2));
  expect(isOn()).toBe("true");
  ends[1]!();
  await waitFor(() =>
    expect(engine.callsOf("setAutoSync")).toEqual([
      ["lab", false],
      ["lab", true],
    ]),
  );
  await waitFor(() => expect(isOn()).toBe("true"));
});

it("changes nothing over settings that could not be read", async () => {
  const kept = { theme: "dark", zoom: 100, notifications: false, keepInTray: true } as const;
  const { app, engine, user } = await open([fabric()], [], {
    windowSettings: () => {
      throw unreachable;
    },
  });
  await app.manners.load();
  await user.keyboard("{Control>}+{/Control}");
  await waitFor(() => expect(engine.callsOf("windowSettings")).toHaveLength(2));
  expect(engine.callsOf("setWindowSettings")).toEqual([]);
  engine.answers.windowSettings = () => kept;
  await user.keyboard("{Control>}+{/Control}");
  await waitFor(() => expect(engine.callsOf("setWindowSettings")).toEqual([[{ ...kept, zoom: 110 }]]));
});

it("says so when a choice could not be kept, and stays as it was", async () => {
  const { app, user } = await open([fabric()], [], {
    setWindowSettings: () => {
      throw unreachable;
    },
    startsAtLogin: () => {
      throw unreachable;
    },
  });
  await user.click(button("Settings"));
  await user.click(screen.getByRole("switch", { name: /^Notify me/ }));
  expect(await screen.findByText(unreachable.message)).toBeTruthy();
  expect(app.manners.settings.notifications).toBe(true);
  expect(screen.queryByRole("switch", { name: "Start when I log in" })).toBeNull();
});

it("shows the log, its troubles alone, and saves a support file", async () => {
  const { engine, user } = await open();
  await user.click(button("Menu"));
  await user.click(screen.getByRole("menuitem", { name: "Log and support…" }));
  const log = await screen.findByRole("log");
  expect(log.textContent).toContain("interactive since_start_ms=431");
  await user.click(screen.getByRole("checkbox", { name: "Only warnings and errors" }));
  expect(screen.getByText("2 of 5 lines")).toBeTruthy();
  expect(log.textContent).not.toContain("interactive");
  await user.type(screen.getByRole("searchbox", { name: "Filter the log" }), "refused");
  expect(screen.getByText("1 of 5 lines")).toBeTruthy();
  await user.click(button("Save the support file…"));
  expect(
    await screen.findByText("The support file was saved as /home/ada/fgd-sync-support.txt."),
  ).toBeTruthy();
  const [[name, bytes]] = engine.callsOf("saveFile") as [[string, string]];
  expect(name).toBe("fgd-sync-support.txt");
  expect(atob(bytes)).toBe("== App\nFGD Sync 0.1.0\n");
});

it("says what it is, with what it is made, and installs a newer version", async () => {
  const { engine, user } = await open([fabric()], [], {
    newerVersion: () => ({ is: "version", version: "0.2.0", notes: "Faster pulls." }),
  });
  await user.click(button("Menu"));
  await user.click(screen.getByRole("menuitem", { name: "About FGD Sync" }));
  const about = within(dialog("About FGD Sync"));
  expect(await about.findByText("Version 0.2.0 is there.")).toBeTruthy();
  await user.type(await about.findByRole("searchbox", { name: "Filter the licences" }), "svelte");
  expect(about.getByRole("list").textContent).toContain("svelte");
  await user.click(about.getByRole("button", { name: "Install it" }));
  expect(await about.findByText(/^The new version is in place/)).toBeTruthy();
  expect(engine.callsOf("installNewerVersion")).toEqual([[]]);
});

it("tells every shortcut", async () => {
  const { user } = await open();
  await user.keyboard("{Control>}/{/Control}");
  expect(within(dialog("Keyboard shortcuts")).getByText("Ctrl+Shift+P")).toBeTruthy();
});

it("shows what is asked for from outside", async () => {
  const { app, engine } = await open([fabric(), ...fabrics(2)]);
  const ask = (request: Request) => engine.ask(request);
  ask({ is: "named", name: fabric().name });
  await waitFor(() => expect(app.selected?.id).toBe("lab"));
  const other = app.fabrics.find(({ id }) => id !== "lab")!;
  ask({ is: "fabric", fabric: other.id });
  await waitFor(() => expect(app.selected?.id).toBe(other.id));
  ask({ is: "named", name: "nowhere" });
  expect(await screen.findByText("There is no fabric “nowhere” in the list.")).toBeTruthy();
  ask({ is: "show", dialog: "settings" });
  expect(await screen.findByRole("dialog", { name: "Settings" })).toBeTruthy();
  // A second one does not take the place of what is open.
  ask({ is: "show", dialog: "about" });
  await waitFor(() => expect(engine.callsOf("takeRequests").length).toBe(6));
  expect(screen.queryByRole("dialog", { name: "About FGD Sync" })).toBeNull();
});

it("shows no other fabric over a dialog in which something is written", async () => {
  const { app, engine, user } = await open([fabric(), ...fabrics(2)]);
  app.select("lab");
  app.screen = "resources";
  await user.click(await screen.findByRole("button", { name: /^New object/ }));
  expect(await screen.findByRole("dialog", { name: /^New object/ })).toBeTruthy();
  await user.keyboard("{Control>}1{/Control}");
  engine.ask({ is: "command", command: "screen-dashboard" });
  engine.ask({ is: "fabric", fabric: "fabric-1" });
  expect(await screen.findByText(/was asked for, and is not shown yet/)).toBeTruthy();
  expect(app.selectedId).toBe("lab");
  expect(app.screen).toBe("resources");
  expect(screen.getByRole("dialog", { name: /^New object/ })).toBeTruthy();
});

it("begins to add what a link proposes, and looks at nothing before a person says so", async () => {
  const { engine, user } = await open();
  engine.ask({
    is: "add",
    url: "https://git.example.net/net/fabrics.git",
    branch: "staging",
    directory: "fabrics/hall-3",
  });
  const add = within(await screen.findByRole("dialog", { name: "Add a fabric" }));
  expect(add.getByLabelText<HTMLInputElement>("Repository URL").value).toBe(
    "https://git.example.net/net/fabrics.git",
  );
  expect(engine.callsOf("inspectSource")).toEqual([]);
  await user.click(add.getByRole("button", { name: "Look at it" }));
  expect((await add.findByLabelText<HTMLInputElement>("Branch")).value).toBe("staging");
  expect(add.getByLabelText<HTMLInputElement>("Directory").value).toBe("fabrics/hall-3");
});

it("does what is chosen in the menu bar, by the palette's names, and says why where it can't", async () => {
  const { app, engine } = await open();
  const choose = (command: MenuCommand) => engine.ask({ is: "command", command });
  choose("pull");
  await waitFor(() => expect(engine.callsOf("pull")).toEqual([["lab"]]));
  choose("screen-dashboard");
  expect(await screen.findByText("It is open.")).toBeTruthy();
  choose("desktop");
  expect(await screen.findByRole("dialog", { name: "Settings" })).toBeTruthy();
  // Under a dialog nothing is done but what any screen has.
  choose("add");
  choose("zoom-in");
  await waitFor(() => expect(app.manners.settings.zoom).toBe(110));
  expect(screen.queryByRole("dialog", { name: "Add a fabric" })).toBeNull();
});

it("has a command for each line of the menu bar", async () => {
  const { app } = await open();
  const lines: Record<MenuCommand, true> = {
    desktop: true,
    accounts: true,
    add: true,
    paste: true,
    inbox: true,
    sync: true,
    pull: true,
    push: true,
    preview: true,
    undo: true,
    conflicts: true,
    settings: true,
    "sync-all": true,
    overview: true,
    "screen-dashboard": true,
    "screen-topology": true,
    "screen-resources": true,
    "screen-changes": true,
    "zoom-in": true,
    "zoom-out": true,
    "zoom-reset": true,
    palette: true,
    shortcuts: true,
    log: true,
    about: true,
  };
  const known = commandsOf(app, () => undefined).map(({ id }) => id);
  expect(Object.keys(lines).filter((line) => !known.includes(line))).toEqual([]);
});

it("offers what the hint of a problem says, and leaves it at the hint where that is nothing in this window", async () => {
  const { app, user } = await open();
  app.toasts.problem(unreachable);
  app.toasts.problem({ ...unreachable, code: "AuthRefused", message: "The sign-in was refused." });
  await user.click(await screen.findByRole("button", { name: "Open Accounts" }));
  expect(await screen.findByRole("dialog", { name: "Accounts" })).toBeTruthy();
  expect(app.toasts.list.map(({ text }) => text)).toEqual([unreachable.message]);
});
