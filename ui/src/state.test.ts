import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FabricView, Operation } from "./bindings";
import { AppState, LOG_LENGTH, REVEAL_MS } from "./state.svelte";
import { FakeTransport } from "./testing/fake";
import { fabric, log, operation, progress, status, unreachable } from "./testing/samples";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function started(fabrics: FabricView[] = [fabric()], runs: Operation[] = []) {
  const engine = new FakeTransport(fabrics, runs);
  const app = new AppState(engine);
  await app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { app, engine };
}

describe("the list", () => {
  it("puts what needs a person first, then goes by name", async () => {
    const { app } = await started([
      fabric({ id: "b", name: "pod-10" }),
      fabric({ id: "a", name: "pod-9" }),
      fabric({ id: "z", name: "zrh", status: status("needsSignIn") }),
    ]);
    expect(app.fabrics.map((f) => f.name)).toEqual(["zrh", "pod-9", "pod-10"]);
  });

  it("says why it can't be read, and can be read again", async () => {
    const engine = new FakeTransport([fabric()]);
    engine.answers.listFabrics = () => {
      throw unreachable;
    };
    const app = new AppState(engine);
    await app.start();
    expect(app.loadProblem).toEqual(unreachable);
    expect(app.loaded).toBe(false);
    engine.answers = {};
    await app.load();
    expect(app.loadProblem).toBeNull();
    expect(app.fabrics).toHaveLength(1);
  });

  it("believes an event over the list that was read meanwhile", async () => {
    const engine = new FakeTransport();
    engine.answers.listFabrics = () => {
      engine.say({ type: "fabric", data: fabric({ ahead: 5 }) });
      engine.say({ type: "removed", data: "gone" });
      return [fabric({ ahead: 0 }), fabric({ id: "gone" })];
    };
    const app = new AppState(engine);
    await app.start();
    expect(app.fabrics.map((f) => [f.id, f.ahead])).toEqual([["lab", 5]]);
  });

  it("shows the only fabric there is, and of several all until one is chosen", async () => {
    const { app, engine } = await started([fabric({ name: "a" }), fabric({ id: "other", name: "b" })]);
    expect(app.selected).toBeNull();
    app.select("lab");
    expect(app.selected?.id).toBe("lab");
    engine.say({ type: "removed", data: "lab" });
    expect(app.selected?.id).toBe("other");
    app.showAll();
    expect(app.selected).toBeNull();
    app.select("other");
    engine.say({ type: "removed", data: "other" });
    expect(app.selected).toBeNull();
  });
});

describe("a run", () => {
  it("is shown once it lasts, and leaves its result behind", async () => {
    const { app, engine } = await started();
    engine.say({ type: "progress", data: progress() });
    expect(app.isBusy("lab")).toBe(true);
    expect(app.shownRun("lab")).toBeNull();
    await vi.advanceTimersByTimeAsync(REVEAL_MS);
    expect(app.shownRun("lab")?.operation).toBe("op-1");
    engine.say({ type: "finished", data: operation() });
    expect(app.isBusy("lab")).toBe(false);
    expect(app.shownRun("lab")).toBeNull();
    expect(app.lastRun("lab")?.summary).toBe(operation().summary);
  });

  it("that is short changes nothing on the screen but its result", async () => {
    const { app, engine } = await started();
    const working = fabric({ status: status("working"), running: progress() });
    engine.say({ type: "fabric", data: working });
    expect(app.statusOf(working).state).toBe("inSync");
    engine.say({ type: "finished", data: operation() });
    await vi.advanceTimersByTimeAsync(REVEAL_MS);
    expect(app.shownRun("lab")).toBeNull();
    expect(app.statusOf(working).state).toBe("inSync");
  });

  it("that lasts makes the status say so", async () => {
    const { app, engine } = await started();
    const working = fabric({ status: status("working"), running: progress() });
    engine.say({ type: "fabric", data: working });
    await vi.advanceTimersByTimeAsync(REVEAL_MS);
    expect(app.statusOf(working).state).toBe("working");
  });

  it("is not brought back by a late event", async () => {
    const { app, engine } = await started();
    engine.say({ type: "finished", data: operation() });
    engine.say({ type: "progress", data: progress() });
    expect(app.isBusy("lab")).toBe(false);
  });

  it("whose end was not heard is ended by the next view", async () => {
    const { app, engine } = await started();
    engine.say({ type: "progress", data: progress() });
    engine.say({ type: "fabric", data: fabric() });
    expect(app.isBusy("lab")).toBe(false);
  });

  it("is asked for once, however often the button is pressed", async () => {
    const { app, engine } = await started();
    await Promise.all([app.sync("lab"), app.sync("lab"), app.push("lab")]);
    expect(engine.callsOf("sync")).toHaveLength(1);
    expect(engine.callsOf("push")).toHaveLength(0);
    expect(app.isBusy("lab")).toBe(false);
  });

  it("holds up nothing that needs no remote", async () => {
    const { app, engine } = await started();
    engine.say({ type: "progress", data: progress() });
    await Promise.all([app.discard("lab", "raw/a.yaml"), app.repairStructure("lab"), app.pull("lab")]);
    expect(engine.callsOf("discard")).toHaveLength(1);
    expect(engine.callsOf("repairStructure")).toHaveLength(1);
    expect(engine.callsOf("pull")).toHaveLength(0);
  });

  it("is logged once, though both the event and the answer tell of it", async () => {
    const { app, engine } = await started();
    engine.answers.sync = () => {
      engine.say({ type: "finished", data: operation() });
      return operation();
    };
    await app.sync("lab");
    expect(app.logOf("lab")).toHaveLength(1);
  });

  it("that can't be begun is told of, and frees the button", async () => {
    const { app, engine } = await started();
    engine.answers.sync = () => {
      throw unreachable;
    };
    await app.sync("lab");
    expect(app.toasts.list).toMatchObject([
      { tone: "danger", text: unreachable.message, hint: unreachable.hint },
    ]);
    expect(app.isBusy("lab")).toBe(false);
  });

  it("says at once that it is being cancelled, and takes it back where that failed", async () => {
    const { app, engine } = await started();
    engine.say({ type: "progress", data: progress() });
    const cancelling = app.cancel(progress());
    expect(app.isCancelling(progress())).toBe(true);
    await cancelling;
    expect(engine.callsOf("cancel")).toEqual([["op-1"]]);
    engine.answers.cancel = () => {
      throw unreachable;
    };
    await app.cancel(progress({ operation: "op-2" }));
    expect(app.isCancelling(progress({ operation: "op-2" }))).toBe(false);
  });
});

