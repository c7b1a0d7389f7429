/** The bar above: the clock and, where there is a backstage, what turns it; the theme and the traffic. */
import { backstage } from "./api.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { now, setBackstage, state, subscribe } from "./store.js";
import { storyButton } from "./story.js";
import { themeButton } from "./theme.js";
import { clockTime, nearTime, shortDay, zoneName } from "./time.js";
import { toast } from "./toasts.js";

const STEPS = [[300, "+5 min", "Go forward 5 minutes"], [900, "+15 min", "Go forward 15 minutes"], [3600, "+1 h", "Go forward 1 hour"]];
const FAULTS = [["slow", "Slow", "Slack answers slowly"], ["down", "Down", "Slack is down"], ["limited", "Rate limited", "Slack limits the rate"]];

const busy = new Map();

/** Draw the bar into its place and keep it up to date. */
export function topbar(bar, { openSheet, toggleTraffic }) {
  const clock = clockOf();
  const controls = h("div", { class: "controls", id: "controls" });
  const plain = (drawing, name, onclick, more) => h("button", { type: "button", class: "icon-button", "aria-label": name, title: name, onclick, ...more }, icon(drawing));
  const menu = plain("menu", "Conversations", openSheet, { class: "icon-button only-narrow", "aria-expanded": false, "aria-controls": "sidebar" });
  const fold = { class: "bar-button only-tight", "aria-label": "Controls", "aria-expanded": false, "aria-controls": "controls" };
  const tune = h("button", { type: "button", ...fold, onclick: () => toggleControls(bar, tune) }, icon("tune"), h("span", null, "Controls"));
  const traffic = h("button", { type: "button", class: "bar-button traffic-button", "aria-pressed": false, onclick: () => showTraffic() }, icon("traffic"), h("span", null, "Traffic"));
  const showTraffic = () => {
    bar.classList.remove("open");
    tune.setAttribute("aria-expanded", "false");
    toggleTraffic(traffic);
  };
  const own = h("div", { class: "bar-own" }, themeButton());
  replace(bar, menu, clock, controls, h("span", { class: "bar-gap" }), tune, own);
  drawControls(controls, traffic);
  bar.addEventListener("keydown", (event) => event.key === "Escape" && bar.classList.contains("open") && toggleControls(bar, tune));
  subscribe("backstage", ({ before, now: stage }) => {
    drawControls(controls, traffic);
    if (stage?.playing && !before?.playing) closeControls(bar, tune);
  });
  subscribe("person", () => drawControls(controls, traffic));
  subscribe("violations", (count) => {
    if (count) traffic.dataset.violations = count;
    else delete traffic.dataset.violations;
  });
}

function toggleControls(bar, button) {
  const open = bar.classList.toggle("open");
  button.setAttribute("aria-expanded", String(open));
  if (!open) button.focus();
}

/** What is played has the page for itself. */
function closeControls(bar, button) {
  bar.classList.remove("open");
  button.setAttribute("aria-expanded", "false");
}

function clockOf() {
  const time = h("span", { class: "clock-time" });
  const day = h("span", { class: "clock-day" });
  const zone = h("span", { class: "clock-zone" });
  const element = h("div", { class: "clock", role: "timer", "aria-label": "Workspace time", "aria-live": "off" }, icon("clock"), time, day, zone);
  const tick = () => {
    if (!state.desk) return;
    const parts = [[time, clockTime(now())], [day, shortDay(now())], [zone, zoneName()]];
    for (const [node, words] of parts) if (node.textContent !== words) node.textContent = words;
  };
  for (const topic of ["clock", "person"]) subscribe(topic, tick);
  setInterval(tick, 1000);
  return element;
}

function drawControls(controls, traffic) {
  const stage = state.backstage;
  const sign = JSON.stringify([stage && [stage.next_due, stage.bot, stage.faults, stage.stories, Boolean(stage.playing)], state.me]);
  if (controls.drawn === sign) return;
  controls.drawn = sign;
  const focused = document.activeElement?.dataset?.knob;
  replace(controls, stage && [timeGroup(stage), faultGroup(stage), botGroup(stage)], h("div", { class: "knobs" }, stage && storyButton(), traffic));
  if (focused) controls.querySelector(`[data-knob="${focused}"]`)?.focus();
}

/** A button that is busy until its verb is done; meanwhile those of the same verb family wait, however often they are drawn. */
function knob(name, words, label, verb, args) {
  const family = verb === "next_due" ? "forward" : verb;
  const press = async () => {
    if (busy.has(family)) return;
    busy.set(family, name);
    showBusy();
    await turn(verb, args);
    busy.delete(family);
    showBusy();
  };
  return h("button", { type: "button", class: "bar-button", "aria-label": label, title: label, "aria-busy": busy.get(family) === name, dataset: { knob: name }, onclick: press }, words);
}

function showBusy() {
  const working = [...busy.values()];
  for (const one of document.querySelectorAll(".bar-button[data-knob][aria-busy]")) one.setAttribute("aria-busy", String(working.includes(one.dataset.knob)));
}

/** Turn a knob; what could not be done is said. Answers whether it was. */
export async function turn(verb, args = {}) {
  const result = await backstage(verb, args);
  if (result.state) setBackstage(result.state);
  if (!result.ok) toast(result.reason ?? "It could not be done.");
  return result.ok;
}

function timeGroup({ next_due: due }) {
  const next = due ? `Next due ${nearTime(new Date(due))}` : "Nothing due";
  const last = knob("next", [icon("next"), h("span", null, next)], due ? `${next}: go there` : next, "next_due", {});
  last.disabled = !due;
  return h("div", { class: "knobs", role: "group", "aria-label": "Time" }, STEPS.map(([seconds, words, label]) => knob(`t${seconds}`, words, `${words}: ${label}`, "forward", { seconds })), last);
}

function faultGroup({ faults }) {
  const one = ([name, words, label]) =>
    h(
      "button",
      { type: "button", class: "switch", role: "switch", "aria-checked": Boolean(faults[name]), "aria-label": label, title: label, dataset: { knob: name }, onclick: () => turn("fault", { name, on: !state.backstage.faults[name] }) },
      h("span", { class: "switch-track" }),
      words,
    );
  return h("div", { class: "knobs", role: "group", "aria-label": "Faults" }, h("span", { class: "knobs-name" }, "Slack"), FAULTS.map(one));
}

function botGroup({ bot }) {
  const words = { running: "Bot running", starting: "Bot starting…", stopped: "Bot stopped" }[bot] ?? bot;
  const restart = knob("restart", [icon("restart"), h("span", null, "Restart the bot")], "Restart the bot", "restart", {});
  return h("div", { class: "knobs", role: "group", "aria-label": "Bot" }, h("span", { class: ["bot-state", bot], role: "status" }, h("span", { class: "bot-light" }), words), restart);
}
