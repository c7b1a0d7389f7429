"""Time-stamps: what an authority of OpenSSL's make signs is kept, hourly at most; what is none is not."""

from __future__ import annotations

from aiohttp import web

from bot.domain.custody import How
from bot.domain.exhibits import ExhibitWish
from bot.domain.people import Actor
from bot.services.evidence.stamping import Authority, Stamping
from bot.services.evidence.verifying import Verifying
from tests.authority import served
from tests.workshop import Workshop


async def keep(workshop: Workshop, text: str, incident_id: int) -> None:
    """Something more on record."""
    by = Actor.person("UADMIN")
    await workshop.services.keeping.keep(incident_id, ExhibitWish(body=text), by=by, how=How.HTTP, key=text)


async def test_the_head_is_stamped_hourly_while_the_record_grows(workshop: Workshop) -> None:
    """At once, then an hour later if anything came; nothing new is stamped anew. What was signed verifies offline."""
    incident_id = await workshop.declare()
    await keep(workshop, "one", incident_id)
    async with served() as authority:
        stamping = Stamping(workshop.work, Authority(authority.url, authority.certificate))
        assert [await stamping.stamp_due(), await stamping.stamp_due()] == [1, 0]
        await keep(workshop, "two", incident_id)
        assert await stamping.stamp_due() == 0
        workshop.clock.forward(minutes=61)
        assert [await stamping.stamp_due(), await stamping.stamp_due()] == [1, 0]
        workshop.clock.forward(minutes=61)
        assert await stamping.stamp_due() == 0
        assert authority.queries == 2
        (verified,) = await Verifying(workshop.work, workshop.services.blobs, stamping).everything()
    assert (verified.is_sound, verified.stamps) == (True, 2), verified.findings


async def test_a_stamp_of_another_authority_does_not_hold(workshop: Workshop) -> None:
    """Signed by somebody else than whom the settings name: not kept where it is asked for, named where it is verified."""
    incident_id = await workshop.declare()
    await keep(workshop, "one", incident_id)
    async with served() as stranger, served() as named:
        assert await Stamping(workshop.work, Authority(stranger.url, named.certificate)).stamp_due() == 0
        assert await Stamping(workshop.work, Authority(stranger.url)).stamp_due() == 1
        strict = Stamping(workshop.work, Authority(named.url, named.certificate))
        (verified,) = await Verifying(workshop.work, workshop.services.blobs, strict).everything()
    (finding,) = verified.findings
    assert "Time-stamp T1 of AI-0001 does not hold" in finding.sentence


async def test_an_answer_that_is_no_stamp_is_not_kept(workshop: Workshop) -> None:
    """Errors, other content, an earlier answer again, silence: nothing is kept, and the next hour asks again."""
    incident_id = await workshop.declare()
    await keep(workshop, "one", incident_id)
    async with served() as authority:
        kind = "application/timestamp-reply"
        stamping = Stamping(workshop.work, Authority(authority.url, authority.certificate))
        for answer in (
            web.Response(status=500, text="no"),
            web.Response(text="<html>"),
            web.Response(body=b"", content_type=kind),
            web.Response(body=b"x" * 300_000, content_type=kind),
        ):
            authority.answers.append(answer)
            assert await stamping.stamp_due() == 0
        gone = Stamping(workshop.work, Authority("http://127.0.0.1:1/", authority.certificate))
        assert await gone.stamp_due() == 0
        assert await stamping.stamp_due() == 1
