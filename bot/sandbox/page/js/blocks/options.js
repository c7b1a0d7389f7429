/** What a select offers: the app's own options, people, channels, conversations, or what the app suggests. */

import { act } from "../api.js";
import { signedTitle, titleOf } from "../people.js";
import { channel, nameOf, person, state } from "../store.js";
import { wordsOf } from "./text.js";

/** A source: `search(query)` answers (a promise of) groups `{label, options}`; `nameOf(value)` words for a chosen value. */
export function sourceOf(element, block, ctx) {
  const kind = element.type.replace(/^multi_/, "");
  if (kind === "users_select") return listed(people(), (id) => nameOf(id));
  if (kind === "channels_select") return listed(channels(["public"]), conversationName);
  if (kind === "conversations_select") return listed(channels(element.filter?.include, element.filter?.exclude_bot_users), conversationName);
  return kind === "external_select" ? suggested(element, block, ctx) : given(element);
}

function given(element) {
  const groups = (element.option_groups ?? [{ options: element.options ?? [] }]).map(asGroup);
  const all = groups.flatMap((group) => group.options);
  return { search: (query) => narrowed(groups, query), nameOf: (value) => all.find((one) => one.value === value)?.name ?? String(value) };
}

function asGroup(group) {
  return { label: group.label ? wordsOf(group.label) : "", options: (group.options ?? []).map(asOption) };
}

function asOption(option) {
  return { value: option.value, name: wordsOf(option.text), text: option.text, description: option.description, raw: option };
}

function listed(options, named) {
  return { search: (query) => narrowed([{ label: "", options }], query), nameOf: named };
}

function people() {
  const everyone = (state.desk?.people ?? []).filter((one) => !one.deleted && one.handle !== "slackbot");
  return everyone
    .map((one) => ({ value: one.id, name: one.name, text: one.name, also: one.handle, description: one.is_bot ? "App" : one.title }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function channels(include, withoutBots = false) {
  const wanted = include ?? ["public", "private", "im", "mpim"];
  const found = (state.desk?.channels ?? []).filter((one) => wanted.includes(one.kind) && !one.archived);
  const kept = withoutBots ? found.filter((one) => !(one.with ?? []).some((id) => person(id)?.is_bot)) : found;
  return kept.map((one) => ({ value: one.id, name: conversationName(one.id), text: conversationName(one.id), description: "" }));
}

function conversationName(id) {
  const there = channel(id);
  if (!there) return id;
  return there.kind === "private" ? `🔒 ${titleOf(there)}` : signedTitle(there);
}

function narrowed(groups, query) {
  const wanted = query.trim().toLowerCase();
  const fits = (one) => [one.name, one.also ?? ""].some((words) => words.toLowerCase().includes(wanted));
  return groups.map((group) => ({ ...group, options: group.options.filter(fits) })).filter((group) => group.options.length);
}

function suggested(element, block, ctx) {
  const least = element.min_query_length ?? 3;
  const seen = new Map();
  const search = async (query) => {
    if (query.trim().length < least) return { hint: least === 1 ? "Type to search" : `Type ${least} characters to search` };
    const place = ctx.where.view ? { view: ctx.where.view } : { where: ctx.where };
    const answer = await act("suggests", { ...place, block_id: block.block_id, action_id: element.action_id, query });
    if (!answer.ok) return { hint: "The choices could not be loaded. Try again?" };
    const groups = (answer.option_groups?.length ? answer.option_groups : [{ options: answer.options ?? [] }]).map(asGroup);
    for (const option of groups.flatMap((group) => group.options)) seen.set(option.value, option.name);
    return groups;
  };
  return { search, slow: true, nameOf: (value) => seen.get(value) ?? String(value) };
}
