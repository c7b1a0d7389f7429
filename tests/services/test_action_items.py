"""Action items: promised, chased until settled, each move on record, none lost with its owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select

from bot.domain.action_items import ActionAct
from bot.domain.errors import AlreadyDone, BadInput, NotAllowed
from bot.domain.notices.action_items import ActionForYou, ActionsChased, OwnerLeft
from bot.domain.people import Actor
from bot.domain.timeline import EntryKind
from bot.services.containment.ports import SwitchUnavailable, SwitchUncertain
from bot.services.review.items import Promise
from playbooks.library import Library
from playbooks.review import HookPolicy
from storage.action_items import ActionChange, ActionItem
from tests.services.seats import seat
from tests.workshop import Workshop

RAE, LENA, MATEO = Actor.person("URAE"), Actor.person("ULENA"), Actor.person("UMATEO")


async def declared(workshop: Workshop, **answers: object) -> int:
    """An incident that Lena leads."""
    for actor in (RAE, LENA, MATEO):
        workshop.person(actor.id)
    return await workshop.declare("it lied", **answers)


async def promised(workshop: Workshop, number: int, days: float = 10, owner: str | None = "UMATEO") -> int:
    """An item due in so many days; its id."""
    due = workshop.clock.now() + timedelta(days=days)
    wish = Promise("A price limit outside the model", owner_id=owner, due=due)
    key = f"{number}-{days}-{owner}-{workshop.clock.now()}"
    receipt = await workshop.services.action_items.add(number, wish, by=RAE, key=key)
    await workshop.settle()
    return receipt.item.item_id


async def item(workshop: Workshop, item_id: int) -> ActionItem:
    async with workshop.work.read() as unit:
        found = await unit.action_items.get(item_id)
    assert found is not None
    return found


async def changes(workshop: Workshop, number: int) -> list[ActionChange]:
    async with workshop.work.read() as unit:
        return list(await unit.action_items.changes_of(number))


async def look(workshop: Workshop) -> None:
    await workshop.services.chasing.look()
    await workshop.settle()


async def days_chased(workshop: Workshop, until: datetime) -> list[datetime]:
    """When Mateo was reminded, looking whenever a reminder is planned."""
    found: list[datetime] = []
    await look(workshop)
    while True:
        async with workshop.work.read() as unit:
            ahead = select(func.min(ActionItem.chase_at)).where(col(ActionItem.chase_at) > workshop.clock.now())
            coming = (await unit.session.exec(ahead)).one()
        if coming is None or coming > until:
            workshop.clock.set(until)
            return found
        before = len(reminders(workshop))
        workshop.clock.set(coming)
        await look(workshop)
        if len(reminders(workshop)) > before:
            found.append(workshop.clock.now())


def reminders(workshop: Workshop, user_id: str = "UMATEO") -> list[ActionsChased]:
    return [notice for notice in workshop.chat.dms(user_id) if isinstance(notice, ActionsChased)]


async def test_an_owner_is_chased_before_and_after_until_it_is_done(workshop: Workshop) -> None:
    """Three days and one before, then after, then weekly, in working hours, each time once; done ends it."""
    number = await declared(workshop)
    item_id = await promised(workshop, number, days=10)
    (told,) = [n for n in workshop.chat.dms("UMATEO") if isinstance(n, ActionForYou)]
    assert (told.given_by, told.item.item_id, told.is_yours) == (str(RAE), item_id, True)
    due = workshop.clock.now() + timedelta(days=10)
    chased = await days_chased(workshop, due + timedelta(days=18))
    spans = [round((at - due) / timedelta(days=1), 1) for at in chased]
    assert len(spans) == len(set(spans)) == 7
    assert spans[0] < -2 and spans[1] < 0 < spans[2] < 3
    assert all(workshop.services.library.calendar.is_working(at) for at in chased)
    assert [bool(n.items[0].is_late) for n in reminders(workshop)] == [at > due for at in chased]
    await workshop.services.action_items.done(item_id, by=MATEO)
    await workshop.settle()
    assert [] == await days_chased(workshop, workshop.clock.now() + timedelta(days=9))
    (told,) = [n for n in workshop.chat.dms("UMATEO") if isinstance(n, ActionForYou)]
    assert told.item.state == "done"
    with pytest.raises(AlreadyDone, match="was done by Umateo"):
        await workshop.services.action_items.done(item_id, by=RAE)


async def test_two_lookers_remind_once(workshop: Workshop) -> None:
    """Whoever plans the next reminder sends this one; the other finds it planned."""
    number = await declared(workshop)
    await promised(workshop, number, days=5)
    await look(workshop)
    workshop.clock.forward(days=4)
    await workshop.services.chasing.look()
    await workshop.services.chasing.look()
    await workshop.settle()
    assert 1 == len(reminders(workshop))


async def test_every_move_stays_on_record_with_its_reason(workshop: Workshop) -> None:
    """Moving wants a reason, a date to come, and another one; the record says from when to when, who and why."""
    number, services = await declared(workshop), workshop.services
    item_id = await promised(workshop, number, days=5)
    was = (await item(workshop, item_id)).due_at
    later, now = workshop.clock.now() + timedelta(days=9), workshop.clock.now()
    for due, why, says in ((later, " ", "Say why"), (now, "late", "in the past"), (was, "late", "as it is already")):
        with pytest.raises(BadInput, match=says):
            await services.action_items.move(item_id, due, None, why, by=MATEO)
    await services.action_items.move(item_id, later, None, "because the vendor is late", by=MATEO)
    await services.action_items.move(item_id, later + timedelta(days=1), "ULENA", "Mateo is away", by=RAE)
    await workshop.settle()
    kept = await changes(workshop, number)
    assert [one.act for one in kept] == [ActionAct.ADDED, ActionAct.MOVED, ActionAct.MOVED, ActionAct.GIVEN]
    assert was is not None
    assert (kept[1].was, kept[1].now) == ({"due": was.isoformat()}, {"due": later.isoformat()})
    assert (kept[1].by, kept[1].reason, kept[3].now) == (str(MATEO), "the vendor is late", {"owner": "ULENA"})
    taken = [n for n in workshop.chat.dms("UMATEO") if isinstance(n, ActionForYou)]
    given = [n for n in workshop.chat.dms("ULENA") if isinstance(n, ActionForYou)]
    assert [n.is_yours for n in taken] == [False]
    assert [(n.is_yours, n.item.moves, n.given_by) for n in given] == [(True, 2, str(RAE))]
    async with workshop.work.read() as unit:
        said = [e.text for e in await unit.timeline.of(number) if e.kind is EntryKind.ACTION]
    assert "the vendor is late" in said[1]
    await services.action_items.drop(item_id, "the model is gone", by=LENA)
    assert (await changes(workshop, number))[-1].reason == "the model is gone"


async def test_an_owner_who_left_is_not_written_to_and_the_lead_hears_it(workshop: Workshop) -> None:
    """The item has no owner from then on, on record once; giving it to somebody starts anew."""
    number = await declared(workshop)
    await seat(workshop, number, "ULENA")
    item_id = await promised(workshop, number, days=2)
    await look(workshop)
    workshop.chat.people["UMATEO"] = replace(workshop.chat.people["UMATEO"], is_deactivated=True)
    await days_chased(workshop, workshop.clock.now() + timedelta(days=8))
    assert [] == reminders(workshop)
    told = [n for n in workshop.chat.dms("ULENA") if isinstance(n, OwnerLeft)]
    assert {n.item.item_id for n in told} == {item_id} and len(told) >= 2
    assert told[0].why_you == "you lead or led it"
    kept = [one.act for one in await changes(workshop, number)]
    assert kept == [ActionAct.ADDED, ActionAct.ORPHANED]
    assert (await item(workshop, item_id)).is_unowned
    await workshop.services.action_items.move(item_id, None, "ULENA", "I take it", by=LENA)
    assert not (await item(workshop, item_id)).is_unowned


async def test_a_private_incident_gives_no_item_to_an_outsider(workshop: Workshop) -> None:
    """Nor does anybody outside see that there is one."""
    number = await declared(workshop, is_private=True)
    wish = Promise("Rotate the keys", owner_id="UMATEO")
    with pytest.raises(NotAllowed, match="is private and Umateo is not part of it"):
        await workshop.services.action_items.add(number, wish, by=RAE, key="k")
    await promised(workshop, number, owner="URAE")
    assert 1 == len(await workshop.services.exporting.visible(by=RAE))
    assert () == await workshop.services.exporting.visible(by=MATEO)


class Ear:
    """Whoever outside listens; ``plan`` are the errors it raises first."""

    def __init__(self, *plan: Exception) -> None:
        self.plan, self.heard = list(plan), list[tuple[str, str, str, dict[str, Any]]]()

    async def deliver(self, url: str, secret: str, key: str, body: dict[str, Any]) -> None:
        self.heard.append((url, secret, key, body))
        if self.plan:
            raise self.plan.pop(0)


HOOK = HookPolicy(url="https://hooks.kestrel.example/items", secret="ITEMS_SECRET")


def hooked(workshop: Workshop, ear: Ear, hook: HookPolicy | None = HOOK) -> None:
    services = workshop.services
    services.library.review = services.library.review.model_copy(update={"hook": hook})
    services.outward = ear
    services.__dict__.pop("exporting", None)


async def test_the_webhook_hears_every_change_under_one_id(workshop: Workshop) -> None:
    """A failure is tried again with the same id and body; each change has an id of its own."""
    ear = Ear(SwitchUncertain("no answer"), SwitchUnavailable("down"))
    hooked(workshop, ear)
    number = await declared(workshop)
    item_id = await promised(workshop, number)
    for _ in range(3):
        workshop.clock.forward(minutes=2)
        await workshop.settle()
    assert 3 == len(ear.heard)
    assert 1 == len({key for _, _, key, _ in ear.heard}) and ear.heard[0] == ear.heard[2]
    await workshop.services.action_items.done(item_id, by=MATEO)
    await workshop.settle()
    bodies = [body for *_, body in ear.heard]
    assert [body["type"] for body in bodies[2:]] == ["action_item.added", "action_item.done"]
    assert bodies[2]["data"]["state"] == "open" and bodies[3]["data"]["state"] == "done"
    assert (bodies[3]["data"]["owner_name"], bodies[3]["data"]["by"]) == ("Umateo", "Umateo")
    assert ear.heard[2][2] != ear.heard[3][2]


@pytest.mark.parametrize("is_drill", [True, False], ids=["drill", "private"])
async def test_the_webhook_never_hears_of_drills_nor_of_private_incidents(workshop: Workshop, is_drill: bool) -> None:
    """Not even where the policy allowed it when the change was made and forbids it now."""
    ear = Ear()
    hooked(workshop, ear, HOOK.model_copy(update={"private": True}))
    number = await declared(workshop, is_private=not is_drill)
    async with workshop.work() as unit:
        incident = await unit.incidents.get(number)
        assert incident is not None
        incident.is_drill = is_drill
    wish = Promise("Rotate the keys", owner_id="URAE")
    await workshop.services.action_items.add(number, wish, by=RAE, key="k")
    hooked(workshop, ear)
    await workshop.settle()
    assert [] == ear.heard


def test_the_policy_names_no_host_outside_the_list(tmp_path: Any) -> None:
    """A webhook to a host that containment.yaml does not name is refused by file and line."""
    (tmp_path / "policies").mkdir()
    shipped = "minutes: 60\nchase: {before: [1cd], after: [1cd], then_every: 7cd}\n"
    file = tmp_path / "policies" / "review.yaml"
    file.write_text(f"{shipped}hook:\n  url: https://evil.example/x\n  secret: ITEMS_SECRET\n")
    with pytest.raises(Exception, match=r"evil\.example is not among the hosts") as caught:
        Library.load(tmp_path)
    assert "review.yaml, line 4" in str(caught.value)