describe("the log", () => {
  it("is read when a fabric is opened, once", async () => {
    const { app, engine } = await started([fabric()], log(3));
    expect(app.logOf("lab")).toHaveLength(3);
    app.select("lab");
    expect(engine.callsOf("operations")).toEqual([["lab", LOG_LENGTH]]);
  });

  it("that can't be read is not taken for an empty one, and can be read again", async () => {
    const engine = new FakeTransport([fabric()], log(3));
    engine.answers.operations = () => {
      throw unreachable;
    };
    const app = new AppState(engine);
    await app.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(app.logOf("lab")).toBeNull();
    expect(app.logProblemOf("lab")).toEqual(unreachable);
    engine.answers = {};
    await app.readLog("lab");
    expect(app.logOf("lab")).toHaveLength(3);
    expect(app.logProblemOf("lab")).toBeNull();
  });

  it("keeps what ended while it was read, and no more than its length", async () => {
    const engine = new FakeTransport([fabric()]);
    engine.answers.operations = () => {
      engine.say({ type: "finished", data: operation({ id: "newest" }) });
      return log(LOG_LENGTH);
    };
    const app = new AppState(engine);
    await app.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(app.logOf("lab")?.[0]?.id).toBe("newest");
    expect(app.logOf("lab")).toHaveLength(LOG_LENGTH);
  });
});

describe("the logs of many fabrics", () => {
  const names = Array.from({ length: 7 }, (_, at) => `f${at}`);
  const end = (engine: FakeTransport, of: string, id: string) =>
    engine.say({ type: "finished", data: operation({ fabric: of, id }) });

  it("are kept of those that were opened last, and of any other the last run", async () => {
    const { app, engine } = await started(names.map((id) => fabric({ id, name: id })));
    for (const of of names) {
      for (const id of ["first", "second", "third"]) end(engine, of, `${of} ${id}`);
    }
    expect(app.lastRun("f6")?.id).toBe("f6 third");
    for (const of of names) {
      engine.answers.operations = () =>
        ["third", "second", "first"].map((id) => operation({ fabric: of, id: `${of} ${id}` }));
      app.select(of);
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(names.map((of) => app.logOf(of)?.length ?? null)).toEqual([null, null, 3, 3, 3, 3, 3]);
    end(engine, "f0", "f0 fourth");
    end(engine, "f6", "f6 fourth");
    expect(app.lastRun("f0")?.id).toBe("f0 fourth");
    expect(app.logOf("f6")?.map(({ id }) => id)).toEqual(["f6 fourth", "f6 third", "f6 second", "f6 first"]);
    // Opened again, it is the last one to be let go.
    app.select("f2");
    app.select("f0");
    await vi.advanceTimersByTimeAsync(0);
    expect(names.filter((of) => app.logOf(of) !== null)).toEqual(["f0", "f2", "f4", "f5", "f6"]);
  });
});

describe("adding a fabric", () => {
  const request = {
    source: { from: "folder" as const, path: "/x" },
    name: "new",
    branch: "main",
    directory: "",
  };

  it("opens it", async () => {
    const { app } = await started();
    await app.add(request);
    expect(app.selected?.name).toBe("new");
  });

  it("rejects with the reason, and leaves no run behind", async () => {
    const { app, engine } = await started();
    engine.answers.addFabric = () => {
      engine.say({ type: "progress", data: progress({ kind: "onboard", fabric: "new", operation: "op-9" }) });
      throw unreachable;
    };
    await expect(app.add(request)).rejects.toEqual(unreachable);
    expect(app.onboarding).toBeNull();
    expect(app.fabrics).toHaveLength(1);
  });
});

it("tells a rejection that is no report as a defect", async () => {
  const { app, engine } = await started();
  engine.answers.openInbox = () => {
    throw new Error("boom");
  };
  await app.openInbox("lab");
  expect(app.toasts.list[0]?.text).toContain("boom");
});
