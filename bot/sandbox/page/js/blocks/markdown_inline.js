/** The inline half of Markdown: code, emphasis, links, images, breaks; Slack's mentions besides. */

import { h } from "../dom.js";
import { withEmoji } from "./emoji.js";
import { visible } from "./hidden.js";
import { anchor, labelled } from "./links.js";
import { channelMention, entityNode, userMention } from "./mentions.js";
import { picture } from "./image.js";

const ESCAPED = /^\\([!-/:-@[-`{-~])/;
const AUTO = /^<((?:https?|mailto):[^\s<>]+)>/i;
const SLACK = /^<([@#!][^<>\n]+)>/;
const LINK = /^(!?)\[((?:\\.|[^\[\]\\]|\[[^\[\]]*\]){0,2000})\]\(\s*(?:<([^<>\n]*)>|((?:\\.|[^\s()\\]|\([^\s()]*\))*))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/;
const BARE = /^https?:\/\/[^\s<>]+/i;
const BREAK = /^(?: {2,}|\\)\n/;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0", "#39": "'" };
const RUNS = [
  { mark: "***", tags: ["em", "strong"] }, { mark: "___", tags: ["em", "strong"], whole: true },
  { mark: "**", tags: ["strong"] }, { mark: "__", tags: ["strong"], whole: true },
  { mark: "~~", tags: ["del"] }, { mark: "*", tags: ["em"] }, { mark: "_", tags: ["em"], whole: true },
];
const DEEPEST = 12;

/** One paragraph's text as nodes. */
export function drawMarkdownInline(text, depth = 0) {
  const nodes = [];
  const spent = new Set();
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) nodes.push(...withEmoji(plain, visible));
    plain = "";
  };
  while (at < text.length) {
    const found = piece(text, at, depth, spent);
    if (!found) plain += text[at++];
    else {
      if (typeof found.node === "string") plain += found.node;
      else {
        flush();
        nodes.push(found.node);
      }
      at += found.length;
    }
  }
  flush();
  return nodes;
}

function piece(text, at, depth, spent) {
  const first = text[at];
  const rest = () => text.slice(at, at + 6000);
  if (first === "\\") return matched(ESCAPED, rest(), (m) => m[1]) ?? matched(BREAK, rest(), () => h("br"));
  if (first === " ") return text[at + 1] === " " ? matched(BREAK, rest(), () => h("br")) : null;
  if (first === "`") return codeOf(text, at);
  if (first === "<") return matched(SLACK, rest(), (m) => entityNode(m[1])) ?? matched(AUTO, rest(), (m) => anchor(m[1], visible(m[1].replace(/^mailto:/i, ""))));
  if (first === "&") return matched(/^&(amp|lt|gt|quot|nbsp|#39);/, rest(), (m) => ENTITIES[m[1]]);
  if (first === "[" || (first === "!" && text[at + 1] === "[")) return matched(LINK, rest(), (m) => linkOf(m, depth));
  if (first === "h" && !/\w/.test(text[at - 1] ?? "")) return bare(rest());
  return "*_~".includes(first) && depth < DEEPEST ? emphasis(text, at, depth, spent) : null;
}

function matched(pattern, text, make) {
  const match = pattern.exec(text);
  return match && { node: make(match), length: match[0].length };
}

function bare(text) {
  const address = BARE.exec(text)?.[0].replace(/[.,;:!?'")\]*_~]+$/, "");
  return address ? { node: anchor(address, visible(address)), length: address.length } : null;
}

/** The code span that opens at `at`: where its words start and end, and where the text goes on; null where none closes it. */
function codeSpan(text, at) {
  const size = runAt(text, at);
  let next = text.indexOf("`", at + size);
  while (next >= 0) {
    const length = runAt(text, next);
    if (length === size) return { start: at + size, end: next, next: next + size };
    next = text.indexOf("`", next + length);
  }
  return null;
}

function runAt(text, at) {
  let end = at;
  while (text[end] === text[at]) end += 1;
  return end - at;
}

function codeOf(text, at) {
  const span = codeSpan(text, at);
  if (!span) return { node: "`".repeat(runAt(text, at)), length: runAt(text, at) };
  return { node: h("code", { class: "bk-code" }, visible(trimCode(text.slice(span.start, span.end)))), length: span.next - at };
}

function trimCode(code) {
  const line = code.replaceAll("\n", " ");
  return /^ .*[^ ].* $/.test(line) ? line.slice(1, -1) : line;
}

function linkOf([, bang, label, pointed, address], depth) {
  const target = (pointed ?? address ?? "").replace(/\\([!-/:-@[-`{-~])/g, "$1");
  if (bang && /^@U/.test(target)) return userMention(target.slice(1));
  if (bang && /^#C/.test(target)) return channelMention(target.slice(1));
  if (bang) return picture({ image_url: target, alt_text: label }, "bk-image-inline");
  return labelled(target, label, depth < DEEPEST ? drawMarkdownInline(label, depth + 1) : visible(label));
}

function emphasis(text, at, depth, spent) {
  for (const { mark, tags, whole } of RUNS) {
    if (!text.startsWith(mark, at) || spent.has(mark)) continue;
    const start = at + mark.length;
    if (/\s/.test(text[start] ?? " ") || text[start] === mark[0] || (whole && /[\p{L}\p{N}]/u.test(text[at - 1] ?? " "))) continue;
    const end = closing(text, start, mark, whole);
    if (end < 0) {
      spent.add(mark);
      continue;
    }
    const inner = drawMarkdownInline(text.slice(start, end), depth + 1);
    const node = tags.reduce((content, tag) => [h(tag, null, content)], inner)[0];
    return { node, length: end + mark.length - at };
  }
  return null;
}

function closing(text, start, mark, whole) {
  for (let i = start + 1; i < text.length; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === "`") i = (codeSpan(text, i)?.next ?? i + runAt(text, i)) - 1;
    else if (text.startsWith(mark, i)) {
      const run = i + runAt(text, i);
      const fits = run - i === mark.length || (run - i > mark.length && mark.length > 1);
      if (fits && !/\s/.test(text[i - 1]) && !(whole && /[\p{L}\p{N}]/u.test(text[run] ?? " "))) return run - mark.length;
      i = run - 1;
    }
  }
  return -1;
}
