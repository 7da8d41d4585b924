// Text at 200 %: the same window with half the room. Nothing is cut, and nothing needs scrolling sideways.
import { test } from "@playwright/test";
import { expectNoSidewaysScroll, expectNothingCut } from "./checks";
import { open } from "./open";
import { SCREENS } from "./screens";

/** As if each pixel were two: what the window does when its text is zoomed. */
test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });

/** Of the states of one dashboard, those that show more than a sentence. */
const meant = SCREENS.filter(
  ({ kept, scene, way, still, huge }) => !still && !huge && (kept || way || scene !== "state"),
);

for (const screen of meant) {
  test(`${screen.name} at 200 %`, async ({ page }) => {
    await open(page, screen);
    await expectNoSidewaysScroll(page);
    await expectNothingCut(page);
  });
}
