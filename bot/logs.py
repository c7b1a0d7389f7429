"""Structured logs, for people on a console or for machines as JSON: the incident in every line, a secret in none.

Secrets are masked in the finished line, so nothing that led to it (a traceback, another library, a warning) is missed.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal
from urllib.parse import quote, unquote

import structlog

MASK = "[secret]"
SHORTEST_SECRET = 6
PATTERNS = (
    re.compile(r"\b(xox[a-z](?:\.xox[a-z])?-|xapp-)[\w-]+"),
    re.compile(r"(https://hooks\.slack(?:-gov)?\.com/)[^\s\"'<>]+"),
    re.compile(r"(\bwss?://[^\s\"'<>?]*\?)[^\s\"'<>]+"),
    re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@\"']*:)[^\s@\"']+(?=@)"),
    re.compile(r"(?i)(\bauthorization['\"]?\s*[:=]\s*['\"]?(?:bearer|basic)\s+)[^\s'\"]+"),
    re.compile(
        r"(?i)(\b(?:SLACK_SIGNING_SECRET|client_secret|signing_secret|password)['\"]?\s*[:=]\s*['\"]?)[^\s'\",}]+"
    ),
)
# Each logs raw bodies or one line per request below this level.
QUIET = {
    "slack_bolt.RequestVerification": logging.WARNING,
    "slack_bolt.AsyncRequestVerification": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "websockets": logging.INFO,
    "slack_sdk": logging.INFO,
    "sqlalchemy.engine": logging.WARNING,
}


def configure(form: Literal["console", "json"] = "console", level: str = "info", secrets: Iterable[str] = ()) -> None:
    """Send every log line of this process to standard error. ``secrets`` are masked wherever they turn up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(form, secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_context(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _note_uncaught
    threading.excepthook = _note_uncaught_in_thread


@contextmanager
def about(reference: str) -> Iterator[None]:
    """Every line logged inside, whoever logs it, carries ``incident=reference``."""
    with structlog.contextvars.bound_contextvars(incident=reference):
        yield


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with every secret masked: those given and whatever looks like one."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    for pattern in PATTERNS:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text


def spellings(secrets: Iterable[str]) -> tuple[str, ...]:
    """Each secret as it may stand in a line: plain, in JSON, in an address. The longest first, so none is cut."""
    found = {
        spelling
        for secret in secrets
        if len(secret) >= SHORTEST_SECRET
        for spelling in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(secret, safe=""), unquote(secret))
    }
    return tuple(sorted(found, key=len, reverse=True))


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self, form: str, secrets: Iterable[str]) -> None:
        super().__init__(foreign_pre_chain=_context(), processors=_rendering(form))
        self._secrets = spellings(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), self._secrets)


def _context() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _rendering(form: str) -> list[Any]:
    if form == "json":
        return [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=repr),
        ]
    # No local variables in tracebacks: they are full of what people typed.
    frames = structlog.dev.plain_traceback
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=frames),
    ]


def _note_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("andon").critical("stopped by an error nobody caught", exc_info=(kind, error, trace))


def _note_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _note_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
