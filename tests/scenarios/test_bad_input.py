"""Every line of "bad input", on the wire: a clear sentence, nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.domain.incident import Outcome, Phase
from bot.sandbox import payloads
from bot.sandbox.controls import FIELDS, options_of, places
from bot.sandbox.modal import Modal
from bot.sandbox.people import Person
from bot.slack import ids
from tests.office import Office
from tests.scenarios.seats import seat
from tests.scenarios.test_story import CLEAN

STILL_WRITTEN = frozenset({ids.NOTE_FORM, ids.REDACT_FORM, ids.INVITE_FORM, ids.EXAMPLE_FORM, ids.ANSWERS_FORM})
LINES = (
    *("invite", "lead", "handoff", "task", "sev", "type", "phase", "contained", "close", "cancel", "merge", "update"),
    *("example", "details", "redact", "note"),
)


def told(person: Person) -> str:
    """Everything said to somebody alone."""
    return "\n".join(seen.text for seen in (*person.ephemerals(), *person.direct_messages))


async def state(office: Office) -> tuple[object, ...]:
    """What is stored of the first incident, to see whether anything changed."""
    async with office.store.read() as unit:
        lines = [entry.id for entry in await unit.timeline.of(1)]
        held = [(tenure.role, tenure.user_id) for tenure in await unit.roles.held(1)]
    return (await office.incident()).model_dump(exclude={"card_digest"}), lines, held


async def test_nobody_who_cannot_answer_gets_a_role(office: Office) -> None:
    """Unknown, departed, automatic and collective holders are refused by name, and numbers that are none as such."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    before = await state(office)
    for typed, sentence in (
        ("lead <@U0NOBODY99>", "Slack knows nobody by the id U0NOBODY99"),
        ("lead @dana", "Dana Frost has left"),
        ("lead @grafana", "Grafana is a bot"),
        ("technical @andon", "is a bot"),
        ("legal @ai-oncall", "is a group, and only a person can answer"),
        ("comms @channel", "is a group"),
        ("lead @nobody", "I do not know who “@nobody” is"),
        ("handoff @dana", "Dana Frost has left"),
        ("invite @grafana", "Grafana is a bot"),
        ("task @ai-oncall look at it", "is a group"),
        ("assign 1 @dana", "has no task 1"),
        ("done 999999999", "has no task 999999999"),
        ("snooze ² later", "Say for how many minutes"),
        ("snooze 99999999999999999999 later", ""),
        ("timeline AI-999999999", "There is no such incident"),
        ("merge AI-999999999 the same", "There is no such incident"),
        ("sev ① why", "`①` is no severity"),
        ("phase <!channel> why", "is no phase"),
        ("type nonsense because", "is no incident type"),
    ):
        seen = len(lena.ephemerals())
        await lena.types(channel, f"/incident {typed}")
        await office.andon.desk.finish()
        answer = [one.text for one in lena.ephemerals()[seen:]]
        assert len(answer) == 1, typed
        assert sentence in answer[0], typed
        assert "Something broke" not in answer[0], typed
    await office.settle()
    assert await state(office) == before


