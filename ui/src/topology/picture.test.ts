// Stories of a picture whose layout takes long: what is done meanwhile counts.
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import type { ElkNode } from "elkjs/lib/elk-api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AppState } from "../state.svelte";
import { FakeTransport } from "../testing/fake";
import { fabric } from "../testing/samples";
import { dataHall } from "../testing/topology";
import WithinWindow from "../testing/WithinWindow.svelte";
import FabricPicture from "./FabricPicture.svelte";
import { Picture } from "./picture.svelte";
import { inRows } from "./rows";

const [WIDTH, HEIGHT] = [1200, 800];
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(WIDTH);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(HEIGHT);
});

function show(picture?: Picture) {
  const app = new AppState(new FakeTransport([fabric()]));
  render(WithinWindow, { app, of: FabricPicture, with: { fabric: fabric(), view: dataHall(200), picture } });
}
const item = (name: RegExp) => screen.getByRole("button", { name });

describe("while it is laid out", () => {
  /** A picture whose layouts after the first are there when the test says. */
  async function open() {
    const waiting: (() => void)[] = [];
    let isFirst = true;
    const picture = new Picture(async (scene) => {
      if (!isFirst) await new Promise<void>((resolve) => waiting.push(resolve));
      isFirst = false;
      return { middles: inRows(scene), problem: null };
    });
    show(picture);
    await screen.findByRole("group", { name: "Topology of lab-1" });
    const user = userEvent.setup();
    const wait = () => waitFor(() => expect(waiting.length).toBeGreaterThan(0));
    const laidOut = async () => {
      await wait();
      waiting.splice(0).forEach((answer) => answer());
      await waitFor(() => expect(screen.queryByText("Laying out…")).toBeNull());
    };
    return { user, laidOut };
  }
  const drawing = () => screen.getByRole("group", { name: "Topology of lab-1" });
  const numbers = (element: Element | null) =>
    element
      ?.getAttribute("transform")
      ?.match(/-?[\d.]+/g)
      ?.map(Number) ?? [];
  /** Where an item's corner is on the screen. */
  function placeOf(shape: Element) {
    const [x = 0, y = 0, scale = 1] = numbers(drawing().querySelector("svg > g"));
    const [left = 0, top = 0] = numbers(shape);
    return [left * scale + x, top * scale + y].map(Math.round);
  }
  /** As two fingers on a touchpad do. */
  const pan = (deltaX: number, deltaY: number) => fireEvent.wheel(drawing(), { deltaX, deltaY });

  const STACK = /^leaf-0001 – leaf-0020,/;
  const FIRST = /^leaf-0001, /;

  it("keeps the focus for the first of what was opened", async () => {
    const { user, laidOut } = await open();
    const before = placeOf(item(STACK));
    await user.click(item(STACK));
    await laidOut();
    await waitFor(() => expect(document.activeElement).toBe(item(FIRST)));
    expect(placeOf(item(FIRST))).toEqual(before);
  });

  it("leaves the focus to whoever types elsewhere", async () => {
    const { user, laidOut } = await open();
    await user.click(item(STACK));
    const field = screen.getByRole<HTMLInputElement>("combobox", { name: "Find a node" });
    await user.type(field, "leaf-0");
    await laidOut();
    await user.keyboard("150");
    expect(field.value).toBe("leaf-0150");
    expect(document.activeElement).toBe(field);
  });

  it("can be moved, and stays there", async () => {
    const { user, laidOut } = await open();
    await user.click(item(STACK));
    const before = placeOf(item(STACK));
    await pan(-200, -100);
    const after = placeOf(item(STACK));
    expect(after).not.toEqual(before);
    await laidOut();
    expect(placeOf(item(FIRST))).toEqual(after);
  });

  it("can be moved out of sight, and does not come back for the focus", async () => {
    const { user, laidOut } = await open();
    await user.click(item(STACK));
    await pan(400, 0);
    const before = placeOf(item(STACK));
    expect(before[0]).toBeLessThan(-100);
    await laidOut();
    expect(placeOf(item(FIRST))).toEqual(before);
  });

  it("brings into sight what the keyboard opened out of it", async () => {
    const { user, laidOut } = await open();
    await pan(400, 0);
    item(STACK).focus();
    await user.keyboard("{Enter}");
    await laidOut();
    await waitFor(() => expect(document.activeElement).toBe(item(FIRST)));
    expect(placeOf(item(FIRST))[0]).toBeGreaterThan(0);
  });

  it("goes to what was searched for last", async () => {
    const { user, laidOut } = await open();
    const field = screen.getByRole("combobox", { name: "Find a node" });
    await user.type(field, "server-00150{Enter}");
    await user.clear(field);
    await user.type(field, "spine-16{Enter}");
    const before = placeOf(item(/^spine-16, /));
    await laidOut();
    expect(placeOf(item(/^spine-16, /))).toEqual(before);
  });
});

