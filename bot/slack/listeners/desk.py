"""The desk every listener works at: services, the way to answer, and one place where errors are told.

The acknowledgement is the commit's receipt: a listener returns its answer after its service has committed, and only
then is Slack answered. Opening a form is started, not awaited. Whatever goes wrong is told to the person, once, with
what they had typed; an event that could not be kept is not acknowledged, so that Slack sends it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from bot.domain.errors import AndonError, ChatError, StorageUnavailable
from bot.domain.notices import Apology, Notice
from bot.services.container import Services
from bot.slack import views
from bot.slack.gateway import SlackChat
from bot.slack.payloads import Body

log = structlog.get_logger(__name__)

BROKEN = "Something broke on our side and nothing was changed. Please try again in a moment."
NOT_KEPT = (
    "My database does not take anything just now, so nothing was changed. Please try again in a moment; "
    "whoever runs Andon sees why with `andon doctor`."
)
PERHAPS_KEPT = (
    "My database stopped answering just as I wrote this, so I cannot tell whether it was kept. "
    "Please look before you try again."
)
STUCK_FORM = "Slack did not let me show that in the form. Nothing was changed; please choose again."
OPENED_ALREADY = "exchanged_trigger_id"  # Slack delivered it twice, and the first has opened the form
SLOW_FORM = "Slack did not let me open the form in time. Nothing was changed; please try again."


@dataclass(frozen=True, slots=True)
class Say:
    """Answer with a message that only the person sees."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Show:
    """Replace the form by another, or by a confirmation."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Push:
    """Put another form on top."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Errors:
    """Keep the form open with these sentences under its fields."""

    by_field: dict[str, str]


@dataclass(frozen=True, slots=True)
class Clear:
    """Close every form of the stack."""


Answer = Say | Show | Push | Errors | Clear | None
Handler = Callable[["Desk", Body], Awaitable[Answer]]


