/** Playing a story: choosing one, and the caption that says where it is. */
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menus.js";
import { channelPlace } from "./place.js";
import { become } from "./sidebar.js";
import { state, subscribe } from "./store.js";
import { turn } from "./topbar.js";

/** The button that opens the list of stories, or null where there are none. */
export function storyButton() {
  const { stories, playing } = state.backstage;
  if (!stories?.length) return null;
  const entries = () => stories.map((one) => ({ label: one.title, detail: one.about, icon: "play", pick: () => turn("play", { name: one.name }) }));
  return h(
    "button",
    { type: "button", class: "bar-button", "aria-haspopup": "menu", "aria-expanded": false, disabled: Boolean(playing && !playing.finished), dataset: { knob: "story" }, onclick: (event) => openMenu(event.currentTarget, entries(), { label: "Stories", wide: true }) },
    icon("play"),
    h("span", null, "Play story"),
  );
}

/** Keep the caption in line with what is played, and look where the story looks. */
export function caption(place) {
  let looked = "";
  subscribe("backstage", () => {
    const playing = state.backstage?.playing ?? null;
    place.hidden = !playing;
    document.body.classList.toggle("playing", Boolean(playing));
    if (!playing) {
      looked = "";
      return;
    }
    draw(place, playing);
    const look = JSON.stringify(playing.look);
    if (playing.look && look !== looked) become(playing.look.as, channelPlace(playing.look.channel), { replace: true });
    looked = look;
  });
}

function draw(place, playing) {
  if (!place.children.length) replace(place, h("div", { class: "caption-words", role: "status" }), h("div", { class: "caption-buttons" }), h("progress", { class: "caption-progress", "aria-label": "Scenes played" }));
  const [words, buttons, progress] = place.children;
  const scene = playing.scene ? `Scene ${playing.scene_number} of ${playing.scenes}: ${playing.scene}` : "";
  replace(
    words,
    h("p", { class: "caption-title" }, h("strong", null, playing.title), scene && h("span", null, scene)),
    h("p", { class: "caption-line" }, playing.finished ? "The story has ended. You can look around, or stop to get a fresh workspace." : playing.line),
    playing.failures?.length > 0 && h("ul", { class: "caption-failures" }, playing.failures.map((one) => h("li", null, one))),
  );
  progress.max = playing.scenes || 1;
  progress.value = playing.finished ? progress.max : Math.max(0, playing.scene_number - 1);
  drawButtons(buttons, playing);
}

function drawButtons(buttons, { paused, finished }) {
  const sign = `${paused} ${finished}`;
  if (buttons.drawn === sign) return;
  const focused = buttons.contains(document.activeElement);
  buttons.drawn = sign;
  const button = (drawing, words, verb) => h("button", { type: "button", class: "bar-button", onclick: () => turn(verb) }, icon(drawing), h("span", null, words));
  replace(buttons, !finished && (paused ? button("play", "Resume", "resume") : button("pause", "Pause", "pause")), button("stop", "Stop", "stop"));
  if (focused) buttons.querySelector("button").focus();
}
