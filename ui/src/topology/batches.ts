import { lineEmphasis, type Emphasis } from "./emphasis";
import type { LinkKind } from "./linkKinds";
import type { Reach } from "./reach";
import { pathData, type Route } from "./routes";
import type { Change } from "./wiring";

/** Lines that look alike, drawn as one shape: ten thousand of them are a handful of elements. */
export interface Batch {
  key: string;
  kind: LinkKind;
  emphasis: Emphasis;
  change: Change | null;
  data: string;
}

export function batchesOf(routes: readonly Route[], reach: Reach | null): Batch[] {
  const batches = new Map<string, { batch: Omit<Batch, "data">; data: string[] }>();
  for (const route of routes) {
    const { kind, change } = route.line;
    const emphasis = lineEmphasis(route.line, reach);
    const key = `${kind} ${emphasis} ${change ?? ""}`;
    const known = batches.get(key);
    if (known) known.data.push(pathData(route));
    else batches.set(key, { batch: { key, kind, emphasis, change }, data: [pathData(route)] });
  }
  return [...batches.values()]
    .map(({ batch, data }) => ({ ...batch, data: data.join("") }))
    .sort((a, b) => RANK[a.emphasis] - RANK[b.emphasis]);
}

/** What is faded lies under what stands out. */
const RANK: Record<Emphasis, number> = { faded: 0, plain: 1, peer: 1, reached: 2 };
