import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, it } from "vitest";
import { fabric, status } from "../testing/samples";
import { open } from "../testing/window";

beforeEach(() => localStorage.clear());

const SITES = ["ams", "ber", "cph"].map((name) => fabric({ id: name, name }));
const list = () => within(screen.getByRole("listbox", { name: "Commands" }));
const marked = () => list().getByRole("option", { selected: true }).textContent;
const titles = () =>
  list()
    .getAllByRole("option")
    .map((line) => line.querySelector(".title")?.textContent);

async function palette(typed: string) {
  const opened = await open(SITES);
  await opened.user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("combobox", { name: "Find a command or a fabric" });
  if (typed !== "") await opened.user.keyboard(typed);
  return opened;
}

it.each([
  ["at the first one", "", "ams"],
  ["at the first one that was found", "open", "ams"],
  ["where the arrows brought it", "open{ArrowDown}", "ber"],
])("keeps its mark %s, whatever happens to the fabrics meanwhile", async (_, typed, name) => {
  const { app, engine, user } = await palette(typed);
  expect(marked()).toContain(`Open ${name}`);
  engine.say({ type: "fabric", data: { ...SITES[2]!, status: status("conflicted") } });
  await waitFor(() => expect(titles()[0]).toBe("Open cph"));
  expect(marked()).toContain(`Open ${name}`);
  await user.keyboard("{Enter}");
  await waitFor(() => expect(app.selected?.name).toBe(name));
});

it("does nothing for a fabric that went while it was marked, and goes on from the first", async () => {
  const { app, engine, user } = await palette("open{ArrowDown}");
  engine.say({ type: "removed", data: "ber" });
  await waitFor(() => expect(titles()).not.toContain("Open ber"));
  await user.keyboard("{Enter}");
  expect(app.selected).toBeNull();
  await user.keyboard("{ArrowDown}");
  expect(marked()).toContain("Open ams");
});
