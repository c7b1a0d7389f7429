/** What stands in a list of messages: day dividers, the line before what is new, and messages, grouped by author. */
import { dayKey, instantOf } from "./time.js";
import { isApp } from "./people.js";

const TOGETHER = 5 * 60;
const NOTICES = /(_join|_leave|_topic|_purpose|_name|_archive|_unarchive)$|^pinned_item$/;
const identities = new WeakMap();
let counter = 0;

/** Whether Slack itself wrote this line about something somebody did. */
export function isNotice(message) {
  return NOTICES.test(message.subtype ?? "");
}

/** Whether a message stands in a thread only. */
export function isReply(message) {
  return Boolean(message.thread_ts && message.thread_ts !== message.ts && message.subtype !== "thread_broadcast");
}

/** A short string that is another one whenever the message is another object. */
export function identity(message) {
  if (!identities.has(message)) identities.set(message, String((counter += 1)));
  return identities.get(message);
}

/** Rows of a stretch of messages, oldest first; `before` is the message above it, `firstNew` the first unread `ts`. */
export function rowsOf(messages, { before = null, firstNew = null, days = true } = {}) {
  const rows = [];
  let above = before;
  for (const message of messages) {
    const day = dayKey(instantOf(message.ts));
    const otherDay = days && (!above || dayKey(instantOf(above.ts)) !== day);
    if (otherDay) rows.push({ kind: "day", key: `day:${day}`, ts: message.ts });
    if (message.ts === firstNew) rows.push({ kind: "new", key: "new", ts: message.ts });
    const grouped = !otherDay && message.ts !== firstNew && belongs(message, above);
    rows.push({ kind: "message", key: `m:${message.ts}`, ts: message.ts, message, grouped });
    above = message;
  }
  return rows;
}

function belongs(message, above) {
  if (!above || isNotice(message) || isNotice(above)) return false;
  const same = message.user === above.user && message.username === above.username && isApp(message) === isApp(above);
  const near = Number.parseFloat(message.ts) - Number.parseFloat(above.ts) < TOGETHER;
  return same && near && Boolean(message.is_ephemeral) === Boolean(above.is_ephemeral) && !message.pinned_to && !above.thread_ts;
}
