"""Gathers what a post-mortem is compiled from: a fixed number of statements, however long the incident was."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from bot.domain import postmortem as pm
from bot.domain.escalation import StepState
from bot.domain.incident import Phase, Severity
from bot.domain.people import Actor, Profile
from bot.domain.timeline import EntryKind
from bot.services.evidence.record import custody
from bot.services.postmortem_contained import contained
from bot.services.postmortem_contained import people as switch_people
from bot.services.postmortem_facts import ai, facts, targets, taxonomy
from bot.services.postmortem_law import obligations
from bot.services.postmortem_law import people as law_people
from bot.services.postmortem_learned import learned
from bot.services.postmortem_reviewed import people as review_people
from bot.services.postmortem_reviewed import reviewed
from bot.services.postmortem_told import people as text_people
from bot.services.postmortem_told import told
from playbooks.entries import ASKED_BECAUSE, sentence
from playbooks.library import Library
from storage.captures import Capture
from storage.escalations import AskState, EscalationAsk, EscalationStep
from storage.evidence import Exhibit
from storage.incidents import Incident
from storage.message_reactions import Reaction
from storage.messages import Message, MessageFile, MessageVersion
from storage.postmortems import PostmortemSection
from storage.roles import RoleTenure, TenureState
from storage.store import Unit
from storage.tasks import Task
from storage.timeline import TimelineEntry
from storage.updates import Update


async def gather(unit: Unit, incident: Incident, library: Library) -> pm.PostmortemRecord:
    """Everything stored about an incident. Redacted texts are not in it."""
    number = incident.key
    entries, tenures = await unit.timeline.of(number), await _tenures(unit, number)
    messages, files = await unit.messages.of(number), await unit.messages.files_of(number)
    versions, reactions = await unit.messages.versions_of(number), await unit.reactions.of(number)
    exhibits = await unit.evidence.of(number)
    steps, asks = await unit.escalations.of(number), await unit.escalations.asks_of(number)
    found, known = await learned(unit, incident, ai(incident, library))
    switched, texts = await contained(unit, number), await told(unit, number, library)
    review, actions = await reviewed(unit, number)
    clocks = await obligations(unit, number)
    everybody = _everybody(incident, entries, tenures, messages, asks) | {*switch_people(switched), *text_people(texts)}
    everybody |= {*review_people(review, actions), *law_people(clocks)}
    names = await unit.people.names(everybody)
    return pm.PostmortemRecord(
        incident=facts(incident, library),
        names=names,
        ai=known,
        targets=targets(incident, library),
        severities=_severities(incident, entries),
        phases=_phases(incident, entries),
        tenures=tuple(_tenure(tenure, tenure.from_at) for tenure in tenures if tenure.from_at is not None),
        entries=tuple(_entry(entry, names) for entry in entries),
        messages=_messages(messages, versions, files, reactions),
        tasks=tuple(_task(task) for task in await unit.tasks.of(number)),
        updates=tuple(_update(update) for update in await unit.updates.of(number)),
        steps=_steps(steps, asks, names),
        exhibits=tuple(_exhibit(exhibit) for exhibit in exhibits),
        custody=await custody(unit, incident, exhibits, library),
        written=tuple(_written(section) for section in (await unit.postmortems.sections(number)).values()),
        actions=actions,
        reviewed=review,
        taxonomy=taxonomy(incident, library),
        learned=found,
        containment=switched,
        obligations=clocks,
        told=texts,
        gaps=_gaps(incident, files, await unit.captures.get(number)),
    )


async def _tenures(unit: Unit, number: int) -> list[RoleTenure]:
    return [t for t in await unit.roles.history(number) if t.state in (TenureState.HELD, TenureState.ENDED)]


def _tenure(tenure: RoleTenure, from_at: datetime) -> pm.Tenure:
    return pm.Tenure(
        role=tenure.role,
        person=tenure.user_id,
        from_at=from_at,
        until_at=tenure.until_at,
        given_by=tenure.given_by,
    )


def _task(t: Task) -> pm.TaskLine:
    return pm.TaskLine(text=t.text, owner=t.owner_id, due_at=t.due_at, done_at=t.done_at, dropped_at=t.dropped_at)


def _update(u: Update) -> pm.UpdateLine:
    return pm.UpdateLine(text=u.text, sent_at=u.sent_at, by=u.sent_by, due_at=u.due_at, permalink=u.permalink)


def _written(section: PostmortemSection) -> pm.Written:
    return pm.Written(key=section.key, text=section.text, author=section.written_by, at=section.written_at)


def _gaps(incident: Incident, files: Sequence[MessageFile], capture: Capture | None) -> tuple[pm.Gap, ...]:
    gaps = [_file_gap(file) for file in files if file.problem]
    if capture is not None and capture.problem:
        gaps.append(pm.Gap(pm.GapKind.HISTORY, incident.channel_name or "the channel", capture.problem))
    return tuple(gaps)


def _severities(incident: Incident, entries: Sequence[TimelineEntry]) -> tuple[pm.SeverityChange, ...]:
    declared = next((e for e in entries if e.kind is EntryKind.DECLARED), None)
    first = pm.SeverityChange(
        at=incident.declared_at,
        severity=Severity(declared.data.get("severity", incident.severity)) if declared else incident.severity,
        by=incident.declared_by,
        is_provisional=bool(declared and declared.data.get("provisional")),
    )
    later = [
        pm.SeverityChange(
            at=e.at,
            severity=Severity(e.data["new"]),
            by=e.actor,
            was=Severity(e.data["old"]),
            is_provisional=bool(e.data.get("provisional")),
            reason=e.data.get("reason") or e.text or None,
        )
        for e in entries
        if e.kind is EntryKind.SEVERITY and "new" in e.data
    ]
    return (first, *later)


def _phases(incident: Incident, entries: Sequence[TimelineEntry]) -> tuple[pm.PhaseChange, ...]:
    first = pm.PhaseChange(at=incident.declared_at, phase=Phase.TRIAGE, by=incident.declared_by)
    later = [
        pm.PhaseChange(at=e.at, phase=Phase(e.data["new"]), by=e.actor, reason=e.data.get("reason") or None)
        for e in entries
        if e.kind is EntryKind.PHASE and "new" in e.data
    ]
    return (first, *later)


def _entry(entry: TimelineEntry, names: dict[str, Profile]) -> pm.Entry:
    def name(user_id: str) -> str:
        return names[user_id].name if user_id in names else user_id

    exhibit = entry.data.get("exhibit")
    return pm.Entry(
        at=entry.at,
        kind=entry.kind,
        actor=entry.actor,
        text=sentence(entry.kind, entry.text, entry.data, name),
        permalink=entry.permalink,
        message_ts=entry.message_ts,
        exhibit=f"X{exhibit}" if exhibit else None,
    )


def _messages(
    messages: Sequence[Message],
    versions: Sequence[MessageVersion],
    files: Sequence[MessageFile],
    reactions: Sequence[Reaction],
) -> tuple[pm.Message, ...]:
    edits = Counter(version.ts for version in versions)
    emojis = Counter(reaction.ts for reaction in reactions if reaction.is_there)
    named: dict[str, list[str]] = defaultdict(list)
    for file in files:
        named[file.ts].append(file.name)
    return tuple(
        pm.Message(
            ts=m.ts,
            author=m.author_id or "",
            sent_at=m.sent_at,
            text=m.text,
            thread_ts=m.thread_ts,
            versions=edits[m.ts] + 1,
            files=tuple(named[m.ts]),
            reactions=emojis[m.ts],
            permalink=m.permalink,
            deleted_at=m.deleted_at,
            redacted_at=m.redacted_at,
            redacted_by=m.redacted_by,
            sha256=m.sha256 or None,
        )
        for m in messages
    )


def _steps(
    steps: Sequence[EscalationStep], asks: Sequence[EscalationAsk], names: dict[str, Profile]
) -> tuple[pm.Step, ...]:
    people: dict[int, list[str]] = defaultdict(list)
    for ask in asks:
        if ask.user_id and ask.user_id not in people[ask.step_id]:
            people[ask.step_id].append(ask.user_id)
    lines = []
    for row in steps:
        if row.raised_at is None:
            continue
        asked = [names[user_id].name if user_id in names else user_id for user_id in people[row.number]]
        first = min(
            (a for a in asks if a.step_id == row.id and a.state is AskState.ACKNOWLEDGED), key=_answered, default=None
        )
        is_over = row.state is StepState.STOOD_DOWN and first is None
        lines.append(
            pm.Step(
                asked=", ".join(asked) or "the channel",
                due_at=row.due_at,
                why=ASKED_BECAUSE.get(row.step().plan.why, ""),
                raised_at=row.raised_at,
                acknowledged_at=first.answered_at if first else None,
                acknowledged_by=first.answered_by if first else None,
                stood_down_at=row.stood_down_at if is_over else None,
            )
        )
    return tuple(lines)


def _answered(ask: EscalationAsk) -> datetime:
    return ask.answered_at or ask.asked_at


def _exhibit(exhibit: Exhibit) -> pm.ExhibitLine:
    return pm.ExhibitLine(
        id=f"X{exhibit.id}",
        title=exhibit.title,
        sha256=exhibit.sha256,
        kept_at=exhibit.kept_at,
        kept_by=exhibit.kept_by,
        permalink=exhibit.permalink,
        redacted_at=exhibit.redacted_at,
    )


def _file_gap(file: MessageFile) -> pm.Gap:
    return pm.Gap(pm.GapKind.FILE, file.name, file.problem or "")


def _everybody(
    incident: Incident,
    entries: Sequence[TimelineEntry],
    tenures: Sequence[RoleTenure],
    messages: Sequence[Message],
    asks: Sequence[EscalationAsk],
) -> set[str]:
    """The Slack ids of all who appear anywhere."""
    stored = [incident.declared_by, incident.contained_by, incident.resolved_by, incident.closed_by]
    actors = [Actor.parse(text) for text in [*stored, *(entry.actor for entry in entries)] if text]
    found = {actor.id for actor in actors if actor.is_person}
    found |= {tenure.user_id for tenure in tenures} | {ask.user_id for ask in asks if ask.user_id}
    return found | {message.author_id for message in messages if message.author_id}
