/** Elements made from plain values: strings become text nodes, never markup, and nothing needs an inline style. */

const SVG = "http://www.w3.org/2000/svg";
const AS_PROPERTY = new Set(["value", "checked", "selected", "indeterminate", "scrollTop"]);
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

/**
 * One element with its children.
 *
 * props: `class` (string or list, falsy entries left out), `dataset`, `vars` (custom properties by name, with dashes),
 * `on…` (listener), `aria-…` (false is written as "false"), everything else an attribute; null, undefined and false
 * leave an attribute out. Children: nodes, strings, numbers, lists of these; null and false are left out.
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  const later = [];
  for (const [name, value] of Object.entries(props ?? {})) {
    if (AS_PROPERTY.has(name)) later.push([name, value]);
    else dress(element, name, value);
  }
  element.append(...flat(children));
  for (const [name, value] of later) if (value !== undefined && value !== null) element[name] = value;
  return element;
}

function dress(element, name, value) {
  if (name.startsWith("on")) {
    if (value) element.addEventListener(name.slice(2).toLowerCase(), value);
  } else if (name === "class") {
    element.className = [value].flat(2).filter(Boolean).join(" ");
  } else if (name === "dataset") {
    for (const [key, entry] of Object.entries(value ?? {})) if (entry !== undefined && entry !== null) element.dataset[key] = entry;
  } else if (name === "vars") {
    for (const [key, entry] of Object.entries(value ?? {})) element.style.setProperty(key, entry);
  } else if (name.startsWith("aria-")) {
    if (value !== null && value !== undefined) element.setAttribute(name, String(value));
  } else if (value !== null && value !== undefined && value !== false) {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== true)
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}

/** Put these children into the node instead of what is there; answers the node. */
export function replace(node, ...children) {
  node.replaceChildren(...flat(children));
  return node;
}

/** One SVG element; attributes as they are. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** What the keyboard can reach inside a node, in order. */
export function focusables(node) {
  return [...node.querySelectorAll(FOCUSABLE)].filter((one) => !one.disabled && one.tabIndex >= 0 && isShown(one));
}

/** Whether an element takes room on screen. */
export function isShown(element) {
  return element.getClientRects().length > 0;
}

/**
 * Bring the parent's children in line with `items`, touching only what changed, and keep the focus where it was.
 *
 * `key(item)` is unique; a row is made anew by `make(item)` only when `sign(item)` (a string) differs from before.
 */
export function keyed(parent, items, { key, sign, make }) {
  const wanted = new Set(items.map(key));
  for (const child of [...parent.children]) if (!wanted.has(child.rowKey)) child.remove();
  const before = new Map([...parent.children].map((child) => [child.rowKey, child]));
  let cursor = parent.firstElementChild;
  for (const item of items) {
    let node = before.get(key(item));
    if (node?.rowSign !== sign(item)) {
      const fresh = Object.assign(make(item), { rowKey: key(item), rowSign: sign(item) });
      if (cursor === node) cursor = node ? fresh : cursor;
      if (node) swap(node, fresh);
      node = fresh;
    }
    if (cursor === node) cursor = node.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
}

/** Put `fresh` in the place of `old`; the focus stays on what looks the same, by its place among the focusable. */
export function swap(old, fresh) {
  const focused = document.activeElement;
  const place = old === focused ? -1 : old.contains(focused) ? [...old.querySelectorAll(FOCUSABLE)].indexOf(focused) : null;
  old.replaceWith(fresh);
  if (place === null) return;
  const heir = place < 0 ? fresh : [...fresh.querySelectorAll(FOCUSABLE)][place];
  (heir ?? fresh).focus({ preventScroll: true });
}

/** The same function, run once per frame however often it is called meanwhile; at once where the page is hidden. */
export function soon(fn) {
  let planned = false;
  const run = () => {
    planned = false;
    fn();
  };
  return () => {
    if (planned) return;
    planned = true;
    if (document.hidden) setTimeout(run);
    else requestAnimationFrame(run);
  };
}
