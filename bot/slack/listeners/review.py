"""The review: booked, led through step by step, closed. What is typed is kept as it is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput
from bot.domain.naming import leading_people, named
from bot.domain.notices import Confirmation, Notice
from bot.domain.people import Actor
from bot.domain.postmortem import SectionKey
from bot.domain.review import GapKind, ReviewStep
from bot.services.review.booking import Wish
from bot.slack import ids, payloads
from bot.slack.listeners.action_items import listing
from bot.slack.listeners.answers import button_opens, done, incident_of, instant, show
from bot.slack.listeners.commands import Invocation, Subcommand
from bot.slack.listeners.desk import Answer, Clear, Desk, Show
from bot.slack.payloads import Body, Press, Submission, Value

BECAUSE = re.compile(r"(?:^|\s)(?:because|reason:)\s+", re.IGNORECASE)


async def screen(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """Where the review stands."""
    return await desk.services.reviewing.screen(incident_id, by=by)


async def book_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to book or move it."""
    return await desk.services.booking.form(incident_id, by=by)


async def cancel_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to call it off."""
    return await desk.services.booking.cancel_form(incident_id, by=by)


async def close_form(desk: Desk, incident_id: int, by: Actor) -> Notice:
    """The form to close it."""
    return await desk.services.review_closing.form(incident_id, by=by)


async def review(desk: Desk, invocation: Invocation) -> Answer:
    """``review``, ``review book friday 14:00 @ann``, ``review move …``, ``review cancel <why>``, ``review why``."""
    word, _, rest = invocation.text.partition(" ")
    verb = word.lower()
    incident_id, by = invocation.about.incident_id, invocation.actor
    if not verb:
        return show(desk, invocation, await screen(desk, incident_id, by))
    if verb in set(ReviewStep):
        return show(desk, invocation, await desk.services.reviewing.step(incident_id, ReviewStep(verb), by=by))
    if verb in ("book", "move"):
        return await _book(desk, invocation, rest.strip())
    if verb == "cancel":
        if not rest.strip():
            return show(desk, invocation, await cancel_form(desk, incident_id, by))
        return _told(invocation, await desk.services.booking.cancel(incident_id, payloads.readable(rest), by=by))
    if verb == "close":
        return show(desk, invocation, await close_form(desk, incident_id, by))
    steps = ", ".join(f"`{step}`" for step in ReviewStep)
    raise BadInput(f"`{desk.command} review` takes `book`, `move`, `cancel`, `close`, or a step: {steps}.")


async def _book(desk: Desk, invocation: Invocation, words: str) -> Answer:
    incident_id, by = invocation.about.incident_id, invocation.actor
    if not words:
        return show(desk, invocation, await book_form(desk, incident_id, by))
    line, because, why = _parted(words)
    parts = line.split()
    first = next((place for place, part in enumerate(parts) if named(part)), len(parts))
    people, left = leading_people(" ".join(parts[first:]))
    if left:
        raise BadInput(
            f"I cannot read “{payloads.readable(left)[:60]}”. Try `{desk.command} review book friday 14:00 @ann @ben`."
        )
    profiles = [await desk.services.naming.person(one, by=by, field="people") for one in people]
    when = " ".join(parts[:first]).removeprefix("to ").removeprefix("for ").removeprefix("on ")
    reason = payloads.readable(why) if because else ""
    return _told(invocation, await desk.services.booking.book_words(incident_id, when, profiles, reason, by=by))


def _parted(words: str) -> tuple[str, bool, str]:
    found = BECAUSE.search(words)
    return (words[: found.start()], True, words[found.end() :]) if found else (words, False, "")


def _told(invocation: Invocation, said: Confirmation) -> Answer:
    """The channel shows it, unless they are elsewhere."""
    return done(invocation, said.sentence.partition(": ")[2] or said.sentence)


async def press_step(desk: Desk, body: Body) -> Answer:
    """A step chosen on the screen or in another step, whose words are kept first; it opens in their place."""
    press = payloads.press(body)
    await _keep(desk, press)
    step = ReviewStep(press.argument)
    return Show(await desk.services.reviewing.step(press.target_id, step, by=press.actor))


async def press_overview(desk: Desk, body: Body) -> Answer:
    """Back to the screen; what was typed is kept."""
    press = payloads.press(body)
    await _keep(desk, press)
    return Show(await screen(desk, press.target_id, press.actor))


async def press_items(desk: Desk, body: Body) -> Answer:
    """The action items take the screen's place; what was typed is kept."""
    press = payloads.press(body)
    await _keep(desk, press)
    return Show(await listing(desk, press.target_id, press.actor))


