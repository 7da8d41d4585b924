import type { TopologyView } from "../bindings";
import { placed, type Placing } from "./geometry";
import { layOut, type LaidOut } from "./layouter";
import { routesOf, type Route } from "./routes";
import { LIMITS, sceneOf, type Limits, type Opened, type Scene } from "./scene";
import { wire, type Wiring } from "./wiring";

/** A fabric as it is drawn: what, where and by which ways. */
export interface Drawn {
  wiring: Wiring;
  scene: Scene;
  placing: Placing;
  routes: readonly Route[];
  /** Why it stands in plain rows, where the layout could not be asked. */
  problem: string | null;
}

/** Lets the window answer whoever waits for it. */
const breath = () => new Promise<void>((then) => setTimeout(then, 0));

type Ask = (scene: Scene, ending: AbortController) => Promise<LaidOut>;

/** Draws a fabric in steps that are each short; the last picture stays until the next one is whole. */
export class Picture {
  drawn = $state.raw<Drawn | null>(null);
  busy = $state(false);
  /** How long the last layout took, in milliseconds. */
  took = 0;

  readonly #layOut: Ask;
  readonly #limits: Limits;
  /** Ends the layout for the newest question; null where nobody waits. */
  #ending: AbortController | null = null;

  constructor(ask: Ask = layOut, limits: Limits = LIMITS) {
    this.#layOut = ask;
    this.#limits = limits;
  }

  /** Draws a view. The answer is the picture, or null where something newer was asked for meanwhile. */
  async draw(view: TopologyView, pending: boolean, opened: Opened): Promise<Drawn | null> {
    this.stop();
    const ending = (this.#ending = new AbortController());
    const isStale = () => ending !== this.#ending;
    this.busy = true;
    const wiring = wire(view, pending);
    await breath();
    if (isStale()) return null;
    const scene = sceneOf(wiring, opened, this.#limits);
    const asked = performance.now();
    const { middles, problem } = await this.#layOut(scene, ending);
    if (isStale()) return null;
    this.took = performance.now() - asked;
    const placing = placed(scene, middles);
    await breath();
    if (isStale()) return null;
    const routes = routesOf(scene, placing);
    await breath();
    if (isStale()) return null;
    this.drawn = { wiring, scene, placing, routes, problem };
    this.busy = false;
    return this.drawn;
  }

  /** Forgets the question and ends its layout: nothing more is drawn. */
  stop(): void {
    this.#ending?.abort();
    this.#ending = null;
  }
}
