/** A well-behaved part of CommonMark with tables and tasks, drawn as nodes; HTML in it is text. */

import { h } from "../dom.js";
import { drawMarkdownInline } from "./markdown_inline.js";
import { cellProps, scrolling } from "./table.js";

const HEADING = /^ {0,3}(#{1,6})(?=[ \t]|$)(.*)$/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const FENCE = /^( {0,3})(`{3,}|~{3,})[ \t]*([^`]*)$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:([ \t]+)(.*)|[ \t]*)$/;
const DELIMITERS = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const DEEPEST = 10;

/** A whole text. */
export function drawMarkdown(text) {
  return h("div", { class: "bk-markdown", dir: "auto" }, blocksOf(String(text).replace(/\r\n?/g, "\n").split("\n"), 0));
}

function blocksOf(lines, depth) {
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const taken = depth > DEEPEST ? paragraph(lines, at) : READERS.map((read) => read(lines, at, depth)).find(Boolean);
    nodes.push(taken.node);
    at = taken.next;
  }
  return nodes;
}

function heading(lines, at) {
  const match = HEADING.exec(lines[at]);
  if (!match) return null;
  const level = match[1].length;
  const words = match[2].trim().replace(/(?:^|[ \t])#+$/, "").trimEnd();
  return { node: h(`h${level}`, { class: `bk-h${level}` }, drawMarkdownInline(words)), next: at + 1 };
}

function rule(lines, at) {
  return RULE.test(lines[at]) ? { node: h("hr", { class: "bk-divider" }), next: at + 1 } : null;
}

function fence(lines, at) {
  const match = FENCE.exec(lines[at]);
  if (!match) return null;
  const [, indent, marks, language] = match;
  const end = new RegExp(`^ {0,3}\\${marks[0]}{${marks.length},}[ \\t]*$`);
  let stop = at + 1;
  while (stop < lines.length && !end.test(lines[stop])) stop += 1;
  const strip = new RegExp(`^ {0,${indent.length}}`);
  const code = lines.slice(at + 1, stop).map((line) => line.replace(strip, "")).join("\n");
  const name = language.trim().split(/\s/)[0] || null;
  return { node: h("pre", { class: "bk-pre", dataset: { language: name } }, h("code", null, code)), next: stop + 1 };
}

function quote(lines, at, depth) {
  if (!QUOTE.test(lines[at])) return null;
  let stop = at;
  while (stop < lines.length && (QUOTE.test(lines[stop]) || (lines[stop].trim() && !startsBlock(lines, stop)))) stop += 1;
  const inner = lines.slice(at, stop).map((line) => line.replace(QUOTE, ""));
  return { node: h("blockquote", { class: "bk-quote" }, blocksOf(inner, depth + 1)), next: stop };
}

function list(lines, at, depth) {
  const first = ITEM.exec(lines[at]);
  if (!first) return null;
  const kind = first[2].at(-1);
  const items = [];
  let loose = false;
  let stop = at;
  for (let match = first; match && match[2].at(-1) === kind && !RULE.test(lines[stop]); match = ITEM.exec(lines[stop] ?? "")) {
    const item = itemOf(lines, stop, match);
    items.push(item.lines);
    loose ||= item.lines.some((line, index) => index && !line.trim() && item.lines[index + 1]?.trim());
    stop = item.next;
    if (item.gap && ITEM.test(lines[stop] ?? "")) loose = true;
  }
  const tag = /\d/.test(first[2]) ? "ol" : "ul";
  const start = tag === "ol" && parseInt(first[2], 10) !== 1 ? parseInt(first[2], 10) : null;
  return { node: h(tag, { class: ["bk-list-block", `bk-style-${depth % 3}`], start }, items.map((item) => listItem(item, loose, depth))), next: stop };
}

function itemOf(lines, at, match) {
  const width = match[1].length + match[2].length + Math.min((match[3] ?? " ").length, 4);
  const inner = [match[4] ?? ""];
  let stop = at + 1;
  let gap = false;
  while (stop < lines.length) {
    const line = lines[stop];
    const indent = line.length - line.trimStart().length;
    if (!line.trim()) gap = true;
    else if (indent >= width || (indent >= 2 && ITEM.test(line.slice(2)) && indent > match[1].length + 1)) gap = false;
    else if (gap || startsBlock(lines, stop) || ITEM.test(line)) break;
    inner.push(line.slice(Math.min(indent, width)));
    stop += 1;
  }
  while (inner.length > 1 && !inner.at(-1).trim()) inner.pop();
  return { lines: inner, next: stop, gap };
}

function listItem(lines, loose, depth) {
  const task = /^\[([ xX])\][ \t]+/.exec(lines[0]);
  const rest = task ? [lines[0].slice(task[0].length), ...lines.slice(1)] : lines;
  const nodes = blocksOf(rest, depth + 1).flatMap((node) => (!loose && node.tagName === "P" ? [...node.childNodes] : [node]));
  const box = task && h("input", { type: "checkbox", disabled: true, checked: task[1] !== " ", "aria-label": task[1] === " " ? "open" : "done" });
  return h("li", { class: task && "bk-task" }, box, nodes);
}

function table(lines, at) {
  if (!lines[at].includes("|") || !DELIMITERS.test(lines[at + 1] ?? "") || !lines[at + 1].includes("-")) return null;
  const head = cellsOf(lines[at]);
  const aligns = cellsOf(lines[at + 1]).map((cell) => (cell.endsWith(":") ? (cell.startsWith(":") ? "center" : "right") : "left"));
  if (head.length !== aligns.length) return null;
  let stop = at + 2;
  while (stop < lines.length && lines[stop].trim() && lines[stop].includes("|")) stop += 1;
  const row = (cells, tag) => h("tr", null, head.map((_, column) => h(tag, cellProps({ align: aligns[column] }, tag), drawMarkdownInline(cells[column] ?? ""))));
  const body = lines.slice(at + 2, stop).map((line) => row(cellsOf(line), "td"));
  return { node: scrolling(h("table", { class: "bk-table" }, h("thead", null, row(head, "th")), h("tbody", null, body))), next: stop };
}

function cellsOf(line) {
  const cells = line.trim().replace(/^\|/, "").split(/(?<!\\)\|/);
  if (!cells.at(-1).trim()) cells.pop();
  return cells.map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function paragraph(lines, at) {
  let stop = at + 1;
  while (stop < lines.length && lines[stop].trim() && !startsBlock(lines, stop)) stop += 1;
  const text = lines.slice(at, stop).map((line) => line.replace(/^[ \t]+/, "")).join("\n").trimEnd();
  return { node: h("p", null, drawMarkdownInline(text)), next: stop };
}

function startsBlock(lines, at) {
  const line = lines[at];
  return HEADING.test(line) || RULE.test(line) || FENCE.test(line) || QUOTE.test(line) || (ITEM.test(line) && Boolean(ITEM.exec(line)[4]));
}

const READERS = [heading, rule, fence, quote, table, list, paragraph];
