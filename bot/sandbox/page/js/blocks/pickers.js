/** Dates, times and instants, in the browser's own pickers and the acting person's zone. */

import { h } from "../dom.js";
import { zone } from "../store.js";
import { perform } from "./acting.js";
import { epochOf, localOf } from "./dates.js";
import { wordsOf } from "./text.js";
import { current, remember } from "./values.js";

const IDLE = 900;

/** A day, `YYYY-MM-DD`. */
export function drawDate(element, place) {
  return picker(element, place, { type: "date", read: (text) => text || null, show: (value) => value ?? "" });
}

/** A time of day, `HH:MM`. */
export function drawTime(element, place) {
  return picker(element, place, { type: "time", read: (text) => text || null, show: (value) => value ?? "", note: element.timezone });
}

/** An instant as an epoch second, shown on the clocks of the acting person. */
export function drawInstant(element, place) {
  const read = (text) => (text ? epochOf(text) : null);
  const show = (value) => (value === null ? "" : localOf(value));
  return picker(element, place, { type: "datetime-local", read, show, note: zone() });
}

function picker(element, { block, ctx, names, acts }, { type, read, show, note }) {
  const { value } = current(block, element, ctx);
  let acted = value;
  let timer = null;
  const input = h("input", { class: "field bk-picker", type, ...names, title: wordsOf(element.placeholder) || undefined, dataset: { action: element.action_id, focus: element.focus_on_load ? "load" : null } });
  input.value = show(value);
  const keep = (wanted) => remember(block, element, ctx, wanted);
  const settle = () => {
    clearTimeout(timer);
    const [wanted, before] = [read(input.value), acted];
    if (wanted === before || !acts) return;
    acted = wanted;
    const undo = () => {
      acted = before;
      input.value = show(before);
      keep(before);
    };
    perform(input, { block, element, ctx, value: wanted, undo });
  };
  input.addEventListener("input", () => {
    keep(read(input.value));
    clearTimeout(timer);
    if (acts) timer = setTimeout(settle, IDLE);
  });
  input.addEventListener("blur", settle);
  input.addEventListener("keydown", (event) => event.key === "Enter" && !event.ctrlKey && settle());
  return h("span", { class: "bk-picking" }, input, note && h("span", { class: "bk-zone" }, note));
}
