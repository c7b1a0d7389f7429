/** rich_text: sections, lists, quotes and code as the writer laid them out; nothing in it is markup. */

import { h } from "../dom.js";
import { emojiNode } from "./emoji.js";
import { visible } from "./hidden.js";
import { labelled } from "./links.js";
import { broadcast, channelMention, dateNode, groupMention, userMention } from "./mentions.js";
import { unsupported } from "./elements.js";

const STYLES = { code: "code", bold: "strong", italic: "em", strike: "del", underline: "u" };
const INLINE = {
  text: (part) => visible(part.text ?? ""),
  link: (part) => labelled(part.url ?? "", part.text || part.url || ""),
  user: (part) => userMention(part.user_id),
  channel: (part) => channelMention(part.channel_id),
  usergroup: (part) => groupMention(part.usergroup_id),
  broadcast: (part) => broadcast(part.range),
  emoji: (part) => emojiNode(part.skin_tone ? `${part.name}::skin-tone-${part.skin_tone}` : part.name),
  date: (part) => dateNode(part.timestamp, part.format, part.fallback ?? "", part.url),
  color: (part) => colour(part.value ?? ""),
};
const PARTS = {
  rich_text_section: (part) => h("div", { class: "bk-rich-line", dir: "auto" }, inline(part.elements)),
  rich_text_quote: (part) => h("blockquote", { class: "bk-quote", dir: "auto" }, inline(part.elements)),
  rich_text_preformatted: (part) => h("pre", { class: "bk-pre" }, h("code", null, inline(part.elements))),
};

/** A rich_text block or table cell. */
export function drawRichText(block) {
  const nodes = [];
  for (const part of block.elements ?? []) {
    if (part.type === "rich_text_list") addList(nodes, part);
    else nodes.push(PARTS[part.type] ? PARTS[part.type](part) : unsupported("rich text", part));
  }
  return h("div", { class: "bk-rich" }, nodes);
}

/** Slack sends one list per run of the same indent; a deeper one belongs to the last item before it. */
function addList(nodes, part) {
  const indent = Math.min(Number(part.indent) || 0, 8);
  const tag = part.style === "ordered" ? "ol" : "ul";
  const rows = (part.elements ?? []).map((row) => h("li", { dir: "auto" }, inline(row.elements)));
  const list = h(tag, { class: ["bk-list-block", `bk-style-${indent % 3}`, part.border && "bk-bordered"], start: tag === "ol" && part.offset ? part.offset + 1 : null, dataset: { indent } }, rows);
  const host = indent ? hostOf(nodes.at(-1), indent) : null;
  if (host) host.append(list);
  else {
    if (indent) list.classList.add(`bk-indent-${indent}`);
    nodes.push(list);
  }
}

function hostOf(node, indent) {
  if (!node?.matches?.("ul, ol")) return null;
  let list = node;
  for (;;) {
    const item = list.lastElementChild;
    const deeper = item?.lastElementChild;
    if (!deeper?.matches("ul, ol") || Number(deeper.dataset.indent) >= indent) {
      return Number(list.dataset.indent) < indent ? item : null;
    }
    list = deeper;
  }
}

function inline(parts) {
  return (parts ?? []).map((part) => {
    const draw = INLINE[part?.type];
    return draw ? styled(draw(part), part.style) : unsupported("rich text", part);
  });
}

function styled(node, style) {
  let drawn = node;
  for (const [name, tag] of Object.entries(STYLES)) {
    if (style?.[name]) drawn = h(tag, { class: name === "code" ? "bk-code" : null }, drawn);
  }
  return style?.highlight || style?.client_highlight ? h("mark", { class: "bk-mark" }, drawn) : drawn;
}

function colour(value) {
  const known = /^#[0-9a-f]{3,8}$/i.test(value);
  const swatch = known && h("span", { class: "bk-swatch", vars: { "--swatch": value }, "aria-hidden": "true" });
  return h("span", { class: "bk-colour" }, swatch, visible(value));
}
