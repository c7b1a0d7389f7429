/** One thread: its parent, the replies, a composer. */
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { loadThread } from "./history.js";
import { messageList } from "./message-list.js";
import { signedTitle } from "./people.js";
import { channel as find, subscribe } from "./store.js";
import { toast } from "./toasts.js";

/** The thread below one message. Answers `{element, enter(), close()}`. */
export function threadPane(id, { ts, show }) {
  const channel = find(id);
  const list = messageList({ channel: id, thread: ts, label: `Thread in ${signedTitle(channel)}` });
  const writable = channel.is_member && !channel.archived;
  const direct = channel.kind === "im" || channel.kind === "mpim";
  const writer = writable && composer({ channel: id, thread: ts, label: "Reply…", alsoSend: direct ? null : `Also send to ${signedTitle(channel)}` });
  const foot = writer ? writer.element : h("p", { class: "foot-note" }, channel.archived ? "The channel is archived." : "Join the channel to reply.");
  const element = h("div", { class: "thread" }, list.log.element, h("div", { class: "middle-foot" }, foot));
  const load = () => loadThread(id, ts).then(() => list.log.draw(), (error) => toast(error.message));
  load().then(() => show && list.log.goTo(show));
  const end = subscribe("resync", load);
  const close = () => {
    end();
    list.close();
  };
  return { element, enter: () => !show && writer && writer.focus(), close };
}
