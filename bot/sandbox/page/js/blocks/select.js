/** Menus of one and of many: a text field that narrows a list, by mouse or by keyboard alone. */

import { h, replace } from "../dom.js";
import { place } from "../place.js";
import { perform, uid } from "./acting.js";
import { sourceOf } from "./options.js";
import { openBeside } from "./popup.js";
import { textPart, wordsOf } from "./text.js";
import { current, remember } from "./values.js";

const PATIENCE = 200;

/** A select of any kind. `acts` says whether a choice goes to the app at once. */
export function drawSelect(element, within) {
  return new Select(element, within).node;
}

class Select {
  constructor(element, { block, ctx, names, acts, optional }) {
    Object.assign(this, { element, block, ctx, acts, optional });
    this.many = element.type.startsWith("multi_");
    this.source = sourceOf(element, block, ctx);
    const now = current(block, element, ctx);
    this.chosen = this.many ? [...now.value] : now.value === null ? [] : [now.value];
    this.known = new Map(now.options.map((option) => [option.value, option]));
    this.acted = JSON.stringify(this.chosen);
    this.active = -1;
    this.options = [];
    if (element.default_to_current_conversation && !this.chosen.length && place.channel) this.here();
    this.build(names);
    this.showChosen();
  }

  build(names) {
    const listId = uid("list");
    this.input = h("input", {
      class: "bk-select-input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", ...names,
      "aria-expanded": "false", "aria-haspopup": "listbox", "aria-autocomplete": "list", "aria-controls": listId,
      dataset: { action: this.element.action_id, focus: this.element.focus_on_load ? "load" : null },
      oninput: () => this.typed(), onkeydown: (event) => this.key(event), onblur: () => this.left(),
    });
    this.list = h("div", {
      class: "bk-popup bk-list", role: "listbox", id: listId, popover: "manual", "aria-label": "Choices",
      "aria-multiselectable": this.many ? "true" : null, onpointerdown: (event) => event.preventDefault(),
    });
    this.chips = h("span", { class: "bk-chips" });
    this.clearer = h("button", { type: "button", class: "bk-clear", "aria-label": "Clear", hidden: true, onclick: () => this.clear() }, "×");
    this.box = h("span", { class: "bk-select-box", onclick: (event) => this.clicked(event) }, this.many && this.chips, this.input, this.clearer, h("span", { class: "bk-caret", "aria-hidden": "true" }));
    this.node = h("span", { class: ["bk-select", this.many && "bk-select-many"] }, this.box, this.list);
  }

  /** The conversation one is looking at, where the app asked for it and nothing was chosen. */
  here() {
    this.chosen = [place.channel];
    this.acted = JSON.stringify(this.chosen);
    this.keep();
  }

  name(value) {
    const option = this.known.get(value);
    return option ? wordsOf(option.text) : this.source.nameOf(value);
  }

  showChosen() {
    const hint = wordsOf(this.element.placeholder) || (this.many ? "Choose" : "Choose one");
    this.input.placeholder = this.many && this.chosen.length ? "" : hint;
    if (this.many) replace(this.chips, this.chosen.map((value) => this.chip(value)));
    else this.input.value = this.chosen.length ? this.name(this.chosen[0]) : "";
    this.clearer.hidden = this.many || !this.optional || !this.chosen.length;
  }

  chip(value) {
    const words = this.name(value);
    const remove = () => {
      this.toggle(value);
      if (!this.end) this.settle();
      this.input.focus();
    };
    return h("span", { class: "bk-chip" }, h("bdi", null, textPart(words, this.ctx)), h("button", { type: "button", "aria-label": `Remove ${words}`, onclick: remove }, "×"));
  }

  clicked(event) {
    if (event.target.closest("button")) return;
    this.input.focus();
    if (this.end && event.target !== this.input) this.close();
    else if (!this.end) this.open();
  }

  open() {
    if (this.end) return;
    this.input.setAttribute("aria-expanded", "true");
    this.end = openBeside(this.list, this.box);
    if (!this.many) this.input.select();
    this.look("");
  }

  close() {
    if (!this.end) return;
    const end = this.end;
    this.end = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    end();
    if (this.many) this.input.value = "";
    this.showChosen();
    this.settle();
  }

  typed() {
    const query = this.input.value;
    if (!this.end) this.open();
    clearTimeout(this.timer);
    if (this.source.slow) this.timer = setTimeout(() => this.look(query), PATIENCE);
    else this.look(query);
  }

