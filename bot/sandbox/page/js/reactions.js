/** Reactions below a message, and adding one. */
import { act } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { nameOf, state } from "./store.js";
import { toast } from "./toasts.js";
import { pickEmoji } from "./emoji-picker.js";
import { emojiNode } from "./blocks/text.js";

/** The row of reactions of a message, or null. */
export function reactionsOf(message) {
  if (!message.reactions?.length) return null;
  const add = h(
    "button",
    { type: "button", class: "reaction add", "aria-label": "Add reaction", onclick: (event) => chooseReaction(event.currentTarget, message) },
    icon("smile"),
  );
  return h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, message.reactions.map((one) => chip(message, one)), add);
}

function chip(message, { name, users, count }) {
  const mine = users.includes(state.me);
  const names = users.map((id) => (id === state.me ? "you" : nameOf(id))).join(", ");
  return h(
    "button",
    {
      type: "button",
      class: ["reaction", mine && "mine"],
      "aria-pressed": mine,
      "aria-label": `${name}, ${count}: ${names}`,
      title: `${names} reacted with :${name}:`,
      onclick: () => toggle(message, name, mine),
    },
    h("span", { class: "reaction-face" }, emojiNode(name)),
    h("span", { class: "reaction-count" }, count ?? users.length),
  );
}

async function toggle(message, name, mine) {
  const result = await act(mine ? "unreacts" : "reacts", { channel: message.channel, ts: message.ts, emoji: name });
  if (!result.ok) toast(result.reason ?? "The reaction was not taken.");
}

/** Let the person choose an emoji and react with it. */
export function chooseReaction(anchor, message) {
  pickEmoji(anchor, (name) => {
    const mine = message.reactions?.some((one) => one.name === name && one.users.includes(state.me));
    if (!mine) toggle(message, name, false);
  });
}
