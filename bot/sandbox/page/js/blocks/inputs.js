/** Fields to type into: text of one line or many, numbers, addresses, files. */

import { h } from "../dom.js";
import { perform } from "./acting.js";
import { wordsOf } from "./text.js";
import { current, remember } from "./values.js";

const PAUSE = 350;
const LONGEST = 3000;
const NEAR = 200;
const KINDS = {
  plain_text_input: { type: "text" },
  email_text_input: { type: "email", inputmode: "email" },
  url_text_input: { type: "url", inputmode: "url" },
  number_input: { type: "text", inputmode: "decimal" },
};

/** Text, a number, an e-mail address or a URL; what is wrong with it the server says on submit. */
export function drawTyped(element, place) {
  const { block, ctx, names, acts } = place;
  const focus = element.focus_on_load ? "load" : null;
  const common = { class: "field bk-field", ...names, placeholder: wordsOf(element.placeholder) || null, dir: "auto", autocomplete: "off", dataset: { action: element.action_id, focus } };
  const field = element.multiline ? h("textarea", { ...common, rows: "4" }) : h("input", { ...common, ...KINDS[element.type] });
  field.value = current(block, element, ctx).value ?? "";
  const counter = counterOf(element, field);
  const count = () => counter && tally(counter, element, field.value.length);
  const tell = () => perform(field, { block, element, ctx, value: field.value || null });
  const dispatch = acts ? dispatcher(element, field, tell) : null;
  field.addEventListener("input", () => {
    remember(block, element, ctx, field.value || null);
    count();
    dispatch?.typed();
  });
  field.addEventListener("keydown", (event) => dispatch?.key(event));
  count();
  return counter ? h("span", { class: "bk-counted" }, field, counter) : field;
}

function dispatcher(element, field, tell) {
  const on = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let timer = null;
  return {
    typed() {
      clearTimeout(timer);
      if (on.includes("on_character_entered")) timer = setTimeout(tell, PAUSE);
    },
    key(event) {
      const plainEnter = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.isComposing;
      if (!plainEnter || !on.includes("on_enter_pressed")) return;
      event.preventDefault();
      tell();
    },
  };
}

function counterOf(element, field) {
  if (element.type !== "plain_text_input") return null;
  const counter = h("span", { class: "bk-counter", "aria-live": "polite" });
  counter.id = `${field.id}-count`;
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), counter.id].filter(Boolean).join(" "));
  return counter;
}

function tally(counter, element, length) {
  const [least, most] = [element.min_length ?? 0, element.max_length ?? LONGEST];
  const short = length > 0 && length < least;
  const near = length > most - (most < LONGEST ? Math.max(20, most / 5) : NEAR);
  counter.textContent = short ? `${least - length} more` : near ? String(most - length) : "";
  counter.title = short ? `At least ${least} characters` : near ? `${most - length} characters left` : "";
  counter.classList.toggle("bk-over", length > most);
}

/** Files of this machine; only their names stay in the field, as nothing here takes their bytes. */
export function drawFiles(element, { block, ctx, names }) {
  const most = element.max_files ?? 10;
  const accept = (element.filetypes ?? []).map((kind) => `.${kind}`).join(",") || null;
  const input = h("input", { class: "field bk-files", type: "file", ...names, accept, multiple: most > 1, dataset: { action: element.action_id } });
  const list = h("ul", { class: "bk-file-list" });
  input.addEventListener("change", () => {
    const files = [...input.files].slice(0, most).map((file) => ({ name: file.name, size: file.size }));
    remember(block, element, ctx, files);
    list.replaceChildren(...files.map((file) => h("li", null, file.name)));
  });
  return h("span", { class: "bk-filing" }, input, list);
}
