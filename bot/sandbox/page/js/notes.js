/** Lines only this page shows: what the workspace itself says to somebody about an act that failed. */
import { mergeMessages, now, person, state } from "./store.js";

const VOICE = "USLACKBOT";
const dismissed = new Set();
let counter = 0;

/** Say something to whom we act as, at the end of a conversation or of a thread in it. */
export function note(channel, text, thread = null) {
  if (!state.messages.has(channel)) return;
  counter += 1;
  const known = [...state.messages.get(channel).keys()].sort().at(-1) ?? "0";
  const instant = Math.max(now().getTime() / 1000, Number.parseFloat(known));
  const ts = `${Math.floor(instant)}.${String(Math.floor((instant % 1) * 1e6) + counter).padStart(6, "0")}`;
  const author = person(VOICE) ? { user: VOICE } : { user: VOICE, username: state.desk.team.name };
  const line = { ...author, ts, channel, text, is_ephemeral: true, local: true, type: "message" };
  mergeMessages({ channel, upserts: [thread ? { ...line, thread_ts: thread } : line], gone: [] });
}

/** Take a line that only this person sees away. */
export function dismissNote(message) {
  dismissed.add(`${message.channel}:${message.ts}`);
  mergeMessages({ channel: message.channel, upserts: [], gone: [message.ts] });
}

/** Whether somebody took this line away before. */
export function isDismissed(message) {
  return dismissed.has(`${message.channel}:${message.ts}`);
}

/** What is said about a command that failed. */
export function commandTrouble(command, { error, reason }) {
  const app = state.desk.app?.name ?? "The app";
  const sentences = {
    operation_timeout: `${command} failed with the error "operation_timeout"`,
    dispatch_failed: `${command} failed because the app did not respond. ${app} may not be running: "dispatch_failed"`,
    invalid_command: `${command} is not a valid command. In this workspace, all text that begins with "/" is a command.`,
  };
  return sentences[error] ?? reason ?? `${command} failed with the error "${error}"`;
}

/** What is said about a shortcut or another act of the app that failed. */
export function appTrouble(what, { error, reason }) {
  const app = state.desk.app?.name ?? "The app";
  const sentences = {
    operation_timeout: `${what} failed: ${app} did not respond in time ("operation_timeout"). Try again?`,
    dispatch_failed: `${what} failed: ${app} did not respond ("dispatch_failed"). Try again?`,
  };
  return sentences[error] ?? reason ?? `${what} failed with the error "${error}"`;
}
