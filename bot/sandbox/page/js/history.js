/** Fetching conversations page by page; what the stream tells meanwhile is newer than the page and wins. */
import { get } from "./api.js";
import { keepMessages, state, subscribe } from "./store.js";

const PAGE = 100;
const LONG_PAGE = 1000;
const touched = new Map();
const loading = new Map();

subscribe("messages", ({ channel, upserts, gone, loaded }) => {
  if (loaded) return;
  for (const ts of [...upserts.map((message) => message.ts), ...gone]) touched.get(channel)?.add(ts);
});

/** Fetch the newest page of a conversation; what the page lacks was deleted meanwhile. Throws Refused. */
export function loadLatest(channel) {
  return once(`latest:${channel}`, async () => {
    const { page, fresh } = await fetchPage(channel, { limit: PAGE });
    const oldest = page.messages[0]?.ts ?? "0";
    const known = state.messages.get(channel) ?? new Map();
    const there = new Set(page.messages.map((message) => message.ts));
    const replies = (message) => message.thread_ts && message.thread_ts !== message.ts;
    for (const message of known.values()) {
      const missing = message.ts >= oldest && !there.has(message.ts) && fresh(message);
      if (missing && !message.local && !replies(message)) known.delete(message.ts);
    }
    keepMessages(channel, page.messages.filter(fresh), { more: page.more, oldest });
  });
}

/** Fetch the page before the oldest one known; a `long` one to get far back. */
export function loadOlder(channel, { long = false } = {}) {
  return once(`older:${channel}`, async () => {
    const reach = state.reach.get(channel);
    if (!reach?.more) return;
    const { page, fresh } = await fetchPage(channel, { before: reach.oldest, limit: long ? LONG_PAGE : PAGE });
    const oldest = page.messages[0]?.ts ?? reach.oldest;
    keepMessages(channel, page.messages.filter(fresh), { more: page.more && page.messages.length > 0, oldest });
  });
}

/** Fetch a whole thread, its parent first. */
export function loadThread(channel, thread) {
  return once(`thread:${channel}:${thread}`, async () => {
    const { page, fresh } = await fetchPage(channel, { thread, limit: LONG_PAGE });
    keepMessages(channel, page.messages.filter(fresh), null);
  });
}

async function fetchPage(channel, query) {
  const as = state.me;
  if (!state.messages.has(channel)) state.messages.set(channel, new Map());
  const seen = touched.get(channel) ?? new Set();
  touched.set(channel, seen);
  try {
    const page = await get("/window/messages", { as, channel, ...query });
    if (as !== state.me) throw new TypeError("Somebody else is at the desk by now.");
    return { page, fresh: (message) => !seen.has(message.ts) };
  } finally {
    touched.delete(channel);
  }
}

/** The same fetch asked for twice is done once. */
function once(name, fetching) {
  const key = `${state.me}:${name}`;
  if (!loading.has(key)) loading.set(key, fetching().finally(() => loading.delete(key)));
  return loading.get(key);
}
