// Stories of accounts: the list, a new one, a test of one, and one that goes.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Accounts } from "./accounts.svelte";
import type { FabricView } from "./bindings";
import {
  account,
  accounts,
  connectionReport,
  FINGERPRINT,
  hostKeyChanged,
  hostKeyUnknown,
  noKeychain,
  secretsLocked,
  secretStore,
} from "./testing/accounts";
import { FakeTransport } from "./testing/fake";
import { fabric, NOW, unreachable } from "./testing/samples";
import { button, expectAccessible, open } from "./testing/window";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));

const dialog = (name: string) => within(screen.getByRole("dialog", { name }));

async function list(answers: FakeTransport["answers"] = {}, fabrics: FabricView[] = [fabric()]) {
  const opened = await open(fabrics);
  opened.engine.answers = answers;
  await opened.user.click(button("Accounts"));
  return { ...opened, accounts: dialog("Accounts") };
}

async function adding(answers: FakeTransport["answers"] = {}, fabrics?: FabricView[]) {
  const opened = await list(answers, fabrics);
  await opened.user.click(opened.accounts.getByRole("button", { name: "Add an account…" }));
  return { ...opened, form: dialog("Add an account") };
}

describe("what is known of the accounts", () => {
  const remote = "https://github.com/acme/lab/fabrics.git";

  it("is which one fits a remote most closely", async () => {
    const engine = new FakeTransport();
    engine.answers.accounts = () => [
      account({ id: "host", place: "https://github.com" }),
      account({ id: "group", place: "https://github.com/acme" }),
      account({ id: "other", place: "https://github.com/acme-two" }),
      account({ id: "ssh", place: "ssh://github.com" }),
    ];
    const known = new Accounts(engine);
    expect(known.of(remote)).toBeNull();
    await known.read();
    expect(known.of(remote)?.id).toBe("group");
    expect(known.of("git@github.com:acme/a.git")?.id).toBe("ssh");
    expect(known.of("/srv/git/a.git")).toBeNull();
    expect(known.of(null)).toBeNull();
  });

  it("is read at the start, and the keychain only looked for where that matters", async () => {
    const engine = new FakeTransport();
    engine.answers.accounts = () => [account()];
    const known = new Accounts(engine);
    await known.start();
    expect(known.list).toHaveLength(1);
    expect(engine.callsOf("secretStore")).toEqual([]);
    engine.answers.accounts = () => [account({ kept: "file" })];
    await known.start();
    expect(engine.callsOf("secretStore")).toHaveLength(1);
  });

  it("is who is locked out, until the file is open", async () => {
    const engine = new FakeTransport();
    engine.answers.accounts = () => [account({ kept: "file" })];
    engine.answers.secretStore = () => secretStore({ file: "locked" });
    const known = new Accounts(engine);
    await known.start();
    expect(known.lockOut(fabric())).toBe(true);
    const elsewhere = { ...fabric().repository, url: "https://github.com/a.git" };
    expect(known.lockOut(fabric({ repository: elsewhere }))).toBe(false);
    expect(known.lockOut(fabric({ repository: elsewhere, error: secretsLocked }))).toBe(true);
    await known.unlock("passphrase");
    expect(known.lockOut(fabric({ error: secretsLocked }))).toBe(false);
  });
});

