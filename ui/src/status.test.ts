import { describe, expect, it } from "vitest";
import type { ErrorCode, FabricView } from "./bindings";
import { actionOf, whyNot, type StatusAction } from "./status";
import { fabric, inbox, status, unreachable } from "./testing/samples";

const error = (code: ErrorCode) => ({ ...unreachable, code });

describe("the button beside a status", () => {
  it.each<[string, Partial<FabricView>, StatusAction | null]>([
    ["conflicts", { status: status("conflicted"), conflicts: 2 }, "settle"],
    ["a file of the inbox", { status: status("needsAttention"), inbox: inbox(1) }, "openInbox"],
    ["an edit by hand", { status: status("needsAttention"), localEdits: 1 }, "showFindings"],
    ["both", { status: status("needsAttention"), localEdits: 1, inbox: inbox(1) }, "openInbox"],
    ["a branch that is gone", { status: status("needsAttention"), error: error("BranchGone") }, "pushAgain"],
    ["an unknown host", { status: status("needsAttention"), error: error("RemoteUntrusted") }, "retry"],
    ["a host key", { status: status("needsAttention"), error: error("HostKeyUnknown") }, "checkHostKey"],
    ["a host key, failed", { status: status("failed"), error: error("HostKeyUnknown") }, "checkHostKey"],
    ["another host key", { status: status("needsAttention"), error: error("HostKeyChanged") }, "retry"],
    ["locked secrets", { status: status("needsSignIn"), error: error("SecretsLocked") }, "unlock"],
    ["no keychain", { status: status("failed"), error: error("NoKeychain") }, "signIn"],
    ["a sign-in", { status: status("needsSignIn"), error: error("AuthRefused") }, "signIn"],
    ["a run under way", { status: status("working"), error: error("BranchGone") }, null],
    ["nothing", { status: status("inSync") }, null],
  ])("does what the hint says: %s", (_, over, action) => {
    const view = fabric(over);
    expect(actionOf(view, view.status)).toBe(action);
  });
});

it("a push waits for conflicts, and says so", () => {
  expect(whyNot("push", fabric({ ahead: 2, conflicts: 1 }), false)).toMatch(
    /until the conflicts are settled/,
  );
  expect(whyNot("pull", fabric({ ahead: 2, conflicts: 1 }), false)).toBeNull();
  expect(whyNot("push", fabric({ ahead: 2 }), false)).toBeNull();
});
