"""What the page's controls do to a live workspace: clock, faults, restarts, stories to watch, the guided first minute."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.drill.acts import Stagehand
from bot.drill.backstage import DrillBackstage
from bot.drill.showing import Showing
from bot.drill.switches import Switches
from bot.sandbox.people import Person
from bot.sandbox.refusal import Impossible
from bot.stage.theatre import Theatre
from playbooks import guides, stories

GUIDE = guides.load("first_minute")
STORY = stories.parse(
    "short.yaml",
    b"""\
title: A short story
about: Rae declares and Lena hears of it.
starts: 2026-03-12T14:02:00Z
channels: {incident: ai-0001-*}
scenes:
  - at: 0
    title: Rae declares
    steps:
      - rae types: /incident now The shop bot insults customers
        in: support
      - rae sees: [AI-0001, lead wanted]
        in: ai-incidents
  - at: 20
    title: Nobody has answered
    steps:
      - liam sees: [You are needed, AI-0001]
        in: dm
        count: 1
      - lena sees: [a unicorn]
        in: incident
""",
)


class House:
    """A theatre with its controls, as the page has them."""

    def __init__(self, theatre: Theatre, backstage: DrillBackstage) -> None:
        self.theatre, self.backstage = theatre, backstage
        self.do = backstage.do

    @property
    def state(self) -> dict[str, Any]:
        """What the page shows; all of it travels as JSON."""
        state: dict[str, Any] = json.loads(json.dumps(self.backstage.state()))
        return state

    @property
    def guide(self) -> dict[str, Any]:
        """The guide as the page shows it."""
        guide: dict[str, Any] = self.state["guide"]
        return guide

    def person(self, handle: str) -> Person:
        """Somebody in the present workspace."""
        return self.theatre.world.person(handle)

    async def comes(self, condition: Callable[[], object], seconds: float = 30) -> None:
        """Return when it holds in the running house."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.02)

    async def anew(self, verb: str, **args: object) -> None:
        """Carry out a verb that brings a fresh workspace, and wait for that."""
        before = self.theatre.sandbox.workspace
        await self.do(verb, args)
        await self.comes(lambda: self.theatre.sandbox.workspace is not before and self.state["bot"] == "running")

    def texts(self, handle: str, channel: str) -> list[str]:
        """What somebody sees in the first channel whose name begins so."""
        person = self.person(handle)
        return [one.text for name in person.sidebar if name.startswith(channel) for one in person.sees(name)]

    async def declares(self, text: str = "The shop bot gives 99% off") -> None:
        """Rae declares in a hurry; returns once she was answered."""
        await self.person("rae").types("support", f"/incident now {text}")
        assert self.person("rae").error is None

    async def is_all_there(self, number: int = 1) -> None:
        """Wait for everything that follows a declaration."""
        name = f"ai-{number:04}"
        await self.comes(lambda: any(name.upper() in text for text in self.texts("rae", name)))
        await self.comes(lambda: any(f"AI-{number:04}" in text for text in self.texts("rae", "ai-incidents")))
        await self.theatre.settle()


@asynccontextmanager
async def opened(directory: Path) -> AsyncIterator[House]:
    """A house with one short story on its shelf."""
    async with Theatre(directory) as theatre:
        backstage = DrillBackstage(theatre, [STORY])
        await backstage.open()
        try:
            yield House(theatre, backstage)
        finally:
            await backstage.close()


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A house in which nobody waits for readers."""
    monkeypatch.setattr(Showing, "pace", 0)
    async with opened(tmp_path) as house:
        yield house
        assert [] == house.theatre.sandbox.violations


async def walks(house: House, hand: Stagehand, number: int) -> None:
    """Somebody does exactly what the text of a step says."""
    for deed in GUIDE.steps[number].does:
        await hand.act(house.person(deed.person), deed)
        await house.theatre.settle()


def guided_hand(house: House) -> Stagehand:
    """A hand that knows the message on which the guide begins."""
    hand = Stagehand(house.theatre.sandbox.workspace, GUIDE.channels)
    hand.places.named["answer"] = house.person("cleo").sees("support")[0]
    return hand


async def test_the_guide_leads_to_the_post_mortem(house: House) -> None:
    """Each step is done by what its text says and by nothing less; the last one shows the draft."""
    hand = guided_hand(house)
    for number, step in enumerate(GUIDE.steps):
        await house.comes(lambda number=number: house.guide["step"] == number + 1)
        assert (step.text, house.person(step.person).id) == (house.guide["text"], house.guide["as"])
        if not step.does:  # there only to look at: the bot has done it already
            assert step.waits
        for index in range(len(step.does)):
            assert not house.guide["done"], f"step {number + 1} is done before its deed {index + 1}"
            deed = step.does[index]
            await hand.act(house.person(deed.person), deed)
            await house.theatre.settle()
            await house.backstage._look()
        if step.waits:
            await house.comes(lambda: house.guide["done"])
            assert house.guide["step"] == number + 1
            await house.do("guide", {"do": "next"})
    assert house.guide["finished"]
    assert GUIDE.ending == house.guide["text"]
    assert any("Post-mortem draft, version 1" in text for text in house.texts("lena", "ai-0001"))


async def test_the_guide_points_at_what_is_there(house: House) -> None:
    """Messages, conversations and people are named as the page knows them."""
    answer = house.person("cleo").sees("support")[0]
    targets = house.guide["points_at"]
    assert {"role": "message", "channel": answer.channel, "ts": answer.ts} in targets
    assert {"role": "menu-item", "name": "Report AI output"} in targets
    assert {"role": "conversation", "id": answer.channel} in targets


async def test_steps_in_another_order_count(house: House) -> None:
    """Lena leads before Ines has acknowledged: the guide asks for Ines, and then goes on behind Lena's step."""
    hand = guided_hand(house)
    for number in (0, 1, 2, 4):
        await walks(house, hand, number)
    await house.comes(lambda: house.guide["step"] == 4)
    await walks(house, hand, 3)
    await house.comes(lambda: house.guide["step"] == 6)


