/** The height of a row of the table, in pixels. */
export const ROW = 32;
/** The height of the table's head. */
export const HEAD = 32;
/** How many rows are drawn beyond each edge, so that a scroll shows no gap before it is drawn. */
const BEYOND = 8;

/** The rows that are drawn: the first, and the one after the last. */
export interface Window {
  first: number;
  end: number;
}

/** How many rows are drawn at most where the table shows `height` pixels. */
export const mostRows = (height: number): number => seenRows(height) + 2 * BEYOND;

const seenRows = (height: number): number => Math.ceil(Math.max(0, height - HEAD) / ROW) + 1;

/** Which of `total` rows are drawn where the table is scrolled to `top` and shows `height` pixels. */
export function windowAt(top: number, height: number, total: number): Window {
  const seen = seenRows(height);
  const last = Math.max(0, total - seen);
  const first = Math.min(Math.max(0, Math.floor(top / ROW)), last);
  return { first: Math.max(0, first - BEYOND), end: Math.min(total, first + seen + BEYOND) };
}

/** Where to scroll to so that a row is wholly in view; `top` itself where it is already. */
export function topFor(row: number, top: number, height: number): number {
  if (row * ROW < top) return row * ROW;
  const least = (row + 1) * ROW + HEAD - height;
  return Math.max(top, least);
}

/** How many rows Page Up and Page Down go. */
export function pageRows(height: number): number {
  return Math.max(1, Math.floor((height - HEAD) / ROW) - 1);
}

/** The row that a key leads to from `at`; null where the key leads nowhere. */
export function rowAfter(key: string, at: number, total: number, page: number): number | null {
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: total - 1,
  }[key];
  if (to === undefined || total === 0) return null;
  return Math.min(Math.max(to, 0), total - 1);
}
