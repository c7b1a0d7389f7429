/** Emoji by the names Slack gives them: the common ones. A name that is not here stays as it was typed. */

import { h } from "../dom.js";

const SMILEYS = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 rolling_on_the_floor_laughing 🤣 joy 😂
slightly_smiling_face 🙂 upside_down_face 🙃 wink 😉 blush 😊 innocent 😇 smiling_face_with_3_hearts 🥰 heart_eyes 😍 star-struck 🤩
kissing_heart 😘 yum 😋 stuck_out_tongue 😛 stuck_out_tongue_winking_eye 😜 zany_face 🤪 money_mouth_face 🤑 hugging_face 🤗
face_with_hand_over_mouth 🤭 shushing_face 🤫 thinking_face 🤔 zipper_mouth_face 🤐 face_with_raised_eyebrow 🤨 neutral_face 😐
expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬 lying_face 🤥 relieved 😌 pensive 😔
sleepy 😪 drooling_face 🤤 sleeping 😴 mask 😷 face_with_thermometer 🤒 nauseated_face 🤢 sneezing_face 🤧 dizzy_face 😵
exploding_head 🤯 cowboy_hat_face 🤠 partying_face 🥳 sunglasses 😎 nerd_face 🤓 face_with_monocle 🧐 confused 😕 worried 😟
slightly_frowning_face 🙁 open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 pleading_face 🥺 frowning 😦 anguished 😧 fearful 😨
cold_sweat 😰 cry 😢 sob 😭 scream 😱 disappointed 😞 sweat 😓 weary 😩 tired_face 😫 yawning_face 🥱 triumph 😤 rage 😡 angry 😠
face_with_symbols_on_mouth 🤬 smiling_imp 😈 imp 👿 skull 💀 hankey 💩 poop 💩 clown_face 🤡 ghost 👻 alien 👽 robot_face 🤖
see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 saluting_face 🫡 melting_face 🫠 face_holding_back_tears 🥹
`;
const PEOPLE = `
wave 👋 raised_back_of_hand 🤚 raised_hand_with_fingers_splayed 🖐️ hand ✋ raised_hand ✋ vulcan_salute 🖖 ok_hand 👌 pinching_hand 🤏
v ✌️ crossed_fingers 🤞 call_me_hand 🤙 point_left 👈 point_right 👉 point_up_2 👆 point_down 👇 point_up ☝️ +1 👍 thumbsup 👍
-1 👎 thumbsdown 👎 fist ✊ facepunch 👊 punch 👊 clap 👏 raised_hands 🙌 open_hands 👐 palms_up_together 🤲 handshake 🤝 pray 🙏
writing_hand ✍️ muscle 💪 ear 👂 brain 🧠 eyes 👀 eye 👁️ tongue 👅 baby 👶 bust_in_silhouette 👤 busts_in_silhouette 👥
speaking_head_in_silhouette 🗣️ man-shrugging 🤷‍♂️ woman-shrugging 🤷‍♀️ shrug 🤷 face_palm 🤦 man-facepalming 🤦‍♂️ woman-facepalming 🤦‍♀️
technologist 🧑‍💻 scientist 🧑‍🔬 firefighter 🧑‍🚒 police_officer 👮 cop 👮 detective 🕵️ sleuth_or_spy 🕵️ health_worker 🧑‍⚕️ judge 🧑‍⚖️
superhero 🦸 ninja 🥷 dancer 💃 running 🏃 runner 🏃 walking 🚶 footprints 👣 family 👪
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 white_heart 🤍 broken_heart 💔
sparkling_heart 💖 two_hearts 💕 100 💯 anger 💢 boom 💥 collision 💥 dizzy 💫 sweat_drops 💦 dash 💨 hole 🕳️ bomb 💣
speech_balloon 💬 thought_balloon 💭 left_speech_bubble 🗨️ zzz 💤
`;
const NATURE = `
dog 🐶 cat 🐱 mouse 🐭 hamster 🐹 rabbit 🐰 fox_face 🦊 bear 🐻 panda_face 🐼 koala 🐨 tiger 🐯 lion_face 🦁 cow 🐮 pig 🐷 frog 🐸
monkey_face 🐵 chicken 🐔 penguin 🐧 bird 🐦 owl 🦉 eagle 🦅 duck 🦆 bee 🐝 honeybee 🐝 bug 🐛 butterfly 🦋 snail 🐌 ant 🐜
turtle 🐢 snake 🐍 octopus 🐙 fish 🐟 dolphin 🐬 whale 🐳 crab 🦀 elephant 🐘 sheep 🐑 unicorn_face 🦄 dragon 🐉 hatching_chick 🐣
cactus 🌵 christmas_tree 🎄 evergreen_tree 🌲 seedling 🌱 herb 🌿 four_leaf_clover 🍀 maple_leaf 🍁 mushroom 🍄 rose 🌹 sunflower 🌻
earth_africa 🌍 earth_americas 🌎 earth_asia 🌏 full_moon 🌕 new_moon 🌑 star ⭐ star2 🌟 sparkles ✨ zap ⚡ fire 🔥 rainbow 🌈
sunny ☀️ partly_sunny ⛅ cloud ☁️ rain_cloud 🌧️ thunder_cloud_and_rain ⛈️ snowflake ❄️ snowman ⛄ ocean 🌊 droplet 💧 umbrella ☔
apple 🍎 banana 🍌 grapes 🍇 strawberry 🍓 watermelon 🍉 lemon 🍋 avocado 🥑 bread 🍞 cheese_wedge 🧀 egg 🥚 hamburger 🍔 pizza 🍕
taco 🌮 popcorn 🍿 doughnut 🍩 cookie 🍪 cake 🍰 birthday 🎂 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine_glass 🍷 champagne 🍾 salt 🧂
`;
const THINGS = `
rocket 🚀 airplane ✈️ car 🚗 bus 🚌 ambulance 🚑 fire_engine 🚒 police_car 🚓 truck 🚚 bike 🚲 ship 🚢 anchor ⚓ construction 🚧
rotating_light 🚨 vertical_traffic_light 🚦 traffic_light 🚥 octagonal_sign 🛑 fuelpump ⛽ world_map 🗺️ house 🏠 office 🏢 hospital 🏥
bank 🏦 classical_building 🏛️ factory 🏭 stadium 🏟️ tent ⛺ hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚ alarm_clock ⏰ stopwatch ⏱️
timer_clock ⏲️ clock1 🕐 clock3 🕒 clock9 🕘 clock12 🕛 calendar 📆 date 📅 spiral_calendar_pad 🗓️ soccer ⚽ basketball 🏀 dart 🎯
game_die 🎲 jigsaw 🧩 trophy 🏆 first_place_medal 🥇 medal 🏅 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 art 🎨 musical_note 🎵
headphones 🎧 microphone 🎤 movie_camera 🎥 camera 📷 tv 📺 computer 💻 desktop_computer 🖥️ keyboard ⌨️ iphone 📱 phone ☎️
telephone ☎️ telephone_receiver 📞 pager 📟 fax 📠 battery 🔋 electric_plug 🔌 bulb 💡 flashlight 🔦 candle 🕯️ wastebasket 🗑️
moneybag 💰 dollar 💵 credit_card 💳 gem 💎 chart 💹 scales ⚖️ wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩
toolbox 🧰 magnet 🧲 link 🔗 chains ⛓️ shield 🛡️ syringe 💉 pill 💊 microscope 🔬 telescope 🔭 test_tube 🧪 petri_dish 🧫 dna 🧬
satellite_antenna 📡 broom 🧹 key 🔑 old_key 🗝️ lock 🔒 unlock 🔓 lock_with_ink_pen 🔏 closed_lock_with_key 🔐 door 🚪 bell 🔔
no_bell 🔕 loudspeaker 📢 mega 📣 speaker 🔈 mute 🔇 envelope ✉️ email 📧 e-mail 📧 incoming_envelope 📨 inbox_tray 📥 outbox_tray 📤
package 📦 mailbox 📫 postbox 📮 memo 📝 pencil 📝 pencil2 ✏️ lower_left_ballpoint_pen 🖊️ briefcase 💼 file_folder 📁
open_file_folder 📂 card_index_dividers 🗂️ clipboard 📋 pushpin 📌 round_pushpin 📍 paperclip 📎 linked_paperclips 🖇️ straight_ruler 📏
scissors ✂️ card_file_box 🗃️ file_cabinet 🗄️ page_facing_up 📄 page_with_curl 📃 scroll 📜 receipt 🧾 bookmark_tabs 📑 newspaper 📰
book 📖 books 📚 notebook 📓 ledger 📒 bookmark 🔖 label 🏷️ bar_chart 📊 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉
mag 🔍 mag_right 🔎 fire_extinguisher 🧯 ladder 🪜 test 🧪 crystal_ball 🔮 thermometer 🌡️ shopping_trolley 🛒 label_tag 🏷️ ballot_box_with_ballot 🗳️
`;
const SIGNS = `
warning ⚠️ no_entry ⛔ no_entry_sign 🚫 x ❌ o ⭕ white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ question ❓
grey_question ❔ exclamation ❗ heavy_exclamation_mark ❗ grey_exclamation ❕ bangbang ‼️ interrobang ⁉️ heavy_plus_sign ➕
heavy_minus_sign ➖ heavy_division_sign ➗ heavy_multiplication_x ✖️ information_source ℹ️ sos 🆘 ok 🆗 new 🆕 free 🆓 up 🆙 cool 🆒
arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ arrow_upper_right ↗️ arrow_lower_right ↘️ arrow_up_down ↕️ left_right_arrow ↔️
leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ arrows_counterclockwise 🔄 arrows_clockwise 🔃 repeat 🔁 back 🔙 soon 🔜 end 🔚
arrow_forward ▶️ arrow_backward ◀️ fast_forward ⏩ rewind ⏪ double_vertical_bar ⏸️ black_square_for_stop ⏹️ black_circle_for_record ⏺️
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣
large_brown_circle 🟤 white_circle ⚪ black_circle ⚫ large_red_square 🟥 large_orange_square 🟧 large_yellow_square 🟨
large_green_square 🟩 large_blue_square 🟦 large_purple_square 🟪 white_large_square ⬜ black_large_square ⬛ white_square_button 🔳
black_square_button 🔲 white_medium_square ◻️ black_medium_square ◼️ black_small_square ▪️ white_small_square ▫️ black_square ▪️
large_orange_diamond 🔶 large_blue_diamond 🔷 small_orange_diamond 🔸 small_blue_diamond 🔹 small_red_triangle 🔺
small_red_triangle_down 🔻 radio_button 🔘 copyright ©️ registered ®️ tm ™️ recycle ♻️ atom_symbol ⚛️ biohazard_sign ☣️
radioactive_sign ☢️ infinity ♾️ hash #️⃣ zero 0️⃣ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣
keycap_ten 🔟 1234 🔢 abc 🔤 checkered_flag 🏁 triangular_flag_on_post 🚩 crossed_flags 🎌 waving_black_flag 🏴 waving_white_flag 🏳️
rainbow-flag 🏳️‍🌈 flag-eu 🇪🇺 eu 🇪🇺 flag-gb 🇬🇧 gb 🇬🇧 uk 🇬🇧 flag-us 🇺🇸 us 🇺🇸 flag-de 🇩🇪 de 🇩🇪 flag-fr 🇫🇷 fr 🇫🇷 flag-ie 🇮🇪 flag-jp 🇯🇵 jp 🇯🇵
`;
const TONES = { 2: "🏻", 3: "🏼", 4: "🏽", 5: "🏾", 6: "🏿" };
const NAME = /:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/g;

/** Sections of the table for somebody who browses it: title → names, in order. */
export const CATEGORIES = {
  "Smileys": names(SMILEYS), "People": names(PEOPLE), "Nature and food": names(NATURE), "Things": names(THINGS), "Signs": names(SIGNS),
};
const TABLE = new Map([SMILEYS, PEOPLE, NATURE, THINGS, SIGNS].flatMap(pairs));

function pairs(text) {
  const words = text.trim().split(/\s+/);
  return words.flatMap((word, index) => (index % 2 ? [] : [[word, words[index + 1]]]));
}

function names(text) {
  return pairs(text).map(([name]) => name);
}

/** The character of a name (`wave`, `wave::skin-tone-3`), or null where the table has none. */
export function emoji(name) {
  const [plain, tone] = String(name).split("::skin-tone-");
  const found = TABLE.get(plain);
  return found ? found.replace(/\uFE0F$/, tone ? "" : "\uFE0F") + (TONES[tone] ?? "") : null;
}

/** An emoji as a node; its title is its name. A name that is unknown comes back as text. */
export function emojiNode(name) {
  const character = emoji(name);
  if (!character) return `:${name}:`;
  return h("span", { class: "emoji", title: `:${name}:`, dataset: { emoji: name } }, character);
}

/** A string cut into plain stretches (given to `draw`, which answers nodes) and emoji. */
export function withEmoji(string, draw) {
  const nodes = [];
  let end = 0;
  for (const match of string.matchAll(NAME)) {
    if (!TABLE.has(match[1])) continue;
    if (match.index > end) nodes.push(...draw(string.slice(end, match.index)));
    nodes.push(emojiNode(match[2] ? `${match[1]}::skin-tone-${match[2]}` : match[1]));
    end = match.index + match[0].length;
  }
  if (end < string.length) nodes.push(...draw(string.slice(end)));
  return nodes;
}
