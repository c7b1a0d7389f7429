"""Leading through the review: five steps that write the post-mortem's sections, and nothing typed is ever lost.

What somebody types is kept as they type; what they save is a version of its section beside what others saved before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.domain.action_items import ActionState
from bot.domain.errors import BadInput
from bot.domain.events import PostmortemWritten
from bot.domain.lifecycle import utc
from bot.domain.notices.review import ReviewScreen, ReviewStepForm, StepField, StepLine
from bot.domain.people import Actor
from bot.domain.permissions import Verb
from bot.domain.postmortem import SectionKey
from bot.domain.review import SECTIONS, GapKind, ReviewGap, ReviewStep
from bot.services.access import Access
from bot.services.guards import require_unmerged
from bot.services.review.booking import booked
from bot.services.review.closing import ReviewClosing, waivers
from bot.services.review.lines import lines
from bot.services.summaries import summary
from bot.services.work import Work
from storage.incidents import Incident
from storage.postmortems import PostmortemSection
from storage.reviews import ReviewDraft
from storage.store import Unit

FIELD_LIMIT = 3000
ITEMS_SHOWN, SUGGESTIONS_SHOWN = 8, 8
OF_STEP: Mapping[ReviewStep, frozenset[GapKind]] = {
    ReviewStep.DOING: frozenset({GapKind.UNOWNED_ACTIONS}),
    ReviewStep.LEGAL: frozenset({GapKind.UNDECIDED_OBLIGATIONS, GapKind.MISSING_EVIDENCE}),
}
Sections = Mapping[str, PostmortemSection]


class Leading:
    """Shows and keeps reviews."""

    def __init__(self, work: Work, access: Access, closing: ReviewClosing, command: str) -> None:
        self._work = work
        self._access = access
        self._closing = closing
        self._command = command

    async def screen(self, incident_id: int, *, by: Actor) -> ReviewScreen:
        """Where the review stands."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REVIEW, by)
            await require_unmerged(unit, incident)
            review = await unit.reviews.get(incident.key)
            written = await unit.postmortems.sections(incident.key)
            unsaved = await unit.reviews.unsaved(incident.key)
            items = await lines(unit, incident.key, self._work.now())
            gaps = await self._closing.gaps(unit, incident)
        mine = {draft.field for draft in unsaved if draft.user_id == by.id}
        return ReviewScreen(
            summary=summary(incident),
            booking=booked(review),
            steps=tuple(_step_line(step, written, mine) for step in ReviewStep),
            open_items=sum(item.state is ActionState.OPEN for item in items),
            all_items=len(items),
            gaps=gaps,
            command=self._command,
            unsaved=tuple(dict.fromkeys(draft.user_id for draft in unsaved)),
            closed_at=review.closed_at if review else None,
            closed_by=review.closed_by if review else None,
            waived=waivers(review) if review else (),
        )

    async def step(self, incident_id: int, step: ReviewStep, *, by: Actor) -> ReviewStepForm:
        """One step, with what this person typed and did not save."""
        async with self._work.read() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REVIEW, by)
            await require_unmerged(unit, incident)
            written = await unit.postmortems.sections(incident.key)
            typed = await unit.reviews.typed(incident.key, by.id)
            fields = tuple(_field(key, written.get(key), typed.get(key)) for key in SECTIONS[step])
            return await self._form(unit, incident, step, fields)

    async def typed(
        self, incident_id: int, texts: Mapping[SectionKey, str], *, by: Actor, at: datetime | None = None
    ) -> None:
        """Keep what is being typed, until it is saved. What was typed ``at`` an instant before that comes too late."""
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REVIEW, by)
            written = await unit.postmortems.sections(incident.key)
            kept = {key.value: text for key, text in texts.items() if not _is_saved(written.get(key), by, at)}
            await unit.reviews.keep_typed(incident.key, by.id, kept, self._work.now())

    async def save(
        self,
        incident_id: int,
        step: ReviewStep,
        texts: Mapping[SectionKey, str],
        versions: Mapping[SectionKey, int],
        *,
        by: Actor,
        key: str,
    ) -> ReviewStepForm | ReviewScreen:
        """Keep what was written and give the next step, or the screen after the last.

        ``versions`` are those the form was opened on, ``key`` names it. Where somebody saved another text meanwhile,
        the same step comes again with both: saving it once more puts this one first, and theirs stays on record.
        """
        for section, text in texts.items():
            if len(text) > FIELD_LIMIT:
                raise BadInput(f"That is {len(text):,} characters; {FIELD_LIMIT:,} fit.", field=section)
        async with self._work() as unit:
            incident = await self._access.get(unit, incident_id, Verb.REVIEW, by, lock=True)
            await require_unmerged(unit, incident)
            written = await unit.postmortems.sections(incident.key)
            conflicts = await self._conflicts(unit, texts, versions, written)
            clear = {section: text for section, text in texts.items() if section not in conflicts}
            if await self._write(unit, incident, clear, versions, written, by, key):
                await self._follow(unit, incident, by)
            await unit.reviews.forget_typed(incident.key, by.id, [section.value for section in clear])
            if conflicts:
                kept = {section.value: texts[section] for section in conflicts}
                await unit.reviews.keep_typed(incident.key, by.id, kept, self._work.now())
                shown = await unit.postmortems.sections(incident.key)
                fields = tuple(_conflicting(one, shown.get(one), conflicts, texts) for one in SECTIONS[step])
                return await self._form(unit, incident, step, fields)
        if (following := step.following) is not None:
            return await self.step(incident_id, following, by=by)
        return await self.screen(incident_id, by=by)

    async def _conflicts(
        self, unit: Unit, texts: Mapping[SectionKey, str], versions: Mapping[SectionKey, int], written: Sections
    ) -> dict[SectionKey, PostmortemSection]:
        """What somebody else saved since, where this person changed the text, too."""
        found: dict[SectionKey, PostmortemSection] = {}
        for section, text in texts.items():
            newest, version = written.get(section), versions.get(section, 0)
            if newest is None or newest.id == version or text.strip() == newest.text:
                continue
            opened_on = await unit.postmortems.section(version) if version else None
            if text.strip() != (opened_on.text if opened_on else ""):
                found[section] = newest
        return found

    async def _write(
        self,
        unit: Unit,
        incident: Incident,
        texts: Mapping[SectionKey, str],
        versions: Mapping[SectionKey, int],
        written: Sections,
        by: Actor,
        key: str,
    ) -> bool:
        """Keep what is new; whether anything was. An empty field leaves its section as it is."""
        is_new = False
        for section, typed in texts.items():
            text, newest = typed.strip(), written.get(section)
            opened_on = versions.get(section, 0)
            if not text or (newest is not None and (text == newest.text or newest.id != opened_on)):
                continue
            source = f"review:{key}:{section.value}:{opened_on}"
            if await unit.postmortems.section_by_source(source) is not None:
                continue
            now = self._work.now()
            version = PostmortemSection(
                incident_id=incident.key, key=section, text=text, written_by=str(by), written_at=now, source_key=source
            )
            await unit.postmortems.write(version)
            is_new = True
        return is_new

    async def _form(
        self, unit: Unit, incident: Incident, step: ReviewStep, fields: tuple[StepField, ...]
    ) -> ReviewStepForm:
        items = await lines(unit, incident.key, self._work.now()) if step is ReviewStep.DOING else ()
        suggested = await unit.suggestions.of(incident.key) if step is ReviewStep.PLAYBOOK else ()
        gaps: tuple[ReviewGap, ...] = ()
        if step in OF_STEP:
            gaps = tuple(g for g in await self._closing.gaps(unit, incident) if g.kind in OF_STEP[step])
        return ReviewStepForm(
            summary(incident),
            step,
            fields,
            facts=_facts(incident) if step is ReviewStep.HAPPENED else (),
            items=items[:ITEMS_SHOWN],
            suggestions=tuple(one.text for one in suggested)[-SUGGESTIONS_SHOWN:],
            gaps=gaps,
        )

    async def _follow(self, unit: Unit, incident: Incident, by: Actor) -> None:
        """A draft that people have seen is compiled again when they add to it."""
        if await unit.postmortems.newest(incident.key) is not None:
            unit.tell(PostmortemWritten(incident.key, str(by)))


