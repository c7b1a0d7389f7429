/** Where we are, kept in the address: `?as=handle#/c/ID[/t/TS|/about|/pins|/canvas]` or `#/app[/about]`. */
import { person, state, tell } from "./store.js";

const PANES = ["about", "pins", "canvas"];

/** The place now: `{view: "channel"|"app", channel, tab, pane: null|{kind, ts?}}`. */
export let place = { view: "none", channel: null, tab: null, pane: null };

/** Whom the address asks to act as: a handle or id, or null. */
export function askedPerson() {
  return new URLSearchParams(location.search).get("as");
}

/** The place the address names, or null where it names none. */
export function askedPlace() {
  return parse(location.hash);
}

function parse(hash) {
  const [, view, first, second, third] = hash.split("/").map(decodeURIComponent);
  if (view === "app") return appPlace(first === "about" ? "about" : "home");
  if (view !== "c" || !first) return null;
  if (second === "t" && third) return channelPlace(first, { kind: "thread", ts: third });
  return channelPlace(first, PANES.includes(second) ? { kind: second } : null);
}

/** A conversation, with what stands to its right. */
export function channelPlace(channel, pane = null) {
  return { view: "channel", channel, tab: null, pane };
}

/** The app's own place, on a tab: "home" or "about". */
export function appPlace(tab = "home") {
  return { view: "app", channel: null, tab, pane: null };
}

function hashOf(where) {
  if (where.view === "app") return where.tab === "about" ? "#/app/about" : "#/app";
  if (where.view !== "channel") return "";
  const { pane } = where;
  const rest = pane ? (pane.kind === "thread" ? `/t/${pane.ts}` : `/${pane.kind}`) : "";
  return `#/c/${where.channel}${rest}`;
}

/** Go somewhere; `replace` leaves no step to go back to. */
export function go(where, { replace = false } = {}) {
  const url = `?${new URLSearchParams({ as: person(state.me)?.handle ?? state.me })}${hashOf(where)}`;
  const here = location.search + location.hash;
  if (url !== here) history[replace ? "replaceState" : "pushState"](null, "", url);
  place = where;
  remember(where);
  tell("place", where);
}

/** Open or close what stands to the right of the conversation. */
export function showPane(pane, options) {
  if (place.view === "channel") go(channelPlace(place.channel, pane), options);
}

function remember(where) {
  try {
    sessionStorage.setItem(`place:${state.me}`, hashOf({ ...where, pane: null }));
  } catch {
    return;
  }
}

/** Where this person was last in this window, or null. */
export function lastPlace(user) {
  try {
    return parse(sessionStorage.getItem(`place:${user}`) ?? "");
  } catch {
    return null;
  }
}
