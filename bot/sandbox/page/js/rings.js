/** Rings around what the guide points at, for as long as it is on screen. */
import { isShown } from "./dom.js";

const NAMED = "button, a, summary, [role^=menuitem], [role=tab], [role=option]";

/** Everything on screen that a target means. */
export function findTargets(target) {
  return (finders[target.role]?.(target) ?? []).filter((one) => one && isShown(one));
}

const finders = {
  message: ({ channel, ts }) => all(`[role=article][data-channel="${CSS.escape(channel)}"][data-ts="${CSS.escape(ts)}"]`),
  "menu-item": ({ name }) => all("[role^=menuitem], [role=option]").filter((one) => named(one, name)),
  button: ({ name }) => all(NAMED).filter((one) => named(one, name)),
  conversation: ({ id }) => {
    const entries = all(`[data-conversation="${CSS.escape(id)}"]`);
    if (entries.some((one) => one.checkVisibility({ visibilityProperty: true }))) return entries;
    return entries.some((one) => one.ariaCurrent === "page") ? [] : all("[aria-controls=sidebar]");
  },
  person: ({ id }) => {
    const entries = all(`[data-person="${CSS.escape(id)}"]`).filter(isShown);
    return entries.length ? entries : all("[data-switcher]");
  },
  composer: () => all(".conversation > .middle-foot .composer-box"),
  field: ({ label }) => fields(label),
};

function all(selector) {
  return [...document.querySelectorAll(selector)].filter((one) => !one.closest(".guide"));
}

function plain(words) {
  return words.replace(/\s+/g, " ").trim();
}

function named(element, name) {
  const label = element.querySelector(".menu-label")?.textContent ?? element.getAttribute("aria-label") ?? element.textContent;
  return plain(label) === name;
}

function fields(label) {
  const labels = all("label, legend").filter((one) => plain(one.textContent).startsWith(label));
  const byLabel = labels.map((one) => one.control ?? one.closest("fieldset, .bk-block") ?? one.parentElement);
  const byName = all("input, textarea, select, [role=combobox]").filter((one) => one.getAttribute("aria-label")?.startsWith(label));
  return [...new Set([...byLabel, ...byName])];
}

/** Ring exactly these elements. */
export function ring(elements) {
  const wanted = new Set(elements);
  for (const old of document.querySelectorAll(".ringed")) if (!wanted.has(old)) old.classList.remove("ringed");
  for (const one of wanted) one.classList.add("ringed");
}
