/** Tables: the first row is the head, columns are aligned as asked, a wide one scrolls by itself. */

import { h } from "../dom.js";
import { drawRichText } from "./rich_text.js";
import { renderPlain } from "./text.js";
import { unsupported } from "./elements.js";

const SIDES = ["left", "center", "right"];

/** A table block. */
export function drawTable(block, ctx) {
  const [head = [], ...rows] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const cells = (row, tag) => row.map((cell, column) => drawCell(cell, settings[column] ?? {}, tag, ctx));
  const table = h("table", { class: "bk-table" }, h("thead", null, h("tr", null, cells(head, "th"))), h("tbody", null, rows.map((row) => h("tr", null, cells(row, "td")))));
  return scrolling(table);
}

/** A table in a frame that scrolls by mouse, touch and arrow keys. */
export function scrolling(table) {
  return h("div", { class: "bk-table-frame", tabindex: "0", role: "region", "aria-label": "Table" }, table);
}

/** One cell's attributes: where its words stand and whether they may break. */
export function cellProps({ align, is_wrapped: wrapped = true }, tag) {
  const side = SIDES.includes(align) ? align : "left";
  return { class: [`bk-${side}`, !wrapped && "bk-unwrapped"], scope: tag === "th" ? "col" : null, dir: "auto" };
}

function drawCell(cell, setting, tag, ctx) {
  return h(tag, cellProps(setting, tag), contentOf(cell, ctx));
}

function contentOf(cell, ctx) {
  if (cell?.type === "rich_text") return drawRichText(cell);
  if (cell?.type === "raw_text" || cell?.type === "raw_number") return renderPlain(cell.text ?? String(cell.value ?? ""), ctx);
  return unsupported("cell", cell);
}
