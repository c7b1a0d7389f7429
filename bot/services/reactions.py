"""What happens next: the table of facts and the reactions they owe. Start reading here.

A reaction is named ``service.method``; the method gets the fact and the :class:`Attempt`. Each makes at most one
effect in Slack, so that each can be repeated alone. Reactions of one lane run one after another per incident, the
others side by side. A coalescing reaction renders the present state: one that already waits stands for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import events
from bot.domain.events import Fact
from bot.services.ports import Once


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a reaction; hand ``once`` to whatever Slack call makes its effect."""

    once: Once
    number: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """One thing to do about a fact."""

    name: str
    lane: str | None = None
    coalesce: bool = False


CHANNEL = "channel"
ANNOUNCE = "announcement"
REFRESH_CARD = Reaction("cards.refresh", lane=CHANNEL, coalesce=True)
REFRESH_ANNOUNCEMENT = Reaction("announcements.refresh", lane=ANNOUNCE, coalesce=True)
REFRESH_TOPIC = Reaction("channels.set_topic", lane="topic", coalesce=True)

REACTIONS: Mapping[type[Fact], tuple[Reaction, ...]] = {
    events.IncidentDeclared: (Reaction("channels.open", lane=CHANNEL),),
    events.ChannelOpened: (
        Reaction("cards.post", lane=CHANNEL),
        Reaction("channels.invite"),
        Reaction("announcements.post", lane=ANNOUNCE),
        Reaction("reporters.tell_declared"),
        REFRESH_TOPIC,
        Reaction("channels.bookmark"),
    ),
    events.ChannelRefused: (Reaction("reporters.tell_no_channel"),),
    events.ProblemNoted: (REFRESH_CARD,),
    events.CardLost: (Reaction("cards.post", lane=CHANNEL),),
    events.AccessAsked: (Reaction("private.post_request"),),
    events.AccessDecided: (Reaction("private.show_decision"),),
    events.AccessGiven: (Reaction("private.invite"), Reaction("private.tell_given")),
    events.CardPosted: (Reaction("cards.pin"), Reaction("reporters.ask_more")),
}
