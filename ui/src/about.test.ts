import { cleanup, screen, waitFor, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { fabric, unreachable } from "./testing/samples";
import { button, open } from "./testing/window";

/** The window with a newer version to install, whose loading ends when the test says. */
async function newer() {
  let [done, fail] = [(_: boolean) => {}, (_: unknown) => {}];
  const { app, engine, user } = await open([fabric()], [], {
    newerVersion: () => ({ is: "version", version: "0.2.0", notes: "" }),
    installNewerVersion: () => new Promise<boolean>((resolve, reject) => ([done, fail] = [resolve, reject])),
  });
  const about = async () => {
    await user.click(button("Menu"));
    await user.click(screen.getByRole("menuitem", { name: "About FGD Sync" }));
    return within(await screen.findByRole("dialog", { name: "About FGD Sync" }));
  };
  const close = async () => {
    await user.click(screen.getAllByRole("button", { name: "Close" })[0]!);
    expect(screen.queryByRole("dialog")).toBeNull();
  };
  const end = { well: () => done(true), badly: () => fail(unreachable) };
  return { app, engine, user, about, close, end };
}

it("installs a newer version once, though its dialog is closed meanwhile", async () => {
  const { engine, user, about, close, end } = await newer();
  await user.click(await (await about()).findByRole("button", { name: "Install it" }));
  await close();
  let dialog = await about();
  await user.click(await dialog.findByRole("button", { name: "Loading…" }));
  expect(engine.callsOf("installNewerVersion")).toHaveLength(1);
  end.well();
  expect(await dialog.findByText(/^The new version is in place/)).toBeTruthy();
  await close();
  dialog = await about();
  expect(await dialog.findByText(/^The new version is in place/)).toBeTruthy();
  expect(dialog.queryByRole("button", { name: "Install it" })).toBeNull();
});

it("says that a newer version is in place where its dialog was closed, and there alone", async () => {
  for (const isClosed of [false, true]) {
    const { app, user, about, close, end } = await newer();
    await user.click(await (await about()).findByRole("button", { name: "Install it" }));
    if (isClosed) await close();
    end.well();
    await waitFor(() => expect(app.update.isInstalled).toBe(true));
    expect(app.toasts.list).toHaveLength(isClosed ? 1 : 0);
    cleanup();
  }
});

it("says why a newer version could not be installed, and can be asked again", async () => {
  const { app, engine, user, about, close, end } = await newer();
  await user.click(await (await about()).findByRole("button", { name: "Install it" }));
  await close();
  end.badly();
  await waitFor(() => expect(app.toasts.list.map(({ text }) => text)).toEqual([unreachable.message]));
  await user.click(await (await about()).findByRole("button", { name: "Install it" }));
  expect(engine.callsOf("installNewerVersion")).toHaveLength(2);
});
