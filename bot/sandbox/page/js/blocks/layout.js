/** Blocks of layout: section, header, context, actions, input, alert, video, file. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { uid } from "./acting.js";
import { drawElement, unsupported } from "./elements.js";
import { picture } from "./image.js";
import { anchor } from "./links.js";
import { textNode, textPart, wordsOf } from "./text.js";

const LEVELS = { default: "", info: "info", warning: "warning", error: "error", success: "success" };

/** Words, two columns of fields, something beside them. */
export function drawSection(block, ctx) {
  const fields = block.fields?.length && h("div", { class: "bk-fields" }, block.fields.map((field) => textNode(field, ctx, { class: "bk-cell" })));
  const words = h("div", { class: "bk-section-words" }, block.text && textNode(block.text, ctx), fields);
  if (!block.accessory) return h("div", { class: "bk-section" }, words);
  const beside = wordsOf(block.text).split("\n")[0].slice(0, 120);
  const accessory = drawElement(block.accessory, { block, ctx, beside });
  return h("div", { class: "bk-section" }, words, h("div", { class: ["bk-accessory", `bk-accessory-${block.accessory.type}`] }, accessory));
}

/** A heading in plain text. */
export function drawHeader(block, ctx) {
  return textNode(block.text, ctx, { class: "bk-header" }, "h3");
}

/** Small print and small pictures in a row. */
export function drawContext(block, ctx) {
  const parts = (block.elements ?? []).map((part) => {
    if (part.type === "image") return drawElement(part, { block, ctx });
    return ["mrkdwn", "plain_text"].includes(part.type) ? textNode(part, ctx, {}, "span") : unsupported("element", part);
  });
  return h("div", { class: "bk-context" }, parts);
}

/** Buttons, menus and pickers in a row. */
export function drawActions(block, ctx) {
  return h("div", { class: "bk-actions" }, (block.elements ?? []).map((element) => drawElement(element, { block, ctx })));
}

/** A labelled field with its hint, and what is wrong with it. */
export function drawInput(block, ctx) {
  const [id, label, hint, error, mark] = ["field", "label", "hint", "error", "optional"].map(uid);
  const wrong = ctx.errors?.[block.block_id];
  const described = [block.optional && mark, block.hint && hint, wrong && error].filter(Boolean).join(" ");
  const names = { id, "aria-labelledby": label, "aria-describedby": described || null, "aria-invalid": wrong ? "true" : null, "aria-required": block.optional ? null : "true" };
  const field = drawElement(block.element, { block, ctx, names, acts: Boolean(block.dispatch_action), optional: Boolean(block.optional) });
  const heading = h("div", { class: "bk-label-row" }, h("label", { id: label, for: id, class: "bk-label", dir: "auto" }, textPart(block.label, ctx)), block.optional && h("span", { id: mark, class: "bk-optional" }, "(optional)"));
  const hintNode = block.hint && textNode(block.hint, ctx, { id: hint, class: "bk-hint" });
  const node = h("div", { class: ["bk-input", wrong && "bk-wrong"] }, heading, field, wrong && errorNode(error, wrong), hintNode);
  const forget = () => forgive(node, ctx, block);
  node.addEventListener("input", forget);
  node.addEventListener("change", forget);
  return node;
}

function errorNode(id, sentence) {
  return h("p", { id, class: "bk-error" }, icon("alert"), h("span", { dir: "auto" }, sentence));
}

/** A field that is being corrected is no longer called wrong. */
function forgive(node, ctx, block) {
  if (!node.classList.contains("bk-wrong")) return;
  if (ctx.errors) delete ctx.errors[block.block_id];
  node.classList.remove("bk-wrong");
  node.querySelector(".bk-error")?.remove();
  node.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
}

/** One sentence that stands out. */
export function drawAlert(block, ctx) {
  const level = LEVELS[block.level] ?? "";
  return h("div", { class: ["bk-alert", level && `bk-alert-${level}`], role: "note" }, icon("alert"), textNode(block.text, ctx));
}

/** A video as a card: it is not played here, its title leads to it. */
export function drawVideo(block, ctx) {
  const title = textPart(block.title, ctx);
  const from = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return h(
    "div",
    { class: "bk-card bk-video" },
    h("div", { class: "bk-card-words" }, from && h("span", { class: "bk-card-small", dir: "auto" }, from), h("strong", { dir: "auto" }, block.title_url ? anchor(block.title_url, title) : title),
      block.description && textNode(block.description, ctx, { class: "bk-card-more" })),
    picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "bk-image-video"),
  );
}

/** A file kept elsewhere, by the id its owner gave it. */
export function drawRemoteFile(block) {
  const words = h("div", { class: "bk-card-words" }, h("strong", { dir: "auto" }, String(block.external_id ?? block.file_id ?? "File")), h("span", { class: "bk-card-small" }, `${block.source ?? "remote"} file`));
  return h("div", { class: "bk-card bk-file" }, icon("file"), words);
}
