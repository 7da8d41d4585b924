import { render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { expect, it, vi } from "vitest";
import type { Operation } from "../bindings";
import { clock } from "../clock.svelte";
import Overview from "../screens/Overview.svelte";
import { AppState } from "../state.svelte";
import { FakeTransport } from "../testing/fake";
import { fabric, NOW, operation } from "../testing/samples";
import WithinWindow from "../testing/WithinWindow.svelte";

/** The overview, where the log of lab-1 is read when the test says. */
async function reading() {
  vi.spyOn(Date, "now").mockReturnValue(NOW);
  clock.start()();
  let answer = (_: Operation[]) => {};
  // One alone would be opened.
  const engine = new FakeTransport([fabric(), fabric({ id: "other", name: "lab-2" })]);
  engine.answers = {
    operations: (id) => (id === "lab" ? new Promise<Operation[]>((resolve) => (answer = resolve)) : []),
  };
  const app = new AppState(engine);
  render(WithinWindow, { app, of: Overview, with: { onselect: vi.fn(), onopen: vi.fn() } });
  await app.start();
  await expect.poll(() => engine.callsOf("operations")).toHaveLength(2);
  return { engine, read: (runs: Operation[]) => answer(runs) };
}

it("counts a run that ends while the log is being read, once", async () => {
  const { engine, read } = await reading();
  const ended = operation({ id: "meanwhile", pulled: 3 });
  engine.say({ type: "finished", data: operation({ id: "first", pulled: 1 }) });
  await tick();
  engine.say({ type: "finished", data: ended });
  await tick();
  read([ended, operation()]);
  expect(await screen.findByRole("img", { name: /^7 commits /u })).toBeTruthy();
});
