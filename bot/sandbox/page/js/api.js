/** Everything the page says to the server: questions, verbs, and the stream of what happens. */
import { state } from "./store.js";

const HEADERS = { "X-Window": "1" };
const SOONEST = 400;
const LATEST = 4000;
const EVENTS = ["hello", "desk", "messages", "surfaces", "crossing", "backstage"];

/** A question the server answered with an error: `status` and a sentence. */
export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/** Ask for a path as whom we act; answers the JSON. Throws Refused, or TypeError where nobody answers. */
export async function get(path, query = {}) {
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== undefined));
  const answer = await fetch(`${path}?${asked}`, { headers: HEADERS });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, body.error ?? body.reason ?? `The server answered ${answer.status}.`);
  return body;
}

/** Do something as whom we act; answers `{ok, error?, reason?}` and never throws. */
export function act(verb, args = {}) {
  return post("/window/act", JSON.stringify({ as: state.me, verb, ...args }));
}

/** Share a file: FormData with channel, text, thread and file. */
export function upload(form) {
  form.set("as", state.me);
  return post("/window/upload", form);
}

/** Turn a knob behind the scene; answers `{ok, state?, reason?}` and never throws. */
export function backstage(verb, args = {}) {
  return post("/window/backstage", JSON.stringify({ verb, ...args }));
}

async function post(path, body) {
  const json = typeof body === "string" ? { "Content-Type": "application/json" } : {};
  try {
    const answer = await fetch(path, { method: "POST", headers: { ...HEADERS, ...json }, body });
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    return { ok: false, error: "refused", reason: told.reason ?? told.error ?? `The server answered ${answer.status}.` };
  } catch {
    return { ok: false, error: "unreachable", reason: "The workspace does not answer. Is it still running?" };
  }
}

/**
 * Listen to what happens, for whom we act as; handlers by event name, and `lost()` when the connection breaks.
 * It comes back by itself, with a new `hello`. Answers `{close()}`.
 */
export function stream(handlers, { traffic = false } = {}) {
  const path = `/window/events?${new URLSearchParams({ as: state.me, ...(traffic ? { traffic: 1 } : {}) })}`;
  let source = null;
  let timer = 0;
  let wait = SOONEST;
  const open = () => {
    source = new EventSource(path);
    for (const name of EVENTS) source.addEventListener(name, (event) => handlers[name]?.(JSON.parse(event.data)));
    source.addEventListener("hello", () => (wait = SOONEST));
    source.addEventListener("error", () => {
      source.close();
      handlers.lost?.();
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, LATEST);
    });
  };
  open();
  const close = () => {
    clearTimeout(timer);
    source.close();
  };
  return { close };
}
