import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Source, SourceReport } from "./bindings";
import { Inspection, TYPING_PAUSE_MS } from "./inspection.svelte";
import { sourceReport, unreachable } from "./testing/samples";

const folder = (path: string): Source => ({ from: "folder", path });

describe("looking at a source while it is typed", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits for a pause, and asks once", async () => {
    const ask = vi.fn(async () => sourceReport());
    const inspection = new Inspection(ask);
    inspection.look(folder("/h"));
    inspection.look(folder("/home"));
    expect(inspection.result).toEqual({ is: "checking" });
    await vi.advanceTimersByTimeAsync(TYPING_PAUSE_MS);
    expect(ask.mock.calls).toEqual([[folder("/home")]]);
    expect(inspection.result).toEqual({ is: "found", report: sourceReport() });
  });

  it("asks at once where the folder was chosen", async () => {
    const inspection = new Inspection(async () => sourceReport());
    inspection.look(folder("/home"), "once");
    await vi.advanceTimersByTimeAsync(1);
    expect(inspection.result.is).toBe("found");
  });

  it("ignores an answer to an older question", async () => {
    const answers: ((report: SourceReport) => void)[] = [];
    const inspection = new Inspection(() => new Promise((answer) => answers.push(answer)));
    inspection.look(folder("/old"), "once");
    await vi.advanceTimersByTimeAsync(1);
    inspection.look(folder("/new"), "once");
    await vi.advanceTimersByTimeAsync(1);
    answers[1]?.(sourceReport({ name: "new" }));
    await vi.advanceTimersByTimeAsync(1);
    answers[0]?.(sourceReport({ name: "old" }));
    await vi.advanceTimersByTimeAsync(1);
    expect(inspection.result).toMatchObject({ is: "found", report: { name: "new" } });
  });

  it("says what is wrong, and forgets it when the field is emptied", async () => {
    const inspection = new Inspection(async () => {
      throw unreachable;
    });
    inspection.look(folder("/x"), "once");
    await vi.advanceTimersByTimeAsync(1);
    expect(inspection.result).toEqual({ is: "problem", error: unreachable });
    inspection.look(null);
    expect(inspection.result).toEqual({ is: "nothing" });
  });
});
