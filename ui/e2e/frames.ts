// Measures, and asserts nothing: long tasks, dropped frames and the time to paint. `npm run e2e:frames` prints them.
import { test, type Page } from "@playwright/test";
import { open } from "./open";

/** A frame that took longer than this was not drawn in time for the next. */
const DROPPED_MS = 25;

interface Measured {
  frames: number;
  dropped: number;
  /** The longest task, in milliseconds; tasks below 50 ms are not told by the browser. */
  longest: number;
  took: number;
}

/** Watches the page's frames and tasks until `stop` is called. */
async function watch(page: Page) {
  await page.evaluate(() => {
    const seen = { times: [] as number[], tasks: [] as number[], on: true, began: performance.now() };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.tasks.push(duration);
    }).observe({ type: "longtask" });
    const frame = (time: number) => {
      seen.times.push(time);
      if (seen.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return (): Promise<Measured> =>
    page.evaluate((limit) => {
      const { seen } = window as unknown as {
        seen: { times: number[]; tasks: number[]; on: boolean; began: number };
      };
      seen.on = false;
      const gaps = seen.times.slice(1).map((time, at) => time - seen.times[at]!);
      return {
        frames: gaps.length,
        dropped: gaps.filter((gap) => gap > limit).length,
        longest: Math.round(Math.max(0, ...seen.tasks)),
        took: Math.round(performance.now() - seen.began),
      };
    }, DROPPED_MS);
}

const told = (what: string, { frames, dropped, longest, took }: Measured) =>
  console.log(
    `${what}: ${frames} frames, ${dropped} dropped, longest task ${longest || "< 50"} ms, ${took} ms in all`,
  );

/** Turns the wheel over what is in the middle of the window. */
async function scroll(page: Page) {
  await page.mouse.move(900, 600);
  for (let turn = 0; turn < 60; turn++) {
    await page.mouse.wheel(0, 160);
    await page.waitForTimeout(16);
  }
}

test("the overview of 300 fabrics", async ({ page }) => {
  const began = Date.now();
  await open(page, { scene: "overview", of: "huge" });
  console.log(`opened in ${Date.now() - began} ms`);
  let stop = await watch(page);
  await scroll(page);
  told("scrolled", await stop());
  stop = await watch(page);
  await page.getByRole("searchbox").last().pressSequentially("eu-north", { delay: 60 });
  told("8 keys in the filter", await stop());
  stop = await watch(page);
  await page.getByRole("searchbox").last().fill("");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ControlOrMeta+a");
  told("all shown and selected", await stop());
  stop = await watch(page);
  await page.waitForTimeout(3_000);
  told("3 s at rest, the clock ticking", await stop());
});

test("a run of 10,000 documents", async ({ page }) => {
  await open(page, { scene: "huge" });
  const stop = await watch(page);
  await page.evaluate(async () => {
    const { engine, app } = window as unknown as {
      engine: { say: (event: unknown) => void };
      app: { fabric: (id: string) => unknown };
    };
    const step = (done: number) => ({
      step: "parse",
      state: "running",
      done,
      total: 10_000,
      unit: "documents",
      bytes: null,
      note: null,
    });
    for (let done = 0; done < 10_000; done += 100) {
      const run = { operation: "big", fabric: "lab", kind: "sync", trigger: "click", startedAt: Date.now() };
      const data = { ...run, steps: [step(done)], current: `document ${done}`, cancelling: false };
      engine.say({ type: "progress", data });
      if (done % 500 === 0) engine.say({ type: "fabric", data: app.fabric("lab") });
      await new Promise((next) => setTimeout(next, 50));
    }
  });
  told("20 events a second", await stop());
});
