/** How instants are written: in the zone of whom we act as, 24 hours, day before month. */
import { now, zone } from "./store.js";

const formats = new Map();

/** Parts of a date in the acting person's zone, written by the browser. */
export function written(instant, options) {
  const where = zone();
  const name = where + JSON.stringify(options);
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat("en-GB", { timeZone: where, ...options }));
  return formats.get(name).format(instant);
}

/** The instant of a `ts`. */
export function instantOf(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

/** "14:32" */
export function clockTime(instant) {
  return written(instant, { hour: "2-digit", minute: "2-digit" });
}

/** "14:32:07" */
export function clockSeconds(instant) {
  return written(instant, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** "Tuesday 14 October 2025, 14:32", for tooltips. */
export function fullTime(instant) {
  const day = written(instant, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  return `${day.replace(",", "")}, ${clockTime(instant)}`;
}

/** "Tue 14 Oct" */
export function shortDay(instant) {
  return written(instant, { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
}

/** What tells two days apart in the acting person's zone: "2025-10-14". */
export function dayKey(instant) {
  return written(instant, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-");
}

/** "Today", "Yesterday" or "Tuesday 14 October", with the year when it is another one. */
export function dayName(instant) {
  const today = now();
  if (dayKey(instant) === dayKey(today)) return "Today";
  if (dayKey(instant) === dayKey(new Date(today.getTime() - 86_400_000))) return "Yesterday";
  const year = written(instant, { year: "numeric" }) === written(today, { year: "numeric" }) ? {} : { year: "numeric" };
  return written(instant, { weekday: "long", day: "numeric", month: "long", ...year }).replace(",", "");
}

/** When something was, as near as needed: "14:32", "Yesterday 14:32", "Tue 14 Oct 14:32". */
export function nearTime(instant) {
  const name = dayName(instant);
  if (name === "Today") return clockTime(instant);
  return `${name === "Yesterday" ? name : shortDay(instant)} ${clockTime(instant)}`;
}

/** The zone's place and its short name now: "Lisbon, WEST". */
export function zoneName() {
  const place = zone().split("/").pop().replaceAll("_", " ");
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone(), timeZoneName: "short" }).formatToParts(now());
  const short = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  return short && short !== place ? `${place}, ${short}` : place;
}
