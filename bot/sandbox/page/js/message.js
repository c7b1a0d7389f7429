/** One message as a row: face, name, time, body, marks, reactions, thread. */
import { act } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { authorOf, avatar, isApp } from "./people.js";
import { isNotice } from "./rows.js";
import { channel, nameOf, state } from "./store.js";
import { clockTime, fullTime, instantOf, nearTime } from "./time.js";
import { showPane } from "./place.js";
import { editorFor, isEditing } from "./message-edit.js";
import { reactionsOf } from "./reactions.js";
import { dismissNote } from "./notes.js";
import { renderMessageBody } from "./blocks/index.js";
import { renderMrkdwn } from "./blocks/text.js";

/** The row of a message; `inThread` leaves out what leads to the thread it stands in. */
export function messageRow({ message, grouped }, { inThread = false } = {}) {
  if (isNotice(message)) return noticeRow(message);
  const at = instantOf(message.ts);
  const mark = Boolean(message.pinned_to) || message.is_ephemeral;
  return h(
    "article",
    {
      class: ["message", grouped && "grouped", message.is_ephemeral && "ephemeral", message.pinned_to && "pinned"],
      role: "article",
      tabindex: -1,
      "aria-label": `${authorOf(message)}, ${clockTime(at)}`,
      dataset: { ts: message.ts, channel: message.channel },
    },
    mark && marks(message),
    h("div", { class: "message-side" }, grouped ? time(at, "message-time beside") : avatar(message.user ?? "?", { name: authorOf(message) })),
    h(
      "div",
      { class: "message-main" },
      !grouped && head(message, at),
      message.subtype === "thread_broadcast" && !inThread && broadcastLine(message),
      body(message),
      reactionsOf(message),
      !inThread && message.reply_count > 0 && threadBar(message),
    ),
  );
}

function marks(message) {
  if (message.is_ephemeral) {
    const dismiss = h("button", { type: "button", class: "link-button", onclick: () => dismissNote(message) }, "Dismiss");
    return h("p", { class: "message-mark" }, icon("eye"), "Only visible to you", h("span", { "aria-hidden": "true" }, " · "), dismiss);
  }
  return h("p", { class: "message-mark" }, icon("pin"), "Pinned");
}

function head(message, at) {
  const status = isApp(message) && h("span", { class: "tag" }, "APP");
  return h("div", { class: "message-head" }, h("span", { class: "message-author" }, authorOf(message)), status, time(at, "message-time"));
}

function time(at, className) {
  return h("time", { class: className, datetime: at.toISOString(), title: fullTime(at) }, clockTime(at));
}

function broadcastLine(message) {
  const open = () => showPane({ kind: "thread", ts: message.thread_ts });
  return h("p", { class: "message-mark" }, icon("reply"), h("button", { type: "button", class: "link-button", onclick: open }, "Replied to a thread"));
}

function body(message) {
  if (message.deleted || message.subtype === "tombstone") return h("p", { class: "tombstone" }, icon("trash"), "This message was deleted.");
  if (isEditing(message)) return editorFor(message);
  const edited = message.edited && h("span", { class: "edited", title: fullTime(instantOf(message.edited.ts)) }, "(edited)");
  return h("div", { class: "message-body" }, renderMessageBody(message, contextOf(message)), edited);
}

/** What the drawing of blocks needs to know about the message they stand in. */
export function contextOf(message) {
  const where = { channel: message.channel, ts: message.ts };
  return {
    surface: "message",
    where,
    typed: null,
    errors: null,
    act: (block, element, value) => act("acts", { where, block_id: block.block_id, action_id: element.action_id, value }),
  };
}

function threadBar(message) {
  const count = message.reply_count;
  const words = `${count} ${count === 1 ? "reply" : "replies"}`;
  return h(
    "button",
    { type: "button", class: "thread-bar", onclick: () => showPane({ kind: "thread", ts: message.ts }) },
    h("span", { class: "thread-faces" }, (message.reply_users ?? []).slice(0, 4).map((id) => avatar(id, { size: "small" }))),
    h("span", { class: "thread-count" }, words),
    message.latest_reply && h("span", { class: "thread-last" }, `Last reply ${nearTime(instantOf(message.latest_reply))}`),
  );
}

function noticeRow(message) {
  const at = instantOf(message.ts);
  const label = `${nameOf(message.user)}, ${clockTime(at)}`;
  return h(
    "article",
    { class: "message notice", role: "article", tabindex: -1, "aria-label": label, dataset: { ts: message.ts, channel: message.channel } },
    h("div", { class: "message-side" }, avatar(message.user, { size: "small" })),
    h("div", { class: "message-main" }, h("div", { class: "notice-text" }, renderMrkdwn(message.text ?? "", contextOf(message))), time(at, "message-time"), reactionsOf(message)),
  );
}

/** Whether whom we act as may change a message; `delete` is also given to admins. */
export function mayChange(message, { deleting = false } = {}) {
  if (message.is_ephemeral || message.deleted || message.subtype === "tombstone" || isNotice(message)) return false;
  const where = channel(message.channel);
  if (where && (where.archived || !where.is_member)) return false;
  if (message.user === state.me) return true;
  return deleting && Boolean(state.desk.people.find((one) => one.id === state.me)?.is_admin);
}
