"""Containment: two people, one run, and no harm counted as stopped before it was seen to have stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest

from bot.domain.containment.words import RunState
from bot.domain.errors import AlreadyDone, BadInput, IllegalMove, NotAllowed, NotFound
from bot.domain.escalation import Why
from bot.domain.events import SwitchApproved
from bot.domain.incident import Phase, Role, Severity
from bot.domain.notices.containment import SwitchFailure, SwitchPost
from bot.domain.people import ANDON, Actor
from bot.domain.timeline import EntryKind
from bot.sandbox.control_plane import ControlPlane
from bot.services.containment.requesting import Wish
from bot.services.failing import NotYet
from bot.services.ports import Once
from bot.services.reaction import Attempt
from bot.switches.board import Board, invented
from bot.switches.wire import Wire
from storage.agenda import Agenda
from storage.evidence import Exhibit
from storage.switches import ContainmentRun
from tests.services.seats import seat
from tests.switches.conftest import listening
from tests.workshop import Workshop

CODES = "codes-off"
KEYS = count()


@dataclass
class Floor:
    """A workshop whose switches hang on a control plane."""

    workshop: Workshop
    control: ControlPlane

    async def incident(self, severity: Severity = Severity.SEV1, system: str = "discount-assistant") -> int:
        """An incident on a system, its lead ULENA, its technical UMATEO."""
        number = await self.workshop.declare(system=system, severity=severity)
        await seat(self.workshop, number, "ULENA", Role.LEAD)
        await seat(self.workshop, number, "UMATEO", Role.TECHNICAL)
        return number

    async def ask(self, number: int, by: str = "UMATEO", action: str = CODES, **more: object) -> int:
        """Ask for an action; the id of the run."""
        told = {"harm_cannot_wait": "they ship by the minute", "key": f"k{next(KEYS)}", **more}
        wish = Wish(action=action, why="orders with 99 % off go out", **told)  # type: ignore[arg-type]
        receipt = await self.workshop.services.requesting.request(number, wish, by=Actor.person(by))
        return receipt.run.run_id

    async def approve(self, run_id: int, by: str = "ULENA") -> None:
        await self.workshop.services.deciding.approve(run_id, by=Actor.person(by))

    async def row(self, run_id: int) -> ContainmentRun:
        async with self.workshop.work.read() as unit:
            found = await unit.switches.get(run_id)
        assert found is not None
        return found

    async def forward(self, **span: float) -> None:
        """Time goes on from one due instant to the next."""
        until = self.workshop.clock.now() + timedelta(**span)
        await self.settle()
        while (now := self.workshop.clock.now()) < until:
            async with self.workshop.work.read() as unit:
                due = await Agenda(unit.session).next_after(now)
            self.workshop.clock.set(min(until, due or until))
            await self.settle()

    async def settle(self) -> None:
        await self.workshop.services.proving.look_for_due()
        await self.workshop.settle()

    async def lines(self, number: int) -> list[str]:
        async with self.workshop.work.read() as unit:
            return [entry.text for entry in await unit.timeline.of(number) if entry.kind is EntryKind.SWITCH]

    def said(self, kind: type) -> list[object]:
        return [said.now for said in self.workshop.chat.said if isinstance(said.now, kind)]


@pytest.fixture
async def floor(workshop: Workshop) -> AsyncIterator[Floor]:
    """The workshop with a control plane."""
    control, library = ControlPlane(workshop.clock.now), workshop.services.library
    async with listening(*control.routes()) as port:
        wire = Wire(lambda: library.containment, only_to=f"http://127.0.0.1:{port}/control", patience=0.3)
        workshop.services.board = Board(lambda: library.containment, wire, invented)
        yield Floor(workshop, control)


async def test_two_people_switch_it_off_and_it_holds(floor: Floor) -> None:
    """Asked for, agreed to, called once, read, probed, held: only then the incident is contained, and says how."""
    number = await floor.incident()
    run_id = await floor.ask(number, action="assistant-off")
    await floor.settle()
    assert not floor.control.switches and RunState.REQUESTED is (await floor.row(run_id)).state
    await floor.approve(run_id)
    await floor.settle()
    row = await floor.row(run_id)
    assert (RunState.HOLDING, True, 1) == (row.state, floor.control.switch("discount-assistant").is_off, row.calls)
    await floor.forward(minutes=14)
    async with floor.workshop.work.read() as unit:
        incident = await unit.incidents.get(number)
    assert incident is not None and incident.contained_at is None
    await floor.forward(minutes=2)
    async with floor.workshop.work.read() as unit:
        incident = await unit.incidents.get(number)
    assert RunState.CONTAINED is (await floor.row(run_id)).state
    assert incident is not None and incident.contained_at and Phase.INVESTIGATION is incident.phase
    assert "probe gets the fallback" in (incident.contained_how or "")
    assert 1 == sum(call.method == "POST" for call in floor.control.calls)
    (post,) = floor.said(SwitchPost)
    assert isinstance(post, SwitchPost) and RunState.CONTAINED is post.run.state
    assert 6 <= len(await floor.lines(number))


async def test_a_part_is_not_the_whole(floor: Floor) -> None:
    """Where policy says that an action does not stop the harm by itself, people say when it has stopped."""
    number = await floor.incident()
    run_id = await floor.ask(number)
    await floor.approve(run_id)
    await floor.forward(minutes=16)
    async with floor.workshop.work.read() as unit:
        incident = await unit.incidents.get(number)
    assert RunState.CONTAINED is (await floor.row(run_id)).state
    assert incident is not None and incident.contained_at is None


async def test_nobody_agrees_to_their_own(floor: Floor) -> None:
    """Neither at once, nor under another account with the same address, nor by asking for the same switch again."""
    number = await floor.incident()
    await seat(floor.workshop, number, "UTWIN", Role.TECHNICAL)
    floor.workshop.person("UMATEO", email="mateo@kestrel.example")
    twin = floor.workshop.person("UTWIN", email="Mateo+admin@kestrel.example")
    async with floor.workshop.work() as unit:
        for user_id in ("UMATEO", "UTWIN"):
            await unit.people.keep(floor.workshop.chat.people[user_id], floor.workshop.clock.now())
    run_id = await floor.ask(number)
    for by in (Actor.person("UMATEO"), twin):
        with pytest.raises(NotAllowed, match="yourself"):
            await floor.workshop.services.deciding.approve(run_id, by=by)
    with pytest.raises(AlreadyDone, match="being turned already"):
        await floor.ask(number, by="ULENA")
    assert not floor.control.switches


async def test_only_who_may(floor: Floor) -> None:
    """A bystander neither asks nor agrees; a private incident does not say that there is one."""
    number = await floor.incident()
    floor.workshop.person("UEVE")
    with pytest.raises(NotAllowed, match="Only"):
        await floor.ask(number, by="UEVE")
    run_id = await floor.ask(number)
    with pytest.raises(NotAllowed):
        await floor.approve(run_id, by="UEVE")
    async with floor.workshop.work() as unit:
        incident = await unit.incidents.get(number, lock=True)
        assert incident is not None
        incident.is_private = True
    reading = floor.workshop.services.containment
    for look in (reading.dry_run, reading.refuse_form, floor.workshop.services.deciding.approve):
        with pytest.raises(NotFound, match="no such incident"):
            await look(run_id, by=Actor.person("UEVE"))
    with pytest.raises(NotFound):
        await reading.listing(number, by=Actor.person("UEVE"))


async def test_evidence_before_the_switch(floor: Floor) -> None:
    """Without the snapshot the reason is asked for; unknown counts as said; what C13 destroys is kept first."""
    number = await floor.incident()
    requesting, mateo = floor.workshop.services.requesting, Actor.person("UMATEO")
    with pytest.raises(BadInput) as refused:
        await requesting.request(number, Wish(action=CODES, why="now", key="k"), by=mateo)
    assert "harm" == refused.value.field
    await keep(floor, number, "E01", "E02")
    with pytest.raises(BadInput, match="Keep E05 Model and provider as evidence first"):
        await requesting.request(number, Wish(action=CODES, why="now", key="k"), by=mateo)
    await keep(floor, number, "?E05")
    receipt = await requesting.request(number, Wish(action=CODES, why="now", key="k"), by=mateo)
    assert 2 == receipt.run.exhibits
    other = await floor.incident(system="code-agent")
    await keep(floor, other, "E01", "E02", "E05")
    with pytest.raises(BadInput, match="E11"):
        await requesting.request(other, Wish(action="memory-purged", why="now", key="k2"), by=mateo)


async def keep(floor: Floor, number: int, *items: str) -> None:
    now = floor.workshop.clock.now()
    async with floor.workshop.work() as unit:
        exhibit = Exhibit(incident_id=number, title="x", body="x", sha256="x", kept_at=now, kept_by="p:U")
        exhibit.items = [*items]
        await unit.evidence.add(exhibit)


async def test_same_submission_asks_once(floor: Floor) -> None:
    """A form that is handed in twice is one request."""
    number = await floor.incident()
    wish = Wish(action=CODES, why="now", key="view-1", harm_cannot_wait="yes")
    requesting, by = floor.workshop.services.requesting, Actor.person("UMATEO")
    first = await requesting.request(number, wish, by=by)
    again = await requesting.request(number, wish, by=by)
    assert first.run.run_id == again.run.run_id


async def test_approval_after_expiry(floor: Floor) -> None:
    """After a quarter of an hour nobody can agree; nothing was run, and the request says so."""
    number = await floor.incident()
    run_id = await floor.ask(number)
    floor.workshop.clock.forward(minutes=15)
    with pytest.raises(IllegalMove, match="expired"):
        await floor.approve(run_id)
    await floor.settle()
    row = await floor.row(run_id)
    assert RunState.EXPIRED is row.state and "Nothing was run" in row.outcome
    with pytest.raises(AlreadyDone):
        await floor.approve(run_id)
    assert not floor.control.switches


async def test_nothing_is_switched_off_for_an_incident_that_is_over(floor: Floor) -> None:
    """Closed in between: agreeing says so, and nothing runs; what is off can still be switched on again."""
    number = await floor.incident()
    off, late = await floor.ask(number), await floor.ask(number, action="assistant-off")
    await floor.approve(off)
    await floor.forward(minutes=1)
    await floor.workshop.services.closing.cancel(number, "a test", by=Actor.person("ULENA"))
    with pytest.raises(IllegalMove, match="not an incident"):
        await floor.approve(late)
    back = await floor.workshop.services.requesting.request_return(off, "over", by=Actor.person("ULENA"), key="b")
    await floor.approve(back.run.run_id, by="UMATEO")
    await floor.settle()
    assert not floor.control.switch("discount-codes").is_off and not floor.control.switch("discount-assistant").is_off


async def test_two_approvals_race(floor: Floor) -> None:
    """Of two who agree at the same moment one is first, the other hears so, and it runs once."""
    number = await floor.incident()
    floor.workshop.person("UADMIN")
    run_id = await floor.ask(number)
    outcomes = await asyncio.gather(floor.approve(run_id), floor.approve(run_id, by="UADMIN"), return_exceptions=True)
    assert 1 == sum(isinstance(outcome, AlreadyDone) for outcome in outcomes)
    await floor.settle()
    assert 1 == sum(call.method == "POST" for call in floor.control.calls)


async def test_two_approvers(floor: Floor) -> None:
    """What cannot be undone takes two more, and runs by hand only once both agreed."""
    number = await floor.incident(system="code-agent")
    run_id = await floor.ask(number, action="memory-purged")
    await floor.approve(run_id)
    assert RunState.REQUESTED is (await floor.row(run_id)).state
    floor.workshop.person("UADMIN")
    await floor.approve(run_id, by="UADMIN")
    await floor.settle()
    assert RunState.RUNNING is (await floor.row(run_id)).state
    deciding = floor.workshop.services.deciding
    await deciding.done_by_hand(run_id, "purged; the store is empty", by=Actor.person("UMATEO"))
    await floor.settle()
    assert RunState.HOLDING is (await floor.row(run_id)).state
    with pytest.raises(IllegalMove, match="cannot be undone"):
        await floor.workshop.services.requesting.request_return(run_id, "x", by=Actor.person("ULENA"), key="b")


@pytest.mark.parametrize("trouble", ["stuck", "refuse", "redirect"])
async def test_failure_is_said_loudly(floor: Floor, trouble: str) -> None:
    """200 while nothing moved, a refusal, a redirect inside: said in the channel and to the lead; nothing contained."""
    number = await floor.incident()
    run_id = await floor.ask(number)
    floor.control.misbehave("discount-codes", trouble)  # type: ignore[arg-type]
    await floor.approve(run_id)
    await floor.forward(minutes=3)
    row = await floor.row(run_id)
    assert RunState.FAILED is row.state and "not moved" in row.outcome and 1 == row.calls
    channel, lead = floor.said(SwitchFailure)
    assert {False, True} == {notice.is_direct for notice in (channel, lead)}  # type: ignore[attr-defined]
    async with floor.workshop.work.read() as unit:
        incident = await unit.incidents.get(number)
    assert incident is not None and incident.contained_at is None


@pytest.mark.parametrize(
    ("trouble", "calls"), [("hang_after", 1), ("cut_after", 1), ("half", 1), ("cut", 2), ("broken", 2)]
)
async def test_lost_answers_are_looked_up(floor: Floor, trouble: str, calls: int) -> None:
    """An answer that was lost is looked up first: what moved is never turned twice, what did not is tried once more."""
    number = await floor.incident()
    run_id = await floor.ask(number)
    floor.control.misbehave("discount-codes", trouble)  # type: ignore[arg-type]
    await floor.approve(run_id)
    await floor.forward(minutes=1)
    assert RunState.HOLDING is (await floor.row(run_id)).state
    assert calls == sum(call.method == "POST" for call in floor.control.calls)
    assert 1 == len(floor.control.switch("discount-codes").history)


async def test_begun_but_not_ended(floor: Floor) -> None:
    """Whoever finds a run begun waits while it may be under way, then looks; it is not called again."""
    number = await floor.incident()
    run_id = await floor.ask(number)
    await floor.approve(run_id)
    switching = floor.workshop.services.switching
    assert await switching._begin(run_id) is not None  # and here the process dies, its call sent
    floor.control.switch("discount-codes").is_off = True
    attempt = Attempt(Once("k", look_first=True, since=floor.workshop.clock.now()), 2)
    with pytest.raises(NotYet):
        await switching.run(SwitchApproved(number, run_id), attempt)
    floor.workshop.clock.forward(minutes=1)
    await switching.run(SwitchApproved(number, run_id), attempt)
    await floor.settle()
    assert RunState.HOLDING is (await floor.row(run_id)).state
    assert not any(call.method == "POST" for call in floor.control.calls)


async def test_it_moves_back_while_it_is_held(floor: Floor) -> None:
    """Somebody switches it on again behind our back: it fails loudly, and the incident is not contained."""
    number = await floor.incident()
    run_id = await floor.ask(number)
    await floor.approve(run_id)
    await floor.settle()
    floor.control.switch("discount-codes").is_off = False
    await floor.forward(minutes=6)
    row = await floor.row(run_id)
    assert RunState.FAILED is row.state and "not stayed" in row.outcome and floor.said(SwitchFailure)


async def test_switching_back_takes_two(floor: Floor) -> None:
    """Asked for by one, agreed to by another, at SEV1 too; then the first run reads rolled back."""
    number = await floor.incident()
    run_id = await floor.ask(number)
    await floor.approve(run_id)
    await floor.forward(minutes=16)
    lena, requesting = Actor.person("ULENA"), floor.workshop.services.requesting
    back = (await requesting.request_return(run_id, "price limit is live", by=lena, key="back")).run.run_id
    with pytest.raises(NotAllowed):
        await floor.approve(back, by="ULENA")
    await floor.settle()
    assert floor.control.switch("discount-codes").is_off
    await floor.approve(back, by="UMATEO")
    await floor.settle()
    assert not floor.control.switch("discount-codes").is_off
    assert [RunState.ROLLED_BACK] * 2 == [(await floor.row(one)).state for one in (run_id, back)]


async def test_postmortem_says_what_was_switched(floor: Floor) -> None:
    """Who asked, who agreed, what was seen; in words and in HTML, whatever somebody typed as a reason."""
    number = await floor.incident()
    wish = Wish(action=CODES, why="<b>|99 %|</b> <!channel>", key="k", harm_cannot_wait="they ship")
    made = await floor.workshop.services.requesting.request(number, wish, by=Actor.person("UMATEO"))
    await floor.approve(made.run.run_id)
    await floor.forward(minutes=16)
    postmortems = floor.workshop.services.postmortems
    text, page = await postmortems.text("AI-0001", "md"), await postmortems.text("AI-0001", "html")
    section = text.partition("What was switched")[2].partition("## 10.")[0]
    assert "Umateo" in section and "Ulena" in section and "what users got as wanted" in section
    assert "<b>|" not in page and "What was switched" in page


async def test_glass_is_broken_and_ratified(floor: Floor) -> None:
    """At SEV1 one person acts at once; somebody else ratifies, and nobody is asked about it."""
    number = await floor.incident()
    run_id = await floor.ask(number, alone=True)
    await floor.settle()
    assert floor.control.switch("discount-codes").is_off
    with pytest.raises(NotAllowed):
        await floor.workshop.services.deciding.ratify(run_id, by=Actor.person("UMATEO"))
    await floor.workshop.services.deciding.ratify(run_id, by=Actor.person("ULENA"))
    await floor.forward(minutes=40)
    assert RunState.CONTAINED is (await floor.row(run_id)).state
    assert Why.NOT_RATIFIED not in await whys(floor, number)


async def test_unratified_glass_climbs(floor: Floor) -> None:
    """Nobody ratifies within half an hour: the ladder asks, and is answered by a late ratification."""
    number = await floor.incident()
    run_id = await floor.ask(number, alone=True)
    await floor.forward(minutes=31)
    assert Why.NOT_RATIFIED in await whys(floor, number)
    await floor.workshop.services.deciding.ratify(run_id, by=Actor.person("ULENA"))
    async with floor.workshop.work.read() as unit:
        steps = [row.step() for row in await unit.escalations.of(number)]
    assert not [step for step in steps if step.plan.why is Why.NOT_RATIFIED and step.is_live]


async def whys(floor: Floor, number: int) -> set[Why]:
    async with floor.workshop.work.read() as unit:
        return {row.step().plan.why for row in await unit.escalations.of(number)}


async def test_breakers_only_where_approved_beforehand(floor: Floor) -> None:
    """C01 of the assistant trips by itself; anything else is refused; what tripped takes two to switch on again."""
    number = await floor.incident(Severity.SEV2)
    requesting = floor.workshop.services.requesting
    for action in (CODES, "checkout-frozen"):
        with pytest.raises(IllegalMove, match="beforehand"):
            await requesting.trip(number, action, "error rate", key=action)
    receipt = await requesting.trip(number, "assistant-off", "1,200 codes a minute", key="trip")
    await floor.settle()
    row = await floor.row(receipt.run.run_id)
    assert floor.control.switch("discount-assistant").is_off and str(ANDON) == row.requested_by


async def test_no_system_no_action(floor: Floor) -> None:
    """An incident whose system nobody named has nothing to switch off, and says what to do instead."""
    number = await floor.workshop.declare()
    with pytest.raises(BadInput, match="which AI system"):
        await floor.workshop.services.containment.form(number, by=Actor.person("URAE"))


async def test_dry_run_sends_nothing(floor: Floor) -> None:
    """The exact call, its secret masked, and not one request."""
    number = await floor.incident()
    run_id = await floor.ask(number)
    shown = await floor.workshop.services.containment.dry_run(run_id, by=Actor.person("ULENA"))
    assert shown.calls[0].startswith(
        "POST https://unleash.kestrel.example/api/admin/projects/shop/features/discount-codes"
    )
    assert "[UNLEASH_TOKEN]" in shown.calls[0] and not floor.control.calls