async def test_pickers_refuse_them_too(office: Office) -> None:
    """A picker offers bots and people who have left; the form stays with a sentence under the field."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await office.person("rae").types(channel, "/incident task someone's task")
    for line, wanted in (("lead", "dana"), ("handoff", "grafana"), ("invite", "dana"), ("assign 1", "grafana")):
        await lena.types(channel, f"/incident {line}")
        await office.settle()
        await lena.fills({ids.PERSON: wanted})
        await lena.submits()
        assert lena.modal is not None, line
        assert set(lena.modal.errors) == {ids.PERSON}, line
        assert "has left" in str(lena.modal.errors) or "is a bot" in str(lena.modal.errors), line
        await lena.closes()
    await office.settle()
    assert not office.person("dana").direct_messages


async def test_two_people_press_one_button(office: Office) -> None:
    """At one instant: one has it, the other kindly hears who was first, and nothing happens twice."""
    channel = await office.declare(severity="SEV1")
    liam, mina = office.person("liam"), office.person("mina")
    await asyncio.gather(liam.joins(channel), mina.joins(channel))
    await office.settle()
    card = next(seen for seen in liam.sees(channel) if "Take lead" in seen.buttons)
    await asyncio.gather(liam.presses(card, "Take lead"), mina.presses(card, "Take lead"))
    await office.settle()
    async with office.store.read() as unit:
        leads = [tenure.user_id for tenure in await unit.roles.held(1) if tenure.role == "lead"]
    assert len(leads) == 1
    second = mina if leads == [liam.id] else liam
    first = liam if second is mina else mina
    assert f"@{first.name} is lead" in told(second).replace("*", "")
    offers = [seen for seen in office.person("mateo").direct_messages if "Acknowledge" in seen.buttons]
    mateo = office.person("mateo")
    await asyncio.gather(mateo.presses(offers[0], "Acknowledge"), mateo.presses(offers[0], "Acknowledge"))
    await office.settle()
    async with office.store.read() as unit:
        lines = [entry for entry in await unit.timeline.of(1) if entry.text == "acknowledged"]
    assert len(lines) == 1


@pytest.mark.parametrize("outcome", [Outcome.MERGED, Outcome.CANCELLED])
async def test_forms_and_buttons_of_what_is_over(office: Office, outcome: Outcome) -> None:
    """Whatever was open when the incident ended says what became of it; nothing is changed, nothing typed is lost."""
    channel = await office.declare()
    await office.declare("The other one")
    lena = await seat(office, "lena")
    for line in LINES:
        await _ends(office, None)
        await lena.types(channel, f"/incident {line}")
        await office.andon.desk.finish()
        assert lena.modal is not None, line
        await _fill(office, lena)
        await _ends(office, outcome)
        before = await state(office)
        form = lena.modal.callback_id
        await lena.submits()
        assert lena.error is None, form
        if form not in STILL_WRITTEN or (outcome is Outcome.MERGED and form == ids.NOTE_FORM):
            assert lena.modal is not None, form
            assert lena.modal.errors, form
            assert ("AI-0001" in str(lena.modal.errors)) or "closed" in str(lena.modal.errors), lena.modal.errors
            assert await state(office) == before, form
        while lena.modal is not None:
            await lena.closes()
    seen = len(lena.ephemerals())
    card = next(one for one in lena.sees(channel) if "Send update" in one.buttons)
    for words in ("Take technical", "Send update"):
        if words in card.buttons:
            await lena.presses(card, words)
    await office.andon.desk.finish()
    answers = [one.text for one in lena.ephemerals()[seen:]]
    assert answers
    assert [text for text in answers if "AI-0001" not in text] == []


async def _ends(office: Office, outcome: Outcome | None) -> None:
    """The first incident is over like this, or open again."""
    async with office.store.begin() as unit:
        incident = await unit.incidents.get(1, lock=True)
        assert incident is not None
        incident.phase, incident.outcome = Phase.CLOSED if outcome else Phase.TRIAGE, outcome
        incident.closed_at = office.clock.now() if outcome else None
        incident.merged_into_id = 2 if outcome is Outcome.MERGED else None


async def _fill(office: Office, person: Person) -> None:
    """Sensible words in every field of the open form that has none."""
    assert isinstance(person.modal, Modal)
    for block, element in places(person.modal.view.blocks):
        if block["type"] != "input" or element["type"] not in FIELDS:
            continue
        value: object = "We looked and it is so"
        match element["type"]:
            case "users_select":
                value = "mina"
            case "datetimepicker":
                value = office.clock.now() + timedelta(minutes=0 if block["block_id"] == ids.AT else 60)
            case "static_select" | "radio_buttons":
                value = options_of(element)[-1]["value"]
            case "checkboxes":
                value = [options_of(element)[0]["value"]]
        if block["block_id"] == ids.DUE:
            value = "tomorrow"
        await person.fills({block["block_id"]: value})


async def test_an_expired_trigger(office: Office) -> None:
    """Where Slack no longer lets a form open, what was typed comes back and nothing was made."""
    rae = office.person("rae")
    slow = office.andon.chat.open_modal

    async def late(*args: object) -> None:
        office.clock.forward(seconds=4)
        await slow(*args)  # type: ignore[arg-type]

    office.andon.chat.open_modal = late  # type: ignore[method-assign,assignment]
    await rae.types("support", "/incident The bot gives away shoes")
    await office.settle()
    assert office.sandbox.traffic.calls("views.open")[0].answer["error"] == "expired_trigger_id"
    assert rae.modal is None
    assert "please try again" in told(rae)
    assert "The bot gives away shoes" in told(rae)


async def test_what_nobody_listens_to(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Unknown buttons, forms, shortcuts and events are acknowledged and noted once."""
    caplog.set_level("INFO")
    channel = await office.declare()
    rae, workspace = office.person("rae"), office.sandbox.workspace
    card = workspace.channels[office.sandbox.channel(channel).id].messages
    message = next(iter(card.values()))
    action = {"type": "button", "action_id": "from_next_year", "block_id": "b", "value": "7", "action_ts": "1.0"}
    press = payloads.message_action(workspace, rae.user, message, action)
    view = {"type": "view_submission", "callback_id": "x"}
    await rae.types("support", "/incident")
    await office.settle()
    assert rae.modal is not None
    form = payloads.view_submission(workspace, rae.user, rae.modal.view)
    form["view"] = {**form["view"], "callback_id": "form_of_next_year"}
    shortcut = payloads.global_shortcut(workspace, rae.user, "shortcut_of_next_year")
    for payload in (press, form, shortcut, press, form, shortcut):
        sent = await office.sandbox.delivery.send("interactive", str(payload["type"]), payload)
        assert sent.acked, view
    unheard = payloads.event_callback(workspace, {"type": "event_of_next_year", "user": rae.id})
    for _ in range(2):
        assert (await office.sandbox.delivery.send("events_api", "event_of_next_year", unheard)).acked
    noted = [record for record in caplog.records if "nobody listens" in record.getMessage()]
    assert len(noted) == 4


