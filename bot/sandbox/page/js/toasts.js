/** Short sentences that come and go at the bottom, read out once. */
import { h } from "./dom.js";
import { icon } from "./icons.js";

const STAYS = 7000;
const place = h("div", { class: "toasts", role: "status", "aria-live": "polite", popover: "manual" });

/** Say something that needs no answer. */
export function toast(sentence) {
  if (!place.isConnected) document.body.append(place);
  if (place.matches(":popover-open")) place.hidePopover();
  place.showPopover();
  const end = () => {
    line.remove();
    if (!place.children.length && place.matches(":popover-open")) place.hidePopover();
  };
  const close = h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", onclick: end }, icon("close"));
  const line = h("div", { class: "toast" }, h("span", null, sentence), close);
  place.append(line);
  setTimeout(end, STAYS);
}
