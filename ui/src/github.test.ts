// Stories of GitHub: a pull request where a rule refuses the push, signing in by code, the webhook.
import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Account, GitHubSignInEnd, GitHubSignInStart, SecretStore } from "./bindings";
import RepositoryPicker from "./components/RepositoryPicker.svelte";
import { CodeSignIn, GitHub } from "./github.svelte";
import { AppState } from "./state.svelte";
import { secretStore } from "./testing/accounts";
import { FakeTransport } from "./testing/fake";
import { proposed, pullRequest, signedIn, signInCode, webhook } from "./testing/github";
import { fabric, NOW, operation, status, unreachable } from "./testing/samples";
import { button, expectAccessible, open } from "./testing/window";
import Within from "./testing/Within.svelte";

beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW));

const refused = (over = {}) => fabric({ status: status("refusedByRule"), ahead: 2, ...over });

describe("a push that a rule refuses", () => {
  afterEach(expectAccessible);

  async function asked() {
    const opened = await open([refused()]);
    await opened.user.click(button("Open pull request…"));
    return { ...opened, dialog: within(screen.getByRole("dialog", { name: "Open a pull request?" })) };
  }

  it("goes by a pull request with one click more, after saying which rule it is", async () => {
    const { dialog, engine, user } = await asked();
    expect(await dialog.findByText(/takes changes by pull request only/)).toBeTruthy();
    expect(dialog.getByText(/2 commits wait/)).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Open pull request" }));
    expect(engine.callsOf("propose")).toEqual([["lab"]]);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(await screen.findByText("Pull request #12 is open.")).toBeTruthy();
  });

  it("says why it could not be opened, and that nothing was to propose", async () => {
    const { dialog, engine, user } = await asked();
    engine.answers.propose = () => {
      throw unreachable;
    };
    await user.click(dialog.getByRole("button", { name: "Open pull request" }));
    expect((await dialog.findByRole("alert")).textContent).toContain(unreachable.message);
    const nothing = operation({
      kind: "propose",
      outcome: { is: "unchanged" },
      summary: "Nothing to propose.",
    });
    engine.answers.propose = () => proposed({ operation: nothing, pullRequest: null });
    await user.click(dialog.getByRole("button", { name: "Open pull request" }));
    expect(await dialog.findByText("Nothing to propose.")).toBeTruthy();
  });

  it("is followed on the dashboard, with its checks and its page", async () => {
    const { engine, user } = await open([fabric({ proposal: pullRequest() })]);
    const region = screen.getByRole("region", { name: "Pull request" });
    // That class is for what is only read out.
    expect(region.querySelector(".said")).toBeNull();
    const card = within(region);
    expect(card.getByText(/Checks are under way/).textContent).toContain("lint");
    await user.click(card.getByRole("button", { name: "Open in browser" }));
    expect(engine.callsOf("openPage")).toEqual([["https://github.com/acme/fabrics/pull/12"]]);
    engine.say({
      type: "fabric",
      data: fabric({
        proposal: pullRequest({
          mergeable: false,
          checks: { state: "failure", passed: [], pending: [], failed: ["lint"] },
        }),
      }),
    });
    expect(await card.findByText(/Checks have failed/)).toBeTruthy();
    expect(card.getByText(/does not merge as it is/)).toBeTruthy();
    engine.say({ type: "fabric", data: fabric() });
    await waitFor(() => expect(screen.queryByRole("region", { name: "Pull request" })).toBeNull());
  });
});