describe("the accounts", () => {
  afterEach(expectAccessible);

  it("are listed with how, as whom and where the secret is", async () => {
    const { accounts } = await list();
    const items = await accounts.findAllByRole("listitem");
    expect(items.map((item) => within(item).getByRole("heading").textContent)).toEqual([
      "https://git.example.net",
      "https://github.com/acme/lab",
      "ssh://git.example.org:2222",
    ]);
    expect(items[0]?.textContent).toMatch(/Method *Token.*User *ada.*Secret *in the system's keychain/s);
    expect(items[1]?.textContent).toMatch(/Git's credential helpers/);
    expect(items[1]?.textContent).not.toMatch(/Secret|User/);
    expect(items[2]?.textContent).toMatch(/id_ed25519.*in the app's encrypted file/s);
  });

  it("open by the keyboard, also where there is no fabric yet", async () => {
    const { user } = await open([]);
    await user.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
    expect(screen.getByRole("dialog", { name: "Accounts" })).toBeTruthy();
  });

  it("say that there are none", async () => {
    const { accounts } = await list({ accounts: () => [] });
    expect(await accounts.findByText("No account yet.")).toBeTruthy();
  });

  it("say why they can't be read, and are read again", async () => {
    const { accounts, engine, user } = await list({
      accounts: () => {
        throw unreachable;
      },
    });
    expect((await accounts.findByRole("alert")).textContent).toContain(unreachable.message);
    engine.answers = {};
    await user.click(accounts.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(accounts.queryByRole("alert")).toBeNull());
    expect(accounts.getAllByRole("listitem")).toHaveLength(3);
  });

  it("are unlocked where their file is locked", async () => {
    const { accounts, engine, user } = await list({ secretStore: () => secretStore({ file: "locked" }) });
    const field = await accounts.findByLabelText("Passphrase of the file");
    expect(field.getAttribute("type")).toBe("password");
    await user.type(field, "passphrase{Enter}");
    await waitFor(() => expect(accounts.queryByLabelText("Passphrase of the file")).toBeNull());
    expect(engine.callsOf("unlockSecrets")).toEqual([["passphrase"]]);
    expect(screen.getByText("The secrets are unlocked.")).toBeTruthy();
  });

  it("go after saying what that means", async () => {
    const { accounts, engine, user } = await list();
    await user.click(
      await accounts.findByRole("button", { name: "Remove the account for https://git.example.net" }),
    );
    const question = dialog("Remove the account for https://git.example.net?");
    expect(question.getByText(/a token stays valid there until you revoke it/)).toBeTruthy();
    expect(question.getByText(/“lab-1” uses it/)).toBeTruthy();
    await user.click(question.getByRole("button", { name: "Remove the account" }));
    expect(engine.callsOf("removeAccount")).toEqual([["account-1"]]);
    expect(await screen.findByText("The account for https://git.example.net is removed.")).toBeTruthy();
    expect(screen.getByRole("dialog", { name: "Accounts" })).toBeTruthy();
  });
});

describe("a test of an account", () => {
  afterEach(expectAccessible);
  const url = fabric().repository.url!;

  async function test(place: string, answers: FakeTransport["answers"] = {}) {
    const opened = await list(answers);
    const name = `Test the account for ${place}`;
    await opened.user.click(await opened.accounts.findByRole("button", { name }));
    return opened;
  }

  it("of a host begins with a fabric's repository, and shows all that was found", async () => {
    const { accounts, engine } = await test("https://git.example.net");
    expect(await accounts.findByText("It can be read and pushed to.")).toBeTruthy();
    expect(engine.callsOf("testConnection")).toEqual([[url, null]]);
    const said = accounts.getByText("Main branch").closest("dl")?.textContent;
    expect(said).toMatch(/May be pushed to *yes.*Main branch *main.*Branches *3 branches.*1 approval/s);
    expect(said).toMatch(/Account *https:\/\/git\.example\.net/);
  });

  it("says what is lacking", async () => {
    const lacks = ["the permission to write contents", "the permission to read rules"];
    const { accounts } = await test("https://git.example.net", {
      testConnection: () =>
        connectionReport({ mayPush: false, protection: null, lacks, notes: ["The token ends in 6 days."] }),
    });
    expect(await accounts.findByText("It can be read, but not pushed to.")).toBeTruthy();
    for (const clause of lacks) expect(accounts.getByText(clause).closest("li")).toBeTruthy();
    expect(accounts.getByText("The token ends in 6 days.")).toBeTruthy();
    expect(accounts.getByText("the host does not tell")).toBeTruthy();
  });

  it("does not claim what only a push tells", async () => {
    const { accounts } = await test("https://git.example.net", {
      testConnection: () =>
        connectionReport({ mayPush: null, defaultBranch: null, branches: [], account: null }),
    });
    expect(await accounts.findByText(/only a push tells\.$/)).toBeTruthy();
    expect(accounts.getByText("none: Git's own ways")).toBeTruthy();
    expect(accounts.getByText("none yet")).toBeTruthy();
  });

  it("of a repository needs no other", async () => {
    const { accounts, engine } = await test("https://github.com/acme/lab");
    expect(await accounts.findByText("It can be read and pushed to.")).toBeTruthy();
    expect(engine.callsOf("testConnection")).toEqual([["https://github.com/acme/lab", null]]);
    expect(accounts.queryByLabelText("Repository to test with")).toBeNull();
  });

  it("of a host without a fabric asks for a repository, and says why it can't be read", async () => {
    const { accounts, engine, user } = await test("ssh://git.example.org:2222", {
      testConnection: () => connectionReport({ error: unreachable }),
    });
    const press = accounts.getByRole("button", { name: "Test connection" });
    expect(press.getAttribute("aria-disabled")).toBe("true");
    const field = accounts.getByLabelText("Repository to test with");
    await user.type(field, "ssh://git.example.org:2222/a.git{Enter}");
    expect((await accounts.findByRole("alert")).textContent).toContain(unreachable.hint);
    expect(engine.callsOf("testConnection")).toHaveLength(1);
    await user.type(field, "x");
    await waitFor(() => expect(accounts.queryByRole("alert")).toBeNull());
  });

  it("shows an unknown host key whole, and goes on once it is trusted", async () => {
    const { accounts, engine, user } = await test("https://git.example.net", {
      testConnection: (url) => connectionReport({ url, error: hostKeyUnknown }),
    });
    const alert = await accounts.findByRole("alert");
    for (const part of ["[git.example.org]:2222", "ssh-ed25519", FINGERPRINT, hostKeyUnknown.hint])
      expect(alert.textContent).toContain(part);
    engine.answers = {};
    await user.click(accounts.getByRole("button", { name: "Trust this key" }));
    expect(await accounts.findByText("It can be read and pushed to.")).toBeTruthy();
    expect(engine.callsOf("trustHostKey")).toEqual([[url, FINGERPRINT]]);
    expect(engine.callsOf("testConnection")).toHaveLength(2);
  });

  it("says why a key could not be trusted", async () => {
    const { accounts, user } = await test("https://git.example.net", {
      testConnection: (url) => connectionReport({ url, error: hostKeyUnknown }),
      trustHostKey: () => {
        throw hostKeyChanged;
      },
    });
    await user.click(await accounts.findByRole("button", { name: "Trust this key" }));
    await waitFor(() => expect(accounts.getAllByRole("alert")).toHaveLength(2));
    expect(document.activeElement).toBe(accounts.getByRole("button", { name: "Trust this key" }));
    expect(accounts.getAllByRole("alert")[1]?.textContent).toContain(hostKeyChanged.message);
  });

  it("offers nothing where a host key has changed", async () => {
    const { accounts } = await test("https://git.example.net", {
      testConnection: (url) => connectionReport({ url, error: hostKeyChanged }),
    });
    const alert = await accounts.findByRole("alert");
    expect(alert.textContent).toContain(hostKeyChanged.message);
    expect(within(alert).queryByRole("button")).toBeNull();
  });
});

describe("a new account", () => {
  afterEach(expectAccessible);

  it("with a token is kept in the keychain, and the secret is never shown", async () => {
    const { engine, form, user } = await adding();
    expect(form.getByRole("button", { name: "Add the account" }).getAttribute("aria-disabled")).toBe("true");
    await user.type(form.getByLabelText("Host or repository"), "github.com");
    const token = form.getByLabelText("Token", { selector: "input[type=password]" });
    await user.type(token, "t0ken");
    expect(await form.findByText(/kept in the system's keychain/)).toBeTruthy();
    await user.click(form.getByRole("button", { name: "Add the account" }));
    expect(engine.callsOf("addAccount")).toEqual([
      [
        {
          place: "github.com",
          method: "token",
          user: null,
          keyFile: null,
          secret: "t0ken",
          githubApi: null,
          keep: "keychain",
        },
      ],
    ]);
    await waitFor(() => expect(screen.queryByRole("dialog", { name: "Add an account" })).toBeNull());
    expect(screen.getByText(/The account for github\.com is kept/)).toBeTruthy();
    expect(document.body.textContent).not.toContain("t0ken");
  });

  it("offers what fits the place", async () => {
    const { engine, form, user } = await adding();
    const names = () => form.getAllByRole("radio").map((radio) => radio.getAttribute("value"));
    expect(names()).toEqual(["token", "password", "helper", "nobody"]);
    await user.type(form.getByLabelText("Host or repository"), "git@github.com:acme");
    expect(names()).toEqual(["sshAgent", "sshKey"]);
    expect(form.queryByText("GitHub Enterprise")).toBeNull();
    await user.click(form.getByRole("radio", { name: "Key file" }));
    await user.click(form.getByRole("button", { name: "Choose…" }));
    expect(engine.callsOf("pickFile")).toEqual([["Choose a private key"]]);
    await user.click(form.getByRole("button", { name: "Add the account" }));
    const [sent] = engine.callsOf("addAccount")[0] ?? [];
    expect(sent).toMatchObject({ method: "sshKey", keyFile: "/home/ada/.ssh/id_ed25519", secret: null });
    expect(sent).not.toHaveProperty("keep");
  });

  it("without a keychain is kept as a person says, and not before", async () => {
    const { engine, form, user } = await adding({ secretStore: () => secretStore({ keychain: false }) });
    await user.type(form.getByLabelText("Host or repository"), "github.com");
    await user.type(form.getByLabelText("Token", { selector: "input[type=password]" }), "t0ken");
    const add = () => form.getByRole("button", { name: "Add the account" });
    await waitFor(() => expect(form.getByText(/This machine has no keychain/)).toBeTruthy());
    expect(form.getByRole("radio", { name: /Ask me after each start/ })).toHaveProperty("checked", false);
    await user.click(add());
    expect(engine.callsOf("addAccount")).toEqual([]);
    await user.click(form.getByRole("radio", { name: /Keep in a file/ }));
    await user.type(form.getByLabelText("New passphrase"), "correct horse");
    await user.type(form.getByLabelText("The same again"), "correct hose");
    expect(form.getByLabelText("The same again").getAttribute("aria-invalid")).toBe("true");
    await user.clear(form.getByLabelText("The same again"));
    await user.type(form.getByLabelText("The same again"), "correct horse");
    await user.click(add());
    await waitFor(() => expect(engine.callsOf("addAccount")[0]?.[0]).toMatchObject({ keep: "file" }));
    const order = engine.calls
      .map(([command]) => command)
      .filter((c) => c === "unlockSecrets" || c === "addAccount");
    expect(order).toEqual(["unlockSecrets", "addAccount"]);
  });

  it("asks where to keep it once the keychain turns out to be none", async () => {
    const { form, user } = await adding({
      addAccount: () => {
        throw noKeychain;
      },
    });
    await user.type(form.getByLabelText("Host or repository"), "github.com");
    await user.type(form.getByLabelText("Token", { selector: "input[type=password]" }), "t0ken");
    await form.findByText(/kept in the system's keychain/);
    await user.click(form.getByRole("button", { name: "Add the account" }));
    expect((await form.findByRole("alert")).textContent).toContain(noKeychain.hint);
    expect(form.getByRole("radio", { name: /Ask me after each start/ })).toBeTruthy();
  });

  it("that can't be kept says why, and keeps what was typed", async () => {
    const { form, user } = await adding({
      addAccount: () => {
        throw {
          code: "AccountInvalid",
          message: "A user name is one line.",
          hint: "Change it, then try again.",
        };
      },
    });
    await user.type(form.getByLabelText("Host or repository"), "github.com");
    await user.type(form.getByLabelText("Token", { selector: "input[type=password]" }), "t0ken");
    await form.findByText(/kept in the system's keychain/);
    await user.click(form.getByRole("button", { name: "Add the account" }));
    expect((await form.findByRole("alert")).textContent).toContain("Change it, then try again.");
    expect(form.getByLabelText<HTMLInputElement>("Host or repository").value).toBe("github.com");
  });

  it("is tried out before it is kept", async () => {
    const { engine, form, user } = await adding({}, [fabric()]);
    await user.type(form.getByLabelText("Host or repository"), "https://github.com");
    const press = () => form.getByRole("button", { name: "Test connection" });
    await user.type(form.getByLabelText("Token", { selector: "input[type=password]" }), "t0ken");
    expect(press().getAttribute("aria-disabled")).toBe("true");
    await user.type(form.getByLabelText("Repository to test with"), "https://github.com/acme/a.git{Enter}");
    expect(await form.findByText("It can be read and pushed to.")).toBeTruthy();
    const [[url, sent] = []] = engine.callsOf("testConnection");
    expect(url).toBe("https://github.com/acme/a.git");
    expect(sent).toMatchObject({ place: "https://github.com", method: "token", secret: "t0ken" });
    expect(engine.callsOf("addAccount")).toEqual([]);
    // What was found is about that token.
    await user.type(form.getByLabelText("Token", { selector: "input[type=password]" }), "x");
    await waitFor(() => expect(form.queryByText("It can be read and pushed to.")).toBeNull());
    await user.clear(form.getByLabelText("Host or repository"));
    await user.type(form.getByLabelText("Host or repository"), "https://github.com/acme/b.git");
    await user.click(press());
    await waitFor(() =>
      expect(engine.callsOf("testConnection")[1]?.[0]).toBe("https://github.com/acme/b.git"),
    );
  });

  it("says that it takes another's place", async () => {
    const { form, user } = await adding({ accounts });
    await user.type(form.getByLabelText("Host or repository"), "git.example.net");
    expect(
      await form.findByText(/takes the place of the account .* https:\/\/git\.example\.net/),
    ).toBeTruthy();
  });

  it("may name a GitHub Enterprise", async () => {
    const { engine, form, user } = await adding();
    await user.type(form.getByLabelText("Host or repository"), "https://github.example.org");
    await user.click(form.getByRole("radio", { name: "Git's credential helpers" }));
    await user.click(form.getByText("GitHub Enterprise"));
    await user.type(form.getByLabelText(/Address of its API/), "https://github.example.org/api/v3");
    await user.click(form.getByRole("button", { name: "Add the account" }));
    expect(engine.callsOf("addAccount")[0]?.[0]).toMatchObject({
      method: "helper",
      githubApi: "https://github.example.org/api/v3",
    });
  });
});
