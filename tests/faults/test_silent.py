"""Slack sends, and answers nothing: what it sends is taken in all the same."""

from __future__ import annotations

from tests.office import Office


async def test_taken_in_while_slack_answers_nothing(office: Office) -> None:
    """The very first command is acknowledged with its receipt, and what it owes waits in the outbox."""
    office.sandbox.faults.add("*", "server_error", times=1000)
    otto = office.person("otto")
    await otto.types("general", "/incident now The shop bot insults people")
    assert otto.error is None
    assert "AI-0001 is declared" in otto.ephemerals("general")[-1].text
    assert not office.sandbox.traffic.calls("auth.test")
    office.sandbox.faults.clear()
    await office.forward(minutes=2)
    assert await office.channel()
