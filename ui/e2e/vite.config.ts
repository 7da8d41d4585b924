// The window on an engine that a scene makes up. It goes to target/, never into the app.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const here = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  root: here(".."),
  plugins: [svelte({ configFile: here("../svelte.config.js") })],
  clearScreen: false,
  build: {
    outDir: here("../../target/e2e/app"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // Mistakes are read in the code as it was written.
    minify: false,
    rolldownOptions: { input: here("app.html") },
  },
});
