// Stories of how files get into an inbox: dropped on the window, pasted, mended where they wait.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fabric, fabrics, inbox, NOW, status, unreachable } from "./testing/samples";
import { button, expectAccessible, open } from "./testing/window";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));
afterEach(expectAccessible);

const YAML = "kind: VPC\nmetadata: {name: vpc-9}\n";

it("shows where files that are dragged would go, and takes them when they are dropped", async () => {
  const { app, engine } = await open();
  app.select("lab");
  engine.drag({ is: "over", count: 2 });
  const target = await screen.findByText(/^Drop to put 2 files into the inbox of/);
  expect(target.textContent).toContain(fabric().name);
  engine.drag({ is: "away" });
  await waitFor(() => expect(screen.queryByText(/^Drop to put/)).toBeNull());
  engine.drag({ is: "over", count: 2 });
  engine.drag({ is: "dropped", names: ["leafs.yaml", "vpcs.yaml"] });
  await waitFor(() => expect(engine.callsOf("takeDropped")).toEqual([["lab"]]));
  expect(screen.queryByText(/^Drop to put/)).toBeNull();
});

it("says of each file that could not be taken why", async () => {
  const { app, engine } = await open([fabric()], [], {
    takeDropped: () => ({ taken: [], refused: [{ name: "photos", why: "It is a folder." }] }),
  });
  app.select("lab");
  engine.drag({ is: "dropped", names: ["photos"] });
  expect(await screen.findByText(/photos/)).toBeTruthy();
  expect(screen.getByText(/It is a folder\./)).toBeTruthy();
});

it("asks whose inbox where no fabric is open", async () => {
  const { app, engine, user } = await open([fabric(), ...fabrics(2)]);
  app.showAll();
  engine.drag({ is: "dropped", names: ["a.yaml", "b.yaml", "c.yaml", "d.yaml"] });
  const dialog = within(await screen.findByRole("dialog", { name: "Whose inbox?" }));
  expect(dialog.getByText(/a\.yaml, b\.yaml, c\.yaml and 1 other/)).toBeTruthy();
  expect(engine.callsOf("takeDropped")).toEqual([]);
  await user.click(dialog.getByRole("button", { name: new RegExp(fabric().name) }));
  await waitFor(() => expect(engine.callsOf("takeDropped")).toEqual([["lab"]]));
  expect(app.selected?.id).toBe("lab");
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("puts what is pasted into the inbox, after showing what would become of it", async () => {
  const { app, engine, user } = await open();
  app.select("lab");
  await user.click(button("Paste"));
  const dialog = within(screen.getByRole("dialog", { name: "Paste YAML" }));
  const put = dialog.getByRole("button", { name: "Put into the inbox" });
  expect(put.getAttribute("aria-disabled")).toBe("true");
  await user.click(dialog.getByLabelText("YAML or JSON"));
  await user.paste(YAML);
  expect((await dialog.findAllByText("Created")).length).toBeGreaterThan(0);
  expect(engine.callsOf("previewText")).toEqual([["lab", "pasted.yaml", YAML]]);
  await user.clear(dialog.getByLabelText("File name"));
  await user.type(dialog.getByLabelText("File name"), "vpc-9.yaml");
  await user.click(put);
  await waitFor(() => expect(engine.callsOf("deliverText")).toEqual([["lab", "vpc-9.yaml", YAML]]));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("keeps what was pasted when it can't be written", async () => {
  const { app, user } = await open([fabric()], [], {
    deliverText: () => {
      throw unreachable;
    },
  });
  app.select("lab");
  await user.click(button("Paste"));
  const dialog = within(screen.getByRole("dialog", { name: "Paste YAML" }));
  await user.click(dialog.getByLabelText("YAML or JSON"));
  await user.paste(YAML);
  await user.click(dialog.getByRole("button", { name: "Put into the inbox" }));
  expect(await dialog.findByText(unreachable.message)).toBeTruthy();
  expect(dialog.getByLabelText<HTMLTextAreaElement>("YAML or JSON").value).toBe(YAML);
});

const troubled = () => fabric({ status: status("needsAttention"), inbox: inbox(1), autoSync: false });

async function mend(answers: Parameters<typeof open>[2] = {}) {
  const text = { file: "fabrics/lab-1/raw/leafs.yaml", text: "kind: [Switch\n", truncated: false };
  const opened = await open([troubled()], [], { inboxText: () => text, ...answers });
  opened.app.select("lab");
  await opened.user.click(await screen.findByRole("button", { name: /^Mend: / }));
  const dialog = within(screen.getByRole("dialog", { name: /^Mend / }));
  const field = await dialog.findByLabelText<HTMLTextAreaElement>("The file as it will be");
  return { ...opened, dialog, field };
}

it("mends a file where it waits, and syncs a fabric that is paused", async () => {
  const { dialog, engine, field, user } = await mend();
  const save = dialog.getByRole("button", { name: "Save and sync" });
  expect(save.getAttribute("aria-disabled")).toBe("true");
  await user.clear(field);
  await user.click(field);
  await user.paste("kind: Switch\n");
  await user.click(save);
  await waitFor(() =>
    expect(engine.callsOf("mendFile")).toEqual([
      ["lab", "fabrics/lab-1/raw/leafs.yaml", "kind: [Switch\n", "kind: Switch\n"],
    ]),
  );
  await waitFor(() => expect(engine.callsOf("sync")).toEqual([["lab"]]));
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("writes nothing over what somebody else changed meanwhile", async () => {
  const { dialog, field, user } = await mend({ mendFile: () => false });
  await user.type(field, "x");
  await user.click(dialog.getByRole("button", { name: "Save and sync" }));
  expect(await dialog.findByText("Somebody changed the file meanwhile; nothing was written.")).toBeTruthy();
  expect(field.value).toContain("x");
  await user.click(dialog.getByRole("button", { name: "Begin anew" }));
  await waitFor(() =>
    expect(dialog.getByLabelText<HTMLTextAreaElement>("The file as it will be").value).toBe(
      "kind: [Switch\n",
    ),
  );
});
