import type { Attachment } from "svelte/attachments";

/** How far below the edge of the window something is as good as seen. */
const MARGIN = "200px";

/** Calls `then` once, when the element first comes into sight; at once where the browser can't tell. */
export function onSight(then: () => void): Attachment<Element> {
  return (element) => {
    if (typeof IntersectionObserver === "undefined") return then();
    const watch = new IntersectionObserver(
      ([seen]) => {
        if (!seen?.isIntersecting) return;
        watch.disconnect();
        then();
      },
      { rootMargin: MARGIN },
    );
    watch.observe(element);
    return () => watch.disconnect();
  };
}
