/** The left side: the workspace, whom we act as, conversations, the app. */
import { h, keyed, replace } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menus.js";
import { avatar, cast, roleOf, titleOf } from "./people.js";
import { appPlace, channelPlace, go, place } from "./place.js";
import { actAs } from "./session.js";
import { myself, person, state, subscribe } from "./store.js";
import { toast } from "./toasts.js";

/** Draw the left side into its place and keep it up to date. */
export function sidebar(nav, closeSheet) {
  const head = h("div", { class: "side-head" });
  const body = h("div", { class: "side-body" });
  body.addEventListener("keydown", (event) => rove(event, body));
  const foot = h("div", { class: "side-foot", id: "guide-in-sidebar" });
  replace(nav, head, body, foot);
  const visit = (where) => {
    go(where);
    closeSheet();
  };
  const draw = () => {
    if (!state.desk) return;
    drawHead(head);
    keyed(body, sections(), { key: (one) => one.title, sign: (one) => one.title, make: (one) => section(one) });
    for (const part of sections()) drawItems(body, part, visit);
    ensureReachable(body);
    document.title = titleNow();
  };
  subscribe("desk", draw);
  subscribe("place", draw);
}

function drawHead(head) {
  const me = myself();
  const sign = JSON.stringify([state.desk.team.name, me]);
  if (head.drawn === sign) return;
  head.drawn = sign;
  const button = h(
    "button",
    { type: "button", class: "acting-as", "aria-haspopup": "menu", "aria-expanded": false, "aria-label": `Acting as ${me.name}, ${roleOf(me)}`, dataset: { switcher: "" }, onclick: (event) => openCast(event.currentTarget) },
    avatar(me.id),
    h("span", { class: "acting-words" }, h("span", { class: "acting-label" }, "Acting as"), h("span", { class: "acting-name" }, me.name), h("span", { class: "acting-role" }, roleOf(me))),
    icon("chevron"),
  );
  replace(head, h("p", { class: "team-name" }, state.desk.team.name), button);
}

function openCast(anchor) {
  const entries = cast().map((one) => ({
    label: one.name,
    detail: roleOf(one),
    face: avatar(one.id),
    checked: one.id === state.me,
    dataset: { person: one.id },
    pick: () => become(one.id),
  }));
  openMenu(anchor, [{ heading: "Act as" }, ...entries], { label: "Act as", wide: true });
}

/** Act as somebody else; what goes wrong is said. */
export async function become(user, where = null, options = {}) {
  try {
    await actAs(user, where, options);
  } catch (error) {
    toast(`${person(user)?.name ?? "This person"} is not at the desk: ${error.message}`);
  }
}

function sections() {
  const { channels, app } = state.desk;
  const named = channels.filter((one) => ["public", "private"].includes(one.kind) && !one.archived).sort((one, other) => one.name.localeCompare(other.name));
  const direct = channels.filter((one) => ["im", "mpim"].includes(one.kind) && one.id !== app?.dm);
  const here = place.view === "channel" && channels.find((one) => one.id === place.channel);
  const archived = here && here.archived ? [here] : [];
  const dm = channels.find((one) => one.id === app?.dm);
  return [
    { title: "Channels", items: [...named.filter((one) => one.is_member), ...archived].map(channelItem) },
    { title: "Direct messages", items: direct.map(channelItem) },
    { title: "Apps", items: app ? [appItem(app, dm)] : [] },
    { title: "More channels", items: named.filter((one) => !one.is_member).map(channelItem) },
  ].filter((one) => one.items.length);
}

function channelItem(channel) {
  const direct = channel.kind === "im" || channel.kind === "mpim";
  const badge = direct ? channel.unread : channel.mentions;
  return {
    id: channel.id,
    name: titleOf(channel),
    drawing: direct ? null : channel.archived ? "archive" : channel.kind === "private" ? "lock" : "hash",
    face: channel.with?.[0] ?? state.me,
    unread: channel.unread,
    badge,
    quiet: !channel.is_member,
    here: place.view === "channel" && place.channel === channel.id,
    where: channelPlace(channel.id),
  };
}

function appItem(app, dm) {
  const here = place.view === "app" || (place.view === "channel" && place.channel === app.dm);
  const unread = dm?.unread ?? 0;
  return { id: app.dm, name: app.name, drawing: null, face: app.user, unread, badge: unread, here, where: unread ? channelPlace(app.dm) : appPlace() };
}

function section({ title }) {
  const id = `side-${title.toLowerCase().replaceAll(" ", "-")}`;
  return h("section", { class: "side-section", "aria-labelledby": id }, h("h2", { class: "side-title", id }, title), h("ul", { role: "list" }));
}

function drawItems(body, { title, items }, visit) {
  const part = [...body.children].find((one) => one.rowKey === title);
  keyed(part.querySelector("ul"), items, { key: (one) => one.id, sign: (one) => JSON.stringify(one), make: (one) => itemRow(one, visit) });
}

function itemRow(item, visit) {
  const counted = item.badge ? `, ${item.badge} ${item.badge === 1 ? "new mention" : "new mentions"}` : item.unread ? ", unread" : "";
  const kind = item.drawing === "lock" ? ", private" : "";
  return h(
    "li",
    null,
    h(
      "button",
      {
        type: "button",
        class: ["side-item", item.here && "here", item.unread > 0 && "unread", item.quiet && "quiet"],
        "aria-current": item.here ? "page" : null,
        "aria-label": `${item.name}${kind}${counted}`,
        tabindex: item.here ? 0 : -1,
        dataset: { conversation: item.id },
        onclick: () => visit(item.where),
      },
      item.drawing ? icon(item.drawing) : avatar(item.face, { size: "small" }),
      h("span", { class: "side-name" }, item.name),
      item.badge > 0 && h("span", { class: "badge", "aria-hidden": "true" }, item.badge > 99 ? "99+" : item.badge),
    ),
  );
}

function itemsIn(body) {
  return [...body.querySelectorAll(".side-item")];
}

function ensureReachable(body) {
  const items = itemsIn(body);
  if (items.some((one) => one.tabIndex === 0)) return;
  if (items[0]) items[0].tabIndex = 0;
}

function rove(event, body) {
  const items = itemsIn(body);
  const here = items.indexOf(document.activeElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
  if (here < 0 || to === undefined || !items[to]) return;
  event.preventDefault();
  for (const one of items) one.tabIndex = -1;
  items[to].tabIndex = 0;
  items[to].focus();
}

function titleNow() {
  const waiting = state.desk.channels.reduce((sum, one) => sum + (["im", "mpim"].includes(one.kind) ? one.unread : one.mentions), 0);
  const here = place.view === "channel" ? state.desk.channels.find((one) => one.id === place.channel) : null;
  const name = here ? titleOf(here) : place.view === "app" ? state.desk.app.name : "";
  return `${waiting ? `(${waiting}) ` : ""}${[name, state.desk.team.name].filter(Boolean).join(" · ")}`;
}
