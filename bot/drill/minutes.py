"""The minutes of a story as people read them: when, who did what, what each saw, and what was expected of it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.drill.watcher import Happening
from playbooks.stories import Scene, Story

WIDTH, INDENT = 110, 10
BAR = " " * INDENT + "│ "
# The share of lines that two messages have in common to be told as one.
ALIKE = 0.6


class Minutes:
    """Lines, told as they are written and kept."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.lines: list[str] = []

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines) + "\n"

    def open(self, story: Story, workspace: str) -> None:
        """The title."""
        self._write(story.title, "=" * len(story.title))
        self._write(*textwrap.wrap(story.about, WIDTH), "")
        self._write(f"{workspace}, {story.starts_at:%A %-d %B %Y}. Times are UTC; “Andon to Lena” is a direct message.")

    def scene(self, scene: Scene, at: datetime) -> None:
        """A heading."""
        head = f"── {at:%H:%M}  T+{_elapsed(scene.at)}  {scene.title} "
        self._write("", head + "─" * max(3, WIDTH - len(head)), "")

    def done(self, at: datetime, told: str, words: str) -> None:
        """Somebody did something."""
        if words and "\n" not in words and len(told) + len(words) < WIDTH - INDENT - 4:
            self._line(at, f"{told}: {words}")
            return
        self.happened(Happening(at, told, words))

    def happened(self, *happenings: Happening) -> None:
        """Things that appeared together. The same direct message to several people is told once, with what differs."""
        told: list[tuple[str, list[str]]] = []
        for one in happenings:
            body, head = one.body.splitlines(), one.head
            twin = _twin(body, told) if one.reader else None
            told += [(one.reader, body)] if one.reader else []
            if twin is not None:
                body = [line for line in body if line not in twin[1]]
                head = f"{head}, as to {twin[0]}" + (", but" if body else "")
            self._line(one.at, head + (":" if body else ""))
            self._quote(body)

    def _quote(self, lines: list[str]) -> None:
        for line in lines:
            self._write(*(textwrap.wrap(line, WIDTH, initial_indent=BAR, subsequent_indent=BAR) or [BAR.rstrip()]))

    def passed(self, at: datetime, span: timedelta) -> str:
        """Nobody did anything; how it is told."""
        told = f"… {_elapsed(span)} pass"
        self._line(at, told)
        return told

    def met(self, told: str) -> None:
        """An expectation that was met."""
        self._write(
            *textwrap.wrap("✓ " + told, WIDTH, initial_indent=" " * INDENT, subsequent_indent=" " * (INDENT + 2))
        )

    def failed(self, error: str) -> None:
        """Something that did not happen."""
        first, *rest = error.splitlines()
        self._write(" " * INDENT + "✗ " + first, *(BAR + line for line in rest))

    def end(self, verdict: str) -> None:
        """The last line."""
        self._write("", verdict)

    def _line(self, at: datetime, text: str) -> None:
        lines = textwrap.wrap(text, WIDTH - INDENT) or [""]
        self._write(f"{at:%H:%M:%S}  {lines[0]}", *(" " * INDENT + line for line in lines[1:]))

    def _write(self, *lines: str) -> None:
        self.lines.extend(lines)
        for line in lines:
            self._tell(line)


def _twin(body: list[str], told: list[tuple[str, list[str]]]) -> tuple[str, list[str]] | None:
    """The message already told that differs from this one in the fewest lines, and in a few only."""
    best = max(told, key=lambda known: len(set(known[1]) & set(body)), default=None)
    if best is None or len(set(best[1]) & set(body)) < ALIKE * max(len(best[1]), len(body)):
        return None
    return best


def _elapsed(span: timedelta) -> str:
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    return f"{minutes}:{seconds:02d} min" if seconds else f"{minutes} min"
