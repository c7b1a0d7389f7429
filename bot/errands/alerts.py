"""What a body of alerts would do, tried without a database and without Slack; and reports of machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.trial import tried
from bot.domain.errors import BadInput
from bot.domain.incident import IncidentType, Severity
from bot.domain.people import Actor, ActorKind
from bot.domain.report import NewReport
from bot.errands.seat import COMMAND_LINE, Seat, Told
from bot.main import opened
from bot.settings import Settings
from bot.switches.board import environment
from bot.terminal import alerts as page
from bot.web.sources import Body, Malformed, read
from playbooks.alerts import Source
from playbooks.library import Library
from storage import schema

NO_SOURCE = "alerts.yaml has no source “{}”; it has {}."
NO_READER = "No source of alerts.yaml can read it: name one with --source. As {}: {}."


@dataclass(frozen=True, slots=True)
class Wish:
    """A report as typed. ``key`` names it, so that the same one again is the same report."""

    text: str
    type: str = IncidentType.UNSURE
    severity: str | None = None
    system: str = ""
    model_version: str = ""
    trace: str = ""
    links: tuple[str, ...] = ()
    key: str | None = None

    def report(self) -> NewReport:
        """What is handed in."""
        return NewReport(
            self.text,
            type=IncidentType(self.type),
            severity=Severity(self.severity) if self.severity else None,
            system=self.system or None,
            model_version=self.model_version,
            trace_url=self.trace,
            links=self.links,
        )


def trial(library: Library, file: Path, source_id: str, headers: Mapping[str, str]) -> Told:
    """What a body would do, were it the first of its kind. Raises BadInput, naming the field, for what nobody reads."""
    policy = library.alerts
    data = file.read_bytes()
    if source_id:
        source = policy.source(source_id)
        if source is None:
            known = ", ".join(one.id for one in policy.sources) or "none"
            raise BadInput(NO_SOURCE.format(source_id, known))
        alerts = _read(source, data, headers)
    else:
        source, alerts = _guessed(policy.sources, data, headers)
    by_name = {name.lower(): slug for slug, name in library.system_choices()}
    named = [replace(one, system=by_name.get((one.system or "").lower(), one.system)) for one in alerts]
    rules = [threshold.rule() for threshold in policy.rules]
    found = tried(named, rules, policy.words(), policy.otherwise, datetime.now(UTC))
    secret = source.proof.secret
    door = f"Its door is {'open' if environment()(secret) else f'shut: {secret} is not set'}."
    return Told(page.trial(file.name, source.id, door, found), page.trial_data(source.id, found))


async def report(seat: Seat, wish: Wish) -> Told:
    """A person reports."""
    made = await seat.services.reports.open(wish.report(), by=seat.actor, key=seat.key(wish.key))
    return _told(made.reference, was_already=made.was_already)


async def machine_report(settings: Settings, by: str, wish: Wish, key: str) -> Told:
    """A machine reports, by its own name."""
    await schema.require(settings.database_url)
    async with opened(settings, via=COMMAND_LINE) as core:
        actor = Actor(ActorKind.ALERT, by)
        made = await core.services.reports.open(wish.report(), by=actor, key=f"{COMMAND_LINE}:{by}:{key}")
    return _told(made.reference, was_already=made.was_already)


def _told(reference: str, *, was_already: bool) -> Told:
    state = "was taken already" if was_already else "is taken"
    said = f"{reference} {state}. Whoever is on triage duty looks at it; `andon reports show {reference}` says more."
    return Told(said, {"report": reference, "was_already": was_already})


def _guessed(sources: tuple[Source, ...], data: bytes, headers: Mapping[str, str]) -> tuple[Source, list[Alert]]:
    problems = []
    for source in sources:
        try:
            return source, read(Body(source, data, headers))
        except Malformed as error:
            problems.append((source.id, error))
    if not problems:
        raise BadInput("alerts.yaml names no source.")
    name, problem = max(problems, key=lambda pair: pair[1].field.count("."))  # whoever came furthest
    raise BadInput(NO_READER.format(name, problem)) from problem


def _read(source: Source, data: bytes, headers: Mapping[str, str]) -> list[Alert]:
    try:
        return read(Body(source, data, headers))
    except Malformed as error:
        raise BadInput(f"{source.id} could not be heard like this. {error}.", field=error.field) from error
