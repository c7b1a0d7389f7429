/** Where one writes: Enter sends, Shift+Enter begins a line, files are dropped or chosen, commands complete. */
import { act, upload } from "./api.js";
import { completionFor } from "./completion.js";
import { draftOf, keepDraft } from "./drafts.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menus.js";
import { pickEmoji } from "./emoji-picker.js";
import { appTrouble, commandTrouble, note } from "./notes.js";
import { startEditing } from "./message-edit.js";
import { fitHeight, insert } from "./textarea.js";
import { state } from "./store.js";

const MOST_BYTES = 20 * 1024 * 1024;

/** A composer for a conversation, or for a thread in it. Answers `{element, addFiles(files), focus()}`. */
export function composer({ channel, thread = null, label, alsoSend = null }) {
  const desk = { channel, thread, files: [], busy: 0 };
  const field = h("textarea", { class: "composer-field", rows: 1, "aria-label": label, placeholder: label, value: draftOf(channel, thread) });
  const chips = h("ul", { class: "file-chips", role: "list", hidden: true });
  const trouble = h("p", { class: "form-error", role: "alert", hidden: true });
  const broadcast = alsoSend && h("input", { type: "checkbox" });
  const completion = completionFor(field);
  const send = h("button", { type: "submit", class: "send-button", "aria-label": "Send message" }, icon("send"));
  Object.assign(desk, { field, chips, trouble, broadcast, send, completion });
  const box = h("div", { class: "composer-box" }, chips, field, toolsOf(desk));
  const form = h("form", { class: "composer", "aria-label": label }, completion.list, completion.hint, box, trouble);
  if (broadcast) box.append(h("label", { class: "also-send" }, broadcast, alsoSend));
  listen(desk, form);
  requestAnimationFrame(() => grown(desk));
  return { element: form, addFiles: (files) => addFiles(desk, files), focus: () => field.focus() };
}

function toolsOf(desk) {
  const { field } = desk;
  const chooser = h("input", { type: "file", class: "visually-hidden", multiple: true, tabindex: -1, "aria-label": "Choose files" });
  chooser.addEventListener("change", () => {
    addFiles(desk, chooser.files);
    chooser.value = "";
  });
  const start = (sign) => {
    const needsSpace = /\S$/.test(field.value.slice(0, field.selectionStart));
    insert(field, (needsSpace ? " " : "") + sign);
  };
  const tool = (drawing, name, onclick, more = {}) =>
    h("button", { type: "button", class: "icon-button", "aria-label": name, title: name, onclick, ...more }, icon(drawing));
  const menu = { "aria-haspopup": "menu", "aria-expanded": false };
  const some = state.desk.shortcuts.some((one) => one.type === "global");
  return h(
    "div",
    { class: "composer-tools" },
    chooser,
    tool("paperclip", "Attach files", () => chooser.click()),
    tool("smile", "Emoji", (event) => pickEmoji(event.currentTarget, (name) => insert(field, `:${name}: `))),
    tool("at", "Mention someone", () => start("@")),
    some && tool("bolt", "Shortcuts", (event) => openShortcuts(event.currentTarget, desk), menu),
    h("span", { class: "composer-keys", "aria-hidden": "true" }, h("b", null, "Enter"), " to send, ", h("b", null, "Shift Enter"), " for a new line"),
    desk.send,
  );
}

function openShortcuts(anchor, { channel, thread }) {
  const app = state.desk.app?.name;
  const entries = state.desk.shortcuts
    .filter((one) => one.type === "global")
    .map((one) => ({
      label: one.name,
      detail: [one.description, app].filter(Boolean).join(" · "),
      icon: "bolt",
      pick: async () => {
        const result = await act("global_shortcut", { callback_id: one.callback_id });
        if (!result.ok) note(channel, appTrouble(one.name, result), thread);
      },
    }));
  openMenu(anchor, entries, { label: "Shortcuts", wide: true });
}

