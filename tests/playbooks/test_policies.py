"""The shipped policies say what the field's numbers say: an independent table against what was loaded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.activities import Activity
from bot.domain.deadlines import Duration
from bot.domain.escalation import AskKind, Condition, Flag, Ladder, Rung, RungKind, Why, plan
from bot.domain.incident import IncidentType, Role, Severity
from bot.sandbox import seed
from playbooks.library import Library
from playbooks.values import OPTION_LIMIT, Seating

LIBRARY = Library.load(None)
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SEV1, SEV2, SEV3, SEV4 = Severity

# One row per promise: SEV1, SEV2, SEV3, SEV4; "-" where none is made.
PROMISES = """
acknowledge            5m    15m   1bh   1bd
lead_seated            10m   30m   4bh   2bd
technical_seated       10m   30m   1bd   -
legal_looped           30m   4h    -     -
legal_looped_flagged   30m   60m   1bd   -
first_update           15m   30m   4bh   -
holding_text_ready     30m   -     -     -
outside_message        60m   4h    -     -
containment            60m   4h    2bd   30cd
switch_off             5m    -     -     -
executive_notice       15m   60m   -     -
postmortem_meeting     3cd   5bd   10bd  -
postmortem_draft       5bd   10bd  15bd  -
actions                28cd  56cd  90cd  -
"""
CADENCES = """
first                  15m   30m   4bh   -
until_contained        30m   60m   1bd   7cd
after_contained        2h    4h    3bd   -
then                   1cd   1cd   -     -
"""
# When each rung is due after a declaration on a Monday at ten, in minutes.
LADDERS = {
    "page_lead": (0, 0, 0, None),
    "ask_lead": (None, None, None, 0),
    "page_secondary": (5, 15, None, None),
    "page_manager": (10, 30, 4 * 60, 2 * 1440),
    "page_executive": (15, None, None, None),
    "nobody_reachable": (20, 45, 1440, None),
    "page_technical": (0, 0, 0, None),
    "page_legal": (0, None, None, None),
    "page_comms": (0, None, None, None),
    "no_lead": (10, 30, 4 * 60, 2 * 1440),
    "no_technical": (10, 30, 1440, None),
    "no_legal": (30, None, None, None),
    "no_legal_unflagged": (None, 240, None, None),
    "no_first_update": (15, 30, 4 * 60, None),
    "not_contained": (60, 240, 2 * 1440, 30 * 1440),
    "provisional_severity": (30, 30, 30, None),
    "executive_notice": (0, None, None, None),
    "executive_silent": (15, None, None, None),
}
TIERS = """
T0 5m 15m 1h 1bd
T1 15m 30m 4h 2bd
T2 30m 60m 1bd 3bd
T3 60m 4h 2bd 5bd
T4 4h 8h 3bd 10bd
T5 24h 48h 5bd 15bd
T6 72h 5bd 10bd 30cd
"""
LINES = {
    "harmful_output": 14,
    "misinformation": 14,
    "bias": 13,
    "data_exposure": 13,
    "prompt_attack": 14,
    "agent_action": 13,
    "drift": 13,
    "poisoning": 11,
    "supply_chain": 13,
    "theft_abuse": 11,
    "oversight_compliance": 11,
}


def rows(table: str) -> list[tuple[str, list[Duration | None]]]:
    split = [line.split() for line in table.strip().splitlines()]
    return [(name, [None if cell == "-" else Duration.parse(cell) for cell in cells]) for name, *cells in split]


@pytest.mark.parametrize(
    ("name", "expected"), rows(PROMISES), ids=lambda value: value if isinstance(value, str) else ""
)
def test_promises(name: str, expected: list[Duration | None]) -> None:
    """Every promise of every severity."""
    assert expected == [getattr(LIBRARY.deadlines(severity), name) for severity in Severity]


def test_evidence_is_frozen_in_time() -> None:
    """SEV1 within 15 minutes of containment; the others from the declaration."""
    frozen = [LIBRARY.deadlines(severity).evidence_freeze for severity in Severity]
    assert ["15m", "60m", "1bd", "2bd"] == [str(freeze.within) for freeze in frozen]
    assert ["containment", *["declaration"] * 3] == [freeze.after for freeze in frozen]


@pytest.mark.parametrize(
    ("name", "expected"), rows(CADENCES), ids=lambda value: value if isinstance(value, str) else ""
)
def test_cadences(name: str, expected: list[Duration | None]) -> None:
    """How often stakeholders hear something."""
    assert expected == [getattr(LIBRARY.cadence(severity), name) for severity in Severity]


def test_sev1_updates_may_be_chosen_between_20_and_60_minutes() -> None:
    """The bounds of what a lead may promise."""
    updates = LIBRARY.severity(SEV1).updates
    assert ("20m", "60m") == (str(updates.shortest), str(updates.longest))


@pytest.mark.parametrize("severity", Severity)
def test_the_ladder(severity: Severity) -> None:
    """Who is asked after how long, for an incident without any flag."""
    steps = plan(LIBRARY.escalation_policy, severity, MONDAY, LIBRARY.calendar)
    due = {step.key: (step.due_at - MONDAY) / timedelta(minutes=1) for step in steps}
    expected = {key: minutes[severity.rank - 1] for key, minutes in LADDERS.items()}
    assert {key: minutes for key, minutes in expected.items() if minutes is not None} == {
        key: minutes for key, minutes in due.items() if key in LADDERS
    }


def test_acknowledgements_expire_at_sev1_and_sev2() -> None:
    """30 and 60 minutes; below that for good."""
    expiry = [LIBRARY.escalation_policy.ladders[severity].acknowledgement_expires for severity in Severity]
    assert [Duration.parse("30m"), Duration.parse("60m"), None, None] == expiry


def test_snooze_rules() -> None:
    """10, 20 or 30 minutes, a reason at SEV1, the third climbs."""
    rules = LIBRARY.escalation_policy.snooze
    assert ((10, 20, 30), frozenset({SEV1}), 3) == (rules.minutes, rules.reason_at, rules.climbs_at)


def ladder(severity: Severity, flags: frozenset[Flag] = frozenset()) -> Ladder:
    known = LIBRARY.escalation_policy.ladders[severity]
    return Ladder(tuple(rung for rung in known.rungs if rung.stands_with(flags)), known.hours)


def told_executives(severity: Severity, flags: frozenset[Flag] = frozenset()) -> list[Rung]:
    return [rung for rung in ladder(severity, flags).rungs if rung.ask.kind is AskKind.EXECUTIVES]


def test_executives_hear_in_time() -> None:
    """SEV1 at once; SEV2 within the hour, at once for data, press, a regulator or many users; below that in a digest."""
    assert [Duration.parse("0m")] == [rung.after for rung in told_executives(SEV1)]
    (in_time,) = told_executives(SEV2)
    assert in_time.after.amount <= 60
    for flag in (Flag.PERSONAL_DATA, Flag.PRESS, Flag.REGULATOR, Flag.MANY_USERS):
        assert [Duration.parse("0m")] == [rung.after for rung in told_executives(SEV2, frozenset({flag}))]
    assert [] == told_executives(SEV3) + told_executives(SEV4)
    assert [None, None, "weekly", "monthly"] == [LIBRARY.severity(severity).executive_digest for severity in Severity]


@pytest.mark.parametrize("flag", [Flag.PERSONAL_DATA, Flag.BIAS, Flag.REGULATOR, Flag.CONTRACT])
def test_legal_is_looped_early_when_flagged(flag: Flag) -> None:
    """At SEV2 legal is paged at once and missed after 60 minutes; unflagged after four hours."""
    rungs = {rung.key: rung for rung in ladder(SEV2, frozenset({flag})).rungs if rung.unless is Condition.LEGAL_SEATED}
    assert {"page_legal_flagged": "0m", "no_legal_flagged": "60m"} == {
        key: str(rung.after) for key, rung in rungs.items()
    }


def test_only_working_hours_below_sev2() -> None:
    """SEV3 and SEV4 wake nobody, nor do they page executives."""
    night = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    for severity in (SEV3, SEV4):
        steps = plan(LIBRARY.escalation_policy, severity, night, LIBRARY.calendar)
        assert all(LIBRARY.calendar.is_working(step.due_at) for step in steps)
        assert RungKind.EXECUTIVE not in {step.kind for step in steps}
    assert min(step.due_at for step in plan(LIBRARY.escalation_policy, SEV2, night, LIBRARY.calendar)) == night


def test_seats() -> None:
    """Who is wanted at a severity: everybody at SEV1, lead and technical at SEV2 with comms asked, fewer below."""
    seats = {severity: set(LIBRARY.seats(severity, IncidentType.DRIFT)) for severity in Severity}
    assert {
        SEV1: set(Role),
        SEV2: {Role.LEAD, Role.TECHNICAL, Role.COMMS},
        SEV3: {Role.LEAD, Role.TECHNICAL},
        SEV4: {Role.LEAD},
    } == seats
    for kind in (IncidentType.BIAS, IncidentType.DATA_EXPOSURE, IncidentType.OVERSIGHT_COMPLIANCE):
        assert all(Role.LEGAL in LIBRARY.seats(severity, kind) for severity in Severity)
    # Seated for what the type is, without a flag that would bring executives in.
    for kind in (IncidentType.HARMFUL_OUTPUT, IncidentType.SUPPLY_CHAIN):
        assert (Role.LEGAL in LIBRARY.seats(SEV2, kind), LIBRARY.flags([kind])) == (True, frozenset())
    assert {Seating.PAGE} == set(LIBRARY.severity(SEV1).seats.values())


def test_floors() -> None:
    """Bias, data exposure and supply chain are at least SEV2, each with its when."""
    floors = {kind: LIBRARY.severity_floor(kind) for kind in IncidentType}
    wanted = {IncidentType.BIAS, IncidentType.DATA_EXPOSURE, IncidentType.SUPPLY_CHAIN}
    assert dict.fromkeys(wanted, SEV2) == {kind: floor for kind, floor in floors.items() if floor}


def test_types_have_their_codes() -> None:
    """AI-01 to AI-11 in order, AI-00 for not sure, each known type with codes of public taxonomies."""
    ids = [LIBRARY.incident_type(kind).id for kind in IncidentType]
    assert [*(f"AI-{number:02}" for number in range(1, 12)), "AI-00"] == ids
    assert ("LLM01",) == LIBRARY.incident_type(IncidentType.PROMPT_ATTACK).taxonomy.owasp_llm
    assert all(LIBRARY.incident_type(kind).taxonomy.nist for kind in IncidentType if kind is not IncidentType.UNSURE)


@pytest.mark.parametrize(("tier", "expected"), rows(TIERS))
def test_tiers(tier: str, expected: list[Duration]) -> None:
    """Target times of playbook lines."""
    assert expected == [LIBRARY.tiers[tier][severity] for severity in Severity]  # type: ignore[index]


def test_every_type_has_its_playbook() -> None:
    """The core for all, and each type's own lines; not sure has the core alone."""
    core = LIBRARY.playbook(IncidentType.UNSURE)
    assert 24 == len(core)
    assert LINES == {
        kind.value: len(LIBRARY.playbook(kind)) - len(core) for kind in IncidentType if kind is not IncidentType.UNSURE
    }
    assert set(Activity) == {line.activity for line in core}
    for kind in IncidentType:
        assert core == LIBRARY.playbook(kind)[: len(core)]