async def test_next_does_the_step_for_them(house: House) -> None:
    """Whoever only presses on is taken through all of it."""
    for _ in GUIDE.steps:
        await house.do("guide", {"do": "next"})
    assert house.guide["finished"]


async def test_the_guide_is_skipped_and_begun_again(house: House) -> None:
    """Skipping keeps the workspace, beginning again brings a fresh one where something was done in the old one."""
    await house.do("guide", {"do": "skip"})
    assert house.guide["skipped"]
    await house.do("guide", {"do": "start"})
    assert not house.guide["skipped"]
    await house.declares("Something else")
    await house.is_all_there()
    await house.anew("guide", do="restart")
    assert (1, False) == (house.guide["step"], house.guide["skipped"])
    assert [] == house.texts("rae", "ai-0001")
    await house.do("guide", {"do": "next"})
    assert 2 == house.guide["step"]


@pytest.mark.parametrize("method", ["conversations.create", "chat.postMessage", "pins.add"])
async def test_killed_in_the_middle_of_a_declare(house: House, method: str) -> None:
    """The bot dies while a call of the declaration hangs, its effect in Slack or not: one of everything comes of it."""
    faults = house.theatre.sandbox.faults
    faults.add(method, "hang_after")
    await house.declares()
    await house.comes(lambda: (method, "hang_after") in faults.struck)
    await house.do("restart", {})
    assert "running" == house.state["bot"]
    await house.is_all_there()
    assert 1 == len([name for name in house.person("rae").sidebar if name.startswith("ai-0")])
    assert 1 == sum("AI-0001:" in text for text in house.texts("rae", "ai-0001"))
    assert 1 == sum("AI-0001" in text for text in house.texts("rae", "ai-incidents"))
    for handle in ("lena", "mateo"):
        assert 1 == sum("AI-0001" in one.text for one in house.person(handle).direct_messages)


async def test_killed_before_it_answered(house: House) -> None:
    """Whoever is not answered sees that; typed again it is one incident, or two where both were committed, never none."""
    rae = house.person("rae")
    declaring = asyncio.create_task(rae.types("support", "/incident now It lies"))
    await house.theatre.sandbox.until(lambda: house.theatre.sandbox.traffic.deliveries("/incident"))
    await house.do("restart", {})
    await declaring
    answered = rae.error is None
    if not answered:
        await house.declares("It lies, again")
    await house.is_all_there()


async def test_time_moves_to_what_is_due(house: House) -> None:
    """The page shows when something falls due, and goes there: the second page comes at its own time."""
    await house.declares()
    await house.is_all_there()
    declared_at = datetime.fromisoformat(house.state["now"])
    for _ in range(40):
        if any("You are needed" in one.text for one in house.person("liam").direct_messages):
            break
        due = datetime.fromisoformat(house.state["next_due"])
        await house.do("next_due", {})
        assert timedelta(seconds=-1) < datetime.fromisoformat(house.state["now"]) - due < timedelta(seconds=60)
    asked = [one.at for one in house.person("liam").direct_messages if "You are needed" in one.text]
    assert 1 == len(asked)
    assert timedelta(minutes=14) < asked[0] - declared_at < timedelta(minutes=16)


async def test_one_move_at_a_time(house: House) -> None:
    """While time is being moved nobody else moves it; nor backwards, nor by words."""
    await house.declares()
    moving = asyncio.create_task(house.do("forward", {"seconds": 3600}))
    await house.comes(lambda: house.theatre.world.is_moving)
    with pytest.raises(Impossible, match="being moved already"):
        await house.do("forward", {"seconds": 60})
    await moving
    for seconds in (-1, 0, "60", None, True, float("nan"), 1e12):
        with pytest.raises(Impossible):
            await house.do("forward", {"seconds": seconds})
    with pytest.raises(Impossible, match="nothing called"):
        await house.do("explode", {})