function listen(desk, form) {
  const { field, completion } = desk;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll(desk);
  });
  field.addEventListener("input", () => {
    keepDraft(desk.channel, desk.thread, field.value);
    grown(desk);
    completion.look();
  });
  field.addEventListener("keydown", (event) => onKey(event, desk, form));
  field.addEventListener("blur", () => setTimeout(completion.close, 100));
  field.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    addFiles(desk, event.clipboardData.files);
  });
}

function onKey(event, desk, form) {
  if (event.isComposing || desk.completion.onKey(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "ArrowUp" && !desk.field.value) editLast(desk, event);
}

/** Arrow up in an empty field changes the last thing one said there. */
function editLast({ channel, thread }, event) {
  const inThread = (message) => (thread ? message.thread_ts === thread : !message.thread_ts || message.thread_ts === message.ts);
  const mine = [...(state.messages.get(channel)?.values() ?? [])].filter((one) => one.user === state.me && !one.subtype && inThread(one));
  const last = mine.sort((one, other) => (one.ts < other.ts ? -1 : 1)).at(-1);
  if (!last) return;
  event.preventDefault();
  startEditing(last);
}

function grown({ field, send, files }) {
  fitHeight(field);
  const ready = Boolean(field.value.trim() || files.length);
  send.classList.toggle("ready", ready);
  send.setAttribute("aria-disabled", String(!ready));
}

function addFiles(desk, files) {
  const [fits, heavy] = [[], []];
  for (const file of files) (file.size <= MOST_BYTES ? fits : heavy).push(file);
  desk.files.push(...fits);
  say(desk, heavy.length ? `${heavy.map((file) => file.name).join(", ")}: larger than 20 MB.` : "");
  drawFiles(desk);
  desk.field.focus();
}

function drawFiles(desk) {
  const { chips, files } = desk;
  const drop = (file) => {
    files.splice(files.indexOf(file), 1);
    drawFiles(desk);
    desk.field.focus();
  };
  const chip = (file) =>
    h(
      "li",
      { class: "file-chip" },
      icon("file"),
      h("span", null, file.name),
      h("button", { type: "button", class: "icon-button", "aria-label": `Remove ${file.name}`, onclick: () => drop(file) }, icon("close")),
    );
  replace(chips, files.map(chip));
  chips.hidden = files.length === 0;
  grown(desk);
}

function say({ trouble }, sentence) {
  trouble.textContent = sentence;
  trouble.hidden = !sentence;
}

async function sendAll(desk) {
  const { field, channel, thread, completion } = desk;
  const typed = field.value;
  const files = desk.files.splice(0);
  if (!typed.trim() && !files.length) return;
  completion.close();
  put(desk, "");
  say(desk, "");
  const result = files.length ? await share(desk, typed, files) : await post(desk, typed);
  if (result.ok) return;
  if (!field.value && desk.files.length === 0) {
    desk.files.push(...(result.files ?? []));
    put(desk, result.typed ?? typed);
  }
  const command = !files.length && /^\/\S+/.exec(typed)?.[0];
  if (command && result.error !== "impossible") note(channel, commandTrouble(command, result), thread);
  else say(desk, result.reason ?? `It was not sent: ${result.error}.`);
}

function put(desk, text) {
  desk.field.value = text;
  keepDraft(desk.channel, desk.thread, text);
  desk.completion.look();
  desk.completion.close();
  drawFiles(desk);
}

function post({ channel, thread, broadcast }, text) {
  const more = thread ? { thread, broadcast: Boolean(broadcast?.checked) } : {};
  if (broadcast) broadcast.checked = false;
  return act("types", { channel, text: text.trim(), ...more });
}

/** Share files one after the other, the words with the first; answers what is left when one fails. */
async function share({ channel, thread }, typed, files) {
  for (const [index, file] of files.entries()) {
    const form = new FormData();
    const fields = { channel, text: index === 0 ? typed.trim() : "", ...(thread ? { thread } : {}) };
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set("file", file, file.name);
    const result = await upload(form);
    if (!result.ok) return { ...result, files: files.slice(index), typed: index === 0 ? typed : "" };
  }
  return { ok: true };
}
