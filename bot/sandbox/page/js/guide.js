/** The guide: one card that says what to do next, and rings around where. */
import { h, replace, soon } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { channelPlace } from "./place.js";
import { findTargets, ring } from "./rings.js";
import { become } from "./sidebar.js";
import { person, state, subscribe } from "./store.js";
import { turn } from "./topbar.js";
import { renderMrkdwn } from "./blocks/text.js";

let away = null;

/** Keep the card in its place; `showMessage(channel, ts)` brings a message of the open conversation into view. */
export function guide(card, showMessage) {
  const shown = { step: "", sign: "", channel: null, waits: false };
  const rings = soon(() => drawRings());
  const watcher = new MutationObserver(rings);
  const draw = () => {
    const steps = active();
    const { guide: told, playing } = state.backstage ?? {};
    card.hidden = !told || Boolean(playing) || (!steps && away === signOf(told));
    document.body.classList.toggle("guided", Boolean(steps));
    watcher.disconnect();
    drawCard(card, shown);
    ring([]);
    if (!steps) return;
    watcher.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "open"] });
    rings();
    const step = `${steps.step} ${state.me}`;
    if (step !== shown.step) shown.waits = true;
    shown.step = step;
    if (shown.waits) reveal(steps, showMessage);
  };
  for (const topic of ["backstage", "person"]) subscribe(topic, draw);
  subscribe("place", ({ channel }) => {
    if (channel !== shown.channel) shown.waits = true;
    shown.channel = channel;
    draw();
  });
  subscribe("messages", ({ loaded }) => loaded && shown.waits && active() && setTimeout(() => active() && reveal(active(), showMessage)));
  document.addEventListener("toggle", rings, true);
  document.addEventListener("pointerdown", () => (shown.waits = false));
}

/** The guide while it leads somebody, or null; a story that plays has the page for itself. */
function active() {
  const { guide: steps, playing } = state.backstage ?? {};
  return steps && !steps.finished && !steps.skipped && !playing ? steps : null;
}

function isMine(steps) {
  return !steps.as || steps.as === state.me;
}

function drawRings() {
  const steps = active();
  if (!steps) return ring([]);
  const targets = isMine(steps) ? (steps.points_at ?? []) : [{ role: "person", id: steps.as }];
  return ring(targets.flatMap(findTargets));
}

/** Bring what the step points at into view, without touching the focus. */
function reveal(steps, showMessage) {
  if (!isMine(steps)) return;
  for (const target of steps.points_at ?? []) if (target.role === "message") showMessage(target.channel, target.ts);
  setTimeout(() => {
    const [first] = (steps.points_at ?? []).filter((one) => one.role !== "message").flatMap(findTargets);
    first?.scrollIntoView({ block: "nearest" });
  }, 300);
}

function drawCard(card, shown) {
  const steps = state.backstage?.guide;
  const sign = JSON.stringify([steps, state.me]);
  if (sign === shown.sign) return;
  shown.sign = sign;
  if (!steps) return void replace(card);
  const focused = card.contains(document.activeElement);
  replace(card, steps.skipped || steps.finished ? folded(steps) : unfolded(steps));
  if (focused) card.querySelector("button")?.focus();
}

function folded(steps) {
  const words = steps.finished ? (steps.text ?? "That was the first minute.") : "The guide was skipped.";
  return [
    h("p", { class: "guide-text", role: "status" }, steps.finished ? renderMrkdwn(words, { surface: "message" }) : words),
    h("div", { class: "guide-buttons" }, button("Hide", "hide"), button(steps.finished ? "Start again" : "Show me around", steps.finished ? "restart" : "start", "restart")),
  ];
}

function unfolded(steps) {
  const mine = isMine(steps);
  const who = person(steps.as);
  return [
    h(
      "div",
      { class: "guide-head" },
      icon("guide"),
      h("strong", null, steps.title),
      steps.step > 1 && h("button", { type: "button", class: "icon-button", "aria-label": "Restart", title: "Restart", onclick: () => turn("guide", { do: "restart" }) }, icon("restart")),
      button("Skip", "skip"),
    ),
    h(
      "div",
      { class: "guide-steps" },
      h("progress", { max: steps.of, value: steps.step - (steps.done ? 0 : 1), "aria-label": "Steps done" }),
      h("span", { class: "guide-count" }, `${steps.step} of ${steps.of}`),
    ),
    h("div", { class: "guide-text", role: "status" }, renderMrkdwn(steps.text ?? "", { surface: "message" })),
    mine && steps.hint && h("details", { class: "guide-hint" }, h("summary", null, "Hint"), h("div", null, renderMrkdwn(steps.hint, { surface: "message" })), !steps.done && button("Do it for me", "next")),
    (!mine || steps.done) &&
      h(
        "div",
        { class: "guide-buttons" },
        !mine && who && h("button", { type: "button", class: "button primary small", onclick: () => continueAs(steps) }, avatar(who.id, { size: "small" }), `Continue as ${who.first_name}`),
        mine && steps.done && button("Next", "next", null, "primary"),
      ),
  ];
}

/** Take the card away until there is something else to say. */
function putAway() {
  away = signOf(state.backstage.guide);
  document.getElementById("guide").hidden = true;
}

function signOf(steps) {
  return steps && `${steps.finished} ${steps.skipped} ${steps.step}`;
}

function button(words, verb, drawing = null, style = "quiet") {
  const press = () => (verb === "hide" ? putAway() : turn("guide", { do: verb }));
  return h("button", { type: "button", class: ["button small", style], onclick: press }, drawing && icon(drawing), words);
}

function continueAs(steps) {
  const target = (steps.points_at ?? []).find((one) => one.channel ?? (one.role === "conversation" && one.id));
  const channel = target?.channel;
  return become(steps.as, channel ? channelPlace(channel) : null);
}
