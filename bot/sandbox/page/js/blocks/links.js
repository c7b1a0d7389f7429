/** Links: what may be opened in a tab of its own, and what leads to a place in this page. */

import { h } from "../dom.js";
import { state, tell } from "../store.js";
import { visible } from "./hidden.js";

const OPENABLE = ["http:", "https:", "mailto:"];
const TS = /^p?(\d{10})\.?(\d{6})$/;

/**
 * Where an address leads: `{inside: {channel, ts, thread, user, home}}` for a place in this page, `{href}` for a page
 * elsewhere, null for what is not opened at all.
 */
export function destination(address) {
  let url;
  try {
    url = new URL(address.trim());
  } catch {
    return null;
  }
  if (url.protocol === "slack:") return deepLink(url);
  if (!OPENABLE.includes(url.protocol)) return null;
  const ours = url.hostname === "slack.com" || url.hostname.endsWith(".slack.com");
  return (ours && url.protocol === "https:" && placeOf(url)) || { href: url.href, host: url.host };
}

function deepLink(url) {
  const [kind, id] = [url.host || url.pathname.replaceAll("/", ""), url.searchParams.get("id")];
  if (kind === "channel" && id) return { inside: { channel: id, ts: stamp(url.searchParams.get("message")) } };
  if (kind === "user" && id) return { inside: { user: id } };
  if (kind === "app") return { inside: { home: url.searchParams.get("tab") ?? "home" } };
  return kind === "file" && id ? fileOf(id) : null;
}

function placeOf(url) {
  const [first, second, third] = url.pathname.split("/").filter(Boolean);
  const thread = stamp(url.searchParams.get("thread_ts"));
  if (first === "archives" && second) return { inside: { channel: second, ts: stamp(third), thread } };
  if (first === "client" && third) return { inside: { channel: third, ts: null, thread: null } };
  if (first === "app_redirect" && url.searchParams.get("channel")) return { inside: { channel: url.searchParams.get("channel") } };
  if (first === "team" && second) return { inside: { user: second } };
  if (first === "files" && third) return fileOf(third);
  return null;
}

function fileOf(id) {
  const query = new URLSearchParams({ as: state.me ?? "", id });
  return { href: `/window/file?${query}`, own: true };
}

function stamp(text) {
  const match = TS.exec(text ?? "");
  return match ? `${match[1]}.${match[2]}` : null;
}

/** Go to a place in this page; the shell listens to the topic `go` and knows the way, or that there is none. */
export function go(place) {
  tell("go", { ts: null, thread: null, ...place });
}

/** A link around these children, or the children alone where the address is none that is opened. */
export function anchor(address, children, props = {}) {
  const where = destination(address);
  if (!where) return h("span", { class: "bk-dead", title: `Not a link that opens: ${address}` }, children);
  if (where.inside) return inner(where.inside, children, props);
  return h("a", { class: "bk-link", ...props, href: where.href, target: "_blank", rel: "noopener noreferrer" }, children);
}

function inner(place, children, props) {
  const follow = (event) => {
    event.preventDefault();
    go(place);
  };
  return h("a", { class: "bk-link", ...props, href: `#${place.channel ?? place.user ?? "home"}`, onclick: follow }, children);
}

/** An anchor whose words are shown as they are; one that names another host than it leads to says which. */
export function labelled(address, label, children = visible(label)) {
  const where = destination(address);
  const named = /^\s*(?:https?:\/\/)?((?:[\w-]+\.)+[a-z]{2,})(?=[/\s:?#]|$)/i.exec(label)?.[1]?.toLowerCase();
  const honest = !where?.host || !named || where.host.toLowerCase().replace(/:\d+$/, "") === named;
  const title = where?.href && label !== address ? where.href : undefined;
  return anchor(address, children, honest ? { title } : { title, class: "bk-link bk-misleading", dataset: { host: where.host } });
}