def test_a_line_is_due_by_its_tier() -> None:
    """T3 at SEV3 is two business days."""
    assert datetime(2026, 11, 25, 10, tzinfo=UTC) == LIBRARY.tier_due("T3", SEV3, MONDAY)


def test_instructions_are_by_role_and_type() -> None:
    """Everybody gets a checklist; legal in a data exposure hears of the 72 hours, the lead of drift does not."""
    for role in Role:
        assert LIBRARY.does(role)
        assert len(LIBRARY.instructions(role, IncidentType.UNSURE)) >= 5
    assert any("72 hours" in line for line in LIBRARY.instructions(Role.LEGAL, IncidentType.DATA_EXPOSURE))
    assert not any("72 hours" in line for line in LIBRARY.instructions(Role.LEGAL, IncidentType.DRIFT))


def test_choices_fit_slack_and_speak_of_people() -> None:
    """At most 75 characters, no severity numbers; *not sure* is the view's own."""
    texts = [sentence for _, sentence in LIBRARY.severity_choices()]
    texts += [text for _, name, question in LIBRARY.type_choices() for text in (name, question)]
    texts += [name for _, name in LIBRARY.system_choices()]
    assert all(0 < len(text) <= OPTION_LIMIT for text in texts)
    assert not any("SEV" in text for text in texts)
    assert [kind.value for kind in IncidentType if kind is not IncidentType.UNSURE] == [
        slug for slug, *_ in LIBRARY.type_choices()
    ]