describe("a sign-in by code", () => {
  function signIn(end: () => Promise<GitHubSignInEnd>) {
    const engine = new FakeTransport();
    engine.answers.finishGithubSignIn = end;
    const app = new AppState(engine);
    return { engine, signIn: new CodeSignIn(new GitHub(engine, app.toasts, () => {})) };
  }

  it("waits with its code until it is entered", async () => {
    let enter: (end: GitHubSignInEnd) => void = () => {};
    const entered = new Promise<GitHubSignInEnd>((resolve) => (enter = resolve));
    const { signIn: begun, engine } = signIn(() => entered);
    const over = begun.begin(null, "session");
    await waitFor(() => expect(begun.state).toMatchObject({ is: "waiting", code: "WDJB-MJHT" }));
    enter(signedIn());
    await over;
    expect(begun.state).toMatchObject({ is: "ended", end: { is: "signedIn", login: "ada" } });
    expect(engine.callsOf("finishGithubSignIn")).toEqual([["session"]]);
    begun.end();
    expect(engine.callsOf("cancelGithubSignIn")).toEqual([]);
  });

  it("ends at the engine when it is given up, and shows nothing more", async () => {
    const { signIn: begun, engine } = signIn(() => new Promise(() => {}));
    void begun.begin("ghe.example.org", "keychain");
    await waitFor(() => expect(begun.state.is).toBe("waiting"));
    expect(engine.callsOf("beginGithubSignIn")).toEqual([["ghe.example.org"]]);
    begun.end();
    expect(engine.callsOf("cancelGithubSignIn")).toHaveLength(1);
  });

  it("waits for no code that comes after it was given up", async () => {
    const { signIn: begun, engine } = signIn(() => new Promise(() => {}));
    let answer: (start: GitHubSignInStart) => void = () => undefined;
    engine.answers.beginGithubSignIn = () => new Promise((resolve) => (answer = resolve));
    const over = begun.begin(null, "keychain");
    begun.end();
    answer(signInCode());
    await over;
    expect(engine.callsOf("finishGithubSignIn")).toEqual([]);
    expect(engine.callsOf("cancelGithubSignIn")).toHaveLength(1);
  });

  it("says that it is not offered, and what went wrong", async () => {
    const { signIn: begun, engine } = signIn(async () => ({ is: "denied" }));
    engine.answers.beginGithubSignIn = () => ({ is: "notSetUp" });
    await begun.begin(null, "keychain");
    expect(begun.state).toEqual({ is: "notOffered", reason: null });
    engine.answers.beginGithubSignIn = () => {
      throw unreachable;
    };
    await begun.begin(null, "keychain");
    expect(begun.state).toMatchObject({ is: "problem", error: { code: unreachable.code } });
  });
});

describe("the webhook", () => {
  afterEach(expectAccessible);

  it("is registered at an address, shown with its last delivery, and removed", async () => {
    const { engine, user } = await open();
    await user.click(button("More for this fabric"));
    await user.click(screen.getByRole("menuitem", { name: "Webhook…" }));
    const dialog = within(screen.getByRole("dialog", { name: /Webhook of/ }));
    await user.type(await dialog.findByLabelText("Public address"), "https://fgd.example.org/webhook");
    engine.answers.webhook = () => webhook({ delivered: true });
    await user.click(dialog.getByRole("button", { name: "Register" }));
    expect(engine.callsOf("registerWebhook")[0]?.slice(0, 2)).toEqual([
      "lab",
      "https://fgd.example.org/webhook",
    ]);
    expect(await dialog.findByText("The last delivery was taken.")).toBeTruthy();

    await user.click(dialog.getByRole("switch", { name: "Listen on this machine" }));
    expect(engine.callsOf("setListener")).toEqual([[true, "127.0.0.1:9443"]]);

    engine.answers.webhook = () => null;
    await user.click(dialog.getByRole("button", { name: "Remove the webhook" }));
    expect(engine.callsOf("removeWebhook")).toEqual([["lab"]]);
    expect(await dialog.findByLabelText("Public address")).toBeTruthy();
  });

  it("says what the host does not allow", async () => {
    const { engine, user } = await open();
    engine.answers.registerWebhook = () => {
      throw {
        code: "GitHubRefused",
        message: "GitHub refused to register the webhook: Not Found.",
        hint: "Check the token.",
      };
    };
    await user.click(button("More for this fabric"));
    await user.click(screen.getByRole("menuitem", { name: "Webhook…" }));
    const dialog = within(screen.getByRole("dialog", { name: /Webhook of/ }));
    await user.type(await dialog.findByLabelText("Public address"), "https://x/webhook");
    await user.click(dialog.getByRole("button", { name: "Register" }));
    expect((await dialog.findByRole("alert")).textContent).toContain("GitHub refused");
  });
});

