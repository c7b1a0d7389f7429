/** Text as text: characters that nobody sees, or that turn the direction of others, are shown where they stand. */

import { h } from "../dom.js";

const BETWEEN_LATIN = "(?<=[A-Za-z0-9])[\\u200c\\u200d]+(?=[A-Za-z0-9])";
const FLAG = "\\u{1f3f4}[\\u{e0020}-\\u{e007f}]+";
const UNSEEN = "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u061c\\u180e\\u200b\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb";
const HIDDEN = new RegExp(`(${FLAG})|${BETWEEN_LATIN}|[${UNSEEN}\\u{e0000}-\\u{e007f}]+`, "gu");

/** The string as nodes; its text content is the string itself. */
export function visible(string) {
  const nodes = [];
  let end = 0;
  for (const match of string.matchAll(HIDDEN)) {
    if (match[1]) continue;
    if (match.index > end) nodes.push(string.slice(end, match.index));
    nodes.push(mark(match[0]));
    end = match.index + match[0].length;
  }
  if (end < string.length) nodes.push(string.slice(end));
  return nodes;
}

function mark(run) {
  const letters = [...run];
  const codes = [...new Set(letters)].slice(0, 3).map((one) => "U+" + one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"));
  const times = letters.length > 1 ? ` ×${letters.length}` : "";
  const code = codes.join(" ") + times;
  return h("span", { class: "bk-hidden", dataset: { code }, title: `Invisible: ${code}` }, run);
}
