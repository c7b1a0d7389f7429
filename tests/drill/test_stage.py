"""Moved time is lived through: what falls due happens at its own instant, in few stops."""

from __future__ import annotations

from datetime import timedelta

from tests.office import Office


async def test_each_thing_happens_at_its_time(office: Office) -> None:
    """One long jump raises every rung of the ladder at the second it was due, not when the jump ended."""
    await office.declare()
    declared_at = (await office.incident()).declared_at
    await office.forward(minutes=50)
    for name, minutes in (("liam", 15), ("hana", 30)):
        page = next(seen for seen in office.person(name).direct_messages if "You are needed" in seen.notification)
        assert timedelta() <= page.at - declared_at - timedelta(minutes=minutes) < timedelta(seconds=1)


async def test_the_clock_ends_where_it_was_sent(office: Office) -> None:
    """Forward is exact, and an idle week takes a few dozen stops."""
    before, stops = office.clock.now(), []
    await office.stage.until(before + timedelta(days=7, seconds=1), lambda: stops.append(office.clock.now()))
    assert before + timedelta(days=7, seconds=1) == office.clock.now() == stops[-1]
    assert 60 > len(stops)


async def test_lost_events_are_delivered_again_at_their_time(office: Office) -> None:
    """Slack's own redeliveries are among what falls due."""
    office.sandbox.delivery.paused = True
    await office.person("rae").says("general", "hello")
    office.sandbox.delivery.paused = False
    assert 1 == len(office.sandbox.delivery.waiting)
    await office.forward(minutes=1)
    assert [] == office.sandbox.delivery.waiting
