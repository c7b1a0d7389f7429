/** What was typed and not sent, per person and conversation, until this window closes. */
import { state } from "./store.js";

function name(channel, thread) {
  return `draft:${state.me}:${channel}${thread ? `:${thread}` : ""}`;
}

/** The draft of a conversation or thread, or "". */
export function draftOf(channel, thread) {
  try {
    return sessionStorage.getItem(name(channel, thread)) ?? "";
  } catch {
    return "";
  }
}

/** Keep a draft; an empty one is forgotten. */
export function keepDraft(channel, thread, text) {
  try {
    if (text) sessionStorage.setItem(name(channel, thread), text);
    else sessionStorage.removeItem(name(channel, thread));
  } catch {
    return;
  }
}
