import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  // The port that tauri.conf.json names as devUrl: another one would leave the window blank.
  server: { port: 5173, strictPort: true },
  clearScreen: false,
  build: {
    // The oldest engines that show the window: WebKitGTK 2.40, macOS 13, WebView2.
    target: ["safari16.4", "chrome111"],
    sourcemap: false,
    // Everything is read from disk, so nothing is gained by inlining, and the CSP forbids data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/testing/setup.ts"],
    include: ["src/**/*.test.ts"],
    // A bound for what hangs, not a measure of speed: a loaded machine takes its time over thousands of rows.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    // The colours of links are read by a test.
    css: { include: [/links\.css/] },
  },
});
