/** Attachments: what stands beside a colour bar, in today's blocks or in yesterday's fields. */

import { h } from "../dom.js";
import { written } from "../time.js";
import { unsupported } from "./elements.js";
import { picture } from "./image.js";
import { anchor } from "./links.js";
import { renderLine, renderMrkdwn } from "./text.js";

const COLOURS = { good: "var(--good)", warning: "var(--warn)", danger: "var(--danger)" };
const LOOSE = ["pretext", "author_name", "title", "text", "fields", "image_url", "thumb_url", "footer", "actions", "blocks"];

/** One attachment; `drawBlocks` draws the blocks in it. */
export function drawAttachment(attachment, ctx, drawBlocks) {
  const bare = !LOOSE.some((name) => attachment[name]?.length);
  const inner = [
    authorLine(attachment),
    attachment.title && h("div", { class: "bk-attached-title", dir: "auto" }, titleOf(attachment, ctx)),
    attachment.text && mrkdwn(attachment.text, ctx),
    fieldsOf(attachment, ctx),
    attachment.blocks?.length && drawBlocks(attachment.blocks, ctx),
    ...(attachment.actions ?? []).map((action) => unsupported("attachment action", action)),
    attachment.image_url && picture({ image_url: attachment.image_url, alt_text: attachment.fallback }, "bk-image-large"),
    bare && attachment.fallback && mrkdwn(attachment.fallback, ctx),
    footerOf(attachment, ctx),
  ];
  const thumb = attachment.thumb_url && picture({ image_url: attachment.thumb_url, alt_text: attachment.fallback }, "bk-image-small");
  return h("div", { class: "bk-attachment-whole" }, attachment.pretext && mrkdwn(attachment.pretext, ctx),
    h("div", { class: "bk-attachment", vars: barOf(attachment.color) }, h("div", { class: "bk-attached" }, inner), thumb));
}

function barOf(color) {
  const known = COLOURS[color] ?? (/^#?[0-9a-f]{6}$/i.test(color ?? "") ? `#${color.replace("#", "")}` : null);
  return known ? { "--bar": known } : {};
}

function mrkdwn(text, ctx) {
  return h("div", { class: "bk-text", dir: "auto" }, renderMrkdwn(text, ctx));
}

function authorLine({ author_name: name, author_link: address }) {
  return name ? h("div", { class: "bk-card-small", dir: "auto" }, address ? anchor(address, name) : name) : null;
}

function titleOf({ title, title_link: address }, ctx) {
  const words = renderLine(title, ctx);
  return address ? anchor(address, words) : words;
}

function fieldsOf({ fields = [] }, ctx) {
  const rows = fields.map((field) => h("div", { class: ["bk-cell", !field.short && "bk-cell-wide"] }, h("strong", { dir: "auto" }, renderLine(field.title, ctx)), mrkdwn(field.value, ctx)));
  return rows.length > 0 && h("div", { class: "bk-fields" }, rows);
}

function footerOf({ footer, ts }, ctx) {
  const at = ts && Number.isFinite(Number(ts)) ? written(new Date(Number(ts) * 1000), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }) : "";
  const words = [footer && renderLine(footer, ctx), footer && at && " · ", at].filter(Boolean);
  return words.length ? h("div", { class: "bk-card-small" }, words) : null;
}
