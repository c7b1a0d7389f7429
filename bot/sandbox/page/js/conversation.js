/** The middle of the page while a conversation is open. */
import { act } from "./api.js";
import { composer } from "./composer.js";
import { h, swap } from "./dom.js";
import { headerOf } from "./header.js";
import { icon } from "./icons.js";
import { loadLatest, loadOlder } from "./history.js";
import { messageList } from "./message-list.js";
import { avatar, signedTitle, titleOf } from "./people.js";
import { isReply } from "./rows.js";
import { channel as find, person, state, subscribe } from "./store.js";
import { toast } from "./toasts.js";

/** One conversation, ready to be put into the page. Answers `{element, log, goTo(ts), focus(), close()}`. */
export function conversation(id) {
  const unread = { first: null, told: "" };
  const list = messageList({
    channel: id,
    label: `Messages in ${signedTitle(find(id))}`,
    older: (how) => loadOlder(id, how),
    top: () => introduction(find(id)),
    firstNew: () => unread.first,
    seen: () => markRead(id, list, unread),
  });
  const foot = h("div", { class: "middle-foot" });
  let header = headerOf(find(id));
  const element = h("div", { class: "conversation", dataset: { channel: id } }, header, list.log.element, foot);
  const drop = dropZone(element);
  const parts = { id, foot, writer: null, state: "" };
  drawFoot(parts, drop);
  const redraw = () => {
    if (!find(id)) return;
    const fresh = headerOf(find(id));
    swap(header, fresh);
    header = fresh;
    drawFoot(parts, drop);
  };
  const ends = [subscribe("desk", redraw), subscribe("place", redraw)];
  const loaded = fetchFirst(id, list, unread);
  const onVisible = () => document.visibilityState === "visible" && list.log.stick && markRead(id, list, unread);
  document.addEventListener("visibilitychange", onVisible);
  return {
    element,
    log: list.log,
    goTo: (ts) => loaded.then(() => list.log.goTo(ts)),
    focus: () => (parts.writer ? parts.writer.focus() : element.querySelector("button, a")?.focus()),
    close: () => {
      document.removeEventListener("visibilitychange", onVisible);
      ends.forEach((end) => end());
      list.close();
    },
  };
}

async function fetchFirst(id, list, unread) {
  try {
    if (!state.reach.has(id)) await loadLatest(id);
    unread.first = firstUnread(id);
    list.log.draw();
  } catch (error) {
    toast(error.message);
  }
}

/** The oldest of the newest messages that this person has not read. */
function firstUnread(id) {
  const count = find(id)?.unread ?? 0;
  if (!count) return null;
  const others = [...state.messages.get(id).values()].filter((one) => one.user !== state.me && !isReply(one) && !one.is_ephemeral);
  return others.sort((one, other) => (one.ts < other.ts ? -1 : 1)).at(-count)?.ts ?? null;
}

function markRead(id, list, unread) {
  const last = list.log.all.filter((one) => !one.local).at(-1)?.ts;
  if (!last || document.visibilityState !== "visible" || !state.reach.has(id) || !find(id)) return;
  if (unread.told === last && !find(id).unread) return;
  if (unread.told >= last && find(id).unread === 0) return;
  unread.told = last;
  act("reads", { channel: id, ts: last });
}

function introduction(channel) {
  const named = channel.kind === "public" || channel.kind === "private";
  const mark = named ? h("span", { class: "intro-mark" }, icon(channel.kind === "private" ? "lock" : "hash")) : avatar(channel.with?.[0] ?? state.me, { size: "large" });
  const kinds = { public: "channel", private: "private channel" };
  const words = named
    ? `This is the very beginning of the ${titleOf(channel)} ${kinds[channel.kind]}.`
    : `This conversation is just between ${titleOf(channel)} and you.`;
  return h("div", { class: "introduction" }, mark, h("h2", null, titleOf(channel)), h("p", null, words, channel.purpose ? ` ${channel.purpose}` : ""));
}

/** What stands below the messages: the composer, or why there is none. */
function drawFoot(parts, drop) {
  const channel = find(parts.id);
  const gone = person(state.me)?.deleted;
  const now = gone ? "gone" : channel.archived ? "archived" : channel.is_member ? "open" : "outside";
  if (parts.state === now) return;
  parts.state = now;
  parts.writer = now === "open" ? composer({ channel: parts.id, label: `Message ${signedTitle(channel)}` }) : null;
  drop.target = parts.writer;
  parts.foot.replaceChildren(parts.writer?.element ?? feet[now](channel));
}

const feet = {
  gone: () => h("p", { class: "foot-note" }, "This account is deactivated."),
  archived: (channel) => h("p", { class: "foot-note" }, icon("archive"), `${signedTitle(channel)} is archived. It can be read, and nobody can write in it.`),
  outside: (channel) =>
    h(
      "div",
      { class: "foot-note join" },
      h("p", null, icon("eye"), "You are looking at ", h("strong", null, signedTitle(channel)), " without being a member."),
      h("button", { type: "button", class: "button primary", onclick: (event) => join(event.currentTarget, channel) }, "Join channel"),
    ),
};

async function join(button, channel) {
  button.disabled = true;
  const result = await act("joins", { channel: channel.id });
  button.disabled = false;
  if (!result.ok) toast(result.reason ?? "You could not join.");
}

/** Files dropped anywhere on the conversation go to its composer. */
function dropZone(element) {
  const drop = { target: null };
  const hasFiles = (event) => drop.target && [...(event.dataTransfer?.types ?? [])].includes("Files");
  element.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    element.classList.add("dropping");
  });
  element.addEventListener("dragleave", (event) => !element.contains(event.relatedTarget) && element.classList.remove("dropping"));
  element.addEventListener("drop", (event) => {
    element.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    drop.target.addFiles(event.dataTransfer.files);
  });
  return drop;
}