async def test_events_sent_twice_and_out_of_turn(office: Office) -> None:
    """Duplicated events are one message, one line, one reaction; an edit that overtakes its message loses nothing."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    office.sandbox.delivery.duplicate_next(6)
    said = await lena.says(channel, "The key was leaked at noon")
    await lena.reacts(said, "pushpin")
    await office.settle()
    await office.sandbox.delivery.redeliver_due()
    await office.settle()
    async with office.store.read() as unit:
        pinned = [entry for entry in await unit.timeline.of(1) if "leaked at noon" in entry.text]
    assert len(pinned) == 1


@contextmanager
def commits_fail(office: Office) -> Iterator[None]:
    """Every commit that changes something fails, as on a full disk."""

    def refuse(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    engine = office.andon.database.engine.sync_engine
    event.listen(engine, "commit", refuse)
    try:
        yield
    finally:
        event.remove(engine, "commit", refuse)


async def test_a_database_that_cannot_commit(office: Office) -> None:
    """The person is told and keeps what they typed; an event is not acknowledged and is kept when Slack repeats it."""
    channel = await office.declare()
    rae = office.person("rae")
    await rae.types("support", "/incident A second one")
    await office.settle()
    office.sandbox.sockets._patience = 0.2  # real seconds until Slack gives an acknowledgement up
    with commits_fail(office):
        await rae.submits()
        assert rae.modal is not None
        assert "database does not take anything" in str(rae.modal.errors)
        assert rae.modal.values["What happened?"] == "A second one"
        await rae.types(channel, "/incident note the disk is full")
        assert "the disk is full" in told(rae)
        await rae.says(channel, "Said while the disk was full")
        assert office.sandbox.delivery.waiting
    await rae.submits()
    await office.forward(minutes=2)
    async with office.store.read() as unit:
        assert len(await unit.incidents.open_ones()) == 2
    async with office.store.read() as unit:
        kept = await unit.messages.of(1)
    assert [one.text for one in kept if "disk was full" in one.text] == ["Said while the disk was full"]


def _broken_playbooks(directory: Path) -> None:
    shutil.copytree(str(files("playbooks") / "policies"), directory / "policies")
    (directory / "policies" / "people.yaml").write_text("rosters:\n  lead: {primary: [lena@kestrel.example]\n")


@pytest.mark.parametrize("command", ["run", "playbooks check"])
def test_malformed_policies_stop_the_real_program(tmp_path: Path, command: str) -> None:
    """File, line and reason in one sentence, exit code 1, and no database begun."""
    _broken_playbooks(tmp_path)
    environment = {
        **CLEAN,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "ANDON_PLAYBOOKS_DIR": str(tmp_path),
        "SLACK_BOT_TOKEN": "xoxb-1-2-abc",
        "SLACK_APP_TOKEN": "xapp-1-A1-2-abc",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "ANDON_HTTP_PORT": "0",
        "ANDON_ADMIN_PORT": "0",
    }
    said = subprocess.run(
        [sys.executable, "-m", "bot", *command.split()],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 1, said.stderr
    assert "people.yaml, line " in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1, said.stderr
    assert not list(tmp_path.glob("*.db"))
