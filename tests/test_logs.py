"""Logs: every line can be read by its reader, names its incident, and holds no secret."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs

TOKEN = "xoxb-123456789012-abcdefABCDEF"
PASSWORD = 'p@ss"w\\rd/ö'


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    """Logging as it was before."""
    root = logging.getLogger()
    handlers, level, hooks = root.handlers[:], root.level, (sys.excepthook, threading.excepthook)
    quiet = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    root.handlers[:], root.level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What was logged, read as JSON."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_json_line_says_when_who_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    """One object per line with instant, level, logger, event and its own fields."""
    logs.configure("json")
    structlog.get_logger("bot.services").info("a channel was opened", channel="C1")
    (line,) = lines(capsys)
    assert ("a channel was opened", "info", "bot.services", "C1") == (
        line["event"],
        line["level"],
        line["logger"],
        line["channel"],
    )
    assert str(line["timestamp"]).endswith("Z")


async def test_incident_is_in_every_line_inside_and_in_none_outside(capsys: pytest.CaptureFixture[str]) -> None:
    """Ours, another library's, and two incidents side by side in one loop: each line names its own."""
    logs.configure("json")

    async def work(reference: str) -> None:
        with logs.about(reference):
            await asyncio.sleep(0)
            structlog.get_logger("bot").info("ours " + reference)
            logging.getLogger("elsewhere").warning("theirs %s", reference)

    await asyncio.gather(work("AI-0001"), work("AI-0002"))
    structlog.get_logger("bot").info("outside")
    found = {str(line["event"]): line.get("incident") for line in lines(capsys)}
    assert {
        "ours AI-0001": "AI-0001",
        "theirs AI-0001": "AI-0001",
        "ours AI-0002": "AI-0002",
        "theirs AI-0002": "AI-0002",
        "outside": None,
    } == found


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_reaches_a_line(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Not as an event, a field, a traceback, a library's message, a warning, or an error that nobody caught."""
    logs.configure(form, "debug", [TOKEN, PASSWORD, "signing0123456789"])  # type: ignore[arg-type]
    url = f"postgresql://andon:{PASSWORD}@host/andon"
    structlog.get_logger("bot").info(f"token {TOKEN}", password=PASSWORD, url=url, nested={"deep": [TOKEN]})
    logging.getLogger("slack_sdk").info("headers: %s", {"Authorization": f"Bearer {TOKEN}"})
    try:
        raise RuntimeError(f"cannot connect to {url} with {TOKEN} and signing0123456789")
    except RuntimeError as error:
        structlog.get_logger("bot").exception("failed")
        sys.excepthook(type(error), error, error.__traceback__)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"do not use {TOKEN}", stacklevel=1)
    written = capsys.readouterr().err
    assert 5 <= written.count(logs.MASK)
    for secret in (
        TOKEN,
        "abcdefABCDEF",
        PASSWORD,
        json.dumps(PASSWORD)[1:-1],
        repr(PASSWORD)[1:-1],
        "signing0123456789",
    ):
        assert secret not in written
    assert "RuntimeError" in written
    assert "Traceback" in written


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("xoxp-1-2-3 and xapp-1-A-b-c", "xoxp-[secret] and xapp-[secret]"),
        ("xoxe.xoxb-1-abc", "xoxe.xoxb-[secret]"),
        ("https://hooks.slack.com/services/T1/B2/abc", "https://hooks.slack.com/[secret]"),
        ("wss://wss-primary.slack.com/link/?ticket=abc&app_id=1", "wss://wss-primary.slack.com/link/?[secret]"),
        ("postgresql://andon:pw@db/andon", "postgresql://andon:[secret]@db/andon"),
        ("'Authorization': 'Bearer abc.def'", "'Authorization': 'Bearer [secret]'"),
        ("SLACK_SIGNING_SECRET=0123456789abcdef", "SLACK_SIGNING_SECRET=[secret]"),
        ("https://docs.example/page:1/@someone", "https://docs.example/page:1/@someone"),
        ("nothing to hide: 12:30, a@b.example", "nothing to hide: 12:30, a@b.example"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, kept: str) -> None:
    """Known shapes are masked even when nobody told us the secret; the rest of the line stays readable."""
    assert kept == logs.redact(text)


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=logs.SHORTEST_SECRET, max_size=40), st.text(max_size=20))
def test_any_secret_is_masked_however_it_is_spelt(secret: str, around: str) -> None:
    """Plain, in JSON or as Python writes it."""
    known = logs.spellings([secret])
    for spelt in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1]):
        assert spelt not in logs.redact(f"{around}|{spelt}|", known).replace(around, "").replace(logs.MASK, "")


def test_bodies_of_refused_requests_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """Bolt logs the raw body of a request with a bad signature at INFO; one line per request is nobody's either."""
    logs.configure("json", "info")
    for name in (
        "slack_bolt.AsyncRequestVerification",
        "slack_bolt.RequestVerification",
        "aiohttp.access",
        "uvicorn.access",
    ):
        logging.getLogger(name).info("body: what a customer typed")
    assert [] == lines(capsys)


def test_bolts_logger_has_the_name_we_silence() -> None:
    """Should Bolt rename its logger, the body would show again."""
    from slack_bolt.middleware.async_builtins import AsyncRequestVerification

    assert AsyncRequestVerification("0123456789abcdef").logger.name in logs.QUIET


def test_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """Below the level nothing is written, by us or by others."""
    logs.configure("json", "warning")
    structlog.get_logger("bot").info("quiet")
    logging.getLogger("other").info("quiet")
    structlog.get_logger("bot").warning("heard")
    assert ["heard"] == [line["event"] for line in lines(capsys)]
