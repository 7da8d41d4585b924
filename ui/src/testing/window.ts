import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect } from "vitest";
import App from "../App.svelte";
import type { FabricView, Operation } from "../bindings";
import { AppState } from "../state.svelte";
import { FakeTransport } from "./fake";
import { fabric } from "./samples";

/** Opens the window on a fake engine that knows these fabrics and runs, and answers so. */
export async function open(
  list: FabricView[] = [fabric()],
  runs: Operation[] = [],
  answers: FakeTransport["answers"] = {},
) {
  const engine = new FakeTransport(list, runs);
  engine.answers = answers;
  const app = new AppState(engine);
  const user = userEvent.setup();
  document.documentElement.lang = "en";
  document.title = "FGD Sync";
  render(App, { app });
  await waitFor(() => expect(app.loaded).toBe(true));
  await screen.findByRole("main");
  return { app, engine, user };
}

/** Checks whatever a test left open; colours are left out, since they need a real screen to be measured. */
export async function expectAccessible() {
  const found = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(found.violations.map((broken) => `${broken.id}: ${broken.nodes[0]?.html}`)).toEqual([]);
}

export const button = (name: string | RegExp) => screen.getByRole("button", { name });
