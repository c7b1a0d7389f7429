/** A list of messages of one conversation or thread, kept up to date. */
import { identity, isReply, rowsOf } from "./rows.js";
import { Log } from "./log.js";
import { addTools } from "./message-tools.js";
import { editMark } from "./message-edit.js";
import { h, soon } from "./dom.js";
import { isDismissed } from "./notes.js";
import { messageRow } from "./message.js";
import { state, subscribe } from "./store.js";
import { dayName, instantOf } from "./time.js";

/**
 * options: `channel`, `thread` (its parent's ts) or null, `label`, `older()`, `top()`, `firstNew()`, `seen()`.
 * Answers `{log, close()}`.
 */
export function messageList(options) {
  const { channel, thread = null } = options;
  const belongs = thread
    ? (message) => message.ts === thread || message.thread_ts === thread
    : (message) => !isReply(message) && reaches(channel, message);
  const messages = () => sorted(channel).filter((message) => belongs(message) && !isDismissed(message));
  const log = new Log({ label: options.label, source: sourceOf(options, messages), seen: options.seen });
  addTools(log.list, (ts) => state.messages.get(channel)?.get(ts), { inThread: Boolean(thread) });
  let arrived = 0;
  let closed = false;
  const draw = soon(() => {
    if (closed) return;
    log.draw(arrived);
    arrived = 0;
  });
  const ends = [
    subscribe("messages", ({ channel: where, upserts, loaded }) => {
      if (where !== channel) return;
      const newest = log.all.at(-1)?.ts ?? "0";
      const others = upserts.filter((message) => belongs(message) && message.ts > newest && message.user !== state.me);
      if (!loaded) arrived += others.length;
      if (upserts.some((message) => message.user === state.me && message.ts > newest && belongs(message))) log.stick = true;
      draw();
    }),
    subscribe("redraw", draw),
    subscribe("names", draw),
  ];
  const close = () => {
    closed = true;
    ends.forEach((end) => end());
    log.close();
  };
  return { log, close };
}

function sorted(channel) {
  const known = state.messages.get(channel);
  return known ? [...known.values()].sort((one, other) => (one.ts < other.ts ? -1 : 1)) : [];
}

/** Whether a message is not older than what was fetched without a gap. */
function reaches(channel, message) {
  const reach = state.reach.get(channel);
  return Boolean(reach) && (!reach.more || message.ts >= reach.oldest);
}

function sourceOf({ channel, thread, older, top, firstNew }, messages) {
  return {
    messages,
    ready: () => (thread ? messages().length > 0 : state.reach.has(channel)),
    more: () => (thread ? false : (state.reach.get(channel)?.more ?? true)),
    older: older ?? (async () => {}),
    top: top ?? (() => ""),
    rows: (stretch, before) => withCount(rowsOf(stretch, { before, firstNew: firstNew?.() ?? null, days: !thread }), thread),
    key: (row) => row.key,
    sign: (row) => (row.kind === "message" ? `${identity(row.message)} ${row.grouped} ${names} ${editMark(row.message)}` : row.kind === "day" ? dayName(instantOf(row.ts)) : row.key),
    make: (row) => makers[row.kind](row, thread),
  };
}

/** In a thread, a line between the parent and its replies. */
function withCount(rows, thread) {
  if (!thread || rows[0]?.ts !== thread || rows.length < 2) return rows;
  const count = rows.length - 1;
  const label = `${count} ${count === 1 ? "reply" : "replies"}`;
  const [parent, first, ...rest] = rows;
  return [parent, { kind: "replies", key: `replies ${label}`, label, ts: "" }, { ...first, grouped: false }, ...rest];
}

let names = 0;
subscribe("names", () => (names += 1));

const makers = {
  message: (row, thread) => messageRow(row, { inThread: Boolean(thread) }),
  day: (row) => {
    const name = dayName(instantOf(row.ts));
    return h("div", { class: "day-line", role: "separator", "aria-label": name }, h("span", null, name));
  },
  replies: ({ label }) => h("div", { class: "reply-line", role: "separator", "aria-label": label }, h("span", null, label)),
  new: () => h("div", { class: "new-line", role: "separator", "aria-label": "New messages" }, h("span", null, "New")),
};
