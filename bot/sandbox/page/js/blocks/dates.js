/** Instants as Slack words them, in the reader's own zone and by the workspace's clock. */

import { now as clock, zone as homeZone } from "../store.js";

const DAY = 86_400_000;
const HALF_A_YEAR = 183;
const FORMATS = new Map();
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** The pattern with its {tokens} filled in; null where the seconds are none that Slack takes. */
export function formatDate(seconds, pattern, zone = homeZone(), now = clock()) {
  const digits = String(seconds);
  if (!/^\d{1,11}$/.test(digits) || !pattern) return null;
  const at = new Date(Number(digits) * 1000);
  const here = wall(at, zone);
  const today = wall(new Date(now), zone);
  const days = here.day - today.day;
  return pattern.replace(/\{([a-z_]+)\}/g, (whole, token, offset) => {
    if (token === "ago") return ago((new Date(now) - at) / 1000);
    const word = token.endsWith("_pretty") ? near(days, offset === 0) : null;
    return word ?? plainToken(token.startsWith("date") ? token.replace(/_pretty$/, "") : token, here, Math.abs(days) < HALF_A_YEAR, today) ?? whole;
  });
}

function near(days, first) {
  const word = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
  return word && first ? word[0].toUpperCase() + word.slice(1) : word;
}

function plainToken(token, at, yearless, today) {
  const year = yearless ? "" : `, ${at.year}`;
  const day = `${at.month} ${at.date}${suffix(at.date)}`;
  const two = (n) => String(n).padStart(2, "0");
  const tokens = {
    date_num: () => `${at.year}-${two(at.monthNumber)}-${two(at.date)}`,
    date_slash: () => `${two(at.date)}/${two(at.monthNumber)}/${at.year}`,
    date: () => day + year,
    date_short: () => `${at.month.slice(0, 3)} ${at.date}${year}`,
    date_long: () => `${at.weekday}, ${day}${year}`,
    date_long_full: () => `${at.month} ${at.date}, ${at.year}`,
    day_divider_pretty: () => `${at.weekday}, ${day}${at.year === today.year ? "" : `, ${at.year}`}`,
    time: () => at.time.slice(0, 5),
    time_secs: () => at.time,
  };
  return tokens[token]?.() ?? null;
}

function suffix(day) {
  if (day >= 11 && day <= 13) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
}

function ago(seconds) {
  const size = Math.floor(Math.abs(seconds));
  const unit = UNITS.find(([, length]) => size >= length);
  if (!unit) return "just now";
  const count = Math.floor(size / unit[1]);
  const words = `${count} ${unit[0]}${count === 1 ? "" : "s"}`;
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

/** An instant on the wall of a zone: names, numbers, time of day, and the day's number to count days with. */
export function wall(at, zone = homeZone()) {
  const parts = Object.fromEntries(formatOf(zone).formatToParts(at).map((part) => [part.type, part.value]));
  const [year, monthNumber, date] = [Number(parts.year), monthOf(parts.month), Number(parts.day)];
  return {
    year, monthNumber, date, month: parts.month, weekday: parts.weekday,
    time: `${parts.hour}:${parts.minute}:${parts.second}`,
    day: Date.UTC(year, monthNumber - 1, date) / DAY,
  };
}

/** The epoch second at which a zone's clocks show this `YYYY-MM-DDTHH:MM`; null for what is no time. */
export function epochOf(local, zone = homeZone()) {
  const wanted = Date.parse(`${local}:00Z`);
  if (Number.isNaN(wanted)) return null;
  let guess = wanted;
  for (let round = 0; round < 2; round += 1) guess += wanted - shownAs(new Date(guess), zone);
  return Math.floor(guess / 1000);
}

/** `YYYY-MM-DDTHH:MM` on a zone's clocks at an epoch second. */
export function localOf(seconds, zone = homeZone()) {
  return new Date(shownAs(new Date(seconds * 1000), zone)).toISOString().slice(0, 16);
}

function shownAs(at, zone) {
  const here = wall(at, zone);
  return here.day * DAY + Date.parse(`1970-01-01T${here.time}Z`);
}

function monthOf(name) {
  return new Date(`${name} 1, 2000 UTC`).getUTCMonth() + 1;
}

function formatOf(zone) {
  if (!FORMATS.has(zone)) FORMATS.set(zone, makeFormat(zone));
  return FORMATS.get(zone);
}

function makeFormat(timeZone) {
  const wanted = { year: "numeric", month: "long", day: "numeric", weekday: "long" };
  const time = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone, ...wanted, ...time });
  } catch {
    return new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...wanted, ...time });
  }
}
