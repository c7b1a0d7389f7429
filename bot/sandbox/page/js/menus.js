/** Things that open beside a button: menus with roving focus, and panels that hold anything. */
import { focusables, h } from "./dom.js";
import { icon } from "./icons.js";

const GAP = 4;
const EDGE = 8;
let current = null;

/**
 * Open a menu beside its anchor; opening it again closes it.
 *
 * entries: `{label, detail?, icon?, face?, danger?, checked?, dataset?, pick()}`, `{heading}` or `{separator: true}`.
 */
export function openMenu(anchor, entries, { label, wide = false } = {}) {
  const list = h("div", { class: ["menu", wide && "wide"], role: "menu", "aria-label": label, popover: "auto" });
  list.append(...entries.filter(Boolean).map((entry) => menuRow(entry, list)));
  list.addEventListener("keydown", (event) => rove(event, list));
  if (!show(anchor, list)) return;
  anchor.setAttribute("aria-expanded", "true");
  const rows = rowsOf(list);
  (rows.find((row) => row.getAttribute("aria-checked") === "true") ?? rows[0])?.focus();
}

/** Open a panel beside its anchor, with whatever is in it; answers a function that closes it. */
export function openPanel(anchor, content, { label } = {}) {
  const panel = h("div", { class: "panel", role: "dialog", "aria-label": label, popover: "auto" }, content);
  if (!show(anchor, panel)) return () => {};
  anchor.setAttribute("aria-expanded", "true");
  focusables(panel)[0]?.focus();
  return () => panel.hidePopover();
}

/** Close whatever is open. */
export function closeMenus() {
  current?.panel.hidePopover();
}

function menuRow(entry, list) {
  if (entry.separator) return h("div", { class: "menu-line", role: "separator" });
  if (entry.heading) return h("div", { class: "menu-heading", role: "presentation" }, entry.heading);
  const radio = entry.checked !== undefined;
  const pick = () => {
    list.hidePopover();
    entry.pick();
  };
  return h(
    "button",
    {
      type: "button",
      class: ["menu-item", entry.danger && "danger"],
      role: radio ? "menuitemradio" : "menuitem",
      "aria-checked": radio ? Boolean(entry.checked) : null,
      tabindex: -1,
      dataset: entry.dataset,
      onclick: pick,
    },
    entry.face ?? (entry.icon && icon(entry.icon)),
    h("span", { class: "menu-words" }, h("span", { class: "menu-label" }, entry.label), entry.detail && h("span", { class: "menu-detail" }, entry.detail)),
    entry.checked && icon("check"),
  );
}

/** Show a popover beside its anchor; false when it was open there already and is now closed. */
function show(anchor, panel) {
  if (current?.anchor === anchor) {
    closeMenus();
    return false;
  }
  const before = document.activeElement;
  (anchor.closest("dialog, [role=dialog]") ?? document.body).append(panel);
  panel.showPopover();
  position(panel, anchor);
  const follow = () => (anchor.isConnected ? position(panel, anchor) : panel.hidePopover());
  addEventListener("resize", follow);
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    removeEventListener("resize", follow);
    anchor.setAttribute("aria-expanded", "false");
    const inside = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.remove();
    if (current?.panel === panel) setTimeout(() => (current = current?.panel === panel ? null : current));
    if (inside && (before ?? anchor).isConnected) (before ?? anchor).focus({ preventScroll: true });
  });
  current = { anchor, panel };
  return true;
}

function position(panel, anchor) {
  const box = anchor.getBoundingClientRect();
  const room = { below: innerHeight - box.bottom - GAP - EDGE, above: box.top - GAP - EDGE };
  const up = room.below < Math.min(panel.scrollHeight, 300) && room.above > room.below;
  const tall = Math.min(panel.scrollHeight + 2, up ? room.above : room.below);
  const wide = panel.offsetWidth;
  const left = box.left + wide > innerWidth - EDGE ? box.right - wide : box.left;
  panel.style.setProperty("--x", `${Math.max(EDGE, Math.min(left, innerWidth - wide - EDGE))}px`);
  panel.style.setProperty("--y", `${up ? box.top - GAP - tall : box.bottom + GAP}px`);
  panel.style.setProperty("--tall", `${tall}px`);
}

function rowsOf(list) {
  return [...list.querySelectorAll("[role^=menuitem]")];
}

function rove(event, list) {
  const rows = rowsOf(list);
  const here = rows.indexOf(document.activeElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (event.key === "Tab") list.hidePopover();
  if (to !== undefined) {
    event.preventDefault();
    rows[(to + rows.length) % rows.length]?.focus();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
    const after = [...rows.slice(here + 1), ...rows.slice(0, here + 1)];
    after.find((row) => row.innerText.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }
}
