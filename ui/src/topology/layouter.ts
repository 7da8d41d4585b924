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

/** Lays a graph out somewhere else than on the window's own thread. */
export type AskElk = (graph: ElkNode) => Promise<ElkNode>;

/** Asks for the places of a scene's clusters. It always answers: in rows, where layering can't be had. */
export async function layOut(scene: Scene, ask: AskElk = askWorker): Promise<LaidOut> {
  if (scene.clusters.length > MOST_CLUSTERS) return { middles: inRows(scene), problem: null };
  try {
    return { middles: middlesOf(await inTime(ask(elkGraph(scene)))), problem: null };
  } catch (error) {
    stopWorker();
    const why = error instanceof Error ? error.message : String(error);
    return { middles: inRows(scene), problem: why };
  }
}

let worker: Worker | null = null;
let elk: Promise<{ layout(graph: ElkNode): Promise<ElkNode> }> | null = null;

/** Starts the worker at the first question; one serves the window from then on. */
async function askWorker(graph: ElkNode): Promise<ElkNode> {
  elk ??= start();
  return (await elk).layout(graph);
}

async function start() {
  const [{ default: Elk }, { default: ElkWorker }] = await Promise.all([
    import("elkjs/lib/elk-api"),
    import("elkjs/lib/elk-worker.min.js?worker"),
  ]);
  worker = new ElkWorker();
  const started = worker;
  // A worker that can't even be loaded says so here, and never answers.
  const broken = new Promise<never>((_, reject) => {
    started.addEventListener("error", (event) =>
      reject(new Error(event.message || "its worker did not start")),
    );
  });
  broken.catch(() => undefined);
  const api = new Elk({ workerFactory: () => started });
  return { layout: (graph: ElkNode) => Promise.race([api.layout(graph), broken]) };
}

function stopWorker(): void {
  worker?.terminate();
  worker = null;
  elk = null;
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("it took too long")), PATIENCE_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
