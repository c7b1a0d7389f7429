/** Files of a message: pictures shown, texts opened in the page, everything else to take home. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { trap } from "./confirm.js";
import { drawMarkdown } from "./markdown.js";

const READABLE = ["text/plain", "text/markdown", "text/csv", "application/json"];
const MOST = 400_000;
let counter = 0;

/** One file. */
export function drawFile(file) {
  if (file.mode === "tombstone") return h("div", { class: "bk-card bk-file bk-gone" }, icon("file"), "This file was deleted.");
  const name = file.title || file.name || "File";
  if ((file.mimetype ?? "").startsWith("image/") && file.mimetype !== "image/svg+xml") return pictureOf(file, name);
  const readable = READABLE.includes(file.mimetype) || /\.(md|txt|csv|json|log|yaml|yml)$/i.test(file.name ?? "");
  const words = h("div", { class: "bk-card-words" }, h("strong", { dir: "auto" }, name), h("span", { class: "bk-card-small" }, `${kindOf(file)} · ${sizeOf(file.size)}`));
  const open = readable && h("button", { type: "button", class: "button small", "aria-label": `Open ${name}`, onclick: (event) => show(file, name, event.currentTarget) }, "Open");
  const take = h("a", { class: "icon-button", href: file.url, download: file.name, "aria-label": `Download ${name}` }, icon("download"));
  return h("div", { class: "bk-card bk-file" }, icon("file"), words, open, take);
}

function pictureOf(file, name) {
  return h("figure", { class: "bk-image" }, h("figcaption", { class: "bk-image-title", dir: "auto" }, name), h("img", { class: "bk-image-large", src: file.url, alt: name, loading: "lazy" }));
}

function kindOf(file) {
  const kinds = { md: "Markdown", txt: "Text", text: "Text", csv: "CSV", json: "JSON", pdf: "PDF", html: "HTML" };
  return kinds[file.filetype] ?? String(file.filetype ?? "file").toUpperCase();
}

function sizeOf(bytes) {
  if (!(bytes >= 1000)) return `${bytes ?? 0} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

async function show(file, name, opener) {
  counter += 1;
  const title = `file-title-${counter}`;
  const body = h("div", { class: "bk-dialog-body bk-reading", tabindex: "0" }, h("p", { role: "status" }, "Loading…"));
  const close = () => {
    overlay.remove();
    if (opener.isConnected) opener.focus();
  };
  const closer = h("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: close }, icon("close"));
  const box = h("div", { class: "bk-dialog bk-dialog-wide", role: "dialog", "aria-modal": "true", "aria-labelledby": title }, h("div", { class: "bk-dialog-head" }, h("h2", { id: title, class: "bk-dialog-title", dir: "auto" }, name), closer), body);
  const onkeydown = (event) => {
    if (event.key !== "Escape") return trap(event, box);
    event.preventDefault();
    return close();
  };
  const overlay = h("div", { class: "bk-overlay", onkeydown, onclick: (event) => event.target === overlay && close() }, box);
  document.body.append(overlay);
  body.focus();
  body.replaceChildren(await contentOf(file));
}

async function contentOf(file) {
  try {
    const answer = await fetch(file.url);
    if (!answer.ok) return h("p", null, "This file cannot be opened.");
    const text = (await answer.text()).slice(0, MOST);
    return /\.md$/i.test(file.name ?? "") || file.mimetype === "text/markdown" ? drawMarkdown(text) : h("pre", { class: "bk-pre" }, text);
  } catch {
    return h("p", null, "This file cannot be opened.");
  }
}
