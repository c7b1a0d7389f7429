/** Faces and names of people and apps, drawn from what the desk knows. */
import { h } from "./dom.js";
import { person, state } from "./store.js";

const TINTS = 12;

/** A drawn face: initials on a colour that follows from the id; it says nothing to a screen reader. */
export function avatar(id, { size = "", name = null } = {}) {
  const somebody = person(id);
  const words = (name ?? somebody?.name ?? id).split(/\s+/).filter(Boolean);
  const initials = (words.length > 1 ? words[0][0] + words.at(-1)[0] : (words[0] ?? "?").slice(0, 1)).toUpperCase();
  const classes = ["avatar", `tint-${tint(id)}`, size, somebody?.is_bot && "app"];
  return h("span", { class: classes, "aria-hidden": "true" }, initials);
}

function tint(id) {
  let sum = 7;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return sum % TINTS;
}

/** Who wrote a message, as it is shown above it. */
export function authorOf(message) {
  return message.username ?? person(message.user)?.name ?? message.bot_profile?.name ?? message.user ?? "Somebody";
}

/** Whether a message comes from an app. */
export function isApp(message) {
  return Boolean(message.bot_id || person(message.user)?.is_bot);
}

/** What a conversation is called by whom we act as: "general", "Lena Voss", "Lena Voss, Mateo Rojas". */
export function titleOf(channel) {
  if (channel.kind === "public" || channel.kind === "private") return channel.name;
  const others = (channel.with ?? channel.members).filter((id) => id !== state.me);
  if (others.length === 0) return `${person(state.me)?.name ?? "You"} (you)`;
  return others.map((id) => person(id)?.name ?? id).join(", ");
}

/** The title with its sign: "#general". */
export function signedTitle(channel) {
  return channel.kind === "public" || channel.kind === "private" ? `#${channel.name}` : titleOf(channel);
}

/** People one can act as: the living members, apps and the workspace's own voice left out. */
export function cast() {
  return state.desk.people.filter((one) => !one.is_bot && !one.deleted && one.id !== "USLACKBOT");
}

/** "Ines Carvalho, Chief Technology Officer" in parts: a name and what they do here. */
export function roleOf(somebody) {
  const marks = [somebody.is_guest && !/guest/i.test(somebody.title) && "guest", somebody.is_admin && "admin"].filter(Boolean);
  return [somebody.title, ...marks].filter(Boolean).join(" · ");
}
