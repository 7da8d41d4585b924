import type { Rect } from "./geometry";
import type { Point } from "./routes";

const STEP = 1.25;
const MOST = 3;
/** A drawing that is fitted is not blown up past this. */
const MOST_FITTED = 1.25;
const FIT_MARGIN = 12;
/** What is drawn beyond the edges, as part of the window: a pan of that much draws nothing anew. */
const BEYOND = 0.5;

/** Which part of the drawing is seen, and how large. */
export class Camera {
  /** Screen pixels a unit of the drawing. */
  scale = $state(1);
  /** Where the drawing's origin is on the screen. */
  x = $state(0);
  y = $state(0);
  /** The window's size in screen pixels. */
  width = $state(0);
  height = $state(0);
  /** All that can be seen, in units of the drawing. */
  bounds = $state.raw<Rect>({ x: 0, y: 0, width: 0, height: 0 });

  /** Whether all is in sight because nobody looked closer yet: then it stays so when the window changes its size. */
  isWhole = false;

  /** What is drawn: more than is seen, and the same for small moves. */
  readonly drawn: Rect = $derived.by(() => {
    const { scale, x, y, width, height } = this;
    const [across, down] = [Math.max(1, width * BEYOND), Math.max(1, height * BEYOND)];
    const left = Math.floor(-x / across) - 1;
    const top = Math.floor(-y / down) - 1;
    const columns = Math.ceil(width / across) + 3;
    const rows = Math.ceil(height / down) + 3;
    return {
      x: (left * across) / scale,
      y: (top * down) / scale,
      width: (columns * across) / scale,
      height: (rows * down) / scale,
    };
  });

  /** The scale at which everything is seen. */
  readonly fitted: number = $derived.by(() => {
    const { width, height } = this.bounds;
    if (width === 0 || height === 0 || this.width === 0) return 1;
    const fits = Math.min((this.width - 2 * FIT_MARGIN) / width, (this.height - 2 * FIT_MARGIN) / height);
    return Math.min(MOST_FITTED, Math.max(0.001, fits));
  });

  fit(): void {
    this.scale = this.fitted;
    this.centre([this.bounds.x + this.bounds.width / 2, this.bounds.y + this.bounds.height / 2]);
    this.isWhole = true;
  }

  /** Brings a point of the drawing to the middle, no smaller than `least`. */
  centre([x, y]: Point, least = 0): void {
    this.isWhole = false;
    this.scale = Math.min(MOST, Math.max(this.scale, least));
    this.x = this.width / 2 - x * this.scale;
    this.y = this.height / 2 - y * this.scale;
  }

  pan(dx: number, dy: number): void {
    this.isWhole = false;
    this.x += dx;
    this.y += dy;
    this.#hold();
  }

  /** Makes the drawing larger by a factor; the point of the screen under `at` stays where it is. */
  zoom(factor: number, at: Point = [this.width / 2, this.height / 2]): void {
    const scale = Math.min(MOST, Math.max(Math.min(this.fitted * 0.5, 1), this.scale * factor));
    const by = scale / this.scale;
    this.isWhole = false;
    this.x = at[0] - (at[0] - this.x) * by;
    this.y = at[1] - (at[1] - this.y) * by;
    this.scale = scale;
    this.#hold();
  }

  zoomIn = () => this.zoom(STEP);
  zoomOut = () => this.zoom(1 / STEP);

  /** Where a point of the screen is in the drawing. */
  inDrawing([x, y]: Point): Point {
    return [(x - this.x) / this.scale, (y - this.y) / this.scale];
  }

  /** Keeps a part of the drawing in sight, so that nobody loses it. */
  #hold(): void {
    const { bounds, scale } = this;
    const edge = Math.min(this.width, this.height) / 4;
    const [left, top] = [bounds.x * scale, bounds.y * scale];
    const [right, bottom] = [left + bounds.width * scale, top + bounds.height * scale];
    this.x = Math.min(this.width - edge - left, Math.max(edge - right, this.x));
    this.y = Math.min(this.height - edge - top, Math.max(edge - bottom, this.y));
  }
}
