import { expect, it } from "vitest";
import { AccountDraft, accountFor } from "./accountDraft.svelte";

it("offers the methods that fit the place, and keeps a choice for each sort", () => {
  const draft = new AccountDraft();
  expect(draft.methods).toEqual(["token", "password", "helper", "nobody"]);
  draft.method = "helper";
  draft.place = "git@github.com:acme/a.git";
  expect(draft.methods).toEqual(["sshAgent", "sshKey"]);
  expect(draft.method).toBe("sshAgent");
  draft.method = "sshKey";
  draft.place = "https://github.com";
  expect(draft.method).toBe("helper");
  draft.place = "ssh://github.com";
  expect(draft.method).toBe("sshKey");
});

it("says what is still to be entered", () => {
  const draft = new AccountDraft();
  expect(draft.missing).toBe("Enter a host or a repository.");
  draft.place = "/srv/git/a.git";
  expect(draft.missing).toMatch(/^Enter a host, an https/);
  draft.place = "github.com";
  expect(draft.missing).toBe("Enter the token.");
  draft.secret = "t0ken";
  expect(draft.missing).toBeNull();
  draft.method = "password";
  expect(draft.missing).toBe("Enter the user name.");
  draft.user = "ada";
  expect(draft.missing).toBe("Enter the password.");
  draft.method = "nobody";
  expect(draft.missing).toBeNull();
  draft.place = "ssh://github.com";
  draft.method = "sshKey";
  expect(draft.missing).toBe("Enter the path of the key file.");
  draft.keyFile = "/k";
  expect(draft.missing).toBeNull();
});

it("takes nothing along that the method has no use for", () => {
  const draft = new AccountDraft();
  Object.assign(draft, {
    place: " https://github.com ",
    user: " ada ",
    keyFile: "/k",
    githubApi: "https://g/api",
  });
  draft.secret = " t0ken ";
  const place = "https://github.com";
  const githubApi = "https://g/api";
  expect(draft.account("session")).toEqual({
    place,
    method: "token",
    user: "ada",
    keyFile: null,
    secret: " t0ken ",
    githubApi,
    keep: "session",
  });
  draft.method = "nobody";
  expect(draft.account()).toEqual({
    place,
    method: "nobody",
    user: null,
    keyFile: null,
    secret: null,
    githubApi,
  });
  draft.place = "ssh://h";
  expect(draft.account()).toEqual({
    place: "ssh://h",
    method: "sshAgent",
    user: "ada",
    keyFile: null,
    secret: null,
    githubApi: null,
  });
});

it("has something to keep where there is a secret", () => {
  const draft = new AccountDraft();
  expect(draft.keepsSecret).toBe(true);
  draft.method = "helper";
  expect(draft.keepsSecret).toBe(false);
  draft.place = "ssh://h";
  draft.method = "sshKey";
  expect(draft.keepsSecret).toBe(false);
  draft.secret = "passphrase";
  expect(draft.keepsSecret).toBe(true);
});

it("takes a sign-in without a name for a token, as the engine does", () => {
  expect(accountFor("https://h/a", { user: "", secret: "x" })).toMatchObject({ method: "token", user: null });
  expect(accountFor("https://h/a", { user: "ada", secret: "x" })).toMatchObject({
    place: "https://h/a",
    method: "password",
    user: "ada",
  });
});
