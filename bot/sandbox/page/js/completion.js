/** Completion in a composer: commands, people, channels and emoji, in a list above the field. */
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, titleOf } from "./people.js";
import { state } from "./store.js";
import { insert } from "./textarea.js";
import { CATEGORIES, emoji } from "./blocks/text.js";

const MOST = 8;
let counter = 0;

/** Give a field its completion. Answers `{list, hint, onKey(event) → handled, look(), close()}`. */
export function completionFor(field) {
  counter += 1;
  const id = `completion-${counter}`;
  const list = h("ul", { class: "completion", role: "listbox", id, "aria-label": "Suggestions", hidden: true });
  const hint = h("p", { class: "usage-hint", role: "status", hidden: true });
  const open = { options: [], chosen: 0, start: 0 };
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", id);
  const close = () => {
    open.options = [];
    draw();
  };
  const take = (option) => {
    insert(field, option.insert, open.start, field.selectionStart);
    close();
    look();
  };
  const draw = () => drawOptions({ field, list, id, open, take });
  const look = () => {
    showHint(hint, field.value);
    const found = find(field.value.slice(0, field.selectionStart));
    Object.assign(open, found ?? { options: [] }, { chosen: 0 });
    draw();
  };
  const isWhole = () => field.value.slice(open.start, field.selectionStart) === open.options[open.chosen].insert.trim();
  return { list, hint, close, look, onKey: (event) => onKey(event, open, { draw, take, close, isWhole }) };
}

function onKey(event, open, { draw, take, close, isWhole }) {
  if (!open.options.length) return false;
  if (event.key === "Enter" && isWhole()) {
    close();
    return false;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    open.chosen = (open.chosen + step + open.options.length) % open.options.length;
    draw();
  } else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") take(open.options[open.chosen]);
  else if (event.key === "Escape") close();
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

function drawOptions({ field, list, id, open, take }) {
  list.hidden = open.options.length === 0;
  const rows = open.options.map((option, index) =>
    h(
      "li",
      {
        id: `${id}-${index}`,
        class: "completion-row",
        role: "option",
        "aria-selected": index === open.chosen,
        onmousedown: (event) => event.preventDefault(),
        onclick: () => take(option),
      },
      option.face,
      h("span", { class: "completion-name" }, option.name),
      option.detail && h("span", { class: "completion-detail" }, option.detail),
    ),
  );
  replace(list, rows);
  rows[open.chosen]?.scrollIntoView({ block: "nearest" });
  if (rows.length) field.setAttribute("aria-activedescendant", `${id}-${open.chosen}`);
  else field.removeAttribute("aria-activedescendant");
}

function showHint(hint, text) {
  const typed = /^(\/\S+)\s/.exec(text)?.[1];
  const command = typed && state.desk.commands.find((one) => one.command === typed);
  hint.hidden = !command;
  if (!command) return;
  replace(hint, h("strong", null, command.command), " ", command.usage_hint, h("span", { class: "usage-about" }, command.description));
}

/** What could stand where the cursor is: `{options, start}` or null. */
function find(before) {
  const command = /^\/\S*$/.exec(before);
  if (command) return { start: 0, options: commands(before) };
  const mark = /(^|[\s(])([@#:])([\w.+-]*)$/.exec(before);
  if (!mark) return null;
  const [, , sign, asked] = mark;
  const options = { "@": people, "#": channels, ":": emojis }[sign](asked.toLowerCase());
  return { start: before.length - asked.length - 1, options: options.slice(0, MOST) };
}

function commands(asked) {
  return state.desk.commands
    .filter((one) => one.command.startsWith(asked.toLowerCase()))
    .map((one) => ({
      name: `${one.command} ${one.usage_hint ?? ""}`.trim(),
      detail: one.description,
      insert: `${one.command} `,
      face: icon("bolt"),
    }));
}

function people(asked) {
  const alive = state.desk.people.filter((one) => !one.deleted);
  const members = alive.map((one) => ({ name: one.name, detail: one.title || (one.is_bot ? "App" : ""), insert: `@${one.handle} `, face: avatar(one.id, { size: "small" }), words: `${one.name} ${one.handle}` }));
  const groups = state.desk.groups.map((one) => ({ name: `@${one.handle}`, detail: one.name, insert: `@${one.handle} `, face: icon("people"), words: `${one.handle} ${one.name}` }));
  const wide = [["here", "Notify everyone online in this channel"], ["channel", "Notify everyone in this channel"]];
  const ranges = wide.map(([name, detail]) => ({ name: `@${name}`, detail, insert: `@${name} `, face: icon("people"), words: name }));
  return [...members, ...groups, ...ranges].filter((one) => one.words.toLowerCase().split(/[\s.-]/).some((word) => word.startsWith(asked)));
}

function channels(asked) {
  return state.desk.channels
    .filter((one) => ["public", "private"].includes(one.kind) && !one.archived && one.name.includes(asked))
    .sort((one, other) => one.name.indexOf(asked) - other.name.indexOf(asked))
    .map((one) => ({ name: titleOf(one), detail: one.topic || one.purpose || "", insert: `#${one.name} `, face: icon(one.kind === "private" ? "lock" : "hash") }));
}

function emojis(asked) {
  if (asked.length < 2) return [];
  const all = [...new Set(Object.values(CATEGORIES).flat())].filter((name) => name.includes(asked));
  const sorted = all.sort((one, other) => one.indexOf(asked) - other.indexOf(asked) || one.length - other.length);
  return sorted.map((name) => ({ name: `:${name}:`, insert: `:${name}: `, face: h("span", { class: "completion-emoji" }, emoji(name)) }));
}