/** How long the workers take from now on, in milliseconds. */
let takes = 0;
/** Lays out one after the other, until it is terminated. */
class SlowWorker {
  static running = 0;
  done: Promise<unknown> = Promise.resolve();
  terminated = false;
  constructor() {
    SlowWorker.running++;
  }
  terminate() {
    this.terminated = true;
    SlowWorker.running--;
  }
  addEventListener() {}
}
class SlowElk {
  readonly #worker: SlowWorker;
  constructor({ workerFactory }: { workerFactory: () => SlowWorker }) {
    this.#worker = workerFactory();
  }
  async layout(graph: ElkNode): Promise<ElkNode> {
    const mine = takes;
    this.#worker.done = this.#worker.done.then(() => new Promise((done) => setTimeout(done, mine)));
    await this.#worker.done;
    return this.#worker.terminated ? new Promise<never>(() => {}) : graph;
  }
}
vi.mock("elkjs/lib/elk-api", () => ({ default: SlowElk }));
vi.mock("elkjs/lib/elk-worker.min.js?worker", () => ({ default: SlowWorker }));

describe("a layout that takes long", () => {
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    takes = 0;
    show();
    await vi.waitFor(() => item(A));
  });
  afterEach(() => void vi.useRealTimers());
  const [A, B] = [/^leaf-0001 – leaf-0020,/, /^leaf-0021 – leaf-0040,/];
  const isPlain = () => screen.queryByText(/^Drawn in plain rows.*: it took too long\.$/) !== null;

  it("is drawn in rows instead, and the next one is laid out again", async () => {
    takes = 60_000;
    await fireEvent.click(item(A));
    await vi.advanceTimersByTimeAsync(9_900);
    expect(isPlain()).toBe(false);
    expect(screen.getByText("Laying out…")).toBeTruthy();
    await vi.advanceTimersByTimeAsync(200);
    expect(isPlain()).toBe(true);
    takes = 5_000;
    await fireEvent.click(item(B));
    await vi.advanceTimersByTimeAsync(5_100);
    expect(isPlain()).toBe(false);
    expect(item(/^leaf-0021, /)).toBeTruthy();
  });

  it("keeps no newer one waiting, and takes none of its time", async () => {
    takes = 60_000;
    await fireEvent.click(item(A));
    await vi.advanceTimersByTimeAsync(6_000);
    takes = 8_000;
    await fireEvent.click(item(B));
    await vi.advanceTimersByTimeAsync(8_100);
    expect(screen.queryByText("Laying out…")).toBeNull();
    expect(isPlain()).toBe(false);
    expect(item(/^leaf-0021, /)).toBeTruthy();
  });

  it("ends with the screen that it was for", async () => {
    takes = 60_000;
    await fireEvent.click(item(A));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(SlowWorker.running).toBe(1);
    cleanup();
    await vi.advanceTimersByTimeAsync(0);
    expect(SlowWorker.running).toBe(0);
  });
});
