/** The traffic between the workspace and the app: deliveries with their acknowledgements, calls with their answers. */
import { get } from "./api.js";
import { h, keyed, replace, soon } from "./dom.js";
import { icon } from "./icons.js";
import { jsonTree } from "./json-tree.js";
import { listenToTraffic } from "./session.js";
import { subscribe, tell } from "./store.js";
import { clockSeconds } from "./time.js";

const MOST = 400;
const LATE = 3000;
const KINDS = [["all", "Everything"], ["delivery", "To the app"], ["call", "From the app"], ["trouble", "Trouble only"]];

/** The drawer at the bottom; answers `{toggle(button), close()}`. */
export function inspector(drawer) {
  const seen = { crossings: new Map(), violations: [], words: "", kind: "all", open: new Set(), timer: 0 };
  const list = h("ol", { class: "crossings", role: "list", "aria-label": "Traffic, newest last" });
  const violations = h("div", { class: "violations", role: "alert" });
  let opener = null;
  const draw = soon(() => drawer.hidden || drawAll(list, violations, seen));
  const close = () => {
    drawer.hidden = true;
    listenToTraffic(false);
    opener?.setAttribute("aria-pressed", "false");
    if (drawer.contains(document.activeElement) || document.activeElement === document.body) opener?.focus();
  };
  const open = async (button) => {
    opener = button;
    drawer.hidden = false;
    button.setAttribute("aria-pressed", "true");
    listenToTraffic(true);
    await catchUp(seen);
    draw();
  };
  replace(drawer, head(seen, draw, close), violations, list);
  drawer.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && close());
  subscribe("crossing", (crossing) => {
    keep(seen, crossing);
    if (crossing.ended) askViolations(seen, draw);
    draw();
  });
  subscribe("resync", () => drawer.hidden || catchUp(seen, true).then(draw));
  subscribe("person", draw);
  return { toggle: (button) => (drawer.hidden ? open(button) : close()), close };
}

function head(seen, draw, close) {
  const filter = h("input", { class: "field", type: "search", placeholder: "Filter by name or content", "aria-label": "Filter traffic" });
  const kind = h("select", { class: "field", "aria-label": "Kind of traffic" }, KINDS.map(([value, words]) => h("option", { value }, words)));
  filter.addEventListener("input", () => {
    seen.words = filter.value.trim().toLowerCase();
    draw();
  });
  kind.addEventListener("change", () => {
    seen.kind = kind.value;
    draw();
  });
  const clear = () => {
    seen.crossings.clear();
    draw();
  };
  return h(
    "header",
    { class: "inspector-head" },
    h("h2", null, "Traffic"),
    filter,
    kind,
    h("button", { type: "button", class: "button small", onclick: clear }, "Clear"),
    h("button", { type: "button", class: "icon-button", "aria-label": "Close traffic", onclick: close }, icon("close")),
  );
}

async function catchUp(seen, anew = false) {
  if (anew) seen.crossings.clear();
  const last = [...seen.crossings.keys()].at(-1) ?? 0;
  try {
    const { entries, violations } = await get("/window/traffic", { after: last });
    for (const one of entries) keep(seen, one);
    seen.violations = violations;
  } catch {
    seen.violations = ["The traffic could not be read."];
  }
}

/** Violations come with no event of their own: ask a moment after something ended. */
function askViolations(seen, draw) {
  if (seen.timer) return;
  seen.timer = setTimeout(async () => {
    seen.timer = 0;
    await catchUp(seen);
    draw();
  }, 1000);
}

function keep(seen, crossing) {
  seen.crossings.set(crossing.n, crossing);
  while (seen.crossings.size > MOST) {
    const [oldest] = seen.crossings.keys();
    seen.crossings.delete(oldest);
    seen.open.delete(oldest);
  }
}

function isTrouble(one) {
  return one.ended && (!one.ok || (one.ack_milliseconds ?? 0) > LATE);
}

function matches(one, { words, kind }) {
  if (kind === "trouble" ? !isTrouble(one) : kind !== "all" && one.direction !== kind) return false;
  return !words || one.name.toLowerCase().includes(words) || JSON.stringify([one.args, one.answer]).toLowerCase().includes(words);
}

function drawAll(list, violations, seen) {
  const atBottom = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const rows = [...seen.crossings.values()].filter((one) => matches(one, seen)).sort((one, other) => one.n - other.n);
  const sign = ({ n, ended, ok, status }) => `${n} ${ended} ${ok} ${status}`;
  keyed(list, rows, { key: (one) => one.n, sign, make: (one) => row(one, seen) });
  if (atBottom) list.scrollTop = list.scrollHeight;
  const told = JSON.stringify(seen.violations);
  if (violations.told === told) return;
  violations.told = told;
  violations.hidden = seen.violations.length === 0;
  replace(violations, h("p", null, icon("alert"), `${seen.violations.length} ${seen.violations.length === 1 ? "violation" : "violations"} of what Slack expects`), h("ul", null, seen.violations.map((one) => h("li", null, one))));
  tell("violations", seen.violations.length);
}

function row(one, seen) {
  const details = h(
    "details",
    { class: ["crossing", isTrouble(one) && "trouble", !one.ended && "going"], open: seen.open.has(one.n) },
    h(
      "summary",
      null,
      h("span", { class: "crossing-time" }, clockSeconds(new Date(one.at))),
      h("span", { class: ["crossing-way", one.direction], title: one.direction === "call" ? "The app calls" : "Delivered to the app" }, one.direction === "call" ? "app calls" : "to app"),
      h("span", { class: "crossing-name" }, one.name),
      h("span", { class: "crossing-result" }, resultOf(one)),
    ),
  );
  const fill = () => details.children.length === 1 && details.append(contentOf(one));
  details.addEventListener("toggle", () => {
    seen.open[details.open ? "add" : "delete"](one.n);
    if (details.open) fill();
  });
  if (details.open) fill();
  return h("li", null, details);
}

function resultOf(one) {
  if (!one.ended) return "…";
  if (one.direction === "delivery" && one.ack_milliseconds === null) return ["not acknowledged", one.reason].filter(Boolean).join(": ");
  if (one.direction === "delivery") return `acknowledged in ${milliseconds(one.ack_milliseconds)}`;
  const outcome = one.ok ? "ok" : (one.answer?.error ?? (one.status ? `HTTP ${one.status}` : "no answer"));
  return one.milliseconds === null ? outcome : `${outcome}, ${milliseconds(one.milliseconds)}`;
}

function milliseconds(value) {
  return value < 10 ? `${value.toFixed(1)} ms` : value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

function contentOf(one) {
  const titles = one.direction === "call" ? ["Arguments", "Answer"] : ["Envelope", "Acknowledgement"];
  return h(
    "div",
    { class: "crossing-content" },
    h("section", null, h("h3", null, titles[0]), jsonTree(one.args)),
    h("section", null, h("h3", null, one.status ? `${titles[1]} (${one.status})` : titles[1]), jsonTree(one.answer)),
  );
}
