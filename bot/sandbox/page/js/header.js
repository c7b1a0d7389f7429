/** Above a conversation: its name, topic, members, pins, canvas and bookmarks. */
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, titleOf } from "./people.js";
import { appPlace, channelPlace, go, place, showPane } from "./place.js";
import { person, state } from "./store.js";
import { anchor } from "./blocks/links.js";
import { emojiNode, renderMrkdwn } from "./blocks/text.js";

/** The header of a conversation as it stands now. */
export function headerOf(channel) {
  const app = channel.id === state.desk.app?.dm;
  return h("header", { class: "middle-header" }, app ? appTabs("messages") : [titleLine(channel), bookmarks(channel)]);
}

function titleLine(channel) {
  return h(
    "div",
    { class: "title-line" },
    h("h1", { class: "middle-title" }, face(channel), h("span", null, titleOf(channel))),
    channel.topic && h("p", { class: "topic", title: channel.topic }, renderMrkdwn(channel.topic, { surface: "message" })),
    h(
      "div",
      { class: "header-tools" },
      paneButton("about", "people", `${channel.members.length} members`, String(channel.members.length)),
    ),
  );
}

function face(channel) {
  if (channel.kind === "public" || channel.kind === "private") return icon(channel.kind === "private" ? "lock" : "hash");
  const [first] = channel.with ?? [];
  return avatar(first ?? state.me, { size: "small" });
}

function paneButton(kind, drawing, label, words) {
  const open = place.pane?.kind === kind;
  return h(
    "button",
    { type: "button", class: ["header-button", open && "on"], "aria-label": label, "aria-pressed": open, title: label, onclick: () => showPane(open ? null : { kind }) },
    icon(drawing),
    words && h("span", null, words),
  );
}

function bookmarks(channel) {
  const links = (channel.bookmarks ?? []).map((one) =>
    h("li", null, anchor(one.link, [one.emoji ? emojiNode(one.emoji.replaceAll(":", "")) : icon("bookmark"), h("span", null, one.title)], { class: "bar-item" })),
  );
  const pins = channel.pins?.length ?? 0;
  if (!links.length && !pins && !channel.canvas) return null;
  return h(
    "ul",
    { class: "bookmark-bar", role: "list", "aria-label": "Pins and bookmarks" },
    pins > 0 && h("li", null, barButton("pins", "pin", `${pins} pinned`)),
    channel.canvas && h("li", null, barButton("canvas", "canvas", channel.canvas.title || "Canvas")),
    links,
  );
}

function barButton(kind, drawing, words) {
  const open = place.pane?.kind === kind;
  return h(
    "button",
    { type: "button", class: ["bar-item", open && "on"], "aria-pressed": open, onclick: () => showPane(open ? null : { kind }) },
    icon(drawing),
    h("span", null, words),
  );
}

/** The tabs of the app's own place; `chosen` is "home", "messages" or "about". */
export function appTabs(chosen) {
  const { app } = state.desk;
  const tabs = [
    ["home", "Home", () => go(appPlace("home"))],
    ["messages", "Messages", () => go(channelPlace(app.dm))],
    ["about", "About", () => go(appPlace("about"))],
  ];
  const tab = ([name, words, open]) =>
    h("button", { type: "button", class: "tab", role: "tab", "aria-selected": name === chosen, tabindex: name === chosen ? 0 : -1, onclick: open }, words);
  return [
    h("div", { class: "title-line" }, h("h1", { class: "middle-title" }, avatar(app.user, { size: "small" }), h("span", null, app.name), person(app.user)?.is_bot && h("span", { class: "tag" }, "APP"))),
    h("div", { class: "tabs", role: "tablist", "aria-label": app.name, onkeydown: walkTabs }, tabs.map(tab)),
  ];
}

function walkTabs(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const tabs = [...event.currentTarget.children];
  tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length].click();
  requestAnimationFrame(() => document.querySelector("[role=tab][aria-selected=true]")?.focus());
}
