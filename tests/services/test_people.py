"""Who acts at the command line is somebody Andon has met, found without one call to Slack."""

from __future__ import annotations

import pytest

from bot.domain.errors import BadInput
from bot.domain.people import Profile
from bot.services.people import People
from tests.workshop import Workshop

CAST = (
    Profile("URAE", "Rae Okafor", email="rae@kestrel.example", handle="rae"),
    Profile("UMINA", "Mina Sato", email="m.sato@kestrel.example", handle="msato"),
    Profile("UMINA2", "Mina Berg", email="m.berg@kestrel.example", handle="mberg"),
    Profile("UOTTO", "Otto Kranz", email="otto@kestrel.example", is_deactivated=True),
    Profile("UBOT", "Grafana", is_bot=True, handle="grafana"),
)


@pytest.fixture
async def people(workshop: Workshop) -> People:
    """Five whom Andon has met."""
    async with workshop.work() as unit:
        for profile in CAST:
            await unit.people.keep(profile, workshop.clock.now())
        await unit.directory.keep("r.okafor@group.example", ["URAE"], workshop.clock.now())
        await unit.directory.keep("@support", ["URAE"], workshop.clock.now())
    return People(workshop.work)


@pytest.mark.parametrize(
    "typed",
    [
        "URAE",
        "urae",
        "rae",
        "@rae",
        "Rae",
        "rae okafor",
        " rae@kestrel.example ",
        "RAE@kestrel.example",
        "r.okafor@group.example",
    ],
)
async def test_the_ways_to_name_oneself(people: People, workshop: Workshop, typed: str) -> None:
    """Slack id, handle, name, address of Slack or of the policy files, in any case; Slack is not asked."""
    assert "URAE" == (await people.person(typed)).id
    assert [] == workshop.chat.calls


async def test_somebody_unknown_is_told_whom_it_could_mean(people: People) -> None:
    """The nearest are named with the address to use; where nobody is near, whom Andon knows is said."""
    with pytest.raises(BadInput, match=r"nobody called “raee”\. Did you mean Rae Okafor \(rae@kestrel\.example\)\?"):
        await people.person("raee")
    with pytest.raises(BadInput, match=r"nobody called “zygmunt”\. It knows whom the policy files name"):
        await people.person("zygmunt")


async def test_several_are_not_guessed_between(people: People) -> None:
    """A first name that two people have names both, with what tells them apart."""
    with pytest.raises(BadInput, match=r"could be .*m\.sato@kestrel\.example.*m\.berg@kestrel\.example"):
        await people.person("Mina")
    assert "UMINA" == (await people.person("m.sato@kestrel.example")).id


@pytest.mark.parametrize(("typed", "why"), [("UOTTO", "has left"), ("UBOT", "is a bot"), ("@support", "nobody called")])
async def test_who_cannot_act(people: People, typed: str, why: str) -> None:
    """Neither whoever has left, nor a bot, nor a group acts."""
    with pytest.raises(BadInput, match=why):
        await people.person(typed)


async def test_before_anybody_is_known(workshop: Workshop) -> None:
    """A database that never saw Slack says how Andon learns people."""
    with pytest.raises(BadInput, match="has met nobody yet"):
        await People(workshop.work).person("rae")
