/** The bar of actions on the message under the pointer or the focus, and the menu with all of them. */
import { act } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menus.js";
import { mayChange } from "./message.js";
import { asTyped, isEditing, startEditing } from "./message-edit.js";
import { appTrouble, note } from "./notes.js";
import { chooseReaction } from "./reactions.js";
import { showPane } from "./place.js";
import { channel, state } from "./store.js";
import { toast } from "./toasts.js";
import { ask } from "./blocks/confirm.js";

/** Give a list of messages its bars: one follows the pointer, one the focus. `find(ts)` answers the message. */
export function addTools(list, find, { inThread = false } = {}) {
  const bars = { pointer: null, focus: null };
  const move = (kind, row) => {
    if (bars[kind]?.parentElement === row) return;
    if (bars[kind] && !bars[kind].querySelector("[aria-expanded=true]")) bars[kind].remove();
    const message = row && !row.querySelector(":scope > .message-tools") && find(row.dataset.ts);
    bars[kind] = message && !isEditing(message) ? bar(message, inThread) : null;
    if (bars[kind]) row.append(bars[kind]);
  };
  const rowOf = (event) => event.target.closest?.("[role=article]");
  list.addEventListener("pointerover", (event) => move("pointer", rowOf(event)));
  list.addEventListener("pointerleave", () => move("pointer", null));
  list.addEventListener("focusin", (event) => move("focus", rowOf(event)));
  list.addEventListener("focusout", (event) => !list.contains(event.relatedTarget) && move("focus", null));
  list.addEventListener("keydown", (event) => onKey(event, find, inThread));
}

function bar(message, inThread) {
  const writable = isWritable(message);
  const more = button("more", "Message menu", (event) => openMessageMenu(event.currentTarget, message, inThread));
  more.setAttribute("aria-haspopup", "menu");
  return h(
    "div",
    { class: "message-tools", role: "toolbar", "aria-label": "Message actions" },
    writable && canReact(message) && button("smile", "Add reaction", (event) => chooseReaction(event.currentTarget, message)),
    canReply(message, inThread) && button("reply", "Reply in thread", () => reply(message)),
    more,
  );
}

function button(drawing, label, onclick) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick }, icon(drawing));
}

function isWritable(message) {
  const where = channel(message.channel);
  return Boolean(where?.is_member && !where.archived);
}

function canReact(message) {
  return !message.is_ephemeral && message.subtype !== "tombstone";
}

function canReply(message, inThread) {
  return !inThread && !message.is_ephemeral;
}

function reply(message) {
  showPane({ kind: "thread", ts: message.thread_ts ?? message.ts });
}

/** The whole menu of a message, with the app's own entries at the end. */
export function openMessageMenu(anchor, message, inThread) {
  const writable = isWritable(message);
  const app = state.desk.app?.name;
  const offered = message.is_ephemeral || message.subtype === "tombstone" ? [] : state.desk.shortcuts.filter((one) => one.type === "message");
  openMenu(
    anchor,
    [
      canReply(message, inThread) && { label: "Reply in thread", icon: "reply", pick: () => reply(message) },
      writable && canReact(message) && { label: "Add reaction", icon: "smile", pick: () => chooseReaction(anchor, message) },
      { label: "Copy text", icon: "copy", pick: () => copyText(message) },
      mayChange(message) && { label: "Edit message", icon: "pencil", pick: () => startEditing(message) },
      mayChange(message, { deleting: true }) && { label: "Delete message", icon: "trash", danger: true, pick: () => remove(message, anchor) },
      offered.length > 0 && { separator: true },
      ...offered.map((one) => ({ label: one.name, detail: app, icon: "bolt", pick: () => shortcut(one, message) })),
    ],
    { label: "Message actions" },
  );
}

async function shortcut({ callback_id, name }, message) {
  const result = await act("message_shortcut", { callback_id, channel: message.channel, ts: message.ts });
  if (!result.ok) note(message.channel, appTrouble(name, result), message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : null);
}

async function remove(message, opener) {
  const question = {
    title: "Delete message",
    text: { type: "plain_text", text: "Are you sure you want to delete this message? This cannot be undone." },
    confirm: { type: "plain_text", text: "Delete" },
    deny: { type: "plain_text", text: "Cancel" },
    style: "danger",
  };
  if (!(await ask(question, {}, opener))) return;
  const result = await act("deletes", { channel: message.channel, ts: message.ts });
  if (!result.ok) toast(result.reason ?? "The message was not deleted.");
}

async function copyText(message) {
  try {
    await navigator.clipboard.writeText(asTyped(message.text ?? ""));
    toast("Copied.");
  } catch {
    toast("The browser did not let the page copy.");
  }
}

function onKey(event, find, inThread) {
  if (event.target.getAttribute("role") !== "article" || event.ctrlKey || event.metaKey || event.altKey) return;
  const message = find(event.target.dataset.ts);
  const keys = {
    t: () => canReply(message, inThread) && reply(message),
    r: () => isWritable(message) && canReact(message) && chooseReaction(event.target, message),
    e: () => mayChange(message) && startEditing(message),
    Enter: () => openMessageMenu(event.target, message, inThread),
    Delete: () => mayChange(message, { deleting: true }) && remove(message, event.target),
  };
  if (!message || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}
