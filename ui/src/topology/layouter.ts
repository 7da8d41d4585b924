import type { ElkNode } from "elkjs/lib/elk-api";
import { elkGraph, middlesOf, MOST_CLUSTERS, type Middles } from "./elkGraph";
import { inRows } from "./rows";
import type { Scene } from "./scene";

/** How long a layout may take before the picture is drawn in rows instead. */
const PATIENCE_MS = 10_000;

/** Who put the clusters where they stand. */
export interface LaidOut {
  middles: Middles;
  /** Why it is only rows, where the layout could not be asked; null where it was, or is not meant to be. */
  problem: string | null;
}

/** Lays a graph out somewhere else than on the window's own thread. Rejects, and stops, once `over` is aborted. */
export type AskElk = (graph: ElkNode, over: AbortSignal) => Promise<ElkNode>;

/**
 * Asks for the places of a scene's clusters. It always answers: in rows, where layering can't be had.
 *
 * Whoever does not wait for the answer any more aborts `ending`.
 */
export async function layOut(
  scene: Scene,
  ending: AbortController,
  ask: AskElk = askWorker,
): Promise<LaidOut> {
  if (scene.clusters.length > MOST_CLUSTERS) return { middles: inRows(scene), problem: null };
  const limit = setTimeout(() => ending.abort(new Error("it took too long")), PATIENCE_MS);
  try {
    return { middles: middlesOf(await ask(elkGraph(scene), ending.signal)), problem: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { middles: inRows(scene), problem: why };
  } finally {
    clearTimeout(limit);
  }
}

/** ELK in a worker of its own. */
interface Elk {
  layOut(graph: ElkNode): Promise<ElkNode>;
  end(): void;
}

/** A worker that has nothing to do; to start one takes longer than most layouts. */
let idle: Promise<Elk> | null = null;

/** A layout has its worker to itself: none waits for another, and to end one ends no other. */
async function askWorker(graph: ElkNode, over: AbortSignal): Promise<ElkNode> {
  const elk = idle ?? start();
  idle = null;
  try {
    const laidOut = await Promise.race([elk.then((elk) => elk.layOut(graph)), aborted(over)]);
    idle = elk;
    return laidOut;
  } catch (error) {
    void elk.then(
      (elk) => elk.end(),
      () => undefined,
    );
    throw error;
  }
}

async function start(): Promise<Elk> {
  const [{ default: Api }, { default: ElkWorker }] = await Promise.all([
    import("elkjs/lib/elk-api"),
    import("elkjs/lib/elk-worker.min.js?worker"),
  ]);
  const worker = new ElkWorker();
  // A worker that can't even be loaded says so here, and never answers.
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener("error", (event) =>
      reject(new Error(event.message || "its worker did not start")),
    );
  });
  broken.catch(() => undefined);
  const api = new Api({ workerFactory: () => worker });
  return {
    layOut: (graph) => Promise.race([api.layout(graph), broken]),
    end: () => worker.terminate(),
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
