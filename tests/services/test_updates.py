"""Updates, their followers, and what others add."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.declaration import SourceMessage
from bot.domain.errors import BadInput, ChatUncertain, IllegalMove, NotAllowed, NotFound
from bot.domain.incident import IncidentType, Severity
from bot.domain.notices.lifecycle import SeverityPost
from bot.domain.notices.updates import AnswersPost, ExamplePost, FollowerUpdate, NotInvited, UpdatePost
from bot.domain.people import Actor
from bot.services.details import Answers
from tests.services.seats import seat
from tests.services.test_severities import said, stored
from tests.workshop import Workshop


def heard(workshop: Workshop, user_id: str) -> list[FollowerUpdate]:
    """The updates this person got as direct messages."""
    return [notice for notice in workshop.chat.dms(user_id) if isinstance(notice, FollowerUpdate)]


async def test_an_update_reaches_channel_and_followers_once(workshop: Workshop) -> None:
    """The same submission twice is one update; the clock restarts; the row keeps which promise it answered."""
    number = await workshop.declare()
    lena, cleo = await seat(workshop, number, "ULENA"), workshop.person("UCLEO")
    await workshop.services.following.follow(number, by=cleo)
    promised = (await stored(workshop, number)).next_update_at
    for _ in range(2):
        await workshop.services.updates.send(number, "We switched it off.", by=lena, key="V1")
    (post,) = await said(workshop, number, UpdatePost)
    assert isinstance(post, UpdatePost)
    assert post.text == "We switched it off."
    assert [update.text for update in heard(workshop, "UCLEO")] == ["We switched it off."]
    incident = await stored(workshop, number)
    assert incident.last_update_at == workshop.clock.now()
    assert incident.next_update_at == post.next_due_at != promised
    async with workshop.work.read() as unit:
        (update,) = await unit.updates.of(number)
    assert update.due_at == promised
    assert update.permalink
    assert update.channel_ts


async def test_the_next_update_is_when_the_sender_says(workshop: Workshop) -> None:
    """A chosen time holds; the past is refused under its field."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    updates, now = workshop.services.updates, workshop.clock.now()
    await updates.send(number, "a", by=lena, key="1", next_due_at=updates.due("2h", None))
    assert (await stored(workshop, number)).next_update_at == now + timedelta(hours=2)
    with pytest.raises(BadInput) as refused:
        await updates.send(number, "b", by=lena, key="2", next_due_at=now - timedelta(hours=1))
    assert refused.value.field == "custom_at"
    with pytest.raises(BadInput):
        updates.due("custom", None)
    assert updates.due("policy", None) is None


async def test_who_stopped_following_hears_nothing(workshop: Workshop) -> None:
    """Following ends at once, even for an update that was owed already."""
    number = await workshop.declare()
    lena, cleo = await seat(workshop, number, "ULENA"), workshop.person("UCLEO")
    following = workshop.services.following
    assert (await following.follow(number, by=cleo)).changed
    assert not (await following.follow(number, by=cleo)).changed
    await workshop.services.updates.send(number, "a", by=lena, key="1")
    assert (await following.unfollow(number, by=cleo)).changed
    await workshop.settle()
    assert heard(workshop, "UCLEO") == []


async def test_a_private_incident_tells_only_its_people(workshop: Workshop) -> None:
    """An outsider cannot follow or join; a follower without access gets nothing."""
    number = await workshop.declare(is_private=True)
    lena, otto = await seat(workshop, number, "ULENA"), workshop.person("UOTTO")
    for verb in (workshop.services.following.follow, workshop.services.following.join):
        with pytest.raises(NotFound):
            await verb(number, by=otto)
    async with workshop.work() as unit:
        await unit.participants.follow(number, "UOTTO", workshop.clock.now())
    await workshop.services.updates.send(number, "secret", by=lena, key="1")
    await workshop.services.closing.close(number, "secret end", by=lena, why_anyway="x")
    await workshop.settle()
    assert workshop.chat.dms("UOTTO") == []


