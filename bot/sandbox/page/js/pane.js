/** What stands to the right of a conversation: a thread, what the conversation is about, its pins, its canvas. */
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { place, showPane } from "./place.js";
import { state, subscribe } from "./store.js";
import { signedTitle } from "./people.js";
import { channel as find } from "./store.js";
import { threadPane } from "./thread.js";
import { aboutPane, canvasPane, pinsPane } from "./details.js";

const makers = { thread: threadPane, about: aboutPane, pins: pinsPane, canvas: canvasPane };
const titles = { thread: "Thread", about: "About", pins: "Pinned messages", canvas: "Canvas" };

/** Keep the right side in line with the place. */
export function rightSide(aside) {
  const shown = { name: "", pane: null, from: null };
  const draw = () => {
    const pane = find(place.channel) ? place.pane : null; // a fresh workspace has none of the old one's conversations
    const name = pane ? `${state.era} ${place.channel} ${pane.kind} ${pane.ts ?? ""}` : "";
    if (name === shown.name) return;
    shown.pane?.close();
    const opener = shown.name ? shown.from : document.activeElement;
    Object.assign(shown, { name, pane: null, from: opener });
    aside.hidden = !pane;
    document.body.classList.toggle("with-pane", Boolean(pane));
    if (!pane) return giveBack(aside, shown.from);
    const heading = { id: "pane-title", class: "pane-title", tabindex: -1 };
    shown.pane = makers[pane.kind](place.channel, pane);
    replace(aside, head(heading, pane), shown.pane.element);
    aside.setAttribute("aria-label", titles[pane.kind]);
    shown.pane.enter?.();
  };
  const close = (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    showPane(null);
  };
  aside.addEventListener("keydown", close);
  subscribe("place", draw);
}

function head(heading, pane) {
  return h(
    "header",
    { class: "pane-head" },
    h("h2", heading, titles[pane.kind]),
    h("span", { class: "pane-where" }, signedTitle(find(place.channel))),
    h("button", { type: "button", class: "icon-button", "aria-label": `Close ${titles[pane.kind].toLowerCase()}`, onclick: () => showPane(null) }, icon("close")),
  );
}

/** Give the focus back to what opened the pane, if it was in the pane. */
function giveBack(aside, from) {
  const lost = aside.contains(document.activeElement) || document.activeElement === document.body;
  replace(aside);
  if (lost && from?.isConnected) from.focus({ preventScroll: true });
}
