/** How many of the commands that were used last stand first. */
const KEPT = 6;
const KEY = "palette.used";

/** Which were used last, the newest first. A window that may keep nothing has none. */
function last(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

/** Remembers that a command was used. */
export function used(id: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([id, ...last().filter((other) => other !== id)].slice(0, KEPT)));
  } catch {
    // Then the list stays in its own order.
  }
}

/** The commands, those that were used last first. */
export function usedFirst<C extends { id: string }>(commands: readonly C[]): C[] {
  const order = last();
  const place = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
  return [...commands].sort((a, b) => place(a.id) - place(b.id));
}
