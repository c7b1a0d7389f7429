/** Changing one's own message where it stands. */
import { act } from "./api.js";
import { h } from "./dom.js";
import { channel, group, person, tell } from "./store.js";
import { fitHeight } from "./textarea.js";

let editing = null;

/** Whether this message is being changed now. */
export function isEditing(message) {
  return editing?.channel === message.channel && editing.ts === message.ts;
}

/** A short string that tells how the editor of this message stands, empty where there is none. */
export function editMark(message) {
  return isEditing(message) ? `editing ${editing.error}` : "";
}

/** Begin to change a message. */
export function startEditing(message) {
  editing = { channel: message.channel, ts: message.ts, text: asTyped(message.text ?? ""), error: "", busy: false, entered: false };
  redraw();
}

function stop(field) {
  const row = field.closest("[role=article]");
  editing = null;
  redraw();
  row?.parentElement?.querySelector(`[data-ts="${CSS.escape(row.dataset.ts)}"]`)?.focus();
}

function redraw() {
  tell("redraw", null);
}

/** The field instead of the message's body. */
export function editorFor(message) {
  const field = h("textarea", { class: "field edit-field", "aria-label": "Edit message", rows: 1, value: editing.text });
  const form = h(
    "form",
    { class: "edit-form" },
    field,
    editing.error && h("p", { class: "form-error", role: "alert" }, editing.error),
    h(
      "div",
      { class: "edit-buttons" },
      h("button", { type: "button", class: "button small", onclick: () => stop(field) }, "Cancel"),
      h("button", { type: "submit", class: "button small primary", disabled: editing.busy }, "Save"),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(message, field);
  });
  field.addEventListener("input", () => {
    editing.text = field.value;
    fitHeight(field);
  });
  field.addEventListener("keydown", (event) => onKey(event, field, form));
  requestAnimationFrame(() => enter(field));
  return form;
}

function enter(field) {
  fitHeight(field);
  if (!editing || editing.entered) return;
  editing.entered = true;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

function onKey(event, field, form) {
  if (event.isComposing) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    stop(field);
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  }
}

async function save(message, field) {
  const text = field.value.trim();
  if (!text || text === asTyped(message.text ?? "")) return stop(field);
  editing.busy = true;
  const result = await act("edits", { channel: message.channel, ts: message.ts, text });
  if (!isEditing(message)) return undefined;
  if (result.ok) return stop(field);
  Object.assign(editing, { busy: false, error: result.reason ?? "The change was not taken." });
  return redraw();
}

/** Wire text as the person typed it: names instead of ids, escapes undone. */
export function asTyped(text) {
  const named = text.replace(/<([^<>\n]+)>/g, (_, inner) => {
    const [target, label = ""] = inner.split("|");
    if (target.startsWith("@")) return `@${person(target.slice(1))?.handle ?? label}`;
    if (target.startsWith("#")) return `#${channel(target.slice(1))?.name ?? label}`;
    if (target.startsWith("!subteam^")) return `@${group(target.slice(9))?.handle ?? label}`;
    if (target.startsWith("!")) return `@${target.slice(1)}`;
    return target.replace(/^mailto:/, "");
  });
  return named.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
