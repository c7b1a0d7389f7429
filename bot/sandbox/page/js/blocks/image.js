/** Images: the sandbox's own are shown, all others are named and never loaded. */

import { h } from "../dom.js";
import { state } from "../store.js";
import { textNode } from "./text.js";

/** An image element, as in a context block or beside a section. */
export function drawImage(element) {
  return picture(element, "bk-image-small");
}

/** An image block with its title. */
export function drawImageBlock(block, ctx) {
  const title = block.title && textNode(block.title, ctx, { class: "bk-image-title" }, "figcaption");
  return h("figure", { class: "bk-image" }, title, picture(block, "bk-image-large"));
}

/** An address whose picture may be shown: one on this page's own origin. */
export function ownAddress(address) {
  try {
    const url = new URL(address, location.href);
    return url.origin === location.origin ? url.pathname + url.search : null;
  } catch {
    return null;
  }
}

/** The picture, or a frame that says what would be there and from where. */
export function picture({ image_url: address, slack_file: file, alt_text: alt = "" }, size) {
  const own = file?.id ? `/window/file?${new URLSearchParams({ as: state.me ?? "", id: file.id })}` : ownAddress(address ?? "");
  if (own) return h("img", { class: size, src: own, alt, loading: "lazy" });
  return h("span", { class: ["bk-placeholder", size], role: "img", "aria-label": alt || "Image", title: `Not loaded: ${address ?? "a file"}` },
    h("span", { class: "bk-placeholder-mark", "aria-hidden": "true" }), h("span", { class: "bk-placeholder-words" }, alt || "Image"),
    h("span", { class: "bk-placeholder-host" }, hostOf(address)));
}

function hostOf(address) {
  try {
    return new URL(address).host;
  } catch {
    return "elsewhere";
  }
}
