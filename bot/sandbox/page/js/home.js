/** The app's own place: its Home tab and what it is about. */
import { act } from "./api.js";
import { appTabs } from "./header.js";
import { h, replace } from "./dom.js";
import { avatar } from "./people.js";
import { state, subscribe } from "./store.js";
import { renderBlocks } from "./blocks/index.js";

/** The Home tab, kept as the app publishes it. Answers `{element, focus(), close()}`. */
export function appHome() {
  const body = h("div", { class: "home-body", role: "tabpanel", "aria-label": "Home", tabindex: -1 });
  const element = frame("home", body);
  const shown = { sign: null, waiting: true };
  const draw = () => {
    const sign = state.home && JSON.stringify(state.home);
    if (sign === shown.sign && sign !== null) return;
    shown.sign = sign;
    const scroll = body.scrollTop;
    replace(body, state.home ? page(state.home) : empty(shown.waiting));
    body.scrollTop = scroll;
  };
  const end = subscribe("surfaces", draw);
  draw();
  act("opens_home", { tab: "home" }).then((result) => {
    shown.waiting = false;
    if (!state.home) replace(body, empty(false, result));
  });
  return { element, focus: () => body.focus(), close: end };
}

function page(view) {
  const where = { view: view.id };
  const context = {
    surface: "home",
    where,
    typed: null,
    errors: null,
    act: (block, element, value) => act("acts", { where, block_id: block.block_id, action_id: element.action_id, value }),
  };
  return h("div", { class: "home-page" }, renderBlocks(view.blocks, context));
}

function empty(waiting, result = { ok: true }) {
  const { app } = state.desk;
  if (waiting) return h("p", { class: "pane-empty" }, `Opening ${app.name}…`);
  const why = result.ok ? "It has nothing to show here yet." : `${app.name} did not respond (${result.error}).`;
  return h("div", { class: "home-empty" }, avatar(app.user, { size: "large" }), h("h2", null, app.name), h("p", null, why));
}

/** What the app is and which commands and shortcuts it has. */
export function appAbout() {
  const { app, commands, shortcuts } = state.desk;
  const rows = (title, list, name) =>
    list.length > 0 &&
    h(
      "section",
      { class: "fact" },
      h("h3", null, title),
      h("dl", { class: "about-list" }, list.map((one) => [h("dt", null, name(one)), h("dd", null, one.description ?? "")])),
    );
  const body = h(
    "div",
    { class: "home-body", role: "tabpanel", "aria-label": "About", tabindex: -1 },
    h(
      "div",
      { class: "home-page" },
      rows("Commands", commands, (one) => `${one.command} ${one.usage_hint ?? ""}`),
      rows("Shortcuts on a message", shortcuts.filter((one) => one.type === "message"), (one) => one.name),
      rows("Shortcuts anywhere", shortcuts.filter((one) => one.type === "global"), (one) => one.name),
      h("p", { class: "about-foot" }, `${app.name} is installed in this workspace.`),
    ),
  );
  return { element: frame("about", body), focus: () => body.focus(), close: () => {} };
}

function frame(tab, body) {
  return h("div", { class: "conversation app-home" }, h("header", { class: "middle-header" }, appTabs(tab)), body);
}