async def test_slack_down_for_the_bot_alone(house: House) -> None:
    """The bot hears nothing and reaches nobody while people go on writing; afterwards everything is done."""
    await house.declares()
    await house.do("fault", {"name": "down", "on": True})
    assert house.state["faults"]["down"]
    await house.comes(lambda: not house.theatre.sandbox.sockets.connections)
    down_at = house.theatre.now()
    rae = house.person("rae")
    await rae.says("support", "Is anybody there?")
    await rae.types("support", "/incident list")
    assert "dispatch_failed" == rae.error
    await house.do("forward", {"seconds": 60})
    reached = [call for call in house.theatre.sandbox.traffic.calls() if call.ok and call.at > down_at]
    assert [] == reached
    await house.do("fault", {"name": "down", "on": False})
    await house.is_all_there()
    await house.comes(lambda: house.theatre.sandbox.sockets.connections)
    await house.declares("Another one")
    await house.is_all_there(2)


async def test_slow_slack_loses_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call takes its time, within what the bot waits for; a form still opens."""
    monkeypatch.setattr(Switches, "slowness", 0.3)
    await house.do("fault", {"name": "slow", "on": True})
    rae = house.person("rae")
    await rae.types("support", "/incident")
    await house.comes(lambda: rae.modal)
    await house.declares()
    await house.is_all_there()
    opened = house.theatre.sandbox.traffic.calls("views.open")
    assert all(call.ended is not None and call.ended - call.started >= 0.3 for call in opened)
    await house.do("fault", {"name": "slow", "on": False})
    assert 0 == house.theatre.sandbox.faults.latency


@pytest.mark.whole
async def test_limits_are_kept(house: House) -> None:
    """With Slack's limits on, a burst of messages to one channel is spread out and none is refused."""
    await house.do("fault", {"name": "limited", "on": True})
    await asyncio.gather(*(house.declares(f"Case {number}") for number in range(8)))
    await house.do("forward", {"seconds": 120})
    for number in range(1, 9):
        await house.is_all_there(number)
    assert not [call for call in house.theatre.sandbox.traffic.calls() if call.status == 429]
    posts = house.theatre.sandbox.traffic.calls("chat.postMessage")
    announce = house.theatre.sandbox.channel("ai-incidents").id
    instants = [call.at for call in posts if call.args["channel"] == announce]
    assert max(instants) - min(instants) >= timedelta(seconds=2)
    await house.do("fault", {"name": "limited", "on": False})
    with pytest.raises(Impossible, match="slow, down, limited"):
        await house.do("fault", {"name": "gone", "on": True})


async def test_a_story_is_watched(house: House) -> None:
    """It plays at its own time in a fresh workspace, can be paused and resumed, says where to look and what failed."""
    await house.declares("Something before")
    await house.do("play", {"name": "short"})
    await house.comes(lambda: house.state["playing"])
    await house.do("pause", {})
    paused = house.state["playing"]
    assert paused["paused"]
    assert not paused["finished"]
    with pytest.raises(Impossible, match="keeps the clock"):
        await house.do("forward", {"seconds": 60})
    await house.do("resume", {})
    await house.comes(lambda: house.state["playing"]["finished"])
    playing = house.state["playing"]
    assert ("Nobody has answered", 2, 2) == (playing["scene"], playing["scene_number"], playing["scenes"])
    assert 1 == len(playing["failures"])
    assert "short.yaml, line 19: expected: Lena sees “a unicorn” in incident" in playing["failures"][0]
    assert house.person("lena").id == playing["look"]["as"]
    assert playing["look"]["channel"] in house.theatre.sandbox.workspace.channels
    assert not any("Something before" in text for text in house.texts("rae", "ai-"))
    assert house.state["now"].startswith("2026-03-12T14:2")
    await house.do("forward", {"seconds": 600})


async def test_a_story_is_stopped(house: House) -> None:
    """Stopping brings a fresh workspace at the present time, at the same address."""
    address = house.theatre.sandbox.base_url
    await house.anew("play", name="short")
    await house.anew("stop")
    assert house.state["playing"] is None
    assert house.state["runs"]
    assert address == house.theatre.sandbox.base_url
    assert [] == house.texts("rae", "ai-0")
    assert abs(datetime.fromisoformat(house.state["now"]) - datetime.now().astimezone()) < timedelta(minutes=1)
    for verb in ("pause", "resume"):
        with pytest.raises(Impossible, match="No story"):
            await house.do(verb, {})
    with pytest.raises(Impossible, match="there is: short"):
        await house.do("play", {"name": "long"})
