// Stories of a fabric that can't go on without a person: a sign-in, locked secrets, a host key.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ErrorReport, FabricView, StatusState } from "./bindings";
import {
  account,
  FINGERPRINT,
  hostKeyChanged,
  hostKeyUnknown,
  passphraseWrong,
  secretsLocked,
  secretStore,
} from "./testing/accounts";
import type { FakeTransport } from "./testing/fake";
import { fabric, NOW, sourceReport, status } from "./testing/samples";
import { button, expectAccessible, open as openWindow } from "./testing/window";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));
afterEach(expectAccessible);

const SSH = "ssh://git@git.example.org:2222/net/fabric-config.git";
const authRequired: ErrorReport = {
  code: "AuthRequired",
  message: "https://git.example.net/net/fabric-config.git needs a sign-in.",
  hint: "Enter a user name and a token for this repository.",
};

/** A fabric that waits for a person because of an error. */
function waiting(state: StatusState, error: ErrorReport, url = fabric().repository.url): FabricView {
  const repository = { ...fabric().repository, url };
  return fabric({ repository, error, status: { state, sentence: error.message, hint: error.hint } });
}

const open = (one: FabricView, answers: FakeTransport["answers"] = {}) => openWindow([one], [], answers);
const dialog = (name: string) => within(screen.getByRole("dialog", { name }));
const locked = {
  accounts: () => [account({ kept: "file" })],
  secretStore: () => secretStore({ file: "locked" }),
};

