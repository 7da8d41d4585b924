import type { Page } from "@playwright/test";
import type { Screen } from "./screens";

/** The time of the samples: 23 November 2026, 10:00 UTC. */
export const NOW = Date.UTC(2026, 10, 23, 10, 0, 0);

/** Opens the window in a scene, at the samples' time, and goes to the screen. */
export async function open(
  page: Page,
  { scene, of, way }: Pick<Screen, "scene" | "of" | "way">,
  more: Record<string, string> = {},
) {
  await page.clock.setFixedTime(NOW);
  const asked = new URLSearchParams({ scene, ...(of === undefined ? {} : { of }), ...more });
  await page.goto(`/e2e/app.html?${asked}`);
  await page.locator("body[data-ready]").waitFor();
  await page.evaluate(() => document.fonts.ready);
  await way?.(page);
  // Nothing is hovered over.
  await page.mouse.move(0, 0);
}
