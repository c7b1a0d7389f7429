/** Acting as somebody: the desk is fetched, the stream is opened, and after a break everything is looked at again. */
import { Refused, get, stream } from "./api.js";
import { dropMessages, forget, mergeMessages, setBackstage, setDesk, setSurfaces, channel, state, tell } from "./store.js";
import { appPlace, askedPerson, askedPlace, channelPlace, go, lastPlace, place } from "./place.js";
import { loadLatest } from "./history.js";

let live = null;
let wantsTraffic = false;
let entering = 0;

/** Begin with whom and what the address names. */
export async function begin() {
  const asked = askedPerson();
  try {
    await enter(asked, askedPlace());
  } catch (error) {
    if (!asked || !(error instanceof Refused)) throw error;
    await enter(null, askedPlace());
  }
  addEventListener("popstate", () => followAddress());
}

async function followAddress() {
  const asked = askedPerson();
  const same = asked === state.me || state.desk?.people.some((one) => one.id === state.me && one.handle === asked);
  if (same) go(allowed(askedPlace()), { replace: true });
  else await enter(asked, askedPlace());
}

/** Act as somebody else, staying where we are as far as they may look there. */
export async function actAs(user, wanted = null, options = {}) {
  if (user === state.me && !wanted) return;
  if (user === state.me) go(allowed(wanted), options);
  else await enter(user, wanted ?? lastPlace(user) ?? place, options);
}

async function enter(user, wanted, options = {}) {
  const turn = (entering += 1);
  const desk = await get("/window/desk", { as: user });
  if (turn !== entering) return;
  live?.close();
  forget();
  setDesk(desk);
  tell("person", desk.me);
  const firstTime = place.view === "none";
  go(allowed(wanted), { replace: firstTime || options.replace });
  listen();
}

/** A place this person can be at: the wanted one, else where they were, else the first conversation they are in. */
function allowed(wanted) {
  if (wanted?.view === "app") return wanted;
  if (wanted?.view === "channel" && channel(wanted.channel)) return wanted;
  const last = lastPlace(state.me);
  if (last?.view === "channel" && channel(last.channel)) return last;
  const mine = state.desk.channels.filter((one) => one.is_member && !one.archived);
  const first = mine.find((one) => one.general) ?? mine[0];
  return first ? channelPlace(first.id) : appPlace();
}

function listen() {
  let first = true;
  live?.close();
  live = stream(
    {
      hello: ({ boot: told }) => {
        const other = state.boot !== null && state.boot !== told;
        const again = !first;
        first = false;
        state.boot = told;
        setLink("live");
        if (other) startOver();
        else if (again) resync();
      },
      desk: (desk) => {
        setDesk(desk);
        if (place.view === "channel" && !channel(place.channel)) go(allowed(place), { replace: true });
      },
      messages: mergeMessages,
      surfaces: setSurfaces,
      backstage: setBackstage,
      crossing: (crossing) => tell("crossing", crossing),
      lost: () => setLink("lost"),
    },
    { traffic: wantsTraffic },
  );
}

/** Another server, another workspace: nothing that was known holds. */
async function startOver() {
  try {
    await enter(state.me, place, { replace: true });
  } catch {
    setLink("lost");
  }
}

function setLink(link) {
  if (state.link === link) return;
  state.link = link;
  tell("link", link);
}

/** Look at everything again: what happened while nobody listened is not told twice. */
export async function resync() {
  const { me } = state;
  try {
    const desk = await get("/window/desk", { as: me });
    if (me !== state.me) return;
    setDesk(desk);
    const here = place.view === "channel" ? place.channel : null;
    for (const id of [...state.messages.keys()]) if (id !== here) dropMessages(id);
    if (here && channel(here)) await loadLatest(here);
    else go(allowed(place), { replace: true });
    tell("resync", null);
  } catch {
    setLink("lost");
  }
}

/** Listen to the traffic too, or no longer. */
export function listenToTraffic(wanted) {
  if (wanted === wantsTraffic) return;
  wantsTraffic = wanted;
  if (state.me) listen();
}
