import { describe, expect, it } from "vitest";
import { covers, readPlace, samePlace } from "./place";

describe("a place", () => {
  it.each<[string, ssh: boolean, host: string, path: string]>([
    ["github.com", false, "https://github.com", ""],
    ["https://GitHub.com/", false, "https://github.com", ""],
    ["https://github.com/acme/fabrics.git", false, "https://github.com", "acme/fabrics"],
    ["https://ada@git.example.net:8443/a", false, "https://git.example.net:8443", "a"],
    ["git.example.net:8443", false, "https://git.example.net:8443", ""],
    ["git.example.net/acme", false, "https://git.example.net", "acme"],
    ["http://127.0.0.1:8080/a.git", false, "http://127.0.0.1:8080", "a"],
    ["https://git.example.net:443", false, "https://git.example.net", ""],
    ["ssh://git@git.example.org:2222/a.git", true, "ssh://git.example.org:2222", "a"],
    ["ssh://git.example.org:22", true, "ssh://git.example.org", ""],
    ["git@github.com:acme/fabrics.git", true, "ssh://github.com", "acme/fabrics"],
    ["github.com:acme/fabrics", true, "ssh://github.com", "acme/fabrics"],
    ["  git@github.com:acme  ", true, "ssh://github.com", "acme"],
  ])("is read as people write it: %s", (text, ssh, host, path) => {
    expect(readPlace(text)).toEqual({ ssh, host, path });
  });

  it.each(["", "  ", "/srv/git/a.git", "./a", "~/a", "file:///srv/a.git", "ext::sh -c x", "two words", "-x"])(
    "is nothing else: %j",
    (text) => expect(readPlace(text)).toBeNull(),
  );
});

it("covers what is below it, and no neighbour", () => {
  expect(covers("https://github.com", "https://github.com/acme/a.git")).toBe(true);
  expect(covers("https://github.com/acme", "https://github.com/acme/a.git")).toBe(true);
  expect(covers("https://github.com/acme", "https://github.com/acme-two/a.git")).toBe(false);
  expect(covers("https://github.com", "git@github.com:acme/a.git")).toBe(false);
  expect(covers("ssh://github.com", "git@github.com:acme/a.git")).toBe(true);
  expect(covers("https://github.com", "/srv/git/a.git")).toBe(false);
});

it("knows one place by two names", () => {
  expect(samePlace("github.com", "https://github.com/")).toBe(true);
  expect(samePlace("github.com", "https://github.com/acme")).toBe(false);
});