describe("the list of repositories", () => {
  const end = signedIn();
  const account: Account[] = end.is === "signedIn" ? [end.account] : [];

  async function picker() {
    const engine = new FakeTransport();
    const app = new AppState(engine);
    const onpick = vi.fn();
    render(Within, { app, of: RepositoryPicker, with: { accounts: account, onpick } });
    await screen.findByRole("list", { name: "Repositories" });
    return { engine, onpick, user: userEvent.setup() };
  }

  it("is narrowed by typing, and one is chosen", async () => {
    const { engine, onpick, user } = await picker();
    expect(screen.getAllByRole("listitem")).toHaveLength(3);
    await user.type(screen.getByLabelText("Find a repository"), "lab");
    await waitFor(() => expect(screen.getAllByRole("listitem")).toHaveLength(1));
    expect(engine.callsOf("githubRepositories").at(-1)).toEqual(["github", "lab"]);
    await user.click(screen.getByRole("button", { name: /acme\/lab/ }));
    expect(onpick).toHaveBeenCalledWith(expect.objectContaining({ url: "https://github.com/acme/lab.git" }));
    await expectAccessible();
  });

  it("makes a new one, private unless asked", async () => {
    const { engine, onpick, user } = await picker();
    await user.click(screen.getByRole("button", { name: "New…" }));
    await user.type(screen.getByLabelText("Name of the new repository"), "fabrics");
    await user.click(screen.getByRole("button", { name: "Make it" }));
    expect(engine.callsOf("createGithubRepository")).toEqual([
      ["github", { name: "fabrics", organisation: null, public: false, description: "" }],
    ]);
    await waitFor(() => expect(onpick).toHaveBeenCalled());
  });
});

describe("adding from GitHub", () => {
  afterEach(expectAccessible);
  const end = signedIn();
  const list: Account[] = end.is === "signedIn" ? [end.account] : [];

  it("chooses the repository from a list where an account is there, and looks at it", async () => {
    const { app, engine, user } = await open();
    engine.answers.accounts = () => list;
    await app.accounts.read();
    await user.click(button(/^Add/));
    await user.click(screen.getByRole("radio", { name: "URL" }));
    await user.click(await screen.findByRole("button", { name: "From GitHub…" }));
    await user.click(await screen.findByRole("button", { name: /acme\/lab/ }));
    expect(screen.getByLabelText<HTMLInputElement>("Repository URL").value).toBe(
      "https://github.com/acme/lab.git",
    );
    await waitFor(() =>
      expect(engine.callsOf("inspectSource").at(-1)).toEqual([
        { from: "url", url: "https://github.com/acme/lab.git", signIn: null },
      ]),
    );
  });

  it("stays open while the secrets are unlocked, and begins the sign-in then", async () => {
    let unlock: (store: SecretStore) => void = () => undefined;
    const { engine, user } = await open([fabric()], [], {
      secretStore: () => secretStore({ keychain: false, file: "locked" }),
      unlockSecrets: () => new Promise<SecretStore>((resolve) => (unlock = resolve)),
    });
    await user.click(button("Settings"));
    await user.click(screen.getByRole("button", { name: "Accounts…" }));
    await user.click(await screen.findByRole("button", { name: "Sign in to GitHub…" }));
    const dialog = within(screen.getByRole("dialog", { name: "Sign in to GitHub" }));
    await user.click(await dialog.findByRole("radio", { name: /Keep in a file/ }));
    await user.type(dialog.getByLabelText("Passphrase of the file"), "old");
    await user.click(dialog.getByRole("button", { name: "Get a code" }));
    // It can't be, until they are.
    for (const close of dialog.getAllByRole("button", { name: "Close" })) await user.click(close);
    expect(screen.getByRole("dialog", { name: "Sign in to GitHub" })).toBeTruthy();
    expect(engine.callsOf("beginGithubSignIn")).toEqual([]);
    unlock(secretStore({ keychain: false, file: "open" }));
    await waitFor(() => expect(engine.callsOf("beginGithubSignIn")).toHaveLength(1));
  });

  it("signs in by code from the accounts, after saying where the token goes", async () => {
    const { engine, app, user } = await open();
    await user.click(button("Settings"));
    await user.click(screen.getByRole("button", { name: "Accounts…" }));
    await user.click(await screen.findByRole("button", { name: "Sign in to GitHub…" }));
    const dialog = within(screen.getByRole("dialog", { name: "Sign in to GitHub" }));
    await user.click(await dialog.findByRole("button", { name: "Get a code" }));
    await waitFor(() => expect(screen.queryByRole("dialog", { name: "Sign in to GitHub" })).toBeNull());
    expect(engine.callsOf("finishGithubSignIn")).toEqual([["keychain"]]);
    expect(app.accounts.list).not.toBeNull();
  });
});