  async look(query) {
    this.asked = (this.asked ?? 0) + 1;
    const mine = this.asked;
    const found = this.source.search(query);
    if (found instanceof Promise) this.say("Searching…");
    const answer = await found;
    if (mine !== this.asked || !this.end) return;
    if (answer.hint) this.say(answer.hint);
    else this.show(answer);
  }

  say(words) {
    this.options = [];
    this.activate(-1);
    replace(this.list, h("p", { class: "bk-list-note", role: "status" }, words));
    window.dispatchEvent(new Event("resize"));
  }

  show(groups) {
    this.options = [];
    const rows = groups.map((group) => this.group(group));
    if (!this.options.length) return this.say("No results");
    replace(this.list, rows);
    window.dispatchEvent(new Event("resize"));
    const at = this.options.findIndex((one) => !this.many && this.chosen.includes(one.option.value));
    this.activate(at < 0 ? 0 : at);
  }

  group({ label, options }) {
    const rows = options.map((option) => this.row(option));
    if (!label) return rows;
    const id = uid("group");
    return h("div", { role: "group", "aria-labelledby": id }, h("div", { class: "bk-list-label", id, role: "presentation" }, label), rows);
  }

  row(option) {
    const picked = this.chosen.includes(option.value);
    const full = this.full() && !picked;
    const more = option.description && h("span", { class: "bk-option-more" }, textPart(option.description, this.ctx));
    const node = h(
      "div",
      { class: "bk-option", role: "option", id: uid("option"), "aria-selected": String(picked), "aria-disabled": full ? "true" : null, onclick: () => this.pick(option) },
      h("span", { class: "bk-option-words" }, textPart(option.text, this.ctx)),
      more,
    );
    const index = this.options.push({ option, node }) - 1;
    node.addEventListener("pointermove", () => this.activate(index, false));
    return node;
  }

  full() {
    return this.many && this.chosen.length >= (this.element.max_selected_items ?? Infinity);
  }

  activate(index, scroll = true) {
    this.options[this.active]?.node.classList.remove("bk-active");
    this.active = index;
    const node = this.options[index]?.node;
    if (!node) return this.input.removeAttribute("aria-activedescendant");
    node.classList.add("bk-active");
    this.input.setAttribute("aria-activedescendant", node.id);
    if (scroll) node.scrollIntoView({ block: "nearest" });
  }

  pick(option) {
    if (this.full() && !this.chosen.includes(option.value)) return;
    if (option.raw) this.known.set(option.value, option.raw);
    if (this.many) {
      this.toggle(option.value);
      this.input.value = "";
      this.look("");
      return;
    }
    this.chosen = [option.value];
    this.keep();
    this.close();
  }

  toggle(value) {
    this.chosen = this.chosen.includes(value) ? this.chosen.filter((one) => one !== value) : [...this.chosen, value];
    this.keep();
    this.showChosen();
  }

  clear() {
    this.chosen = [];
    this.keep();
    this.showChosen();
    this.settle();
    this.input.focus();
  }

  keep() {
    const options = this.chosen.map((value) => this.known.get(value)).filter(Boolean);
    remember(this.block, this.element, this.ctx, this.value(), options);
  }

  value() {
    return this.many ? this.chosen : this.chosen[0] ?? null;
  }

  async settle() {
    if (!this.acts || JSON.stringify(this.chosen) === this.acted) return;
    const before = JSON.parse(this.acted);
    this.acted = JSON.stringify(this.chosen);
    const undo = () => {
      this.chosen = before;
      this.acted = JSON.stringify(before);
      this.keep();
      this.showChosen();
    };
    await perform(this.input, { block: this.block, element: this.element, ctx: this.ctx, value: this.value(), undo });
  }

  left() {
    clearTimeout(this.timer);
    this.close();
  }

  key(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in moves) {
      event.preventDefault();
      if (!this.end) this.open();
      else if (this.options.length) this.step(moves[event.key]);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (this.end && this.options[this.active]) this.pick(this.options[this.active].option);
      else this.open();
    } else if (event.key === "Escape" && this.end) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.many && !this.input.value && this.chosen.length) {
      this.toggle(this.chosen.at(-1));
      if (this.end) this.look("");
      else this.settle();
    }
  }

  step(by) {
    const last = this.options.length - 1;
    const next = this.active + by;
    this.activate(Math.abs(by) === 1 ? (next + this.options.length) % this.options.length : Math.max(0, Math.min(last, next)));
  }
}
