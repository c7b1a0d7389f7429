/** Something that opens beside its anchor, above everything and never cut off: a list, a menu. */

const GAP = 4;
const EDGE = 8;

/** Show `panel` (with the attribute popover="manual") at the anchor and keep it there; answers a function that ends it. */
export function openBeside(panel, anchor, { width = "anchor", onLost } = {}) {
  const follow = () => {
    if (!anchor.isConnected || !panel.isConnected) return close();
    place(panel, anchor, width);
  };
  const close = () => {
    window.removeEventListener("scroll", follow, true);
    window.removeEventListener("resize", follow);
    if (panel.isConnected && panel.matches(":popover-open")) panel.hidePopover();
    else onLost?.();
  };
  panel.showPopover();
  place(panel, anchor, width);
  window.addEventListener("scroll", follow, true);
  window.addEventListener("resize", follow);
  return close;
}

function place(panel, anchor, width) {
  const box = anchor.getBoundingClientRect();
  const room = { below: window.innerHeight - box.bottom - GAP - EDGE, above: box.top - GAP - EDGE };
  const wide = Math.min(width === "anchor" ? Math.max(box.width, 220) : panel.offsetWidth, window.innerWidth - 2 * EDGE);
  const wanted = Math.min(panel.scrollHeight + 2, 320);
  const up = room.below < wanted && room.above > room.below;
  const tall = Math.min(wanted, Math.max(up ? room.above : room.below, 96));
  const left = Math.max(EDGE, Math.min(width === "anchor" ? box.left : box.right - wide, window.innerWidth - wide - EDGE));
  const style = panel.style;
  style.setProperty("--x", `${left}px`);
  style.setProperty("--y", `${up ? box.top - GAP - tall : box.bottom + GAP}px`);
  style.setProperty("--tall", `${tall}px`);
  if (width === "anchor") style.setProperty("--wide", `${wide}px`);
}
