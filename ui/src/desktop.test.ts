// Stories of this desktop's own settings: how it gets to the network, and who commits.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { authorSettings, networkSettings } from "./testing/accounts";
import type { FakeTransport } from "./testing/fake";
import { fabric, NOW, unreachable } from "./testing/samples";
import { button, expectAccessible, open } from "./testing/window";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));
afterEach(expectAccessible);

async function settings(answers: FakeTransport["answers"] = {}) {
  const opened = await open([fabric()], [], answers);
  await opened.user.click(button("Settings"));
  return { ...opened, form: within(screen.getByRole("dialog", { name: "Settings" })) };
}

const refused = (message: string) => () => {
  throw { code: "SettingInvalid", message, hint: "Change it, or leave it empty for the usual one." };
};

it("shows what is kept, and offers nothing to save until it is changed", async () => {
  const { engine, form, user } = await settings({
    networkSettings: () =>
      networkSettings({ proxy: { use: "at", url: "http://proxy:3128" }, caFile: "/ca.pem" }),
    authorSettings: () => authorSettings({ name: "Ada" }),
  });
  expect(await form.findByRole("radio", { name: "This one" })).toHaveProperty("checked", true);
  expect(form.getByLabelText<HTMLInputElement>("URL of the proxy").value).toBe("http://proxy:3128");
  expect(form.getByLabelText<HTMLInputElement>(/Certificates/).value).toBe("/ca.pem");
  expect(form.getByLabelText<HTMLInputElement>("Name").value).toBe("Ada");
  expect(form.getByLabelText<HTMLInputElement>("E-mail address").placeholder).toBe(
    "from Git's configuration",
  );
  await user.click(form.getByRole("button", { name: "Save" }));
  expect(engine.callsOf("setNetworkSettings")).toEqual([]);
  expect(engine.callsOf("setAuthorSettings")).toEqual([]);
});

it("keeps what was changed, and sends nothing else", async () => {
  const { engine, form, user } = await settings();
  await user.type(await form.findByLabelText("Name"), " Ada Operator ");
  await user.type(form.getByLabelText("E-mail address"), "ada@example.net");
  await user.click(form.getByRole("button", { name: "Save" }));
  expect(engine.callsOf("setAuthorSettings")).toEqual([[{ name: "Ada Operator", email: "ada@example.net" }]]);
  expect(engine.callsOf("setNetworkSettings")).toEqual([]);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(screen.getByText("The settings are saved.")).toBeTruthy();
});

it("goes by no proxy, by one of its own, and by the system's again", async () => {
  const { engine, form, user } = await settings();
  await user.click(await form.findByRole("radio", { name: "This one" }));
  const save = () => form.getByRole("button", { name: "Save" });
  expect(save().getAttribute("aria-disabled")).toBe("true");
  await user.type(form.getByLabelText("URL of the proxy"), "http://proxy:3128");
  await user.click(form.getByRole("radio", { name: "None" }));
  expect(form.queryByLabelText("URL of the proxy")).toBeNull();
  await user.click(form.getByRole("radio", { name: "The system's" }));
  await user.click(save());
  expect(engine.callsOf("setNetworkSettings")).toEqual([]);
  await user.click(form.getByRole("radio", { name: "This one" }));
  await user.type(form.getByLabelText(/Certificates/), "/ca.pem");
  await user.click(save());
  expect(engine.callsOf("setNetworkSettings")).toEqual([
    [{ proxy: { use: "at", url: "http://proxy:3128" }, caFile: "/ca.pem" }],
  ]);
});

it("says at the field what is wrong with it", async () => {
  const message = "A proxy's URL can't hold a user name or a password.";
  const { form, user } = await settings({ setNetworkSettings: refused(message) });
  await user.click(await form.findByRole("radio", { name: "This one" }));
  await user.type(form.getByLabelText("URL of the proxy"), "http://a:b@proxy:3128");
  await user.click(form.getByRole("button", { name: "Save" }));
  expect((await form.findByRole("alert")).textContent).toContain(message);
  expect(document.activeElement).toBe(form.getByLabelText("URL of the proxy"));
});

it("keeps the one part where the other is refused, and sends only that again", async () => {
  const { engine, form, user } = await settings({
    setAuthorSettings: refused("An e-mail address has no “<”."),
  });
  await user.type(await form.findByLabelText(/Certificates/), "/ca.pem");
  await user.type(form.getByLabelText("E-mail address"), "<");
  await user.click(form.getByRole("button", { name: "Save" }));
  const author = form.getByRole("region", { name: "Author of commits" });
  expect((await within(author).findByRole("alert")).textContent).toContain("has no “<”");
  engine.answers = {};
  await user.clear(form.getByLabelText("E-mail address"));
  await user.type(form.getByLabelText("E-mail address"), "a@b");
  await user.click(form.getByRole("button", { name: "Save" }));
  expect(engine.callsOf("setNetworkSettings")).toHaveLength(1);
  expect(engine.callsOf("setAuthorSettings")).toHaveLength(2);
});

it("says why they can't be read, leads to the accounts, and opens by the keyboard", async () => {
  const { form, user } = await settings({
    networkSettings: () => {
      throw unreachable;
    },
  });
  expect((await form.findByRole("alert")).textContent).toContain(unreachable.message);
  await user.click(form.getByRole("button", { name: "Accounts…" }));
  const accounts = within(screen.getByRole("dialog", { name: "Accounts" }));
  await user.click((await accounts.findAllByRole("button", { name: "Close" }))[0]!);
  await user.keyboard("{Control>},{/Control}");
  expect(screen.getByRole("dialog", { name: "Settings" })).toBeTruthy();
});
