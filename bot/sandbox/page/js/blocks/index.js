/** Block Kit drawn: every block by its type, one that is not known shown as such, nothing ever left out. */

import { h } from "../dom.js";
import { drawAttachment } from "./attachments.js";
import { unsupported } from "./elements.js";
import { drawFile } from "./files.js";
import { drawImageBlock } from "./image.js";
import { drawActions, drawAlert, drawContext, drawHeader, drawInput, drawRemoteFile, drawSection, drawVideo } from "./layout.js";
import { drawMarkdown } from "./markdown.js";
import { drawRichText } from "./rich_text.js";
import { drawTable } from "./table.js";
import { renderMrkdwn } from "./text.js";

const BLOCKS = {
  section: drawSection,
  header: drawHeader,
  divider: () => h("hr", { class: "bk-divider" }),
  image: drawImageBlock,
  context: drawContext,
  actions: drawActions,
  input: drawInput,
  rich_text: drawRichText,
  markdown: (block) => drawMarkdown(block.text ?? ""),
  table: drawTable,
  alert: drawAlert,
  video: drawVideo,
  file: drawRemoteFile,
};

/** Blocks as a fragment. ctx: {surface, where, act(block, element, value), typed, errors[, values, onTyped]}. */
export function renderBlocks(blocks, ctx) {
  const holder = document.createDocumentFragment();
  holder.append(...(blocks ?? []).map((block) => drawBlock(block, ctx)));
  return holder;
}

function drawBlock(block, ctx) {
  const id = block?.block_id ?? null;
  return h("div", { class: ["bk-block", `bk-is-${String(block?.type).replace(/\W/g, "")}`], dataset: { block: id } }, contentOf(block, ctx));
}

function contentOf(block, ctx) {
  const draw = Object.hasOwn(BLOCKS, block?.type) ? BLOCKS[block.type] : null;
  if (!draw) return unsupported("block", block);
  try {
    return draw(block, ctx);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return unsupported("block", block);
  }
}

/** What a message says: its blocks, or its text where it has none; then attachments, then files. */
export function renderMessageBody(message, ctx) {
  const said = message.blocks?.length ? renderBlocks(message.blocks, ctx) : sentence(message.text, ctx);
  const attached = (message.attachments ?? []).map((one) => drawAttachment(one, ctx, renderBlocks));
  const files = (message.files ?? []).map(drawFile);
  const holder = document.createDocumentFragment();
  holder.append(said, ...attached, ...(files.length ? [h("div", { class: "bk-file-row" }, files)] : []));
  return holder;
}

function sentence(text, ctx) {
  if (!text) return document.createDocumentFragment();
  return h("div", { class: "bk-text bk-sentence", dir: "auto" }, renderMrkdwn(text, ctx));
}
