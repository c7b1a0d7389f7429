/** Checkboxes and radio buttons, each with its words and description. */

import { h } from "../dom.js";
import { perform, uid } from "./acting.js";
import { textPart } from "./text.js";
import { current, remember } from "./values.js";

/** Up to ten boxes to tick. */
export function drawCheckboxes(element, place) {
  return listOf(element, place, "checkbox");
}

/** Up to ten choices of which one holds. */
export function drawRadios(element, place) {
  return listOf(element, place, "radio");
}

function listOf(element, { block, ctx, names, acts }, type) {
  const many = type === "checkbox";
  const { value } = current(block, element, ctx);
  let before = many ? value : [value];
  const group = h("div", { class: "bk-checks", role: many ? "group" : "radiogroup", ...names, "aria-required": many ? null : names["aria-required"] });
  const name = uid("choice");
  const inputs = (element.options ?? []).map((option) => row(option, { type, name, ctx, group, checked: before.includes(option.value), element }));
  group.addEventListener("change", () => {
    const chosen = inputs.filter((input) => input.checked).map((input) => input.value);
    const plain = many ? chosen : chosen[0] ?? null;
    const earlier = before;
    before = chosen;
    remember(block, element, ctx, plain);
    const undo = () => {
      for (const input of inputs) input.checked = earlier.includes(input.value);
      before = earlier;
      remember(block, element, ctx, many ? earlier : earlier[0] ?? null);
    };
    if (acts) perform(group, { block, element, ctx, value: plain, undo });
  });
  return group;
}

function row(option, { type, name, ctx, group, checked, element }) {
  const more = option.description ? uid("more") : null;
  const focus = element.focus_on_load && !group.childElementCount ? "load" : null;
  const input = h("input", { type, name, value: option.value, checked, "aria-describedby": more, dataset: { action: element.action_id, focus } });
  const id = uid("check");
  input.id = id;
  group.append(
    h("div", { class: "bk-check" }, input, h("label", { for: id, dir: "auto", class: "bk-text" }, textPart(option.text, ctx)),
      more && h("span", { id: more, class: "bk-option-more" }, textPart(option.description, ctx))),
  );
  return input;
}
