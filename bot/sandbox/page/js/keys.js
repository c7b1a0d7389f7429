/** Keys that work everywhere: F6 goes from region to region, Escape closes what lies above. */
import { focusables, isShown } from "./dom.js";

const last = new Map();

/** Listen for them; `escape()` answers whether it closed something. */
export function listenToKeys({ escape }) {
  document.addEventListener("focusin", ({ target }) => {
    const region = target.closest("[data-region]");
    if (region) last.set(region, target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "F6") {
      event.preventDefault();
      jump(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && !event.defaultPrevented && escape()) event.preventDefault();
  });
}

function jump(step) {
  const regions = [...document.querySelectorAll("[data-region], [role=dialog][aria-modal=true]")].filter(isShown);
  if (!regions.length) return;
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  for (let tried = 1; tried <= regions.length; tried += 1) {
    const next = regions[(here + step * tried + regions.length * (tried + 1)) % regions.length];
    if (enter(next)) return;
  }
}

function enter(region) {
  const before = last.get(region);
  const chosen = region.querySelector("[aria-current=page], .composer-field");
  const target = before?.isConnected && isShown(before) && region.contains(before) ? before : (chosen ?? focusables(region)[0]);
  target?.focus();
  return Boolean(target) && document.activeElement === target;
}