async def test_only_responders_send_updates(workshop: Workshop) -> None:
    """A bystander is told who can."""
    number = await workshop.declare()
    with pytest.raises(NotAllowed, match="holds a role"):
        await workshop.services.updates.send(number, "x", by=workshop.person("UOTTO"), key="1")


async def test_joining_invites(workshop: Workshop) -> None:
    """The person comes into the channel; when Slack refuses they hear how to get in; a closed one says so."""
    number = await workshop.declare()
    otto = workshop.person("UOTTO")
    await workshop.services.following.join(number, by=otto)
    await workshop.settle()
    channel_id = (await stored(workshop, number)).channel_id or ""
    assert "UOTTO" in workshop.chat.members[channel_id]
    stranger = Actor.person("UGHOST")
    await workshop.services.following.join(number, by=stranger)
    await workshop.settle()
    assert [type(notice) for notice in workshop.chat.dms("UGHOST")] == [NotInvited]
    await workshop.services.closing.cancel(number, "x", by=Actor.person("UADMIN"))
    with pytest.raises(IllegalMove):
        await workshop.services.following.join(number, by=otto)


async def test_an_update_waits_for_slack(workshop: Workshop) -> None:
    """When Slack is away the update is kept, and stands in the channel once when Slack is back."""
    number = await workshop.declare()
    lena = await seat(workshop, number, "ULENA")
    workshop.chat.fail("post", ChatUncertain("no_answer"))
    await workshop.services.updates.send(number, "a", by=lena, key="1")
    await workshop.settle()
    workshop.clock.forward(minutes=2)
    assert len(await said(workshop, number, UpdatePost)) == 1


async def test_another_example_is_evidence(workshop: Workshop) -> None:
    """Text and reported message are kept with their hashes, once; whoever gave it follows."""
    number = await workshop.declare()
    otto = workshop.person("UOTTO")
    source = SourceMessage("C9", "1.2", "Buy <now>", author_id="UBOT", permalink="https://x.example/1")
    for _ in range(2):
        await workshop.services.details.add_example(number, "It did it again", by=otto, key="V1", source=source)
    (post,) = await said(workshop, number, ExamplePost)
    assert isinstance(post, ExamplePost)
    assert (post.text, post.exhibits) == ("It did it again", 2)
    async with workshop.work.read() as unit:
        exhibits = await unit.evidence.of(number)
        tie = await unit.participants.get(number, "UOTTO")
    assert [exhibit.body for exhibit in exhibits] == ["It did it again", "Buy <now>"]
    assert tie is not None
    assert tie.is_following
    with pytest.raises(BadInput) as refused:
        await workshop.services.details.add_example(number, "  ", by=otto, key="V2")
    assert refused.value.field == "text"


async def test_answers_fill_in_what_was_missing(workshop: Workshop) -> None:
    """System, type and people affected are taken; a graver estimate counts, a milder one waits for the lead."""
    number = await workshop.declare(by="URAE")
    rae = Actor.person("URAE")
    answers = Answers("discount_bot", IncidentType.PROMPT_ATTACK, "about forty customers", Severity.SEV3)
    await workshop.services.details.answer(number, answers, by=rae, key="V1")
    await workshop.services.details.answer(number, answers, by=rae, key="V1")
    incident = await stored(workshop, number)
    assert (incident.system, incident.type) == ("discount_bot", IncidentType.PROMPT_ATTACK)
    assert incident.severity is Severity.SEV2
    assert incident.facts["affected"] == "about forty customers"
    (post,) = await said(workshop, number, AnswersPost)
    assert isinstance(post, AnswersPost)
    assert len(post.answers) == 4
    await workshop.services.details.answer(number, Answers(severity=Severity.SEV1), by=rae, key="V2")
    assert (await stored(workshop, number)).severity is Severity.SEV1
    assert len(await said(workshop, number, SeverityPost)) == 1
    with pytest.raises(BadInput):
        await workshop.services.details.answer(number, Answers(), by=rae, key="V3")
