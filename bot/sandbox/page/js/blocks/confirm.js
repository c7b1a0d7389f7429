/** The question an app asks before something happens, and the dialog it stands in. */

import { focusables, h } from "../dom.js";
import { textNode, wordsOf } from "./text.js";

let counter = 0;

/** Show a confirmation object; true when the person agreed. The focus goes back to where it came from. */
export function ask(confirm, ctx, opener) {
  return new Promise((resolve) => {
    const end = (agreed) => {
      overlay.remove();
      if (opener?.isConnected) opener.focus();
      resolve(agreed);
    };
    const overlay = dialogOf(confirm, ctx, end);
    document.body.append(overlay);
    overlay.querySelector(".bk-confirm-yes").focus();
  });
}

function dialogOf(confirm, ctx, end) {
  counter += 1;
  const [title, body] = [`confirm-title-${counter}`, `confirm-text-${counter}`];
  const style = confirm.style === "danger" ? "danger" : "primary";
  const box = h(
    "div",
    { class: "bk-dialog bk-confirm", role: "alertdialog", "aria-modal": "true", "aria-labelledby": title, "aria-describedby": body },
    h("h2", { id: title, class: "bk-dialog-title" }, textNode(confirm.title ?? "Are you sure?", ctx, {}, "span")),
    textNode(confirm.text ?? "", ctx, { id: body, class: "bk-confirm-text" }),
    h(
      "div",
      { class: "bk-dialog-foot" },
      h("button", { type: "button", class: "button", onclick: () => end(false) }, wordsOf(confirm.deny) || "No"),
      h("button", { type: "button", class: `button bk-confirm-yes ${style}`, onclick: () => end(true) }, wordsOf(confirm.confirm) || "Yes"),
    ),
  );
  const onkeydown = (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      end(false);
    } else trap(event, box);
  };
  return h("div", { class: "bk-overlay bk-overlay-top", onkeydown, onclick: (event) => event.target === event.currentTarget && end(false) }, box);
}

/** Keep the Tab key inside a box. */
export function trap(event, box) {
  if (event.key !== "Tab") return;
  const inside = focusables(box);
  if (!inside.length) {
    event.preventDefault();
    return;
  }
  const [first, last] = [inside[0], inside.at(-1)];
  const leaving = event.shiftKey ? document.activeElement === first || !box.contains(document.activeElement) : document.activeElement === last;
  if (!leaving) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}
