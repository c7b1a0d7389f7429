/** Slack's mrkdwn drawn as nodes: marks at word boundaries, quotes by line, entities in angle brackets, three escapes. */

import { h } from "../dom.js";
import { withEmoji } from "./emoji.js";
import { visible } from "./hidden.js";
import { anchor } from "./links.js";
import { entityNode, unescape } from "./mentions.js";

const ENTITY = /<([^<>\n]+)>/g;
const MARKS = { "*": "strong", _: "em", "~": "del" };
const WORD = /[\p{L}\p{N}]/u;
const BARE = /https?:\/\/[^\s<>]+/g;
const FENCE = /```(?!`)([\s\S]+?)```/g;
const FILLER = "\u0001";

/** A whole mrkdwn text; `bareLinks` makes addresses that stand alone into links, as Slack does unless told `verbatim`. */
export function drawMrkdwn(text, { bareLinks = true } = {}) {
  const source = new Source(text, bareLinks);
  const nodes = [];
  let end = 0;
  for (const fence of source.mask.matchAll(FENCE)) {
    nodes.push(...drawLines(source, end, fence.index));
    nodes.push(drawFence(source, fence.index + 3, fence.index + fence[0].length - 3));
    end = fence.index + fence[0].length;
  }
  return [...nodes, ...drawLines(source, end, text.length)];
}

/** One line or stretch without quotes and fences. */
export function drawInline(text, { bareLinks = true } = {}) {
  return drawSpan(new Source(text, bareLinks), 0, text.length, "");
}

/** The text, and beside it a mask of the same length in which entities hold nothing that could be taken for a mark. */
class Source {
  constructor(text, bareLinks) {
    this.text = text;
    this.bareLinks = bareLinks;
    this.entities = [...text.matchAll(ENTITY)].map((m) => ({ start: m.index, end: m.index + m[0].length, inner: m[1] }));
    this.mask = text.replace(ENTITY, (whole) => FILLER.repeat(whole.length));
  }

  /** The place in `entities` of the first one that starts at `index` or later. */
  firstFrom(index) {
    let [low, high] = [0, this.entities.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entities[middle].start < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function drawFence(source, start, end) {
  let from = start;
  if (source.mask[from] === "\n") from += 1;
  const to = source.mask[end - 1] === "\n" && end - 1 > from ? end - 1 : end;
  return h("pre", { class: "bk-pre" }, h("code", null, drawPlain(source, from, to, visible)));
}

function drawLines(source, start, end) {
  const nodes = [];
  let pending = null;
  const afterFence = start > 0 && source.mask[start] === "\n";
  for (const line of linesOf(source, afterFence ? start + 1 : start, end)) {
    if (pending && pending.quoted === line.quoted && !line.rest) pending.lines.push(line);
    else {
      if (pending) nodes.push(...drawGroup(source, pending));
      pending = { quoted: line.quoted, lines: [line] };
    }
  }
  return pending ? [...nodes, ...drawGroup(source, pending)] : nodes;
}

function linesOf(source, start, end) {
  const lines = [];
  let at = start;
  while (at < end) {
    const stop = source.mask.indexOf("\n", at);
    const last = stop < 0 || stop >= end;
    const quote = isLineStart(source, at) && /^(?:>|&gt;){3}(?!>|&gt;) ?|^(?:>|&gt;) ?/.exec(source.mask.slice(at, at + 16));
    const rest = Boolean(quote) && /^(?:>|&gt;){3}/.test(quote[0]);
    const to = rest ? end : last ? end : stop;
    lines.push({ start: at + (quote ? quote[0].length : 0), end: to, quoted: Boolean(quote), rest });
    at = rest || last ? end : stop + 1;
  }
  return lines;
}

function isLineStart(source, at) {
  return at === 0 || source.mask[at - 1] === "\n" || source.mask.slice(at - 3, at) === "```";
}

