/** Small helps for fields of several lines. */

const MOST = 260;

/** Make a field as high as its words need, up to a limit. */
export function fitHeight(field) {
  field.style.setProperty("height", "auto");
  field.style.setProperty("height", `${Math.min(field.scrollHeight + 2, MOST)}px`);
}

/** Put a string where the cursor is, over the stretch [start, end); the cursor ends behind it. */
export function insert(field, string, start = field.selectionStart, end = field.selectionEnd) {
  field.focus();
  field.setRangeText(string, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
