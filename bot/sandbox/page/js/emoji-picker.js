/** Choosing an emoji: a search field and a grid one walks with the arrow keys. */
import { h, replace } from "./dom.js";
import { openPanel } from "./menus.js";
import { CATEGORIES, emoji } from "./blocks/text.js";

const OFTEN = ["thumbsup", "white_check_mark", "eyes", "pray", "tada", "heart", "pushpin", "receipt"];
const COLUMNS = 8;
const MOST_FOUND = 80;

/** Open the picker beside its anchor; `chosen(name)` is called once. */
export function pickEmoji(anchor, chosen) {
  const grid = h("div", { class: "emoji-grid", role: "group", "aria-label": "Emoji" });
  const search = h("input", { class: "field", type: "search", placeholder: "Find an emoji", "aria-label": "Find an emoji" });
  const pick = (name) => {
    close();
    chosen(name);
  };
  const draw = () => replace(grid, sections(search.value.trim().toLowerCase()).map((one) => section(one, pick)));
  const content = h("div", { class: "emoji-picker", onkeydown: (event) => walk(event, grid, search, pick) }, search, grid);
  search.addEventListener("input", draw);
  draw();
  const close = openPanel(anchor, content, { label: "Emoji" });
  search.focus();
}

function sections(asked) {
  const known = (names) => names.filter((name) => emoji(name));
  if (!asked) return [["Often used", known(OFTEN)], ...Object.entries(CATEGORIES)];
  const all = [...new Set(Object.values(CATEGORIES).flat())];
  const found = all.filter((name) => name.includes(asked)).sort((one, other) => one.indexOf(asked) - other.indexOf(asked));
  return [[found.length ? "Found" : "Nothing is called so", found.slice(0, MOST_FOUND)]];
}

function section([title, names], pick) {
  const cell = (name) =>
    h("button", { type: "button", class: "emoji-cell", tabindex: -1, "aria-label": name, title: `:${name}:`, onclick: () => pick(name) }, emoji(name));
  return h("div", null, h("p", { class: "menu-heading" }, title), h("div", { class: "emoji-cells" }, names.map(cell)));
}

function walk(event, grid, search, pick) {
  const cells = [...grid.querySelectorAll(".emoji-cell")];
  const here = cells.indexOf(document.activeElement);
  if (event.key === "Enter" && here < 0 && cells[0]) {
    event.preventDefault();
    pick(cells[0].getAttribute("aria-label"));
    return;
  }
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  if (step === undefined || (here < 0 && event.key !== "ArrowDown")) return;
  event.preventDefault();
  const to = here < 0 ? 0 : here + step;
  (to < 0 ? search : (cells[to] ?? cells.at(-1)))?.focus();
}