def test_everybody_named_works_in_the_sandbox() -> None:
    """Each e-mail address and group of the shipped files is somebody of the seeded workspace who may hold a role."""
    staff = {f"{handle}@{seed.EMAIL_DOMAIN}" for handle, *_ in seed.STAFF if handle not in {"dana", "gabe"}}
    assert set(LIBRARY.roster_entries()) <= staff | {"@ai-oncall"}
    assert {"@ai-oncall", "lena@kestrel.example", "gwen@kestrel.example"} <= set(LIBRARY.roster_entries())


def test_whom_a_rung_means() -> None:
    """Primary, secondary, manager, executives by severity and flag; the system's own people before the roster."""
    lead = ladder(SEV1).rungs
    asked = {rung.key: LIBRARY.who(rung.ask, SEV1, "code-agent") for rung in lead}
    assert ("lena@kestrel.example",) == asked["page_lead"]
    assert ("liam@kestrel.example",) == asked["page_secondary"]
    assert ("@ai-oncall",) == asked["page_technical"]
    assert () == asked["nobody_reachable"]
    assert ("emil@kestrel.example",) == asked["page_executive"]
    assert {"cto", "general_counsel", "head_of_product"} == set(LIBRARY.executives(SEV1))
    assert {"cto"} == set(LIBRARY.executives(SEV2))
    assert {"cto", "general_counsel"} == set(LIBRARY.executives(SEV2, frozenset({Flag.REGULATOR})))
    assert {} == LIBRARY.executives(SEV3)