function drawGroup(source, { quoted, lines }) {
  const nodes = lines.flatMap((line, index) => {
    const drawn = drawText(source, line.start, line.end);
    return index ? ["\n", ...drawn] : drawn;
  });
  return quoted ? [h("blockquote", { class: "bk-quote" }, nodes)] : [h("span", { class: "bk-lines" }, nodes)];
}

function drawText(source, start, end) {
  const nodes = [];
  let at = start;
  while (at <= end) {
    const stop = source.mask.indexOf("\n", at);
    const to = stop < 0 || stop > end ? end : stop;
    if (at > start) nodes.push("\n");
    nodes.push(...drawSpan(source, at, to, ""));
    at = to + 1;
  }
  return nodes;
}

/** The stretch with its bold, italic, struck and code parts; `inside` are the marks already open. */
function drawSpan(source, start, end, inside) {
  const nodes = [];
  const spent = new Set();
  let plain = start;
  let at = start;
  while (at < end) {
    const mark = source.mask[at];
    const close = mark === "`" || (MARKS[mark] && !inside.includes(mark)) ? closing(source, at, start, end, spent) : -1;
    if (close < 0) {
      at += 1;
      continue;
    }
    nodes.push(...drawPlain(source, plain, at));
    nodes.push(drawMarked(source, mark, at + 1, close, inside));
    at = plain = close + 1;
  }
  return [...nodes, ...drawPlain(source, plain, end)];
}

function drawMarked(source, mark, start, end, inside) {
  if (mark === "`") return h("code", { class: "bk-code" }, drawPlain(source, start, end, visible));
  return h(MARKS[mark], null, drawSpan(source, start, end, inside + mark));
}

/** Where the mark that stands at `at` is closed, or -1; marks that found no end are remembered in `spent`. */
function closing(source, at, start, end, spent) {
  const { mask } = source;
  const mark = mask[at];
  if (spent.has(mark)) return -1;
  if (mark === "`") return closingCode(mask, at, end, spent);
  if (!opens(mask, at, start, end)) return -1;
  for (let i = at + 2; i < end; i += 1) {
    if (mask[i] === "`") {
      const code = closingCode(mask, i, end, new Set());
      if (code > 0) i = code;
    } else if (mask[i] === mark && closes(mask, i, end)) return i;
  }
  spent.add(mark);
  return -1;
}

function closingCode(mask, at, end, spent) {
  const close = mask.indexOf("`", at + 1);
  if (close < 0 || close >= end) spent.add("`");
  return close > at + 1 && close < end && mask.slice(at + 1, close).trim() ? close : -1;
}

function opens(mask, at, start, end) {
  const before = at > start ? mask[at - 1] : " ";
  const after = at + 1 < end ? mask[at + 1] : " ";
  return !WORD.test(before) && before !== mask[at] && !/\s/.test(after) && after !== mask[at];
}

function closes(mask, at, end) {
  const after = at + 1 < end ? mask[at + 1] : " ";
  return !/\s/.test(mask[at - 1]) && !WORD.test(after) && after !== mask[at];
}

/** A stretch without marks: entities drawn, escapes read, emoji and bare addresses as such. */
function drawPlain(source, start, end, draw = null) {
  const words = draw ?? ((text) => withEmoji(text, source.bareLinks ? withLinks : visible));
  const label = draw ?? ((text) => withEmoji(text, visible));
  const nodes = [];
  let at = start;
  for (let i = source.firstFrom(start); i < source.entities.length && source.entities[i].start < end; i += 1) {
    const entity = source.entities[i];
    if (entity.start > at) nodes.push(...words(unescape(source.text.slice(at, entity.start))));
    nodes.push(entityNode(entity.inner, label));
    at = entity.end;
  }
  if (at < end) nodes.push(...words(unescape(source.text.slice(at, end))));
  return nodes;
}

function withLinks(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(BARE)) {
    const address = match[0].replace(/[.,;:!?'")\]}]+$/, "");
    nodes.push(...visible(text.slice(end, match.index)), anchor(address, visible(address)));
    end = match.index + address.length;
  }
  return end < text.length ? [...nodes, ...visible(text.slice(end))] : nodes;
}
