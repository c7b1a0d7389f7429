"""What is said about reports: to whoever looks and to whoever reported. Every method is one reaction.

A report stands in the triage channel. One about a private matter stands nowhere but in direct messages to the people
on triage duty, and so does every other one while there is no channel to put it in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain import events
from bot.domain.errors import ChatRefused
from bot.domain.events import ReportFact
from bot.domain.notices.incident import Summary
from bot.domain.notices.reports import ReportOutcome, ReportPost
from bot.domain.people import Actor
from bot.domain.report import ReportState, may_dispute, reference
from bot.services.access import Access
from bot.services.ports import Chat, Posted
from bot.services.reaction import Attempt
from bot.services.reports.circle import Circle
from bot.services.reports.lane import Lane
from bot.services.reports.rendering import Rendering, dismissers
from bot.services.summaries import summary
from bot.services.work import Work
from storage.reports import Report
from storage.store import Unit

FORGIVEN = frozenset({"message_not_found", "channel_not_found", "is_archived", "not_in_channel", "is_inactive"})


class ReportNews:
    """Tells people about reports."""

    def __init__(
        self, work: Work, chat: Chat, access: Access, circle: Circle, lane: Lane, rendering: Rendering, command: str
    ) -> None:
        self._work = work
        self._chat = chat
        self._access = access
        self._circle = circle
        self._lane = lane
        self._rendering = rendering
        self._command = command

    async def place(self, fact: ReportFact, attempt: Attempt) -> None:
        """Show it in the triage channel; where it must not or cannot stand there, to each person on duty."""
        async with self._work.read() as unit:
            report = await unit.reports.get(fact.report_id)
            if report is None or not report.is_open or _placed(report):
                return
            notice = await self._rendering.post(unit, report, in_channel=True)
        posted = None if report.is_private else await self._lane.post(notice, attempt)
        if posted is not None:
            await self._keep_place(report, posted, "", "")
            return
        async with self._work() as unit:
            for user_id in await self._called(unit, report):
                unit.tell(events.ReportShown(fact.report_id, user_id))
            await attempt.finish(unit)

    async def show_to(self, fact: events.ReportShown, attempt: Attempt) -> None:
        """Show it to one person, who judges it from there."""
        why = "You are on triage duty, and it has no place in the triage channel."
        await self._show(fact.report_id, fact.user_id, why, attempt)

    async def ask(self, fact: events.ReportUnseen, attempt: Attempt) -> None:
        """Nobody has looked: one person is asked, and told for how long it has waited."""
        async with self._work.read() as unit:
            report = await unit.reports.get(fact.report_id)
        if report is None:
            return
        waited = _minutes(self._work.now() - report.waits_since)
        said = "Its reporter disagrees with the dismissal, and nobody" if report.disputes else "Nobody"
        why = f"{said} has looked at it for {waited} min. You are asked by policy (triage, rung {fact.rung})."
        await self._show(fact.report_id, fact.user_id, why, attempt)

    async def refresh(self, fact: ReportFact, _: Attempt) -> None:
        """Wherever it stands it shows what is; where somebody deleted it, it stays deleted."""
        async with self._work.read() as unit:
            report = await unit.reports.get(fact.report_id)
            if report is None:
                return
            shown = await self._rendering.post(unit, report)
        for place in report.places:
            is_hidden = report.is_private and not place["user"]
            notice = self._rendering.hidden(report) if is_hidden else replace(shown, why=place["why"])
            await self._edit(Posted(place["channel"], place["ts"]), notice)

    async def show_growth(self, fact: events.ReportGrew, attempt: Attempt) -> None:
        """However many signals came in these seconds, they are shown together; a judgement waits for none of them."""
        async with self._work() as unit:
            unit.tell(events.ReportChanged(fact.report_id))
            await attempt.finish(unit)

    async def post_dispute(self, fact: events.ReportDisputed, attempt: Attempt) -> None:
        """It comes back to the lane as a message of its own, which calls whoever else is on duty."""
        await self.place(fact, attempt)

    async def tell_reporter(self, fact: events.ReporterOwed, attempt: Attempt) -> None:
        """What became of it, for one of those who reported it; nothing while it waits again."""
        async with self._work.read() as unit:
            report = await unit.reports.get(fact.report_id)
            if report is None or report.is_open:
                return
            notice = await self._outcome(unit, report, fact.user_id)
        await self._chat.dm(fact.user_id, notice, once=attempt.once)

    async def _show(self, report_id: int, user_id: str, why: str, attempt: Attempt) -> None:
        async with self._work.read() as unit:
            report = await unit.reports.get(report_id)
            if report is None or not report.is_open:
                return
            if not await self._circle.sees(unit, report, Actor.person(user_id)):
                return  # whoever left the duty since must not read what is private
            notice = await self._rendering.post(unit, report, why=why)
        posted = await self._chat.dm(user_id, notice, once=attempt.once)
        await self._keep_place(report, posted, user_id, why)

    async def _keep_place(self, shown: Report, posted: Posted, user_id: str, why: str) -> None:
        place = {"channel": posted.channel_id, "ts": posted.ts, "user": user_id, "why": why, "round": _round(shown)}
        async with self._work() as unit:
            report = await unit.reports.get(shown.key, lock=True)
            if report is None or any(_is_same(one, place) for one in report.places):
                return
            report.places = [*report.places, place]
            if posted.is_found or _standing(report) != _standing(shown):
                unit.tell(events.ReportChanged(report.key))  # it says what was true before

    async def _edit(self, posted: Posted, notice: ReportPost) -> None:
        try:
            await self._chat.edit(posted, notice)
        except ChatRefused as refusal:
            if refusal.code not in FORGIVEN:
                raise

    async def _called(self, unit: Unit, report: Report) -> tuple[str, ...]:
        """Who is to judge it: whoever is on duty and has not dismissed it."""
        return tuple(await self._circle.others(unit, dismissers(report)))

    async def _outcome(self, unit: Unit, report: Report, user_id: str) -> ReportOutcome:
        is_dismissed = report.state is ReportState.DISMISSED
        return ReportOutcome(
            self._rendering.line(report),
            reason=report.dismissals[-1]["reason"] if is_dismissed and report.dismissals else "",
            can_disagree=may_dispute(report.state, len(report.dismissals)),
            incident=await self._incident_for(unit, report, Actor.person(user_id)),
            same_as=reference(report.same_as_id) if report.same_as_id else "",
            command=self._command,
        )

    async def _incident_for(self, unit: Unit, report: Report, actor: Actor) -> Summary | None:
        """What it became or was added to, if the actor may see it."""
        incident = await unit.incidents.get(report.incident_id) if report.incident_id else None
        is_seen = incident is not None and await self._access.sees(unit, incident, actor)
        return summary(incident) if incident is not None and is_seen else None


def _is_same(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether two places are one message: Slack's time-stamps name one within its channel only."""
    return (one["channel"], one["ts"]) == (other["channel"], other["ts"])


def _placed(report: Report) -> bool:
    """Whether it stands in the channel already, as it is since it was disputed last."""
    return any(not place["user"] and place["round"] == _round(report) for place in report.places)


def _round(report: Report) -> str:
    return str(len(report.disputes))


def _standing(report: Report) -> tuple[object, ...]:
    return report.state, report.looked_by, report.is_private, len(report.disputes)


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
