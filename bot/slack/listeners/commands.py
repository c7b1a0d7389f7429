"""The slash command: one table of subcommands, from which routing, help and "did you mean" are made."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from slack_bolt.async_app import AsyncApp

from bot.domain.errors import BadInput, NotFound
from bot.domain.incident import parse_reference, reference
from bot.domain.notices.help import CommandHelp, Help
from bot.domain.notices.incident import Summary
from bot.domain.people import Actor
from bot.slack import payloads
from bot.slack.listeners.desk import Answer, Desk, Say
from bot.slack.payloads import Body


class Where(StrEnum):
    """Where a subcommand works."""

    ANYWHERE = "anywhere"
    INCIDENT = "incident"
    UNSEEN = "unseen"  # is about none, or about one that the person may not see: none is looked up


@dataclass(frozen=True, slots=True)
class Invocation:
    """A subcommand as typed: who, where, the words after the verb, and the incident it is about, if any."""

    actor: Actor
    channel_id: str
    text: str
    trigger_id: str
    response_url: str
    typed: str
    incident: Summary | None

    @property
    def about(self) -> Summary:
        """The incident; subcommands of ``Where.INCIDENT`` always have one."""
        if self.incident is None:
            raise BadInput("Say which incident: use this in its channel, or name it, such as AI-0042.")
        return self.incident


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One verb: its name, how it is used, what it does, where it works."""

    name: str
    usage: str
    help: str
    run: Callable[[Desk, Invocation], Awaitable[Answer]]
    where: Where = Where.INCIDENT
    aliases: tuple[str, ...] = ()


class Router:
    """Finds the subcommand for what was typed."""

    def __init__(
        self, subcommands: tuple[Subcommand, ...], default: Callable[[Desk, Invocation], Awaitable[Answer]]
    ) -> None:
        self._default = default
        self._all = (*subcommands, Subcommand("help", "help", "Show this list.", self._help, Where.ANYWHERE, ("?",)))
        self._by_name = {name: command for command in self._all for name in (command.name, *command.aliases)}

    async def route(self, desk: Desk, body: Body) -> Answer:
        """Run what was typed. Unknown first words are a description of what happened, unless they look like a typo."""
        command = payloads.command(body)
        verb, _, rest = command.text.partition(" ")
        found = self._by_name.get(verb.lower())
        if found is None:
            self._check_typo(desk, command.text)
            rest = command.text
        if found is not None and found.where is Where.UNSEEN:
            incident, rest = None, rest.strip()
        else:
            incident, rest = await self._incident(desk, command, rest.strip() if found else rest)
        invocation = Invocation(
            command.actor, command.channel_id, rest, command.trigger_id, command.response_url, command.text, incident
        )
        if found is None:
            return await self._default(desk, invocation)
        if found.where is Where.INCIDENT and incident is None:
            raise BadInput(self._wrong_place(desk, found))
        about = {"incident": incident.reference} if incident else {}
        with structlog.contextvars.bound_contextvars(subcommand=found.name, **about):
            return await found.run(desk, invocation)

    async def _incident(self, desk: Desk, command: payloads.Command, rest: str) -> tuple[Summary | None, str]:
        first, _, after = rest.partition(" ")
        if (number := parse_reference(first)) is not None:
            return await self._by_number(desk, number, command.actor), after.strip()
        return await desk.services.incidents.in_channel(command.channel_id, command.actor), rest

    async def _by_number(self, desk: Desk, number: int, actor: Actor) -> Summary:
        try:
            return await desk.services.incidents.by_number(number, actor)
        except NotFound as error:
            ask = f"{desk.command} access {reference(number)}"
            raise NotFound(f"{error.sentence} `{ask}` asks its people, if there are any, to let you in.") from error

    def _check_typo(self, desk: Desk, text: str) -> None:
        words = text.lower().split()
        if not words or len(words) > 3:
            return
        alike = [name for name in self._by_name if name[0] == words[0][0]]  # "one bot" is no way to spell "done"
        close = difflib.get_close_matches(words[0], alike, n=1, cutoff=0.75)
        if close:
            raise BadInput(
                f"There is no `{words[0]}`. Did you mean `{desk.command} {close[0]}`? "
                f"If this is what happened, use `{desk.command} declare {text}`."
            )

    def _wrong_place(self, desk: Desk, command: Subcommand) -> str:
        return (
            f"`{desk.command} {command.name}` works in an incident's channel, or with its number anywhere: "
            f"`{desk.command} {command.name} AI-0042 …`. `{desk.command} list` shows the open incidents."
        )

    async def _help(self, desk: Desk, invocation: Invocation) -> Answer:
        lines = tuple(CommandHelp(f"{desk.command} {c.usage}", c.help, c.where is Where.INCIDENT) for c in self._all)
        return Say(Help(desk.command, lines, invocation.incident))


def register(app: AsyncApp, desk: Desk, router: Router) -> None:
    """Listen to the slash command."""
    app.command(desk.command)(desk.command_listener(router.route))