class Desk:
    """What a listener needs."""

    def __init__(self, services: Services, chat: SlackChat, command: str) -> None:
        self.services = services
        self.chat = chat
        self.command = command
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the acknowledgement."""
        task = asyncio.create_task(_safely(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, patience: float = 10.0) -> None:
        """Wait for what was started."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)

    def open_form(self, trigger_id: str, form: Notice, *, to: str, typed: str = "", push: bool = False) -> None:
        """Start opening a form; when Slack does not let us, the person hears it and gets back what they had typed."""
        self.start(self._open_form(trigger_id, form, to, typed, push))

    def refresh(self, view_id: str, notice: Notice) -> None:
        """Start showing a screen beneath a form as it is now; one that was closed meanwhile is nobody's loss."""
        self.start(self._refresh(view_id, notice))

    def say(self, response_url: str, notice: Notice, *, to: str) -> None:
        """Start telling something to the person only, where they pressed."""
        self.start(self._respond(response_url, notice, to))

    def command_listener(self, handler: Handler) -> Callable[..., Awaitable[None]]:
        """A Bolt listener for a slash command; the answer travels in the acknowledgement."""

        async def listener(ack: Any, body: Body) -> None:
            answer = await self._answer(handler, body, typed=body.get("text") or "")
            if isinstance(answer, Say):
                await ack(response_type="ephemeral", **views.message(answer.notice).arguments())
            else:
                await ack()

        return listener

    def submission_listener(self, handler: Handler) -> Callable[..., Awaitable[None]]:
        """A Bolt listener for a form; an error keeps the form open with all that was typed."""

        async def listener(ack: Any, body: Body) -> None:
            answer = await self._answer(handler, body, typed="")
            match answer:
                case Errors(by_field):
                    await ack(**_rejected(by_field, body))
                case Say(Apology(sentence=sentence)):
                    await ack(**_rejected({"": sentence}, body))
                case Show(notice):
                    await ack(response_action="update", view=views.modal(notice))
                case Push(notice):
                    await ack(response_action="push", view=views.modal(notice))
                case Clear():
                    await ack(response_action="clear")
                case _:
                    await ack()

        return listener

    def press_listener(self, handler: Handler) -> Callable[..., Awaitable[None]]:
        """A Bolt listener for a button, a menu or a shortcut; the answer goes to the person's eyes only."""

        async def listener(ack: Any, body: Body) -> None:
            answer = await self._answer(handler, body, typed="")
            match answer:
                case Say(notice):
                    self._tell(body, notice)
                case Show(notice):
                    self.start(self._replace(body, notice))
                case Push(notice):
                    self.open_form(
                        body.get("trigger_id", ""), notice, to=body["user"]["id"], push=bool(body.get("view"))
                    )
                case Errors(by_field):
                    self._tell(body, Apology(" ".join(by_field.values())))
                case Clear() | None:
                    pass
            await ack()

        return listener

    async def _answer(self, handler: Handler, body: Body, typed: str) -> Answer:
        try:
            return await handler(self, body)
        except AndonError as error:
            is_form = body.get("type") == "view_submission"
            return Errors({error.field: error.sentence}) if error.field and is_form else _sorry(error, typed)
        except StorageUnavailable as error:
            log.error("the database does not work; somebody was told", reason=str(error))  # noqa: TRY400
            return Say(Apology(NOT_KEPT if error.is_certain else PERHAPS_KEPT, typed))
        except Exception:
            log.exception("a listener failed")
            return Say(Apology(BROKEN, typed))

    def _tell(self, body: Body, notice: Notice) -> None:
        if body.get("response_url"):
            self.say(body["response_url"], notice, to=body["user"]["id"])
        elif body.get("view"):
            self.open_form(
                body.get("trigger_id", ""), notice, to=body["user"]["id"], push=body["view"]["type"] == "modal"
            )
        else:
            self.start(self._dm(body["user"]["id"], notice))

    async def _open_form(self, trigger_id: str, form: Notice, to: str, typed: str, push: bool) -> None:
        try:
            await (self.chat.push_modal if push else self.chat.open_modal)(trigger_id, form)
        except ChatError as error:
            if error.code == OPENED_ALREADY:
                return
            log.warning("a form could not be opened", code=error.code)
            await self._dm(to, Apology(SLOW_FORM, typed))

    async def _replace(self, body: Body, notice: Notice) -> None:
        try:
            await self.chat.update_modal(body["view"]["id"], notice)
        except ChatError as error:
            log.warning("a form could not be replaced", code=error.code)
            await self._dm(body["user"]["id"], Apology(STUCK_FORM))

    async def _refresh(self, view_id: str, notice: Notice) -> None:
        try:
            await self.chat.update_modal(view_id, notice)
        except ChatError as error:
            log.info("a screen beneath a form could not be refreshed", code=error.code)

    async def _respond(self, response_url: str, notice: Notice, to: str) -> None:
        """Answer where they pressed; when Slack does not take it, or does not say so, by direct message."""
        try:
            await self.chat.respond(response_url, notice)
        except ChatError as error:
            log.warning("an answer could not be given where it was asked for", code=error.code)
            await self._dm(to, notice)

    async def _dm(self, user_id: str, notice: Notice) -> None:
        try:
            await self.chat.tell(user_id, notice)
        except ChatError as error:
            log.warning("an answer could not be given", code=error.code)


async def _safely(work: Coroutine[Any, Any, None]) -> None:
    """Nobody waits for what is started beside an acknowledgement: its failure is told here or nowhere."""
    try:
        await work
    except Exception:
        log.exception("what was started beside an acknowledgement failed")


def _sorry(error: AndonError, typed: str) -> Say:
    return Say(Apology(error.sentence, typed))


def _rejected(by_field: dict[str, str], body: Body) -> dict[str, Any]:
    """What keeps the form open with what was typed; over a form without a field to write under, a form that says it."""
    inputs = [block["block_id"] for block in body["view"]["blocks"] if block.get("type") == "input"]
    if not inputs:
        return {"response_action": "push", "view": views.modal(Apology(" ".join(by_field.values())))}
    return {"response_action": "errors", "errors": _placed(by_field, inputs)}


def _placed(by_field: dict[str, str], inputs: list[str]) -> dict[str, str]:
    """Errors under the fields they name; those without a field of this form go under its first input."""
    placed: dict[str, str] = {}
    for name, sentence in by_field.items():
        target = name if name in inputs else inputs[0]
        placed[target] = f"{placed[target]} {sentence}" if target in placed else sentence
    return placed
