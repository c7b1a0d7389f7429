/** Interactive elements by type; one that is not known is shown as such, with its JSON. */

import { h } from "../dom.js";
import { drawButton, drawOverflow } from "./button.js";
import { drawCheckboxes, drawRadios } from "./checks.js";
import { drawImage } from "./image.js";
import { drawFiles, drawTyped } from "./inputs.js";
import { drawDate, drawInstant, drawTime } from "./pickers.js";
import { drawSelect } from "./select.js";
import { wordsOf } from "./text.js";

const SELECTS = ["static_select", "external_select", "users_select", "conversations_select", "channels_select"];
const ELEMENTS = {
  button: drawButton,
  overflow: drawOverflow,
  image: drawImage,
  checkboxes: drawCheckboxes,
  radio_buttons: drawRadios,
  datepicker: drawDate,
  timepicker: drawTime,
  datetimepicker: drawInstant,
  plain_text_input: drawTyped,
  email_text_input: drawTyped,
  url_text_input: drawTyped,
  number_input: drawTyped,
  file_input: drawFiles,
  ...Object.fromEntries(SELECTS.flatMap((name) => [[name, drawSelect], [`multi_${name}`, drawSelect]])),
};
const CALLED = {
  datepicker: "Date", timepicker: "Time", datetimepicker: "Date and time", checkboxes: "Options", radio_buttons: "Options",
  users_select: "Choose a person", multi_users_select: "Choose people",
};

/**
 * An element in its block. `names` are the attributes that name it (by the input block's label); without them it is
 * called by its placeholder or by the words beside it. `acts` says whether a change goes to the app at once.
 */
export function drawElement(element, { block, ctx, names = null, acts = true, optional = false, beside = "" }) {
  const draw = ELEMENTS[element?.type];
  if (!draw) return unsupported("element", element);
  const called = wordsOf(element.placeholder) || beside || CALLED[element.type] || "Choose";
  return draw(element, { block, ctx, names: names ?? { "aria-label": called }, acts, optional });
}

/** What this page cannot draw, never left out. */
export function unsupported(what, thing) {
  const words = `unsupported ${what}: ${String(thing?.type ?? "without type")}`;
  return h(
    "div",
    { class: "bk-unknown", role: "group", "aria-label": words },
    h("details", null, h("summary", null, words), h("pre", { tabindex: "0" }, JSON.stringify(thing, null, 2))),
  );
}
