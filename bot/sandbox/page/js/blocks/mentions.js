/** People, channels, groups and dates inside text, by the names they have now. */

import { h } from "../dom.js";
import { channel, group, now, person, state, subscribe } from "../store.js";
import { formatDate } from "./dates.js";
import { visible } from "./hidden.js";
import { anchor, go, labelled } from "./links.js";

/** The three characters Slack escapes, read back. */
export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** `@Name`; one's own name stands out. */
export function userMention(id, label = "") {
  const who = person(id);
  const name = who ? who.first_name || who.name : label.replace(/^@/, "") || "unknown-user";
  const props = { class: ["mention", id === state.me && "mention-me"], title: who ? [who.name, who.title].filter(Boolean).join(", ") : undefined };
  return h("bdi", { ...props, dataset: { user: id } }, visible("@" + name));
}

/** `#name`, which leads there; a channel this person cannot find keeps its label and leads nowhere. */
export function channelMention(id, label = "") {
  const there = channel(id);
  if (!there) return h("bdi", { class: "mention mention-unknown" }, visible("#" + (label || "unknown-channel")));
  const follow = (event) => {
    event.preventDefault();
    go({ channel: id });
  };
  return h("a", { class: "mention mention-channel", href: `#${id}`, onclick: follow }, h("bdi", null, visible("#" + there.name)));
}

/** `@group`. */
export function groupMention(id) {
  const found = group(id);
  const mine = found?.users?.includes(state.me);
  return h("bdi", { class: ["mention", mine && "mention-me"], title: found?.name }, visible("@" + (found?.handle ?? "unknown-group")));
}

/** `@here`, `@channel`, `@everyone`. */
export function broadcast(range) {
  return h("bdi", { class: "mention mention-me" }, visible("@" + range));
}

/** An instant in the reader's zone; what is no instant shows its fallback. */
export function dateNode(seconds, pattern, fallback, address = "") {
  const words = formatDate(seconds, pattern);
  if (words === null) return h("span", null, visible(fallback));
  const at = new Date(Number(seconds) * 1000).toISOString();
  const node = h("time", { class: "bk-date", datetime: at, title: fallback || at, dataset: { seconds, pattern } }, visible(words));
  return address ? anchor(address, node) : node;
}

/** What one pair of angle brackets means; `inner` is still escaped. */
export function entityNode(inner, withLabel = visible) {
  const cut = inner.indexOf("|");
  const target = cut < 0 ? inner : inner.slice(0, cut);
  const label = cut < 0 ? "" : inner.slice(cut + 1);
  if (target.startsWith("@")) return userMention(target.slice(1), unescape(label));
  if (target.startsWith("#")) return channelMention(target.slice(1), unescape(label));
  if (target.startsWith("!subteam^")) return groupMention(target.slice(9));
  if (target.startsWith("!date^")) return dateEntity(target.slice(6), unescape(label));
  if (target.startsWith("!")) return broadcast(unescape(target.slice(1)));
  const words = unescape(label || target.replace(/^mailto:/, ""));
  return labelled(unescape(target), words, withLabel(words));
}

function dateEntity(target, fallback) {
  const [seconds, pattern = "", ...address] = target.split("^");
  return dateNode(seconds, unescape(pattern), fallback, unescape(address.join("^")));
}

let minute = null;

/** "Today" and "5 minutes ago" go stale as time moves: whatever is on screen is worded again once a minute. */
function reword() {
  const present = Math.floor(now() / 60_000);
  if (present === minute) return;
  minute = present;
  for (const node of document.querySelectorAll("time.bk-date")) {
    const words = formatDate(node.dataset.seconds, node.dataset.pattern);
    if (words !== null && words !== node.textContent) node.replaceChildren(...visible(words));
  }
}

subscribe("clock", reword);
