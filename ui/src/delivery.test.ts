// Stories of how files get into an inbox: dropped on the window, pasted, mended where they wait.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fabric, fabrics, inbox, NOW, preview, status, unreachable } from "./testing/samples";
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
  // Another name may be taken otherwise, or not at all.
  await waitFor(() => expect(engine.callsOf("previewText").at(-1)).toEqual(["lab", "vpc-9.yaml", YAML]));
  await user.click(put);
  await waitFor(() => expect(engine.callsOf("deliverText")).toEqual([["lab", "vpc-9.yaml", YAML]]));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

/** Opens the dialog and pastes the text into it. */
async function paste(answers: Parameters<typeof open>[2] = {}) {
  const opened = await open([fabric()], [], answers);
  opened.app.select("lab");
  await opened.user.click(button("Paste"));
  const dialog = within(screen.getByRole("dialog", { name: "Paste YAML" }));
  await opened.user.click(dialog.getByLabelText("YAML or JSON"));
  await opened.user.paste(YAML);
  return { ...opened, dialog };
}

it("marks what would become of a text that is written on meanwhile", async () => {
  let answer: () => void = () => undefined;
  const { dialog, engine, user } = await paste();
  const fate = async () => (await dialog.findAllByText("Created"))[0]!.closest("[aria-live]");
  expect(await fate()).toHaveProperty("ariaBusy", "false");
  engine.answers.previewText = () => new Promise((resolve) => (answer = () => resolve(preview())));
  await user.paste("# and on");
  expect(await fate(), "before it is looked at").toHaveProperty("ariaBusy", "true");
  await waitFor(() => expect(engine.callsOf("previewText")).toHaveLength(2));
  expect(await fate(), "and while it is").toHaveProperty("ariaBusy", "true");
  answer();
  await waitFor(async () => expect(await fate()).toHaveProperty("ariaBusy", "false"));
});

it("keeps what was pasted when it can't be written", async () => {
  const { dialog, user } = await paste({
    deliverText: () => {
      throw unreachable;
    },
  });
  await user.click(dialog.getByRole("button", { name: "Put into the inbox" }));
  expect(await dialog.findByText(unreachable.message)).toBeTruthy();
  expect(dialog.getByLabelText<HTMLTextAreaElement>("YAML or JSON").value).toBe(YAML);
});

it("stays open while what was pasted is written, so that the answer meets no other dialog", async () => {
  let written: (delivered: unknown) => void = () => undefined;
  const { dialog, user } = await paste({
    deliverText: () => new Promise((resolve) => (written = resolve)),
  });
  await user.click(dialog.getByRole("button", { name: "Put into the inbox" }));
  screen.getByRole("dialog").dispatchEvent(new Event("cancel", { cancelable: true }));
  await user.click(dialog.getByRole("button", { name: "Cancel" }));
  await user.click(dialog.getByRole("button", { name: "Close" }));
  expect(screen.getByRole("dialog", { name: "Paste YAML" })).toBeTruthy();
  written({ taken: ["fabrics/lab-1/raw/pasted.yaml"], refused: [] });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
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

it("begins with the file's text also where that was read only at the second try", async () => {
  const opened = await open([troubled()], [], {
    inboxText: () => {
      throw unreachable;
    },
  });
  opened.app.select("lab");
  await opened.user.click(await screen.findByRole("button", { name: /^Mend: / }));
  const dialog = within(screen.getByRole("dialog", { name: /^Mend / }));
  const again = await dialog.findByRole("button", { name: "Try again" });
  opened.engine.answers.inboxText = () => ({
    file: "fabrics/lab-1/raw/leafs.yaml",
    text: "kind: [Switch\n",
    truncated: false,
  });
  await opened.user.click(again);
  const field = await dialog.findByLabelText<HTMLTextAreaElement>("The file as it will be");
  expect(field.value).toBe("kind: [Switch\n");
  expect(dialog.getByRole("button", { name: "Save and sync" }).getAttribute("aria-disabled")).toBe("true");
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
