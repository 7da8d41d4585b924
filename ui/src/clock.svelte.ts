/**
 * The time that screens show, one step a second.
 *
 * One clock for the whole window, so that all relative times change together. It rests while the window
 * is hidden: nobody reads it then, and a desktop app should not keep a laptop awake.
 */
class Clock {
  /** Milliseconds since 1970 UTC. */
  now = $state(Date.now());

  /** Starts ticking; the answer stops it. */
  start(): () => void {
    const tick = () => {
      if (!document.hidden) this.now = Date.now();
    };
    const timer = setInterval(tick, 1000);
    document.addEventListener("visibilitychange", tick);
    tick();
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }
}

/** The window's clock. */
export const clock = new Clock();
