"""What people say in an incident's channel: threads, edits and files, put into the record without Slack."""

from __future__ import annotations

from bot.domain.messages import Seen, SeenFile, instant_of
from bot.services.work import Work

START = 1_700_000_000
AT_ONCE = 500


async def talk(work: Work, number: int, size: int) -> None:
    """So many messages: a third of them in threads, every tenth edited, every twentieth with a file."""
    async with work.read() as unit:
        incident = await unit.incidents.get(number)
    assert incident is not None and incident.channel_id is not None
    channel = incident.channel_id
    sightings = [_said(channel, count) for count in range(size)]
    edits = [_said(channel, count, version=f"{START + size + count}.000000") for count in range(0, size, 10)]
    for seen in (sightings, edits):
        for start in range(0, len(seen), AT_ONCE):
            async with work() as unit:
                await unit.messages.take(number, seen[start : start + AT_ONCE], instant_of(f"{START}.0"))


def _said(channel: str, count: int, version: str = "") -> Seen:
    files = (SeenFile(f"F{count}", f"trace-{count}.json", "application/json", 1000),) if count % 20 == 0 else ()
    parent = count - count % 30
    return Seen(
        channel,
        f"{START + count}.000000",
        f"<@ULENA> what was {'meant' if version else 'said'}, number {count}: refunds are <https://a.example|stopped>",
        f"U{count % 12:03d}",
        thread_ts=f"{START + parent}.000000" if count % 3 == 0 and count != parent else None,
        version=version,
        files=files,
    )