def _is_saved(found: PostmortemSection | None, by: Actor, at: datetime | None) -> bool:
    return found is not None and found.written_by == str(by) and at is not None and at < found.written_at


def _step_line(step: ReviewStep, written: Sections, mine: set[str]) -> StepLine:
    sections = SECTIONS[step]
    return StepLine(
        step,
        tuple(key for key in sections if key in written),
        tuple(key for key in sections if key not in written),
        any(key in mine for key in sections),
    )


def _field(key: SectionKey, found: PostmortemSection | None, typed: ReviewDraft | None) -> StepField:
    """What stands there, or what this person was about to say instead."""
    text = found.text if found else ""
    draft = typed.text if typed is not None and typed.text.strip() not in ("", text.strip()) else None
    is_overtaken = found is not None and typed is not None and draft is not None and found.written_at > typed.kept_at
    return StepField(
        section=key,
        text=text if draft is None else draft,
        version=found.id or 0 if found else 0,
        written_by=found.written_by if found else None,
        written_at=found.written_at if found else None,
        is_unsaved=draft is not None,
        theirs=text if is_overtaken else None,
        theirs_by=found.written_by if found and is_overtaken else None,
    )


def _conflicting(
    key: SectionKey,
    found: PostmortemSection | None,
    conflicts: Mapping[SectionKey, PostmortemSection],
    texts: Mapping[SectionKey, str],
) -> StepField:
    plain = _field(key, found, None)
    theirs = conflicts.get(key)
    if theirs is None:
        return plain
    return StepField(
        key, texts[key], theirs.id or 0, theirs.written_by, theirs.written_at, True, theirs.text, theirs.written_by
    )


def _facts(incident: Incident) -> tuple[str, ...]:
    """The instants that the record has, in words."""
    known: tuple[tuple[str, datetime | None], ...] = (
        ("detected", incident.detected_at),
        ("declared", incident.declared_at),
        ("contained", incident.contained_at),
        ("resolved", incident.resolved_at),
        ("closed", incident.closed_at),
    )
    return tuple(f"{word} {utc(at)}" for word, at in known if at is not None)
