"""Lists, Home and the panel: what one person may see and do, at the same cost however much there is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.errors import NotFound
from bot.domain.incident import Outcome, Phase, Role, Severity
from bot.domain.people import Actor
from bot.services.home import SHOWN
from bot.services.panel import OFFERS
from storage.postmortems import PostmortemDraft
from storage.roles import RoleTenure, TenureState
from tests.workshop import Workshop

OTTO = Actor.person("UOTTO")
RAE = Actor.person("URAE")
ADMIN = Actor.person("UADMIN")


async def seat(workshop: Workshop, incident_id: int, user_id: str, role: Role) -> None:
    """Somebody sits in a role."""
    async with workshop.work() as unit:
        tenure = RoleTenure(
            incident_id=incident_id,
            role=role,
            user_id=user_id,
            state=TenureState.HELD,
            from_at=workshop.clock.now(),
            given_by=f"person:{user_id}",
        )
        await unit.roles.add(tenure)


async def close(workshop: Workshop, incident_id: int) -> None:
    """The incident is over."""
    async with workshop.work() as unit:
        incident = await unit.incidents.get(incident_id)
        assert incident is not None
        incident.phase, incident.outcome, incident.closed_at = Phase.CLOSED, Outcome.RESOLVED, workshop.clock.now()


async def test_the_gravest_comes_first_with_its_lead(workshop: Workshop) -> None:
    """The list is ordered by severity, names the lead once, and leaves closed incidents out."""
    low = await workshop.declare("one", severity=Severity.SEV3)
    high = await workshop.declare("two", severity=Severity.SEV1)
    over = await workshop.declare("three", severity=Severity.SEV1)
    await close(workshop, over)
    await seat(workshop, high, "ULENA", Role.LEAD)
    await seat(workshop, high, "UMINA", Role.TECHNICAL)
    listing = await workshop.services.home.listing(by=OTTO)
    assert [row.incident_id for row in listing.rows] == [high, low]
    assert [row.lead_id for row in listing.rows] == ["ULENA", None]
    assert listing.more == 0


async def test_a_long_list_is_clipped_and_says_so(workshop: Workshop) -> None:
    """Many open incidents show the first twenty and how many more there are, in one statement."""
    template = await workshop.declare("first", severity=Severity.SEV2)
    async with workshop.work() as unit:
        known = await unit.incidents.get(template)
        assert known is not None
        for number in range(SHOWN + 4):
            copy = type(known)(**{**known.model_dump(exclude={"id", "channel_id"}), "declared_key": f"copy-{number}"})
            unit.session.add_all([copy])
    listing = await workshop.services.home.listing(by=OTTO)
    assert (len(listing.rows), listing.more) == (SHOWN, 5)


async def test_home_shows_mine_first(workshop: Workshop) -> None:
    """What I sit in or follow stands before graver ones of others; what was closed lately stands below."""
    grave = await workshop.declare("grave", severity=Severity.SEV1)
    followed = await workshop.declare("followed", severity=Severity.SEV3)
    sitting = await workshop.declare("sitting", severity=Severity.SEV4)
    over = await workshop.declare("over")
    async with workshop.work() as unit:
        await unit.participants.follow(followed, "UOTTO", workshop.clock.now())
    await seat(workshop, sitting, "UOTTO", Role.LEGAL)
    await close(workshop, over)
    screen = await workshop.services.home.screen(by=OTTO)
    assert [row.incident_id for row in screen.mine] == [followed, sitting]
    assert [row.incident_id for row in screen.others] == [grave]
    assert [line.summary.incident_id for line in screen.closed] == [over]
    workshop.clock.forward(days=31)
    assert (await workshop.services.home.screen(by=OTTO)).closed == ()


async def test_home_links_the_newest_post_mortem(workshop: Workshop) -> None:
    """A closed incident leads to the newest draft that was shared; one without a draft leads nowhere."""
    over, bare = await workshop.declare("over"), await workshop.declare("bare")
    async with workshop.work() as unit:
        for version, link in ((1, "https://kestrel.example/old"), (2, "https://kestrel.example/new"), (3, None)):
            draft = PostmortemDraft(
                incident_id=over,
                version=version,
                markdown="",
                sha256="",
                compiled_at=workshop.clock.now(),
                compiled_by="bot:andon",
                permalink=link,
            )
            await unit.postmortems.add_draft(draft)
    await close(workshop, over)
    await close(workshop, bare)
    closed = (await workshop.services.home.screen(by=OTTO)).closed
    links = {line.summary.incident_id: line.postmortem_link for line in closed}
    assert links == {over: "https://kestrel.example/new", bare: None}


async def test_whoever_declares_sees_it_on_home(workshop: Workshop) -> None:
    """Home of the declarer is shown anew once the channel is there."""
    number = await workshop.declare("new", by="URAE")
    assert f"incident_id={number}" in repr(workshop.chat.homes["URAE"])


async def test_a_private_incident_is_on_nobody_elses_list(workshop: Workshop) -> None:
    """List and Home of outsiders do not count it either; its people and admins have it."""
    number = await workshop.declare("secret", is_private=True)
    public = await workshop.declare("public")
    shown = await workshop.services.home.listing(by=OTTO)
    assert ([row.incident_id for row in shown.rows], shown.more) == ([public], 0)
    for insider in (RAE, ADMIN):
        rows = (await workshop.services.home.listing(by=insider)).rows
        assert number in [row.incident_id for row in rows]


async def test_the_panel_offers_what_would_do_something(workshop: Workshop) -> None:
    """An outsider may note and propose; the lead may close; a closed incident offers to reopen and no more changes."""
    number = await workshop.declare("new")

    async def offered(by: Actor) -> set[str]:
        return set((await workshop.services.panel.read(number, by=by)).keys)

    assert {"note", "severity", "task"} <= await offered(OTTO)
    assert not {"close", "contained", "redact"} & await offered(OTTO)
    await seat(workshop, number, "ULENA", Role.LEAD)
    assert {"close", "contained", "merge", "cancel"} <= await offered(Actor.person("ULENA"))
    assert "resolved" not in await offered(Actor.person("ULENA"))
    await close(workshop, number)
    left = await offered(Actor.person("ULENA"))
    assert {"reopen", "note", "postmortem"} <= left
    assert not {"close", "severity", "phase", "contained", "merge", "task"} & left


async def test_the_panel_of_a_private_incident_is_not_found_outside(workshop: Workshop) -> None:
    """For an outsider there is no such incident."""
    number = await workshop.declare("secret", is_private=True)
    with pytest.raises(NotFound) as real:
        await workshop.services.panel.read(number, by=OTTO)
    with pytest.raises(NotFound) as unreal:
        await workshop.services.panel.read(999, by=OTTO)
    assert str(real.value) == str(unreal.value)


async def test_overdue_updates_are_known_by_the_clock(workshop: Workshop) -> None:
    """The list carries the instant it was made at, so that overdue means overdue then."""
    number = await workshop.declare("late")
    async with workshop.work() as unit:
        incident = await unit.incidents.get(number)
        assert incident is not None
        incident.next_update_at = workshop.clock.now() - timedelta(minutes=1)
    listing = await workshop.services.home.listing(by=OTTO)
    (row,) = listing.rows
    assert row.next_update_at is not None
    assert row.next_update_at < listing.now


def test_every_offer_has_its_own_key() -> None:
    """No two verbs of the panel share a key."""
    assert len({offer.key for offer in OFFERS}) == len(OFFERS)
