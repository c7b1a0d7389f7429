/** What stands in a field: typed here, kept by the server, or put there by the app, in this order. */

const TEXT = ["value", "initial_value"];
const ONE = ["selected_option", "initial_option"];
const MANY = ["selected_options", "initial_options"];
const KEYS = {
  plain_text_input: TEXT, email_text_input: TEXT, url_text_input: TEXT, number_input: TEXT,
  static_select: ONE, external_select: ONE, radio_buttons: ONE,
  multi_static_select: MANY, multi_external_select: MANY, checkboxes: MANY,
  users_select: ["selected_user", "initial_user"], multi_users_select: ["selected_users", "initial_users"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  channels_select: ["selected_channel", "initial_channel"], multi_channels_select: ["selected_channels", "initial_channels"],
  datepicker: ["selected_date", "initial_date"], timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"], file_input: ["files", "initial_files"],
};
const elsewhere = new Map();

/** The name of a field within its view or message. */
export function keyOf(block, element) {
  return `${block.block_id}\n${element.action_id}`;
}

/** Whether a field of this type holds a list. */
export function holdsMany(type) {
  return type.startsWith("multi_") || type === "checkboxes" || type === "file_input";
}

/** `{value, options}`: the plain value (a list for fields of many) and the options it came from, where there are any. */
export function current(block, element, ctx) {
  const kept = store(ctx).get(placeOf(block, element, ctx));
  if (kept && kept.type === element.type) return kept;
  const [key, initial] = KEYS[element.type];
  const served = ctx.values?.[block.block_id]?.[element.action_id];
  const raw = served && served.type === element.type ? served[key] : element[initial];
  return plain(raw, holdsMany(element.type));
}

/** Keep what a person put into a field. */
export function remember(block, element, ctx, value, options = []) {
  const entry = { block_id: block.block_id, action_id: element.action_id, type: element.type, value, options };
  store(ctx).set(placeOf(block, element, ctx), entry);
  ctx.onTyped?.(block, element, value);
}

function store(ctx) {
  return ctx.typed ?? elsewhere;
}

function placeOf(block, element, ctx) {
  const key = keyOf(block, element);
  return ctx.typed ? key : `${ctx.where?.view ?? `${ctx.where?.channel} ${ctx.where?.ts}`}\n${key}`;
}

function plain(raw, many) {
  const list = (many ? raw ?? [] : [raw]).filter((one) => one !== undefined && one !== null);
  const options = list.filter((one) => typeof one === "object" && "text" in one);
  const values = list.map((one) => (typeof one === "object" && "value" in one ? one.value : one));
  return { value: many ? values : values[0] ?? null, options };
}
