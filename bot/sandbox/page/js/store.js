/** The one state of the page, what happens to it, and lookups in it. Everything here belongs to one acting person. */

export const state = {
  /** Desk as the server sent it last. */
  desk: null,
  /** User id of whom we act as. */
  me: null,
  /** channel id → Map(ts → Msg), only for conversations that were looked at. */
  messages: new Map(),
  /** channel id → {more, oldest}: how far back `messages` reaches. */
  reach: new Map(),
  /** Open modals, bottom to top. */
  modals: [],
  /** The app's Home view, or null. */
  home: null,
  /** BackstageState, or null where there is none. */
  backstage: null,
  /** What tells this server from another one on the same address, or null before it said hello. */
  boot: null,
  /** Counts how often everything was forgotten: what was drawn in an earlier era is drawn anew. */
  era: 0,
  /** "live", or "lost" while the stream is being reopened. */
  link: "live",
};

const listeners = new Map();
const index = { people: new Map(), channels: new Map(), groups: new Map() };
let clock = { at: Date.now(), since: performance.now() };

/** Call `fn(detail)` whenever the topic is told; answers a function that ends it. */
export function subscribe(topic, fn) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(fn);
  return () => listeners.get(topic).delete(fn);
}

/** Tell everybody who subscribed to the topic. */
export function tell(topic, detail) {
  for (const fn of [...(listeners.get(topic) ?? [])]) fn(detail);
}

/** A new Desk from the server. */
export function setDesk(desk) {
  const named = namesIn(desk) !== namesIn(state.desk);
  state.desk = desk;
  state.me = desk.me;
  index.people = byId(desk.people);
  index.channels = byId(desk.channels);
  index.groups = byId(desk.groups);
  for (const id of [...state.messages.keys()]) if (!index.channels.has(id)) dropMessages(id);
  setClock(desk.now);
  setBackstage(desk.backstage ?? null);
  tell("desk", desk);
  if (named) tell("names", null);
}

/** Everything of a desk that may stand inside a message. */
function namesIn(desk) {
  return desk && JSON.stringify([desk.me, desk.people, desk.groups, desk.channels.map((one) => [one.id, one.name])]);
}

/** A new BackstageState, or null. */
export function setBackstage(backstage) {
  const before = state.backstage;
  state.backstage = backstage;
  if (backstage) setClock(backstage.now);
  tell("backstage", { before, now: backstage });
}

/** The open modals and the Home view as the server has them. */
export function setSurfaces({ modals, home }) {
  state.modals = modals;
  state.home = home;
  tell("surfaces", { modals, home });
}

/** Forget everything that belongs to the person we acted as. */
export function forget() {
  state.era += 1;
  state.messages.clear();
  state.reach.clear();
  state.modals = [];
  state.home = null;
}

/** A page of a conversation came: keep it. `reach` says how far back we now know it, null for a thread. */
export function keepMessages(channel, messages, reach) {
  if (!state.messages.has(channel)) state.messages.set(channel, new Map());
  const known = state.messages.get(channel);
  for (const message of messages) keep(known, message);
  if (reach) state.reach.set(channel, reach);
  tell("messages", { channel, upserts: messages, gone: [], loaded: true });
}

/** Messages came, changed or went; conversations nobody looked at yet are left to be fetched. */
export function mergeMessages({ channel, upserts, gone }) {
  const known = state.messages.get(channel);
  if (!known) return;
  for (const message of upserts) keep(known, message);
  for (const ts of gone) known.delete(ts);
  tell("messages", { channel, upserts, gone, loaded: false });
}

/** A message that says what it said before stays the same object, so that nothing is drawn again for it. */
function keep(known, message) {
  const before = known.get(message.ts);
  if (!before || JSON.stringify(before) !== JSON.stringify(message)) known.set(message.ts, message);
}

/** Forget one conversation's messages, so that they are fetched again. */
export function dropMessages(channel) {
  state.messages.delete(channel);
  state.reach.delete(channel);
}

function byId(rows) {
  return new Map((rows ?? []).map((row) => [row.id, row]));
}

function setClock(iso) {
  clock = { at: Date.parse(iso), since: performance.now() };
  tell("clock", null);
}

/** Somebody by user id, or null. */
export function person(id) {
  return index.people.get(id) ?? null;
}

/** What to call somebody: the full name, or the id where nobody is known by it. */
export function nameOf(id) {
  return person(id)?.name ?? id;
}

/** A conversation this person can find, or null. */
export function channel(id) {
  return index.channels.get(id) ?? null;
}

/** A user group, or null. */
export function group(id) {
  return index.groups.get(id) ?? null;
}

/** The server's clock as a Date; it goes on between updates, unless backstage says that time stands still. */
export function now() {
  const runs = state.backstage?.runs ?? true;
  return new Date(clock.at + (runs ? performance.now() - clock.since : 0));
}

/** The time zone of whom we act as. */
export function zone() {
  return person(state.me)?.tz || "UTC";
}

/** Whom we act as, or null before the first desk. */
export function myself() {
  return person(state.me);
}
