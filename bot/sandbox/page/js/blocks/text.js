/** Text objects drawn as nodes, and the small things text is made of. */

import { h } from "../dom.js";
import { withEmoji } from "./emoji.js";
import { visible } from "./hidden.js";
import { drawInline, drawMrkdwn } from "./mrkdwn.js";

export { formatDate } from "./dates.js";
export { CATEGORIES, emoji, emojiNode } from "./emoji.js";
export { channelMention, userMention } from "./mentions.js";
export { visible } from "./hidden.js";

/** mrkdwn as a fragment; `verbatim` leaves bare addresses alone. */
export function renderMrkdwn(text, _ctx, { verbatim = false } = {}) {
  return fragment(drawMrkdwn(String(text ?? ""), { bareLinks: !verbatim }));
}

/** Text in which nothing is markup; emoji names are drawn unless the text says otherwise. */
export function renderPlain(text, _ctx, { emoji = true } = {}) {
  const string = String(text ?? "");
  return fragment(emoji ? withEmoji(string, visible) : visible(string));
}

/** One line of mrkdwn, such as a topic or an attachment's title. */
export function renderLine(text, _ctx) {
  return fragment(drawInline(String(text ?? "").replaceAll("\n", " ")));
}

/** A text object (mrkdwn, plain_text or a bare string) in an element of its own. */
export function textNode(thing, ctx, props = {}, tag = "div") {
  const { class: more, ...rest } = props;
  return h(tag, { dir: "auto", class: ["bk-text", more], ...rest }, textPart(thing, ctx));
}

/** The same without an element around it. */
export function textPart(thing, ctx) {
  if (typeof thing === "string") return renderPlain(thing, ctx);
  if (thing?.type === "mrkdwn") return renderMrkdwn(thing.text, ctx, { verbatim: thing.verbatim });
  return renderPlain(thing?.text, ctx, { emoji: thing?.emoji ?? true });
}

/** The words of a text object as a string, for labels that cannot hold nodes. */
export function wordsOf(thing) {
  return typeof thing === "string" ? thing : String(thing?.text ?? "");
}

function fragment(nodes) {
  const holder = document.createDocumentFragment();
  holder.append(...nodes);
  return holder;
}
