import { describe, expect, it } from "vitest";
import type { ErrorReport } from "./bindings";
import { hostKeyOf } from "./hostKey";

const PRINT = "SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s";
const OTHER = "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM";
const said = (message: string, code: ErrorReport["code"] = "HostKeyUnknown"): ErrorReport => ({
  code,
  message,
  hint: "Compare the fingerprint.",
});

describe("the host key in an error", () => {
  it.each([
    ["git.example.org", `The host key of git.example.org is not known: ssh-ed25519 ${PRINT}.`],
    ["[git.example.org]:2222", `The host key of [git.example.org]:2222 is not known: ssh-ed25519 ${PRINT}.`],
    ["[::1]:22", `the host key of [::1]:22 is not known: ssh-ed25519 ${PRINT}`],
    ["h", `While fetching: the host key of h is not known: ssh-ed25519 ${PRINT}. `],
  ])("is read whole: %s", (host, message) => {
    expect(hostKeyOf(said(message))).toEqual({ host, kind: "ssh-ed25519", fingerprint: PRINT });
  });

  it("is not another one that the server says it is", () => {
    const message = `The host key of h is not known: ${OTHER} ${PRINT}.`;
    expect(hostKeyOf(said(message))?.fingerprint).toBe(PRINT);
  });

  it.each([
    ["another error", said(`The host key of h is not known: ssh-rsa ${PRINT}.`, "HostKeyChanged")],
    ["a key that was cut", said("The host key of h is not known: ssh-rsa SHA256:uNiVztksCs…")],
    ["a short one", said("The host key of h is not known: ssh-rsa SHA256:uNiV.")],
    ["something behind it", said(`The host key of h is not known: ssh-rsa ${PRINT} or so.`)],
    ["no sort", said(`The host key of h is not known: ${PRINT}.`)],
    ["other words", said("Something else went wrong.")],
  ])("is none: %s", (_, error) => expect(hostKeyOf(error)).toBeNull());
});