async def press_typed(desk: Desk, body: Body) -> Answer:
    """Somebody pauses while typing."""
    await _keep(desk, payloads.press(body))
    return None


async def submit_step(desk: Desk, body: Body) -> Answer:
    """A step is saved; the next one opens in its place."""
    handed = payloads.submission(body)
    fields = dict(_fields(handed.values))
    versions = {SectionKey(key): int(version) for key, version in (handed.metadata.get("versions") or {}).items()}
    try:
        following = await desk.services.reviewing.save(
            incident_of(handed),
            ReviewStep(str(handed.metadata.get("step"))),
            {section: text for section, (_, text) in fields.items()},
            versions,
            by=handed.actor,
            key=handed.view_id,
        )
    except BadInput as error:
        block = next((block for section, (block, _) in fields.items() if section == error.field), error.field)
        raise BadInput(error.sentence, field=block) from error
    return Show(following)


async def submit_booking(desk: Desk, body: Body) -> Answer:
    """The review is booked or moved."""
    handed = payloads.submission(body)
    starts_at = instant(handed, ids.WHEN)
    if starts_at is None:
        raise BadInput("Say when.", field=ids.WHEN)
    wish = Wish(starts_at, tuple(handed.many(ids.PEOPLE)), int(handed.text(ids.MINUTES) or 0), handed.text(ids.REASON))
    await desk.services.booking.book(incident_of(handed), wish, by=handed.actor)
    return Clear()


async def submit_cancel(desk: Desk, body: Body) -> Answer:
    """The review is called off."""
    handed = payloads.submission(body)
    await desk.services.booking.cancel(incident_of(handed), handed.text(ids.REASON), by=handed.actor)
    return Clear()


async def submit_close(desk: Desk, body: Body) -> Answer:
    """The review is closed."""
    handed = payloads.submission(body)
    await desk.services.review_closing.close(incident_of(handed), _reasons(handed), by=handed.actor)
    return Clear()


def _reasons(handed: Submission) -> dict[GapKind, str]:
    return {kind: handed.text(kind.field) for kind in GapKind}


async def _keep(desk: Desk, press: Press) -> None:
    """Keep what stands in the fields of a step."""
    texts = {section: text for section, (_, text) in _fields(press.values)}
    if press.callback_id == ids.REVIEW_STEP_FORM and texts:
        await desk.services.reviewing.typed(int(press.metadata["incident"]), texts, by=press.actor, at=press.acted_at)


def _fields(values: dict[str, Value]) -> Iterator[tuple[SectionKey, tuple[str, str]]]:
    """Section, block and text of every field of a step."""
    for block, value in values.items():
        section = block.removeprefix(f"{ids.TEXT}_").rpartition("_")[0]
        if block.startswith(f"{ids.TEXT}_") and section in set(SectionKey):
            yield SectionKey(section), (block, value if isinstance(value, str) else "")


SUBCOMMANDS = (
    Subcommand("review", "review [book friday 14:00 @ann]", "Look back on it: book, lead through, close.", review),
)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the review's buttons and forms."""
    app.action(re.compile(rf"^{ids.REVIEW_STEP}:"))(desk.press_listener(press_step))
    app.action(ids.REVIEW_OVERVIEW)(desk.press_listener(press_overview))
    app.action(ids.SHOW_ACTIONS)(desk.press_listener(press_items))
    app.action(ids.REVIEW_TYPED)(desk.press_listener(press_typed))
    app.action(ids.OPEN_REVIEW)(desk.press_listener(button_opens(screen)))
    app.action(ids.REVIEW_BOOK)(desk.press_listener(button_opens(book_form)))
    app.action(ids.REVIEW_CANCEL)(desk.press_listener(button_opens(cancel_form)))
    app.action(ids.REVIEW_CLOSE)(desk.press_listener(button_opens(close_form)))
    app.view(ids.REVIEW_STEP_FORM)(desk.submission_listener(submit_step))
    app.view(ids.REVIEW_BOOK_FORM)(desk.submission_listener(submit_booking))
    app.view(ids.REVIEW_CANCEL_FORM)(desk.submission_listener(submit_cancel))
    app.view(ids.REVIEW_CLOSE_FORM)(desk.submission_listener(submit_close))
