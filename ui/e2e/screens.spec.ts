// Each screen in both schemes and two sizes: read by axe, not too wide, with a focus to be seen, as it was.
import { expect, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, expectVisibleFocus } from "./checks";
import { open } from "./open";
import { SCREENS } from "./screens";

const PICTURES = new URL("../../target/screenshots/ui/", import.meta.url).pathname;
const SCHEMES = ["light", "dark"] as const;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

for (const screen of SCREENS) {
  test(screen.name, async ({ page }) => {
    if (screen.huge) test.slow();
    await open(page, screen);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        if (!screen.huge || (colorScheme === "light" && size.width === 1280)) await expectAccessible(page);
        const name = `${screen.name}-${colorScheme}`;
        await page.screenshot({ path: `${PICTURES}${name}-${size.width}.png`, animations: "disabled" });
        if (screen.kept && size.width === 1280) await expect(page).toHaveScreenshot(`${name}.png`);
      }
      await expectNoSidewaysScroll(page);
    }
    if (!screen.still) await expectVisibleFocus(page);
  });
}
