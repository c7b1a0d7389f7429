"""The playbook in the channel: it arrives, is ticked, planned anew, reminded of, and guards the way to recovery."""

from __future__ import annotations

import asyncio

from bot.domain.incident import Phase
from bot.domain.timeline import EntryKind
from bot.sandbox.people import Person
from bot.sandbox.reading import Seen
from storage.steps import PlaybookStep
from tests.office import Office
from tests.scenarios.seats import seat


async def say(office: Office, person: Person, channel: str, line: str) -> None:
    """Type a line and let everything happen."""
    await person.types(channel, line)
    await office.settle()


def checklists(person: Person, channel: str) -> list[Seen]:
    """The playbook's messages in the channel."""
    return [seen for seen in person.sees(channel) if seen.text.startswith(("*Playbook*", "[DRILL] *Playbook*"))]


def checklist(person: Person, channel: str) -> Seen:
    """The playbook's one message."""
    (found,) = checklists(person, channel)
    return found


async def steps(office: Office) -> dict[str, PlaybookStep]:
    """Every step of the first incident by key."""
    async with office.store.read() as unit:
        return {step.key: step for step in await unit.steps.of(1)}


async def entries(office: Office, kind: EntryKind = EntryKind.PLAYBOOK) -> list[str]:
    """What the timeline says of the playbook."""
    async with office.store.read() as unit:
        return [entry.text for entry in await unit.timeline.of(1) if entry.kind is kind]


def last_answer(person: Person, channel: str) -> str:
    """The newest message that only this person sees."""
    return person.ephemerals(channel)[-1].text


async def test_the_playbook_arrives_as_one_message(office: Office) -> None:
    """By phase, the next few open steps on top with owner, due time and three buttons; a tick edits it in place."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    shown = checklist(lena, channel)
    assert "0 of " in shown.text
    assert "Acknowledge, take the lead by name" in shown.text
    assert "Lead  ·  due" in shown.text
    assert shown.buttons[:3] == ("Done", "Not needed because…", "Assign…")
    assert shown.buttons[-2:] == ("Show all steps", "Suggest a change")
    before = len(lena.sees(channel))
    await lena.presses(shown, "Done")
    await office.settle()
    assert len(lena.sees(channel)) == before, "a tick is no new message"
    assert "1 of " in checklist(lena, channel).text
    assert (await entries(office)) == [
        "Step 1 done: Acknowledge, take the lead by name, and name technical, legal and comms"
    ]
    assert (await steps(office))["core.take_lead"].done_by == f"person:{lena.id}"


async def test_done_twice_is_done_once(office: Office) -> None:
    """Two people press at once: one tick, the other hears who was first."""
    channel = await office.declare()
    lena, mateo = office.person("lena"), office.person("mateo")
    shown = checklist(lena, channel)
    await asyncio.gather(lena.presses(shown, "Done"), mateo.presses(shown, "Done"))
    await office.settle()
    assert len(await entries(office)) == 1
    answers = [seen.text for person in (lena, mateo) for seen in person.ephemerals(channel)]
    assert sum("Nothing was changed" in answer for answer in answers) == 1


async def test_another_type_plans_anew_and_loses_no_tick(office: Office) -> None:
    """Ticks stay, the type's own steps come and go, numbers stay, and the copy it began with is kept."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await say(office, lena, channel, "/incident type prompt-attack because a jailbreak")
    first = await steps(office)
    number = first["prompt_attack.block"].number
    await say(office, lena, channel, f"/incident playbook done {number}")
    await say(office, lena, channel, "/incident type drift because the data moved")
    after = await steps(office)
    assert after["prompt_attack.block"].done_at is not None
    assert after["prompt_attack.cut_tools"].withdrawn_at is not None
    assert after["drift.which_metric"].is_planned
    assert f"*{number}.* Block the pattern" not in checklist(lena, channel).text
    await say(office, lena, channel, f"/incident playbook skip {after['prompt_attack.cut_tools'].number} no tools")
    assert "has no step" in last_answer(lena, channel)
    await say(office, lena, channel, "/incident type prompt-attack because it is one after all")
    again = await steps(office)
    assert again["prompt_attack.cut_tools"].withdrawn_at is None
    assert {key: step.number for key, step in first.items()}.items() <= {
        key: step.number for key, step in again.items()
    }.items()
    async with office.store.read() as unit:
        plan = await unit.steps.plan(1)
        assert plan is not None
        assert plan.version == office.services.library.book.sha256
        assert await unit.steps.version(plan.version) is not None


