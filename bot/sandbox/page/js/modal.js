/** The modals an app has open: the topmost to work with, those below it waiting, and everything typed into them. */
import { act } from "./api.js";
import { focusables, h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { state } from "./store.js";
import { failureOf, uid } from "./blocks/acting.js";
import { trap } from "./blocks/confirm.js";
import { renderBlocks } from "./blocks/index.js";
import { textPart, wordsOf } from "./blocks/text.js";
import { keyOf } from "./blocks/values.js";

const PATIENCE = 600;
const typedBy = new Map();
let opened = null;
let cameFrom = null;

/** Draw the stack, bottom to top. What was typed stays while its view is open. */
export function showModals(views) {
  for (const id of [...typedBy.keys()]) if (!views.some((view) => view.id === id)) typedBy.delete(id);
  const top = views.at(-1);
  if (!top) return end();
  if (!opened) begin();
  if (opened.dialog?.view.id !== top.id) {
    opened.dialog = new Dialog(top, views.length);
    replace(opened.overlay, views.slice(0, -1).map(() => h("div", { class: "bk-under", "aria-hidden": "true" })), opened.dialog.box);
    opened.dialog.focusFirst();
  } else {
    opened.dialog.update(top);
  }
}

function begin() {
  const focused = document.activeElement;
  cameFrom = { node: focused, row: focused?.closest?.("[data-ts]")?.dataset.ts, action: focused?.dataset?.action };
  const overlay = h("div", { class: "bk-overlay bk-modal", onkeydown: (event) => opened?.dialog.key(event) });
  document.body.append(overlay);
  opened = { overlay, dialog: null };
  document.addEventListener("keydown", strayKey);
}

/** A key pressed while nothing has the focus is meant for what lies on top. */
function strayKey(event) {
  if (event.target === document.body) opened?.dialog.key(event);
}

function end() {
  if (!opened) return;
  const inside = opened.overlay.contains(document.activeElement) || document.activeElement === document.body;
  opened.overlay.remove();
  opened = null;
  document.removeEventListener("keydown", strayKey);
  if (inside) placeToReturnTo()?.focus({ preventScroll: true });
}

function placeToReturnTo() {
  const { node, row, action } = cameFrom;
  if (node?.isConnected && node !== document.body) return node;
  const again = row && document.querySelector(`[data-ts="${CSS.escape(row)}"]`);
  const button = again && action && again.querySelector(`[data-action="${CSS.escape(action)}"]`);
  return button || again || document.querySelector("main textarea, main [contenteditable='true']");
}

/** One view on screen. */
class Dialog {
  constructor(view, depth) {
    this.depth = depth;
    this.view = view;
    if (!typedBy.has(view.id)) typedBy.set(view.id, new Map());
    this.typed = typedBy.get(view.id);
    this.title = h("h2", { class: "bk-dialog-title", id: uid("modal-title"), dir: "auto" });
    this.body = h("div", { class: "bk-dialog-body" });
    this.trouble = h("div", { role: "alert" });
    this.submitter = h("button", { type: "button", class: "button primary", onclick: () => this.submit() });
    this.closer = h("button", { type: "button", class: "button", onclick: () => this.close() });
    this.box = h(
      "div",
      { class: "bk-dialog", role: "dialog", "aria-modal": "true", "aria-labelledby": this.title.id, tabindex: "-1" },
      this.head(),
      this.body,
      h("div", { class: "bk-dialog-foot" }, this.trouble, this.closer, this.submitter),
    );
    this.draw();
  }

  head() {
    const back = this.depth > 1 && h("button", { type: "button", class: "icon-button bk-back", "aria-label": "Back", onclick: () => this.close() }, icon("back"));
    const app = state.desk?.app && !back && avatar(state.desk.app.user, { size: "small", name: state.desk.app.name });
    const all = h("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => this.closeAll() }, icon("close"));
    return h("div", { class: "bk-dialog-head" }, back, app, this.title, all);
  }

  /** Another state of the same view; nothing is touched that did not change. */
  update(view) {
    this.view = view;
    this.answered?.();
    if (this.signature() !== this.drawn) this.redraw();
  }

  signature() {
    const { blocks, title, submit, close, errors, submit_disabled: barred, state: kept } = this.view;
    const served = Object.entries(kept?.values ?? {}).flatMap(([block, actions]) => Object.entries(actions).filter(([action]) => !this.typed.has(keyOf({ block_id: block }, { action_id: action }))));
    return JSON.stringify([blocks, title, submit, close, errors, barred, served]);
  }

  draw() {
    this.prune();
    const { title, submit, close, blocks } = this.view;
    this.errors = { ...this.view.errors };
    this.drawn = this.signature();
    replace(this.title, textPart(title ?? "", null));
    replace(this.body, renderBlocks(blocks, this.context()));
    this.closer.textContent = wordsOf(close) || (submit ? "Cancel" : "Close");
    this.submitter.hidden = !submit;
    replace(this.submitter, h("span", null, wordsOf(submit)));
    this.bar();
  }

  bar() {
    this.submitter.disabled = Boolean(this.view.submit_disabled) && !this.typed.size;
  }

  context() {
    const { id } = this.view;
    return {
      surface: "modal",
      where: { view: id },
      typed: this.typed,
      errors: this.errors,
      values: this.view.state?.values,
      onTyped: () => this.bar(),
      act: (block, element, value) =>
        act("acts", { where: { view: id }, block_id: block.block_id, action_id: element.action_id, value, typed: this.entries() }),
    };
  }

  /** What was typed belongs to a field of this block, action and type, and goes with it. */
  prune() {
    const fields = new Map();
    for (const block of this.view.blocks) {
      for (const element of [block.accessory, block.element, ...(block.elements ?? [])]) {
        if (element?.action_id) fields.set(keyOf(block, element), element.type);
      }
    }
    for (const [key, entry] of this.typed) if (fields.get(key) !== entry.type) this.typed.delete(key);
  }

  entries() {
    return [...this.typed.values()].map(({ block_id, action_id, value }) => ({ block_id, action_id, value }));
  }

  /** Draw anew and leave focus, caret and scrolling where they were. */
  redraw() {
    const focused = this.body.contains(document.activeElement) ? document.activeElement : null;
    const place = focused && { block: focused.closest("[data-block]")?.dataset.block, action: focused.dataset.action, value: focused.value, caret: caretOf(focused) };
    const scrolled = this.body.scrollTop;
    this.draw();
    this.body.scrollTop = scrolled;
    if (!place) return;
    const heir = this.find(place) ?? this.box;
    heir.focus({ preventScroll: true });
    if (place.caret && heir.setSelectionRange) heir.setSelectionRange(...place.caret);
  }

  find({ block, action, value }) {
    const within = block && this.body.querySelector(`[data-block="${CSS.escape(block)}"]`);
    const same = within && action ? [...within.querySelectorAll(`[data-action="${CSS.escape(action)}"]`)] : [];
    return same.find((one) => one.value === value) ?? same[0] ?? null;
  }

  focusFirst() {
    const fields = this.body.querySelectorAll("input, textarea, select");
    const first = this.body.querySelector("[data-focus=load]") ?? fields[0] ?? null;
    (first ?? this.box).focus({ preventScroll: true });
  }

  focusWrong() {
    const wrong = this.body.querySelector(".bk-wrong");
    const field = wrong && focusables(wrong)[0];
    if (!field) return;
    field.focus();
    wrong.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.defaultPrevented) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!this.submitter.hidden && !this.submitter.disabled) this.submit();
    } else trap(event, this.box);
  }

  async submit() {
    if (this.waiting) return;
    document.activeElement?.blur?.();
    this.wait(true);
    const changed = new Promise((resolve) => {
      this.answered = resolve;
    });
    const answer = await act("submits", { view: this.view.id, typed: this.entries() });
    if (answer.ok) await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    this.answered = null;
    this.wait(false);
    if (!this.box.isConnected) return;
    if (!answer.ok) this.fail(answer);
    else if (Object.keys(this.view.errors ?? {}).length) {
      this.draw();
      this.focusWrong();
    }
  }

  wait(waiting) {
    this.waiting = waiting;
    if (waiting) replace(this.trouble);
    this.submitter[waiting ? "setAttribute" : "removeAttribute"]("aria-busy", "true");
    this.box.classList.toggle("bk-waiting", waiting);
    if (waiting) this.box.focus({ preventScroll: true });
  }

  fail(answer) {
    replace(this.trouble, h("p", { class: "bk-dialog-trouble" }, failureOf(answer, "modal")));
    this.submitter.focus();
  }

  async close() {
    const { id } = this.view;
    const answer = await act("closes", { view: id, typed: this.entries() });
    if (!answer.ok && this.box.isConnected) this.fail(answer);
    return answer.ok;
  }

  /** Close every view of the stack, from the top. */
  async closeAll() {
    for (const view of [...state.modals].reverse()) {
      const typed = [...(typedBy.get(view.id)?.values() ?? [])].map(({ block_id, action_id, value }) => ({ block_id, action_id, value }));
      const answer = await act("closes", { view: view.id, typed });
      if (!answer.ok && this.box.isConnected) return this.fail(answer);
    }
    return null;
  }
}

function caretOf(field) {
  try {
    return field.selectionStart === null || field.selectionStart === undefined ? null : [field.selectionStart, field.selectionEnd];
  } catch {
    return null;
  }
}