def test_roster_order_is_everybody_once() -> None:
    """On duty for the system first, then primary, secondary, manager."""
    assert (
        "@ai-oncall",
        "mateo@kestrel.example",
        "mina@kestrel.example",
        "lena@kestrel.example",
    ) == LIBRARY.roster_order(Role.TECHNICAL, "code-agent")
    assert ("mateo@kestrel.example", "mina@kestrel.example", "lena@kestrel.example") == LIBRARY.roster_order(
        Role.TECHNICAL, "a free text"
    )


def test_on_duty_invites_the_first_of_each_wanted_role() -> None:
    """All four at SEV1; the lead alone at SEV4."""
    everybody = LIBRARY.on_duty(SEV1, IncidentType.UNSURE, None)
    assert [f"{name}@kestrel.example" for name in ("lena", "mateo", "grace", "cory")] == list(everybody)
    assert ("lena@kestrel.example",) == LIBRARY.on_duty(SEV4, IncidentType.UNSURE, None)


def test_free_text_is_its_own_name() -> None:
    """A system that is not in the catalogue is called what people called it."""
    assert "Shop discount assistant" == LIBRARY.system_name("discount-assistant")
    assert "the toaster" == LIBRARY.system_name("the toaster")
    assert LIBRARY.system_name(None) is None
    assert LIBRARY.system("the toaster") is None


def test_every_why_is_used() -> None:
    """No sentence stands ready that no rung says, but the one for broken glass that nobody ratified."""
    assert set(Why) - {Why.NOT_RATIFIED} == {
        rung.why for severity in Severity for rung in LIBRARY.escalation_policy.ladders[severity].rungs
    }


def test_every_empty_seat_and_owed_word_climbs() -> None:
    """At SEV1 and SEV2 no nudge that repeats just stops: it goes on to somebody."""
    for severity in (SEV1, SEV2):
        for rung in LIBRARY.escalation_policy.ladders[severity].rungs:
            assert rung.climbs_to or rung.repeat is None or rung.ask.kind is AskKind.CHANNEL, rung.key