async def test_all_of_it_on_one_screen(office: Office) -> None:
    """`playbook` shows every step by phase; its menu ticks, skips with a reason and assigns; the lines do the same."""
    channel = await office.declare()
    lena, mateo = await seat(office, "lena"), office.person("mateo")
    await say(office, lena, channel, "/incident playbook")
    assert lena.modal is not None
    assert "*Triage*" in lena.modal.text
    assert "*Recovery*" in lena.modal.text
    assert "keep E01 Prompts and inputs" in lena.modal.text
    await lena.presses(lena.modal, "Not needed because…")
    await office.settle()
    await lena.fills(reason="Lena leads already")
    await lena.submits()
    await office.settle()
    assert "Lena leads already" in (await entries(office))[-1]
    await say(office, lena, channel, "/incident playbook assign 2 @mateo")
    assert "is with @Mateo" in last_answer(lena, channel)
    assert "asks you to see to step 2" in mateo.direct_messages[-1].text
    for line, sentence in (
        ("playbook tick 3", "takes `done`"),
        ("playbook done soon", "Say which step by its number"),
        ("playbook done 99", "has no step 99"),
        ("playbook done 1", "was said not to be needed by"),
    ):
        await say(office, lena, channel, f"/incident {line}")
        assert sentence in last_answer(lena, channel)


async def test_a_step_that_waits_says_for_what(office: Office) -> None:
    """Recovery is stepped: 25 % comes after 5 %, and 5 % after the trigger is shown to be gone."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    there = await steps(office)
    await say(office, lena, channel, f"/incident playbook done {there['core.recover_25'].number}")
    assert f"Step {there['core.recover_5'].number} comes first" in last_answer(lena, channel)
    assert (await steps(office))["core.recover_25"].done_at is None


async def test_late_steps_remind_who_owns_them_once(office: Office) -> None:
    """One message per person and due instant, to who holds the role, saying why; the lead stands in for empty roles."""
    channel = await office.declare()
    lena, mateo = await seat(office, "lena"), await seat(office, "mateo", role="technical")
    await say(office, lena, channel, "/incident playbook done 1")
    await office.forward(minutes=16)

    def reminders(person: Person) -> list[Seen]:
        return [seen for seen in person.direct_messages if "past the due time in the playbook" in seen.text]

    assert not reminders(mateo)
    await office.forward(minutes=16)
    assert len(reminders(mateo)) == 1
    assert "Snapshot inputs" in reminders(mateo)[0].text
    assert "Why you: you hold technical" in reminders(mateo)[0].text
    assert len(reminders(lena)) == 1 or "you lead, and nobody holds" in reminders(lena)[1].text
    was = len(reminders(mateo)), len(reminders(lena))
    await office.forward(minutes=5)
    assert (len(reminders(mateo)), len(reminders(lena))) == was
    assert "late)" in checklist(lena, channel).text


async def test_leaving_containment_wants_it_verified(office: Office) -> None:
    """Without it the move is refused with both ways on; with a stated reason it goes and the timeline keeps that."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await say(office, lena, channel, "/incident phase investigation the logs first")
    assert "Before investigation comes verified containment" in last_answer(lena, channel)
    assert (await office.incident()).phase is Phase.TRIAGE
    await say(office, lena, channel, "/incident phase investigation anyway the feature was never released")
    assert (await office.incident()).phase is Phase.INVESTIGATION
    (said,) = await entries(office, EntryKind.PHASE)
    assert said == "the feature was never released (without verified containment)"


async def test_leaving_remediation_wants_the_gates(office: Office) -> None:
    """Staging, trigger and regression: each named while open; the trigger wants a replay that never fires."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await say(office, lena, channel, "/incident contained 20 probes refused")
    await say(office, lena, channel, "/incident phase remediation now the fix")
    await say(office, lena, channel, "/incident phase recovery it is out")
    refusal = last_answer(lena, channel)
    for gate in ("the test in staging", "that the trigger no longer fires", "regression evaluation"):
        assert gate in refusal
    there = await steps(office)
    for key in ("permanent_fix", "staging_test", "no_regression"):
        await say(office, lena, channel, f"/incident playbook done {there[f'core.{key}'].number}")
    await say(office, lena, channel, f"/incident playbook done {there['core.trigger_gone'].number}")
    assert lena.modal is not None, "that it is gone wants to be shown"
    await lena.fills({"How many tries?": "20", "How often did it fire?": "2", "With which settings?": "v2, T=0.7"})
    await lena.submits()
    await office.settle()
    assert lena.modal is not None
    assert "stays open: the trigger still fires 2 of 20" in lena.modal.text
    await lena.closes()
    await say(office, lena, channel, f"/incident playbook done {there['core.trigger_gone'].number}")
    await lena.fills({"How many tries?": "20", "How often did it fire?": "0"})
    await lena.submits()
    await office.settle()
    assert (await steps(office))["core.trigger_gone"].done_at is not None
    await lena.closes()
    await say(office, lena, channel, "/incident phase recovery validated")
    assert (await office.incident()).phase is Phase.RECOVERY


async def test_a_resolution_without_the_gates_is_kept_as_one(office: Office) -> None:
    """How it was validated is the stated reason; what the checklist lacked stands on the timeline."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await say(office, lena, channel, "/incident contained off")
    await say(office, lena, channel, "/incident resolved the feature is gone for good")
    assert "Resolved without the test in staging" in (await entries(office))[-1]


