/**
 * Whether what sticks to the lower edge of a scroller slips where that is scaled.
 *
 * WebKit takes the scroller to be as high as it is on the screen, not as the layout has it: at 150 %, the foot of a
 * dialog is held half a dialog below it. It is measured, so that a WebKit which does better is left alone.
 */
export function stickySlips(): boolean {
  const scroller = document.createElement("div");
  scroller.style.cssText =
    "position: fixed; top: 0; left: 0; width: 10px; height: 10px; overflow: auto; scale: 2; visibility: hidden";
  const content = document.createElement("div");
  content.style.height = "40px";
  const stuck = document.createElement("div");
  stuck.style.cssText = "position: sticky; bottom: 0; height: 1px";
  scroller.append(content, stuck);
  document.body.append(scroller);
  const slip = stuck.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom;
  scroller.remove();
  return slip > 1;
}
