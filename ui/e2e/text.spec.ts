// Text at 200 %: the same window with half the room. Nothing is cut, and nothing needs scrolling sideways.
import { test } from "@playwright/test";
import type { zoom } from "../src/zoom.svelte";
import { expectNoSidewaysScroll, expectNothingCut } from "./checks";
import { open } from "./open";
import { SCREENS } from "./screens";

const PICTURES = new URL("../../target/screenshots/ui/", import.meta.url).pathname;

/** Of the states of one dashboard, those that show more than a sentence. */
const meant = SCREENS.filter(
  ({ kept, scene, way, still, huge }) => !still && !huge && (kept || way || scene !== "state"),
);

for (const screen of meant) {
  test(`${screen.name} at 200 %`, async ({ page }) => {
    await open(page, screen);
    await page.evaluate(() => (window as unknown as { zoom: typeof zoom }).zoom.show(200));
    await page.screenshot({ path: `${PICTURES}${screen.name}-200.png` });
    await expectNoSidewaysScroll(page);
    await expectNothingCut(page);
  });
}