async def test_nobody_is_reminded_of_what_is_over(office: Office) -> None:
    """A closed incident's checklist has nothing to tick and reminds nobody; reopened, it goes on."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await say(office, lena, channel, "/incident cancel a demo tenant")
    assert checklist(lena, channel).buttons == ("Suggest a change",)
    count = len(lena.direct_messages)
    await office.forward(minutes=120)
    assert len(lena.direct_messages) == count
    await say(office, lena, channel, "/incident reopen it was none")
    assert "Done" in checklist(lena, channel).buttons


async def test_suggestions_are_kept_with_the_incident(office: Office) -> None:
    """From the line, the button and the panel, also about one step, also once it is closed."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await say(office, lena, channel, "/incident suggest step 1: name a deputy, too")
    await lena.presses(checklist(lena, channel), "Suggest a change")
    await office.settle()
    await lena.fills({"What should the playbook say next time?": "Ask for the coupon ledger first"})
    await lena.submits()
    await office.settle()
    await say(office, lena, channel, "/incident cancel a test")
    await say(office, lena, channel, "/incident suggest less about coupons")
    async with office.store.read() as unit:
        kept = [(one.step_key, one.text) for one in await unit.suggestions.of(1)]
    assert kept == [
        ("core.take_lead", "name a deputy, too"),
        (None, "Ask for the coupon ledger first"),
        (None, "less about coupons"),
    ]


async def test_a_private_playbook_stays_inside(office: Office) -> None:
    """Whoever may not see the incident sees none of its steps, cannot tick one, and cannot be given one."""
    channel = await office.declare("Salaries", **{"Who may see it?": "Only the people working on it"})
    rae, otto = office.person("rae"), office.person("otto")
    await say(office, rae, channel, "/incident playbook assign 1 @otto")
    assert "is private and Otto Brandt is not part of it" in last_answer(rae, channel)
    await say(office, otto, "general", "/incident playbook AI-0001")
    assert "is not open to you" in last_answer(otto, "general")
    assert otto.direct_messages == []


async def test_the_four_questions_propose_a_severity_and_say_why(office: Office) -> None:
    """Two yes and a no: the answers, the severity they mean and the way to set it; all of it on the timeline."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await say(office, lena, channel, "/incident assess")
    await lena.fills(hurt="I do not know", exploited="Yes", reached="Yes", smallness="Neither")
    await lena.submits()
    await office.settle()
    assert lena.modal is not None
    assert "The answers mean" in lena.modal.text
    assert "SEV1" in lena.modal.text
    assert "it is being exploited" in lena.modal.text
    await lena.presses(lena.modal, "Set SEV1…")
    await office.settle()
    await lena.submits()
    await office.settle()
    assert (await office.incident()).severity == "SEV1"
    assert "The four questions say SEV1" in (await entries(office, EntryKind.FINDING))[0]


async def test_the_investigation_is_written_down_and_marked(office: Office) -> None:
    """Hypotheses say that they are some until shown; rates say of how many; people how sure; the draft has it all."""
    channel = await office.declare()
    lena = await seat(office, "lena")
    await say(office, lena, channel, "/incident hypothesis the coupon tool takes any <!channel> number")
    await say(office, lena, channel, "/incident reproduced 3 of 20 gpt-4.1-mini, T=0.7")
    await say(office, lena, channel, "/incident scope")
    await lena.fills(
        {"Who was exposed?": "shoppers of the chat", "How many at least?": "10", "How many at most?": "1,200"}
    )
    await lena.submits()
    await office.settle()
    await lena.closes()
    await say(office, lena, channel, "/incident findings")
    shown = last_answer(lena, channel)
    assert "Hypothesis, not shown:" in shown
    assert "it fired 3 of 20" in shown
    assert "10 to 1,200" in shown
    assert "<!channel>" not in str([seen.blocks for seen in lena.sees(channel)])
    await lena.presses(lena.ephemerals(channel)[-1], "What became of it?…")
    await office.settle()
    await lena.fills(proof="Shown to be true", reason="the tool's log has 0.01")
    await lena.submits()
    await office.settle()
    await lena.closes()
    await say(office, lena, channel, "/incident suggest step 1: ask for the ledger")
    text = await office.services.postmortems.text("AI-0001", "md")
    assert "3 of 20 runs (gpt-4.1-mini, T=0.7)" in text
    assert "Hypothesis, **shown**" in text
    assert "10 to 1,200" in text
    assert "ask for the ledger" in text
    assert "### The playbook" in text
    assert "The playbook" in await office.services.postmortems.text("AI-0001", "html")
    for line, sentence in (
        ("reproduced often", "Say how often of how many tries"),
        ("reproduced 5 of 3", "cannot fire 5 of 3"),
    ):
        await say(office, lena, channel, f"/incident {line}")
        assert sentence in last_answer(lena, channel)
