import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { REVEAL_MS } from "./state.svelte";
import {
  fabric,
  fabrics,
  inbox,
  log,
  NOW,
  operation,
  progress,
  sourceReport,
  status,
  unreachable,
} from "./testing/samples";
import { button, expectAccessible, open } from "./testing/window";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));

describe("the first screen", () => {
  afterEach(expectAccessible);

  it("offers to add a fabric, and says when it can be used", async () => {
    const { engine, user } = await open([]);
    await waitFor(() => expect(engine.callsOf("appReady")).toHaveLength(1));
    expect(Number.isInteger(engine.callsOf("appReady")[0]?.[0])).toBe(true);
    await user.click(button("Add a fabric"));
    expect(screen.getByRole("dialog", { name: "Add a fabric" })).toBeTruthy();
  });
});

describe("the dashboard", () => {
  afterEach(expectAccessible);

  it("shows what is true of a fabric", async () => {
    await open([fabric({ ahead: 2, behind: null, status: status("ahead") })], log(12));
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("lab-1");
    expect(screen.getByTestId("status").textContent).toContain("To push 2 commits wait to be pushed.");
    expect(button("Push 2 commits")).toBeTruthy();
    expect(screen.getByText("unknown")).toBeTruthy();
    expect(screen.getByText("2 min ago", { selector: "time" })).toBeTruthy();
    const objects = within(screen.getByRole("region", { name: "Objects" }));
    expect(objects.getByText("Connection").closest("li")?.textContent).toContain("26");
  });

  it("shows what waits on either side, and leads to all of it", async () => {
    const { app, engine, user } = await open([fabric({ ahead: 2, behind: 1, status: status("diverged") })]);
    const commits = within(await screen.findByRole("region", { name: "Commits" }));
    expect(commits.getByText("1 incoming, 2 outgoing")).toBeTruthy();
    expect(await commits.findAllByText("Outgoing:")).toHaveLength(2);
    expect(commits.getAllByRole("listitem")[0]?.textContent).toMatch(/^ ?Incoming:/);
    expect(engine.callsOf("changes")).toEqual([["lab", 0]]);
    engine.say({ type: "fabric", data: fabric({ ahead: 3, behind: 1, status: status("diverged") }) });
    await waitFor(() => expect(engine.callsOf("changes")).toHaveLength(2));
    await user.click(commits.getByRole("button", { name: "Show changes" }));
    expect(app.screen).toBe("changes");
  });

  it("shows no commits where both sides are the same", async () => {
    await open();
    expect(screen.queryByRole("region", { name: "Commits" })).toBeNull();
  });

  it("says why a button can't be used, and does nothing when it is pressed", async () => {
    const { engine, user } = await open();
    const push = button("Push");
    expect(push.getAttribute("aria-disabled")).toBe("true");
    const reason = document.getElementById(push.getAttribute("aria-describedby") ?? "");
    expect(reason?.textContent).toContain("The remote has every commit already.");
    await user.click(push);
    expect(engine.callsOf("push")).toEqual([]);
  });

  it("syncs by a click and by the keyboard", async () => {
    const { engine, user } = await open();
    await user.click(button("Sync"));
    await waitFor(() => expect(screen.getByTestId("summary").textContent).toContain("Took in 46 objects"));
    await user.keyboard("{Control>}s{/Control}");
    expect(engine.callsOf("sync")).toEqual([["lab"], ["lab"]]);
  });

  it("shows a run, its counts and its end", async () => {
    const { engine, user } = await open();
    engine.say({ type: "progress", data: progress() });
    const bar = await screen.findByRole("progressbar", {}, { timeout: REVEAL_MS + 1000 });
    expect(bar.getAttribute("aria-valuenow")).toBe("31");
    expect(bar.getAttribute("aria-valuemax")).toBe("46");
    expect(screen.getByText("31 of 46 objects")).toBeTruthy();
    expect(screen.getByText("0:07")).toBeTruthy();
    expect(button("Sync").getAttribute("aria-disabled")).toBe("true");
    await user.click(button("Cancel"));
    expect(button("Cancelling…")).toBeTruthy();
    engine.say({ type: "finished", data: operation() });
    await waitFor(() => expect(screen.queryByRole("progressbar")).toBeNull());
    expect(screen.getByTestId("summary").textContent).toContain(operation().summary);
  });

  it("does not claim a count where the total is unknown", async () => {
    const { engine } = await open();
    const steps = [{ ...progress().steps[0]!, state: "running" as const, total: null }];
    engine.say({ type: "progress", data: progress({ steps }) });
    const bar = await screen.findByRole("progressbar", {}, { timeout: REVEAL_MS + 1000 });
    expect(bar.hasAttribute("aria-valuenow")).toBe(false);
  });

  it("opens a run of the log to its steps and its reason", async () => {
    const { user } = await open([fabric()], log(6));
    const [failed] = screen.getAllByRole("button", { name: /Failed: *Sync/ });
    expect(failed).toBeTruthy();
    await user.click(failed!);
    expect(screen.getAllByText(unreachable.hint).length).toBeGreaterThan(0);
    expect(screen.getByText(/operation/, { selector: "p" }).textContent).toContain("op-4");
  });

  it("pauses and resumes", async () => {
    const { engine, user } = await open();
    await user.click(screen.getByRole("switch", { name: "Auto-sync" }));
    expect(engine.callsOf("setAutoSync")).toEqual([["lab", false]]);
    expect(screen.getByRole("switch", { name: "Auto-sync" }).getAttribute("aria-checked")).toBe("false");
  });

  it("asks before a fabric leaves the list", async () => {
    const { engine, user } = await open();
    await user.click(button("More for this fabric"));
    await user.keyboard("{End}{Enter}");
    const dialog = within(screen.getByRole("dialog"));
    expect(dialog.getByText(/Nothing is deleted/)).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Remove from the list" }));
    expect(engine.callsOf("removeFabric")).toEqual([["lab"]]);
    expect(await screen.findByRole("heading", { level: 1, name: /Keep your fabric/ })).toBeTruthy();
  });

  it("signs in", async () => {
    const { engine, user } = await open([fabric({ status: status("needsSignIn") })]);
    await user.click(button("Sign in…"));
    const dialog = within(screen.getByRole("dialog", { name: "Sign in" }));
    await user.type(dialog.getByLabelText("User name"), "ada");
    await user.type(dialog.getByLabelText("Token or password"), "secret");
    await user.click(dialog.getByRole("button", { name: "Sign in" }));
    expect(engine.callsOf("signIn")).toEqual([["lab", { user: "ada", secret: "secret", keep: "keychain" }]]);
    expect(
      await screen.findByText(
        "Signed in to https://git.example.net. The secret is in the system's keychain.",
      ),
    ).toBeTruthy();
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

describe("the add dialog", () => {
  afterEach(expectAccessible);

  async function dialog(answer?: () => unknown) {
    const opened = await open([]);
    if (answer) opened.engine.answers.inspectSource = answer;
    await opened.user.click(button("Add a fabric"));
    return opened;
  }

  it("says at once what is wrong with a folder", async () => {
    const { user } = await dialog(() => {
      throw { code: "NotAWorkTree", message: "/x is not inside a Git work tree.", hint: "Choose a clone." };
    });
    await user.type(screen.getByLabelText("Folder"), "/x");
    expect(screen.getByText("Checking…")).toBeTruthy();
    expect((await screen.findByRole("alert")).textContent).toContain("/x is not inside a Git work tree.");
    expect(button("Add fabric").getAttribute("aria-disabled")).toBe("true");
  });

  it("proposes what it found, and adds it", async () => {
    const { engine, user } = await dialog();
    await user.click(button("Choose…"));
    expect(await screen.findByText(/Found a Git repository, 3 branches/)).toBeTruthy();
    await user.selectOptions(screen.getByLabelText("Branch"), "staging");
    const name = screen.getByLabelText("Name");
    await user.clear(name);
    await user.type(name, "my lab");
    await user.click(button("Add fabric"));
    expect(engine.callsOf("addFabric")).toEqual([
      [
        {
          source: { from: "folder", path: "/home/ada/git/fabric-config" },
          name: "my lab",
          branch: "staging",
          directory: "fabrics/lab-1",
        },
      ],
    ]);
    expect(await screen.findByRole("heading", { level: 1, name: "my lab" })).toBeTruthy();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("asks for a sign-in where the remote does, and looks again with it", async () => {
    const { engine, user } = await dialog(() => {
      throw { code: "AuthRequired", message: "It needs a sign-in.", hint: "Enter a token." };
    });
    await user.click(screen.getByRole("radio", { name: "URL" }));
    await user.type(screen.getByLabelText("Repository URL"), "https://git.example.net/a.git");
    await screen.findByRole("alert");
    engine.answers.inspectSource = () => sourceReport({ workTree: null, branches: [], fabrics: [] });
    await user.type(screen.getByLabelText("User name"), "ada");
    await user.type(screen.getByLabelText("Token or password"), "t0ken");
    expect(await screen.findByText(/empty: the branch is made/)).toBeTruthy();
    const [last] = engine.callsOf("inspectSource").at(-1) ?? [];
    expect(last).toMatchObject({ from: "url", url: "https://git.example.net/a.git" });
    expect(JSON.stringify(last)).toContain("t0ken");
    expect(screen.getByLabelText("Branch").tagName).toBe("INPUT");
  });

  it("keeps what was typed when the adding fails", async () => {
    const { engine, user } = await dialog();
    engine.answers.addFabric = () => {
      throw unreachable;
    };
    await user.click(button("Choose…"));
    await screen.findByText(/Found a Git repository/);
    await user.click(button("Add fabric"));
    expect((await screen.findByRole("alert")).textContent).toContain(unreachable.message);
    expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("lab-1");
    expect(button("Add fabric").getAttribute("aria-disabled")).toBeNull();
  });
});

describe("many", () => {
  it("filters a long list", async () => {
    const { user } = await open(fabrics(300));
    const list = screen.getByRole("navigation", { name: "Fabrics" });
    expect(within(list).getAllByRole("listitem")).toHaveLength(300);
    await user.type(within(list).getByRole("searchbox"), "pod-299");
    await waitFor(() => expect(within(list).getAllByRole("listitem")).toHaveLength(1));
  });

  it("shows the first 200 of 2,000 files, and 20 of 200 runs until asked", async () => {
    const { user } = await open([fabric({ inbox: inbox(2000) })], log(200));
    expect(screen.getByText("and 1,800 more")).toBeTruthy();
    // By text and by selector: what is asked for by its role is worked out for each element of the page.
    await user.click(screen.getByText("Show 180 more"));
    await waitFor(() =>
      expect(document.querySelectorAll('button[aria-expanded="false"]').length).toBeGreaterThanOrEqual(200),
    );
  });
});
