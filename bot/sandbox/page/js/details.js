/** What a conversation is about, its pinned messages, its canvas. */
import { act } from "./api.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, cast, roleOf, signedTitle } from "./people.js";
import { channelPlace, go, showPane } from "./place.js";
import { contextOf, messageRow } from "./message.js";
import { channel as find, person, state, subscribe } from "./store.js";
import { toast } from "./toasts.js";
import { ask } from "./blocks/confirm.js";
import { renderBlocks } from "./blocks/index.js";
import { renderMrkdwn } from "./blocks/text.js";

/** Keep a pane drawn after every desk that changes what it shows. */
function kept(id, draw) {
  const element = h("div", { class: "pane-body", tabindex: -1 });
  let before = "";
  const redraw = () => {
    const channel = find(id);
    const sign = JSON.stringify(channel);
    if (!channel || sign === before) return;
    before = sign;
    replace(element, draw(channel));
  };
  redraw();
  return { element, close: subscribe("desk", redraw) };
}

/** Topic, purpose, members, and what one can do with the conversation. */
export function aboutPane(id) {
  return kept(id, (channel) => [
    h("h3", { class: "about-name" }, signedTitle(channel)),
    fact("Topic", channel.topic),
    fact("Purpose", channel.purpose),
    members(channel),
    deeds(channel),
  ]);
}

function fact(name, words) {
  return words && h("section", { class: "fact" }, h("h4", null, name), h("p", null, renderMrkdwn(words, { surface: "message" })));
}

function members(channel) {
  const row = (id) => {
    const one = person(id);
    const detail = one?.is_bot ? "App" : one ? roleOf(one) : "";
    return h("li", { class: "member" }, avatar(id), h("span", { class: "member-words" }, h("span", { class: "member-name" }, one?.name ?? id), h("span", { class: "member-detail" }, detail)));
  };
  return h("section", { class: "fact" }, h("h4", null, `Members (${channel.members.length})`), h("ul", { role: "list" }, channel.members.map(row)));
}

function deeds(channel) {
  if (!channel.is_member || channel.archived || !["public", "private"].includes(channel.kind)) return null;
  return h(
    "section",
    { class: "fact deeds" },
    inviteForm(channel),
    h("button", { type: "button", class: "button", onclick: () => perform("leaves", channel) }, icon("leave"), "Leave channel"),
    !channel.general && h("button", { type: "button", class: "button", onclick: (event) => archive(event.currentTarget, channel) }, icon("archive"), "Archive channel"),
  );
}

function inviteForm(channel) {
  const { app } = state.desk;
  const candidates = [...(app ? [person(app.user)] : []), ...cast()].filter((one) => one && !channel.members.includes(one.id));
  if (!candidates.length) return null;
  const choice = h("select", { class: "field", "aria-label": "Who to add" }, candidates.map((one) => h("option", { value: one.id }, one.name)));
  const submit = async (event) => {
    event.preventDefault();
    const result = await act("invites", { channel: channel.id, user: choice.value });
    if (!result.ok) toast(result.reason ?? "They could not be added.");
  };
  return h("form", { class: "invite", onsubmit: submit }, choice, h("button", { type: "submit", class: "button" }, icon("plus"), "Add"));
}

async function perform(verb, channel) {
  const result = await act(verb, { channel: channel.id });
  if (result.ok) showPane(null);
  else toast(result.reason ?? "It could not be done.");
}

async function archive(opener, channel) {
  const plain = (text) => ({ type: "plain_text", text });
  const question = { title: `Archive ${signedTitle(channel)}?`, text: plain("Nobody will be able to write in it."), confirm: plain("Archive"), deny: plain("Cancel"), style: "danger" };
  if (await ask(question, {}, opener)) await perform("archives", channel);
}

/** The pinned messages, newest pin first. */
export function pinsPane(id) {
  return kept(id, (channel) => {
    const pinned = [...(channel.pinned ?? [])].reverse();
    if (!pinned.length) return h("p", { class: "pane-empty" }, "Nothing is pinned here.");
    return pinned.map((message) => pinCard({ ...message, channel: id, pinned_to: null }));
  });
}

function pinCard(message) {
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  const show = () => go({ ...channelPlace(message.channel, reply ? { kind: "thread", ts: message.thread_ts, show: message.ts } : null), show: reply ? message.thread_ts : message.ts });
  return h(
    "div",
    { class: "pin-card" },
    messageRow({ message: { ...message, reply_count: 0 }, grouped: false }, { inThread: true }),
    h("button", { type: "button", class: "link-button", onclick: show }, "Go to the message"),
  );
}

/** The canvas of a conversation, drawn from its Markdown. */
export function canvasPane(id) {
  return kept(id, ({ canvas }) => {
    if (!canvas) return h("p", { class: "pane-empty" }, "There is no canvas here.");
    const blocks = [{ type: "markdown", text: canvas.markdown }];
    return h("div", { class: "canvas" }, canvas.title && h("h3", null, canvas.title), renderBlocks(blocks, { ...contextOf({ channel: id, ts: "0" }), act: async () => ({ ok: true }) }));
  });
}
