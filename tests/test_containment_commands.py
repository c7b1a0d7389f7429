"""`andon containment`: two people at a terminal, the permissions of Slack, and no call where a secret is missing."""

from __future__ import annotations

import pytest

from tests.test_incident_commands import Terminal, terminal  # noqa: F401  the fixture is asked for by name


@pytest.fixture
def switches(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:  # noqa: F811  as pytest does it
    """An incident on the hiring screener, led by Lena, with a secret that is set."""
    monkeypatch.setenv("UNLEASH_TOKEN", "opens-nothing")
    monkeypatch.setenv("KONG_ADMIN_TOKEN", "opens-nothing")
    terminal.did("incident", "declare", "It ranks people by age", "--severity", "1", "--system", "hiring-screener")
    terminal.did("incident", "take", "AI-0001", "lead", by="lena")
    terminal.did("incident", "take", "AI-0001", "technical", by="liam")
    return terminal


HARM = ("--harm", "people are turned down by the minute")


def test_two_people_at_a_terminal(switches: Terminal) -> None:
    """Asked for by one, agreed to by another, done by hand, and listed with who did what."""
    assert "people-decide" in switches.did("containment", "actions", "AI-0001")
    asked = switches.did("containment", "request", "AI-0001", "people-decide", "old", "people", *HARM, by="lena")
    assert "waiting for approval" in asked and "1 more must agree" in asked
    assert "yourself" in switches.refused("containment", "approve", "AI-0001", "1", by="lena")
    assert "Only" in switches.refused("containment", "approve", "AI-0001", "1", by="otto")
    assert "agreed by Liam" in switches.did("containment", "approve", "AI-0001", "1", by="liam")
    switches.did("containment", "run", "AI-0001", "1", by="liam")
    switches.did("containment", "done", "AI-0001", "1", "the queue is manual", by="lena")
    (run,) = switches.data("containment", "list", "AI-0001")["runs"]
    assert ("verifying", ["by hand"]) == (run["state"], [check["step"] for check in run["checks"]])


def test_dry_run_shows_the_call(switches: Terminal) -> None:
    """The exact call with its secret masked."""
    said = switches.did("containment", "dry-run", "AI-0001", "screener-offline")
    assert "POST https://kong-admin.kestrel.example/services/hiring-screener/plugins" in said
    assert "[KONG_ADMIN_TOKEN]" in said and "opens-nothing" not in said


def test_a_secret_that_is_not_set(switches: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, and nothing is asked for."""
    monkeypatch.delenv("KONG_ADMIN_TOKEN")
    said = switches.refused("containment", "request", "AI-0001", "screener-offline", "x", *HARM, by="lena")
    assert "KONG_ADMIN_TOKEN is not set" in said
    assert [] == switches.data("containment", "list", "AI-0001")["runs"]


def test_breakers_trip_only_what_policy_allows(switches: Terminal) -> None:
    """Anything else is refused; what is allowed declares an incident where there is none."""
    assert "beforehand" in switches.refused("containment", "trip", "hiring-screener", "screener-offline", "x")
    assert "no action" in switches.refused("containment", "trip", "hiring-screener", "nothing", "x")
    said = switches.did("containment", "trip", "discount-assistant", "assistant-off", "1,200", "codes", "a", "minute")
    assert "AI-0002" in said and "a breaker" in said
