import type { FabricView } from "../bindings";
import type { Opened } from "../dialogs";
import { shortcut, type Command as Shortcut } from "../keys";
import { SCREENS } from "../screens";
import type { AppState } from "../state.svelte";
import { meaning, whyNot } from "../status";
import { statusLabel } from "../words";
import type { Findable } from "./rank";

/** One line of the palette. */
export interface Command extends Findable {
  id: string;
  /** Shown beside it. */
  also: string;
  keys: string | null;
  /** Why it can't be done now; null when it can. */
  reason: string | null;
  act: () => void;
}

type Open = (dialog: Opened) => void;

/** All that can be done now, and what can't be with why: first of the open fabric, then of all. */
export function commandsOf(app: AppState, open: Open): Command[] {
  const fabric = app.selected;
  return [
    ...(fabric === null ? [] : ofFabric(app, fabric, open)),
    ...app.fabrics
      .filter(({ id }) => id !== fabric?.id)
      .map((other) =>
        command(
          `open-${other.id}`,
          `Open ${other.name}`,
          `${statusLabel(app.statusOf(other).state)} · ${other.repository.name} · ${other.branch}`,
          () => app.select(other.id),
        ),
      ),
    ...ofAll(app, open),
    ...ofWindow(app, open),
  ];
}

function ofFabric(app: AppState, fabric: FabricView, open: Open): Command[] {
  const busy = app.isBusy(fabric.id);
  const { name } = fabric;
  const run = (kind: "sync" | "pull" | "push", title: string) =>
    command(kind, title, name, () => void app[kind](fabric.id), {
      keys: kind,
      reason: whyNot(kind, fabric, busy),
    });
  const screens = SCREENS.map(({ id, label }) =>
    command(`screen-${id}`, label, name, () => (app.screen = id), {
      keys: id,
      reason: app.screen === id ? "It is open." : null,
    }),
  );
  return [
    run("sync", "Sync"),
    run("pull", "Pull"),
    run("push", "Push"),
    ...screens,
    command("preview", "Preview the inbox", name, () => open({ is: "preview", fabric })),
    command("paste", "Paste YAML…", name, () => open({ is: "paste", fabric })),
    command("inbox", "Open the inbox's folder", name, () => void app.openInbox(fabric.id)),
    command("findings", "Show findings", name, () => open({ is: "findings", fabric })),
    command("conflicts", "Settle conflicts…", name, () => open({ is: "conflicts", fabric }), {
      reason: fabric.conflicts === 0 ? "There is no conflict." : null,
    }),
    command("undo", "Undo last change…", name, () => open({ is: "undo", fabric, operation: null })),
    command("rules", "Rules…", name, () => open({ is: "rules", fabric })),
    command("structure", "Check structure…", name, () => open({ is: "structure", fabric })),
    command("settings", `Settings of ${name}…`, "", () => open({ is: "settings", fabric })),
    command(
      "auto-sync",
      fabric.autoSync ? `Pause ${name}` : `Resume ${name}`,
      "auto-sync",
      () => void app.setAutoSync(fabric.id, !fabric.autoSync),
    ),
  ];
}

function ofAll(app: AppState, open: Open): Command[] {
  const { fabrics } = app;
  const waiting = fabrics.filter((fabric) => meaning(app.statusOf(fabric).state).needsPerson).length;
  const none = fabrics.length === 0 ? "There is no fabric yet." : null;
  return [
    command(
      "overview",
      "Overview of all fabrics",
      waiting > 0 ? `${waiting} need you` : "",
      () => app.showAll(),
      {
        keys: "overview",
        reason: none,
      },
    ),
    command("sync-all", "Sync all", "", () => void app.all.run("sync"), { reason: none }),
    command("pull-all", "Pull all", "", () => void app.all.run("pull"), { reason: none }),
    command("push-all", "Push all", "", () => void app.all.run("push"), { reason: none }),
    command("add", "Add a fabric…", "", () => open({ is: "add" }), { keys: "add" }),
  ];
}

function ofWindow(app: AppState, open: Open): Command[] {
  const { theme } = app.manners.settings;
  const themes = (["system", "light", "dark"] as const).map((wanted) =>
    command(`theme-${wanted}`, THEMES[wanted], "Theme", () => app.manners.theme(wanted), {
      reason: theme === wanted ? "It is so now." : null,
    }),
  );
  return [
    command("accounts", "Accounts", "", () => open({ is: "accounts" }), { keys: "accounts" }),
    command("desktop", "Settings", "", () => open({ is: "desktop" }), { keys: "desktop" }),
    command("shortcuts", "Keyboard shortcuts", "", () => open({ is: "shortcuts" }), { keys: "shortcuts" }),
    ...themes,
    command("zoom-in", "Larger", "Zoom", () => app.manners.zoom(1), { keys: "zoomIn" }),
    command("zoom-out", "Smaller", "Zoom", () => app.manners.zoom(-1), { keys: "zoomOut" }),
    command("zoom-reset", "Usual size", "Zoom", () => app.manners.zoom(0), { keys: "zoomReset" }),
    command("palette", "Find a command…", "", () => open({ is: "palette" }), { keys: "palette" }),
    command("log", "Log and support…", "", () => open({ is: "log" })),
    command("about", "About FGD Sync", "version licences updates", () => open({ is: "about" })),
  ];
}

const THEMES = { system: "Light or dark as the system", light: "Light", dark: "Dark" };

function command(
  id: string,
  title: string,
  also: string,
  act: () => void,
  { keys = null, reason = null }: { keys?: Shortcut | null; reason?: string | null } = {},
): Command {
  return { id, title, also, keys: keys && shortcut(keys), reason, act };
}
