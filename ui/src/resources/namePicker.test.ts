import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { ResourcePage } from "../bindings";
import { AppState } from "../state.svelte";
import { FakeTransport } from "../testing/fake";
import { resourcePage, resourceRow } from "../testing/resources";
import { fabric } from "../testing/samples";
import Within from "../testing/Within.svelte";
import NamePicker from "./NamePicker.svelte";

/** A picker that offers these switches, the last of them marked, and is about to be told of others. */
async function marked(...names: string[]) {
  const open: ((page: ResourcePage) => void)[] = [];
  const engine = new FakeTransport([fabric()]);
  engine.answers = { resources: () => new Promise<ResourcePage>((resolve) => open.push(resolve)) };
  const user = userEvent.setup();
  const app = new AppState(engine);
  render(Within, {
    app,
    of: NamePicker,
    with: { fabric: fabric(), kind: "Switch", label: "Switch", value: "" },
  });
  const field = screen.getByRole<HTMLInputElement>("combobox", { name: "Switch" });
  const offer = async (...names: string[]) => {
    await waitFor(() => expect(open.length).toBeGreaterThan(0));
    const query = { text: "", sort: null, descending: false, offset: 0, limit: 50 };
    const page = { ...resourcePage(query, 0), rows: names.map((name) => resourceRow({ name })) };
    open.splice(0).forEach((answer) => answer(page));
    await waitFor(() =>
      expect(screen.getAllByRole("option").map((line) => line.textContent?.trim())).toEqual(names),
    );
  };
  await user.click(field);
  await offer(...names);
  await user.type(field, "leaf", { skipClick: true });
  for (const _ of names) await user.keyboard("{ArrowDown}");
  expect(screen.getByRole("option", { selected: true }).textContent).toContain(names.at(-1));
  return { user, field, offer };
}

it("keeps its mark at a name that is in another place of the newer answer", async () => {
  const { user, field, offer } = await marked("border-01", "leaf-01", "leaf-02");
  await offer("leaf-01", "leaf-02", "leaf-03");
  expect(screen.getByRole("option", { selected: true }).textContent).toContain("leaf-02");
  await user.keyboard("{Enter}");
  expect(field.value).toBe("leaf-02");
});

it("takes no other name for one that is not in the newer answer", async () => {
  const { user, field, offer } = await marked("leaf-01", "spine-01");
  await offer("leaf-01", "leaf-02");
  expect(screen.queryByRole("option", { selected: true })).toBeNull();
  await user.keyboard("{Enter}");
  expect(field.value).toBe("leaf");
  await user.keyboard("{ArrowDown}{Enter}");
  expect(field.value).toBe("leaf-01");
});
