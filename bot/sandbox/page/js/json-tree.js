/** JSON one can open and close; what is closed is not drawn yet. */
import { h } from "./dom.js";

const OPEN_DEPTH = 2;
const SHORT = 80;

/** Any JSON value as nodes. */
export function jsonTree(value) {
  return h("div", { class: "json" }, node(value, 0));
}

function node(value, depth) {
  if (value === null || typeof value !== "object") return leaf(value);
  const entries = Array.isArray(value) ? value.map((one, index) => [index, one]) : Object.entries(value);
  const [left, right] = Array.isArray(value) ? "[]" : "{}";
  if (!entries.length) return h("span", { class: "json-mark" }, left + right);
  const flat = JSON.stringify(value);
  if (flat.length < SHORT && entries.every(([, one]) => one === null || typeof one !== "object")) return branchLine(entries, left, right);
  const body = h("div", { class: "json-body" });
  const details = h("details", { open: depth < OPEN_DEPTH }, h("summary", null, h("span", { class: "json-mark" }, `${left} ${entries.length} ${right}`)), body);
  const fill = () => body.children.length || body.append(...entries.map((entry) => line(entry, depth)));
  if (details.open) fill();
  details.addEventListener("toggle", () => details.open && fill());
  return details;
}

function branchLine(entries, left, right) {
  const parts = entries.flatMap(([key, one], index) => [index ? ", " : "", left === "{" ? [h("span", { class: "json-key" }, key), ": "] : "", leaf(one)]);
  return h("span", null, h("span", { class: "json-mark" }, left), parts, h("span", { class: "json-mark" }, right));
}

function line([key, one], depth) {
  return h("div", { class: "json-line" }, h("span", { class: "json-key" }, key), ": ", node(one, depth + 1));
}

function leaf(value) {
  const kind = value === null ? "null" : typeof value;
  return h("span", { class: `json-${kind}` }, kind === "string" ? `"${value}"` : String(value));
}
