import { configure } from "@testing-library/svelte";
import { vi } from "vitest";

// Whoever waits for an element would write out the whole document each time that it is not there yet, and would mostly
// do that. Where a test fails, `screen.debug()` shows it.
configure({
  getElementError: (message) => new Error(message ?? "There is no such element."),
  // As the tests' own bounds: for what hangs.
  asyncUtilTimeout: 10_000,
});

// jsdom knows the dialog element but not how to open it.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
};

// Nor how to scroll.
Element.prototype.scrollIntoView = () => {};

// Nor how to draw, which axe-core would ask of it.
HTMLCanvasElement.prototype.getContext = () => null;

// Nor the escaping of names, by which user-event walks a group of radio buttons.
vi.stubGlobal("CSS", { escape: (name: string) => name.replace(/[^\w-]/g, "\\$&") });

vi.stubGlobal("requestAnimationFrame", (then: FrameRequestCallback) => setTimeout(() => then(0), 0));

// Nor how to watch a size.
class Unmeasured implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal("ResizeObserver", Unmeasured);