describe("signing in", () => {
  async function signingIn(answers: FakeTransport["answers"] = {}) {
    const opened = await open(fabric({ status: status("needsSignIn") }), answers);
    await opened.user.click(button("Sign in…"));
    return opened;
  }

  it("without a keychain needs a choice, and asks again after each start where that was chosen", async () => {
    const { engine, user } = await signingIn({ secretStore: () => secretStore({ keychain: false }) });
    const form = dialog("Sign in");
    await user.type(form.getByLabelText("Token or password"), "t0ken");
    const choice = await form.findByRole("radio", { name: "Ask me after each start" });
    await user.click(form.getByRole("button", { name: "Sign in" }));
    expect(engine.callsOf("signIn")).toEqual([]);
    await user.click(choice);
    await user.click(form.getByRole("button", { name: "Sign in" }));
    expect(engine.callsOf("signIn")).toEqual([["lab", { user: "", secret: "t0ken", keep: "session" }]]);
    expect(await screen.findByText(/The secret is in memory: asked for after each start/)).toBeTruthy();
  });

  it("into a locked file says at once that the passphrase is not the one", async () => {
    const { engine, user } = await signingIn({
      accounts: () => [],
      secretStore: () => secretStore({ keychain: false, file: "locked" }),
      unlockSecrets: () => {
        throw passphraseWrong;
      },
    });
    const form = dialog("Sign in");
    await user.type(form.getByLabelText("Token or password"), "t0ken");
    await user.click(await form.findByRole("radio", { name: /Keep in a file/ }));
    await user.type(form.getByLabelText("Passphrase of the file"), "wrong");
    await user.click(form.getByRole("button", { name: "Sign in" }));
    expect((await form.findByRole("alert")).textContent).toContain(passphraseWrong.message);
    expect(form.getByLabelText("Passphrase of the file").getAttribute("aria-invalid")).toBe("true");
    expect(engine.callsOf("signIn")).toEqual([]);
  });

  it("is opening the file where the sign-in is in it", async () => {
    const { engine, user } = await signingIn(locked);
    const form = dialog("Unlock the secrets");
    expect(form.queryByLabelText("Token or password")).toBeNull();
    await user.type(form.getByLabelText("Passphrase of the file"), "passphrase{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(engine.callsOf("unlockSecrets")).toEqual([["passphrase"]]);
    expect(engine.callsOf("signIn")).toEqual([]);
  });

  it("is possible anew where the passphrase is lost", async () => {
    const { user } = await signingIn(locked);
    await user.click(dialog("Unlock the secrets").getByRole("button", { name: "Sign in anew" }));
    expect(dialog("Sign in").getByLabelText("Token or password")).toBeTruthy();
  });

  it("has other ways, with the place filled in", async () => {
    const { user } = await signingIn();
    await user.click(dialog("Sign in").getByRole("button", { name: "Other ways…" }));
    const place = dialog("Add an account").getByLabelText<HTMLInputElement>("Host or repository");
    expect(place.value).toBe(fabric().repository.url);
  });

  it("to a remote over SSH is by a key", async () => {
    const { user } = await open(waiting("needsSignIn", authRequired, SSH));
    await user.click(button("Sign in…"));
    const form = dialog("Add an account");
    expect(form.getByRole("radio", { name: "SSH agent" })).toHaveProperty("checked", true);
    expect(form.getByLabelText<HTMLInputElement>("Host or repository").value).toBe(SSH);
  });
});

describe("locked secrets", () => {
  it("are a quiet line where a fabric needs them, and gone once they are open", async () => {
    const { user } = await open(fabric(), locked);
    const line = "Its sign-in is in the file of secrets, which is locked.";
    expect(within(await screen.findByTestId("status")).getByText(line)).toBeTruthy();
    await user.click(button("Unlock…"));
    await user.type(
      dialog("Unlock the secrets").getByLabelText("Passphrase of the file"),
      "passphrase{Enter}",
    );
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.queryByText(line)).toBeNull();
  });

  it("are not spoken of where no fabric needs them", async () => {
    await open(fabric({ repository: { ...fabric().repository, url: "https://github.com/a.git" } }), locked);
    expect(screen.queryByRole("button", { name: "Unlock…" })).toBeNull();
  });

  it("that stopped a run are opened from its status, after a wrong passphrase too", async () => {
    const { engine, user } = await open(waiting("needsSignIn", secretsLocked), {
      ...locked,
      unlockSecrets: (passphrase) => {
        if (passphrase !== "right one") throw passphraseWrong;
        return secretStore({ file: "open" });
      },
    });
    expect(screen.getAllByRole("button", { name: "Unlock…" })).toHaveLength(1);
    await user.click(button("Unlock…"));
    const form = dialog("Unlock the secrets");
    const field = form.getByLabelText("Passphrase of the file");
    expect(document.activeElement).toBe(field);
    await user.type(field, "wrong{Enter}");
    expect((await form.findByRole("alert")).textContent).toContain(passphraseWrong.message);
    await user.clear(field);
    await user.type(field, "right one");
    await user.click(form.getByRole("button", { name: "Unlock" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    // The error stands until the fabric has tried again: that is all that is left to do.
    await user.click(button("Unlock…"));
    expect(engine.callsOf("sync")).toEqual([["lab"]]);
  });
});

describe("a fabric's host key", () => {
  it("is shown whole and trusted, and the fabric is synced", async () => {
    const { engine, user } = await open(waiting("needsAttention", hostKeyUnknown, SSH));
    await user.click(button("Check the key…"));
    const form = dialog("Host key");
    for (const part of ["[git.example.org]:2222", "ssh-ed25519", FINGERPRINT])
      expect(form.getByRole("alert").textContent).toContain(part);
    await user.click(form.getByRole("button", { name: "Trust this key" }));
    await waitFor(() => expect(engine.callsOf("sync")).toEqual([["lab"]]));
    expect(engine.callsOf("trustHostKey")).toEqual([[SSH, FINGERPRINT]]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("that has changed is only told of", async () => {
    await open(waiting("needsAttention", hostKeyChanged, SSH));
    expect(screen.getByTestId("status").textContent).toContain(hostKeyChanged.message);
    expect(screen.queryByRole("button", { name: /key/ })).toBeNull();
  });
});

describe("adding a fabric", () => {
  async function adding(answers: FakeTransport["answers"], url: string) {
    const opened = await openWindow([], [], answers);
    await opened.user.click(button("Add a fabric"));
    await opened.user.click(screen.getByRole("radio", { name: "URL" }));
    await opened.user.type(screen.getByLabelText("Repository URL"), url);
    return opened;
  }

  it("shows a host key that is not known, and looks again once it is trusted", async () => {
    const refuse = () => {
      throw hostKeyUnknown;
    };
    const { engine, user } = await adding({ inspectSource: refuse }, SSH);
    const trust = await screen.findByRole("button", { name: "Trust this key" });
    engine.answers = {};
    await user.click(trust);
    expect(await screen.findByText(/Found a Git repository/)).toBeTruthy();
    expect(engine.callsOf("trustHostKey")).toEqual([[SSH, FINGERPRINT]]);
  });

  it("tests the connection with what was entered", async () => {
    const { engine, user } = await adding({}, "https://git.example.net/a.git");
    await screen.findByText(/Found a Git repository/);
    await user.click(button("Test connection"));
    expect(await screen.findByText("It can be read and pushed to.")).toBeTruthy();
    await user.click(button("Sign in…"));
    await user.type(screen.getByLabelText("Token or password"), "t0ken");
    await screen.findByText(/Found a Git repository/);
    await user.click(await screen.findByRole("button", { name: "Test connection" }));
    await waitFor(() =>
      expect(engine.callsOf("testConnection").at(-1)).toEqual([
        "https://git.example.net/a.git",
        { place: "https://git.example.net/a.git", method: "token", user: null, secret: "t0ken" },
      ]),
    );
  });

  it("keeps a sign-in where a person said, and not before", async () => {
    const store = secretStore({ keychain: false });
    const { engine, user } = await adding(
      { secretStore: () => store, inspectSource: () => sourceReport({ workTree: null }) },
      "https://git.example.net/a.git",
    );
    await user.click(button("Sign in…"));
    await user.type(screen.getByLabelText("Token or password"), "t0ken");
    await screen.findByText(/Found a Git repository/);
    await user.click(button("Add fabric"));
    expect(engine.callsOf("addFabric")).toEqual([]);
    await user.click(screen.getByRole("radio", { name: "Ask me after each start" }));
    await user.click(button("Add fabric"));
    await waitFor(() =>
      expect(engine.callsOf("addFabric")[0]?.[0]).toMatchObject({
        source: { signIn: { user: "", secret: "t0ken", keep: "session" } },
      }),
    );
  });

  it("over SSH takes an account, and looks again with it", async () => {
    const { engine, user } = await adding(
      {
        inspectSource: () => {
          throw authRequired;
        },
      },
      SSH,
    );
    await screen.findByRole("alert");
    expect(screen.queryByLabelText("Token or password")).toBeNull();
    await user.click(button("Sign in…"));
    engine.answers = {};
    await user.click(dialog("Add an account").getByRole("button", { name: "Add the account" }));
    expect(await screen.findByText(/Found a Git repository/)).toBeTruthy();
    expect(engine.callsOf("addAccount")[0]?.[0]).toMatchObject({ place: SSH, method: "sshAgent" });
    expect(screen.getByLabelText<HTMLInputElement>("Repository URL").value).toBe(SSH);
  });
});
