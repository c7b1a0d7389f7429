"""The table of limits: what Slack publishes, for every method that Andon calls."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bot.slack
from bot.domain.pacing import Rule
from bot.sandbox.api import METHODS
from bot.sandbox.limits import POSTING_BURST, Tier
from bot.slack.limits import PER_CHANNEL, PER_METHOD, POSTING, limit_of

# A person waits for these, or Slack allows hundreds a minute.
AT_ONCE = {"views.open", "views.push", "views.update", "auth.test", "chat.getPermalink"}


def called() -> set[str]:
    """The methods that Andon's code calls."""
    rooms = Path(bot.slack.__file__).parent.rglob("*.py")
    names = {name for room in rooms for name in re.findall(r"_client\.([a-z]+_\w+)\(", room.read_text())}
    return {name.replace("_", ".") for name in names} & set(METHODS)


@pytest.mark.parametrize("method", sorted(PER_METHOD))
def test_each_method_has_its_published_tier(method: str) -> None:
    """So many calls in a minute and a moment, as the sandbox counts them."""
    assert METHODS[method].tier.value == PER_METHOD[method].count
    assert PER_METHOD[method].window > 60_000


def test_posting_is_limited_by_channel() -> None:
    """A message a second in each channel, in bursts of five, whether it brings a file or not."""
    assert Tier.POSTING is METHODS["chat.postMessage"].tier
    assert POSTING == Rule.steady(POSTING.window, POSTING_BURST)
    assert POSTING.window > 1000
    here, there = (limit_of("chat.postMessage", {"channel": channel}) for channel in ("C1", "C2"))
    assert here != there
    assert here == limit_of("files.completeUploadExternal", {"channel_id": "C1"})


def test_every_method_called_is_limited_or_goes_at_once_for_a_reason() -> None:
    """A new call has to be put into the table, or here."""
    assert called() > {"conversations.create", "conversations.canvases.create"}
    assert AT_ONCE | set(PER_METHOD) | set(PER_CHANNEL) == called()


def test_forms_are_never_held_back() -> None:
    """Their trigger lives three seconds."""
    assert limit_of("views.open", {"trigger_id": "1"}) is None
