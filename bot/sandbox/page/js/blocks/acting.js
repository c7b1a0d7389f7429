/** From a press or a choice to the app and back: the question before, the waiting, what went wrong. */

import { h } from "../dom.js";
import { ask } from "./confirm.js";

const TROUBLE = "We had some trouble connecting. Try again?";
const SENTENCES = {
  operation_timeout: "The app did not answer in time. Try again?",
  dispatch_failed: "The app could not be reached. Try again?",
  invalid_response: "The app answered with something that cannot be shown.",
  invalid_blocks: "The app answered with something that cannot be shown.",
};
const turns = new WeakMap();
let counter = 0;

/** An element id that nothing else on the page has. */
export function uid(stem) {
  counter += 1;
  return `${stem}-${counter}`;
}

/** What Slack says about a failed act, the same sentence in a modal for every failure to connect. */
export function failureOf(answer, surface) {
  if (answer?.ok) return null;
  if (answer?.error === "impossible") return answer.reason || TROUBLE;
  return surface === "modal" ? TROUBLE : SENTENCES[answer?.error] ?? answer?.reason ?? TROUBLE;
}

/**
 * Let a control act: ask first where the app wants it, show that it is busy, say what failed.
 *
 * A button that is busy takes no second press; a choice made meanwhile waits for its turn. Answers whether the app took
 * it; `undo` runs when the person changed their mind.
 */
export async function perform(control, { block, element, ctx, value, undo, confirm = element.confirm }) {
  const before = turns.get(control);
  if (before && control.matches("button, a")) return false;
  const turn = (before ?? Promise.resolve()).then(() => once(control, { block, element, ctx, value, undo, confirm }));
  turns.set(control, turn);
  const taken = await turn;
  if (turns.get(control) === turn) turns.delete(control);
  return taken;
}

async function once(control, { block, element, ctx, value, undo, confirm }) {
  if (confirm && !(await ask(confirm, ctx, control))) {
    undo?.();
    return false;
  }
  clearFailure(control);
  control.setAttribute("aria-busy", "true");
  const answer = await settled(() => ctx.act(block, element, value));
  control.removeAttribute("aria-busy");
  const failure = failureOf(answer, ctx.surface);
  if (failure) showFailure(control, failure);
  return !failure;
}

async function settled(act) {
  try {
    return (await act()) ?? { ok: true };
  } catch (error) {
    return { ok: false, error: "connection", reason: TROUBLE, cause: error };
  }
}

function showFailure(control, sentence) {
  const place = control.closest(".bk-block") ?? control.parentElement;
  place?.append(h("p", { class: "bk-failure", role: "alert" }, sentence));
}

function clearFailure(control) {
  control.closest(".bk-block")?.querySelectorAll(":scope > .bk-failure").forEach((note) => note.remove());
}
