import { afterEach, expect, it, vi } from "vitest";
import { zoom } from "./zoom.svelte";

const root = document.documentElement;
const said = (property: string) => root.style.getPropertyValue(property);

afterEach(() => {
  zoom.show(100);
  vi.restoreAllMocks();
});

it("tells the page's root how large it is drawn, and nothing at the usual size", () => {
  zoom.show(150);
  expect([zoom.factor, said("--zoom"), root.dataset.zoom]).toEqual([1.5, "1.5", "150"]);
  zoom.show(100);
  expect([zoom.factor, said("--zoom"), root.dataset.zoom]).toEqual([1, "", undefined]);
});

it("makes up for an engine in which what sticks below slips, and for no other", async () => {
  zoom.show(110);
  expect(said("--slip")).toBe("");
  // What sticks is asked first, then its scroller: where none is drawn, at 0.
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValueOnce(new DOMRect(0, 0, 20, 40));
  vi.resetModules();
  const { zoom: other } = await import("./zoom.svelte");
  other.show(110);
  expect(said("--slip")).toBe("0.1");
  other.show(100);
  expect(said("--slip")).toBe("");
  expect(document.body.innerHTML).toBe("");
});
