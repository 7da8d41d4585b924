import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const PORT = 5187;
const VITE = "node ../node_modules/vite/bin/vite.js";
const ARGS = "--config vite.config.ts";
/** Where a browser of the system may be. None is ever downloaded. */
const BROWSERS = [
  process.env.FGD_CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const executablePath = BROWSERS.find((path) => path !== "" && existsSync(path));
if (executablePath === undefined)
  throw new Error("No Chromium is there: install it, or name it in FGD_CHROMIUM.");

export default defineConfig({
  testDir: ".",
  testMatch: process.env.FGD_FRAMES ? "frames.ts" : "*.spec.ts",
  outputDir: "../../target/e2e/results",
  snapshotPathTemplate: "{testDir}/snapshots/{arg}{ext}",
  fullyParallel: true,
  workers: 2,
  // For machines that are slow, and busy: all takes six minutes on two cores, and has taken eleven.
  timeout: 90_000,
  globalTimeout: 30 * 60_000,
  forbidOnly: true,
  // Other systems draw the same letters in other ways.
  ignoreSnapshots: process.platform !== "linux",
  reporter: process.env.CI ? "dot" : "line",
  expect: {
    timeout: 15_000,
    // Text is drawn a little differently from one version of the browser to the next. A heading that moved by a
    // line is more than this.
    toHaveScreenshot: { maxDiffPixelRatio: 0.003, animations: "disabled", caret: "hide" },
  },
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: {
      executablePath,
      // The same glyphs on every machine, as far as a machine allows.
      args: ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"],
    },
  },
  globalTeardown: "./squeeze.ts",
  webServer: {
    command: `${VITE} build ${ARGS} --logLevel error && ${VITE} preview ${ARGS} --host 127.0.0.1 --port ${PORT} --strictPort`,
    cwd: import.meta.dirname,
    url: `http://127.0.0.1:${PORT}/e2e/app.html`,
    reuseExistingServer: false,
    timeout: 180_000,
  },
});
