/** After a question that failed, so long until the next: whoever does not answer is not to be pressed. */
const PAUSE_MS = 1000;

/**
 * Asks for what was said, again and again, and tells each of it in its order. `next` answers when there is something,
 * or with nothing after a while. The answer ends it; what comes after that is told to nobody.
 */
export function follow<Said>(next: () => Promise<Said[]>, heard: (said: Said) => void): () => void {
  let over = false;
  const tell = (said: Said) => {
    try {
      // Whoever hears may end it, too.
      if (!over) heard(said);
    } catch (problem) {
      console.error("What the engine said was not understood", problem);
    }
  };
  const ask = async () => {
    while (!over) {
      try {
        (await next()).forEach(tell);
      } catch (problem) {
        console.error("What the engine said could not be heard", problem);
        await new Promise((resume) => setTimeout(resume, PAUSE_MS));
      }
    }
  };
  void ask();
  return () => void (over = true);
}
