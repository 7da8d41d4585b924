import { describe, expect, it } from "vitest";
import { Accounts } from "./accounts.svelte";
import type { SecretStore } from "./bindings";
import { KeepingDraft } from "./keeping.svelte";
import { passphraseWrong, secretStore } from "./testing/accounts";
import { FakeTransport } from "./testing/fake";

async function draft(store: Partial<SecretStore>) {
  const engine = new FakeTransport();
  engine.answers.secretStore = () => secretStore(store);
  const accounts = new Accounts(engine);
  const keeping = new KeepingDraft(accounts);
  expect(keeping.missing).toMatch(/being looked for/);
  await accounts.read();
  return { engine, accounts, keeping };
}

describe("where a secret is kept", () => {
  it("is the keychain where there is one, without a question", async () => {
    const { engine, keeping } = await draft({});
    expect(keeping.missing).toBeNull();
    expect(await keeping.settle()).toBe("keychain");
    expect(engine.callsOf("unlockSecrets")).toEqual([]);
  });

  it("is never chosen for a person", async () => {
    const { keeping } = await draft({ keychain: false });
    expect(keeping.missing).toBe("Choose where the secret is to be kept.");
    keeping.chosen = "session";
    expect(keeping.missing).toBeNull();
    expect(await keeping.settle()).toBe("session");
  });

  it("is a new file with a passphrase that was entered twice", async () => {
    const { accounts, engine, keeping } = await draft({ keychain: false });
    keeping.chosen = "file";
    keeping.passphrase = "1234567";
    expect(keeping.missing).toMatch(/8 characters or more/);
    keeping.passphrase = "12345678";
    expect(keeping.missing).toMatch(/not the same/);
    keeping.repeated = "12345678";
    expect(keeping.missing).toBeNull();
    expect(await keeping.settle()).toBe("file");
    expect(engine.callsOf("unlockSecrets")).toEqual([["12345678"]]);
    expect(accounts.store?.file).toBe("open");
    expect([keeping.passphrase, keeping.repeated]).toEqual(["", ""]);
  });

  it("is a file that is opened first, with whatever passphrase it has", async () => {
    const { engine, keeping } = await draft({ keychain: false, file: "locked" });
    keeping.chosen = "file";
    expect(keeping.missing).toBe("Enter the passphrase of the file.");
    keeping.passphrase = "old";
    expect(keeping.missing).toBeNull();
    engine.answers.unlockSecrets = () => {
      throw passphraseWrong;
    };
    await expect(keeping.settle()).rejects.toEqual(passphraseWrong);
    expect(keeping.passphrase).toBe("old");
  });

  it("asks for no passphrase of a file that is open", async () => {
    const { engine, keeping } = await draft({ keychain: false, file: "open" });
    keeping.chosen = "file";
    expect(keeping.missing).toBeNull();
    expect(await keeping.settle()).toBe("file");
    expect(engine.callsOf("unlockSecrets")).toEqual([]);
  });
});
