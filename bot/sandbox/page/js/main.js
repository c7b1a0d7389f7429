/** The page put together: each part is drawn into its place and lives from the store's topics. */
import { appAbout, appHome } from "./home.js";
import { caption } from "./story.js";
import { conversation } from "./conversation.js";
import { h, replace } from "./dom.js";
import { guide } from "./guide.js";
import { inspector } from "./inspector.js";
import { listenToKeys } from "./keys.js";
import { appPlace, channelPlace, go, place } from "./place.js";
import { rightSide } from "./pane.js";
import { begin } from "./session.js";
import { sidebar } from "./sidebar.js";
import { channel as find, state, subscribe } from "./store.js";
import { applyTheme } from "./theme.js";
import { toast } from "./toasts.js";
import { topbar } from "./topbar.js";
import { showModals } from "./modal.js";

const part = (id) => document.getElementById(id);
const touch = matchMedia("(pointer: coarse)");
const middle = { name: "", shown: null };

function drawMiddle() {
  const name = `${state.era} ${place.view} ${place.channel ?? place.tab}`;
  if (name !== middle.name) {
    middle.name = name;
    const inside = part("middle").contains(document.activeElement);
    middle.shown?.close();
    middle.shown = place.view === "app" ? (place.tab === "about" ? appAbout() : appHome()) : conversation(place.channel);
    replace(part("middle"), middle.shown.element);
    middle.shown.log?.draw();
    const free = inside || document.activeElement === document.body;
    if (free && !touch.matches) middle.shown.focus();
  }
  if (place.show) middle.shown.goTo?.(place.show);
}

/** Bring a message of the open conversation into view, without taking the focus. */
function showMessage(channel, ts) {
  if (place.channel !== channel || !state.reach.has(channel)) return;
  middle.shown?.log?.show(ts);
}

/** Follow a link that leads to a place in this page. */
function follow({ channel, ts, thread, user, home }) {
  if (home) return go(appPlace(home === "about" ? "about" : "home"));
  const direct = user && state.desk.channels.find((one) => one.kind === "im" && one.with?.[0] === user);
  const id = direct?.id ?? channel;
  if (!id) return toast("There is no conversation with them yet.");
  if (!find(id)) return toast("You cannot look into that conversation.");
  const inThread = thread && thread !== ts;
  const pane = inThread ? { kind: "thread", ts: thread, show: ts } : null;
  return go({ ...channelPlace(id, pane), show: inThread ? thread : ts });
}

function sheets() {
  const [nav, shade] = [part("sidebar"), part("shade")];
  const set = (open) => {
    nav.classList.toggle("open", open);
    shade.hidden = !open;
    document.querySelector("[aria-controls=sidebar]")?.setAttribute("aria-expanded", String(open));
  };
  const close = () => {
    const was = nav.classList.contains("open");
    set(false);
    if (was && nav.contains(document.activeElement)) document.querySelector("[aria-controls=sidebar]")?.focus();
    return was;
  };
  shade.addEventListener("click", close);
  const open = () => {
    set(!nav.classList.contains("open"));
    nav.querySelector("[aria-current=page]")?.focus();
  };
  return { open, close };
}

function linkBanner(banner) {
  subscribe("link", (link) => {
    banner.hidden = link === "live";
    banner.textContent = link === "live" ? "" : "Reconnecting…";
  });
}

/** Let the style sheets know how high something is, as a custom property. */
function tellHeight(element, property) {
  new ResizeObserver(() => document.body.style.setProperty(property, `${element.offsetHeight}px`)).observe(element);
}

async function start() {
  applyTheme();
  const sheet = sheets();
  const traffic = inspector(part("inspector"));
  sidebar(part("sidebar"), sheet.close);
  topbar(part("topbar"), { openSheet: sheet.open, toggleTraffic: traffic.toggle });
  caption(part("caption"));
  linkBanner(part("link"));
  listenToKeys({ escape: sheet.close });
  subscribe("place", drawMiddle);
  rightSide(part("pane"));
  guide(part("guide"), showMessage);
  tellHeight(part("guide"), "--guide-height");
  tellHeight(part("caption"), "--caption-height");
  tellHeight(part("inspector"), "--drawer-height");
  subscribe("surfaces", ({ modals }) => showModals(modals));
  subscribe("person", () => showModals([]));
  subscribe("go", follow);
  try {
    await begin();
  } catch (error) {
    const again = h("button", { type: "button", class: "button primary", onclick: () => location.reload() }, "Try again");
    replace(part("middle"), h("div", { class: "home-empty" }, h("h1", null, "The workspace does not answer"), h("p", null, error.message), again));
  }
}

start();
