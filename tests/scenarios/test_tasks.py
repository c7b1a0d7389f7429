"""What is to do: added, told once, done, put off, dropped, and reminded of, as people meet it on the wire."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from storage.tasks import Task
from tests.office import Office


async def say(office: Office, person: Person, channel: str, line: str) -> None:
    """Type a line and let everything happen."""
    await person.types(channel, line)
    await office.settle()


def plain(seen: Seen) -> Seen:
    """The message without marks for bold."""
    return replace(seen, text=seen.text.replace("*", ""))


def last_dm(person: Person, containing: str = "") -> Seen:
    """The newest message of Andon to the person with these words."""
    found = [seen for seen in map(plain, person.direct_messages) if containing in seen.text]
    assert found, "\n---\n".join(seen.text for seen in person.direct_messages) or f"{person.name} got nothing"
    return found[-1]


def last_answer(person: Person, channel: str) -> Seen:
    """The newest message that only this person sees."""
    return plain(person.ephemerals(channel)[-1])


async def stored(office: Office) -> list[Task]:
    """Every task of the first incident."""
    async with office.store.read() as unit:
        return list(await unit.tasks.of(1))


async def thread(office: Office, person: Person, channel: str) -> list[Seen]:
    """What stands under the card."""
    card_ts = (await office.incident()).card_ts
    card = next(seen for seen in person.sees(channel) if seen.ts == card_ts)
    return [plain(seen) for seen in person.sees(channel, card)[1:]]


async def test_a_task_in_one_line(office: Office) -> None:
    """Who, by when and what are read from the line; it stands under the card, and the owner hears once."""
    channel = await office.declare()
    lena, mateo = office.person("lena"), office.person("mateo")
    before = len(lena.sees(channel))
    await say(office, lena, channel, "/incident task @mateo by tomorrow 10:00 check the coupon logs")
    (task,) = await stored(office)
    assert (task.number, task.text, task.owner_id) == (1, "check the coupon logs", mateo.id)
    assert task.due_at == datetime(2026, 11, 21, 9, 0, tzinfo=UTC), "ten o'clock is Lena's, in Berlin"
    assert "Task added: 1. check the coupon logs" in last_answer(lena, channel).text
    (posted,) = await thread(office, lena, channel)
    assert "@Mateo" in posted.text
    assert posted.buttons == ("Done", "Change…", "Drop…")
    assert len(lena.sees(channel)) == before, "a task is no new message in the channel"
    assert "@Lena gave you task 1" in last_dm(mateo, "check the coupon logs").text
    assert sum("check the coupon logs" in seen.text for seen in mateo.direct_messages) == 1


async def test_a_task_of_nobody_and_without_time(office: Office) -> None:
    """Both are optional; what is no date stays in the task, and the receipt says there is no due time."""
    channel = await office.declare()
    rae = office.person("rae")
    await say(office, rae, channel, "/incident task by hand check the orders")
    (task,) = await stored(office)
    assert (task.text, task.owner_id, task.due_at) == ("by hand check the orders", None, None)
    assert "It has no due time" in last_answer(rae, channel).text


async def test_done_twice_is_done_once(office: Office) -> None:
    """Two people press at once: one tick, the other hears who was first; the buttons go everywhere."""
    channel = await office.declare()
    lena, mateo = office.person("lena"), office.person("mateo")
    await say(office, lena, channel, "/incident task @mateo stop the coupons")
    (posted,) = await thread(office, lena, channel)
    await asyncio.gather(lena.presses(posted, "Done"), mateo.presses(posted, "Done"))
    await office.settle()
    answers = [last_answer(person, channel).text for person in (lena, mateo)]
    assert sum("Nothing was changed" in answer for answer in answers) == 1
    (shown,) = await thread(office, lena, channel)
    assert not shown.buttons
    assert "done by" in shown.text
    assert not last_dm(mateo, "stop the coupons").buttons
    card_ts = (await office.incident()).card_ts
    assert "1 of 1 done" in next(seen.text for seen in lena.sees(channel) if seen.ts == card_ts)
    await say(office, lena, channel, "/incident done 1")
    assert "Task 1 was done by" in last_answer(lena, channel).text
    await say(office, lena, channel, "/incident done 7")
    assert "AI-0001 has no task 7" in last_answer(lena, channel).text


async def test_the_form(office: Office) -> None:
    """An unreadable date keeps everything typed and says what works; then it is taken, once."""
    channel = await office.declare()
    lena = office.person("lena")
    await say(office, lena, channel, "/incident task")
    await lena.fills({"What is to be done?": "Ask the vendor", "By whom?": "mateo", "By when?": "whenever"})
    await lena.submits()
    assert lena.modal is not None
    assert "cannot read “whenever”" in str(lena.modal.errors["due"])
    assert lena.modal.values["What is to be done?"] == "Ask the vendor"
    await lena.fills(due="in 2h")
    await lena.submits()
    await office.settle()
    (task,) = await stored(office)
    assert lena.modal is None
    assert task.due_at == datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


async def test_whoever_is_late_is_reminded_once_per_due_time(office: Office) -> None:
    """All late tasks of one person come in one message that says why; a new time reminds again; done ones never."""
    channel = await office.declare()
    lena, mateo = office.person("lena"), office.person("mateo")
    await say(office, lena, channel, "/incident task @mateo by in 30m check the logs")
    await say(office, lena, channel, "/incident task @mateo by in 30m stop the coupons")
    await office.forward(minutes=31)
    reminders = [seen for seen in map(plain, mateo.direct_messages) if "past the due time" in seen.text]
    assert len(reminders) == 1
    assert "2 tasks are past" in reminders[0].text
    assert "Why you: it is yours" in reminders[0].text
    await mateo.presses(reminders[0], "Done")
    await say(office, lena, channel, "/incident assign 2")
    await lena.fills(due="in 15m")
    await lena.submits()
    await office.forward(minutes=16)
    reminders = [seen for seen in map(plain, mateo.direct_messages) if "past the due time" in seen.text]
    assert len(reminders) == 2
    assert "A task is past" in reminders[1].text
    assert "stop the coupons" in reminders[1].text
    await office.forward(minutes=3)
    assert len([seen for seen in mateo.direct_messages if "past the due time" in seen.text]) == 2


async def test_what_nobody_owns_is_the_leads(office: Office) -> None:
    """A late task without an owner reminds the lead, and nobody while there is none."""
    channel = await office.declare()
    lena = office.person("lena")
    await say(office, lena, channel, "/incident task by in 10m write down the model version")
    await office.forward(minutes=11)
    assert not [seen for seen in lena.direct_messages if "past the due time" in seen.text]
    await say(office, lena, channel, "/incident take lead")
    await office.forward(minutes=1)
    assert "you lead and nobody owns it" in last_dm(lena, "past the due time").text


async def test_a_task_goes_to_somebody_else(office: Office) -> None:
    """The new owner hears; what the former was told says that it went elsewhere, without buttons."""
    channel = await office.declare()
    lena, mateo, mina = office.person("lena"), office.person("mateo"), office.person("mina")
    await say(office, lena, channel, "/incident task @mateo check the logs")
    await say(office, lena, channel, "/incident assign 1 @mina")
    assert "went to somebody else" in last_dm(mateo, "check the logs").text
    assert not last_dm(mateo, "check the logs").buttons
    assert "gave you task 1" in last_dm(mina, "check the logs").text
    assert "@Mina" in (await thread(office, lena, channel))[0].text


async def test_dropping_needs_a_reason(office: Office) -> None:
    """Without one the form asks; the reason is shown."""
    channel = await office.declare()
    lena = office.person("lena")
    await say(office, lena, channel, "/incident task restart the bot")
    await say(office, lena, channel, "/incident drop 1")
    await lena.fills(reason="the flag is off already")
    await lena.submits()
    await office.settle()
    (shown,) = await thread(office, lena, channel)
    assert "dropped by @Lena" in shown.text
    assert "the flag is off already" in shown.text


async def test_the_list_as_message_and_as_screen(office: Office) -> None:
    """`tasks` shows what is open with a button each; on the panel the same list ticks in place."""
    channel = await office.declare()
    lena = office.person("lena")
    for text in ("check the logs", "stop the coupons"):
        await say(office, lena, channel, f"/incident task {text}")
    await say(office, lena, channel, "/incident tasks")
    assert last_answer(lena, channel).buttons == ("Done", "Done")
    await say(office, lena, channel, "/incident")
    await lena.presses(lena.modal, "Tasks")
    await office.settle()
    assert lena.modal is not None
    await lena.presses(lena.modal, "Done")
    await office.settle()
    assert lena.modal is not None
    assert lena.modal.buttons == ["Done"]
    assert "done by @Lena" in lena.modal.text


async def test_what_cannot_be_is_said(office: Office) -> None:
    """Each wrong line gets one clear sentence, and nothing is made."""
    channel = await office.declare()
    lena = office.person("lena")
    for line, sentence in (
        ("task @dana check", "has left"),
        ("task @ai-oncall check", "is a group"),
        ("task @mateo @mina check", "A task has one owner"),
        ("done soon", "Say which task by its number"),
        ("drop", "Say which task by its number"),
    ):
        await say(office, lena, channel, f"/incident {line}")
        assert sentence in last_answer(lena, channel).text
    assert await stored(office) == []


async def test_a_task_of_a_private_incident_stays_inside(office: Office) -> None:
    """Giving one to an outsider is refused with the way out, and the outsider hears nothing."""
    channel = await office.declare("Salaries", **{"Who may see it?": "Only the people working on it"})
    rae, otto = office.person("rae"), office.person("otto")
    await say(office, rae, channel, "/incident task @otto look at the salaries")
    assert "is private and Otto Brandt is not part of it" in last_answer(rae, channel).text
    assert otto.direct_messages == []


async def test_closed_incidents_take_no_tasks(office: Office) -> None:
    """Buttons and commands of an ended incident answer with what became of it; nobody is reminded any more."""
    channel = await office.declare()
    rae, mateo = office.person("rae"), office.person("mateo")
    await say(office, rae, channel, "/incident task @mateo by in 10m check the logs")
    given = last_dm(mateo, "check the logs")
    await say(office, rae, channel, "/incident cancel a demo tenant")
    await mateo.presses(given, "Done")
    await office.settle()
    assert "was closed as not an incident" in mateo.direct_messages[-1].text or any(
        "was closed as not an incident" in seen.text for seen in mateo.ephemerals()
    )
    await office.forward(minutes=11)
    assert not [seen for seen in mateo.direct_messages if "past the due time" in seen.text]


async def test_hostile_words_stay_words(office: Office) -> None:
    """Mentions, links and markup in a task ping nobody and become no link, wherever the task is shown."""
    channel = await office.declare()
    lena, mateo = office.person("lena"), office.person("mateo")
    await say(office, lena, channel, "/incident task @mateo <!channel> *read* <https://evil.example|the log> @here")
    await say(office, lena, channel, "/incident tasks")
    shown = [*lena.ephemerals(channel), *lena.sees(channel), *mateo.direct_messages]
    raw = str([seen.blocks for seen in shown]) + str([seen.notification for seen in shown])
    assert "<!channel>" not in raw
    assert "<https://evil.example" not in raw
