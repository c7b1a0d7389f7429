/** Buttons, buttons that are links, and overflow menus. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { perform, uid } from "./acting.js";
import { destination, go } from "./links.js";
import { openBeside } from "./popup.js";
import { textPart, wordsOf } from "./text.js";

/** A button; one with an address is a link that looks like one, and tells the app as well. */
export function drawButton(element, { block, ctx }) {
  const style = ["primary", "danger"].includes(element.style) && element.style;
  const props = { class: ["button bk-button", style], "aria-label": element.accessibility_label || null, dataset: { action: element.action_id } };
  const words = h("span", { class: "bk-button-words" }, textPart(element.text, ctx));
  const press = (event) => perform(event.currentTarget, { block, element, ctx, value: null });
  if (!element.url) return h("button", { type: "button", ...props, onclick: press }, words);
  return linkButton(element, props, words, press);
}

function linkButton(element, props, words, press) {
  const where = destination(element.url);
  if (!where?.href) {
    const follow = (event) => {
      press(event);
      if (where?.inside) go(where.inside);
    };
    return h("button", { type: "button", ...props, onclick: follow }, words);
  }
  const onkeydown = (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    event.currentTarget.click();
  };
  return h("a", { role: "button", ...props, href: where.href, target: "_blank", rel: "noopener noreferrer", onclick: press, onkeydown }, words);
}

/** The button with three dots and its menu. */
export function drawOverflow(element, { block, ctx }) {
  const menuId = uid("menu");
  const holder = h("span", { class: "bk-overflow" });
  const opener = h("button", {
    type: "button", class: "button bk-dots", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false",
    "aria-controls": menuId, dataset: { action: element.action_id },
  }, icon("more"));
  const menu = h("div", { class: "bk-popup bk-menu", role: "menu", id: menuId, popover: "manual", "aria-label": "More actions" });
  let end = null;
  const close = (refocus) => {
    opener.setAttribute("aria-expanded", "false");
    end?.();
    end = null;
    if (refocus) opener.focus();
  };
  const choose = (option) => {
    close(true);
    const where = option.url ? destination(option.url) : null;
    if (where?.inside) go(where.inside);
    else if (where?.href) window.open(where.href, "_blank", "noopener,noreferrer");
    perform(opener, { block, element, ctx, value: option.value });
  };
  menu.append(...(element.options ?? []).map((option) => item(option, ctx, choose)));
  menu.addEventListener("keydown", (event) => walk(event, menu, close));
  menu.addEventListener("focusout", (event) => menu.contains(event.relatedTarget) || event.relatedTarget === opener || close(false));
  opener.addEventListener("click", () => {
    if (end) return close(true);
    opener.setAttribute("aria-expanded", "true");
    end = openBeside(menu, opener, { width: "own" });
    menu.querySelector("[role=menuitem]")?.focus();
  });
  holder.append(opener, menu);
  return holder;
}

function item(option, ctx, choose) {
  const described = option.description && h("span", { class: "bk-option-more" }, textPart(option.description, ctx));
  return h("button", { type: "button", role: "menuitem", tabindex: "-1", class: "bk-option", onclick: () => choose(option) }, textPart(option.text, ctx), described);
}

function walk(event, menu, close) {
  const items = [...menu.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key in steps) {
    event.preventDefault();
    items.at(steps[event.key] % items.length)?.focus();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(true);
  } else if (event.key === "Tab") close(false);
  else if (event.key.length === 1 && event.key !== " ") {
    const rest = [...items.slice(at + 1), ...items];
    rest.find((one) => wordsOf(one.textContent).trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }
}
